//! Who may speak in a room: the customer always, a person who holds it, the bot only while it is its turn.

use crate::change::{Actor, Change};
use crate::channel::Channel;
use crate::delivery::Delivery;
use crate::episode::OpenedBy;
use crate::id::{EpisodeId, MessageId, PersonId};
use crate::message::{Author, Content, Entry, Message, NOTE_MAX, Note, Reacting, Reply, What, checked};
use crate::permission;
use crate::person::Person;
use crate::policy::{Policy, STICKY};
use crate::refused::Refused;
use crate::room::hold::{can_hold, takes_one_more, visible};
use crate::room::restore::restored;
use crate::room::{LiveHandler, Room, State};
use crate::timestamp::Timestamp;

/// Who answers first on `channel`: its bot when it has one.
pub(super) const fn first_handler(channel: &Channel) -> LiveHandler {
    if channel.flow.is_some() { LiveHandler::Bot } else { LiveHandler::Queue }
}

/// T1 and T14: what follows when the customer writes `message`. A new or an archived room begins an episode
/// (`fresh`), except that an answer to a feedback request reopens nothing.
#[must_use]
pub fn customer_writes(room: &Room, channel: &Channel, message: Message, fresh: EpisodeId) -> Vec<Change> {
    let answers_feedback = matches!(message.content, Content::FeedbackAnswer { .. });
    let begins = room.version == 0 || (room.is_archived() && !answers_feedback);
    let by = if room.restore_pending.is_some() { OpenedBy::TemplateReply } else { OpenedBy::Customer };
    let opened = begins.then(|| Change::EpisodeOpened {
        episode: fresh,
        number: room.episode_number + 1,
        by,
        handler: first_handler(channel),
        team: channel.team,
        expires_after_millis: channel.expires_after_millis,
    });
    let restored = restored(room).filter(|_| begins);
    restored.into_iter().chain(opened).chain([Change::MessageAdded(message)]).collect()
}

/// Who held the room until a moment ago and gets it back when its customer writes now, if they can: see
/// [`customer_returns`]. `None` where the policy says nothing of it; and where somebody's template is about to be answered,
/// for then it waits for them.
#[must_use]
pub fn sticks_to(room: &Room, policy: &Policy, now: Timestamp) -> Option<PersonId> {
    match room.state {
        State::Archived { at, agent, .. } if policy.sticky_agent && room.restore_pending.is_none() => {
            agent.filter(|_| now.since(at) < STICKY)
        }
        State::Archived { .. } | State::Live { .. } | State::Assigned { .. } => None,
    }
}

/// T14 with `owner`, to whom the room sticks and who has a console open and holds `held` rooms: the new episode is theirs
/// at once, in the team that the last one was in, and no bot comes in between. Where they do not take it, it is as
/// [`customer_writes`] says.
#[must_use]
pub fn customer_returns(
    room: &Room,
    channel: &Channel,
    message: Message,
    fresh: EpisodeId,
    owner: &Person,
    held: u16,
) -> Vec<Change> {
    let mut changes = customer_writes(room, channel, message, fresh);
    if !takes_one_more(owner, held) || can_hold(room, owner).is_err() {
        return changes;
    }
    let opened = changes.iter_mut().enumerate().find_map(|(place, change)| match change {
        Change::EpisodeOpened { team, .. } => Some((place, team)),
        _ => None,
    });
    if let Some((place, team)) = opened {
        *team = room.team;
        changes.insert(
            place + 1,
            Change::Assigned { to: owner.id, by: Actor::Switchboard, note: None, stays: false, team: None },
        );
    }
    changes
}

/// A person's reply to the customer.
///
/// # Errors
/// As [`may_reply`].
pub fn reply(
    room: &Room,
    me: &Person,
    id: MessageId,
    reply: Reply,
    policy: &Policy,
    now: Timestamp,
) -> Result<Change, Refused> {
    may_reply(room, me, policy, now)?;
    Ok(Change::MessageAdded(reply.into_message(id, Author::Person(me.id), Delivery::first(room.kind))))
}

/// A person's sign on `message`; `None` takes it away.
///
/// # Errors
/// As [`may_reply`]; the channel shows no signs, or not this one; there is nothing to put one on.
pub fn react(
    room: &Room,
    me: &Person,
    message: &Message,
    emoji: Option<String>,
    policy: &Policy,
    now: Timestamp,
) -> Result<Change, Refused> {
    may_reply(room, me, policy, now)?;
    if !room.kind.capabilities().reaction_out {
        return Err(Refused::invalid("reaction", "is nothing this channel shows"));
    }
    if emoji.as_deref().is_some_and(|emoji| !REACTIONS.contains(&emoji)) {
        return Err(Refused::invalid("reaction", "is none of those that can be sent"));
    }
    if !message.author.is_customer() || message.content == Content::Deleted {
        return Err(Refused::invalid("message", "is none of the customer's that still stands"));
    }
    Ok(Change::Reacted { message: message.id, by: Reacting::OurSide, emoji })
}

/// The signs a person can leave, which every messenger that takes signs knows.
pub const REACTIONS: [&str; 6] = ["👍", "❤", "😁", "😢", "🙏", "🎉"];

/// Whether `me` may speak to the customer now.
///
/// # Errors
/// The room is archived, held by somebody else or by nobody; the customer is blocked; the window is closed; the customer said
/// STOP where that forbids every word. Elsewhere, who opted out of templates and feedback and writes all the same may be
/// answered.
pub fn may_reply(room: &Room, me: &Person, policy: &Policy, now: Timestamp) -> Result<(), Refused> {
    visible(room, me, policy)?;
    match room.state {
        State::Archived { .. } => return Err(Refused::Archived),
        State::Live { .. } => return Err(Refused::NotEntered),
        State::Assigned { to, since } if !permission::may_send(me, room) => {
            return Err(Refused::HeldBy { person: to, since });
        }
        State::Assigned { .. } => {}
    }
    if room.blocked {
        return Err(Refused::Blocked);
    }
    if room.has_said_stop() {
        return Err(Refused::OptedOut);
    }
    if !room.window(now).is_open_to_people() {
        return Err(Refused::window_closed(room.kind));
    }
    Ok(())
}

/// Whether `me` may send the message of `entry` once more: it failed or is unconfirmed, and they may write here.
///
/// # Errors
/// As [`may_reply`], and [`Refused::Already`] for a message that is on its way or arrived.
pub fn may_retry(room: &Room, me: &Person, entry: &Entry, policy: &Policy, now: Timestamp) -> Result<(), Refused> {
    let What::Message(message) = &entry.what else { return Err(Refused::NotFound) };
    let Some(delivery) = &message.delivery else { return Err(Refused::NotFound) };
    may_reply(room, me, policy, now)?;
    if delivery.may_retry() { Ok(()) } else { Err(Refused::Already { what: delivery.label().to_ascii_lowercase() }) }
}

/// A private note, on any room one may see, archived ones included.
///
/// # Errors
/// The note is empty or too long, or the room is not visible.
pub fn note(room: &Room, me: &Person, id: MessageId, text: &str, policy: &Policy) -> Result<Change, Refused> {
    if !permission::may_note(me, policy, room) {
        return Err(Refused::NotFound);
    }
    let text = checked("note", text, NOTE_MAX)?;
    Ok(Change::NoteAdded(Note { id, by: me.id, text }))
}

/// Whether a bot's answer that was thought in `epoch` may still be said: a bot never speaks over a person, nor to who said
/// STOP or is blocked.
#[must_use]
pub const fn may_bot_speak(room: &Room, epoch: u32) -> bool {
    room.is_with_bot() && room.handler_epoch == epoch && !room.has_said_stop() && !room.blocked
}

/// Whether words of the bot that have not left yet are overtaken: a person came into the room `since` they were said, as
/// the transcript after them tells. What the bot said before it handed over or ended by itself still goes, whoever comes
/// then: it stands before their words.
#[must_use]
pub fn is_overtaken(since: &[Entry]) -> bool {
    let overtaken = since.iter().find_map(|entry| match &entry.what {
        What::Line(change) => match **change {
            Change::HandedOff { .. } | Change::Ended => Some(false),
            Change::Entered { .. }
            | Change::Assigned { .. }
            | Change::Reopened { .. }
            | Change::ReopenedAnew { .. } => Some(true),
            _ => None,
        },
        What::Message(_) | What::Note(_) => None,
    });
    overtaken.unwrap_or(false)
}
