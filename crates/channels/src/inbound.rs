//! What providers tell us, in neutral words.

use domain::delivery::Delivery;
use domain::message::{Content, Reacting};
use domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::ChannelError;
use crate::files::FileRef;
use crate::identity::{Actor, ExternalId, ProviderId};
use crate::outbound::SendKey;

/// One thing that happened, as a provider reported it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InboundEvent {
    /// The same for every repeat of this event, and for no other event of the channel.
    pub dedupe: String,
    /// When it happened by the provider's clock; `None` when it did not say.
    pub at: Option<Timestamp>,
    pub what: Inbound,
}

/// The things that happen on a channel. `customer` is always the person at the other end of the thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Inbound {
    /// The customer wrote.
    Message {
        customer: Actor,
        message: InboundMessage,
    },
    /// The customer came to the thread from `topic`, and has said nothing yet.
    Came {
        customer: Actor,
        topic: Topic,
    },
    /// Our side wrote from elsewhere, for example from the provider's own app on a phone.
    Echo {
        customer: Actor,
        message: InboundMessage,
        #[serde(skip_serializing_if = "Through::is_unknown")]
        through: Through,
    },
    /// Whoever wrote `target` put something else in its place. Files stay: `Content::Files` brings new words beside them.
    /// Where words become files, `files` are where the provider keeps those.
    Edited {
        customer: Actor,
        target: ProviderId,
        content: Content,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        files: Vec<FileRef>,
    },
    Deleted {
        customer: Actor,
        target: ProviderId,
    },
    /// `emoji` is `None` when an earlier reaction was taken back. One of our side was left elsewhere, as an echo is written.
    Reaction {
        customer: Actor,
        target: ProviderId,
        emoji: Option<String>,
        #[serde(skip_serializing_if = "is_customers")]
        by: Reacting,
    },
    Status(Status),
    Typing {
        customer: Actor,
        on: bool,
    },
    /// The customer known by any of `previous` is now known by all of `current`.
    IdentityChanged {
        previous: Vec<ExternalId>,
        current: Vec<ExternalId>,
    },
    Subscription {
        customer: Actor,
        subscription: Subscription,
    },
    /// The provider decided about a template.
    TemplateChanged {
        name: String,
        language: String,
        /// In words, for an admin.
        words: String,
    },
    /// Something an admin should know about the channel itself, in words.
    AccountAlert {
        words: String,
        /// Nothing gets through any more until an admin acts.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        stops: bool,
    },
    /// Something about another account of the same app, which has one address for all of them. `delivery` says nothing
    /// but this, in the form in which that account's own channel reads it.
    Elsewhere {
        account: String,
        delivery: String,
    },
    /// Something about an account that may have several channels of ours, in the form in which the others read it. What it
    /// means to this channel is an event of its own.
    Everywhere {
        account: String,
        delivery: String,
    },
    /// An event we have no word for; nothing to show in a room.
    Unsupported {
        label: String,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_customers(by: &Reacting) -> bool {
    matches!(by, Reacting::Customer)
}

/// Through whom our side wrote what a provider tells us of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Through {
    /// Not through us: in the provider's own app, or through another program.
    Another,
    /// Through us, though the provider does not say which of our messages it is.
    Us,
    /// The provider tells of what leaves through us as well, and does not say which is which.
    Unknown,
}

impl Through {
    const fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }
}

/// A message as it came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InboundMessage {
    pub id: ProviderId,
    pub content: Content,
    /// The files of the content, in its order, where the provider keeps them.
    pub files: Vec<FileRef>,
    pub about: Option<Topic>,
    /// Messages of the same group are one album that was sent at once.
    pub album: Option<String>,
    /// The press of a button that brought it, where a messenger waits for [`crate::outbound::Signal::Pressed`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pressed: Option<String>,
}

impl InboundMessage {
    /// A message of nothing but this content.
    #[must_use]
    pub const fn new(id: ProviderId, content: Content) -> Self {
        Self { id, content, files: Vec::new(), about: None, album: None, pressed: None }
    }
}

/// What a message is about, besides its own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// It answers this message.
    Message(ProviderId),
    /// It answers a story of ours.
    Story { url: Option<String> },
    /// It asks about a product.
    Product(String),
    /// It was passed on from elsewhere.
    Forwarded,
    /// The customer came from an advertisement or a link, in words.
    CameFrom(String),
    /// Another app holds the thread and answers: whatever of ours answers by itself keeps silent.
    Standby,
}

/// Which of our messages news is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Message(ProviderId),
    /// Every message of ours to the customer up to this moment of the provider's clock.
    UpTo(Timestamp),
}

/// News about a message we sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    pub target: Target,
    /// The key we sent along, when the provider gives it back: finds the message even before its id is stored.
    pub key: Option<SendKey>,
    pub customer: Option<Actor>,
    pub delivery: Delivery,
    /// Why it failed, for what follows from it: an opt-out, a channel that must be looked at.
    pub error: Option<ChannelError>,
}

/// Whether the customer wants to hear from us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subscription {
    OptedOut,
    OptedIn,
    Blocked,
    Unblocked,
}

/// A part of a delivery that could not be read; its raw text is kept for an admin to see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// Never quotes the text: it may be a customer's words.
    pub reason: String,
    pub raw: String,
}
