//! What the holder of a room does that its customer may be shown: reading their words, and writing an answer. Only
//! noticed here; `jobs::signals` shows it on the customer's channel.

use std::collections::BTreeSet;

use domain::change::Change;
use domain::id::{PersonId, RoomId};
use domain::room::{Scope, Section};
use domain::seen::Seen;

use crate::live::{Hub, State, Viewer};
use crate::log::Told;

/// How many signs may wait. One that is lost is no harm.
const WAITING: usize = 4_096;

/// What its holder does in a room right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sign {
    /// They have the room on screen.
    Reads { room: RoomId, holder: PersonId },
    /// They write a reply.
    Writes { room: RoomId, holder: PersonId },
}

impl Hub {
    /// What was noticed since the last time, each once; the list is emptied.
    pub(crate) fn take_signs(&self) -> BTreeSet<Sign> {
        std::mem::take(&mut self.lock().signs)
    }

    /// Returns once something may have been noticed.
    pub(crate) async fn signs_came(&self) {
        self.signs_noticed.notified().await;
    }

    /// Somebody who sees the room has it on screen, or writes in it. Whoever does not hold it only looks.
    pub(super) fn notice(&self, state: &mut State, sign: Sign) {
        let (Sign::Reads { room, holder } | Sign::Writes { room, holder }) = sign;
        if state.rooms.get(&room).is_some_and(|(scope, _)| is_held_by(scope, holder)) {
            self.add_sign(state, sign);
        }
    }

    /// A person has seen what the customer wrote, or was given a room they are looking at. Other processes hear of it,
    /// too: it is noticed where the room is on screen.
    pub(super) fn notice_in(&self, state: &mut State, told: &Told) {
        let Some(room) = &told.event.room else { return };
        let Some(holder) = room.agent() else { return };
        let has_news = match &told.event.change {
            Change::Seen { person, messages, marks } => {
                *person == holder && !Seen { messages: *messages, marks: *marks }.is_marked()
            }
            _ => told.before.is_some(),
        };
        let is_looking = |viewer: &Viewer| viewer.person == holder && viewer.viewing == Some(room.id);
        if has_news && state.viewers.values().any(is_looking) {
            self.add_sign(state, Sign::Reads { room: room.id, holder });
        }
    }

    fn add_sign(&self, state: &mut State, sign: Sign) {
        if state.signs.len() < WAITING {
            state.signs.insert(sign);
            self.signs_noticed.notify_one();
        }
    }
}

fn is_held_by(scope: &Scope, person: PersonId) -> bool {
    scope.section == Section::Assigned && scope.agent == Some(person)
}
