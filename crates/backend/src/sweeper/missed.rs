//! What came to its end while this program did not run: told once to each whom it concerns, in one number instead of a
//! warning for each room.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::id::{PersonId, TeamId};
use domain::live::Frame;
use domain::person::Person;
use domain::room::hears_of_expired;
use domain::timestamp::{Timestamp, minutes};

use crate::backend::Backend;
use crate::sweeper::expiry::Ended;

/// Whoever was due for longer than this when the program began, was due while it did not run, and not in the minute between
/// two sweeps.
const NOTICED: Duration = minutes(5);

/// What expired while this process did not run, and who has heard of it. On several nodes each tells its own.
#[derive(Default)]
pub(crate) struct Missed(Mutex<State>);

#[derive(Default)]
struct State {
    of_teams: BTreeMap<Option<TeamId>, Count>,
    was_noticed: bool,
    /// Everything was looked at once: what ends from now on ends while the program runs.
    is_complete: bool,
    told: BTreeSet<PersonId>,
}

#[derive(Clone, Copy, Default)]
struct Count {
    expired: u32,
    unanswered: u32,
}

impl Missed {
    /// Counts a room, if its time came before this process `started_at`.
    pub(super) fn note(&self, ended: &Ended, started_at: Timestamp) {
        let mut state = self.lock();
        if state.is_complete || ended.at >= started_at {
            return;
        }
        state.was_noticed |= ended.at.plus(NOTICED) <= started_at;
        let count = state.of_teams.entry(ended.team).or_default();
        count.expired += 1;
        count.unanswered += u32::from(ended.unanswered);
    }

    /// What `me` is to hear, once.
    pub(crate) fn take_for(&self, me: &Person) -> Option<Frame> {
        let mut state = self.lock();
        if !state.is_complete || !state.was_noticed || state.told.contains(&me.id) {
            return None;
        }
        let of_mine = state.of_teams.iter().filter(|(team, _)| hears_of_expired(me, **team)).map(|(_, count)| count);
        let count = of_mine.fold(Count::default(), |sum, count| Count {
            expired: sum.expired + count.expired,
            unanswered: sum.unanswered + count.unanswered,
        });
        if count.expired == 0 {
            return None;
        }
        state.told.insert(me.id);
        Some(Frame::ExpiredMeanwhile { expired: count.expired, unanswered: count.unanswered })
    }

    fn complete(&self) -> bool {
        !std::mem::replace(&mut self.lock().is_complete, true)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Everything due was looked at. After the first time, whoever is here hears what was missed; whoever comes later hears it
/// then.
pub(super) fn tell(backend: &Backend) {
    let missed = &backend.workshop().missed;
    if !missed.complete() {
        return;
    }
    let directory = backend.directory();
    for person in backend.hub().people_here().iter().filter_map(|person| directory.people.get(person)) {
        if let Some(frame) = missed.take_for(person) {
            backend.hub().send_to(person.id, &frame);
        }
    }
}
