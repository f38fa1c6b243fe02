//! Conversations with a bot.

use domain::change::HandOffReason;
use domain::flow::{Doing, Flow, Heard, PERSON, Run, Turn, answer, begin};
use domain::id::FeedbackId;
use domain::message::Content;
use domain::timestamp::{Timestamp, hours};
use proptest::prelude::*;

// A Monday, 09:00 in UTC.
const MONDAY: Timestamp = Timestamp(1_704_067_200_000 + 9 * 3_600_000);

/// A conversation as a short script: what the bot does, a line each.
struct Talk {
    flow: Flow,
    run: Run,
    now: Timestamp,
}

impl Talk {
    fn begin(flow: Flow, text: &str) -> (Self, Vec<String>) {
        let Turn { run, does } = begin(&flow, Heard::Text(text), MONDAY);
        (Self { flow, run, now: MONDAY }, lines(&does))
    }

    fn hears(&mut self, heard: Heard<'_>) -> Vec<String> {
        let turn = answer(&self.flow, self.run.clone(), heard, self.now);
        self.run = turn.run;
        lines(&turn.does)
    }

    fn reads(&mut self, text: &str) -> Vec<String> {
        self.hears(Heard::Text(text))
    }
}

fn lines(does: &[Doing]) -> Vec<String> {
    does.iter().map(line).collect()
}

fn line(doing: &Doing) -> String {
    match doing {
        Doing::Say(Content::Choices { text, choices }) => {
            let titles: Vec<_> = choices.iter().map(|choice| choice.title.as_str()).collect();
            format!("{text} [{}]", titles.join(" | "))
        }
        Doing::Say(content) => content.text().into(),
        Doing::Collected(fields) => {
            let fields: Vec<_> = fields.iter().map(|(field, value)| format!("{field}={value}")).collect();
            format!("keeps {}", fields.join(", "))
        }
        Doing::Tagged(tag) => format!("tags {tag}"),
        Doing::HandOff { reason, team } => {
            let team = team.as_deref().unwrap_or("its own team");
            match reason {
                HandOffReason::Flow(words) => format!("to {team}: {}", words.as_deref().unwrap_or("-")),
                HandOffReason::Asked | HandOffReason::GaveUp | HandOffReason::BotError => {
                    format!("to {team}: {reason:?}")
                }
            }
        }
        Doing::End => "ends".into(),
    }
}

fn full() -> Flow {
    Flow::parse(include_str!("flow_full.json")).expect("a good file")
}

const TOPIC: &str = "What is it about? [Buy a bike | Réparer mon vélo | Nothing, thanks]";

#[test]
fn the_standard_flow_collects_order_and_e_mail_and_hands_off_with_them() {
    let (mut talk, said) = Talk::begin(Flow::standard(), "hi");
    assert_eq!(said.len(), 2);
    assert_eq!(said[1], "What is it about? [Where is my order | Return or refund | Talk to a person]");
    let said = talk.hears(Heard::Picked { id: "order", title: "Where is my order" });
    assert_eq!(said, ["keeps wants=Where is my order", "tags order", "What is your order number?"]);
    assert_eq!(talk.reads(" 48-2210 "), ["keeps order=48-2210", "And the e-mail address you ordered with?"]);
    let said = talk.reads("don't know");
    assert_eq!(said, ["That does not look like an e-mail address. Please write it like ana@example.com."]);
    let said = talk.reads("it is ana@example.com");
    assert_eq!(
        said,
        [
            "keeps email=ana@example.com",
            "Thank you. A colleague will be with you in a moment.",
            "to its own team: wants: Where is my order, order: 48-2210, email: ana@example.com",
        ]
    );
    assert_eq!(talk.run.step, None);
}

#[test]
fn somebody_who_asks_for_a_person_gets_one_at_once_and_at_any_time() {
    let over = ["One moment, a person comes.", "to its own team: Asked"];
    assert_eq!(Talk::begin(full(), "Get me A REAL   person!").1, over);
    let (mut talk, _) = Talk::begin(full(), "hello");
    assert_eq!(talk.reads("mensch"), over);
    let (mut talk, _) = Talk::begin(full(), "hello");
    talk.reads("1");
    assert_eq!(talk.reads("just a real person please"), over, "while something is collected");
    let (mut talk, _) = Talk::begin(full(), "hello");
    assert_eq!(
        talk.hears(Heard::Picked { id: PERSON, title: "Talk to a person" }),
        over,
        "by a button of the messenger's own"
    );
    let (_, said) = Talk::begin(Flow::standard(), "quiero hablar con un agente");
    assert_eq!(said, ["I am passing you on to a colleague.", "to its own team: Asked"]);
}

#[test]
fn a_choice_is_picked_by_button_number_title_or_nearly_its_title() {
    for text in ["2", " 2. ", "Réparer mon vélo", "reparer MON velo!", "fix"] {
        let (mut talk, _) = Talk::begin(full(), "hello");
        assert_eq!(talk.reads(text), ["keeps wants=Réparer mon vélo", "Your number?"], "{text}");
    }
    for heard in [Heard::Picked { id: "fix", title: "" }, Heard::Picked { id: "?", title: "Réparer mon vélo" }] {
        let (mut talk, _) = Talk::begin(full(), "hello");
        assert_eq!(talk.hears(heard), ["keeps wants=Réparer mon vélo", "Your number?"]);
    }
}

#[test]
fn what_is_on_offer_comes_before_the_words_for_a_person() {
    let (mut talk, _) = Talk::begin(Flow::standard(), "hello");
    let said = talk.reads("talk to a person");
    assert_eq!(said[0], "keeps wants=Talk to a person");
    assert_eq!(said.last().map(String::as_str), Some("to its own team: wants: Talk to a person"));
}

#[test]
fn the_bot_asks_again_and_gives_up_after_its_misses() {
    let (mut talk, _) = Talk::begin(full(), "hello");
    assert_eq!(talk.reads("purple"), ["Pardon?", TOPIC]);
    assert_eq!(talk.run.misses, 1);
    assert_eq!(talk.reads("4"), ["One moment, a person comes.", "to its own team: GaveUp"]);
}

#[test]
fn an_answer_that_is_understood_makes_good_for_the_misses() {
    let (mut talk, _) = Talk::begin(full(), "hello");
    talk.reads("purple");
    assert_eq!(talk.reads("buy a bike"), ["keeps wants=Buy a bike", "Which size? [Small | Large]"]);
    assert_eq!(talk.reads("medium"), ["Pardon?", "Which size? [Small | Large]"]);
    assert_eq!(talk.hears(Heard::Picked { id: "Large", title: "Large" }), ["keeps size=Large", "How many?"]);
    assert_eq!(talk.reads("many"), ["A number, please."]);
    assert_eq!(talk.run.misses, 1);
}

#[test]
fn a_picture_is_not_understood_and_a_late_button_is_no_answer_to_a_question() {
    let (mut talk, _) = Talk::begin(full(), "hello");
    assert_eq!(talk.hears(Heard::Other), ["Pardon?", TOPIC]);
    talk.reads("2");
    assert_eq!(talk.hears(Heard::Picked { id: "buy", title: "Buy a bike" }), ["Pardon?", "Your number?"]);
}

#[test]
fn fields_tags_branch_team_and_reason_go_along() {
    let (mut talk, _) = Talk::begin(full(), "hello");
    talk.reads("buy a bike");
    talk.reads("small");
    assert_eq!(
        talk.reads("2"),
        [
            "keeps count=2",
            "keeps source=bot",
            "tags bike",
            "tags lead",
            "Sales is on it.",
            "to Sales: Wants to buy; wants: Buy a bike, size: Small, count: 2, source: bot",
        ]
    );
}

#[test]
fn business_hours_decide_the_way() {
    let end =
        ["One moment, a person comes.", "to its own team: wants: Réparer mon vélo, phone: 0301234567, source: bot"];
    for (later, is_open) in [(0, true), (8, false)] {
        let (mut talk, _) = Talk::begin(full(), "hello");
        talk.now = MONDAY.plus(hours(later));
        talk.reads("2");
        let said = talk.reads("030 1234567");
        assert_eq!(said.contains(&"The workshop is closed.".to_string()), !is_open);
        assert_eq!(said[said.len() - 2..], end);
    }
}

#[test]
fn an_ended_flow_begins_again_with_the_next_words() {
    let (mut talk, _) = Talk::begin(full(), "hello");
    assert_eq!(talk.reads("3"), ["keeps wants=Nothing, thanks", "Have a good day.", "ends"]);
    assert_eq!(talk.run.step, None);
    assert_eq!(talk.reads("one more thing"), ["Welcome.", TOPIC]);
    assert!(talk.run.fields.is_empty());
}

#[test]
fn a_run_that_waits_where_the_flow_has_no_step_any_more_begins_again() {
    for step in ["gone", "tag"] {
        let run = Run { step: Some(step.into()), misses: 1, fields: vec![("wants".into(), "x".into())] };
        let turn = answer(&full(), run, Heard::Text("2"), MONDAY);
        assert_eq!(lines(&turn.does), ["Welcome.", TOPIC]);
        assert_eq!(turn.run.step.as_deref(), Some("topic"));
    }
}

#[test]
fn a_bot_hears_words_and_buttons_and_nothing_in_the_rest() {
    assert_eq!(Heard::of(&Content::Text("hi".into())), Heard::Text("hi"));
    let picked = Content::Picked { id: "x".into(), title: "X".into() };
    assert_eq!(Heard::of(&picked), Heard::Picked { id: "x", title: "X" });
    let feedback = Content::FeedbackAnswer { id: FeedbackId::from_number(1), score: 5, comment: Some("agent".into()) };
    assert_eq!(Heard::of(&feedback), Heard::Other);
    assert_eq!(Heard::of(&Content::Unsupported { label: "Sticker".into() }), Heard::Other);
}

fn any_words() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "1",
        "2",
        "3",
        "buy a bike",
        "Return or refund",
        "small",
        "12",
        "ana@example.com",
        "+49 30 123456",
        "person",
        "",
    ]);
    prop_oneof![4 => known.prop_map(String::from), 1 => "\\PC{0,40}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_bot_always_says_something_and_either_waits_or_is_done(
        is_standard in any::<bool>(),
        words in prop::collection::vec((any_words(), any::<bool>()), 1..24),
    ) {
        let flow = if is_standard { Flow::standard() } else { full() };
        let mut turn = begin(&flow, Heard::Text(&words[0].0), MONDAY);
        for (text, is_button) in &words {
            let spoke = turn.does.iter().any(|doing| matches!(doing, Doing::Say(_)));
            prop_assert!(spoke, "{turn:?}");
            let last = turn.does.last();
            let is_done = matches!(last, Some(Doing::HandOff { .. } | Doing::End));
            prop_assert_eq!(turn.run.step.is_none(), is_done);
            let saved = serde_json::to_string(&turn.run).expect("a run is JSON");
            let run: Run = serde_json::from_str(&saved).expect("and back");
            prop_assert_eq!(&run, &turn.run);
            prop_assert!(run.misses < 3 || is_done);
            let heard = if *is_button { Heard::Picked { id: text, title: text } } else { Heard::Text(text) };
            turn = answer(&flow, run, heard, MONDAY);
        }
    }
}
