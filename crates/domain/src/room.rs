//! A room: one thread with one customer on one channel, where it is and who answers in it.

mod apply;
mod block;
mod close;
mod hold;
mod part;
mod restore;
mod snooze;
mod speak;
mod wait;
mod warn;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::channel::{Channel, ChannelKind, WindowState};
use crate::customer::Customer;
use crate::episode::Outcome;
use crate::id::{ChannelId, ContactId, CustomerId, EpisodeId, FileId, PersonId, RoomId, TeamId};
use crate::message::Preview;
use crate::timestamp::Timestamp;

pub use block::{block, unblock};
pub use close::{
    Status, StatusUpdate, check_comment, clear_critical, closing_status, correct_outcome, expire, is_due_to_expire,
    other_outcome, reopen, undo, update_status,
};
pub use hold::{
    assign, assign_and_stay, auto_assign, bring_in, decline_take_over, end, enter, follow_rights, hand_off, join,
    leave, outsiders, release, release_others, request_take_over, return_to_bot, return_to_queue, take_over,
};
pub use part::{Parted, Parting, part};
pub use restore::{after_delivery, invite, may_send_any, needs_template, send_template, waits_for_sender};
pub use snooze::{check_snooze, snooze, wake};
pub use speak::{
    REACTIONS, customer_returns, customer_writes, is_overtaken, may_bot_speak, may_reply, may_retry, note, react,
    reply, sticks_to,
};
pub use wait::{away_line, away_line_id, could_take, leave_removed_team, return_of_absent, return_unanswered};
pub use warn::{Nearness, expiry_nearness, hears_of_expired, is_warned};

/// The three places a room can be in, as tabs name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "db", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(feature = "db", sea_orm(rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(16))"))]
#[serde(rename_all = "snake_case")]
pub enum Section {
    #[cfg_attr(feature = "db", sea_orm(string_value = "live"))]
    Live,
    #[cfg_attr(feature = "db", sea_orm(string_value = "assigned"))]
    Assigned,
    #[cfg_attr(feature = "db", sea_orm(string_value = "archived"))]
    Archived,
}

impl Section {
    pub const ALL: [Self; 3] = [Self::Live, Self::Assigned, Self::Archived];

    /// The word in URLs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Assigned => "assigned",
            Self::Archived => "archived",
        }
    }

    /// The section a URL's word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.word() == word)
    }

    /// The word on the tab.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Live => "Live",
            Self::Assigned => "Assigned",
            Self::Archived => "Archived",
        }
    }
}

/// Who talks in a Live room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "db", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(feature = "db", sea_orm(rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(16))"))]
#[serde(rename_all = "snake_case")]
pub enum LiveHandler {
    #[cfg_attr(feature = "db", sea_orm(string_value = "bot"))]
    Bot,
    /// Nobody yet: it waits for a person.
    #[cfg_attr(feature = "db", sea_orm(string_value = "queue"))]
    Queue,
}

/// Where a room is and who answers in it. Only legal combinations can be written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "section")]
pub enum State {
    Live {
        handler: LiveHandler,
    },
    Assigned {
        to: PersonId,
        since: Timestamp,
    },
    Archived {
        outcome: Outcome,
        /// Expired while the customer waited for us.
        unanswered: bool,
        at: Timestamp,
        by: Option<PersonId>,
        /// Who held it at the end.
        agent: Option<PersonId>,
    },
}

/// A room as lists show it and rules ask it: everything but its transcript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    pub id: RoomId,
    pub channel: ChannelId,
    pub kind: ChannelKind,
    pub customer: CustomerId,
    /// The customer's name.
    pub name: String,
    /// How the customer looks, as far as their messenger shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<FileId>,
    pub contact: Option<ContactId>,
    pub opted_out: bool,
    /// What the customer writes is dropped, and nothing is said to them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub blocked: bool,
    pub state: State,
    /// A flag, not a section: the room stays where it is.
    pub critical: bool,
    pub team: Option<TeamId>,
    /// Colleagues who joined without holding it.
    pub participants: Vec<PersonId>,
    pub episode: EpisodeId,
    pub episode_number: u32,
    pub episode_opened_at: Timestamp,
    /// Counts the room's changes; guards every one of them.
    pub version: u64,
    /// Counts changes of handler; a bot's answer carries the epoch it was thought in.
    pub handler_epoch: u32,
    /// The transcript's last position.
    pub last_position: u32,
    pub preview: Option<Preview>,
    pub last_message_at: Timestamp,
    /// Opens the messaging window.
    /// When the customer last wrote, by the provider's clock: from then on the messaging window is open.
    pub last_customer_at: Option<Timestamp>,
    /// The customer's first message that no person has answered yet.
    pub waiting_since: Option<Timestamp>,
    /// The newest thing that keeps the room from expiring.
    pub addressed_at: Timestamp,
    /// The channel's rule when the episode began; `None` never expires.
    pub expires_after_millis: Option<u64>,
    pub snoozed_until: Option<Timestamp>,
    /// Who gave it back to the queue, or let its customer wait too long: it is given to somebody else now.
    #[serde(default)]
    pub returned_by: Option<PersonId>,
    /// Somebody asked whoever holds it to give it to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub take_over_request: Option<TakeOverRequest>,
    /// Who sent a template that waits for the customer's answer.
    pub restore_pending: Option<PersonId>,
    /// Whose template won the customer back, until somebody holds the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored_by: Option<PersonId>,
    /// How many messages the customer ever wrote here; see [`Room::unread`].
    pub customer_messages: u32,
    /// How many of them are of earlier episodes. Rooms that were written down before this was counted say none.
    #[serde(default)]
    pub earlier_messages: u32,
}

impl Room {
    /// A room that is about to begin, before its first change: live, with the bot when `channel` has one.
    #[must_use]
    pub fn begin(id: RoomId, channel: &Channel, customer: &Customer, episode: EpisodeId, now: Timestamp) -> Self {
        Self {
            id,
            channel: channel.id,
            kind: channel.kind,
            customer: customer.id,
            name: customer.name.clone(),
            picture: None,
            contact: customer.contact,
            opted_out: customer.opted_out,
            blocked: customer.blocked,
            state: State::Live { handler: speak::first_handler(channel) },
            critical: false,
            team: channel.team,
            participants: Vec::new(),
            episode,
            episode_number: 0,
            episode_opened_at: now,
            version: 0,
            handler_epoch: 0,
            last_position: 0,
            preview: None,
            last_message_at: now,
            last_customer_at: None,
            waiting_since: None,
            addressed_at: now,
            expires_after_millis: channel.expires_after_millis,
            snoozed_until: None,
            returned_by: None,
            take_over_request: None,
            restore_pending: None,
            restored_by: None,
            customer_messages: 0,
            earlier_messages: 0,
        }
    }

    /// Whether the customer opted out on a channel where that forbids every word of ours.
    #[must_use]
    pub const fn has_said_stop(&self) -> bool {
        self.opted_out && self.kind.capabilities().opt_out_binds
    }

    #[must_use]
    pub const fn section(&self) -> Section {
        match self.state {
            State::Live { .. } => Section::Live,
            State::Assigned { .. } => Section::Assigned,
            State::Archived { .. } => Section::Archived,
        }
    }

    /// Who holds it now.
    #[must_use]
    pub const fn agent(&self) -> Option<PersonId> {
        match self.state {
            State::Assigned { to, .. } => Some(to),
            State::Live { .. } | State::Archived { .. } => None,
        }
    }

    /// Who holds it, or held it when it was archived.
    #[must_use]
    pub const fn last_agent(&self) -> Option<PersonId> {
        match self.state {
            State::Assigned { to, .. } => Some(to),
            State::Archived { agent, .. } => agent,
            State::Live { .. } => None,
        }
    }

    #[must_use]
    pub const fn is_archived(&self) -> bool {
        matches!(self.state, State::Archived { .. })
    }

    #[must_use]
    pub const fn is_with_bot(&self) -> bool {
        matches!(self.state, State::Live { handler: LiveHandler::Bot })
    }

    #[must_use]
    pub const fn is_queued(&self) -> bool {
        matches!(self.state, State::Live { handler: LiveHandler::Queue })
    }

    /// Whether `person` holds the room, joined it, or held it when it was archived.
    #[must_use]
    pub fn is_own(&self, person: PersonId) -> bool {
        self.last_agent() == Some(person) || self.participants.contains(&person)
    }

    /// When it expires unless somebody addresses it; `None` for never, and while archived or snoozed.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        if self.is_archived() || self.snoozed_until.is_some() {
            return None;
        }
        self.expires_after_millis.map(|millis| self.addressed_at.plus(Duration::from_millis(millis)))
    }

    /// How many messages are news to somebody who has seen the customer's first `seen`. Those of earlier episodes are not:
    /// whoever had to, dealt with them then.
    #[must_use]
    pub fn unread(&self, seen: u32) -> u32 {
        self.customer_messages.saturating_sub(seen.max(self.earlier_messages))
    }

    /// The messaging window of its channel.
    #[must_use]
    pub fn window(&self, now: Timestamp) -> WindowState {
        WindowState::of(self.kind, self.last_customer_at, now)
    }

    /// What decides who may see it, and which count it is in.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope {
            section: self.section(),
            queued: self.is_queued(),
            snoozed: self.snoozed_until.is_some(),
            agent: self.last_agent(),
            team: self.team,
            participants: self.participants.clone(),
        }
    }
}

/// Somebody asked for a room that a colleague holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeOverRequest {
    /// Who waits for the answer; nobody once the holder said that they keep it.
    pub by: Option<PersonId>,
    pub at: Timestamp,
}

/// What decides who may see a room, and which count it is in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scope {
    pub section: Section,
    /// Live and waiting for a person.
    pub queued: bool,
    /// Put off for later: no section counts it.
    pub snoozed: bool,
    /// Who holds it, or held it when it was archived.
    pub agent: Option<PersonId>,
    pub team: Option<TeamId>,
    pub participants: Vec<PersonId>,
}
