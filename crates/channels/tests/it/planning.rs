//! Every message fits its channel, and nothing of it is lost.

use std::sync::Arc;

use channels::adapter::Adapter;
use channels::outbound::{Author, OutboundMessage, Piece, Purpose};
use channels::plan::{Limits, plan};
use domain::feedback;
use domain::id::FeedbackId;
use domain::message::{Choice, Content, Place};
use domain::refused::Refused;
use domain::timestamp::{Timestamp, hours};
use proptest::prelude::*;

use crate::desk::{
    A_MINUTE_AGO, NOW, answer, api_at, business_messages, choices, google, instagram_at, messenger_at, sms,
    telegram_at, whatsapp, x_at,
};

fn limits() -> Limits {
    whatsapp().limits()
}

fn pieces(content: Content) -> Vec<Piece> {
    let planned = plan(&limits(), &answer(content), NOW, A_MINUTE_AGO).expect("can be planned");
    planned.into_iter().map(|send| send.piece).collect()
}

fn ask(text: &str, titles: &[&str]) -> Vec<Piece> {
    pieces(Content::Choices { text: text.into(), choices: choices(titles) })
}

#[test]
fn three_short_answers_are_buttons_and_four_are_a_list() {
    assert!(matches!(&ask("Ok?", &["Yes", "No", "Later"])[..], [Piece::Buttons { .. }]));
    assert!(matches!(&ask("Ok?", &["Yes", "No", "Later", "Never"])[..], [Piece::List { .. }]));
}

#[test]
fn answers_too_long_for_buttons_are_a_list() {
    assert!(matches!(&ask("Ok?", &["exactly 20 letters!!", "No"])[..], [Piece::Buttons { .. }]));
    assert!(matches!(&ask("Ok?", &["more than 20 letters!", "No"])[..], [Piece::List { .. }]));
}

#[test]
fn answers_that_fit_no_list_are_numbered() {
    let titles = ["I would like to talk to a person", "No"];
    assert_eq!(ask("Ok?", &titles), [Piece::Text("Ok?\n\n1. I would like to talk to a person\n2. No".into())]);
    let eleven: Vec<String> = (1..=11).map(|number| format!("Answer {number}")).collect();
    let eleven: Vec<&str> = eleven.iter().map(String::as_str).collect();
    assert!(matches!(&ask("Ok?", &eleven)[..], [Piece::Text(text)] if text.ends_with("\n11. Answer 11")));
}

#[test]
fn answers_that_the_provider_would_refuse_are_numbered() {
    assert!(matches!(&ask("Ok?", &["Same", "Same"])[..], [Piece::Text(_)]));
    assert!(matches!(&ask("Ok?", &["", "No"])[..], [Piece::Text(_)]));
    let long_id = vec![Choice { id: "x".repeat(201), title: "Yes".into() }];
    assert!(matches!(&pieces(Content::Choices { text: "Ok?".into(), choices: long_id })[..], [Piece::Text(_)]));
}

#[test]
fn a_place_is_words_and_a_map_where_a_messenger_has_no_places() {
    let place = Content::Place(Place { name: Some("Shop".into()), ..Place::at(-23.5, -46.6).expect("on earth") });
    let leaves = |adapter: Arc<dyn Adapter>| {
        let mut planned = plan(&adapter.limits(), &answer(place.clone()), NOW, A_MINUTE_AGO).expect("can be planned");
        planned.remove(0).piece
    };
    let nowhere = "http://127.0.0.1:1";
    for adapter in [messenger_at(nowhere), instagram_at(nowhere), x_at(nowhere), sms(), google(), business_messages()] {
        let kind = adapter.kind();
        let piece = leaves(adapter);
        let Piece::Text(words) = &piece else { panic!("{kind:?}: {piece:?}") };
        assert!(words.starts_with("Shop\nhttps://www.openstreetmap.org/?mlat=-23.5&mlon=-46.6"), "{kind:?}: {words}");
    }
    for adapter in [whatsapp(), telegram_at(nowhere), api_at(nowhere)] {
        assert!(matches!(leaves(adapter), Piece::Place(_)));
    }
}

#[test]
fn a_question_without_answers_is_a_text() {
    assert_eq!(ask("Ok?", &[]), [Piece::Text("Ok?".into())]);
}

#[test]
fn a_request_for_feedback_offers_its_answers() {
    let id = FeedbackId::from_number(1);
    let asked = pieces(Content::FeedbackRequest { id, text: "How did we do?".into() });
    assert_eq!(asked, [Piece::Buttons { text: "How did we do?".into(), choices: feedback::choices() }]);
}

#[test]
fn a_long_question_goes_ahead_of_its_buttons() {
    let text = "word ".repeat(400);
    let planned = ask(&text, &["Yes", "No"]);
    let [Piece::Text(lead), Piece::Buttons { text: body, .. }] = &planned[..] else { panic!("{planned:?}") };
    assert_eq!(format!("{lead}{body}"), text.trim());
    assert!(body.chars().count() <= 1_024);
}

#[test]
fn blank_words_are_refused() {
    let refused = |content| plan(&limits(), &answer(content), NOW, A_MINUTE_AGO);
    assert_eq!(refused(Content::Text(" \n".into())), Err(Refused::Empty { field: "message".into() }));
    let unspeakable = Content::Unsupported { label: "Photo".into() };
    assert!(matches!(refused(unspeakable), Err(Refused::Invalid { .. })));
}

#[test]
fn the_parts_of_a_message_carry_its_id_and_their_place() {
    let planned = plan(&limits(), &answer(Content::Text("x".repeat(5_000))), NOW, A_MINUTE_AGO).expect("fits");
    let keys: Vec<String> = planned.iter().map(|send| send.key.to_string()).collect();
    let id = "01939d3c-7a00-7000-8000-000000000001";
    assert_eq!(keys, [format!("{id}:1/2"), format!("{id}:2/2")]);
    assert_eq!(planned.iter().map(|send| send.key.is_last()).collect::<Vec<_>>(), [false, true]);
    assert_eq!(keys[1].parse(), Ok(planned[1].key));
}

#[test]
fn a_key_of_another_sender_is_not_ours() {
    for key in ["", "outbox:42", "01939d3c-7a00-7000-8000-000000000001:3/2", "01939d3c-7a00-7000-8000-000000000001:0/0"]
    {
        assert!(key.parse::<channels::outbound::SendKey>().is_err(), "{key}");
    }
}

fn written_after(silence: u64) -> Result<usize, Refused> {
    let wrote = Timestamp(1_795_300_000_000);
    let now = Timestamp(wrote.0 + i64::try_from(silence).expect("small"));
    plan(&limits(), &answer(Content::Text("hi".into())), now, Some(wrote)).map(|planned| planned.len())
}

#[test]
fn the_window_closes_24_hours_after_the_customer_wrote() {
    let minute = 60_000;
    let day = u64::try_from(hours(24).as_millis()).expect("small");
    assert_eq!(written_after(day - minute), Ok(1));
    assert_eq!(written_after(day - 1), Ok(1));
    let closed = Err(Refused::WindowClosed { hours: 24, templates: true });
    assert_eq!(written_after(day), closed);
    assert_eq!(written_after(day + minute), closed);
}

fn any_author() -> impl Strategy<Value = Author> {
    prop_oneof![Just(Author::Bot), Just(Author::Person), Just(Author::Switchboard)]
}

/// Everything a piece says that was the message's text.
fn text(piece: &Piece) -> &str {
    match piece {
        Piece::Text(text) | Piece::Buttons { text, .. } | Piece::List { text, .. } => text,
        Piece::File { .. } | Piece::Album { .. } | Piece::Template { .. } | Piece::Place(_) => "",
    }
}

fn fits(piece: &Piece) -> bool {
    let length = |text: &str| text.chars().count();
    let titles = |choices: &[Choice], max: usize| choices.iter().all(|choice| length(&choice.title) <= max);
    match piece {
        Piece::Text(text) => length(text) <= 4_096,
        Piece::Buttons { text, choices } => length(text) <= 1_024 && choices.len() <= 3 && titles(choices, 20),
        Piece::List { text, choices } => length(text) <= 1_024 && choices.len() <= 10 && titles(choices, 24),
        Piece::File { .. } | Piece::Album { .. } | Piece::Template { .. } | Piece::Place(_) => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nobody_writes_through_a_closed_window(author in any_author(), silence in 86_400_000_i64.., said in any::<bool>()) {
        let message = OutboundMessage { author, purpose: Purpose::Reply, ..answer(Content::Text("hi".into())) };
        let last = said.then_some(Timestamp(0));
        prop_assert!(plan(&limits(), &message, Timestamp(silence), last).is_err());
    }

    #[test]
    fn a_text_is_sent_whole_in_parts_that_fit(words in "[a-zé🙂]{1,12}( [a-zé🙂]{1,12}|\n\n[a-z]{1,4}){0,1500}") {
        let planned = pieces(Content::Text(words.clone()));
        prop_assert!(planned.iter().all(fits));
        prop_assert_eq!(planned.iter().map(text).collect::<String>(), words);
    }

    #[test]
    fn a_question_is_sent_whole_with_all_its_answers(
        words in "[a-zé]{1,12}( [a-zé]{1,12}){0,900}",
        titles in prop::collection::vec("[a-z🙂]{0,30}", 1..14),
    ) {
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        let planned = ask(&words, &titles);
        prop_assert!(planned.iter().all(fits));
        let said: String = planned.iter().map(text).collect();
        prop_assert!(said.starts_with(&words));
        match planned.last() {
            Some(Piece::Buttons { choices: sent, .. } | Piece::List { choices: sent, .. }) => {
                prop_assert_eq!(sent, &choices(&titles));
            }
            _ => {
                let lines = (1..).zip(&titles).map(|(number, title): (u32, _)| format!("{number}. {title}"));
                prop_assert!(lines.into_iter().all(|line| said.contains(line.trim())));
            }
        }
    }
}
