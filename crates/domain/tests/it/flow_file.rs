//! Flow files: what is refused, with the step and the reason, and that a good one comes back the same.

use domain::flow::{FILE_MAX, Flow, FlowProblem};
use domain::refused::Refused;
use domain::team::Team;
use proptest::prelude::*;

use crate::cast::{SALES, SUPPORT};

/// A file with these steps; `start` is the first.
fn file(steps: &str) -> String {
    format!(r#"{{"name": "Test", "start": "a", "steps": {{{steps}}}}}"#)
}

fn problem(json: &str) -> String {
    Flow::parse(json).expect_err(json).to_string()
}

#[track_caller]
fn refuses(steps: &str, words: &str) {
    assert_eq!(problem(&file(steps)), words);
}

const END: &str = r#""z": {"kind": "end"}"#;

#[test]
fn the_standard_flow_is_good_and_comes_back_the_same() {
    let flow = Flow::standard();
    assert_eq!(flow.name(), "Front door");
    assert_eq!(Flow::parse(&flow.to_json()), Ok(flow.clone()));
    assert_eq!(flow.teams().count(), 0, "it hands to the channel's own team");
}

#[test]
fn every_kind_of_step_comes_back_the_same() {
    let json = include_str!("flow_full.json");
    let flow = Flow::parse(json).expect("a good file");
    assert_eq!(Flow::parse(&flow.to_json()), Ok(flow.clone()));
    assert_eq!(flow.teams().collect::<Vec<_>>(), ["Sales"]);
}

#[test]
fn a_flow_follows_the_new_name_of_a_team_it_hands_over_to() {
    let flow = Flow::parse(include_str!("flow_full.json")).expect("a good file");
    let renamed = flow.with_team_renamed(&Team::new(SALES, "SALES"), "New business").expect("it hands over to it");
    assert_eq!(renamed.teams().collect::<Vec<_>>(), ["New business"]);
    assert_eq!(renamed.with_team_renamed(&Team::new(SALES, "New business"), "Sales"), Some(flow.clone()));
    assert_eq!(flow.with_team_renamed(&Team::new(SUPPORT, "Support"), "Help"), None);
}

#[test]
fn a_step_that_leads_nowhere_is_named() {
    refuses(
        r#""a": {"kind": "say", "text": "Hi", "next": "delivry"}"#,
        "Step `a`: leads to `delivry`, which does not exist",
    );
    refuses(
        r#""a": {"kind": "ask", "text": "Hi", "choices": [{"id": "x", "title": "X", "next": "b"}]}"#,
        "Step `a`: leads to `b`, which does not exist",
    );
}

#[test]
fn the_start_must_exist() {
    let json = r#"{"name": "Test", "start": "b", "steps": {"a": {"kind": "end"}}}"#;
    assert_eq!(problem(json), "The flow: `start` names `b`, which does not exist");
    let json = r#"{"name": "Test", "steps": {"a": {"kind": "end"}}}"#;
    assert!(problem(json).starts_with("The flow: missing field `start`"), "{}", problem(json));
}

#[test]
fn a_step_that_nothing_leads_to_is_named() {
    refuses(&format!(r#""a": {{"kind": "end"}}, {END}"#), "Step `z`: no step leads to it");
}

#[test]
fn a_circle_that_never_waits_is_named_whole() {
    refuses(
        r#""a": {"kind": "say", "text": "Hi", "next": "b"}, "b": {"kind": "set", "tags": ["x"], "next": "a"}"#,
        "Step `a`: goes round in a circle without waiting for the customer: `a` → `b` → `a`",
    );
    let waits = r#""a": {"kind": "say", "text": "Hi", "next": "b"},
        "b": {"kind": "collect", "text": "Name?", "field": "name", "next": "a"}"#;
    assert!(Flow::parse(&file(waits)).is_ok(), "a circle that waits is a conversation");
}

#[test]
fn unknown_keys_and_kinds_are_refused_where_they_stand() {
    refuses(
        r#""a": {"kind": "say", "text": "Hi", "nxt": "a", "next": "a"}"#,
        "Step `a`: unknown field `nxt`, expected `text` or `next`",
    );
    refuses(r#""a": {"kind": "end", "outcome": "lost"}"#, "Step `a`: unknown field `outcome`, expected `text`");
    assert!(problem(&file(r#""a": {"kind": "shout"}"#)).starts_with("Step `a`: unknown variant `shout`"));
    refuses(r#""a": {"text": "Hi"}"#, "Step `a`: missing field `kind`");
    let json = r#"{"name": "Test", "colour": "red", "start": "a", "steps": {"a": {"kind": "end"}}}"#;
    assert!(problem(json).starts_with("The flow: unknown field `colour`"), "{}", problem(json));
    let choice =
        r#""a": {"kind": "ask", "text": "?", "choices": [{"id": "x", "title": "X", "next": "a", "goto": "b"}]}"#;
    assert!(problem(&file(choice)).starts_with("Step `a`: unknown field `goto`"));
}

#[test]
fn two_steps_of_one_name_are_refused() {
    refuses(r#""a": {"kind": "end"}, "a": {"kind": "end"}"#, "Step `a`: there are two steps of this name");
}

#[test]
fn choices_must_be_there_be_few_and_be_told_apart() {
    let ask = |choices: &str| format!(r#""a": {{"kind": "ask", "text": "?", "choices": [{choices}]}}, {END}"#);
    let way = |id: &str, title: &str| format!(r#"{{"id": "{id}", "title": "{title}", "next": "z"}}"#);
    refuses(&ask(""), "Step `a`: it has no choices");
    let eleven: Vec<_> = (0..11).map(|number| way(&format!("c{number}"), &format!("T{number}"))).collect();
    refuses(&ask(&eleven.join(",")), "Step `a`: it has 11 choices; at most 10 are allowed");
    assert!(Flow::parse(&file(&ask(&eleven[..10].join(",")))).is_ok());
    refuses(&ask(&[way("x", "One"), way("x", "Two")].join(",")), "Step `a`: two choices have the id `x`");
    let alike = [way("x", "Où ?"), way("y", "ou")].join(",");
    refuses(&ask(&alike), "Step `a`: two choices have the title \"ou\"");
    refuses(&ask(&way("x", " ")), "Step `a`: `title` is empty");
    refuses(
        &ask(&way("feedback:5", "Good")),
        "Step `a`: the `id` of a choice `feedback:5` must be 1 to 40 of a-z, 0-9 and _",
    );
    let title = "x".repeat(81);
    refuses(&ask(&way("x", &title)), "Step `a`: `title` has 81 characters; at most 80 are allowed");
}

#[test]
fn texts_are_neither_empty_nor_over_1024_characters() {
    let say = |text: &str| format!(r#""a": {{"kind": "say", "text": "{text}", "next": "z"}}, {END}"#);
    refuses(&say("  "), "Step `a`: `text` is empty");
    refuses(&say(&"ä".repeat(1_025)), "Step `a`: `text` has 1025 characters; at most 1024 are allowed");
    refuses(&say(r"bell \u0007"), "Step `a`: `text` holds a control character");
    assert!(Flow::parse(&file(&say(&"ä".repeat(1_024)))).is_ok());
    assert!(Flow::parse(&file(&say(r"two\nlines"))).is_ok());
    refuses(r#""a": {"kind": "end", "text": ""}"#, "Step `a`: `text` is empty");
}

#[test]
fn names_of_fields_and_steps_are_plain() {
    let collect =
        |field: &str| format!(r#""a": {{"kind": "collect", "text": "?", "field": "{field}", "next": "z"}}, {END}"#);
    for field in ["", "Order", "order number", "straße", &"x".repeat(41)] {
        let words = format!(
            "Step `a`: `field` `{}` must be 1 to 40 of a-z, 0-9 and _",
            &field.chars().take(40).collect::<String>()
        );
        refuses(&collect(field), &words);
    }
    assert!(Flow::parse(&file(&collect(&"x".repeat(40)))).is_ok());
    refuses(
        r#""a": {"kind": "end"}, "B!": {"kind": "end"}"#,
        "Step `B!`: the name `B!` must be 1 to 40 of a-z, 0-9 and _",
    );
}

#[test]
fn branches_look_only_at_fields_that_some_step_fills_and_hours_that_are_there() {
    refuses(
        &format!(
            r#""a": {{"kind": "branch", "field": "wants", "cases": [{{"is": "x", "next": "z"}}], "otherwise": "z"}}, {END}"#
        ),
        "Step `a`: looks at the field `wants`, which no step fills",
    );
    refuses(
        &format!(r#""a": {{"kind": "hours", "open": "z", "closed": "z"}}, {END}"#),
        "Step `a`: asks for the business hours, but the flow has no `hours`",
    );
}

#[test]
fn a_weekly_table_must_make_sense() {
    let with = |hours: &str| {
        format!(r#"{{"name": "T", "start": "a", "hours": {hours}, "steps": {{"a": {{"kind": "end"}}}}}}"#)
    };
    let span = |from: i32, to: i32| with(&format!(r#"{{"week": [{{"day": "friday", "from": {from}, "to": {to}}}]}}"#));
    assert!(Flow::parse(&span(0, 1_440)).is_ok());
    for (from, to) in [(600, 600), (900, 600), (-1, 600), (600, 1_441)] {
        let words = format!("The flow: `hours`: Friday from {from} to {to} is not a span of minutes within 0 and 1440");
        assert_eq!(problem(&span(from, to)), words);
    }
    let far = with(r#"{"utc_offset_minutes": 841, "week": []}"#);
    assert_eq!(problem(&far), "The flow: `hours`: `utc_offset_minutes` must be from -720 to 840");
}

#[test]
fn a_flow_is_of_a_sensible_size() {
    let steps: Vec<_> = (0..201).map(|number| format!(r#""s{number}": {{"kind": "end"}}"#)).collect();
    assert_eq!(problem(&file(&steps.join(","))), "The flow: it has 201 steps; 1 to 200 are allowed");
    assert_eq!(problem(&file("")), "The flow: it has 0 steps; 1 to 200 are allowed");
    let long = format!("{}{}", file(r#""a": {"kind": "end"}"#), " ".repeat(FILE_MAX));
    assert!(problem(&long).starts_with("The flow: the file has "));
    let misses = r#"{"name": "T", "start": "a", "max_misses": 0, "steps": {"a": {"kind": "end"}}}"#;
    assert_eq!(problem(misses), "The flow: `max_misses` must be from 1 to 10");
    let silent = r#"{"name": "T", "start": "a", "person_words": [], "steps": {"a": {"kind": "end"}}}"#;
    assert_eq!(problem(silent), "The flow: it has no person_words");
}

#[test]
fn a_long_straight_flow_is_fine() {
    let say = |number: usize| format!(r#""s{number}": {{"kind": "say", "text": "x", "next": "s{}"}}"#, number + 1);
    let steps: Vec<_> = (0..199).map(say).chain([r#""s199": {"kind": "end"}"#.into()]).collect();
    let json = format!(r#"{{"name": "T", "start": "s0", "steps": {{{}}}}}"#, steps.join(","));
    assert!(Flow::parse(&json).is_ok());
}

#[test]
fn what_is_no_json_is_refused_with_its_place() {
    assert!(problem("").starts_with("The flow: EOF while parsing"));
    assert!(problem("{\n \"name\": oops}").ends_with("at line 2 column 10"), "{}", problem("{\n \"name\": oops}"));
    assert!(Flow::parse(&"[".repeat(100_000)).is_err());
    assert!(Flow::parse(&file(&format!(r#""a": {}"#, "[".repeat(10_000)))).is_err());
}

#[test]
fn a_problem_becomes_a_refusal_in_words() {
    let problem = FlowProblem { step: Some("order".into()), reason: "no step leads to it".into() };
    assert_eq!(Refused::from(problem).to_string(), "The flow cannot be used. Step `order`: no step leads to it.");
}

proptest! {
    #[test]
    fn no_file_makes_the_check_fall_over(cut in 0_usize..4_000, put in "[\\PC{}\\[\\]\",:0-9a-z]{0,6}") {
        let standard = Flow::standard().to_json();
        let at = standard.char_indices().map(|(at, _)| at).nth(cut.min(standard.chars().count() - 1)).unwrap_or(0);
        let broken = format!("{}{put}{}", &standard[..at], &standard[at..]);
        if let Ok(flow) = Flow::parse(&broken) {
            prop_assert_eq!(Flow::parse(&flow.to_json()), Ok(flow));
        }
        let _ = Flow::parse(&standard[..at]);
    }
}
