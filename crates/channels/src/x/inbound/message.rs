//! One message, whoever wrote it. What our account wrote, it wrote through us or in X's own app; the id tells.

use serde_json::value::RawValue;

use super::content::{self, Said};
use super::customer::Users;
use super::news::written_at;
use super::wire::{Encrypted, MessageEvent, Start};
use crate::identity::ProviderId;
use crate::inbound::{Inbound, InboundEvent, InboundMessage, Through, Topic};
use crate::wire::by_bytes;
use crate::words::{present, readable};
use domain::message::Content;

pub(super) fn read(
    ours: &str,
    users: &Users,
    raw: &RawValue,
    event: MessageEvent,
) -> Result<InboundEvent, &'static str> {
    let kind = present(event.kind.as_ref()).unwrap_or("message_create");
    if kind != "message_create" {
        let what = Inbound::Unsupported { label: readable(kind) };
        return Ok(InboundEvent { dedupe: by_bytes(kind, raw), at: event.created_timestamp, what });
    }
    let id = present(event.id.as_ref()).ok_or("it has no id")?.to_owned();
    let message = event.message_create.ok_or("a message without its words")?;
    let sender = present(message.sender_id.as_ref()).ok_or("it names nobody")?;
    let about = event.initiated_via.as_ref().and_then(post);
    let Said { content, files } = content::read(&message.message_data);
    let at = event.created_timestamp.or_else(|| written_at(&id));
    let dedupe = format!("message:{id}");
    let said = InboundMessage { files, about, ..InboundMessage::new(ProviderId(id), content) };
    let recipient = present(message.target.recipient_id.as_ref());
    Ok(InboundEvent { dedupe, at, what: by_side(ours, users, sender, recipient, said)? })
}

/// The customer's, or ours; then the customer is whom it was written to.
pub(in crate::x) fn by_side(
    ours: &str,
    users: &Users,
    sender: &str,
    recipient: Option<&str>,
    message: InboundMessage,
) -> Result<Inbound, &'static str> {
    if sender != ours {
        return Ok(Inbound::Message { customer: users.actor(sender), message });
    }
    let is_somebody = |side: &&str| !side.is_empty() && *side != ours;
    let recipient = recipient.map(str::trim).filter(is_somebody).ok_or("it was written to nobody")?;
    Ok(Inbound::Echo { customer: users.actor(recipient), message, through: Through::Unknown })
}

/// Only the people themselves have the keys.
pub(super) fn encrypted(ours: &str, message: Encrypted) -> Result<InboundEvent, &'static str> {
    let id = present(message.id.as_ref()).ok_or("it has no id")?.to_owned();
    let sender = present(message.sender_id.as_ref()).ok_or("it names nobody")?;
    let sides = present(message.conversation_id.as_ref()).unwrap_or_default();
    let recipient = sides.split([':', '-']).find(|side| !["", ours].contains(&side.trim()));
    let content = Content::Unsupported { label: "Encrypted message, open in X".into() };
    let said = InboundMessage::new(ProviderId(id.clone()), content);
    let what = by_side(ours, &Users::default(), sender, recipient, said)?;
    Ok(InboundEvent { dedupe: format!("message:{id}"), at: written_at(&id), what })
}

/// The post with the button that began the conversation.
fn post(start: &Start) -> Option<Topic> {
    present(start.tweet_id.as_ref()).map(|id| Topic::CameFrom(format!("the post https://x.com/i/status/{id}")))
}

/// Whom a conversation of two is with, from its name: `111-222`.
pub(in crate::x) fn other_side<'a>(ours: &str, conversation: &'a str) -> Option<&'a str> {
    let (one, other) = conversation.split_once('-')?;
    if one == ours { Some(other) } else { Some(one).filter(|_| other == ours) }
}
