//! Customers nobody has to hear any more: what they write is dropped, and nothing is said to them.

use crate::change::{Actor, Change};
use crate::permission;
use crate::person::Person;
use crate::policy::Policy;
use crate::refused::Refused;
use crate::room::Room;
use crate::room::hold::visible;

/// `me` blocks the room's customer. The room stays in its section.
///
/// # Errors
/// [`Refused::Already`] for one who is blocked, or no permission.
pub fn block(room: &Room, me: &Person, policy: &Policy) -> Result<Change, Refused> {
    may_block(room, me, policy, "block this customer")?;
    if room.blocked {
        return Err(Refused::Already { what: "one of a blocked customer".into() });
    }
    Ok(Change::CustomerBlocked { by: Actor::Person(me.id) })
}

/// `me` lets the room's customer in again. What they wrote meanwhile is gone.
///
/// # Errors
/// [`Refused::Already`] for one who is not blocked, or no permission.
pub fn unblock(room: &Room, me: &Person, policy: &Policy) -> Result<Change, Refused> {
    may_block(room, me, policy, "unblock this customer")?;
    if !room.blocked {
        return Err(Refused::Already { what: "open to its customer".into() });
    }
    Ok(Change::CustomerUnblocked { by: Actor::Person(me.id) })
}

fn may_block(room: &Room, me: &Person, policy: &Policy, what: &str) -> Result<(), Refused> {
    visible(room, me, policy)?;
    if permission::may_block(me, room) { Ok(()) } else { Err(Refused::not_allowed(what)) }
}
