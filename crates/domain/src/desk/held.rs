//! One's own rooms, whether or not the list shows them, and what of rooms is unread.

use crate::desk::Desk;
use crate::id::RoomId;
use crate::room::Room;
use crate::seen::Seen;

impl Desk {
    /// The rooms this person holds: those that were `loaded`, as they are known now, and after them what came since.
    #[must_use]
    pub fn held(&self, loaded: &[Room]) -> Vec<Room> {
        let is_mine = |room: &&Room| room.agent() == Some(self.me.id);
        let is_new = |room: &&Room| loaded.iter().all(|other| other.id != room.id);
        let mut since: Vec<&Room> = self.rooms.values().filter(is_mine).filter(is_new).collect();
        since.sort_unstable_by_key(|room| room.id);
        let known = loaded.iter().filter(|room| !self.gone.contains(&room.id)).map(|room| match self.room(room.id) {
            Some(known) if known.version >= room.version => known,
            Some(_) | None => room,
        });
        known.filter(is_mine).chain(since).cloned().collect()
    }

    /// How many of the customer's messages in this episode this person has not seen; of a room that they marked unread, at
    /// least one.
    #[must_use]
    pub fn unread(&self, room: &Room) -> u32 {
        self.unseen(room).max(u32::from(self.seen(room.id).is_marked()))
    }

    /// How many of the customer's messages in this episode this person has not seen.
    #[must_use]
    pub fn unseen(&self, room: &Room) -> u32 {
        let relevant = room.is_own(self.me.id) && !room.is_archived() || room.is_queued();
        if relevant { room.unread(self.seen(room.id).messages) } else { 0 }
    }

    /// What this person has seen of the room, as far as it is loaded.
    #[must_use]
    pub fn seen(&self, room: RoomId) -> Seen {
        self.seen.get(&room).copied().unwrap_or_default()
    }

    /// How many rooms, but for those put off, have messages one has not seen and are one's own and open, or were marked unread.
    /// Of very many the server gives only the newest.
    #[must_use]
    pub fn unread_rooms(&self) -> usize {
        let is_mine = |room: &Room| room.is_own(self.me.id) || self.seen(room.id).is_marked();
        let is_now = |room: &&Room| room.snoozed_until.is_none() && is_mine(room);
        self.rooms.values().filter(is_now).filter(|room| self.unread(room) > 0).count()
    }
}
