//! The product says no, in words for the person who asked.

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
    #[error("The {hours}-hour window is closed: the customer must write first, or send a template.")]
    WindowClosed { hours: u64 },
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

    /// The window of this kind of channel, by its own hours.
    #[must_use]
    pub fn window_closed(kind: ChannelKind) -> Self {
        let seconds = kind.capabilities().window.map_or(0, |window| window.people.as_secs());
        Self::WindowClosed { hours: seconds / 3_600 }
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
