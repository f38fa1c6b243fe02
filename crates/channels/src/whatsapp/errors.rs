//! Meta's error codes, in answers and in failed statuses, as our taxonomy.
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes>

use std::time::Duration;

use crate::error::{ChannelError, Scope};
use crate::meta::errors::GraphError;

impl GraphError {
    /// What this error means for us; `retry_after` is what the answer's header asked for.
    pub(super) fn classify(&self, retry_after: Option<Duration>) -> ChannelError {
        let detail = self.detail();
        let limited = |scope| ChannelError::RateLimited { retry_after, scope };
        let invalid =
            |field: Option<&str>, detail| ChannelError::InvalidContent { field: field.map(Into::into), detail };
        match (self.code.unwrap_or_default(), self.error_subcode) {
            (0, _) if self.code.is_none() => self.unnamed(detail),
            (0 | 190, _) => ChannelError::AuthExpired,
            // "Object does not exist or you lack the permission": the phone number id is not this token's.
            (3 | 10 | 200..=299 | 131_005, _) | (100, Some(33)) => ChannelError::PermissionMissing { detail },
            (4 | 80_007 | 130_429, _) => limited(Scope::Channel),
            // One message per six seconds to one recipient, then a growing debt: whoever sends waits longer each time.
            (131_056, _) => limited(Scope::Recipient),
            (131_048 | 131_064, _) => limited(Scope::Account),
            (131_047, _) => ChannelError::OutsideWindow { templates: true },
            (131_026 | 131_049 | 130_472, _) => ChannelError::RecipientUnreachable { detail },
            (131_050, _) => ChannelError::OptedOut,
            (131_021 | 131_030 | 131_062, _) => invalid(Some("recipient"), detail),
            (100 | 131_008 | 131_009, _) => invalid(None, detail),
            (131_051..=131_053, _) => ChannelError::MediaRejected { detail },
            (131_063 | 132_000..=132_999, _) => ChannelError::TemplateProblem { detail },
            // The account may not write to people of this country.
            (130_497, _) => ChannelError::RecipientRestricted { detail },
            (368 | 131_031 | 131_037 | 131_042 | 131_045 | 133_010, _) => ChannelError::AccountRestricted { detail },
            // "Something went wrong" says nothing of what, and may be said of one message for ever.
            (1 | 2 | 1_200 | 131_000 | 135_000, _) => ChannelError::Faltered { detail },
            // The service is overloaded, or being looked after: that passes, whatever the message.
            (131_016 | 131_057, _) => ChannelError::Transient { detail },
            _ => self.unnamed(detail),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::GraphError;
    use crate::error::{ChannelError, Scope};

    fn class(code: i64) -> &'static str {
        let error = GraphError { code: Some(code), ..GraphError::default() };
        match error.classify(None) {
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
            ChannelError::RateLimited { scope: Scope::Recipient, .. } => "limited for the recipient",
            ChannelError::RateLimited { scope: Scope::Channel, .. } => "limited for the channel",
            ChannelError::RateLimited { scope: Scope::Account, .. } => "limited for the account",
            ChannelError::InvalidContent { .. } => "invalid",
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
        let table: [(&str, &[i64]); 16] = [
            ("auth expired", &[0, 190]),
            ("permission missing", &[3, 10, 200, 250, 299, 131_005]),
            ("limited for the channel", &[4, 80_007, 130_429]),
            ("limited for the recipient", &[131_056]),
            ("limited for the account", &[131_048, 131_064]),
            ("outside window", &[131_047]),
            ("unreachable", &[131_026, 131_049, 130_472]),
            ("opted out", &[131_050]),
            ("invalid", &[131_021, 131_030, 131_008, 131_009, 100, 131_062]),
            ("media", &[131_051, 131_052, 131_053]),
            ("template", &[131_063, 132_000, 132_001, 132_005, 132_007, 132_008, 132_012, 132_015, 132_016]),
            ("not this recipient", &[130_497]),
            ("account restricted", &[131_031, 368, 131_042, 131_037, 131_045, 133_010]),
            ("transient", &[131_016, 131_057]),
            ("faltered", &[1, 2, 1_200, 131_000, 135_000]),
            ("rejected", &[999_999, -1]),
        ];
        for (meaning, codes) in table {
            for code in codes {
                assert_eq!(class(*code), meaning, "code {code}");
            }
        }
    }

    #[test]
    fn an_unknown_code_that_meta_calls_transient_is_tried_again() {
        let error = GraphError { code: Some(999_999), is_transient: Some(true), ..GraphError::default() };
        assert!(error.classify(None).is_retryable());
    }

    #[test]
    fn too_fast_for_one_customer_waits_for_as_long_as_meta_asks() {
        let error = GraphError { code: Some(131_056), ..GraphError::default() };
        assert_eq!(error.classify(None).retry_after(), None);
        assert_eq!(error.classify(Some(Duration::from_secs(60))).retry_after(), Some(Duration::from_secs(60)));
    }
}
