//! Why a provider did not take a message, in the same words for every provider.

use std::time::Duration;

use domain::refused::past_window;
use serde::Serialize;
use thiserror::Error;

/// What a provider's refusal means for us. `Display` is safe to log; [`ChannelError::words`] is what an agent reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Error)]
#[serde(rename_all = "snake_case")]
pub enum ChannelError {
    #[error("the access token is not valid")]
    AuthExpired,
    /// The provider refuses what the channel proves itself with, and no renewal helps: `field` is the setting's name, `rule`
    /// what is wrong with it, as in "is not accepted".
    #[error("the provider refuses the setting {field}")]
    SettingRefused { field: String, rule: String },
    #[error("a permission is missing")]
    PermissionMissing { detail: String },
    /// The account itself may not send: locked, unpaid, not registered.
    #[error("the account may not send")]
    AccountRestricted { detail: String },
    /// The account may send, but not to this customer: a country that is not switched on, a number that a trial account
    /// does not know.
    #[error("the account may not write to the recipient")]
    RecipientRestricted { detail: String },
    /// `templates`: whether the channel has some, which need no window.
    #[error("the messaging window is closed")]
    OutsideWindow { templates: bool },
    #[error("the recipient blocked us")]
    RecipientBlocked,
    #[error("the recipient opted out")]
    OptedOut,
    #[error("the recipient cannot be reached")]
    RecipientUnreachable { detail: String },
    #[error("too many messages ({scope:?})")]
    RateLimited { retry_after: Option<Duration>, scope: Scope },
    /// `field` is a part of the message or the name of a setting.
    #[error("the provider refused the content")]
    InvalidContent { field: Option<String>, detail: String },
    #[error("the provider refused the file")]
    MediaRejected { detail: String },
    #[error("the provider refused the template")]
    TemplateProblem { detail: String },
    /// Nothing was sent; the same request may succeed later.
    #[error("the provider is not available: {detail}")]
    Transient { detail: String },
    /// The provider answered that it failed at this message just now. The same may succeed, but is not asked for ever: see
    /// [`ChannelError::tries`].
    #[error("the provider faltered: {detail}")]
    Faltered { detail: String },
    /// The request left, the answer did not come: it may have been sent. Never repeated by itself.
    #[error("whether the provider took the message is not known")]
    OutcomeUnknown,
    /// This channel has no such thing.
    #[error("the channel cannot do this")]
    Unsupported { detail: String },
    /// A refusal we have no word for.
    #[error("the provider refused")]
    Rejected { detail: String },
}

/// Whose limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Messages to this one recipient.
    Recipient,
    /// Requests of this channel.
    Channel,
    /// The account as a whole, for its quality or its tier; an admin should look.
    Account,
}

/// Meta's transient codes are answers to one message: they may also mean that this one will never go.
const TRIES: u32 = 3;

impl ChannelError {
    /// Whether sending the very same again, later, may succeed and cannot say anything twice.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Transient { .. } | Self::Faltered { .. })
    }

    /// How often one message is sent at most while this is the answer; `None` where its job's own patience decides.
    #[must_use]
    pub const fn tries(&self) -> Option<u32> {
        if matches!(self, Self::Faltered { .. }) { Some(TRIES) } else { None }
    }

    /// The error of a request that may be made again without saying anything twice: not to know its outcome is then no
    /// more than not to have it.
    #[must_use]
    pub fn of_repeatable(self) -> Self {
        match self {
            Self::OutcomeUnknown => Self::Transient { detail: "It did not answer.".into() },
            error => error,
        }
    }

    /// How long the provider asked to wait, if it did.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the same will not get through until an admin acts.
    #[must_use]
    pub const fn needs_admin(&self) -> bool {
        self.stops_channel() || matches!(self, Self::PermissionMissing { .. } | Self::RecipientRestricted { .. })
    }

    /// Whether nothing else gets through the channel either until an admin acts. A permission may be missing for one sort
    /// of message alone, and a country for its customers.
    #[must_use]
    pub const fn stops_channel(&self) -> bool {
        match self {
            Self::AuthExpired | Self::SettingRefused { .. } | Self::AccountRestricted { .. } => true,
            Self::RateLimited { scope, .. } => matches!(scope, Scope::Account),
            _ => false,
        }
    }

    /// The reason in words for an agent.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::AuthExpired => "The channel is no longer signed in at the provider. An admin must renew its access \
                                  token."
                .into(),
            Self::SettingRefused { field, rule } => {
                format!("An admin must mend the channel: its {} {rule}.", field.replace('_', " "))
            }
            Self::PermissionMissing { detail } => {
                format!("The channel lacks a permission at the provider; an admin must grant it. {detail}")
            }
            Self::AccountRestricted { detail } => {
                format!("The provider does not let this account send; an admin must look. {detail}")
            }
            Self::RecipientRestricted { detail } => {
                format!(
                    "This account may not write to this customer; an admin may change that at the provider. {detail}"
                )
            }
            Self::OutsideWindow { templates } => {
                format!("The messaging window is closed: {}.", past_window(*templates))
            }
            Self::RecipientBlocked => "The customer blocked this channel.".into(),
            Self::OptedOut => "The customer asked not to be written to.".into(),
            Self::RecipientUnreachable { detail } => format!("The customer cannot be reached here. {detail}"),
            Self::RateLimited { scope: Scope::Recipient, .. } => {
                "Too many messages to this customer in a short time.".into()
            }
            Self::RateLimited { scope: Scope::Channel, .. } => "The channel sends too much at once.".into(),
            Self::RateLimited { scope: Scope::Account, .. } => {
                "The provider limits this account for its quality or its tier; an admin should look.".into()
            }
            Self::InvalidContent { field: Some(field), detail } => {
                format!("The provider refused the {}. {detail}", field.replace('_', " "))
            }
            Self::InvalidContent { field: None, detail } => format!("The provider refused the message. {detail}"),
            Self::MediaRejected { detail } => format!("The provider refused the file. {detail}"),
            Self::TemplateProblem { detail } => format!("The provider refused the template. {detail}"),
            Self::Transient { detail } => format!("The provider is not available. {detail}"),
            Self::Faltered { detail } => format!("The provider failed at this message. {detail}"),
            Self::OutcomeUnknown => {
                "The provider did not answer, so the message may have arrived. Check before you retry.".into()
            }
            Self::Unsupported { detail } => format!("This channel cannot send that. {detail}"),
            Self::Rejected { detail } => format!("The provider refused. {detail}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ChannelError, Scope};

    #[test]
    fn what_may_have_arrived_is_never_repeated_by_itself() {
        assert!(!ChannelError::OutcomeUnknown.is_retryable());
    }

    #[test]
    fn an_account_limit_is_retried_and_shown_to_an_admin() {
        let error = ChannelError::RateLimited { retry_after: None, scope: Scope::Account };
        assert!(error.is_retryable() && error.needs_admin());
    }

    #[test]
    fn a_refused_setting_is_named_and_stops_the_channel_until_an_admin_acts() {
        let error = ChannelError::SettingRefused { field: "service_account".into(), rule: "is not accepted".into() };
        assert!(error.needs_admin() && !error.is_retryable());
        assert_eq!(error.words(), "An admin must mend the channel: its service account is not accepted.");
    }

    #[test]
    fn only_what_is_true_of_every_message_stops_a_channel() {
        let detail = String::new;
        let limited = |scope| ChannelError::RateLimited { retry_after: None, scope };
        let of_all =
            [ChannelError::AuthExpired, ChannelError::AccountRestricted { detail: detail() }, limited(Scope::Account)];
        assert!(of_all.iter().all(|error| error.stops_channel() && error.needs_admin()));
        let of_one = [
            ChannelError::PermissionMissing { detail: detail() },
            ChannelError::RecipientRestricted { detail: detail() },
        ];
        assert!(of_one.iter().all(|error| !error.stops_channel() && error.needs_admin() && !error.is_retryable()));
        assert!(!limited(Scope::Channel).needs_admin() && !ChannelError::OptedOut.needs_admin());
    }

    #[test]
    fn a_log_line_never_quotes_the_provider() {
        let error = ChannelError::InvalidContent { field: None, detail: "text 'my secret'".into() };
        assert!(!error.to_string().contains("secret"));
        assert!(error.words().contains("my secret"));
    }
}
