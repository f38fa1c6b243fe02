//! What holds of whatever an adapter makes of a delivery, however strange it is. The property tests and the fuzz targets
//! ask the same.

use channels::codec::{Codec, ParseError};
use channels::identity::{Actor, ExternalId};
use channels::inbound::{Inbound, InboundEvent, InboundMessage, Topic, Unreadable};
use serde_json::Value;

/// What reading a delivery came to.
pub type Parsed = Result<Vec<Result<InboundEvent, Unreadable>>, ParseError>;

/// Reads `body`, and sees to it that everything holds.
///
/// # Panics
/// It does not, and the words say what.
pub fn parse(codec: &(impl Codec + ?Sized), body: &[u8]) -> Parsed {
    let parsed = codec.parse(body);
    assert_eq!(codec.parse(body), parsed, "the same bytes are the same events");
    match &parsed {
        Ok(events) => events.iter().for_each(check),
        Err(ParseError { reason }) => assert!(is_said(reason) && is_storable(reason), "{reason:?}"),
    }
    parsed
}

fn check(event: &Result<InboundEvent, Unreadable>) {
    match event {
        Ok(event) => {
            let written = serde_json::to_value(event).expect("an event has JSON");
            assert!(all_storable(&written), "something holds what no database keeps: {event:?}");
            assert!(is_said(&event.dedupe), "without a key it is no event: {event:?}");
            assert!(event.at.is_none_or(|at| at.0 > 0), "nothing happened before there were clocks: {event:?}");
            check_what(&event.what);
        }
        Err(Unreadable { reason, raw }) => {
            assert!(is_said(reason) && is_storable(reason) && is_storable(raw), "{event:?}");
        }
    }
}

fn check_what(what: &Inbound) {
    match what {
        Inbound::Message { customer, message } | Inbound::Echo { customer, message, .. } => {
            check_actor(customer);
            check_message(message);
        }
        Inbound::Came { customer, topic } => {
            check_actor(customer);
            assert!(matches!(topic, Topic::CameFrom(from) | Topic::Product(from) if is_said(from)), "{what:?}");
        }
        Inbound::Edited { customer, content, files, .. } => {
            check_actor(customer);
            assert_eq!(files.len(), content.files().len(), "every file is somewhere: {what:?}");
        }
        Inbound::Elsewhere { account, delivery } | Inbound::Everywhere { account, delivery } => {
            assert!(is_said(account) && is_said(delivery), "{what:?}")
        }
        Inbound::Deleted { customer, .. }
        | Inbound::Typing { customer, .. }
        | Inbound::Subscription { customer, .. } => check_actor(customer),
        Inbound::Reaction { customer, emoji, .. } => {
            check_actor(customer);
            assert!(emoji.as_deref().is_none_or(|emoji| !emoji.is_empty()), "a reaction without a sign is none at all");
        }
        Inbound::Status(status) => status.customer.iter().for_each(check_actor),
        Inbound::IdentityChanged { previous, current } => {
            [previous, current].into_iter().for_each(|ids| check_ids(ids))
        }
        Inbound::TemplateChanged { name, words, .. } => assert!(is_said(name) && is_said(words), "{what:?}"),
        Inbound::AccountAlert { words, .. } | Inbound::Unsupported { label: words } => {
            assert!(is_said(words), "{what:?}")
        }
    }
}

fn check_message(message: &InboundMessage) {
    assert!(is_said(&message.id.0), "without an id it would be the same as every other: {message:?}");
    assert_eq!(message.files.len(), message.content.files().len(), "every file is somewhere: {message:?}");
    assert!(message.files.iter().all(|file| is_said(&file.handle)), "a file that is nowhere: {message:?}");
}

fn check_actor(actor: &Actor) {
    check_ids(&actor.ids);
    assert!(is_said(actor.display_name()), "somebody without a name: {actor:?}");
}

fn check_ids(ids: &[ExternalId]) {
    assert!(!ids.is_empty() && ids.iter().all(|id| is_said(&id.0)), "nobody can be found by {ids:?}");
}

fn is_said(words: &str) -> bool {
    !words.trim().is_empty()
}

/// No database keeps NUL.
fn is_storable(text: &str) -> bool {
    !text.contains('\0')
}

/// Whether no text in `value` is one that no database keeps.
pub fn all_storable(value: &Value) -> bool {
    match value {
        Value::String(text) => is_storable(text),
        Value::Array(values) => values.iter().all(all_storable),
        Value::Object(fields) => fields.iter().all(|(name, value)| is_storable(name) && all_storable(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}
