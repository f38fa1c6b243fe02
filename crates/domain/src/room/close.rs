//! How an episode ends and begins again: status, expiry, undo, reopening (T9 to T13, T15, T18).

use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::channel::Channel;
use crate::episode::Outcome;
use crate::feedback;
use crate::id::EpisodeId;
use crate::message::checked;
use crate::permission;
use crate::person::Person;
use crate::policy::{COMMENT_MAX, Policy, SAME_EPISODE, UNDO};
use crate::refused::Refused;
use crate::room::hold::visible;
use crate::room::{Room, State};
use crate::timestamp::Timestamp;

/// What the Update status dialog can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Resolve,
    Abandon,
    Critical,
    ClearCritical,
}

impl Status {
    /// The words on the dialog's button.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::Resolve => "Resolve chat",
            Self::Abandon => "Abandon chat",
            Self::Critical => "Mark critical",
            Self::ClearCritical => "Clear critical",
        }
    }

    /// Whether the chat is archived by it.
    #[must_use]
    pub const fn closes(self) -> bool {
        match self {
            Self::Resolve | Self::Abandon => true,
            Self::Critical | Self::ClearCritical => false,
        }
    }

    const fn purpose(self) -> &'static str {
        match self {
            Self::Resolve => "resolve a chat",
            Self::Abandon => "abandon a chat",
            Self::Critical => "mark a chat critical",
            Self::ClearCritical => "clear critical",
        }
    }
}

/// The dialog's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusUpdate {
    pub status: Status,
    /// For the team; never sent to the customer.
    pub comment: Option<String>,
    /// Why it is closed: one of the policy's reasons.
    #[serde(default)]
    pub reason: Option<String>,
    /// Send a feedback message after the undo delay.
    pub feedback: bool,
    /// How many of the customer's messages were on the screen; a newer one asks to look again before closing.
    pub seen_messages: u32,
}

/// T9 to T12.
///
/// # Errors
/// [`Refused::Archived`], [`Refused::Already`], a comment over [`COMMENT_MAX`] characters or one that the policy asks for
/// and that is missing, a reason that is none of the policy's, feedback that cannot be asked for ([`feedback::way`]), or no
/// permission.
pub fn update_status(
    room: &Room,
    me: &Person,
    update: &StatusUpdate,
    channel: &Channel,
    policy: &Policy,
    now: Timestamp,
) -> Result<Change, Refused> {
    visible(room, me, policy)?;
    if !permission::may_update_status(me, room) {
        return Err(Refused::not_allowed("change the status of this chat"));
    }
    if room.is_archived() {
        return Err(Refused::Archived);
    }
    let comment = check_comment(update.comment.as_deref(), update.status, policy)?;
    let reason = check_reason(update.reason.as_deref().filter(|_| update.status.closes()), policy)?;
    if update.feedback {
        feedback::way(room, channel, now)?;
    }
    let closing = update.status.closes();
    if closing && !permission::may_close(me, policy, room) {
        return Err(Refused::not_allowed("close a critical chat"));
    }
    if closing && room.customer_messages > update.seen_messages {
        return Err(Refused::NewMessage);
    }
    let (by, feedback) = (me.id, update.feedback);
    match update.status {
        Status::Resolve => Ok(Change::Closed { outcome: Outcome::Resolved, by, comment, reason, feedback }),
        Status::Abandon => Ok(Change::Closed { outcome: Outcome::Abandoned, by, comment, reason, feedback }),
        Status::Critical if room.critical => Err(Refused::Already { what: "critical".into() }),
        Status::Critical => Ok(Change::MarkedCritical { by, comment, feedback }),
        Status::ClearCritical => clear_critical(room, me, comment),
    }
}

/// The comment as it is kept; none where there are no words.
///
/// # Errors
/// It has more than [`COMMENT_MAX`] characters, or the policy asks for one and there is none.
pub fn check_comment(comment: Option<&str>, status: Status, policy: &Policy) -> Result<Option<String>, Refused> {
    let comment = comment.filter(|text| !text.trim().is_empty());
    if comment.is_none() && policy.needs_comment(status) {
        let purpose = status.purpose();
        return Err(Refused::invalid("comment", &format!("is missing: nobody may {purpose} without one")));
    }
    comment.map(|text| checked("comment", text, COMMENT_MAX)).transpose()
}

/// Why an episode is closed; only what closes one has a reason.
fn check_reason(reason: Option<&str>, policy: &Policy) -> Result<Option<String>, Refused> {
    let Some(reason) = reason else { return Ok(None) };
    if policy.reasons.iter().any(|known| known == reason) {
        Ok(Some(reason.into()))
    } else {
        Err(Refused::invalid("reason", "is not among those to choose from any more"))
    }
}

/// T10.
///
/// # Errors
/// [`Refused::Already`] when it is not critical.
pub fn clear_critical(room: &Room, me: &Person, comment: Option<String>) -> Result<Change, Refused> {
    if room.critical {
        Ok(Change::ClearedCritical { by: me.id, comment })
    } else {
        Err(Refused::Already { what: "not critical".into() })
    }
}

/// Whether the sweeper should expire the room now.
#[must_use]
pub fn is_due_to_expire(room: &Room, policy: &Policy, now: Timestamp) -> bool {
    !is_spared(room, policy) && room.expires_at().is_some_and(|at| now >= at)
}

/// Whether the policy lets the room stand, however long nobody addresses it. Who is with the bot waits for no agent.
pub(super) fn is_spared(room: &Room, policy: &Policy) -> bool {
    (policy.never_expire_critical && room.critical)
        || (policy.never_expire_waiting_on_agent && room.waiting_since.is_some() && !room.is_with_bot())
}

/// T13. `None` when the room is not due any more.
#[must_use]
pub fn expire(room: &Room, policy: &Policy, now: Timestamp) -> Option<Change> {
    is_due_to_expire(room, policy, now).then_some(Change::Expired { unanswered: room.waiting_since.is_some() })
}

/// T15: within [`SAME_EPISODE`] of a person's closing the same episode goes on, later `fresh` begins, by the rules that
/// `channel` has now.
///
/// # Errors
/// [`Refused::NotArchived`], [`Refused::WindowClosed`], or no permission.
pub fn reopen(
    room: &Room,
    me: &Person,
    channel: &Channel,
    fresh: EpisodeId,
    policy: &Policy,
    now: Timestamp,
) -> Result<Change, Refused> {
    visible(room, me, policy)?;
    let State::Archived { outcome, at, .. } = room.state else {
        return Err(Refused::NotArchived);
    };
    if !permission::may_reopen(me, room) {
        return Err(Refused::not_allowed("reopen this room"));
    }
    if !room.window(now).is_open_to_people() {
        return Err(Refused::window_closed(room.kind));
    }
    if outcome != Outcome::Expired && now.since(at) < SAME_EPISODE {
        return Ok(Change::Reopened { by: me.id });
    }
    let (number, expires_after_millis) = (room.episode_number + 1, channel.expires_after_millis);
    Ok(Change::ReopenedAnew { by: me.id, episode: fresh, number, expires_after_millis })
}

/// T18: takes back the last status change, which `me` made at `at` in the room as it was `before`.
///
/// # Errors
/// [`Refused::TooLateToUndo`] after [`UNDO`], for another person, or when the room changed since.
pub fn undo(room: &Room, me: &Person, before: &Room, at: Timestamp, now: Timestamp) -> Result<Change, Refused> {
    // Nothing stands in the transcript after the status change: neither words nor another change of the room. Receipts
    // leave no entry, and a message that was read meanwhile keeps nobody from undoing.
    let untouched = room.last_position == before.last_position + 1;
    let is_mine = match room.state {
        State::Archived { by, .. } => by == Some(me.id),
        State::Live { .. } | State::Assigned { .. } => room.critical != before.critical,
    };
    if me.active && untouched && is_mine && now.since(at) <= UNDO {
        Ok(Change::Undone { by: me.id, before: Box::new(before.clone()) })
    } else {
        Err(Refused::TooLateToUndo)
    }
}

/// The outcome that an archived room's present one can be corrected to: somebody closed it by the wrong word.
#[must_use]
pub const fn other_outcome(room: &Room) -> Option<Outcome> {
    match room.state {
        State::Archived { outcome: Outcome::Resolved, .. } => Some(Outcome::Abandoned),
        State::Archived { outcome: Outcome::Abandoned, .. } => Some(Outcome::Resolved),
        State::Archived { outcome: Outcome::Expired, .. } | State::Live { .. } | State::Assigned { .. } => None,
    }
}

/// Puts the outcome of an archived episode right: resolved for abandoned or the other way round. A comment and a reason take
/// the place of those that it was closed with; without them, those stand.
///
/// # Errors
/// [`Refused::NotArchived`], [`Refused::Already`], a comment or a reason as [`update_status`] refuses them, or no permission.
pub fn correct_outcome(
    room: &Room,
    me: &Person,
    outcome: Outcome,
    comment: Option<&str>,
    reason: Option<&str>,
    policy: &Policy,
) -> Result<Change, Refused> {
    visible(room, me, policy)?;
    let State::Archived { outcome: present, .. } = room.state else {
        return Err(Refused::NotArchived);
    };
    if !permission::may_correct_outcome(me, room) {
        return Err(Refused::not_allowed("correct an outcome"));
    }
    let status = closing_status(outcome).ok_or_else(|| Refused::invalid("outcome", "must be resolved or abandoned"))?;
    if present == outcome {
        return Err(Refused::Already { what: outcome.label().to_ascii_lowercase() });
    }
    let comment = check_comment(comment, status, policy)?;
    let reason = check_reason(reason, policy)?;
    Ok(Change::OutcomeCorrected { by: me.id, outcome, comment, reason })
}

/// What somebody says who closes an episode with this outcome; nobody closes one as expired.
#[must_use]
pub const fn closing_status(outcome: Outcome) -> Option<Status> {
    match outcome {
        Outcome::Resolved => Some(Status::Resolve),
        Outcome::Abandoned => Some(Status::Abandon),
        Outcome::Expired => None,
    }
}
