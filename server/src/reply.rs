//! How a failure is answered to machines: status, a field and words. Logged once, here.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use backend::Error;
use domain::refused::Refused;
use serde_json::json;

/// A failure on its way to a client.
#[derive(Debug)]
pub struct Failure {
    error: Error,
    status: StatusCode,
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        let error = error.into();
        let status = status(&error);
        Self { error, status }
    }
}

impl Failure {
    /// A body that is larger than the rule of `refused` says.
    pub fn too_large(refused: Refused) -> Self {
        Self { error: refused.into(), status: StatusCode::PAYLOAD_TOO_LARGE }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self { error, status } = self;
        if status.is_server_error() {
            tracing::error!(%error, "a request failed");
        }
        let words = match &error {
            Error::Database(_) | Error::Json(_) | Error::World(_) => "Something went wrong on our side.".into(),
            error => error.to_string(),
        };
        let body = json!({ "error": { "field": field(&error), "message": words } });
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = retry_after(&error) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The HTTP status of a failure.
const fn status(error: &Error) -> StatusCode {
    match error {
        Error::Refused(refused) => match refused {
            Refused::NotFound => StatusCode::NOT_FOUND,
            Refused::NotAllowed { .. } => StatusCode::FORBIDDEN,
            Refused::TooLong { .. } | Refused::Empty { .. } | Refused::Invalid { .. } => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            _ => StatusCode::CONFLICT,
        },
        Error::SignIn => StatusCode::UNAUTHORIZED,
        Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Busy | Error::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Error::Invalid(_) => StatusCode::BAD_REQUEST,
        Error::Database(_) | Error::Json(_) | Error::World(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn field(error: &Error) -> Option<&str> {
    match error {
        Error::Refused(Refused::Empty { field } | Refused::TooLong { field, .. } | Refused::Invalid { field, .. }) => {
            Some(field)
        }
        _ => None,
    }
}

const fn retry_after(error: &Error) -> Option<u64> {
    match error {
        Error::TooMany { seconds } => Some(*seconds),
        Error::Busy => Some(1),
        Error::Unavailable => Some(30),
        _ => None,
    }
}
