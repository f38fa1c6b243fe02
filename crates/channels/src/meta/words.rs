//! Text and times as Meta writes them, read with patience: the format drifts.

use domain::timestamp::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected};
use serde_json::Value;

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

/// Meta's `appointment_booking` as a person reads it: "Appointment booking".
pub(crate) fn readable(kind: &str) -> String {
    let words = kind.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(|| "Message".into(), |first| first.to_uppercase().chain(letters).collect())
}

/// Unix milliseconds as number or text. What is too small to be that is in seconds: so write the tests of Meta's
/// dashboard. Anything else is no reason to lose the message.
pub(crate) fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let number = match Value::deserialize(deserializer)? {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_i64(),
        _ => None,
    };
    Ok(number
        .filter(|number| *number > 0)
        .map(|number| if number < MILLIS_FROM { Timestamp(number * 1_000) } else { Timestamp(number) }))
}

/// A moment in 1973, and in seconds one in the year 5138.
const MILLIS_FROM: i64 = 100_000_000_000;
