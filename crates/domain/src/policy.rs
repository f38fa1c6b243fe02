//! The installation's choices where the product leaves one; the defaults are lifecycle law.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::message::{checked, storable};
use crate::refused::Refused;
use crate::room::Status;
use crate::timestamp::{hours, minutes};

/// Which Live rooms an agent sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentsSeeLive {
    None,
    /// Rooms that wait in the queue of one of their teams.
    #[default]
    QueueOfMyTeams,
    All,
}

impl AgentsSeeLive {
    pub const ALL: [Self; 3] = [Self::None, Self::QueueOfMyTeams, Self::All];

    /// The choice as people read it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::QueueOfMyTeams => "Those in the queue of their teams",
            Self::All => "All",
        }
    }
}

/// Settings that rules ask. One per installation, stored as one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    pub agents_see_live: AgentsSeeLive,
    /// Agents see Assigned rooms of their whole team, not only their own.
    pub agents_see_team: bool,
    pub agents_may_enter_bot: bool,
    pub agents_may_reassign: bool,
    /// Resolving a critical room needs a team manager or an admin.
    pub resolve_critical_needs_manager: bool,
    pub never_expire_critical: bool,
    pub never_expire_waiting_on_agent: bool,
    /// New rooms go to an available person at once.
    pub auto_assign: bool,
    /// Who writes again within [`STICKY`] of the end of their chat is back with whoever held it.
    pub sticky_agent: bool,
    pub agents_may_send_templates: bool,
    /// How long a room that a template won back goes to nobody else by itself than to whoever sent it; `None` for not at
    /// all.
    pub sender_minutes: Option<u16>,
    /// How long somebody may let the customer of a room of theirs wait before it goes back to the queue; `None` for ever.
    pub answer_minutes: Option<u16>,
    /// How long after [`GRACE`] the rooms that wait for somebody who is gone go back to the queue; `None` for never.
    pub disconnect_minutes: Option<u16>,
    pub feedback_question: String,
    /// Nobody resolves a chat without a comment.
    pub comment_on_resolve: bool,
    pub comment_on_abandon: bool,
    pub comment_on_critical: bool,
    /// Why chats are closed, for whoever closes one to choose from; without any, nobody is asked.
    pub reasons: Vec<String>,
    /// What a customer who comes to the queue is told once an episode when nobody is here; nothing when it is empty.
    pub away_text: String,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            agents_see_live: AgentsSeeLive::default(),
            agents_see_team: false,
            agents_may_enter_bot: false,
            agents_may_reassign: true,
            resolve_critical_needs_manager: false,
            never_expire_critical: false,
            never_expire_waiting_on_agent: false,
            auto_assign: true,
            sticky_agent: false,
            agents_may_send_templates: true,
            sender_minutes: Some(2),
            answer_minutes: None,
            disconnect_minutes: Some(10),
            feedback_question: "How did we do?".into(),
            comment_on_resolve: false,
            comment_on_abandon: false,
            comment_on_critical: false,
            reasons: Vec::new(),
            away_text: "Thank you for your message. Nobody is here right now; we will answer as soon as we are back."
                .into(),
        }
    }
}

impl Policy {
    /// The policy, if all of it can be meant.
    ///
    /// # Errors
    /// The first of [`Policy::problems`].
    pub fn check(self) -> Result<Self, Refused> {
        match self.problems().into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(Self {
                feedback_question: storable(&self.feedback_question).trim().into(),
                reasons: self.reasons.iter().map(|reason| storable(reason).trim().into()).collect(),
                away_text: storable(&self.away_text).trim().into(),
                ..self
            }),
        }
    }

    /// Everything in it that cannot be meant, each under the name of its field: a time that is not from one minute to a
    /// day, a question that is empty, words that are too long, reasons that are too many or the same.
    #[must_use]
    pub fn problems(&self) -> Vec<Refused> {
        let is_silent = storable(&self.away_text).trim().is_empty();
        let problems = [
            check_timer(SENDER_TIME, self.sender_minutes).err(),
            check_timer(ANSWER_TIME, self.answer_minutes).err(),
            check_timer(DISCONNECT_TIME, self.disconnect_minutes).err(),
            checked(FEEDBACK_QUESTION, &self.feedback_question, FEEDBACK_MAX).err(),
            check_reasons(&self.reasons).err(),
            if is_silent { None } else { checked(AWAY_LINE, &self.away_text, AWAY_MAX).err() },
        ];
        problems.into_iter().flatten().collect()
    }

    /// Whether whoever gives a chat this status has to say something about it.
    #[must_use]
    pub const fn needs_comment(&self, status: Status) -> bool {
        match status {
            Status::Resolve => self.comment_on_resolve,
            Status::Abandon => self.comment_on_abandon,
            Status::Critical => self.comment_on_critical,
            Status::ClearCritical => false,
        }
    }
}

fn check_timer(field: &str, minutes: Option<u16>) -> Result<(), Refused> {
    if minutes.is_none_or(|minutes| (1..=TIMER_MAX).contains(&minutes)) {
        Ok(())
    } else {
        Err(Refused::invalid(field, "must be from 1 minute to 24 hours, or off"))
    }
}

fn check_reasons(reasons: &[String]) -> Result<(), Refused> {
    if reasons.len() > REASONS_MAX {
        return Err(Refused::invalid(REASONS, &format!("are more than {REASONS_MAX}: nobody finds one among them")));
    }
    for (place, reason) in reasons.iter().enumerate() {
        let reason = checked("reason", reason, REASON_MAX).map_err(|refused| match refused {
            Refused::Empty { .. } => Refused::invalid(REASONS, "have one without words"),
            _ => Refused::invalid(REASONS, &format!("have one of more than {REASON_MAX} characters")),
        })?;
        if reasons.iter().take(place).any(|other| storable(other).trim() == reason) {
            return Err(Refused::invalid(REASONS, &format!("have “{reason}” twice")));
        }
    }
    Ok(())
}

/// The fields that can be filled in wrongly, as a refusal names them.
pub const SENDER_TIME: &str = "sender time";
pub const ANSWER_TIME: &str = "answer time";
pub const DISCONNECT_TIME: &str = "disconnect time";
pub const FEEDBACK_QUESTION: &str = "feedback question";
pub const AWAY_LINE: &str = "away line";
pub const REASONS: &str = "reasons";

/// A room in which it has been the customer's turn for this long takes nothing of its holder's capacity.
pub const FREES_SLOT: Duration = minutes(10);

/// Whoever held a room until this long ago may get it back when its customer writes again.
pub const STICKY: Duration = minutes(30);

/// The longest feedback question, in characters: with its answers, every channel carries it in one piece in every alphabet.
pub const FEEDBACK_MAX: usize = 240;

/// How many reasons for closing a chat there can be.
pub const REASONS_MAX: usize = 20;

/// The longest of them, in characters.
pub const REASON_MAX: usize = 60;

/// The longest away line, in characters. Instagram counts bytes, so that a long one in another alphabet than English is cut
/// into pieces there; every other channel carries it in one.
pub const AWAY_MAX: usize = 1_000;

/// The longest time before a room goes back to the queue, in minutes.
pub const TIMER_MAX: u16 = 24 * 60;

/// Somebody whose console was not heard of for less than this counts as still there: a page is loading again, a train is
/// in a tunnel.
pub const GRACE: Duration = Duration::from_secs(90);

/// How long a status change can be taken back, and how long its feedback message waits.
pub const UNDO: Duration = Duration::from_secs(10);

/// A room that was asked for is asked for again after this long, and the holder is shown the question for as long.
pub const ASK_AGAIN: Duration = minutes(1);

/// A room nobody addresses for this long expires, unless its channel says otherwise.
pub const EXPIRY: Duration = hours(24);

/// An episode reopened within this long of its end continues instead of a new one beginning.
pub const SAME_EPISODE: Duration = minutes(60);

/// A room is put off by at most this long.
pub const SNOOZE_MAX: Duration = hours(30 * 24);

/// A feedback answer counts for this long.
pub const FEEDBACK_OPEN: Duration = hours(7 * 24);

/// The unsent words of somebody who left are kept for admins for this long.
pub const DRAFTS_KEPT: Duration = hours(7 * 24);

/// The longest comment of a status change, in characters.
pub const COMMENT_MAX: usize = 2_000;
