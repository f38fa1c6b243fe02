//! What a provider did not deliver and has to be asked for. Only the words; the asking is each adapter's.

use domain::channel::ChannelKind;
use domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use crate::inbound::InboundEvent;

/// A time of which nobody knows whether everything was delivered. It lasts until now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    pub since: Timestamp,
    /// Where the provider's list goes on that was too long for one look: what an earlier look gave back.
    #[serde(default)]
    pub rest: Option<String>,
}

impl Gap {
    #[must_use]
    pub const fn since(since: Timestamp) -> Self {
        Self { since, rest: None }
    }
}

/// What one look at a gap brought.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Missed {
    /// The oldest first. What was delivered as well has the same key as then.
    pub events: Vec<InboundEvent>,
    /// Where the next look goes on; `None` once everything is told.
    pub rest: Option<String>,
}

/// Whether the provider of this `kind` neither repeats what it could not deliver nor is done with it: it has to be asked.
#[must_use]
pub const fn has_to_be_asked(kind: ChannelKind) -> bool {
    match kind {
        ChannelKind::X | ChannelKind::Sms => true,
        ChannelKind::WhatsApp
        | ChannelKind::Messenger
        | ChannelKind::Instagram
        | ChannelKind::Telegram
        | ChannelKind::Google
        | ChannelKind::Api
        | ChannelKind::Web => false,
    }
}
