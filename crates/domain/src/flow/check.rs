//! The checks a flow file passes before anything runs it. The first thing wrong is named with the step it is in.

use std::collections::BTreeSet;

use serde_json::value::RawValue;

use crate::flow::answer::Check;
use crate::flow::words::fold;
use crate::flow::{
    CHOICES_MAX, Case, Document, FILE_MAX, FlowProblem, STEPS_MAX, Step, Steps, TEXT_MAX, TITLE_MAX, Way, graph,
};

/// The longest name of a step, a field, a choice or a tag, in characters.
const NAME_MAX: usize = 40;

/// The most phrases that ask for a person.
const PERSON_WORDS_MAX: usize = 200;

type Checked = Result<(), String>;

pub(super) fn parse(json: &str) -> Result<Document<Step>, FlowProblem> {
    if json.len() > FILE_MAX {
        let reason = format!("the file has {} bytes; at most {FILE_MAX} are allowed", json.len());
        return Err(FlowProblem::of_flow(reason));
    }
    let raw: Document<Box<RawValue>> =
        serde_json::from_str(json).map_err(|error| FlowProblem::of_flow(error.to_string()))?;
    let document = read_steps(raw)?;
    check_flow(&document).map_err(FlowProblem::of_flow)?;
    let fields = fields_of(&document.steps);
    for (name, step) in &document.steps.0 {
        check_step(step, &document, &fields).map_err(|reason| FlowProblem::of_step(name, reason))?;
    }
    graph::check(&document.start, &document.steps)?;
    Ok(document)
}

fn read_steps(raw: Document<Box<RawValue>>) -> Result<Document<Step>, FlowProblem> {
    let count = raw.steps.0.len();
    if count == 0 || count > STEPS_MAX {
        let reason = format!("it has {count} steps; 1 to {STEPS_MAX} are allowed");
        return Err(FlowProblem::of_flow(reason));
    }
    let mut names = BTreeSet::new();
    let mut steps = Vec::with_capacity(count);
    for (name, raw) in raw.steps.0 {
        check_name("the name", &name).map_err(|reason| FlowProblem::of_step(&shortened(&name), reason))?;
        if !names.insert(name.clone()) {
            return Err(FlowProblem::of_step(&name, "there are two steps of this name"));
        }
        let step =
            serde_json::from_str(raw.get()).map_err(|error| FlowProblem::of_step(&name, without_place(&error)))?;
        steps.push((name, step));
    }
    Ok(Document {
        name: raw.name,
        greeting: raw.greeting,
        start: raw.start,
        person_words: raw.person_words,
        max_misses: raw.max_misses,
        not_understood: raw.not_understood,
        handing_over: raw.handing_over,
        hours: raw.hours,
        steps: Steps(steps),
    })
}

fn check_flow(flow: &Document<Step>) -> Checked {
    check_text("name", &flow.name, TITLE_MAX)?;
    check_optional_text("greeting", flow.greeting.as_deref())?;
    check_text("not_understood", &flow.not_understood, TEXT_MAX)?;
    check_text("handing_over", &flow.handing_over, TEXT_MAX)?;
    check_count("person_words", flow.person_words.len(), PERSON_WORDS_MAX)?;
    flow.person_words.iter().try_for_each(|words| check_text("person_words", words, TITLE_MAX))?;
    if !(1..=10).contains(&flow.max_misses) {
        return Err("`max_misses` must be from 1 to 10".into());
    }
    flow.hours.as_ref().and_then(super::hours::BusinessHours::problem).map_or(Ok(()), Err)
}

fn check_step(step: &Step, flow: &Document<Step>, fields: &BTreeSet<&str>) -> Checked {
    match step {
        Step::Say { text, .. } => check_text("text", text, TEXT_MAX),
        Step::Ask { text, field, choices } => {
            check_text("text", text, TEXT_MAX)?;
            field.iter().try_for_each(|field| check_name("`field`", field))?;
            check_choices(choices)
        }
        Step::Collect { text, field, check, max_length, retry, .. } => {
            check_text("text", text, TEXT_MAX)?;
            check_name("`field`", field)?;
            check_optional_text("retry", retry.as_deref())?;
            if !(1..=1_000).contains(max_length) {
                return Err("`max_length` must be from 1 to 1000".into());
            }
            match check {
                Check::OneOf(titles) => check_titles("one_of", titles.iter().map(String::as_str)),
                Check::Text | Check::Email | Check::Number | Check::Phone => Ok(()),
            }
        }
        Step::Branch { field, cases, .. } => {
            if !fields.contains(field.as_str()) {
                return Err(format!("looks at the field `{field}`, which no step fills"));
            }
            check_cases(cases)
        }
        Step::Hours { .. } if flow.hours.is_none() => {
            Err("asks for the business hours, but the flow has no `hours`".into())
        }
        Step::Hours { .. } => Ok(()),
        Step::Set { fields, tags, .. } => {
            check_count("fields and tags", fields.len() + tags.len(), 20)?;
            for (field, value) in fields {
                check_name("the field", field)?;
                check_text(field, value, TEXT_MAX)?;
            }
            tags.iter().try_for_each(|tag| check_text("tags", tag, NAME_MAX))
        }
        Step::HandOff { team, text, reason } => {
            team.iter().try_for_each(|team| check_text("team", team, TITLE_MAX))?;
            check_optional_text("text", text.as_deref())?;
            check_optional_text("reason", reason.as_deref())
        }
        Step::End { text } => check_optional_text("text", text.as_deref()),
    }
}

fn check_choices(choices: &[Way]) -> Checked {
    check_titles("choices", choices.iter().map(|way| way.title.as_str()))?;
    let mut ids = BTreeSet::new();
    for Way { id, .. } in choices {
        check_name("the `id` of a choice", id)?;
        if !ids.insert(id) {
            return Err(format!("two choices have the id `{id}`"));
        }
    }
    Ok(())
}

/// Titles a customer can tell apart, also when they write them.
fn check_titles<'a>(what: &str, titles: impl ExactSizeIterator<Item = &'a str>) -> Checked {
    check_count(what, titles.len(), CHOICES_MAX)?;
    let mut seen = BTreeSet::new();
    for title in titles {
        check_text("title", title, TITLE_MAX)?;
        if !seen.insert(fold(title)) {
            return Err(format!("two choices have the title \"{title}\""));
        }
    }
    Ok(())
}

fn check_cases(cases: &[Case]) -> Checked {
    check_count("cases", cases.len(), 50)?;
    let mut seen = BTreeSet::new();
    for Case { is, .. } in cases {
        check_text("is", is, TEXT_MAX)?;
        if !seen.insert(fold(is)) {
            return Err(format!("two cases are for \"{is}\""));
        }
    }
    Ok(())
}

fn check_count(what: &str, count: usize, max: usize) -> Checked {
    match count {
        0 => Err(format!("it has no {what}")),
        _ if count > max => Err(format!("it has {count} {what}; at most {max} are allowed")),
        _ => Ok(()),
    }
}

fn check_optional_text(key: &str, text: Option<&str>) -> Checked {
    text.map_or(Ok(()), |text| check_text(key, text, TEXT_MAX))
}

fn check_text(key: &str, text: &str, max: usize) -> Checked {
    let length = text.chars().count();
    if text.trim().is_empty() {
        return Err(format!("`{key}` is empty"));
    }
    if length > max {
        return Err(format!("`{key}` has {length} characters; at most {max} are allowed"));
    }
    if text.chars().any(|letter| letter.is_control() && !"\n\r\t".contains(letter)) {
        return Err(format!("`{key}` holds a control character"));
    }
    Ok(())
}

fn check_name(what: &str, name: &str) -> Checked {
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    if (1..=NAME_MAX).contains(&name.len()) && name.chars().all(fits) {
        return Ok(());
    }
    Err(format!("{what} `{}` must be 1 to {NAME_MAX} of a-z, 0-9 and _", shortened(name)))
}

fn shortened(name: &str) -> String {
    name.chars().take(NAME_MAX).filter(|letter| !letter.is_control()).collect()
}

/// Every field some step fills.
fn fields_of(steps: &Steps<Step>) -> BTreeSet<&str> {
    let mut fields = BTreeSet::new();
    for (_, step) in &steps.0 {
        match step {
            Step::Ask { field, .. } => fields.extend(field.as_deref()),
            Step::Collect { field, .. } => fields.extend([field.as_str()]),
            Step::Set { fields: set, .. } => fields.extend(set.keys().map(String::as_str)),
            Step::Say { .. } | Step::Branch { .. } | Step::Hours { .. } | Step::HandOff { .. } | Step::End { .. } => {}
        }
    }
    fields
}

/// The words of `error` without a line and column, which would count from the beginning of the step.
fn without_place(error: &serde_json::Error) -> String {
    let words = error.to_string();
    words.split(" at line ").next().unwrap_or_default().into()
}
