//! X's refusals as our taxonomy: problem documents of API v2, and lists of errors with the codes of older days.
//! <https://docs.x.com/x-api/fundamentals/response-codes-and-errors>

use serde::Deserialize;

use super::limits::wait;
use crate::error::{ChannelError, Scope};
use crate::http::Answer;
use crate::words::{Words, present};

/// One refusal, or one of several.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Problem {
    title: Option<Words>,
    detail: Option<Words>,
    message: Option<Words>,
    #[serde(rename = "type")]
    kind: Option<Words>,
    code: Option<i64>,
    errors: Vec<Self>,
}

/// Longest part of X's own words we pass on, in characters.
const DETAIL_MAX: usize = 300;

/// What an answer that is no success means for us.
pub(super) fn refusal(answer: &Answer) -> ChannelError {
    answer.json::<Problem>().unwrap_or_default().classify(answer)
}

impl Problem {
    /// What this means for us; `answer` is the one that held it.
    pub fn classify(&self, answer: &Answer) -> ChannelError {
        let detail = self.words(answer.status);
        let says = |parts: &[&str]| {
            let words = detail.to_lowercase();
            parts.iter().any(|part| words.contains(part))
        };
        match self.code() {
            Some(349 | 150 | 476) => return ChannelError::RecipientBlocked,
            Some(226 | 326 | 64) => return ChannelError::AccountRestricted { detail },
            Some(89) => return ChannelError::AuthExpired,
            Some(88) => return limited(answer),
            _ => {}
        }
        if says(&["permission to dm", "send direct messages to this user", "cannot send messages to this user"]) {
            return ChannelError::RecipientBlocked;
        }
        if self.is_of("usage-capped") {
            return ChannelError::AccountRestricted { detail };
        }
        match answer.status {
            401 => ChannelError::AuthExpired,
            403 if says(&["suspended", "locked", "automated"]) => ChannelError::AccountRestricted { detail },
            // What was paid for is used up.
            402 => ChannelError::AccountRestricted { detail },
            403 => ChannelError::PermissionMissing { detail },
            404 => ChannelError::RecipientUnreachable { detail },
            413 => ChannelError::MediaRejected { detail },
            429 => limited(answer),
            // A gateway that gave up waiting does not know either.
            504 => ChannelError::OutcomeUnknown,
            500..=599 => ChannelError::Transient { detail },
            400 if says(&["media", "image", "video", "attachment"]) => ChannelError::MediaRejected { detail },
            200..=299 | 400 | 422 => ChannelError::InvalidContent { field: None, detail },
            _ => ChannelError::Rejected { detail },
        }
    }

    fn code(&self) -> Option<i64> {
        self.code.or_else(|| self.errors.iter().find_map(|error| error.code))
    }

    /// Whether it, or one of those within, is of this type: the last part of an address.
    fn is_of(&self, kind: &str) -> bool {
        let is_it = |problem: &Self| present(problem.kind.as_ref()).is_some_and(|known| known.ends_with(kind));
        is_it(self) || self.errors.iter().any(is_it)
    }

    fn words(&self, status: u16) -> String {
        let own = |problem: &Self| {
            [&problem.detail, &problem.message, &problem.title].into_iter().find_map(|words| {
                present(words.as_ref()).map(|words| words.trim_end_matches('.').chars().take(DETAIL_MAX).collect())
            })
        };
        let words: Option<String> = self.errors.iter().find_map(own).or_else(|| own(self));
        words.map_or_else(|| format!("It answered with status {status}."), |words| format!("X says: {words}."))
    }
}

fn limited(answer: &Answer) -> ChannelError {
    let retry_after = wait(&answer.headers).or(answer.retry_after);
    ChannelError::RateLimited { retry_after, scope: Scope::Channel }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
    use serde_json::{Value, json};

    use super::refusal;
    use crate::error::{ChannelError, Scope};
    use crate::http::Answer;

    fn answer(status: u16, headers: &[(&'static str, &'static str)], body: &Value) -> Answer {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let headers: HeaderMap = headers.iter().map(pair).collect();
        Answer { status, retry_after: None, headers, body: Some(Bytes::from(body.to_string())) }
    }

    fn class(status: u16, body: &Value) -> &'static str {
        match refusal(&answer(status, &[], body)) {
            ChannelError::AuthExpired => "auth expired",
            ChannelError::SettingRefused { .. } => "setting refused",
            ChannelError::PermissionMissing { .. } => "permission missing",
            ChannelError::AccountRestricted { .. } => "account restricted",
            ChannelError::RecipientBlocked => "blocked",
            ChannelError::RecipientUnreachable { .. } => "unreachable",
            ChannelError::RateLimited { .. } => "limited",
            ChannelError::InvalidContent { .. } => "invalid",
            ChannelError::MediaRejected { .. } => "media",
            ChannelError::Transient { .. } => "transient",
            ChannelError::OutcomeUnknown => "unknown",
            ChannelError::Rejected { .. } => "rejected",
            _ => "something else",
        }
    }

    #[test]
    fn every_documented_refusal_has_its_meaning() {
        let problem = |detail: &str| json!({ "title": "Problem", "detail": detail, "type": "about:blank" });
        let code = |code: i64| json!({ "errors": [{ "code": code, "message": "words" }] });
        let capped = json!({ "title": "UsageCapExceeded", "type": "https://api.twitter.com/2/problems/usage-capped" });
        let table = [
            (401, problem("Unauthorized"), "auth expired"),
            (402, problem("Your account does not have any credits left."), "account restricted"),
            (403, problem("You do not have permission to DM one or more participants."), "blocked"),
            (403, code(349), "blocked"),
            (403, code(150), "blocked"),
            (403, code(476), "blocked"),
            (403, code(226), "account restricted"),
            (403, code(326), "account restricted"),
            (403, code(64), "account restricted"),
            (403, problem("Your app lacks the dm.write scope"), "permission missing"),
            (403, json!({ "type": "https://api.twitter.com/2/problems/client-forbidden" }), "permission missing"),
            (404, problem("User not found"), "unreachable"),
            (429, problem("Too Many Requests"), "limited"),
            (429, capped, "account restricted"),
            (400, problem("Your media IDs are invalid."), "media"),
            (400, problem("The text field is too long"), "invalid"),
            (413, json!(null), "media"),
            (503, json!(null), "transient"),
            (504, json!(null), "unknown"),
            (418, json!(null), "rejected"),
        ];
        for (status, body, meaning) in table {
            assert_eq!(class(status, &body), meaning, "{status} {body}");
        }
    }

    #[test]
    fn a_limit_ends_when_its_header_says_by_the_clock_of_x() {
        let wait = |headers: &[(&'static str, &'static str)]| {
            let refused = refusal(&answer(429, headers, &json!({})));
            assert!(matches!(refused, ChannelError::RateLimited { scope: Scope::Channel, .. }), "{refused:?}");
            refused.retry_after().map(|wait| wait.as_secs())
        };
        let date = ("date", "Sun, 22 Nov 2026 10:00:00 GMT");
        assert_eq!(wait(&[date, ("x-rate-limit-reset", "1795342500")]), Some(900));
        assert_eq!(wait(&[date, ("x-rate-limit-reset", "1795341599")]), Some(0));
        assert_eq!(wait(&[date]), None);
        let day = [
            date,
            ("x-rate-limit-remaining", "3"),
            ("x-rate-limit-reset", "1795342500"),
            ("x-user-limit-24hour-remaining", "0"),
            ("x-user-limit-24hour-reset", "1795370000"),
        ];
        assert_eq!(wait(&day), Some(28_400));
    }
}
