//! Text as providers write it, read with patience: their formats drift. Every adapter takes text from outside through
//! here, so that none of it holds what no database keeps.

use std::borrow::Borrow;

use domain::message::storable;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected};
use serde_json::Value;

/// Text from outside, also as the name of a field: a number will do, and NUL is dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Words(pub String);

impl Words {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A field is looked up by its name.
impl Borrow<str> for Words {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) if text.contains('\0') => Ok(Self(storable(&text).into())),
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

/// Words as they were written, blank around them and all; `None` for nothing but blank.
pub(crate) fn written<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let words = Option::<Words>::deserialize(deserializer)?;
    Ok(words.map(|words| words.0).filter(|text| !text.trim().is_empty()))
}

/// A provider's `pinned_message` as a person reads it: "Pinned message".
pub(crate) fn readable(kind: &str) -> String {
    let words = storable(kind).replace(['_', '.'], " ");
    let mut letters = words.trim().chars();
    letters.next().map_or_else(|| "Message".into(), |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::{Words, readable, written};

    #[test]
    fn a_providers_word_is_readable() {
        assert_eq!(readable("pinned_message"), "Pinned message");
        assert_eq!(readable("dm.received"), "Dm received");
        assert_eq!(readable("pin\0ned"), "Pinned");
        assert_eq!(readable("\0"), "Message");
    }

    #[test]
    fn what_no_database_keeps_is_dropped_from_words_and_from_the_names_of_fields() {
        let fields: BTreeMap<Words, Words> = serde_json::from_str(r#"{"na\u0000me": "A\u0000na"}"#).expect("fields");
        assert_eq!(fields.get("name").map(Words::as_str), Some("Ana"));
    }

    #[test]
    fn words_may_be_a_number_and_blank_is_none() {
        #[derive(Deserialize)]
        struct Said {
            #[serde(deserialize_with = "written")]
            text: Option<String>,
        }
        let read = |value| serde_json::from_value::<Said>(json!({ "text": value })).ok().map(|said| said.text);
        assert_eq!(read(json!(7)), Some(Some("7".into())));
        assert_eq!(read(json!(" a ")), Some(Some(" a ".into())));
        for none in [json!(null), json!(" \0")] {
            assert_eq!(read(none), Some(None));
        }
        assert_eq!(read(json!({})), None);
    }
}
