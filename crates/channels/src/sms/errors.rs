//! Twilio's error codes, in answers and in failed statuses, as our taxonomy. <https://www.twilio.com/docs/api/errors>

use std::time::Duration;

use serde::Deserialize;

use super::settings::Credential;
use crate::error::{ChannelError, Scope};
use crate::http::Answer;
use crate::words::{Words, present};

/// What Twilio answers when it refuses.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    code: Option<i64>,
    message: Option<Words>,
}

/// Longest part of Twilio's own words we pass on, in characters.
const DETAIL_MAX: usize = 300;

/// Why Twilio did not do what was asked with this `credential`.
pub(super) fn refused(answer: &Answer, credential: Credential<'_>) -> ChannelError {
    let Refusal { code, message } = answer.json().unwrap_or_default();
    let error = match classify(code, present(message.as_ref()), answer.retry_after) {
        // No code, or one that is not in the table: the status may say enough.
        ChannelError::Rejected { detail } if code.is_some() => by_status(answer, detail),
        ChannelError::Rejected { .. } => by_status(answer, format!("It answered with status {}.", answer.status)),
        error => error,
    };
    if error == ChannelError::AuthExpired { credential.refused() } else { error }
}

/// What a code means for us; `retry_after` is what the answer's header asked for.
pub(super) fn classify(code: Option<i64>, message: Option<&str>, retry_after: Option<Duration>) -> ChannelError {
    let detail = detail(code, message);
    let invalid = |field: Option<&str>, detail| ChannelError::InvalidContent { field: field.map(Into::into), detail };
    match code.unwrap_or_default() {
        20_003 | 20_006 => ChannelError::AuthExpired,
        20_429 | 14_107 | 30_001 | 63_018 => ChannelError::RateLimited { retry_after, scope: Scope::Channel },
        20_500 | 20_503 | 20_504 => ChannelError::Transient { detail },
        21_610 => ChannelError::OptedOut,
        21_211 | 21_214 | 21_217 | 21_612 | 21_614 | 30_003 | 30_005 | 30_006 | 30_008 | 63_003 | 63_024 | 63_036 => {
            ChannelError::RecipientUnreachable { detail }
        }
        // A country that is not switched on, a number that a trial account does not know, a country that wants senders
        // registered, a carrier that takes the sender for unwanted.
        21_408 | 21_608 | 30_007 | 30_034 => ChannelError::RecipientRestricted { detail },
        20_005 | 30_002 | 30_032 => ChannelError::AccountRestricted { detail },
        21_212 | 21_603 | 21_606 | 21_659 | 21_660 | 21_703 => invalid(Some("sender"), detail),
        21_609 => invalid(Some("webhook address"), detail),
        14_103 | 21_602 | 21_617 => invalid(None, detail),
        11_200 | 12_300 | 21_620 | 30_019 | 63_019 => ChannelError::MediaRejected { detail },
        21_654..=21_656 => ChannelError::TemplateProblem { detail },
        30_004 => ChannelError::RecipientBlocked,
        63_016 => ChannelError::OutsideWindow { templates: true },
        _ => ChannelError::Rejected { detail },
    }
}

fn by_status(answer: &Answer, detail: String) -> ChannelError {
    match answer.status {
        401 => ChannelError::AuthExpired,
        403 => ChannelError::PermissionMissing { detail },
        429 => ChannelError::RateLimited { retry_after: answer.retry_after, scope: Scope::Channel },
        // A gateway that gave up waiting does not know either.
        504 => ChannelError::OutcomeUnknown,
        500..=599 => ChannelError::Transient { detail },
        _ => ChannelError::Rejected { detail },
    }
}

/// Twilio's words where it gives some, else ours, and the code to look them up by.
fn detail(code: Option<i64>, message: Option<&str>) -> String {
    let Some(code) = code else { return "Twilio gave no reason.".into() };
    let said = message.map(str::trim).filter(|words| !words.is_empty());
    match said.or_else(|| known(code)) {
        Some(words) => {
            let words: String = words.chars().take(DETAIL_MAX).collect();
            format!("Twilio says: {} ({code}).", words.trim_end_matches('.'))
        }
        None => format!("Twilio says: error {code}."),
    }
}

/// Statuses come with a code alone.
const fn known(code: i64) -> Option<&'static str> {
    Some(match code {
        30_001 => "too many messages are waiting",
        30_002 => "the account is suspended",
        30_003 => "the phone is switched off or out of reach",
        30_005 => "the number is unknown or no longer in use",
        30_006 => "the number is a landline or cannot be reached by this carrier",
        30_007 => "the carrier took the message for unwanted and dropped it",
        30_008 => "the carrier gave no reason",
        30_019 => "the file is too large for the carrier",
        30_032 => "the toll-free number is not verified",
        30_034 => "the number is not registered for messages to this country (A2P 10DLC)",
        63_003 => "the recipient is not on this channel",
        63_019 => "the file could not be fetched",
        63_024 => "the recipient is not one of this channel",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{classify, detail};
    use crate::error::{ChannelError, Scope};

    fn class(code: i64) -> &'static str {
        match classify(Some(code), None, None) {
            ChannelError::AuthExpired => "auth expired",
            ChannelError::SettingRefused { .. } => "setting refused",
            ChannelError::PermissionMissing { .. } => "permission missing",
            ChannelError::AccountRestricted { .. } => "account restricted",
            ChannelError::RecipientRestricted { .. } => "not this recipient",
            ChannelError::OutsideWindow { templates: true } => "outside window",
            ChannelError::OutsideWindow { templates: false } => "outside window, no templates",
            ChannelError::RecipientBlocked => "blocked",
            ChannelError::OptedOut => "opted out",
            ChannelError::RecipientUnreachable { .. } => "unreachable",
            ChannelError::RateLimited { scope: Scope::Channel, .. } => "limited for the channel",
            ChannelError::RateLimited { .. } => "limited otherwise",
            ChannelError::InvalidContent { field: Some(_), .. } => "wrongly set up",
            ChannelError::InvalidContent { field: None, .. } => "invalid",
            ChannelError::MediaRejected { .. } => "media",
            ChannelError::TemplateProblem { .. } => "template",
            ChannelError::Transient { .. } => "transient",
            ChannelError::Faltered { .. } => "faltered",
            ChannelError::OutcomeUnknown => "unknown",
            ChannelError::Unsupported { .. } => "unsupported",
            ChannelError::Rejected { .. } => "rejected",
        }
    }

    #[test]
    fn every_documented_code_has_its_meaning() {
        let table: [(&str, &[i64]); 14] = [
            ("auth expired", &[20_003]),
            ("opted out", &[21_610]),
            ("unreachable", &[21_211, 21_614, 21_217, 21_612, 30_003, 30_005, 30_006, 30_008]),
            ("not this recipient", &[21_408, 21_608, 30_007, 30_034]),
            ("wrongly set up", &[21_606, 21_659, 21_660, 21_603, 21_212, 21_609]),
            ("invalid", &[21_617, 14_103, 21_602]),
            ("media", &[21_620, 11_200, 12_300, 30_019, 63_019]),
            ("limited for the channel", &[20_429, 14_107, 30_001, 63_018]),
            ("blocked", &[30_004]),
            ("template", &[21_654, 21_655, 21_656]),
            ("account restricted", &[20_005, 30_002, 30_032]),
            ("outside window", &[63_016]),
            ("transient", &[20_500]),
            ("rejected", &[99_999, -1, 0]),
        ];
        for (meaning, codes) in table {
            for code in codes {
                assert_eq!(class(*code), meaning, "code {code}");
            }
        }
    }

    #[test]
    fn a_reason_is_in_words_also_where_twilio_gives_only_a_code() {
        let words = "Twilio says: the phone is switched off or out of reach (30003).";
        assert_eq!(detail(Some(30_003), None), words);
        assert_eq!(detail(Some(30_003), Some("Unreachable handset.")), "Twilio says: Unreachable handset (30003).");
        assert_eq!(detail(Some(99_999), Some(" ")), "Twilio says: error 99999.");
        assert_eq!(detail(None, None), "Twilio gave no reason.");
    }
}
