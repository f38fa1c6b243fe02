//! The words for what happened in a room.

use domain::change::{Actor, Change, HandOffReason, ReturnReason};
use domain::desk::Desk;
use domain::episode::{OpenedBy, Outcome};
use domain::id::PersonId;

/// The icon and the words of a thin line; `customer` is the customer's name.
#[must_use]
pub fn line_words(change: &Change, desk: &Desk, customer: &str) -> (&'static str, String) {
    let who = |person: PersonId| if person == desk.me.id { "You".to_owned() } else { desk.name_of(person).to_owned() };
    let whom = |person: PersonId| if person == desk.me.id { "you".to_owned() } else { desk.name_of(person).to_owned() };
    match change {
        Change::EpisodeOpened { number: 1, .. } => ("rooms", "The conversation began".into()),
        Change::EpisodeOpened { number, by, .. } => ("rooms", opened_words(*number, *by, customer)),
        Change::HandedOff { reason, team } => ("bot", with_team(hand_off_words(reason, customer), *team, desk)),
        Change::Entered { by } => ("enter", format!("{} entered the chat", who(*by))),
        Change::Assigned { to, by, note, stays, team } => {
            let words = match by {
                Actor::Person(person) if person == to => format!("{} took the chat over", who(*to)),
                Actor::Person(person) => format!("{} assigned the chat to {}", who(*person), whom(*to)),
                Actor::Customer | Actor::Bot | Actor::Switchboard => {
                    format!("Assigned to {} automatically", whom(*to))
                }
            };
            let words = if *stays { format!("{words}, staying in it") } else { words };
            ("person", quoted(with_team(words, *team, desk), note.as_deref()))
        }
        Change::ReturnedToQueue { by, team, reason } => {
            ("queue", with_team(returned_words(*by, *reason, who), *team, desk))
        }
        Change::ReturnedToBot { by } => ("bot", format!("{} returned the chat to the bot", who(*by))),
        Change::MarkedCritical { by, comment, .. } => {
            ("flag", quoted(format!("{} marked the chat critical", who(*by)), comment.as_deref()))
        }
        Change::ClearedCritical { by, comment } => {
            ("flag", quoted(format!("{} cleared critical", who(*by)), comment.as_deref()))
        }
        Change::Closed { outcome, by, comment, reason, .. } => {
            let reason = reason_words(reason.as_deref());
            let words = format!("{} {} the chat{reason}", who(*by), outcome.label().to_ascii_lowercase());
            ("check", quoted(words, comment.as_deref()))
        }
        Change::Ended => ("bot", "The bot ended the chat".into()),
        Change::Expired { unanswered: true } => ("clock", "The chat expired unanswered".into()),
        Change::Expired { unanswered: false } => ("clock", "The chat expired".into()),
        Change::Invited { by, .. } => ("send", format!("{} began the conversation", who(*by))),
        Change::Restored { by } => ("refresh", format!("{customer} answered the template that {} sent", whom(*by))),
        Change::Reopened { by } => ("refresh", format!("{} reopened the chat", who(*by))),
        Change::ReopenedAnew { by, number, .. } => {
            ("refresh", format!("{} reopened the chat as case {number}", who(*by)))
        }
        Change::Snoozed { by, .. } => ("clock", format!("{} snoozed the chat", who(*by))),
        Change::Woken { by } => match by.person() {
            Some(person) => ("clock", format!("{} woke the chat", who(person))),
            None => ("clock", "The chat woke up".into()),
        },
        Change::Undone { by, .. } => ("undo", format!("{} took the status change back", who(*by))),
        Change::OutcomeCorrected { by, outcome, comment, reason } => {
            let reason = reason_words(reason.as_deref());
            let outcome = outcome.label().to_ascii_lowercase();
            let words = format!("{} corrected the outcome to {outcome}{reason}", who(*by));
            ("check", quoted(words, comment.as_deref()))
        }
        Change::Joined { person } => ("people", format!("{} joined", who(*person))),
        Change::BroughtIn { person, by } => ("people", format!("{} brought in {}", who(*by), who(*person))),
        Change::Left { person } => ("leave", format!("{} left", who(*person))),
        Change::TakeOverRequested { by } => ("enter", format!("{} asked to take over", who(*by))),
        Change::TakeOverDeclined { by, to } => {
            ("people", format!("{} kept the chat that {} asked for", who(*by), whom(*to)))
        }
        Change::CustomerBlocked { by } => match by.person() {
            Some(person) => ("block", format!("{} blocked the customer: what they write is dropped", who(person))),
            None => ("block", "The customer turned out to be one who is blocked: what they write is dropped".into()),
        },
        Change::CustomerUnblocked { by } => match by.person() {
            Some(person) => ("block", format!("{} unblocked the customer", who(person))),
            None => ("block", "The customer was unblocked".into()),
        },
        Change::ContactLinked { by, contact } => ("person", format!("{} linked the customer to {contact}", who(*by))),
        Change::ContactsMerged { by, kept, merged } => ("person", format!("{} merged {merged} into {kept}", who(*by))),
        Change::ContactDeleted { by, contact } => ("person", format!("{} deleted the contact {contact}", who(*by))),
        Change::FeedbackGiven { score, comment, .. } => {
            ("star", quoted(format!("{customer} gave {score} of 5"), comment.as_deref()))
        }
        Change::Unread => ("refresh", "Something that only a newer version of Switchboard can show".into()),
        // None of these stands in a transcript.
        Change::MessageAdded(_)
        | Change::NoteAdded(_)
        | Change::DeliveryChanged { .. }
        | Change::RestoreFailed
        | Change::MessageEdited { .. }
        | Change::MessageDeleted { .. }
        | Change::PartDeleted { .. }
        | Change::Reacted { .. }
        | Change::AlbumGrew { .. }
        | Change::FileArrived { .. }
        | Change::CustomerChanged { .. }
        | Change::PictureArrived { .. }
        | Change::FieldsCollected { .. }
        | Change::Seen { .. }
        | Change::PersonChanged(_)
        | Change::TeamChanged(_)
        | Change::ChannelChanged(_)
        | Change::PolicyChanged(_) => ("rooms", String::new()),
    }
}

/// The tone and the word of the chip at the end of an episode, who ended it, and their comment.
#[must_use]
pub fn end_words(change: &Change, desk: &Desk) -> ((&'static str, &'static str), String) {
    match change {
        Change::Closed { outcome, by, comment, reason, .. } => {
            let who = if *by == desk.me.id { "by you" } else { &format!("by {}", desk.name_of(*by)) };
            let comment = comment.as_ref().map(|comment| format!(" · “{comment}”")).unwrap_or_default();
            (outcome_chip(*outcome, false), format!(" {who}{}{comment}", reason_words(reason.as_deref())))
        }
        Change::Ended => (outcome_chip(Outcome::Resolved, false), " by the bot".into()),
        Change::Expired { unanswered } => (outcome_chip(Outcome::Expired, *unanswered), String::new()),
        _ => (("plain", "Ended"), String::new()),
    }
}

/// The tone and the word for an outcome.
#[must_use]
pub const fn outcome_chip(outcome: Outcome, unanswered: bool) -> (&'static str, &'static str) {
    match (outcome, unanswered) {
        (Outcome::Resolved, _) => ("good", "Resolved"),
        (Outcome::Abandoned, _) => ("plain", "Abandoned"),
        (Outcome::Expired, true) => ("bad", "Expired unanswered"),
        (Outcome::Expired, false) => ("plain", "Expired"),
    }
}

fn opened_words(number: u32, by: OpenedBy, customer: &str) -> String {
    match by {
        OpenedBy::Customer => format!("Case {number} began: {customer} wrote again"),
        OpenedBy::TemplateReply => format!("Case {number} began: {customer} answered the template"),
        OpenedBy::Agent => format!("Case {number} began"),
    }
}

fn hand_off_words(reason: &HandOffReason, customer: &str) -> String {
    match reason {
        HandOffReason::Asked => format!("{customer} asked for a person"),
        HandOffReason::Flow(Some(words)) => format!("The bot handed over: “{words}”"),
        HandOffReason::Flow(None) => "The bot handed over".into(),
        HandOffReason::GaveUp => "The bot did not understand and handed over".into(),
        HandOffReason::BotError => "The bot failed and handed over".into(),
    }
}

fn returned_words(by: Actor, reason: ReturnReason, who: impl Fn(PersonId) -> String) -> String {
    match reason {
        ReturnReason::Given => match by.person() {
            Some(person) => format!("{} returned the chat to the queue", who(person)),
            None => "The chat went back to the queue".into(),
        },
        ReturnReason::Unanswered(person) => format!("{} did not answer in time: back to the queue", who(person)),
        ReturnReason::Disconnected(person) => format!("{} lost the connection: back to the queue", who(person)),
        ReturnReason::WentOffline(person) => format!("{} went offline: back to the queue", who(person)),
        ReturnReason::Released(person) => format!("{} may no longer hold the chat: back to the queue", who(person)),
    }
}

fn with_team(words: String, team: Option<domain::id::TeamId>, desk: &Desk) -> String {
    match team.and_then(|team| desk.teams.get(&team)) {
        Some(team) => format!("{words} · {}", team.name),
        None => words,
    }
}

fn reason_words(reason: Option<&str>) -> String {
    reason.map(|reason| format!(" · {reason}")).unwrap_or_default()
}

fn quoted(words: String, comment: Option<&str>) -> String {
    match comment {
        Some(comment) => format!("{words}: “{comment}”"),
        None => words,
    }
}
