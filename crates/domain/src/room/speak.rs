//! Who may speak in a room: the customer always, a person who holds it, the bot only while it is its turn.

use crate::change::Change;
use crate::channel::Channel;
use crate::delivery::Delivery;
use crate::episode::OpenedBy;
use crate::id::{EpisodeId, MessageId};
use crate::message::{Author, Content, Entry, Message, NOTE_MAX, Note, Reply, What, checked};
use crate::permission;
use crate::person::Person;
use crate::policy::Policy;
use crate::refused::Refused;
use crate::room::hold::visible;
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
    });
    let restored = restored(room).filter(|_| begins);
    restored.into_iter().chain(opened).chain([Change::MessageAdded(message)]).collect()
}

/// A person's reply to the customer.
///
/// # Errors
/// The words break a limit; the room is archived, held by somebody else or by nobody; the window is closed. Who opted
/// out of templates and feedback and writes all the same may be answered.
pub fn reply(
    room: &Room,
    me: &Person,
    id: MessageId,
    text: &str,
    policy: &Policy,
    now: Timestamp,
) -> Result<Change, Refused> {
    visible(room, me, policy)?;
    match room.state {
        State::Archived { .. } => return Err(Refused::Archived),
        State::Live { .. } => return Err(Refused::NotEntered),
        State::Assigned { to, since } if !permission::may_send(me, room) => {
            return Err(Refused::HeldBy { person: to, since });
        }
        State::Assigned { .. } => {}
    }
    if !room.window(now).is_open_to_people() {
        return Err(Refused::window_closed(room.kind));
    }
    let text = Reply::check(room.kind, text)?.into_text();
    let author = Author::Person(me.id);
    Ok(Change::MessageAdded(Message::new(id, author, Content::Text(text), Some(Delivery::first(room.kind)))))
}

/// Whether `me` may send the message of `entry` once more: it failed or is unconfirmed, and they may write here.
///
/// # Errors
/// As [`reply`], and [`Refused::Already`] for a message that is on its way or arrived.
pub fn may_retry(room: &Room, me: &Person, entry: &Entry, policy: &Policy, now: Timestamp) -> Result<(), Refused> {
    let What::Message(message) = &entry.what else { return Err(Refused::NotFound) };
    let Some(delivery) = &message.delivery else { return Err(Refused::NotFound) };
    reply(room, me, message.id, message.content.text(), policy, now)?;
    if delivery.may_retry() { Ok(()) } else { Err(Refused::Already { what: delivery.label().to_ascii_lowercase() }) }
}

/// A private note, on any room one may see, archived ones included.
///
/// # Errors
/// The note is empty or too long, or the room is not visible.
pub fn note(room: &Room, me: &Person, id: MessageId, text: &str, policy: &Policy) -> Result<Change, Refused> {
    visible(room, me, policy)?;
    let text = checked("note", text, NOTE_MAX)?;
    Ok(Change::NoteAdded(Note { id, by: me.id, text }))
}

/// Whether a bot's answer that was thought in `epoch` may still be said: a bot never speaks over a person.
#[must_use]
pub const fn may_bot_speak(room: &Room, epoch: u32) -> bool {
    room.is_with_bot() && room.handler_epoch == epoch
}
