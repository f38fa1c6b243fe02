//! Who asks: the session's cookie, on the server only. Every server function goes through here.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use backend::{Backend, Error};
use domain::person::Person;
use domain::refused::Refused;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::error::AppError;

/// How long a browser keeps the cookie; the session itself may end earlier.
const KEPT_SECONDS: u32 = 60 * 60 * 24 * 30;

/// Where a request came from, provided by the server for every request.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The browser's address, for the limits on sign-in.
    pub client: String,
    /// Whether the browser speaks TLS with us; then the cookie says so too.
    pub is_secure: bool,
}

impl Visit {
    /// The name of the session's cookie.
    #[must_use]
    pub const fn cookie_name(&self) -> &'static str {
        if self.is_secure { "__Host-session" } else { "session" }
    }
}

/// The backend the server provided.
///
/// # Errors
/// [`AppError::Broken`] when it did not.
pub fn backend() -> Result<Backend, AppError> {
    use_context::<Backend>().ok_or(AppError::Broken)
}

/// Where the present request came from.
///
/// # Errors
/// [`AppError::Broken`] when the server did not provide it.
pub fn visit() -> Result<Visit, AppError> {
    use_context::<Visit>().ok_or(AppError::Broken)
}

/// Whoever is signed in.
///
/// # Errors
/// [`AppError::SignIn`] without a session.
pub async fn signed_in() -> Result<Person, AppError> {
    let Some(token) = token().await? else {
        return Err(told(AppError::SignIn));
    };
    let found = backend::sessions::find(&backend()?, &token).await?;
    found.map(|found| found.person).ok_or_else(|| told(AppError::SignIn))
}

/// The session's token, as the browser sent it.
///
/// # Errors
/// [`AppError::Broken`] outside a request.
pub async fn token() -> Result<Option<String>, AppError> {
    let headers: HeaderMap = leptos_axum::extract().await.map_err(|_| AppError::Broken)?;
    Ok(find_cookie(&headers, visit()?.cookie_name()))
}

/// The cookie `name` among `headers`.
#[must_use]
pub fn find_cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).into_iter().filter_map(|header| header.to_str().ok());
    let mut pairs = cookies.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

/// Hands the browser its session.
///
/// # Errors
/// [`AppError::Broken`] outside a request.
pub fn give_cookie(token: &str) -> Result<(), AppError> {
    set_cookie(token, KEPT_SECONDS)
}

/// Takes the session from the browser.
///
/// # Errors
/// [`AppError::Broken`] outside a request.
pub fn take_cookie() -> Result<(), AppError> {
    set_cookie("", 0)
}

fn set_cookie(token: &str, seconds: u32) -> Result<(), AppError> {
    let visit = visit()?;
    let (name, secure) = (visit.cookie_name(), if visit.is_secure { "; Secure" } else { "" });
    let text = format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    let header = HeaderValue::from_str(&text).map_err(|_| AppError::Broken)?;
    use_context::<ResponseOptions>().ok_or(AppError::Broken)?.append_header(SET_COOKIE, header);
    Ok(())
}

/// Gives the answer to a call the HTTP status of `error`. A page that meets it while it is rendered stays a page, or
/// becomes a redirect.
#[must_use]
pub fn told(error: AppError) -> AppError {
    let is_call = use_context::<Parts>().is_some_and(|parts| parts.uri.path().starts_with("/api/fn/"));
    if let Some(options) = use_context::<ResponseOptions>().filter(|_| is_call) {
        options.set_status(status(&error));
    }
    error
}

const fn status(error: &AppError) -> StatusCode {
    match error {
        AppError::Refused(refused) => refused_status(refused),
        AppError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        AppError::FirstRun => StatusCode::CONFLICT,
        AppError::SignIn | AppError::WrongSignIn => StatusCode::UNAUTHORIZED,
        AppError::NotFound => StatusCode::NOT_FOUND,
        AppError::Slow { .. } => StatusCode::TOO_MANY_REQUESTS,
        AppError::Busy | AppError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        AppError::Broken | AppError::Offline | AppError::Unreadable => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Denied rooms answer 404, not 403: their existence is not told.
const fn refused_status(refused: &Refused) -> StatusCode {
    match refused {
        Refused::NotFound => StatusCode::NOT_FOUND,
        Refused::NotAllowed { .. } => StatusCode::FORBIDDEN,
        Refused::Empty { .. } | Refused::TooLong { .. } | Refused::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Refused::HeldBy { .. }
        | Refused::Archived
        | Refused::NotArchived
        | Refused::NotEntered
        | Refused::WindowClosed { .. }
        | Refused::Already { .. }
        | Refused::TooLateToUndo
        | Refused::NoBot
        | Refused::CannotHold { .. }
        | Refused::CannotPart { .. }
        | Refused::OptedOut
        | Refused::Blocked
        | Refused::SentDifferently
        | Refused::ByProvider { .. }
        | Refused::NewMessage
        | Refused::Changed => StatusCode::CONFLICT,
    }
}

impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        told(match error {
            Error::Refused(refused) => Self::Refused(refused),
            Error::SignIn => Self::WrongSignIn,
            Error::TooMany { seconds } => Self::Slow { retry_after_seconds: seconds },
            Error::Busy => Self::Busy,
            Error::Unavailable => Self::Unavailable,
            Error::Invalid(words) => Self::Invalid(words),
            error @ (Error::Database(_) | Error::Json(_) | Error::World(_)) => {
                leptos::logging::error!("a server function failed: {error}");
                Self::Broken
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("theme=dark; session=abc; x=y"));
        assert_eq!(find_cookie(&headers, "session").as_deref(), Some("abc"));
        assert_eq!(find_cookie(&headers, "__Host-session"), None);
    }
}
