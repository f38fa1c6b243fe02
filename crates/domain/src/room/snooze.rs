//! Putting a room off for later, and back on the list (T17).

use crate::change::{Actor, Change};
use crate::permission;
use crate::person::Person;
use crate::policy::{Policy, SNOOZE_MAX};
use crate::refused::Refused;
use crate::room::hold::visible;
use crate::room::{Room, Section};
use crate::timestamp::Timestamp;

/// T17: the room leaves the list until `until`, or until the customer writes.
///
/// # Errors
/// [`Refused::Archived`], a moment that is past or more than [`SNOOZE_MAX`] ahead, a room nobody holds, or no
/// permission.
pub fn snooze(room: &Room, me: &Person, until: Timestamp, policy: &Policy, now: Timestamp) -> Result<Change, Refused> {
    may_put_off(room, me, policy)?;
    check_snooze(until, now)?;
    Ok(Change::Snoozed { by: me.id, until })
}

/// Whether a room may be put off until `until`.
///
/// # Errors
/// A moment that is past or more than [`SNOOZE_MAX`] ahead.
pub fn check_snooze(until: Timestamp, now: Timestamp) -> Result<(), Refused> {
    if until <= now || until > now.plus(SNOOZE_MAX) {
        return Err(Refused::invalid("time", "must lie ahead, by at most 30 days"));
    }
    Ok(())
}

/// T17: back on the list now.
///
/// # Errors
/// [`Refused::Already`] when it is awake, [`Refused::Archived`], or no permission.
pub fn wake(room: &Room, me: &Person, policy: &Policy) -> Result<Change, Refused> {
    may_put_off(room, me, policy)?;
    match room.snoozed_until {
        Some(_) => Ok(Change::Woken { by: Actor::Person(me.id) }),
        None => Err(Refused::Already { what: "awake".into() }),
    }
}

fn may_put_off(room: &Room, me: &Person, policy: &Policy) -> Result<(), Refused> {
    visible(room, me, policy)?;
    match room.section() {
        Section::Archived => Err(Refused::Archived),
        Section::Assigned if permission::may_snooze(me, room) => Ok(()),
        Section::Assigned | Section::Live => Err(Refused::not_allowed("snooze this chat")),
    }
}
