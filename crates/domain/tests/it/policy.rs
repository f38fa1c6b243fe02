//! What an admin may choose, and what cannot be meant.

use domain::channel::ChannelKind;
use domain::feedback::choices;
use domain::policy::{AWAY_MAX, FEEDBACK_MAX, Policy};
use domain::refused::Refused;

/// What is refused of a policy, field by field.
fn problems(change: impl FnOnce(&mut Policy)) -> Vec<(String, String)> {
    let mut policy = Policy::default();
    change(&mut policy);
    let problems = policy.problems();
    assert_eq!(policy.check().err(), problems.first().cloned(), "it is refused for the first of them");
    let named = |refused: Refused| (refused.field().expect("it names the field").to_owned(), refused.to_string());
    problems.into_iter().map(named).collect()
}

#[test]
fn what_cannot_be_meant_is_refused_under_the_name_of_its_field() {
    let time = |field: &str| (field.to_owned(), format!("The {field} must be from 1 minute to 24 hours, or off."));
    assert_eq!(problems(|policy| policy.answer_minutes = Some(0)), [time("answer time")]);
    assert_eq!(problems(|policy| policy.answer_minutes = Some(24 * 60 + 1)), [time("answer time")]);
    assert_eq!(problems(|policy| policy.disconnect_minutes = Some(0)), [time("disconnect time")]);
    assert_eq!(problems(|policy| policy.sender_minutes = Some(0)), [time("sender time")]);
    let empty = || ("feedback question".to_owned(), "The feedback question is empty.".to_owned());
    for nothing in ["", " \n\t "] {
        assert_eq!(problems(|policy| policy.feedback_question = nothing.into()), [empty()]);
    }
    let long = problems(|policy| policy.feedback_question = "é".repeat(FEEDBACK_MAX + 1));
    assert_eq!(long[0].1, "The feedback question has 241 characters; at most 240 are allowed.");
    let long = problems(|policy| policy.away_text = "é".repeat(AWAY_MAX + 1));
    assert_eq!(long[0].1, "The away line has 1001 characters; at most 1000 are allowed.");
    let all = problems(|policy| {
        policy.answer_minutes = Some(0);
        policy.feedback_question.clear();
    });
    assert_eq!(all, [time("answer time"), empty()], "each is told");
}

#[test]
fn what_is_just_allowed_is_kept_without_the_space_around_it() {
    let policy = Policy {
        sender_minutes: Some(24 * 60),
        answer_minutes: Some(1),
        disconnect_minutes: Some(24 * 60),
        feedback_question: format!("  {}\n", "é".repeat(FEEDBACK_MAX)),
        away_text: format!(" {} ", "é".repeat(AWAY_MAX)),
        ..Policy::default()
    };
    let kept = policy.clone().check().expect("all of it can be meant");
    assert_eq!(kept.feedback_question, "é".repeat(FEEDBACK_MAX));
    assert_eq!(kept.away_text, "é".repeat(AWAY_MAX));
    let silent = Policy { answer_minutes: None, away_text: " ".into(), ..policy };
    assert_eq!(silent.check().expect("nothing need be said").away_text, "");
}

#[test]
fn every_channel_but_instagram_carries_the_longest_away_line_in_one_piece() {
    let longest = "🙂".repeat(AWAY_MAX);
    for kind in ChannelKind::ALL {
        let limits = kind.capabilities();
        let fits = limits.text_unit.measure(&longest) <= limits.text_max;
        assert_eq!(fits, kind != ChannelKind::Instagram, "{}", kind.label());
    }
}

#[test]
fn every_channel_carries_the_longest_feedback_question_with_its_answers_in_one_piece() {
    let answers: String =
        choices().iter().enumerate().map(|(place, choice)| format!("\n{place}. {}", choice.title)).collect();
    // The widest letter, in bytes and in UTF-16.
    let longest = "🙂".repeat(FEEDBACK_MAX) + &answers;
    for kind in ChannelKind::ALL {
        let limits = kind.capabilities();
        let body_max = limits.choices.map_or(limits.text_max, |choices| choices.body_max);
        let length = limits.text_unit.measure(&longest);
        assert!(length <= limits.text_max.min(body_max), "{}: {length}", kind.label());
    }
}

#[test]
fn reasons_have_words_are_short_few_and_all_different() {
    let with = |reasons: &[&str]| {
        let reasons: Vec<String> = reasons.iter().map(|reason| (*reason).to_owned()).collect();
        problems(|policy| policy.reasons = reasons)
    };
    let named = |rule: &str| vec![("reasons".to_owned(), format!("The reasons {rule}."))];
    assert_eq!(with(&["Refunded", " Duplicate "]), []);
    assert_eq!(with(&["Refunded", " "]), named("have one without words"));
    assert_eq!(with(&["Refunded", "Duplicate", "Refunded "]), named("have “Refunded” twice"));
    assert_eq!(with(&[&"ß".repeat(60)]), []);
    assert_eq!(with(&[&"ß".repeat(61)]), named("have one of more than 60 characters"));
    let many: Vec<String> = (0..21).map(|number| number.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(with(&many[1..]), []);
    assert_eq!(with(&many), named("are more than 20: nobody finds one among them"));
    let kept = Policy { reasons: vec![" Refunded\0 ".into()], ..Policy::default() }.check().expect("it has words");
    assert_eq!(kept.reasons, ["Refunded"]);
}
