//! Why a room changed hands by itself.

use serde::{Deserialize, Serialize};

use crate::id::PersonId;

/// Why a bot gave a room to people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandOffReason {
    /// The customer asked for a person.
    Asked,
    /// The flow came to its hand-off step; its words, if any.
    Flow(Option<String>),
    /// The bot did not understand often enough.
    GaveUp,
    /// The bot failed; admins see why.
    BotError,
}

/// Why a room went back to the queue; with whoever held it, where they did not give it back themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnReason {
    /// Somebody gave it back. What was written down before there were reasons says the same.
    #[default]
    Given,
    /// They let the customer wait too long.
    Unanswered(PersonId),
    /// Their console was not heard of any more while the customer waited.
    Disconnected(PersonId),
    /// They went offline while the customer waited.
    WentOffline(PersonId),
    /// They were deactivated or left the team.
    Released(PersonId),
}
