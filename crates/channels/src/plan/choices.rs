//! A question with answers: buttons where they fit, else a list, else numbered text.

use std::collections::HashSet;

use domain::channel::Capabilities;
use domain::message::Choice;

use super::{Limits, split, texts};
use crate::outbound::Piece;

pub(super) fn pieces(limits: &Limits, text: &str, choices: &[Choice]) -> Vec<Piece> {
    if choices.is_empty() {
        return texts(limits, text);
    }
    let Some(question) = native(limits, choices) else {
        return texts(limits, &numbered(text, choices));
    };
    let body_max = limits.capabilities.choices.map_or(0, |choices| choices.body_max);
    let (lead, body) = lead_and_body(text, limits, body_max);
    let choices = choices.to_vec();
    let question = match question {
        Native::Buttons => Piece::Buttons { text: body, choices },
        Native::List => Piece::List { text: body, choices },
    };
    lead.into_iter().map(Piece::Text).chain([question]).collect()
}

enum Native {
    Buttons,
    List,
}

/// How the channel itself can show these choices; `None` when it would refuse them.
fn native(limits: &Limits, choices: &[Choice]) -> Option<Native> {
    let room = limits.capabilities.choices?;
    let fit = |title_max: usize| choices.iter().all(|choice| is_title(&choice.title, title_max));
    let ids_fit = choices.iter().all(|choice| is_id(&choice.id, limits.choice_id_max));
    if !ids_fit || !all_differ(choices.iter().map(|choice| &choice.id)) {
        return None;
    }
    if !all_differ(choices.iter().map(|choice| &choice.title)) {
        return None;
    }
    if choices.len() <= room.buttons && fit(room.title_max) {
        return Some(Native::Buttons);
    }
    (choices.len() <= room.rows && fit(limits.row_title_max)).then_some(Native::List)
}

fn is_title(title: &str, max: usize) -> bool {
    !title.trim().is_empty() && title.chars().count() <= max
}

fn is_id(id: &str, max: usize) -> bool {
    !id.is_empty() && id.trim() == id && id.len() <= max
}

fn all_differ<'a>(words: impl Iterator<Item = &'a String>) -> bool {
    let mut seen = HashSet::new();
    words.into_iter().all(|word| seen.insert(word.trim()))
}

/// The question and its answers as one text; whoever reads the reply accepts the number or the words.
pub(crate) fn numbered(text: &str, choices: &[Choice]) -> String {
    let lines = (1..).zip(choices).map(|(number, choice)| format!("\n{number}. {}", choice.title.trim()));
    format!("{text}\n{}", lines.collect::<String>())
}

/// What does not fit above the choices goes ahead as texts of its own.
fn lead_and_body(text: &str, limits: &Limits, body_max: usize) -> (Vec<String>, String) {
    let Capabilities { text_max, text_unit, .. } = limits.capabilities;
    let mut lead: Vec<String> = split(text, text_max, text_unit).into_iter().map(str::to_owned).collect();
    let last = lead.pop().unwrap_or_default();
    let mut ends = split(&last, body_max, text_unit);
    let body = ends.pop().unwrap_or_default().to_owned();
    lead.extend(Some(ends.concat()).filter(|end| !end.is_empty()));
    (lead, body)
}
