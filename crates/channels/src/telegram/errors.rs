//! Telegram's refusals as our taxonomy. A refusal has a status and English words, and the words are all that tells one
//! 400 from another. <https://core.telegram.org/bots/api#making-requests>

use std::time::Duration;

use serde::Deserialize;

use crate::error::{ChannelError, Scope};
use crate::wire::lenient;
use crate::words::Words;

/// What Telegram answered instead of a result.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Refusal {
    pub error_code: Option<u16>,
    pub description: Option<Words>,
    #[serde(deserialize_with = "lenient")]
    pub parameters: Option<Parameters>,
}

/// <https://core.telegram.org/bots/api#responseparameters>
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Parameters {
    pub migrate_to_chat_id: Option<i64>,
    pub retry_after: Option<u64>,
}

/// The longest wait that is taken from a refusal.
const RETRY_AFTER_MAX: u64 = 60 * 60;
/// Longest part of Telegram's own words we pass on, in characters.
const DETAIL_MAX: usize = 300;

impl Refusal {
    /// The group's number since it grew into a larger kind.
    pub fn moved_to(&self) -> Option<i64> {
        self.parameters.as_ref().and_then(|parameters| parameters.migrate_to_chat_id)
    }

    /// Whether only the message that ours answers is missing.
    pub fn misses_the_answered(&self) -> bool {
        let words = self.words();
        words.contains("replied") && words.contains("not found")
    }

    /// Whether everything already is as we asked for.
    pub fn changes_nothing(&self) -> bool {
        self.words().contains("is not modified")
    }

    /// What this means for us; `status` and `retry_after` are those of the answer that held it.
    pub fn classify(&self, status: u16, retry_after: Option<Duration>) -> ChannelError {
        let detail = self.detail(status);
        let words = self.words();
        let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
        match self.error_code.unwrap_or(status) {
            // A token that is none leads to a path that is none.
            401 | 404 => ChannelError::AuthExpired,
            403 if says(&["not a member", "not enough rights", "no rights", "need administrator"]) => {
                ChannelError::RecipientUnreachable { detail }
            }
            403 => ChannelError::RecipientBlocked,
            409 => ChannelError::AccountRestricted { detail },
            413 => ChannelError::MediaRejected { detail },
            429 => ChannelError::RateLimited { retry_after: self.wait().or(retry_after), scope: Scope::Channel },
            // A gateway that gave up waiting does not know either.
            504 => ChannelError::OutcomeUnknown,
            500..=599 => ChannelError::Transient { detail },
            400 if says(&["chat not found", "user not found", "peer_id_invalid", "chat_write_forbidden"])
                || says(&["not enough rights", "no rights", "need administrator", "business_connection"]) =>
            {
                ChannelError::RecipientUnreachable { detail }
            }
            400 if says(&["file", "photo", "image", "sticker", "video", "voice", "media", "url content"]) => {
                ChannelError::MediaRejected { detail }
            }
            400 => ChannelError::InvalidContent { field: None, detail },
            _ => ChannelError::Rejected { detail },
        }
    }

    fn wait(&self) -> Option<Duration> {
        let seconds = self.parameters.as_ref()?.retry_after?;
        Some(Duration::from_secs(seconds.min(RETRY_AFTER_MAX)))
    }

    fn words(&self) -> String {
        self.description.as_ref().map(|words| words.0.to_lowercase()).unwrap_or_default()
    }

    fn detail(&self, status: u16) -> String {
        let words = self.description.as_ref().map_or("", |words| words.0.trim().trim_end_matches('.'));
        let words: String = words.chars().take(DETAIL_MAX).collect();
        if words.is_empty() { format!("It answered with status {status}.") } else { format!("Telegram says: {words}.") }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Parameters, Refusal};
    use crate::error::{ChannelError, Scope};
    use crate::words::Words;

    fn refusal(description: &str) -> Refusal {
        Refusal { description: Some(Words(description.into())), ..Refusal::default() }
    }

    fn class(status: u16, description: &str) -> &'static str {
        match refusal(description).classify(status, None) {
            ChannelError::AuthExpired => "auth expired",
            ChannelError::SettingRefused { .. } => "setting refused",
            ChannelError::AccountRestricted { .. } => "account restricted",
            ChannelError::RecipientBlocked => "blocked",
            ChannelError::RecipientUnreachable { .. } => "unreachable",
            ChannelError::RateLimited { scope: Scope::Channel, .. } => "limited for the channel",
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
        let table = [
            (401, "Unauthorized", "auth expired"),
            (404, "Not Found", "auth expired"),
            (403, "Forbidden: bot was blocked by the user", "blocked"),
            (403, "Forbidden: user is deactivated", "blocked"),
            (403, "Forbidden: bot can't initiate conversation with a user", "blocked"),
            (403, "Forbidden: bot was kicked from the supergroup chat", "blocked"),
            (403, "Forbidden: bot is not a member of the channel chat", "unreachable"),
            (400, "Bad Request: chat not found", "unreachable"),
            (400, "Bad Request: PEER_ID_INVALID", "unreachable"),
            (400, "Bad Request: not enough rights to send text messages to the chat", "unreachable"),
            (400, "Bad Request: BUSINESS_CONNECTION_INVALID", "unreachable"),
            (400, "Bad Request: message is too long", "invalid"),
            (400, "Bad Request: can't parse entities: unexpected end tag", "invalid"),
            (400, "Bad Request: BUTTON_DATA_INVALID", "invalid"),
            (400, "Bad Request: wrong file identifier/HTTP URL specified", "media"),
            (400, "Bad Request: failed to get HTTP URL content", "media"),
            (400, "Bad Request: IMAGE_PROCESS_FAILED", "media"),
            (400, "Bad Request: file is too big", "media"),
            (400, "Bad Request: failed to send message #2 with the error message \"WEBPAGE_MEDIA_EMPTY\"", "media"),
            (400, "Bad Request: group send failed", "invalid"),
            (413, "Request Entity Too Large", "media"),
            (409, "Conflict: can't use getUpdates method while webhook is active", "account restricted"),
            (429, "Too Many Requests: retry after 7", "limited for the channel"),
            (500, "Internal Server Error", "transient"),
            (502, "Bad Gateway", "transient"),
            (504, "Gateway Timeout", "unknown"),
            (418, "I'm a teapot", "rejected"),
        ];
        for (status, description, meaning) in table {
            assert_eq!(class(status, description), meaning, "{status} {description}");
        }
    }

    #[test]
    fn the_body_says_how_long_to_wait_and_nobody_waits_longer_than_an_hour() {
        let limited = |retry_after| {
            let parameters = Some(Parameters { retry_after: Some(retry_after), ..Parameters::default() });
            Refusal { parameters, ..Refusal::default() }.classify(429, None).retry_after()
        };
        assert_eq!(limited(7), Some(Duration::from_secs(7)));
        assert_eq!(limited(u64::MAX), Some(Duration::from_secs(3_600)));
        let header = Some(Duration::from_secs(9));
        assert_eq!(Refusal::default().classify(429, header).retry_after(), header);
    }

    #[test]
    fn what_is_already_so_is_no_refusal_and_what_is_gone_can_be_left_out() {
        assert!(refusal("Bad Request: message is not modified: specified new message content…").changes_nothing());
        assert!(refusal("Bad Request: message to be replied not found").misses_the_answered());
        assert!(!refusal("Bad Request: chat not found").misses_the_answered());
    }
}
