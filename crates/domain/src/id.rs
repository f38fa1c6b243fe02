//! Typed ids. Every id is a UUIDv7 made outside this crate, so ids of one kind sort by age.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "db", derive(sea_orm::DeriveValueType))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The id made of sixteen given bytes; for tests and fixed seeds.
            pub const fn from_number(number: u128) -> Self {
                Self(Uuid::from_u128(number))
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        #[cfg(feature = "db")]
        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )+};
}

ids! {
    /// One thread with one customer on one channel.
    RoomId,
    /// One run of a room from Live to Archived.
    EpisodeId,
    /// A message or a private note. The sender makes it, so that a retry is the same message.
    MessageId,
    /// A person on one channel.
    CustomerId,
    /// A saved record that customers belong to.
    ContactId,
    /// One configured connection to a provider.
    ChannelId,
    /// Somebody who signs in: an agent, a team manager or an admin.
    PersonId,
    /// A team.
    TeamId,
    /// A bot's flow.
    FlowId,
    /// A stored file.
    FileId,
    /// A raw webhook as it came in.
    WebhookId,
    /// One piece of work that leaves the process.
    JobId,
    /// An admin's signing in at a provider.
    SignInId,
    /// An invitation to join.
    InvitationId,
    /// One request for feedback.
    FeedbackId,
    /// One bulk action. Whoever asks for it makes it, so that asking again is the same action.
    BulkId,
    /// One line of the audit trail.
    AuditId,
    /// Words that are kept ready.
    QuickReplyId,
}
