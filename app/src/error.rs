//! What can go wrong for somebody at a screen, and the words for it. Every server function answers with it.

use std::fmt;

use domain::refused::Refused;
use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

/// Why a call did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// The product says no, in its own words.
    Refused(Refused),
    /// A document or a setting is wrong, in words.
    Invalid(String),
    /// There is no admin yet: the first-run page comes first.
    FirstRun,
    /// There is no session, or it ended.
    SignIn,
    /// E-mail and password do not belong together; which of the two is not told.
    WrongSignIn,
    /// It does not exist, or not for this person.
    NotFound,
    /// Too many tries.
    Slow { retry_after_seconds: u64 },
    /// The server has more to do than it can take.
    Busy,
    /// The server cannot save anything: its disk is full, or its database is gone.
    Unavailable,
    /// The server failed; it has logged why.
    Broken,
    /// The server could not be reached.
    Offline,
    /// The two sides do not understand each other, as after an update.
    Unreadable,
}

impl AppError {
    /// Whether what was asked about does not exist, or not for this person.
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        matches!(self, Self::NotFound | Self::Refused(Refused::NotFound))
    }

    /// Whether the same call may succeed by itself a little later.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Busy | Self::Unavailable | Self::Offline)
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refused) => refused.fmt(f),
            Self::Invalid(words) => f.write_str(words),
            Self::FirstRun => f.write_str("Switchboard has not been set up yet."),
            Self::SignIn => f.write_str("Your session has ended. Sign in again; what you wrote is kept."),
            Self::WrongSignIn => f.write_str("E-mail or password is wrong."),
            Self::NotFound => f.write_str("This does not exist, or you have no access to it."),
            Self::Slow { retry_after_seconds } => {
                write!(f, "Too many tries. Try again in {}.", span(*retry_after_seconds))
            }
            Self::Busy => f.write_str("The server is busy. Try again in a moment."),
            Self::Unavailable => f.write_str(
                "The server cannot save anything right now. What you wrote is kept; if this goes on, tell an admin.",
            ),
            Self::Broken => f.write_str("Something went wrong on the server. Nothing was changed; try again."),
            Self::Offline => f.write_str("The server cannot be reached. What you wrote is kept."),
            Self::Unreadable => f.write_str("Switchboard was updated meanwhile. Reload the page."),
        }
    }
}

fn span(seconds: u64) -> String {
    match seconds {
        0 | 1 => "a second".into(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

impl From<Refused> for AppError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Offline,
            ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Serialization(_)
            | ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_) => Self::Unreadable,
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::Response(_) => Self::Broken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AppError;

    #[test]
    fn long_waits_are_told_in_minutes() {
        assert_eq!(AppError::Slow { retry_after_seconds: 600 }.to_string(), "Too many tries. Try again in 10 minutes.");
        assert_eq!(AppError::Slow { retry_after_seconds: 1 }.to_string(), "Too many tries. Try again in a second.");
    }
}
