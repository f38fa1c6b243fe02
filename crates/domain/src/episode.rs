//! One run of a room from Live to Archived, as reports and the side panel tell it.

use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::id::{EpisodeId, PersonId, TeamId};
use crate::room::Room;
use crate::timestamp::Timestamp;

/// Who began an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "db", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(feature = "db", sea_orm(rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(16))"))]
#[serde(rename_all = "snake_case")]
pub enum OpenedBy {
    #[cfg_attr(feature = "db", sea_orm(string_value = "customer"))]
    Customer,
    #[cfg_attr(feature = "db", sea_orm(string_value = "agent"))]
    Agent,
    #[cfg_attr(feature = "db", sea_orm(string_value = "template_reply"))]
    TemplateReply,
}

/// How an episode ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "db", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(feature = "db", sea_orm(rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(16))"))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    #[cfg_attr(feature = "db", sea_orm(string_value = "resolved"))]
    Resolved,
    #[cfg_attr(feature = "db", sea_orm(string_value = "abandoned"))]
    Abandoned,
    #[cfg_attr(feature = "db", sea_orm(string_value = "expired"))]
    Expired,
}

impl Outcome {
    /// The word on the chip.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Resolved => "Resolved",
            Self::Abandoned => "Abandoned",
            Self::Expired => "Expired",
        }
    }
}

/// An episode with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Episode {
    pub id: EpisodeId,
    /// 1 for a room's first.
    pub number: u32,
    pub opened_at: Timestamp,
    pub opened_by: OpenedBy,
    /// Who held it last.
    pub agent: Option<PersonId>,
    pub team: Option<TeamId>,
    pub first_human_reply_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub outcome: Option<Outcome>,
    /// Expired with the customer's words unanswered: our failure, not theirs.
    pub unanswered: bool,
    pub closed_by: Option<PersonId>,
    pub comment: Option<String>,
    /// Why it was closed, of the reasons there were then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub was_critical: bool,
    /// The customer's score, 1 to 5, once given.
    pub feedback_score: Option<u8>,
    pub feedback_comment: Option<String>,
}

/// Brings a room's `episodes`, newest first, up to date with `change`, which happened at `at` and made `before` into
/// `room`.
pub fn follow(episodes: &mut Vec<Episode>, before: &Room, room: &Room, change: &Change, at: Timestamp) {
    if let Some(fresh) = Episode::opened(room, change, at) {
        episodes.insert(0, fresh);
    } else if let Some(episode) = episodes.iter_mut().find(|episode| episode.id == room.episode) {
        episode.take(before, room, change, at);
    }
}

impl Episode {
    /// The episode that `change` began, if it began one.
    fn opened(room: &Room, change: &Change, at: Timestamp) -> Option<Self> {
        let opened_by = match change {
            Change::EpisodeOpened { by, .. } => *by,
            Change::ReopenedAnew { .. } => OpenedBy::Agent,
            _ => return None,
        };
        Some(Self {
            id: room.episode,
            number: room.episode_number,
            opened_at: at,
            opened_by,
            agent: room.agent(),
            team: room.team,
            first_human_reply_at: None,
            closed_at: None,
            outcome: None,
            unanswered: false,
            closed_by: None,
            comment: None,
            reason: None,
            was_critical: false,
            feedback_score: None,
            feedback_comment: None,
        })
    }

    fn take(&mut self, before: &Room, room: &Room, change: &Change, at: Timestamp) {
        match change {
            Change::MessageAdded(message) if message.author.is_person() && before.waiting_since.is_some() => {
                self.first_human_reply_at.get_or_insert(at);
            }
            Change::Entered { .. } | Change::Assigned { .. } => {
                self.agent = room.agent();
                self.team = room.team;
            }
            Change::HandedOff { .. } | Change::ReturnedToQueue { .. } => self.team = room.team,
            Change::MarkedCritical { .. } => self.was_critical = true,
            Change::Closed { outcome, by, comment, reason, .. } => {
                self.closed_at = Some(at);
                self.outcome = Some(*outcome);
                self.closed_by = Some(*by);
                self.comment.clone_from(comment);
                self.reason.clone_from(reason);
            }
            Change::Ended => {
                self.closed_at = Some(at);
                self.outcome = Some(Outcome::Resolved);
            }
            Change::Expired { unanswered } => {
                self.closed_at = Some(at);
                self.outcome = Some(Outcome::Expired);
                self.unanswered = *unanswered;
            }
            Change::OutcomeCorrected { outcome, comment, reason, .. } => {
                self.outcome = Some(*outcome);
                self.unanswered = false;
                self.comment = comment.clone().or_else(|| self.comment.take());
                self.reason = reason.clone().or_else(|| self.reason.take());
            }
            Change::Reopened { .. } => {
                self.go_on();
                self.agent = room.agent();
            }
            Change::Undone { .. } if before.is_archived() => self.go_on(),
            // What is undone is the mark of a moment ago.
            Change::Undone { .. } => self.was_critical = room.critical,
            Change::FeedbackGiven { score, comment, .. } => {
                self.feedback_score = Some(*score);
                self.feedback_comment.clone_from(comment);
            }
            _ => {}
        }
    }

    /// How it ended, as the console says it; "Open" while it goes on.
    #[must_use]
    pub const fn outcome_words(&self) -> &'static str {
        match (self.outcome, self.unanswered) {
            (None, _) => "Open",
            (Some(Outcome::Expired), true) => "Expired unanswered",
            (Some(outcome), _) => outcome.label(),
        }
    }

    /// As if it had not been closed.
    fn go_on(&mut self) {
        self.closed_at = None;
        self.outcome = None;
        self.unanswered = false;
        self.closed_by = None;
        self.comment = None;
        self.reason = None;
    }
}
