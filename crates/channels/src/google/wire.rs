//! Google's JSON as far as we read it. Everything is optional and unknown fields are welcome: the format drifts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected};
use serde_json::Value;

use crate::codec::ParseError;

/// A delivery of RCS: what it says is packed into it, as Pub/Sub does.
#[derive(Deserialize)]
pub(super) struct Envelope {
    message: Packed,
}

#[derive(Deserialize)]
struct Packed {
    data: String,
}

impl Envelope {
    /// What `body` says. Only this is signed; the rest of the body proves nothing.
    pub fn unpack(body: &[u8]) -> Result<Vec<u8>, ParseError> {
        let Self { message } = serde_json::from_slice(body).map_err(|error| ParseError { reason: place(&error) })?;
        let wrong = |_| ParseError { reason: "its data is not base64".into() };
        STANDARD.decode(message.data.as_bytes()).map_err(wrong)
    }
}

/// A message or an event of the customer's, or an event of the server's.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Said {
    #[serde(deserialize_with = "words")]
    pub sender_phone_number: Option<String>,
    /// What events of the server's call the customer.
    #[serde(deserialize_with = "words")]
    pub phone_number: Option<String>,
    #[serde(deserialize_with = "words")]
    pub agent_id: Option<String>,
    #[serde(deserialize_with = "words")]
    pub message_id: Option<String>,
    #[serde(deserialize_with = "words")]
    pub event_id: Option<String>,
    #[serde(deserialize_with = "words")]
    pub event_type: Option<String>,
    #[serde(deserialize_with = "words")]
    pub send_time: Option<String>,
    #[serde(deserialize_with = "words")]
    pub text: Option<String>,
    pub user_file: Option<UserFile>,
    pub location: Option<Location>,
    pub suggestion_response: Option<Suggested>,
}

#[derive(Deserialize)]
pub(super) struct UserFile {
    pub payload: FilePayload,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct FilePayload {
    #[serde(deserialize_with = "words")]
    pub mime_type: Option<String>,
    #[serde(deserialize_with = "words")]
    pub file_size_bytes: Option<String>,
    #[serde(deserialize_with = "words")]
    pub file_name: Option<String>,
    #[serde(deserialize_with = "words")]
    pub file_uri: Option<String>,
}

/// Zero is left out.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Location {
    pub latitude: f64,
    pub longitude: f64,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Suggested {
    #[serde(deserialize_with = "words")]
    pub postback_data: Option<String>,
    #[serde(deserialize_with = "words")]
    pub text: Option<String>,
    /// The message it answers; Business Messages only.
    #[serde(deserialize_with = "words")]
    pub message: Option<String>,
}

/// Text from outside: a number will do, NUL, which no database keeps, is dropped, and blank is none.
pub(super) fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = match Value::deserialize(deserializer)? {
        Value::Null => return Ok(None),
        Value::String(text) => text.replace('\0', ""),
        Value::Number(number) => number.to_string(),
        _ => return Err(D::Error::invalid_type(Unexpected::Other("something else"), &"text")),
    };
    Ok(Some(text).filter(|text| !text.trim().is_empty()))
}

/// Where reading failed. Never serde's own words: they quote the customer's.
pub(super) fn place(error: &serde_json::Error) -> String {
    let kind = if error.is_data() { "an unexpected shape" } else { "not JSON" };
    format!("{kind} at line {} column {}", error.line(), error.column())
}
