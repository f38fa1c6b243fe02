//! A flow: the document a bot runs, checked before anything runs it, and the machine that runs it.
//! Pure: a turn says what the bot does; saying, saving and handing over happen elsewhere.

mod answer;
mod check;
mod graph;
mod hours;
mod run;
mod words;

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::id::{ChannelId, FlowId};
use crate::refused::Refused;
use crate::team::Team;
use crate::timestamp::Timestamp;
use answer::Check;
use hours::BusinessHours;

pub(crate) use answer::is_email;
pub use run::{Doing, Heard, PERSON, Run, Turn, answer, begin};

/// The longest text a step may say, in characters: what the narrowest channel carries with choices under it.
pub const TEXT_MAX: usize = 1_024;

/// The longest title of a choice, in characters. Over 20, WhatsApp shows numbered text instead of buttons.
pub const TITLE_MAX: usize = 80;

/// The most answers one question may offer.
pub const CHOICES_MAX: usize = 10;

/// The most steps of one flow.
pub const STEPS_MAX: usize = 200;

/// The largest flow file, in bytes.
pub const FILE_MAX: usize = 256 * 1_024;

/// A flow that passed every check: each step leads to a step, each step is reached, and no way through it goes round
/// in circles without waiting for the customer.
///
/// The file is JSON: `name`, `start` and `steps`, and if wanted `greeting`, `person_words`, `max_misses`,
/// `not_understood`, `handing_over` and `hours`. `flow/standard.json` shows all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow(Document<Step>);

impl Flow {
    /// Reads and checks a flow file.
    ///
    /// # Errors
    /// The first thing that is wrong with it, with the step it is in.
    pub fn parse(json: &str) -> Result<Self, FlowProblem> {
        check::parse(json).map(Self)
    }

    /// The flow as a file; [`Flow::parse`] gives it back the same.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(&self.0).expect("a flow holds only strings, numbers and string keys")
    }

    /// What a new channel's bot runs: it asks what it is about, collects order number and e-mail, and hands over
    /// with what it collected.
    #[must_use]
    pub fn standard() -> Self {
        Self::parse(include_str!("flow/standard.json")).expect("a test reads the standard flow")
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The names of the teams it hands rooms to, so that an import can say which do not exist.
    pub fn teams(&self) -> impl Iterator<Item = &str> {
        self.0.steps.0.iter().filter_map(|(_, step)| match step {
            Step::HandOff { team, .. } => team.as_deref(),
            Step::Say { .. }
            | Step::Ask { .. }
            | Step::Collect { .. }
            | Step::Branch { .. }
            | Step::Hours { .. }
            | Step::Set { .. }
            | Step::End { .. } => None,
        })
    }

    /// The flow with every hand-off to `team` made one to a team called `name`; `None` when it has none.
    #[must_use]
    pub fn with_team_renamed(&self, team: &Team, name: &str) -> Option<Self> {
        let mut flow = self.clone();
        let mut hands_over = false;
        for (_, step) in &mut flow.0.steps.0 {
            if let Step::HandOff { team: Some(named), .. } = step
                && team.is_named(named)
            {
                *named = name.into();
                hands_over = true;
            }
        }
        hands_over.then_some(flow)
    }

    fn step(&self, name: &str) -> Option<&Step> {
        self.0.steps.get(name)
    }
}

/// A flow on the list of flows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowCard {
    pub id: FlowId,
    pub name: String,
    pub updated_at: Timestamp,
    /// The channels whose bot runs it.
    pub channels: Vec<ChannelId>,
}

/// What is wrong with a flow file, in words for whoever wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct FlowProblem {
    /// The step it is in; `None` when it is about the flow as a whole.
    pub step: Option<String>,
    pub reason: String,
}

impl fmt::Display for FlowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.step {
            Some(step) => write!(f, "Step `{step}`: {}", self.reason),
            None => write!(f, "The flow: {}", self.reason),
        }
    }
}

impl From<FlowProblem> for Refused {
    fn from(problem: FlowProblem) -> Self {
        Self::invalid("flow", &format!("cannot be used. {problem}"))
    }
}

impl FlowProblem {
    fn of_flow(reason: impl Into<String>) -> Self {
        Self { step: None, reason: reason.into() }
    }

    fn of_step(step: &str, reason: impl Into<String>) -> Self {
        Self { step: Some(step.into()), reason: reason.into() }
    }
}

/// The file, with steps that are still raw or already read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<S> {
    name: String,
    /// Said first of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    greeting: Option<String>,
    /// The name of the first step.
    start: String,
    /// What customers write to be given to a person.
    #[serde(default = "words::asking_for_a_person")]
    person_words: Vec<String>,
    /// So many answers in a row that are not understood, and the bot gives up.
    #[serde(default = "three")]
    max_misses: u8,
    #[serde(default = "words::not_understood")]
    not_understood: String,
    /// Said when a hand-off has no words of its own.
    #[serde(default = "words::handing_over")]
    handing_over: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hours: Option<BusinessHours>,
    steps: Steps<S>,
}

const fn three() -> u8 {
    3
}

/// One step. `Ask` and `Collect` wait for the customer; the others go on at once or end the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Step {
    Say {
        text: String,
        next: String,
    },
    /// A question with answers to pick from; `field` keeps the picked title.
    Ask {
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        choices: Vec<Way>,
    },
    /// A question with a free answer that is checked and kept.
    Collect {
        text: String,
        field: String,
        #[serde(default)]
        check: Check,
        #[serde(default = "answer::usual_length")]
        max_length: usize,
        /// Said instead of the question when the answer does not pass.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry: Option<String>,
        next: String,
    },
    /// Goes on by what a field holds.
    Branch {
        field: String,
        cases: Vec<Case>,
        otherwise: String,
    },
    /// Goes on by the business hours.
    Hours {
        open: String,
        closed: String,
    },
    Set {
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tags: Vec<String>,
        next: String,
    },
    /// Gives the room to people: to the team of this name, or the channel's own.
    HandOff {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The customer has what they came for.
    End {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
}

/// An answer to pick, and the step it leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Way {
    id: String,
    title: String,
    next: String,
}

/// A value of a field, and the step it leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    is: String,
    next: String,
}

/// Steps by name, in the order of the file. A name that came twice is still there twice, for the check to name it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Steps<S>(Vec<(String, S)>);

impl<S> Steps<S> {
    fn get(&self, name: &str) -> Option<&S> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, step)| step)
    }
}

impl<S: Serialize> Serialize for Steps<S> {
    fn serialize<W: Serializer>(&self, serializer: W) -> Result<W::Ok, W::Error> {
        serializer.collect_map(self.0.iter().map(|(name, step)| (name, step)))
    }
}

impl<'de, S: Deserialize<'de>> Deserialize<'de> for Steps<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<S>(PhantomData<S>);

        impl<'de, S: Deserialize<'de>> Visitor<'de> for InOrder<S> {
            type Value = Steps<S>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("steps by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut steps = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    steps.push(entry);
                }
                Ok(Steps(steps))
            }
        }

        deserializer.deserialize_map(InOrder(PhantomData))
    }
}
