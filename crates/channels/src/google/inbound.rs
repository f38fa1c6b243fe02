//! Reads RCS deliveries: each holds one message or one event.
//! <https://developers.google.com/business-communications/rcs-business-messaging/guides/build/messages/receive>

use domain::delivery::Delivery;
use domain::media::{FileState, MediaKind};
use domain::message::{Attachment, Content, Place};

use super::wire::{Envelope, FilePayload, Said, Suggested};
use crate::codec::ParseError;
use crate::error::ChannelError;
use crate::files::FileRef;
use crate::identity::{Actor, ExternalId, ProviderId};
use crate::inbound::{Inbound, InboundEvent, InboundMessage, Status, Subscription, Target};
use crate::moment::from_rfc3339;
use crate::wire::{Event, place, unreadable_bytes};

/// What `body` says to the agent `agent_id`.
pub(super) fn parse(agent_id: &str, body: &[u8]) -> Result<Vec<Event>, ParseError> {
    let unpacked = Envelope::unpack(body)?;
    let said = serde_json::from_slice(&unpacked).map_err(|error| place(&error));
    let event = said.and_then(|said| read(agent_id, said).map_err(str::to_owned));
    Ok(vec![event.map_err(|reason| unreadable_bytes(&reason, &unpacked))])
}

fn read(agent_id: &str, said: Said) -> Result<InboundEvent, &'static str> {
    if said.agent_id.as_deref().is_some_and(|theirs| name(theirs) != name(agent_id)) {
        return Err("it is for an agent that is not this channel's");
    }
    let customer = said.sender_phone_number.as_deref().or(said.phone_number.as_deref()).map(customer);
    let customer = customer.ok_or("it names no customer")?;
    let at = said.send_time.as_deref().and_then(from_rfc3339);
    let (dedupe, what) = match said.event_type.clone() {
        Some(kind) => event(&kind, customer, &said)?,
        None => {
            let id = said.message_id.clone().ok_or("it has no id")?;
            (format!("message:{id}"), Inbound::Message { customer, message: message(id, said)? })
        }
    };
    Ok(InboundEvent { dedupe, at, what })
}

/// An agent is named with or without the host that all agents share.
fn name(agent_id: &str) -> &str {
    agent_id.split_once('@').map_or(agent_id, |(name, _)| name)
}

/// Of the customer Google tells nothing but the number.
fn customer(number: &str) -> Actor {
    let number = number.trim();
    Actor { ids: vec![ExternalId(number.into())], name: None, username: None, phone: Some(number.into()) }
}

fn event(kind: &str, customer: Actor, said: &Said) -> Result<(String, Inbound), &'static str> {
    let target = said.message_id.clone().ok_or("an event without its message");
    let news = |customer, delivery, error| {
        let target = Target::Message(ProviderId(target?));
        Ok::<_, &'static str>(Inbound::Status(Status { target, key: None, customer: Some(customer), delivery, error }))
    };
    let what = match kind {
        "DELIVERED" => news(customer, Delivery::Delivered, None)?,
        "READ" => news(customer, Delivery::Read, None)?,
        "TTL_EXPIRATION_REVOKED" => {
            let error = ChannelError::RecipientUnreachable { detail: "The message expired before it arrived.".into() };
            news(customer, Delivery::Failed { reason: error.words() }, Some(error))?
        }
        "IS_TYPING" => Inbound::Typing { customer, on: true },
        "SUBSCRIBE" => Inbound::Subscription { customer, subscription: Subscription::OptedIn },
        "UNSUBSCRIBE" => Inbound::Subscription { customer, subscription: Subscription::OptedOut },
        other => Inbound::Unsupported { label: format!("Event: {}", other.to_ascii_lowercase()) },
    };
    // An event has an id of its own; one without happens once to a message.
    let id = said.event_id.as_deref().or(said.message_id.as_deref()).ok_or("an event without an id")?;
    Ok((format!("{}:{id}", kind.to_ascii_lowercase()), what))
}

fn message(id: String, said: Said) -> Result<InboundMessage, &'static str> {
    let file = said.user_file.map(|file| self::file(file.payload)).transpose()?;
    let content = match (&file, said.location, said.suggestion_response, said.text) {
        (Some((kind, _)), ..) => {
            let files = vec![Attachment::new(*kind, FileState::Coming)];
            Content::Files { text: String::new(), files }
        }
        (None, Some(at), ..) => {
            Content::Place(Place::at(at.latitude, at.longitude).ok_or("its place is not on earth")?)
        }
        (None, None, Some(response), _) => picked(response)?,
        (None, None, None, Some(text)) => Content::Text(text),
        (None, None, None, None) => Content::Unsupported { label: "Message".into() },
    };
    let files = file.into_iter().map(|(_, file)| file).collect();
    Ok(InboundMessage { files, ..InboundMessage::new(ProviderId(id), content) })
}

fn file(payload: FilePayload) -> Result<(MediaKind, FileRef), &'static str> {
    let FilePayload { mime_type, file_size_bytes, file_name, file_uri } = payload;
    let handle = file_uri.ok_or("its file has no address")?;
    let kind = mime_type.as_deref().map_or(MediaKind::Document, MediaKind::of);
    let bytes = file_size_bytes.and_then(|bytes| bytes.parse().ok());
    Ok((kind, FileRef { handle, mime: mime_type, name: file_name, bytes }))
}

/// A reply or an action that we suggested; without a word of its own it is known by what stands on it.
pub(super) fn picked(response: Suggested) -> Result<Content, &'static str> {
    let Suggested { postback_data, text, .. } = response;
    let title = text.or_else(|| postback_data.clone()).ok_or("an answer without its words")?;
    Ok(Content::Picked { id: postback_data.unwrap_or_else(|| title.clone()), title })
}
