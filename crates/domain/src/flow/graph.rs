//! Where steps lead: nowhere unknown, to every step, and never in a circle that does not wait for the customer.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::{FlowProblem, Step, Steps};

impl Step {
    /// The steps it may lead to.
    fn leads_to(&self) -> Vec<&str> {
        match self {
            Self::Say { next, .. } | Self::Collect { next, .. } | Self::Set { next, .. } => vec![next],
            Self::Ask { choices, .. } => choices.iter().map(|way| way.next.as_str()).collect(),
            Self::Branch { cases, otherwise, .. } => {
                cases.iter().map(|case| case.next.as_str()).chain([otherwise.as_str()]).collect()
            }
            Self::Hours { open, closed } => vec![open, closed],
            Self::HandOff { .. } | Self::End { .. } => Vec::new(),
        }
    }
}

pub(super) fn check(start: &str, steps: &Steps<Step>) -> Result<(), FlowProblem> {
    let by_name: BTreeMap<&str, &Step> = steps.0.iter().map(|(name, step)| (name.as_str(), step)).collect();
    if !by_name.contains_key(start) {
        return Err(FlowProblem::of_flow(format!("`start` names `{start}`, which does not exist")));
    }
    for (name, step) in &steps.0 {
        if let Some(lost) = step.leads_to().into_iter().find(|target| !by_name.contains_key(target)) {
            return Err(FlowProblem::of_step(name, format!("leads to `{lost}`, which does not exist")));
        }
    }
    let reached = reached_from(start, &by_name);
    if let Some((name, _)) = steps.0.iter().find(|(name, _)| !reached.contains(name.as_str())) {
        return Err(FlowProblem::of_step(name, "no step leads to it"));
    }
    let mut done = BTreeSet::new();
    for (name, _) in &steps.0 {
        let mut path = Vec::new();
        if let Some(circle) = circle_from(name, &by_name, &mut path, &mut done) {
            let reason = format!("goes round in a circle without waiting for the customer: {circle}");
            return Err(FlowProblem::of_step(name, reason));
        }
    }
    Ok(())
}

fn reached_from<'a>(start: &'a str, steps: &BTreeMap<&'a str, &'a Step>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(name) = open.pop() {
        if reached.insert(name) {
            open.extend(steps.get(name).into_iter().flat_map(|step| step.leads_to()));
        }
    }
    reached
}

/// The first circle of steps that do not wait, walking on from `name`; as deep as there are steps at most.
fn circle_from<'a>(
    name: &'a str,
    steps: &BTreeMap<&'a str, &'a Step>,
    path: &mut Vec<&'a str>,
    done: &mut BTreeSet<&'a str>,
) -> Option<String> {
    let step = steps.get(name).filter(|step| !step.waits())?;
    if let Some(first) = path.iter().position(|other| *other == name) {
        let round: Vec<_> = path[first..].iter().chain([&name]).map(|name| format!("`{name}`")).collect();
        return Some(round.join(" → "));
    }
    if done.contains(name) {
        return None;
    }
    path.push(name);
    let circle = step.leads_to().into_iter().find_map(|next| circle_from(next, steps, path, done));
    path.pop();
    done.insert(name);
    circle
}
