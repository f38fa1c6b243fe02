//! Asking "How did we do?": whether and how it can be asked, and how the answer is read on channels without a form.

use serde::{Deserialize, Serialize};

use crate::channel::{Channel, ChannelKind};
use crate::message::Choice;
use crate::refused::Refused;
use crate::room::{Room, Status};
use crate::template::{SentTemplate, Template, TemplateButton, TemplateName, TemplateValues};
use crate::timestamp::Timestamp;

/// What an admin decides about asking on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeedbackRule {
    /// Whoever resolves a chat asks, unless they decide otherwise.
    pub on_resolve: bool,
    /// Asks where the messaging window is closed.
    pub template: Option<Box<TemplateName>>,
}

impl Default for FeedbackRule {
    fn default() -> Self {
        Self { on_resolve: true, template: None }
    }
}

impl FeedbackRule {
    /// Whether a change to `status` asks when nobody decided otherwise.
    #[must_use]
    pub const fn asks(&self, status: Status) -> bool {
        self.on_resolve && matches!(status, Status::Resolve)
    }
}

/// How the customer is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way<'a> {
    /// In the policy's words.
    Question,
    /// With this template: the window is closed.
    Template(&'a TemplateName),
}

/// How the customer of `room` can be asked now.
///
/// # Errors
/// [`Refused::Blocked`], [`Refused::OptedOut`], or [`Refused::WindowClosed`] where the channel has no template for it.
pub fn way<'a>(room: &Room, channel: &'a Channel, now: Timestamp) -> Result<Way<'a>, Refused> {
    if room.blocked {
        return Err(Refused::Blocked);
    }
    if room.opted_out {
        return Err(Refused::OptedOut);
    }
    if room.window(now).is_open() {
        return Ok(Way::Question);
    }
    channel.feedback.template.as_deref().map(Way::Template).ok_or_else(|| Refused::open_window_closed(room.kind))
}

/// Whether a template may ask on channels of this kind: there are templates, a window that closes, and buttons that bring
/// back what we said with them. Those of Messenger's templates bring back what was approved.
#[must_use]
pub const fn has_template(kind: ChannelKind) -> bool {
    let capabilities = kind.capabilities();
    capabilities.templates && capabilities.window.is_some() && !matches!(kind, ChannelKind::Messenger)
}

/// `template` as the question, with nothing filled in. A pressed button comes back as a score: its own, if its words are
/// one, else by its place, from the best to the worst.
///
/// # Errors
/// As [`Template::fill`]: it is not approved, or has something to fill in.
pub fn ask_with(template: &Template) -> Result<SentTemplate, Refused> {
    let replies = template.buttons.iter().enumerate().filter_map(|(place, button)| match button {
        TemplateButton::Reply { title } => Some((place, title)),
        TemplateButton::Link { .. }
        | TemplateButton::Call { .. }
        | TemplateButton::Code { .. }
        | TemplateButton::Other { .. } => None,
    });
    let replies: Vec<_> = replies.collect();
    let worst = replies.len().saturating_sub(1).max(1);
    let buttons = replies.iter().enumerate().map(|(rank, (place, title))| {
        let by_rank = 5 - u8::try_from((4 * rank + worst / 2) / worst).unwrap_or(4);
        (*place, format!("feedback:{}", score(title).unwrap_or(by_rank)))
    });
    template.fill(TemplateValues { buttons: buttons.collect(), ..TemplateValues::default() }, None)
}

/// The answers offered where a form cannot be shown: good, fair, bad, as scores 5, 3 and 1.
#[must_use]
pub fn choices() -> Vec<Choice> {
    [("feedback:5", "Good"), ("feedback:3", "Okay"), ("feedback:1", "Bad")]
        .map(|(id, title)| Choice { id: id.into(), title: title.into() })
        .into()
}

/// The score in a picked answer or in a text that is nothing but one: "5", "👍", "👎".
#[must_use]
pub fn score(answer: &str) -> Option<u8> {
    match answer.trim().trim_start_matches("feedback:") {
        "1" | "👎" => Some(1),
        "2" => Some(2),
        "3" => Some(3),
        "4" => Some(4),
        "5" | "👍" => Some(5),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{ask_with, choices, score};
    use crate::template::{Template, TemplateButton, TemplateStatus};

    fn template(body: &str, titles: &[&str]) -> Template {
        let link = TemplateButton::Link { title: "Shop".into(), url: "https://acme.example".into() };
        let replies = titles.iter().map(|title| TemplateButton::Reply { title: (*title).into() });
        Template {
            id: "1".into(),
            name: "how".into(),
            language: "en".into(),
            category: "UTILITY".into(),
            status: TemplateStatus::Approved,
            header: None,
            body: body.into(),
            footer: None,
            buttons: [link].into_iter().chain(replies).collect(),
            named: false,
        }
    }

    #[test]
    fn a_templates_buttons_are_scores_from_the_best_to_the_worst_or_their_own() {
        for (titles, scores) in [
            (&[] as &[&str], &[] as &[u8]),
            (&["Well"], &[5]),
            (&["Well", "Badly"], &[5, 1]),
            (&["Good", "Okay", "Bad"], &[5, 3, 1]),
            (&["A", "B", "C", "D"], &[5, 4, 2, 1]),
            (&["A", "B", "C", "D", "E"], &[5, 4, 3, 2, 1]),
            (&["👎", "👍"], &[1, 5]),
            (&["1", "2", "3", "4", "5"], &[1, 2, 3, 4, 5]),
        ] {
            let sent = ask_with(&template("How was it?", titles)).expect("there is nothing to fill in");
            let read: Vec<_> = sent.values.buttons.iter().map(|(place, payload)| (*place, score(payload))).collect();
            let meant: Vec<_> = (1..).zip(scores.iter().map(|score| Some(*score))).collect();
            assert_eq!(read, meant, "{titles:?}");
        }
    }

    #[test]
    fn a_template_with_something_to_fill_in_or_that_is_not_approved_asks_nobody() {
        assert!(ask_with(&template("How was it, {{1}}?", &[])).is_err());
        let pending = Template { status: TemplateStatus::Pending, ..template("How was it?", &[]) };
        assert!(ask_with(&pending).is_err());
    }

    #[test]
    fn every_offered_answer_has_a_score() {
        assert!(choices().iter().all(|choice| score(&choice.id).is_some()));
    }

    #[test]
    fn a_sentence_is_not_a_score() {
        assert_eq!(score("5 minutes late again"), None);
        assert_eq!(score(" 4 "), Some(4));
    }
}
