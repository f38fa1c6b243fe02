//! Google's JSON as far as we read it. Everything is optional and unknown fields are welcome: the format drifts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::codec::ParseError;
use crate::wire::place;
use crate::words::written;

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
    #[serde(deserialize_with = "written")]
    pub sender_phone_number: Option<String>,
    /// What events of the server's call the customer.
    #[serde(deserialize_with = "written")]
    pub phone_number: Option<String>,
    #[serde(deserialize_with = "written")]
    pub agent_id: Option<String>,
    #[serde(deserialize_with = "written")]
    pub message_id: Option<String>,
    #[serde(deserialize_with = "written")]
    pub event_id: Option<String>,
    #[serde(deserialize_with = "written")]
    pub event_type: Option<String>,
    #[serde(deserialize_with = "written")]
    pub send_time: Option<String>,
    #[serde(deserialize_with = "written")]
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
    #[serde(deserialize_with = "written")]
    pub mime_type: Option<String>,
    #[serde(deserialize_with = "written")]
    pub file_size_bytes: Option<String>,
    #[serde(deserialize_with = "written")]
    pub file_name: Option<String>,
    #[serde(deserialize_with = "written")]
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
    #[serde(deserialize_with = "written")]
    pub postback_data: Option<String>,
    #[serde(deserialize_with = "written")]
    pub text: Option<String>,
    /// The message it answers; Business Messages only.
    #[serde(deserialize_with = "written")]
    pub message: Option<String>,
}
