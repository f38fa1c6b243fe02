//! Unsent words of somebody who left: kept for a while for admins to take.

use serde::{Deserialize, Serialize};

use crate::id::{PersonId, RoomId};
use crate::timestamp::Timestamp;

/// What a draft is going to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftMode {
    Reply,
    Note,
}

impl DraftMode {
    pub const ALL: [Self; 2] = [Self::Reply, Self::Note];

    /// The word it is stored under.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Note => "note",
        }
    }

    /// The mode that is stored under `word`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.word() == word)
    }
}

/// What somebody who may not work in a room any more had written there and not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftDraft {
    pub person: PersonId,
    pub room: RoomId,
    /// The name of the room's customer.
    pub customer: String,
    pub mode: DraftMode,
    pub text: String,
    /// When it is forgotten.
    pub kept_until: Timestamp,
}
