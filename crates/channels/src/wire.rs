//! Reads a delivery level by level, so that one broken event never hides the others, and says where reading failed without
//! quoting what could not be read. It knows no provider.

use domain::message::storable;
use domain::timestamp::Timestamp;
use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::codec::fingerprint;
use crate::inbound::{Inbound, InboundEvent, Unreadable};

/// What reading one event of a delivery came to.
pub(crate) type Event = Result<InboundEvent, Unreadable>;

/// Hands `raw` to `read` in the provider's own type, or keeps it as unreadable.
pub(crate) fn read_or_keep<'a, T: Deserialize<'a>>(
    raw: &'a RawValue,
    what: &str,
    events: &mut Vec<Event>,
    read: impl FnOnce(T, &mut Vec<Event>),
) {
    match serde_json::from_str(raw.get()) {
        Ok(wire) => read(wire, events),
        Err(error) => events.push(Err(unreadable(&format!("{what}: {}", place(&error)), raw))),
    }
}

pub(crate) fn unreadable(reason: &str, raw: &RawValue) -> Unreadable {
    Unreadable { reason: reason.into(), raw: raw.get().into() }
}

/// A delivery that may be no text at all.
pub(crate) fn unreadable_bytes(reason: &str, bytes: &[u8]) -> Unreadable {
    Unreadable { reason: reason.into(), raw: storable(&String::from_utf8_lossy(bytes)).into() }
}

/// Where reading failed. Never serde's own words: they quote the customer's.
pub(crate) fn place(error: &serde_json::Error) -> String {
    let kind = if error.is_data() { "an unexpected shape" } else { "not JSON" };
    format!("{kind} at line {} column {}", error.line(), error.column())
}

/// What tells an event without an id of its own from others: its bytes.
pub(crate) fn by_bytes(word: &str, raw: &RawValue) -> String {
    format!("{word}:{}", fingerprint(raw.get().as_bytes()))
}

/// A part of a delivery as a delivery of its own; what is taken over unread stays as it came.
pub(crate) fn as_delivery(part: &impl Serialize) -> String {
    serde_json::to_string(part).expect("words and raw JSON can be written")
}

/// An event about nobody and nothing with an id of its own: its bytes and its time tell it from others.
pub(crate) fn nameless(word: &str, raw: &RawValue, at: Option<Timestamp>, what: Inbound) -> InboundEvent {
    let seconds = at.map_or(0, |at| at.0 / 1_000);
    InboundEvent { dedupe: by_bytes(&format!("{word}:{seconds}"), raw), at, what }
}

/// A part that only adds something: when it cannot be read, it is as if it were not there.
pub(crate) fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    Value::deserialize(deserializer).map(|value| serde_json::from_value(value).ok())
}
