//! A held room whose customer waits does not stay with somebody who is not there (T7 by the product).

use crate::change::{Actor, Change, ReturnReason};
use crate::id::PersonId;
use crate::person::{Availability, Person};
use crate::policy::{GRACE, Policy};
use crate::room::{Room, State};
use crate::timestamp::{Timestamp, minutes};

/// The answer timer: its holder has let the customer wait for as long as the policy allows. `None` when they have time
/// left, or the policy sets no limit.
#[must_use]
pub fn return_unanswered(room: &Room, policy: &Policy, now: Timestamp) -> Option<Change> {
    let limit = minutes(policy.answer_minutes?.into());
    let (holder, since) = waits_on(room)?;
    (now >= since.plus(limit)).then(|| returned(ReturnReason::Unanswered(holder)))
}

/// The long disconnect: its holder was last heard of at `last_here`. `None` while they may still come back, while nobody
/// waits for them, or when the policy keeps rooms with whoever is gone.
#[must_use]
pub fn return_of_absent(room: &Room, last_here: Timestamp, policy: &Policy, now: Timestamp) -> Option<Change> {
    let limit = GRACE + minutes(policy.disconnect_minutes?.into());
    let (holder, _) = waits_on(room)?;
    let State::Assigned { since, .. } = room.state else { return None };
    // Whoever was given it while they were gone has as long to come.
    let gone_since = last_here.max(since);
    (now >= gone_since.plus(limit)).then(|| returned(ReturnReason::Disconnected(holder)))
}

/// `me`, who goes offline by choice, lets go of the room if its customer waits for them. Where it is the customer's turn,
/// they keep it.
#[must_use]
pub fn return_of_offline(room: &Room, me: &Person) -> Option<Change> {
    let (holder, _) = waits_on(room)?;
    let goes = holder == me.id && me.availability == Availability::Offline;
    goes.then(|| returned(ReturnReason::WentOffline(holder)))
}

/// Whom the customer waits for, and since when that person lets them: whoever gets a room has their own time. A room that
/// was put off waits for nobody.
fn waits_on(room: &Room) -> Option<(PersonId, Timestamp)> {
    match (&room.state, room.waiting_since) {
        (State::Assigned { to, since }, Some(waiting)) if room.snoozed_until.is_none() => {
            Some((*to, waiting.max(*since)))
        }
        _ => None,
    }
}

const fn returned(reason: ReturnReason) -> Change {
    Change::ReturnedToQueue { by: Actor::Switchboard, team: None, reason }
}
