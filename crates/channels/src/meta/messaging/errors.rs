//! What Meta's error codes mean when a message is sent.
//! <https://developers.facebook.com/docs/messenger-platform/error-codes>

use std::time::Duration;

use crate::error::{ChannelError, Scope};
use crate::meta::errors::GraphError;

/// As [`meaning`], on Messenger: what is written too late may be a template.
pub(crate) fn meaning_on_messenger(error: &GraphError, retry_after: Option<Duration>) -> ChannelError {
    match meaning(error, retry_after) {
        ChannelError::OutsideWindow { .. } => ChannelError::OutsideWindow { templates: true },
        error => error,
    }
}

/// What `error` means for us; `retry_after` is what the answer's header asked for.
pub(crate) fn meaning(error: &GraphError, retry_after: Option<Duration>) -> ChannelError {
    let detail = error.detail();
    let Some(code) = error.code else { return error.unnamed(detail) };
    match (code, error.error_subcode) {
        (102 | 190, _) => ChannelError::AuthExpired,
        // Instagram has a subcode of its own, and at times gives what is elsewhere a subcode as the code.
        (10, Some(2_018_065 | 2_018_278 | 2_534_022)) | (1_545_041, _) => {
            ChannelError::OutsideWindow { templates: false }
        }
        // "This person isn't receiving messages from you right now."
        (551, _) | (10, Some(2_018_108)) | (200, Some(1_545_041)) => ChannelError::RecipientBlocked,
        // Nobody of that id has written to this page or account.
        (100, Some(2_018_001 | 2_534_014)) => ChannelError::RecipientUnreachable { detail },
        (100, Some(2_018_008 | 2_018_047 | 2_018_109)) => ChannelError::MediaRejected { detail },
        // "Object does not exist or you lack the permission": the page is not this token's.
        (3 | 10 | 200..=299, _) | (100, Some(33)) => ChannelError::PermissionMissing { detail },
        (4 | 17 | 32 | 613 | 80_002 | 80_006, _) => ChannelError::RateLimited { retry_after, scope: Scope::Channel },
        (100, _) => ChannelError::InvalidContent { field: None, detail },
        (368, _) => ChannelError::AccountRestricted { detail },
        (1 | 2 | 1_200, _) => ChannelError::Faltered { detail },
        _ => error.unnamed(detail),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::meaning;
    use crate::error::{ChannelError, Scope};
    use crate::meta::errors::GraphError;

    /// A meaning, and the codes with their subcodes that have it.
    type Row<'a> = (&'a str, &'a [(i64, Option<i64>)]);

    fn class(code: i64, error_subcode: Option<i64>) -> &'static str {
        let error = GraphError { code: Some(code), error_subcode, ..GraphError::default() };
        match meaning(&error, None) {
            ChannelError::AuthExpired => "auth expired",
            ChannelError::SettingRefused { .. } => "setting refused",
            ChannelError::PermissionMissing { .. } => "permission missing",
            ChannelError::AccountRestricted { .. } => "account restricted",
            ChannelError::OutsideWindow { templates: false } => "outside window",
            ChannelError::RecipientBlocked => "blocked",
            ChannelError::RecipientUnreachable { .. } => "unreachable",
            ChannelError::RateLimited { scope: Scope::Channel, .. } => "limited",
            ChannelError::InvalidContent { .. } => "invalid",
            ChannelError::MediaRejected { .. } => "media",
            ChannelError::Faltered { .. } => "faltered",
            ChannelError::Rejected { .. } => "rejected",
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_documented_code_has_its_meaning() {
        let table: [Row<'_>; 11] = [
            ("auth expired", &[(190, None), (190, Some(460)), (190, Some(463)), (190, Some(467))]),
            (
                "outside window",
                &[(10, Some(2_018_278)), (10, Some(2_018_065)), (10, Some(2_534_022)), (1_545_041, None)],
            ),
            ("blocked", &[(551, Some(1_545_041)), (551, None), (200, Some(1_545_041))]),
            ("unreachable", &[(100, Some(2_018_001))]),
            ("media", &[(100, Some(2_018_047)), (100, Some(2_018_109))]),
            ("permission missing", &[(200, None), (10, None), (230, None), (3, None), (100, Some(33))]),
            ("limited", &[(4, None), (4, Some(2_018_022)), (32, None), (613, None), (80_006, None)]),
            ("invalid", &[(100, None), (100, Some(2_018_300))]),
            ("account restricted", &[(368, None)]),
            ("faltered", &[(1, None), (2, None), (1_200, None)]),
            ("rejected", &[(999_999, None), (-1, None)]),
        ];
        for (meaning, codes) in table {
            for (code, subcode) in codes {
                assert_eq!(class(*code, *subcode), meaning, "code {code}, subcode {subcode:?}");
            }
        }
    }

    #[test]
    fn a_limit_waits_as_long_as_the_answer_asks() {
        let error = GraphError { code: Some(613), ..GraphError::default() };
        assert_eq!(meaning(&error, Some(Duration::from_secs(60))).retry_after(), Some(Duration::from_secs(60)));
    }

    #[test]
    fn what_meta_calls_transient_is_tried_three_times_a_message() {
        for code in [1, 2, 1_200, 999_999] {
            let error = GraphError { code: Some(code), is_transient: Some(true), ..GraphError::default() };
            let meaning = meaning(&error, None);
            assert_eq!((meaning.is_retryable(), meaning.tries()), (true, Some(3)), "code {code}");
        }
    }
}
