//! Who holds a room: entering, assigning, taking over, handing back (T2 to T8).

use std::collections::BTreeMap;

use crate::change::{Actor, Change, HandOffReason, ReturnReason};
use crate::channel::Channel;
use crate::id::{PersonId, TeamId};
use crate::message::checked;
use crate::permission;
use crate::person::{Availability, Person, Role};
use crate::policy::{ASK_AGAIN, COMMENT_MAX, Policy};
use crate::refused::Refused;
use crate::room::speak::may_bot_speak;
use crate::room::{Room, State};
use crate::timestamp::Timestamp;

/// T4, Enter Chat: `me` takes a Live room from the bot or the queue. `None` when they hold it already: a second click or
/// another tab asks for what is done.
///
/// # Errors
/// [`Refused::HeldBy`] when a colleague was quicker, [`Refused::Archived`], or no permission.
pub fn enter(room: &Room, me: &Person, policy: &Policy) -> Result<Option<Change>, Refused> {
    // The room leaves the view of an agent when a colleague enters; who was slower still hears who was quicker.
    if !permission::might_have_entered(me, policy, room) {
        visible(room, me, policy)?;
    }
    match room.state {
        State::Live { .. } if permission::may_enter(me, policy, room) => Ok(Some(Change::Entered { by: me.id })),
        State::Live { .. } => Err(Refused::not_allowed("enter this chat")),
        State::Assigned { to, .. } if to == me.id => Ok(None),
        State::Assigned { to, since } => Err(Refused::HeldBy { person: to, since }),
        State::Archived { .. } => Err(Refused::Archived),
    }
}

/// T3: the product gives a queued room to `candidate`, who holds `held` rooms already. `None` when they may not
/// have it now, or just let it go, while it `waits_for` somebody else, and where the customer is blocked: there is nothing
/// to answer.
#[must_use]
pub fn auto_assign(room: &Room, candidate: &Person, held: u16, waits_for: Option<PersonId>) -> Option<Change> {
    let fits = room.is_queued()
        && !room.blocked
        && takes_one_more(candidate, held)
        && waits_for.is_none_or(|sender| sender == candidate.id)
        && room.returned_by != Some(candidate.id)
        && (waits_for.is_some() || room.team.is_none_or(|team| candidate.is_in(team)));
    fits.then_some(Change::Assigned { to: candidate.id, by: Actor::Switchboard, note: None, stays: false, team: None })
}

/// Whether `person`, who holds `held` rooms, takes another one by themselves.
pub(super) fn takes_one_more(person: &Person, held: u16) -> bool {
    person.active && person.availability == Availability::Online && held < person.capacity
}

/// T5 and T6: `me` gives the room to `to`, with an optional handover note. Where a manager or an admin gives it to somebody
/// of another team, that is its team from now on.
///
/// # Errors
/// [`Refused::CannotHold`] when `to` may not hold it, [`Refused::Archived`], or no permission.
pub fn assign(room: &Room, me: &Person, to: &Person, note: Option<&str>, policy: &Policy) -> Result<Change, Refused> {
    visible(room, me, policy)?;
    let note =
        note.filter(|text| !text.trim().is_empty()).map(|text| checked("note", text, COMMENT_MAX)).transpose()?;
    match room.state {
        State::Archived { .. } => return Err(Refused::Archived),
        State::Assigned { to: holder, .. } if holder == to.id => {
            return Err(Refused::Already { what: format!("with {}", to.name) });
        }
        State::Live { .. } | State::Assigned { .. } => {}
    }
    if !permission::may_assign(me, policy, room, to) {
        return Err(Refused::not_allowed(&format!("assign this room to {}", to.name)));
    }
    let team = other_team(room, me, to)?;
    Ok(Change::Assigned { to: to.id, by: Actor::Person(me.id), note, stays: false, team })
}

/// The team in which `to`, to whom `me` gives the room, can hold it; `None` where that is its own.
fn other_team(room: &Room, me: &Person, to: &Person) -> Result<Option<TeamId>, Refused> {
    let Err(refused) = can_hold(room, to) else { return Ok(None) };
    let reaches = |team: &TeamId| match me.role {
        Role::Admin => true,
        Role::TeamManager => me.is_in(*team),
        Role::Agent => false,
    };
    let team = to.teams.iter().copied().find(reaches).filter(|_| to.active);
    team.map(Some).ok_or(refused)
}

/// T6 by the holder, who stays in the room beside `to`.
///
/// # Errors
/// As [`assign`]; or `me` does not hold the room.
pub fn assign_and_stay(
    room: &Room,
    me: &Person,
    to: &Person,
    note: Option<&str>,
    policy: &Policy,
) -> Result<Change, Refused> {
    let mut given = assign(room, me, to, note, policy)?;
    if room.agent() != Some(me.id) {
        return Err(Refused::not_allowed("stay in a chat that you do not hold"));
    }
    if let Change::Assigned { stays, .. } = &mut given {
        *stays = true;
    }
    Ok(given)
}

/// T6: `me` takes the room from whoever holds it. `None` when they hold it already, as after a second click.
///
/// # Errors
/// [`Refused::Archived`], or no permission (an agent may only ask for it).
pub fn take_over(room: &Room, me: &Person, policy: &Policy) -> Result<Option<Change>, Refused> {
    visible(room, me, policy)?;
    match room.state {
        State::Archived { .. } => Err(Refused::Archived),
        State::Assigned { to, .. } if to == me.id => Ok(None),
        State::Live { .. } => enter(room, me, policy),
        State::Assigned { .. } if permission::may_take_over(me, room) => {
            Ok(Some(Change::Assigned { to: me.id, by: Actor::Person(me.id), note: None, stays: false, team: None }))
        }
        State::Assigned { .. } => Err(Refused::not_allowed("take over this chat")),
    }
}

/// T6 by whoever may only ask: `me` asks the holder to give them the room.
///
/// # Errors
/// [`Refused::NotEntered`] when nobody holds it, [`Refused::Archived`], [`Refused::CannotHold`], or [`Refused::Already`]
/// when it is theirs, or was asked for less than [`ASK_AGAIN`] ago.
pub fn request_take_over(room: &Room, me: &Person, policy: &Policy, now: Timestamp) -> Result<Change, Refused> {
    visible(room, me, policy)?;
    match room.state {
        State::Archived { .. } => return Err(Refused::Archived),
        State::Live { .. } => return Err(Refused::NotEntered),
        State::Assigned { to, .. } if to == me.id => return Err(Refused::Already { what: "yours".into() }),
        State::Assigned { .. } => can_hold(room, me)?,
    }
    if room.take_over_request.is_some_and(|request| now.since(request.at) < ASK_AGAIN) {
        return Err(Refused::Already { what: "asked for: give its holder a minute".into() });
    }
    Ok(Change::TakeOverRequested { by: me.id })
}

/// `me` keeps the room that a colleague asked for.
///
/// # Errors
/// [`Refused::Changed`] when nobody waits for an answer of theirs.
pub fn decline_take_over(room: &Room, me: &Person, policy: &Policy) -> Result<Change, Refused> {
    visible(room, me, policy)?;
    let asked = room.take_over_request.and_then(|request| request.by);
    match asked.filter(|_| room.agent() == Some(me.id)) {
        Some(to) => Ok(Change::TakeOverDeclined { by: me.id, to }),
        None => Err(Refused::Changed),
    }
}

/// `me` joins without taking over.
///
/// # Errors
/// [`Refused::Already`], [`Refused::NotEntered`] when nobody holds it, or no permission.
pub fn join(room: &Room, me: &Person, policy: &Policy) -> Result<Change, Refused> {
    visible(room, me, policy)?;
    match room.state {
        State::Archived { .. } => Err(Refused::Archived),
        State::Live { .. } => Err(Refused::NotEntered),
        State::Assigned { .. } if room.is_own(me.id) => Err(Refused::Already { what: "open to you".into() }),
        State::Assigned { .. } if permission::may_join(me, room) => Ok(Change::Joined { person: me.id }),
        State::Assigned { .. } => Err(Refused::not_allowed("join this chat")),
    }
}

/// `me` has `person` join beside the holder: an agent joins only this way.
///
/// # Errors
/// [`Refused::Already`], [`Refused::NotEntered`] when nobody holds it, [`Refused::CannotHold`] when `person` may not work in
/// it, or no permission.
pub fn bring_in(room: &Room, me: &Person, person: &Person, policy: &Policy) -> Result<Change, Refused> {
    visible(room, me, policy)?;
    match room.state {
        State::Archived { .. } => Err(Refused::Archived),
        State::Live { .. } => Err(Refused::NotEntered),
        State::Assigned { .. } if room.is_own(person.id) => {
            Err(Refused::Already { what: format!("open to {}", person.name) })
        }
        State::Assigned { .. } if permission::may_bring_in(me, room) => {
            can_hold(room, person)?;
            Ok(Change::BroughtIn { person: person.id, by: me.id })
        }
        State::Assigned { .. } => Err(Refused::not_allowed("bring others into this chat")),
    }
}

/// `me`, who joined, leaves again.
///
/// # Errors
/// [`Refused::NotEntered`] when they had not joined; [`Refused::Archived`], where there is nothing left to leave.
pub fn leave(room: &Room, me: &Person) -> Result<Change, Refused> {
    match room.state {
        _ if !room.participants.contains(&me.id) => Err(Refused::NotEntered),
        State::Archived { .. } => Err(Refused::Archived),
        State::Live { .. } | State::Assigned { .. } => Ok(Change::Left { person: me.id }),
    }
}

/// T7 by a person: back to the queue, of `team` when one is named. What waits in one queue may go to another.
///
/// # Errors
/// [`Refused::Already`] for a room that waits there, [`Refused::Archived`], or no permission.
pub fn return_to_queue(room: &Room, me: &Person, team: Option<TeamId>, policy: &Policy) -> Result<Change, Refused> {
    visible(room, me, policy)?;
    match room.state {
        State::Archived { .. } => Err(Refused::Archived),
        State::Live { .. } if room.is_queued() && (team.is_none() || team == room.team) => {
            Err(Refused::Already { what: "in the queue".into() })
        }
        State::Live { .. } | State::Assigned { .. } if permission::may_return_to_queue(me, room) => {
            Ok(Change::ReturnedToQueue { by: Actor::Person(me.id), team, reason: ReturnReason::Given })
        }
        State::Live { .. } | State::Assigned { .. } => Err(Refused::not_allowed("return this chat")),
    }
}

/// T7 by the product: what follows when `person` may no longer hold or join the room, because they were deactivated
/// or left its team. Empty when they still may, or have nothing to do with it; and in an archived room, which is history.
#[must_use]
pub fn release(room: &Room, person: &Person) -> Vec<Change> {
    let stays = can_hold(room, person).is_ok();
    match room.state {
        State::Archived { .. } => Vec::new(),
        _ if stays => Vec::new(),
        State::Assigned { to, .. } if to == person.id => {
            let reason = ReturnReason::Released(person.id);
            vec![Change::ReturnedToQueue { by: Actor::Switchboard, team: None, reason }]
        }
        State::Live { .. } | State::Assigned { .. } => {
            let joined = room.participants.contains(&person.id);
            joined.then_some(Change::Left { person: person.id }).into_iter().collect()
        }
    }
}

/// What follows in a room when somebody's rights changed: as [`release`], but whoever was there from outside its team
/// `before`, because they won the customer back or were given the room so, stays as long as they are active.
#[must_use]
pub fn follow_rights(room: &Room, before: &Person, person: &Person) -> Vec<Change> {
    let was_outside = before.active && can_hold(room, before).is_err();
    if was_outside && person.active { Vec::new() } else { release(room, person) }
}

/// What follows when an episode goes on that `me` reopened or whose end they took back: whoever else held or joined it and
/// may not any more is released, but for those who were `outsiders` before it ended.
#[must_use]
pub fn release_others(
    room: &Room,
    me: &Person,
    people: &BTreeMap<PersonId, Person>,
    outsiders: &[PersonId],
) -> Vec<Change> {
    let others = within(room).filter(|other| *other != me.id && !outsiders.contains(other));
    others.filter_map(|other| people.get(&other)).flat_map(|person| release(room, person)).collect()
}

/// Whoever holds or joined the room, though it could not be given to them.
#[must_use]
pub fn outsiders(room: &Room, people: &BTreeMap<PersonId, Person>) -> Vec<PersonId> {
    within(room).filter(|one| people.get(one).is_some_and(|person| can_hold(room, person).is_err())).collect()
}

fn within(room: &Room) -> impl Iterator<Item = PersonId> {
    room.agent().into_iter().chain(room.participants.iter().copied())
}

/// T8: back to the bot. A critical room goes back to a bot only by a team manager or an admin.
///
/// # Errors
/// [`Refused::NoBot`], [`Refused::Archived`], [`Refused::Already`], or no permission.
pub fn return_to_bot(room: &Room, me: &Person, channel: &Channel, policy: &Policy) -> Result<Change, Refused> {
    visible(room, me, policy)?;
    if channel.flow.is_none() {
        return Err(Refused::NoBot);
    }
    match room.state {
        State::Archived { .. } => Err(Refused::Archived),
        State::Live { .. } if room.is_with_bot() => Err(Refused::Already { what: "with the bot".into() }),
        State::Live { .. } | State::Assigned { .. } if permission::may_return_to_bot(me, room) => {
            Ok(Change::ReturnedToBot { by: me.id })
        }
        State::Live { .. } | State::Assigned { .. } => Err(Refused::not_allowed("return this chat to the bot")),
    }
}

/// The bot's flow is at its end. `None` when the bot no longer speaks there.
#[must_use]
pub fn end(room: &Room, epoch: u32) -> Option<Change> {
    may_bot_speak(room, epoch).then_some(Change::Ended)
}

/// T2: the bot hands the room to the queue. `None` when it no longer speaks there.
#[must_use]
pub fn hand_off(room: &Room, epoch: u32, reason: HandOffReason, team: Option<TeamId>) -> Option<Change> {
    may_bot_speak(room, epoch).then_some(Change::HandedOff { reason, team })
}

pub(super) fn can_hold(room: &Room, to: &Person) -> Result<(), Refused> {
    if !to.active {
        return Err(Refused::CannotHold { name: to.name.clone(), why: "the account is deactivated".into() });
    }
    let outside = to.role != Role::Admin && room.team.is_some_and(|team| !to.is_in(team));
    if outside {
        return Err(Refused::CannotHold { name: to.name.clone(), why: "the room belongs to another team".into() });
    }
    Ok(())
}

/// Refuses, without a word about the room, whoever may not see it.
pub(super) fn visible(room: &Room, me: &Person, policy: &Policy) -> Result<(), Refused> {
    if permission::may_see(me, policy, &room.scope()) { Ok(()) } else { Err(Refused::NotFound) }
}
