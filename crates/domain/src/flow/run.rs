//! The machine that runs a flow: what the customer said goes in, what the bot does and where it stands come out.

use serde::{Deserialize, Serialize};

use crate::change::HandOffReason;
use crate::flow::answer::{Check, picked};
use crate::flow::words::{fold, says};
use crate::flow::{Flow, Step};
use crate::message::{Choice, Content};
use crate::timestamp::Timestamp;

/// Where a bot stands with one customer. Saved with each turn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The step that waits for the customer; `None` once the flow ended or handed off.
    pub step: Option<String>,
    /// How many answers in a row were not understood.
    pub misses: u8,
    /// What the customer told, by field, in the order it was told.
    pub fields: Vec<(String, String)>,
}

impl Run {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// What was collected, as a colleague reads it: "order: 48-2210, wants: Where is my order".
    fn summary(&self) -> Option<String> {
        const VALUE_MAX: usize = 120;
        let told = self.fields.iter().map(|(field, value)| {
            let value: String = value.chars().take(VALUE_MAX).collect();
            format!("{}: {value}", field.replace('_', " "))
        });
        let summary = told.collect::<Vec<_>>().join(", ");
        (!summary.is_empty()).then_some(summary)
    }
}

/// The id of the answer that asks for a person, which some messengers have a button of their own for.
pub const PERSON: &str = "switchboard:person";

/// What the customer said, as far as a bot can read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard<'a> {
    Text(&'a str),
    Picked {
        id: &'a str,
        title: &'a str,
    },
    /// A picture, a sticker, anything without words.
    Other,
}

impl<'a> Heard<'a> {
    /// What a bot hears in a message.
    #[must_use]
    pub fn of(content: &'a Content) -> Self {
        match content {
            Content::Text(text) => Self::Text(text),
            Content::Picked { id, title } => Self::Picked { id, title },
            // The words beside a picture are words.
            Content::Files { text, .. } if !text.is_empty() => Self::Text(text),
            Content::Files { .. }
            | Content::Choices { .. }
            | Content::Place(_)
            | Content::Cards(_)
            | Content::Order(_)
            | Content::Shared { .. }
            | Content::Template(_)
            | Content::FeedbackRequest { .. }
            | Content::FeedbackAnswer { .. }
            | Content::Deleted
            | Content::Unsupported { .. } => Self::Other,
        }
    }

    const fn words(self) -> &'a str {
        match self {
            Self::Text(words) | Self::Picked { title: words, .. } => words,
            Self::Other => "",
        }
    }
}

/// One thing the bot does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doing {
    Say(Content),
    /// Keeps these fields with the customer.
    Collected(Vec<(String, String)>),
    /// Puts this tag on the customer.
    Tagged(String),
    /// Gives the room to the team of this name, or to the channel's own. The last thing of a run.
    HandOff {
        reason: HandOffReason,
        team: Option<String>,
    },
    /// The customer has what they came for. The last thing of a run.
    End,
}

/// What the bot does now, in order, and where it stands afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    pub run: Run,
    pub does: Vec<Doing>,
}

/// Begins the flow, for a customer whose first words were `heard`.
#[must_use]
pub fn begin(flow: &Flow, heard: Heard<'_>, now: Timestamp) -> Turn {
    let mut walk = Walk { flow, now, run: Run::default(), does: Vec::new() };
    if walk.asks_for_a_person(heard) {
        walk.hand_to_a_person(HandOffReason::Asked);
    } else {
        if let Some(greeting) = &flow.0.greeting {
            walk.say(greeting);
        }
        walk.go(&flow.0.start);
    }
    walk.into_turn()
}

/// Goes on from where `run` waits. A run that is over, or waits at a step the flow no longer has, begins again.
#[must_use]
pub fn answer(flow: &Flow, run: Run, heard: Heard<'_>, now: Timestamp) -> Turn {
    let waits_at = run.step.as_deref().and_then(|name| flow.step(name)).filter(|step| step.waits());
    let Some(step) = waits_at else { return begin(flow, heard, now) };
    let mut walk = Walk { flow, now, run, does: Vec::new() };
    // A title may hold the very words that ask for a person: what is on offer comes first.
    if let Some(pick) = step.pick(heard) {
        walk.take(pick);
    } else if walk.asks_for_a_person(heard) {
        walk.hand_to_a_person(HandOffReason::Asked);
    } else if let Some(told) = step.told(heard) {
        walk.take(told);
    } else {
        walk.miss(step);
    }
    walk.into_turn()
}

/// An answer that was understood: what to keep and where to go.
struct Understood<'a> {
    keep: Option<(&'a str, String)>,
    next: &'a str,
}

impl Step {
    /// Whether it waits for the customer.
    pub(super) const fn waits(&self) -> bool {
        matches!(self, Self::Ask { .. } | Self::Collect { .. })
    }

    /// The answer among the offered ones.
    fn pick(&self, heard: Heard<'_>) -> Option<Understood<'_>> {
        match self {
            Self::Ask { field, choices, .. } => {
                let offers = choices.iter().map(|way| (way.id.as_str(), way.title.as_str()));
                let way = choices.get(picked(heard, offers)?)?;
                let keep = field.as_deref().map(|field| (field, way.title.clone()));
                Some(Understood { keep, next: &way.next })
            }
            Self::Collect { check: Check::OneOf(_), .. } => self.told(heard),
            Self::Collect { .. }
            | Self::Say { .. }
            | Self::Branch { .. }
            | Self::Hours { .. }
            | Self::Set { .. }
            | Self::HandOff { .. }
            | Self::End { .. } => None,
        }
    }

    /// The collected value, if the answer passes.
    fn told(&self, heard: Heard<'_>) -> Option<Understood<'_>> {
        let Self::Collect { field, check, max_length, next, .. } = self else { return None };
        let value = check.value(heard, *max_length)?;
        Some(Understood { keep: Some((field, value)), next })
    }
}

/// One turn while it is made.
struct Walk<'a> {
    flow: &'a Flow,
    now: Timestamp,
    run: Run,
    does: Vec<Doing>,
}

impl<'a> Walk<'a> {
    fn asks_for_a_person(&self, heard: Heard<'_>) -> bool {
        if matches!(heard, Heard::Picked { id: PERSON, .. }) {
            return true;
        }
        let words = fold(heard.words());
        self.flow.0.person_words.iter().any(|phrase| says(&words, &fold(phrase)))
    }

    fn take(&mut self, understood: Understood<'a>) {
        self.run.misses = 0;
        if let Some((field, value)) = understood.keep {
            self.keep(vec![(field.into(), value)]);
        }
        self.go(understood.next);
    }

    /// Goes through the steps that do not wait. It comes to an end: the check found no circle among them.
    fn go(&mut self, name: &'a str) {
        let mut name = name;
        while let Some(step) = self.flow.step(name) {
            name = match step {
                Step::Ask { text, .. } | Step::Collect { text, .. } => {
                    self.question(step, text);
                    self.run.step = Some(name.into());
                    return;
                }
                Step::Say { text, next } => {
                    self.say(text);
                    next
                }
                Step::Branch { field, cases, otherwise } => {
                    let value = fold(self.run.field(field).unwrap_or_default());
                    cases.iter().find(|case| fold(&case.is) == value).map_or(otherwise, |case| &case.next)
                }
                Step::Hours { open, closed } => {
                    let is_open = self.flow.0.hours.as_ref().is_none_or(|hours| hours.is_open(self.now));
                    if is_open { open } else { closed }
                }
                Step::Set { fields, tags, next } => {
                    if !fields.is_empty() {
                        self.keep(fields.iter().map(|(field, value)| (field.clone(), value.clone())).collect());
                    }
                    self.does.extend(tags.iter().cloned().map(Doing::Tagged));
                    next
                }
                Step::HandOff { team, text, reason } => {
                    self.say(text.as_deref().unwrap_or(&self.flow.0.handing_over));
                    let words: Vec<_> = reason.iter().cloned().chain(self.run.summary()).collect();
                    let reason = (!words.is_empty()).then(|| words.join("; "));
                    return self.hand_off(HandOffReason::Flow(reason), team.clone());
                }
                Step::End { text } => {
                    if let Some(text) = text {
                        self.say(text);
                    }
                    self.run.step = None;
                    return self.does.push(Doing::End);
                }
            };
        }
    }

    /// An answer that was not understood: asks again, or gives up.
    fn miss(&mut self, step: &'a Step) {
        self.run.misses = self.run.misses.saturating_add(1);
        if self.run.misses >= self.flow.0.max_misses {
            return self.hand_to_a_person(HandOffReason::GaveUp);
        }
        match step {
            Step::Collect { retry: Some(retry), .. } => self.question(step, retry),
            Step::Collect { text, .. } | Step::Ask { text, .. } => {
                self.say(&self.flow.0.not_understood);
                self.question(step, text);
            }
            Step::Say { .. }
            | Step::Branch { .. }
            | Step::Hours { .. }
            | Step::Set { .. }
            | Step::HandOff { .. }
            | Step::End { .. } => {}
        }
    }

    fn question(&mut self, step: &Step, text: &str) {
        let choices: Vec<_> = match step {
            Step::Ask { choices, .. } => {
                choices.iter().map(|way| Choice { id: way.id.clone(), title: way.title.clone() }).collect()
            }
            Step::Collect { check: Check::OneOf(titles), .. } => {
                titles.iter().map(|title| Choice { id: title.clone(), title: title.clone() }).collect()
            }
            Step::Collect { .. }
            | Step::Say { .. }
            | Step::Branch { .. }
            | Step::Hours { .. }
            | Step::Set { .. }
            | Step::HandOff { .. }
            | Step::End { .. } => Vec::new(),
        };
        if choices.is_empty() {
            self.say(text);
        } else {
            self.does.push(Doing::Say(Content::Choices { text: text.into(), choices }));
        }
    }

    fn say(&mut self, text: &str) {
        self.does.push(Doing::Say(Content::Text(text.into())));
    }

    fn keep(&mut self, told: Vec<(String, String)>) {
        for (field, value) in &told {
            match self.run.fields.iter_mut().find(|(other, _)| other == field) {
                Some((_, present)) => present.clone_from(value),
                None => self.run.fields.push((field.clone(), value.clone())),
            }
        }
        self.does.push(Doing::Collected(told));
    }

    fn hand_to_a_person(&mut self, reason: HandOffReason) {
        self.say(&self.flow.0.handing_over);
        self.hand_off(reason, None);
    }

    fn hand_off(&mut self, reason: HandOffReason, team: Option<String>) {
        self.run.step = None;
        self.does.push(Doing::HandOff { reason, team });
    }

    fn into_turn(self) -> Turn {
        Turn { run: self.run, does: self.does }
    }
}
