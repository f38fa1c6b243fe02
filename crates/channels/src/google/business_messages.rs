//! The wire format of Business Messages, as Google's own client for it describes it. Nothing is delivered by it since
//! July 2024; whoever has a gateway that speaks it still can.

mod wire;

use std::time::Duration;

use domain::channel::{Capabilities, ChannelKind, ChoiceLimits, MediaLimit, Window};
use domain::delivery::Delivery;
use domain::media::MediaKind;
use domain::message::Content;
use domain::timestamp::hours;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use uuid::Uuid;

use super::inbound::picked;
use super::outbound::{suggestions, unknown_sign};
use super::settings::Settings;
use crate::codec::ParseError;
use crate::error::ChannelError;
use crate::files::Files;
use crate::identity::{Actor, ExternalId, ProviderId};
use crate::inbound::{Inbound, InboundEvent, InboundMessage, Status, Target, Topic};
use crate::moment::from_rfc3339;
use crate::outbound::{Author, Piece, ProviderSend, Signal};
use crate::plan::Limits;
use crate::wire::{Event, place, unreadable_bytes};
use wire::{Delivered, Receipt, UserStatus};

/// Whoever wrote could be answered for 30 days.
const MONTH: Duration = hours(30 * 24);

const CAPABILITIES: Capabilities = Capabilities {
    media: &[MediaLimit {
        kind: MediaKind::Photo,
        mimes: &["image/jpeg", "image/png"],
        max_bytes: 5_000_000,
        caption_max: 0,
    }],
    choices: Some(ChoiceLimits { buttons: 13, rows: 13, title_max: 25, body_max: 3_072 }),
    window: Some(Window { open: MONTH, people: MONTH }),
    ..ChannelKind::Google.capabilities()
};

pub(super) const LIMITS: Limits =
    Limits { capabilities: CAPABILITIES, row_title_max: 25, choice_id_max: 2_048, places: false };

/// What `body` says to the agent `agent_id`.
pub(super) fn parse(agent_id: &str, body: &[u8]) -> Result<Vec<Event>, ParseError> {
    let delivered: Delivered = serde_json::from_slice(body).map_err(|error| ParseError { reason: place(&error) })?;
    let events = read(agent_id, delivered).unwrap_or_else(|reason| vec![Err(reason)]);
    Ok(events.into_iter().map(|event| event.map_err(|reason| unreadable_bytes(reason, body))).collect())
}

type Read = Result<InboundEvent, &'static str>;

fn read(agent_id: &str, delivered: Delivered) -> Result<Vec<Read>, &'static str> {
    if delivered.agent.as_deref().is_some_and(|theirs| theirs != agent_id) {
        return Err("it is for an agent that is not this channel's");
    }
    let id = delivered.conversation_id.ok_or("it names no conversation")?;
    let name = delivered.context.and_then(|context| context.user_info).and_then(|user| user.display_name);
    let customer = Actor { ids: vec![ExternalId(id)], name, username: None, phone: None };
    let at = delivered.send_time.as_deref().and_then(from_rfc3339);
    if let Some(receipts) = delivered.receipts {
        let news = receipts.receipts.into_iter().flatten().map(|receipt| receipt_event(&customer, receipt));
        return Ok(news.map(|event| event.map(|event| InboundEvent { at, ..event })).collect());
    }
    let request = delivered.request_id;
    if let Some(UserStatus { is_typing: Some(on), .. }) = delivered.user_status {
        let dedupe = format!("typing:{}", request.ok_or("it has no id")?);
        return Ok(vec![Ok(InboundEvent { dedupe, at, what: Inbound::Typing { customer, on } })]);
    }
    let (id, content, about) = match (delivered.message, delivered.suggestion_response) {
        (Some(message), _) => {
            let id = message.message_id.or(message.name).ok_or("it has no id")?;
            let content = message.text.map(Content::Text);
            (Some(id), content.unwrap_or_else(|| named("Message")), None)
        }
        (None, Some(response)) => {
            let about = response.message.as_deref().map(|name| Topic::Message(message_named(name)));
            (None, picked(response)?, about)
        }
        (None, None) if delivered.user_status.is_some() => (None, named("Asked to talk to a person"), None),
        (None, None) if delivered.authentication_response.is_some() => (None, named("Signed in"), None),
        (None, None) if delivered.survey_response.is_some() => (None, named("Survey answer"), None),
        (None, None) => (None, named("Message"), None),
    };
    let id = id.or(request).ok_or("it has no id")?;
    let dedupe = format!("message:{id}");
    let message = InboundMessage { about, ..InboundMessage::new(ProviderId(id), content) };
    Ok(vec![Ok(InboundEvent { dedupe, at, what: Inbound::Message { customer, message } })])
}

fn named(label: &str) -> Content {
    Content::Unsupported { label: label.into() }
}

fn receipt_event(customer: &Actor, receipt: Receipt) -> Read {
    let target = message_named(&receipt.message.ok_or("a receipt without its message")?);
    let kind = receipt.receipt_type.ok_or("a receipt without its word")?;
    let dedupe = format!("{}:{target}", kind.to_ascii_lowercase());
    let delivery = match kind.as_str() {
        "DELIVERED" => Delivery::Delivered,
        "READ" => Delivery::Read,
        _ => return Ok(InboundEvent { dedupe, at: None, what: Inbound::Unsupported { label: kind } }),
    };
    let target = Target::Message(target);
    let status = Status { target, key: None, customer: Some(customer.clone()), delivery, error: None };
    Ok(InboundEvent { dedupe, at: None, what: Inbound::Status(status) })
}

/// `conversations/c-1/messages/m-1` is our `m-1`.
fn message_named(name: &str) -> ProviderId {
    ProviderId(name.rsplit('/').next().unwrap_or_default().into())
}

/// The body that sends one piece.
pub(super) fn message(send: &ProviderSend, id: Uuid, files: &dyn Files) -> Result<Value, ChannelError> {
    let mut body = match &send.piece {
        Piece::Text(text) => json!({ "text": text }),
        Piece::Buttons { text, choices } | Piece::List { text, choices } => {
            json!({ "text": text, "suggestions": suggestions(choices) })
        }
        Piece::File { file, .. } => {
            let content = json!({ "fileUrl": files.link(file.id).as_str(), "altText": file.name });
            json!({ "image": { "contentInfo": content } })
        }
        Piece::Template { .. } | Piece::Place(_) => {
            return Err(ChannelError::Unsupported { detail: "There is no such thing here.".into() });
        }
    };
    body["messageId"] = id.to_string().into();
    body["representative"] = representative(send.author);
    Ok(body)
}

/// How, where and with what a sign is shown.
pub(super) fn sign(
    settings: &Settings,
    to: &ExternalId,
    signal: &Signal,
) -> Result<(Method, Url, Value), ChannelError> {
    match signal {
        Signal::Read { up_to, .. } => {
            let url = settings.url(&["conversations", &to.0, "messages", &up_to.0, "receipt"]);
            Ok((Method::PATCH, url, json!({ "receiptType": "READ" })))
        }
        Signal::Typing { .. } => {
            let mut url = settings.url(&["conversations", &to.0, "events"]);
            url.query_pairs_mut().append_pair("eventId", &Uuid::now_v7().to_string());
            Ok((
                Method::POST,
                url,
                json!({ "eventType": "TYPING_STARTED", "representative": representative(Author::Person) }),
            ))
        }
        Signal::Reaction { .. } | Signal::Pressed { .. } => Err(unknown_sign()),
    }
}

/// Every message had to say who speaks for the business.
fn representative(author: Author) -> Value {
    let kind = match author {
        Author::Person => "HUMAN",
        Author::Bot | Author::Switchboard => "BOT",
    };
    json!({ "representativeType": kind })
}
