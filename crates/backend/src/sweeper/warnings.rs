//! Telling whom it concerns that a customer still waits and the room comes near its end.

use std::sync::{Mutex, PoisonError};

use domain::live::Frame;
use domain::permission::may_see;
use domain::room::{Nearness, Room, expiry_nearness, is_warned};
use domain::timestamp::Timestamp;

use crate::backend::Backend;
use crate::error::Result;
use crate::rooms::rows;

/// Up to when this process has told of rooms that come near their end.
#[derive(Default)]
pub(crate) struct Told(Mutex<Option<Timestamp>>);

impl Told {
    /// `None` as long as nothing was: what came near while this process did not run is on the cards, and nobody is told of
    /// all of it at once.
    fn until(&self) -> Option<Timestamp> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }
}

/// Tells those who are here, of the rooms that came a step nearer since the last time. On several nodes each tells its own.
pub(super) async fn tell(backend: &Backend) -> Result<()> {
    let (now, told) = (backend.now(), &backend.workshop().warned);
    if let Some(since) = told.until()
        && !backend.hub().people_here().is_empty()
    {
        let steps = Nearness::ALL.map(Nearness::percent);
        for room in rows::list_coming_near(&backend.store().read, &steps, since, now).await? {
            tell_of(backend, &room, since, now);
        }
    }
    told.note(now);
    Ok(())
}

fn tell_of(backend: &Backend, room: &Room, since: Timestamp, now: Timestamp) {
    let directory = backend.directory();
    let nearness = |at| expiry_nearness(room, &directory.policy, at);
    let (before, after) = (nearness(since), nearness(now));
    let steps: Vec<_> = Nearness::ALL.into_iter().filter(|step| before < Some(*step) && Some(*step) <= after).collect();
    let Some(at) = room.expires_at().filter(|_| !steps.is_empty()) else { return };
    let frame = Frame::Expiring { room: room.id, name: room.name.clone(), at };
    let here = backend.hub().people_here();
    for person in here.iter().filter_map(|person| directory.people.get(person)) {
        let concerns = steps.iter().any(|step| is_warned(room, person, *step));
        if concerns && may_see(person, &directory.policy, &room.scope()) {
            backend.hub().send_to(person.id, &frame);
        }
    }
}
