//! What went wrong behind the scenes and waits for an admin.

use serde::{Deserialize, Serialize};

use crate::id::{ChannelId, JobId, RoomId, WebhookId};
use crate::timestamp::Timestamp;

/// Everything that waits for an admin, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub jobs: Vec<FailedJob>,
    pub webhooks: Vec<UnreadableWebhook>,
    pub alerts: Vec<ToldByProvider>,
}

/// Work that was given up after its last attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedJob {
    pub id: JobId,
    /// The kind of work, as one word.
    pub kind: String,
    /// The room it was for, if it was for one.
    pub room: Option<RoomId>,
    pub attempts: u32,
    pub given_up_at: Timestamp,
    /// Why the last attempt failed.
    pub problem: String,
}

/// A signed delivery of a provider that could not be read, or not wholly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadableWebhook {
    pub id: WebhookId,
    pub channel: ChannelId,
    pub received_at: Timestamp,
    pub problem: String,
}

/// What a provider told about the channel's account: its quality, its rights, what it is about to lose, what became of a
/// template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldByProvider {
    /// The delivery that told it.
    pub webhook: WebhookId,
    pub channel: ChannelId,
    pub received_at: Timestamp,
    pub words: String,
}
