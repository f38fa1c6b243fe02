//! One's own rooms, whether or not the list shows them.

use crate::desk::Desk;
use crate::room::Room;

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
    /// How many of one's own open rooms, but for those put off, have messages one has not seen. Of very many the server gives
    /// only the newest.
    #[must_use]
    pub fn unread_rooms(&self) -> usize {
        let is_now = |room: &&Room| room.snoozed_until.is_none() && room.is_own(self.me.id);
        self.rooms.values().filter(is_now).filter(|room| self.unread(room) > 0).count()
    }
}
