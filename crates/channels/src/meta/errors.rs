//! The Graph API's error object, as every product of Meta's answers it; what its codes mean is each product's own.
//! <https://developers.facebook.com/docs/graph-api/guides/error-handling>

use std::time::Duration;

use serde::Deserialize;

use crate::error::{ChannelError, Scope};
use crate::http::Answer;
use crate::words::Words;

/// One error object of the Graph API.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct GraphError {
    pub code: Option<i64>,
    pub error_subcode: Option<i64>,
    pub title: Option<Words>,
    pub message: Option<Words>,
    pub error_data: Option<ErrorDetails>,
    pub is_transient: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorDetails {
    pub details: Option<Words>,
}

#[derive(Deserialize)]
struct Failed {
    error: GraphError,
}

/// Longest part of Meta's own words we pass on, in characters.
const DETAIL_MAX: usize = 300;

impl GraphError {
    /// The error in an answer, if it has a code.
    pub fn of(answer: &Answer) -> Option<Self> {
        answer.json::<Failed>().map(|failed| failed.error).filter(|error| error.code.is_some())
    }

    /// A code that is not in the table: Meta's own flag says whether trying again makes sense.
    pub fn unnamed(&self, detail: String) -> ChannelError {
        if self.is_transient == Some(true) {
            ChannelError::Faltered { detail }
        } else {
            ChannelError::Rejected { detail }
        }
    }

    /// Meta's most exact words, and the code to look them up by.
    pub fn detail(&self) -> String {
        let details = self.error_data.as_ref().and_then(|data| data.details.as_ref());
        let words = details.or(self.title.as_ref()).or(self.message.as_ref()).map_or("", |words| words.0.trim());
        let words: String = words.chars().take(DETAIL_MAX).collect();
        match self.code {
            Some(code) if words.is_empty() => format!("Meta says: error {code}."),
            Some(code) => format!("Meta says: {} ({code}).", words.trim_end_matches('.')),
            None => format!("Meta says: {}.", if words.is_empty() { "no reason" } else { words.trim_end_matches('.') }),
        }
    }
}

/// An answer without an error object: only its status speaks.
pub(crate) fn by_status(status: u16, retry_after: Option<Duration>) -> ChannelError {
    let detail = format!("It answered with status {status}.");
    match status {
        401 => ChannelError::AuthExpired,
        403 => ChannelError::PermissionMissing { detail },
        429 => ChannelError::RateLimited { retry_after, scope: Scope::Channel },
        // A gateway that gave up waiting does not know either.
        504 => ChannelError::OutcomeUnknown,
        500..=599 => ChannelError::Transient { detail },
        _ => ChannelError::Rejected { detail },
    }
}

#[cfg(test)]
mod tests {
    use super::by_status;
    use crate::error::ChannelError;

    #[test]
    fn a_gateway_that_gave_up_leaves_the_outcome_unknown() {
        assert_eq!(by_status(504, None), ChannelError::OutcomeUnknown);
        assert!(by_status(502, None).is_retryable());
    }
}
