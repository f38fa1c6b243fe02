//! How a failure is answered to machines: status, a field and words. Logged once, here.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use backend::Error;
use domain::refused::Refused;
use serde_json::json;

/// A failure on its way to a client.
#[derive(Debug)]
pub struct Failure(pub Error);

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = status(&self.0);
        if status.is_server_error() {
            tracing::error!(error = %self.0, "a request failed");
        }
        let words = match &self.0 {
            Error::Database(_) | Error::Json(_) | Error::World(_) => "Something went wrong on our side.".into(),
            error => error.to_string(),
        };
        let body = json!({ "error": { "field": field(&self.0), "message": words } });
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = retry_after(&self.0) {
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
