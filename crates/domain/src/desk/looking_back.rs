//! The open room, where one only looks back at it: what happens in others may end that. The server knows, and is asked again.

use crate::desk::{Desk, Next};
use crate::id::{ContactId, RoomId};
use crate::room::{Room, Section};

impl Desk {
    /// What `room`, another than the open one, asks for as it is told now.
    pub(super) fn look_back_after_change(&self, room: &Room) -> Next {
        let Some((open, contact)) = self.looked_back_at() else { return Next::Draw };
        let before = self.rooms.get(&room.id).and_then(|room| room.contact);
        let is_theirs = room.contact == Some(contact);
        let serves = is_theirs && room.section() == Section::Assigned && room.is_own(self.me.id);
        if (is_theirs || before == Some(contact)) && !serves { Next::LoadRoom(open) } else { Next::Draw }
    }

    /// What it asks for that `room` goes out of view.
    pub(super) fn look_back_after_loss(&self, room: RoomId) -> Next {
        let Some((open, contact)) = self.looked_back_at().filter(|(open, _)| *open != room) else { return Next::Draw };
        // Of one that was never loaded nobody here knows whose it was.
        let may_be_theirs = self.rooms.get(&room).is_none_or(|room| room.contact == Some(contact));
        if may_be_theirs { Next::LoadRoom(open) } else { Next::Draw }
    }

    /// Forgets a room that one looked back at and may not read any more. One that is in view stays.
    pub fn end_looking_back(&mut self, room: RoomId) {
        if self.rooms.get(&room).is_some_and(|room| !self.sees(room)) {
            self.lose(room);
        }
    }

    /// The open room and its contact, where it is not in view by itself.
    fn looked_back_at(&self) -> Option<(RoomId, ContactId)> {
        let room = self.open.as_ref().map(|view| &view.room).filter(|room| !self.sees(room))?;
        Some((room.id, room.contact?))
    }
}
