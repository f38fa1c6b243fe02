//! How many rooms of each scope somebody joined: counted when this process is first asked, and kept from then on with what it
//! tells, whichever process saved it.

use std::collections::HashMap;

use domain::change::Change;
use domain::id::PersonId;
use domain::room::Scope;

use crate::live::{Hub, State};
use crate::log::Told;

/// The rooms that somebody joined, by their scopes as if they had not. What is put off for later is not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Joined {
    /// The event up to which they were counted.
    pub counted_to: u64,
    pub rooms: HashMap<Scope, i64>,
}

impl Joined {
    fn add(&mut self, scope: &Scope, by: i64) {
        let alone = Scope { participants: Vec::new(), ..scope.clone() };
        let rooms = self.rooms.entry(alone.clone()).or_default();
        *rooms += by;
        if *rooms == 0 {
            self.rooms.remove(&alone);
        }
    }
}

impl Hub {
    /// What `person` joined, as far as this process has told; nothing where it was never counted here.
    pub(crate) fn joined(&self, person: PersonId) -> Option<Joined> {
        self.lock().joined.get(&person).cloned()
    }

    /// Keeps what was counted, unless something was told since: then it is counted again when it is asked for.
    pub(crate) fn keep_joined(&self, person: PersonId, joined: Joined) {
        let mut state = self.lock();
        if self.head() <= joined.counted_to {
            state.joined.insert(person, joined);
        }
    }
}

impl State {
    /// Takes into account what was told of a room.
    pub(super) fn follow_joined(&mut self, told: &Told) {
        if told.event.change == Change::Unread {
            // Nobody knows what it was about.
            self.joined.clear();
        }
        let (Some(before), Some(room)) = (&told.before, &told.event.room) else { return };
        let after = room.scope();
        for (scope, by) in [(before, -1), (&after, 1)] {
            for person in scope.participants.iter().filter(|_| !scope.snoozed) {
                let joined = self.joined.get_mut(person).filter(|joined| joined.counted_to < told.event.seq);
                if let Some(joined) = joined {
                    joined.add(scope, by);
                }
            }
        }
    }
}
