//! What the other server posts, as events. Unknown fields are welcome; an unknown type is kept as unreadable, because
//! here somebody can be told.

use domain::delivery::Delivery;
use domain::media::{FileState, MediaKind};
use domain::message::{Attachment, Content, Place, Reacting};
use domain::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::codec::{ParseError, fingerprint};
use crate::error::ChannelError;
use crate::files::FileRef;
use crate::identity::{Actor, ExternalId, ProviderId};
use crate::inbound::{Inbound, InboundEvent, InboundMessage, Status, Subscription, Target, Through, Topic};
use crate::wire::{Event, place, unreadable};
use crate::words::{Words, present};

#[derive(Deserialize)]
struct Delivered<'a> {
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

/// One event. `at` is in milliseconds since 1970.
#[derive(Deserialize)]
struct Wire {
    at: Option<i64>,
    #[serde(flatten)]
    what: WireWhat,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum WireWhat {
    Message { customer: WireCustomer, message: WireMessage },
    Echo { customer: WireCustomer, message: WireMessage },
    Edited { customer: WireCustomer, message: WireMessage },
    Deleted { customer: WireCustomer, message: WireTarget },
    Reaction { customer: WireCustomer, message: WireTarget, emoji: Option<Words> },
    Status { message: WireTarget, status: WireStatus, reason: Option<Words> },
    Typing { customer: WireCustomer, on: bool },
    Subscription { customer: WireCustomer, subscribed: bool },
}

#[derive(Deserialize)]
struct WireCustomer {
    id: Words,
    name: Option<Words>,
    username: Option<Words>,
    phone: Option<Words>,
}

#[derive(Deserialize)]
struct WireTarget {
    id: Words,
}

#[derive(Deserialize)]
struct WireMessage {
    id: Words,
    #[serde(default)]
    text: Words,
    #[serde(default)]
    files: Vec<WireFile>,
    picked: Option<WirePicked>,
    place: Option<WirePlace>,
    reply_to: Option<Words>,
    #[serde(default)]
    forwarded: bool,
}

#[derive(Deserialize)]
struct WireFile {
    url: Words,
    kind: Option<MediaKind>,
    name: Option<Words>,
    mime: Option<Words>,
    bytes: Option<u64>,
}

#[derive(Deserialize)]
struct WirePicked {
    id: Words,
    title: Words,
}

#[derive(Deserialize)]
struct WirePlace {
    latitude: f64,
    longitude: f64,
    name: Option<Words>,
    address: Option<Words>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireStatus {
    Sent,
    Delivered,
    Read,
    Failed,
}

/// Everything `body` says, in its order.
pub(super) fn parse(body: &[u8]) -> Result<Vec<Event>, ParseError> {
    let delivered: Delivered<'_> = serde_json::from_slice(body).map_err(|error| {
        let reason = format!("must be a JSON object with a list of events: {}", place(&error));
        ParseError { reason }
    })?;
    Ok(delivered.events.into_iter().map(read).collect())
}

fn read(raw: &RawValue) -> Event {
    let wire: Wire = serde_json::from_str(raw.get()).map_err(|error| unreadable(&place(&error), raw))?;
    event(wire, raw).map_err(|reason| unreadable(reason, raw))
}

fn event(wire: Wire, raw: &RawValue) -> Result<InboundEvent, &'static str> {
    let once = |word: &str, id: &str| format!("{word}:{id}");
    // An edit or a reaction may come again and again; the same one twice is the same to the letter.
    let exact = |word: &str, id: &str| format!("{word}:{id}:{}", fingerprint(raw.get().as_bytes()));
    let (dedupe, what) = match wire.what {
        WireWhat::Message { customer, message } => {
            (once("message", &message.id.0), Inbound::Message { customer: actor(customer)?, message: said(message)? })
        }
        WireWhat::Echo { customer, message } => {
            let (dedupe, customer) = (once("message", &message.id.0), actor(customer)?);
            (dedupe, Inbound::Echo { customer, message: said(message)?, through: Through::Unknown })
        }
        WireWhat::Edited { customer, message } => {
            let InboundMessage { id: target, content, files, .. } = said(message)?;
            (exact("edited", &target.0), Inbound::Edited { customer: actor(customer)?, target, content, files })
        }
        WireWhat::Deleted { customer, message } => {
            let target = known(message.id)?;
            (once("deleted", &target.0), Inbound::Deleted { customer: actor(customer)?, target })
        }
        WireWhat::Reaction { customer, message, emoji } => {
            let target = known(message.id)?;
            let emoji = emoji.map(|emoji| emoji.0).filter(|emoji| !emoji.is_empty());
            (
                exact("reaction", &target.0),
                Inbound::Reaction { customer: actor(customer)?, target, emoji, by: Reacting::Customer },
            )
        }
        WireWhat::Status { message, status, reason } => {
            let target = known(message.id)?;
            (exact("status", &target.0), Inbound::Status(news(target, status, reason)))
        }
        WireWhat::Typing { customer, on } => {
            (exact("typing", &customer.id.0), Inbound::Typing { customer: actor(customer)?, on })
        }
        WireWhat::Subscription { customer, subscribed } => {
            let subscription = if subscribed { Subscription::OptedIn } else { Subscription::OptedOut };
            let dedupe = exact("subscription", &customer.id.0);
            (dedupe, Inbound::Subscription { customer: actor(customer)?, subscription })
        }
    };
    Ok(InboundEvent { dedupe, at: wire.at.filter(|at| *at > 0).map(Timestamp), what })
}

fn actor(customer: WireCustomer) -> Result<Actor, &'static str> {
    let WireCustomer { id: Words(id), name, username, phone } = customer;
    if id.trim().is_empty() {
        return Err("the customer has no id");
    }
    let shown = |words: Option<Words>| present(words.as_ref()).map(str::to_owned);
    Ok(Actor { ids: vec![ExternalId(id)], name: shown(name), username: shown(username), phone: shown(phone) })
}

fn known(Words(id): Words) -> Result<ProviderId, &'static str> {
    // Ids that begin with blank are notes of our own.
    Some(id.trim()).filter(|id| !id.is_empty()).map(|id| ProviderId(id.into())).ok_or("the message has no id")
}

fn said(message: WireMessage) -> Result<InboundMessage, &'static str> {
    let content = content(&message)?;
    let about = match (message.reply_to, message.forwarded) {
        (Some(id), _) => Some(Topic::Message(known(id)?)),
        (None, true) => Some(Topic::Forwarded),
        (None, false) => None,
    };
    let id = known(message.id)?;
    let files = message.files.into_iter().map(file).collect::<Result<_, _>>()?;
    Ok(InboundMessage { files, about, ..InboundMessage::new(id, content) })
}

fn file(file: WireFile) -> Result<FileRef, &'static str> {
    let told = |words: Option<Words>| present(words.as_ref()).map(str::to_owned);
    let handle = told(Some(file.url)).ok_or("a file has no address")?;
    Ok(FileRef { handle, mime: told(file.mime), name: told(file.name), bytes: file.bytes })
}

fn content(message: &WireMessage) -> Result<Content, &'static str> {
    let text = message.text.0.trim().to_owned();
    if !message.files.is_empty() {
        let attachment = |file: &WireFile| {
            let kind =
                file.kind.or_else(|| present(file.mime.as_ref()).map(MediaKind::of)).unwrap_or(MediaKind::Document);
            Attachment::new(kind, FileState::Coming)
        };
        return Ok(Content::Files { text, files: message.files.iter().map(attachment).collect() });
    }
    if let Some(picked) = &message.picked {
        return Ok(Content::Picked { id: picked.id.0.clone(), title: picked.title.0.clone() });
    }
    if let Some(wire) = &message.place {
        let place = Place::at(wire.latitude, wire.longitude).ok_or("the place is not on earth")?;
        let told = |words: Option<&Words>| present(words).map(str::to_owned);
        return Ok(Content::Place(Place {
            name: told(wire.name.as_ref()),
            address: told(wire.address.as_ref()),
            ..place
        }));
    }
    if text.is_empty() { Err("the message has no text, file, answer or place") } else { Ok(Content::Text(text)) }
}

fn news(target: ProviderId, status: WireStatus, reason: Option<Words>) -> Status {
    let (delivery, error) = match status {
        WireStatus::Sent => (Delivery::Sent, None),
        WireStatus::Delivered => (Delivery::Delivered, None),
        WireStatus::Read => (Delivery::Read, None),
        WireStatus::Failed => {
            let error = ChannelError::Rejected { detail: reason.unwrap_or_default().0 };
            (Delivery::Failed { reason: error.words() }, Some(error))
        }
    };
    // Whoever has no ids of its own names our message by the key we sent along.
    let key = target.0.parse().ok();
    Status { target: Target::Message(target), key, customer: None, delivery, error }
}
