//! Winning back a customer whose window is closed, or who never wrote: a template leaves, and the answer brings the room
//! to Live (T16, T14).

use crate::change::Change;
use crate::delivery::Delivery;
use crate::id::{EpisodeId, MessageId, PersonId};
use crate::message::{Author, Content, Message};
use crate::permission;
use crate::person::Person;
use crate::policy::Policy;
use crate::refused::Refused;
use crate::room::hold::visible;
use crate::room::{Room, Section, State};
use crate::template::SentTemplate;
use crate::timestamp::{Timestamp, minutes};

/// T16, and a template in a room one holds. An archived room stays archived until the customer answers.
///
/// # Errors
/// They may send none, the channel has no templates, this one is too long with what was filled in, the customer is blocked
/// or asked not to be written to, or the room is one that somebody has to enter first, or somebody else's.
pub fn send_template(
    room: &Room,
    me: &Person,
    id: MessageId,
    template: SentTemplate,
    policy: &Policy,
) -> Result<Change, Refused> {
    visible(room, me, policy)?;
    may_send_any(me, policy)?;
    if !room.kind.capabilities().templates {
        return Err(Refused::invalid("template", "is nothing this channel knows"));
    }
    if room.blocked {
        return Err(Refused::Blocked);
    }
    let measure = room.kind.capabilities().measure(&template.text);
    if measure.is_over() {
        let rule = format!("is longer with these values than the {} {} that fit", measure.max, measure.unit.label());
        return Err(Refused::invalid("template", &rule));
    }
    if room.opted_out {
        return Err(Refused::OptedOut);
    }
    match room.state {
        State::Live { .. } => return Err(Refused::NotEntered),
        State::Assigned { to, since } if !permission::may_send(me, room) => {
            return Err(Refused::HeldBy { person: to, since });
        }
        State::Assigned { .. } | State::Archived { .. } => {}
    }
    let delivery = Some(Delivery::first(room.kind));
    Ok(Change::MessageAdded(Message::new(id, Author::Person(me.id), Content::Template(Box::new(template)), delivery)))
}

/// Whether `me` may send templates at all.
///
/// # Errors
/// [`Refused::NotAllowed`].
pub fn may_send_any(me: &Person, policy: &Policy) -> Result<(), Refused> {
    if permission::may_send_templates(me, policy) { Ok(()) } else { Err(Refused::not_allowed("send templates")) }
}

/// A conversation that our side begins: `room` is new and stays archived until the customer answers the template that
/// follows.
///
/// # Errors
/// There is a conversation already.
pub fn invite(room: &Room, me: &Person, episode: EpisodeId) -> Result<Change, Refused> {
    if room.version > 0 {
        return Err(Refused::Already { what: "known: open it and write there".into() });
    }
    Ok(Change::Invited { by: me.id, episode })
}

/// What follows when the delivery of a message of `room` becomes `delivery`: a template that failed waits for no answer.
#[must_use]
pub fn after_delivery(room: &Room, message: &Message, delivery: &Delivery) -> Option<Change> {
    let is_template = matches!(message.content, Content::Template(_));
    let has_failed = matches!(delivery, Delivery::Failed { .. });
    // Another template may have asked for feedback before.
    let is_pending = room.restore_pending.is_some_and(|by| message.author == Author::Person(by));
    (is_template && has_failed && is_pending).then_some(Change::RestoreFailed)
}

/// When somebody's template may be called unanswered no more: the customer wrote.
#[must_use]
pub(super) fn restored(room: &Room) -> Option<Change> {
    room.restore_pending.filter(|_| room.is_archived()).map(|by| Change::Restored { by })
}

/// Whoever's template won the customer back, as long as the room goes to nobody else by itself, and until when. Others may
/// enter it meanwhile.
#[must_use]
pub fn waits_for_sender(room: &Room, policy: &Policy, now: Timestamp) -> Option<(PersonId, Timestamp)> {
    let (sender, limit) = room.restored_by.filter(|_| room.section() == Section::Live).zip(policy.sender_minutes)?;
    let until = room.episode_opened_at.plus(minutes(limit.into()));
    (now < until).then_some((sender, until))
}

/// Whether a template is the way to write to the customer now.
#[must_use]
pub fn needs_template(room: &Room, now: Timestamp) -> bool {
    room.kind.capabilities().templates && !room.window(now).is_open_to_people()
}
