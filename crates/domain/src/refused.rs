//! The product says no, in words for the person who asked.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::channel::ChannelKind;
use crate::id::PersonId;
use crate::timestamp::Timestamp;

/// Why something may not be done. Nothing was changed and nothing the person wrote is lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// Also the answer about what one may not see: its existence is not told.
    #[error("This room does not exist, or you have no access to it.")]
    NotFound,
    #[error("You are not allowed to {what}.")]
    NotAllowed { what: String },
    /// Somebody else holds the room; the console turns the id and time into "Priya entered 1 s ago".
    #[error("A colleague holds this chat.")]
    HeldBy { person: PersonId, since: Timestamp },
    #[error("The room is archived. Reopen it to write.")]
    Archived,
    #[error("The room is not archived.")]
    NotArchived,
    #[error("Enter the chat before you write.")]
    NotEntered,
    #[error("The {} window is closed: {}.", span(*.hours), past_window(*.templates))]
    WindowClosed {
        hours: u64,
        /// Whether the channel has templates, which need no window.
        #[serde(default)]
        templates: bool,
    },
    #[error("The room is already {what}.")]
    Already { what: String },
    #[error("This can no longer be undone.")]
    TooLateToUndo,
    #[error("The channel has no active bot.")]
    NoBot,
    #[error("{name} cannot hold this room: {why}.")]
    CannotHold { name: String, why: String },
    /// Somebody goes offline, and one of their rooms cannot go where they want it to.
    #[error("The chat with {customer} cannot go there. {why}")]
    CannotPart { customer: String, why: String },
    #[error("The customer asked not to be written to.")]
    OptedOut,
    #[error("The customer is blocked: nothing is sent to them until somebody unblocks them.")]
    Blocked,
    #[error("The {field} is empty.")]
    Empty { field: String },
    #[error("The {field} has {length} {unit}; at most {max} are allowed.")]
    TooLong { field: String, length: usize, max: usize, unit: String },
    #[error("The {field} {rule}.")]
    Invalid { field: String, rule: String },
    /// The same id came with other words: the first one stands.
    #[error("This message was already sent with other words.")]
    SentDifferently,
    /// A provider was asked and said no; the words are ours for it.
    #[error("{words}")]
    ByProvider { words: String },
    #[error("The customer wrote again since you opened this.")]
    NewMessage,
    #[error("The room changed while you decided. Look again.")]
    Changed,
}

impl Refused {
    /// "You are not allowed to `what`."
    #[must_use]
    pub fn not_allowed(what: &str) -> Self {
        Self::NotAllowed { what: what.into() }
    }

    /// The window of this kind of channel, by its own hours, is closed to everybody.
    #[must_use]
    pub fn window_closed(kind: ChannelKind) -> Self {
        Self::window_of(kind, kind.capabilities().window.map(|window| window.people))
    }

    /// The same of the shorter one, in which more than people may speak.
    #[must_use]
    pub fn open_window_closed(kind: ChannelKind) -> Self {
        Self::window_of(kind, kind.capabilities().window.map(|window| window.open))
    }

    fn window_of(kind: ChannelKind, window: Option<Duration>) -> Self {
        let hours = window.unwrap_or_default().as_secs() / 3_600;
        Self::WindowClosed { hours, templates: kind.capabilities().templates }
    }

    /// The field that is filled in wrongly, if that is what it says.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Empty { field } | Self::TooLong { field, .. } | Self::Invalid { field, .. } => Some(field),
            _ => None,
        }
    }

    /// "The `field` `rule`."
    #[must_use]
    pub fn invalid(field: &str, rule: &str) -> Self {
        Self::Invalid { field: field.into(), rule: rule.into() }
    }
}

/// What is left once a messaging window is closed, on a channel with or without `templates`: the rest of a sentence.
#[must_use]
pub const fn past_window(templates: bool) -> &'static str {
    if templates { "the customer must write first, or send a template" } else { "the customer must write first" }
}

/// "24-hour", "7-day".
fn span(hours: u64) -> String {
    if hours > 24 && hours.is_multiple_of(24) { format!("{}-day", hours / 24) } else { format!("{hours}-hour") }
}

#[cfg(test)]
mod tests {
    use super::Refused;
    use crate::channel::ChannelKind;

    #[test]
    fn a_closed_window_says_how_long_it_was_and_what_is_left_on_that_channel() {
        for (kind, words) in [
            (ChannelKind::WhatsApp, "The 24-hour window is closed: the customer must write first, or send a template."),
            (ChannelKind::Messenger, "The 7-day window is closed: the customer must write first, or send a template."),
            (ChannelKind::Instagram, "The 7-day window is closed: the customer must write first."),
        ] {
            assert_eq!(Refused::window_closed(kind).to_string(), words, "{kind:?}");
        }
        let to_bots = Refused::open_window_closed(ChannelKind::Instagram).to_string();
        assert_eq!(to_bots, "The 24-hour window is closed: the customer must write first.");
    }
}
