//! Where colleagues named this person, for as long as they have not looked there.

use crate::change::{Change, Event};
use crate::desk::Desk;
use crate::id::RoomId;
use crate::mention::{self, Mention};
use crate::seen::Seen;

impl Desk {
    /// Who named this person in the room last, and when; `None` once they looked there.
    #[must_use]
    pub fn mention(&self, room: RoomId) -> Option<Mention> {
        self.mentions.get(&room).copied().filter(|_| self.room(room).is_some_and(|room| self.sees(room)))
    }

    /// Every room in which this person was named since they looked there, the latest first.
    #[must_use]
    pub fn mentions(&self) -> Vec<Mention> {
        let mut mentions: Vec<Mention> = self.mentions.keys().filter_map(|room| self.mention(*room)).collect();
        mentions.sort_unstable_by_key(|mention| (std::cmp::Reverse(mention.at), mention.room));
        mentions
    }

    /// A note or comment names this person, or they looked at the room.
    pub(super) fn take_mention(&mut self, event: &Event) {
        let Some(room) = event.room_id() else { return };
        match &event.change {
            Change::Seen { person, messages, marks } => {
                let has_looked = !Seen { messages: *messages, marks: *marks }.is_marked();
                if has_looked && *person == self.me.id {
                    self.mentions.remove(&room);
                }
            }
            change if self.mentions_me(change) => {
                let by = mention::words_of(change).map(|(_, by, _)| by);
                self.mentions.extend(by.map(|by| (room, Mention { room, by, at: event.at })));
            }
            _ => {}
        }
    }
}
