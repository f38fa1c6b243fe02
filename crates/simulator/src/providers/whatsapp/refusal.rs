//! Errors as the Graph API words them.
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes>

use serde_json::json;

use crate::wire::Reply;

/// An error in Meta's shape.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub code: u32,
    subcode: Option<u32>,
    message: String,
    details: String,
    is_transient: bool,
}

impl Refusal {
    /// A parameter is missing or wrong.
    pub fn parameter(details: impl Into<String>) -> Self {
        Self::new(400, 100, "(#100) Invalid parameter", details)
    }

    /// A kind of message that does not exist, or that is not played here.
    pub fn unsupported(kind: &str) -> Self {
        let details = format!("Messages of type {kind} are not supported here.");
        Self::new(400, 131_051, "(#131051) Unsupported message type", details)
    }

    pub fn no_such_object(id: &str) -> Self {
        let details = format!(
            "Unsupported post request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation."
        );
        Self { subcode: Some(33), ..Self::new(400, 100, "Unsupported post request.", details) }
    }

    pub fn no_such_template(name: &str, code: &str) -> Self {
        let details = format!("template name ({name}) does not exist in {code}");
        Self::new(404, 132_001, "(#132001) Template name does not exist in the translation", details)
    }

    /// Too many values, or too few.
    pub fn template_parameters() -> Self {
        let message = "(#132000) Number of parameters does not match the expected number of params";
        Self::new(400, 132_000, message, "The values do not match the template's placeholders.")
    }

    pub fn template_format() -> Self {
        let details = "header: Format mismatch, expected IMAGE.";
        Self::new(400, 132_012, "(#132012) Parameter format does not match format in the created template", details)
    }

    pub fn invalid_token() -> Self {
        Self::new(401, 190, "Invalid OAuth access token - Cannot parse access token", "")
    }

    pub fn expired_token() -> Self {
        let message = "Error validating access token: Session has expired.";
        Self { subcode: Some(463), ..Self::new(401, 190, message, "") }
    }

    pub fn rate_limit() -> Self {
        let details = "Message failed to send because there were too many messages sent from this phone number in a short period of time.";
        Self { is_transient: true, ..Self::new(429, 130_429, "(#130429) Rate limit hit", details) }
    }

    pub fn server_error() -> Self {
        let details = "Message failed to send due to an unknown error. Try again later.";
        Self { is_transient: true, ..Self::new(500, 131_000, "(#131000) Something went wrong", details) }
    }

    fn new(status: u16, code: u32, message: &str, details: impl Into<String>) -> Self {
        Self { status, code, subcode: None, message: message.into(), details: details.into(), is_transient: false }
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        let mut error = json!({
            "message": refusal.message,
            "type": "OAuthException",
            "code": refusal.code,
            "fbtrace_id": "AbCdEfGhIjKlMnOpQrStUv",
        });
        if let Some(subcode) = refusal.subcode {
            error["error_subcode"] = json!(subcode);
        }
        if !refusal.details.is_empty() {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": refusal.details});
        }
        if refusal.is_transient {
            error["is_transient"] = json!(true);
        }
        Self::json(refusal.status, &json!({"error": error}))
    }
}
