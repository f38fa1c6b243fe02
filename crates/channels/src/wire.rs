//! Words, times and lists as providers write them, read with patience: their formats drift. Telegram's and X's readers
//! share it; it knows no provider.

use domain::timestamp::Timestamp;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, Unexpected};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::codec::fingerprint;
use crate::inbound::{InboundEvent, Unreadable};

/// What reading one event of a delivery came to.
pub(crate) type Event = Result<InboundEvent, Unreadable>;

/// Text from outside: a number will do, and NUL, which no database keeps, is dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words(pub String);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) if text.contains('\0') => Ok(Self(text.replace('\0', ""))),
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            _ => Err(D::Error::invalid_type(Unexpected::Other("something else"), &"text")),
        }
    }
}

/// The words, if there are any.
pub(crate) fn present(words: Option<&Words>) -> Option<&str> {
    words.map(|words| words.0.trim()).filter(|text| !text.is_empty())
}

/// A provider's `pinned_message` as a person reads it: "Pinned message".
pub(crate) fn readable(kind: &str) -> String {
    let words = kind.replace(['_', '.'], " ").replace('\0', "");
    let mut letters = words.trim().chars();
    letters.next().map_or_else(|| "Message".into(), |first| first.to_uppercase().chain(letters).collect())
}

/// Unix seconds, as text or number. Anything else is no reason to lose the message.
pub(crate) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    whole(deserializer).map(|number| number.map(|seconds| Timestamp(seconds.saturating_mul(1_000))))
}

/// Unix milliseconds, as text or number. Anything else is no reason to lose the message.
pub(crate) fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    whole(deserializer).map(|number| number.map(Timestamp))
}

fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let number = match Value::deserialize(deserializer)? {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_i64(),
        _ => None,
    };
    Ok(number.filter(|number| *number > 0))
}

/// A part that only adds something: when it cannot be read, it is as if it were not there.
pub(crate) fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    Value::deserialize(deserializer).map(|value| serde_json::from_value(value).ok())
}

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

/// Where reading failed. Never serde's own words: they quote the customer's.
pub(crate) fn place(error: &serde_json::Error) -> String {
    let kind = if error.is_data() { "an unexpected shape" } else { "not JSON" };
    format!("{kind} at line {} column {}", error.line(), error.column())
}

/// What tells an event without an id of its own from others: its bytes.
pub(crate) fn by_bytes(word: &str, raw: &RawValue) -> String {
    format!("{word}:{}", fingerprint(raw.get().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn a_providers_word_is_readable() {
        assert_eq!(readable("pinned_message"), "Pinned message");
        assert_eq!(readable("dm.received"), "Dm received");
        assert_eq!(readable(""), "Message");
    }
}
