//! Errors as the Graph API words them.
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes>

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An error in Meta's shape.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    pub code: u32,
    subcode: Option<u32>,
    message: String,
    details: String,
    is_transient: bool,
}

impl Refusal {
    /// A parameter is missing or wrong.
    pub fn parameter(details: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, 100, "(#100) Invalid parameter", details)
    }

    /// A kind of message that does not exist, or that is not played here.
    pub fn unsupported(kind: &str) -> Self {
        let details = format!("Messages of type {kind} are not supported here.");
        Self::new(StatusCode::BAD_REQUEST, 131_051, "(#131051) Unsupported message type", details)
    }

    pub fn no_such_object(id: &str) -> Self {
        let details = format!(
            "Unsupported post request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation."
        );
        Self { subcode: Some(33), ..Self::new(StatusCode::BAD_REQUEST, 100, "Unsupported post request.", details) }
    }

    pub fn invalid_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 190, "Invalid OAuth access token - Cannot parse access token", "")
    }

    pub fn expired_token() -> Self {
        let message = "Error validating access token: Session has expired.";
        Self { subcode: Some(463), ..Self::new(StatusCode::UNAUTHORIZED, 190, message, "") }
    }

    pub fn rate_limit() -> Self {
        let details = "Message failed to send because there were too many messages sent from this phone number in a short period of time.";
        Self {
            is_transient: true,
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, 130_429, "(#130429) Rate limit hit", details)
        }
    }

    pub fn server_error() -> Self {
        let details = "Message failed to send due to an unknown error. Try again later.";
        Self {
            is_transient: true,
            ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, 131_000, "(#131000) Something went wrong", details)
        }
    }

    fn new(status: StatusCode, code: u32, message: &str, details: impl Into<String>) -> Self {
        Self { status, code, subcode: None, message: message.into(), details: details.into(), is_transient: false }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut error = json!({
            "message": self.message,
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": "AbCdEfGhIjKlMnOpQrStUv",
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        if !self.details.is_empty() {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": self.details});
        }
        if self.is_transient {
            error["is_transient"] = json!(true);
        }
        (self.status, Json(json!({"error": error}))).into_response()
    }
}
