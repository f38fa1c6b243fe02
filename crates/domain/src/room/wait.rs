//! Customers who wait: they hear when nobody is here, and do not wait for somebody who is not there (T7 by the product).

use std::collections::BTreeMap;

use crate::change::{Actor, Change, ReturnReason};
use crate::delivery::Delivery;
use crate::id::{EpisodeId, MessageId, PersonId, TeamId};
use crate::message::{Author, Content, Message};
use crate::permission;
use crate::person::{Availability, Person};
use crate::policy::{GRACE, Policy};
use crate::room::{Room, State};
use crate::team::{Team, default_team};
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

/// The away line, for a customer in the queue whom none of `here`, the people with a console, could take now. `held_by` is
/// who held the room last in this episode: after a person was there, no line says that nobody is. `None` also where the
/// policy has no words for it, the customer is blocked or the window is closed. It is said once an episode: its id is the episode's.
#[must_use]
pub fn away_line<'a>(
    room: &Room,
    held_by: Option<PersonId>,
    here: impl IntoIterator<Item = &'a Person>,
    policy: &Policy,
    now: Timestamp,
) -> Option<Change> {
    let is_alone = room.is_queued() && held_by.is_none() && !here.into_iter().any(|one| could_take(one, room.team));
    let may_say = !policy.away_text.is_empty() && !room.has_said_stop() && !room.blocked && room.window(now).is_open();
    (is_alone && may_say).then(|| {
        let (id, content) = (away_line_id(room.episode), Content::Text(policy.away_text.clone()));
        Change::MessageAdded(Message::new(id, Author::Switchboard, content, Some(Delivery::first(room.kind))))
    })
}

/// A room waits for a team that was removed while it was archived, or at that moment: it goes to the queue of the team that
/// its channel's rooms go to, or of the default one, for else only admins would see it. `None` while its team is one of
/// `teams`.
#[must_use]
pub fn leave_removed_team(room: &Room, channel: Option<TeamId>, teams: &BTreeMap<TeamId, Team>) -> Option<Change> {
    let is_gone = room.team.is_some_and(|team| !teams.contains_key(&team));
    let team = channel.filter(|team| teams.contains_key(team)).or_else(|| default_team(teams));
    let team = team.filter(|_| room.is_queued() && is_gone)?;
    Some(Change::ReturnedToQueue { by: Actor::Switchboard, team: Some(team), reason: ReturnReason::Given })
}

/// Whether `person`, who has a console open, could take what comes to the queue of `team` now.
#[must_use]
pub fn could_take(person: &Person, team: Option<TeamId>) -> bool {
    person.availability == Availability::Online && permission::may_take_queued(person, team)
}

/// The id of an episode's one away line. Ids are random in their last bits, so that no other message has it.
#[must_use]
pub const fn away_line_id(episode: EpisodeId) -> MessageId {
    MessageId::from_number(episode.0.as_u128() ^ u32::from_be_bytes(*b"away") as u128)
}

/// Whom the customer waits for, and since when that person lets them: whoever gets a room has their own time. A room that
/// was put off waits for nobody.
pub(super) fn waits_on(room: &Room) -> Option<(PersonId, Timestamp)> {
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
