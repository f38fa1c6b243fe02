//! What happened: the only currency between server and browser.

mod reason;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::customer::{Contact, Described};
use crate::delivery::Delivery;
use crate::episode::{OpenedBy, Outcome};
use crate::id::{EpisodeId, FeedbackId, FileId, MessageId, PersonId, RoomId, TeamId};
use crate::media::FileState;
use crate::message::{Attachment, Content, Message, Note, Reacting};
use crate::person::Person;
use crate::policy::Policy;
use crate::room::{LiveHandler, Room};
use crate::team::Team;
use crate::timestamp::Timestamp;

pub use reason::{HandOffReason, ReturnReason};

/// One numbered change. `seq` is gap-free per installation.
///
/// The event carries the room as the change left it, so that a list which had not loaded that room needs no second
/// question, and a browser that applied the change first can see that it came to the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub seq: u64,
    pub at: Timestamp,
    /// The room after the change; `None` for changes of people, teams, channels and the policy.
    pub room: Option<Box<Room>>,
    /// Where the change stands in the room's transcript; `None` when it leaves no entry.
    pub position: Option<u32>,
    pub change: Change,
}

impl Event {
    #[must_use]
    pub fn room_id(&self) -> Option<RoomId> {
        self.room.as_ref().map(|room| room.id)
    }
}

/// Who made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    Person(PersonId),
    Customer,
    Bot,
    /// Routing, the sweeper, a timer.
    Switchboard,
}

impl Actor {
    /// The person, if one did it.
    #[must_use]
    pub const fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(id) => Some(id),
            Self::Customer | Self::Bot | Self::Switchboard => None,
        }
    }
}

/// Everything that can happen, in the past tense. T1 to T18 name the transitions of lifecycle.md.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// T1 and T14: an episode began because the customer wrote, or (T15) because an agent reopened the room.
    EpisodeOpened {
        episode: EpisodeId,
        number: u32,
        by: OpenedBy,
        handler: LiveHandler,
        team: Option<TeamId>,
        /// The channel's rule as it is now; `None` never expires. What was written down before says nothing of it, and is
        /// not applied again.
        #[serde(default)]
        expires_after_millis: Option<u64>,
    },
    MessageAdded(Message),
    NoteAdded(Note),
    DeliveryChanged {
        message: MessageId,
        delivery: Delivery,
    },
    /// Whoever said it put other words in their place.
    MessageEdited {
        message: MessageId,
        content: Content,
    },
    /// Whoever said it took it back.
    MessageDeleted {
        message: MessageId,
    },
    /// Whoever sent several files took one of them back, with its words; `content` is what is left.
    PartDeleted {
        message: MessageId,
        content: Content,
    },
    /// A sign on a message; `None` took the one of that side away.
    Reacted {
        message: MessageId,
        by: Reacting,
        emoji: Option<String>,
    },
    /// Later parts came of the album that the message began. `place` is where the first of them stands, `text` all words
    /// that are beside the album by now.
    AlbumGrew {
        message: MessageId,
        place: u16,
        files: Vec<Attachment>,
        text: String,
    },
    /// A file of a message has come, or will not. `place` counts the message's files from 0.
    FileArrived {
        message: MessageId,
        place: u16,
        file: FileState,
    },
    /// T2: the bot gave the room to the queue.
    HandedOff {
        reason: HandOffReason,
        team: Option<TeamId>,
    },
    /// T4.
    Entered {
        by: PersonId,
    },
    /// T3 (by the product), T5 and T6.
    Assigned {
        to: PersonId,
        by: Actor,
        note: Option<String>,
        /// Whoever held it works on in it beside `to`.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        stays: bool,
        /// The room is in this team from now on; without one, it stays in its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamId>,
    },
    /// T7.
    ReturnedToQueue {
        by: Actor,
        team: Option<TeamId>,
        #[serde(default)]
        reason: ReturnReason,
    },
    /// T8.
    ReturnedToBot {
        by: PersonId,
    },
    /// T9. `feedback` as in [`Change::Closed`].
    MarkedCritical {
        by: PersonId,
        comment: Option<String>,
        feedback: bool,
    },
    /// T10.
    ClearedCritical {
        by: PersonId,
        comment: Option<String>,
    },
    /// T11 and T12. `feedback` says that a feedback message leaves after the undo delay.
    Closed {
        outcome: Outcome,
        by: PersonId,
        comment: Option<String>,
        /// One of those that the policy had then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        feedback: bool,
    },
    /// The bot's flow came to its end: the episode is archived as resolved, by nobody.
    Ended,
    /// T13. `unanswered`: the customer spoke last.
    Expired {
        unanswered: bool,
    },
    /// Our side begins a conversation with a customer who never wrote: the room waits, archived, for the answer.
    Invited {
        by: PersonId,
        episode: EpisodeId,
    },
    /// The customer answered the template that `by` had sent; the episode that begins is theirs to see.
    Restored {
        by: PersonId,
    },
    /// The template did not get through, so there is no answer to wait for.
    RestoreFailed,
    /// T15, the same episode going on.
    Reopened {
        by: PersonId,
    },
    /// T15, a new episode held by whoever reopened it; its time to expire as in [`Change::EpisodeOpened`].
    ReopenedAnew {
        by: PersonId,
        episode: EpisodeId,
        number: u32,
        #[serde(default)]
        expires_after_millis: Option<u64>,
    },
    /// T17.
    Snoozed {
        by: PersonId,
        until: Timestamp,
    },
    Woken {
        by: Actor,
    },
    /// T18: the room is again as it was before.
    Undone {
        by: PersonId,
        before: Box<Room>,
    },
    /// A closing outcome put right afterwards.
    OutcomeCorrected {
        by: PersonId,
        outcome: Outcome,
        comment: Option<String>,
        /// As in [`Change::Closed`]; without one, the reason stays as it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A colleague joined without taking over.
    Joined {
        person: PersonId,
    },
    /// `by` had a colleague join whom the room does not show to by itself.
    BroughtIn {
        person: PersonId,
        by: PersonId,
    },
    Left {
        person: PersonId,
    },
    /// T6: `by` asks whoever holds the room to give it to them.
    TakeOverRequested {
        by: PersonId,
    },
    /// `by` keeps the room that `to` asked for.
    TakeOverDeclined {
        by: PersonId,
        to: PersonId,
    },
    /// The customer's name, saved contact or opt-out is another; the room in the event has it.
    CustomerChanged {
        name: String,
        opted_out: bool,
        /// The contact they are, where it was saved just now; where they are none any more, the room says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<Box<Contact>>,
        /// What else is known of them, where that is another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        described: Option<Box<Described>>,
    },
    /// What the customer writes is dropped from now on. By the product when they turned out to be somebody who is blocked.
    CustomerBlocked {
        by: Actor,
    },
    CustomerUnblocked {
        by: Actor,
    },
    /// `by` said that the customer is this contact, whose other chats whoever holds the room may look back at from now on.
    /// Contacts go by the names that they had then.
    ContactLinked {
        by: PersonId,
        contact: String,
    },
    /// `by` made one contact of two, and the customer is one of theirs.
    ContactsMerged {
        by: PersonId,
        kept: String,
        merged: String,
    },
    /// `by` deleted the contact that the customer was.
    ContactDeleted {
        by: PersonId,
        contact: String,
    },
    /// The customer's picture came from their messenger.
    PictureArrived {
        picture: FileId,
    },
    /// The bot noted what the customer told it.
    FieldsCollected {
        fields: Vec<(String, String)>,
    },
    FeedbackGiven {
        id: FeedbackId,
        score: u8,
        comment: Option<String>,
    },
    /// `person` has seen the first `messages` customer messages of the room, or marked it unread, as [`crate::seen::Seen`] has
    /// it. Told to that person only.
    Seen {
        person: PersonId,
        messages: u32,
        #[serde(default)]
        marks: u32,
    },
    PersonChanged(Person),
    TeamChanged(Team),
    ChannelChanged(Channel),
    /// Consoles start over: people may see other rooms now.
    PolicyChanged(Box<Policy>),
    /// What a newer version of the program wrote down and this one cannot read. It is never written: it stands where the
    /// other stood, and consoles that are told it start over.
    Unread,
}

impl Change {
    /// Whether the transcript shows the change as a thin line of its own.
    #[must_use]
    pub const fn is_line(&self) -> bool {
        match self {
            Self::EpisodeOpened { .. }
            | Self::HandedOff { .. }
            | Self::Entered { .. }
            | Self::Assigned { .. }
            | Self::ReturnedToQueue { .. }
            | Self::ReturnedToBot { .. }
            | Self::MarkedCritical { .. }
            | Self::ClearedCritical { .. }
            | Self::Closed { .. }
            | Self::Ended
            | Self::Expired { .. }
            | Self::Invited { .. }
            | Self::Restored { .. }
            | Self::Reopened { .. }
            | Self::ReopenedAnew { .. }
            | Self::Snoozed { .. }
            | Self::Woken { .. }
            | Self::Undone { .. }
            | Self::OutcomeCorrected { .. }
            | Self::Joined { .. }
            | Self::BroughtIn { .. }
            | Self::Left { .. }
            | Self::TakeOverRequested { .. }
            | Self::TakeOverDeclined { .. }
            | Self::CustomerBlocked { .. }
            | Self::CustomerUnblocked { .. }
            | Self::ContactLinked { .. }
            | Self::ContactsMerged { .. }
            | Self::ContactDeleted { .. }
            | Self::FeedbackGiven { .. }
            | Self::Unread => true,
            Self::MessageAdded(_)
            | Self::NoteAdded(_)
            | Self::DeliveryChanged { .. }
            | Self::MessageEdited { .. }
            | Self::MessageDeleted { .. }
            | Self::PartDeleted { .. }
            | Self::Reacted { .. }
            | Self::AlbumGrew { .. }
            | Self::FileArrived { .. }
            | Self::RestoreFailed
            | Self::CustomerChanged { .. }
            | Self::PictureArrived { .. }
            | Self::FieldsCollected { .. }
            | Self::Seen { .. }
            | Self::PersonChanged(_)
            | Self::TeamChanged(_)
            | Self::ChannelChanged(_)
            | Self::PolicyChanged(_) => false,
        }
    }

    /// The message that stands in the transcript already and to which this happened.
    #[must_use]
    pub const fn altered(&self) -> Option<MessageId> {
        match self {
            Self::DeliveryChanged { message, .. }
            | Self::MessageEdited { message, .. }
            | Self::MessageDeleted { message }
            | Self::PartDeleted { message, .. }
            | Self::Reacted { message, .. }
            | Self::AlbumGrew { message, .. }
            | Self::FileArrived { message, .. } => Some(*message),
            _ => None,
        }
    }

    /// Whether the change leaves an entry in the transcript and so takes a position.
    #[must_use]
    pub const fn is_entry(&self) -> bool {
        self.is_line() || matches!(self, Self::MessageAdded(_) | Self::NoteAdded(_))
    }
}
