//! The bot: it answers at once, collects, hands over, and never speaks over a person.

use std::time::Duration;

use backend::inbound::Said;
use backend::test_desk::{TestDesk, heard};
use backend::{channels, messages, new_id, rooms, trouble};
use domain::change::{Change, HandOffReason};
use domain::delivery::Delivery;
use domain::id::MessageId;
use domain::live::{Frame, Typist};
use domain::message::{Author, Content, Entry, Message, What};
use domain::person::Person;
use domain::room::Room;
use domain::timestamp::minutes;
use serde_json::json;

use crate::graph::{Answer, Graph};
use crate::transcript::{observer, only_room, said, words};

const GREETING: &str = "bot: Hi! I am an assistant and can get things started. Write \"talk to a person\" at any time, \
                        and a colleague takes over.";

async fn hand_off(desk: &TestDesk, room: &Room) -> Option<HandOffReason> {
    let entries = words(desk, room).await;
    entries.into_iter().find_map(|entry| match entry.what {
        What::Line(change) => match *change {
            Change::HandedOff { reason, .. } => Some(reason),
            _ => None,
        },
        What::Message(_) | What::Note(_) => None,
    })
}

#[tokio::test]
async fn the_bot_answers_collects_and_hands_over_with_what_it_collected() {
    let desk = TestDesk::new().await;
    desk.web_channel_with_bot().await;
    let ana = desk.visitor("Ana").await;

    desk.customer_writes("hello").await;
    desk.run_jobs().await;
    let room = desk.room_of(&ana).await;
    assert_eq!(said(&desk, &room).await, ["customer: hello", GREETING, "bot: What is it about?"]);
    let mut shown = rooms::load(&desk.backend, &observer(), room.id).await.expect("an admin sees it").customer;
    let so_far = desk.told().await.len();

    let pick = Said::Pick { id: "order".into(), title: "Where is my order".into() };
    desk.visitor_says(&ana, pick).await.expect("one of the choices");
    desk.run_jobs().await;
    for text in ["48-2210", "it is ana@example.com"] {
        desk.customer_writes(text).await;
        desk.run_jobs().await;
    }

    let room = desk.room_of(&ana).await;
    assert!(room.is_queued());
    let told = "wants: Where is my order, order: 48-2210, email: ana@example.com";
    assert_eq!(hand_off(&desk, &room).await, Some(HandOffReason::Flow(Some(told.into()))));
    let view = rooms::load(&desk.backend, &observer(), room.id).await.expect("an admin sees it");
    assert_eq!(view.customer.fields.get("order").map(String::as_str), Some("48-2210"));
    assert_eq!(view.customer.tags, ["order"]);
    desk.told().await[so_far..].iter().for_each(|event| shown.take(&event.change));
    assert_eq!(shown, view.customer, "whoever had the chat open heard all of it");
}

#[tokio::test]
async fn whoever_asks_for_a_person_gets_one() {
    let desk = TestDesk::new().await;
    desk.web_channel_with_bot().await;

    desk.customer_writes("Can I talk to a person?").await;
    desk.run_jobs().await;

    let room = only_room(&desk).await;
    assert!(room.is_queued());
    assert_eq!(hand_off(&desk, &room).await, Some(HandOffReason::Asked));
    assert_eq!(said(&desk, &room).await[1], "bot: I am passing you on to a colleague.");
}

#[tokio::test]
async fn a_bot_that_waits_for_its_turn_is_silent_once_a_person_entered() {
    let desk = TestDesk::new().await;
    desk.web_channel_with_bot().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;

    rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
    desk.run_jobs().await;

    assert_eq!(said(&desk, &room).await, ["customer: hello"]);
}

#[tokio::test]
async fn a_bot_that_fails_twice_hands_over_and_admins_see_why() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel_with_bot().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    channels::use_flow(&desk.backend, &priya, channel.id, None, None).await.expect("an admin may");

    desk.run_jobs().await;
    assert!(desk.find_room(room.id).await.is_with_bot());
    desk.later(Duration::from_secs(5));
    desk.run_jobs().await;

    assert!(desk.find_room(room.id).await.is_queued());
    assert_eq!(hand_off(&desk, &room).await, Some(HandOffReason::BotError));
    let trouble = trouble::list(&desk.backend, &priya).await.expect("an admin may look");
    assert_eq!((trouble.jobs.len(), trouble.jobs[0].room), (1, Some(room.id)));
}

#[tokio::test]
async fn a_room_given_back_to_the_bot_begins_again() {
    let desk = TestDesk::new().await;
    desk.web_channel_with_bot().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("talk to a person").await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");

    rooms::return_to_bot(&desk.backend, &priya, room.id).await.expect("an admin may give it back");
    desk.run_jobs().await;

    assert_eq!(said(&desk, &room).await.last().map(String::as_str), Some("bot: What is it about?"));
    assert!(desk.find_room(room.id).await.is_with_bot());
}

#[tokio::test]
async fn whoever_watches_sees_the_bot_type_and_speak() {
    let desk = TestDesk::new().await;
    desk.web_channel_with_bot().await;
    let priya = desk.admin("priya").await;
    let mut console = desk.comes_online(&priya).await;
    desk.customer_writes("hello").await;

    desk.run_jobs().await;

    let frames = heard(&mut console);
    let typed = |on: bool| {
        frames.iter().position(|frame| matches!(frame, Frame::Typing { who: Typist::Bot, on: now, .. } if *now == on))
    };
    let spoke = frames.iter().rposition(
        |frame| matches!(frame, Frame::Event(event) if matches!(&event.change, Change::MessageAdded(message) if !message.author.is_customer())),
    );
    assert!(typed(true) < spoke && spoke < typed(false) && typed(true).is_some(), "{frames:?}");
}

#[tokio::test]
async fn on_whatsapp_choices_are_buttons_and_a_pressed_one_is_understood() {
    let (desk, graph) = (TestDesk::new().await, Graph::start().await);
    let flow = desk.standard_flow().await;
    graph.channel(&desk, Some(flow)).await;

    desk.whatsapp_customer_writes("oi").await;
    desk.run_jobs().await;
    let taken = graph.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[1].1["interactive"]["action"]["buttons"][0]["reply"]["id"], "order");

    let reply = json!({ "type": "button_reply", "button_reply": { "id": "order", "title": "Where is my order" } });
    let pressed = json!({ "type": "interactive", "interactive": reply });
    let delivery = backend::test_desk::whatsapp_message("wamid.P=", &pressed);
    desk.whatsapp_delivers(&delivery).await.expect("signed");
    desk.run_jobs().await;

    assert_eq!(graph.texts().last().map(String::as_str), Some("What is your order number?"));
    let room = only_room(&desk).await;
    let is_pick =
        |what: &What| matches!(what, What::Message(message) if matches!(message.content, Content::Picked { .. }));
    assert!(words(&desk, &room).await.iter().any(|entry| is_pick(&entry.what)));
}

/// A bot on WhatsApp that heard "oi" while Meta answered so, and the room that Priya entered then.
async fn entered_after(answers: &[Answer], words: &str) -> (TestDesk, Graph, Person, Room) {
    let (desk, graph) = (TestDesk::new().await, Graph::start().await);
    let flow = desk.standard_flow().await;
    graph.channel(&desk, Some(flow)).await;
    let priya = desk.admin("priya").await;
    for answer in answers {
        graph.next(answer.clone());
    }
    desk.whatsapp_customer_writes(words).await;
    desk.run_jobs().await;
    let room = rooms::enter(&desk.backend, &priya, only_room(&desk).await.id).await.expect("an admin may enter");
    desk.later(minutes(15));
    desk.run_jobs().await;
    (desk, graph, priya, room)
}

/// How far each message of the bot came, with its id.
async fn stages(desk: &TestDesk, room: &Room) -> Vec<(MessageId, Delivery)> {
    let stage = |entry: Entry| match entry.what {
        What::Message(Message { id, author: Author::Bot(_), delivery: Some(delivery), .. }) => Some((id, delivery)),
        What::Message(_) | What::Note(_) | What::Line(_) => None,
    };
    words(desk, room).await.into_iter().filter_map(stage).collect()
}

#[tokio::test]
async fn what_the_bot_said_does_not_leave_once_a_person_entered_and_what_was_taken_before_stays() {
    for (answers, first) in
        [(&[Answer::IsDown][..], Delivery::Overtaken), (&[Answer::Takes, Answer::IsDown], Delivery::Sent)]
    {
        let (desk, graph, priya, room) = entered_after(answers, "oi").await;
        let stages = stages(&desk, &room).await;
        assert_eq!([&stages[0].1, &stages[1].1], [&first, &Delivery::Overtaken]);
        assert_eq!(graph.requests(), answers.len());

        messages::retry(&desk.backend, &priya, room.id, stages[1].0).await.expect_err("it is no fault");
        messages::send(&desk.backend, &priya, room.id, new_id(), "ola".into()).await.expect("may send");
        desk.run_jobs().await;
        assert_eq!(graph.texts().last().map(String::as_str), Some("ola"));
        let trouble = trouble::list(&desk.backend, &priya).await.expect("an admin may look");
        assert!(trouble.jobs.is_empty());
    }
}

#[tokio::test]
async fn what_the_bot_said_before_it_handed_over_still_leaves() {
    let (desk, graph, _, room) = entered_after(&[Answer::IsDown], "talk to a person").await;

    assert_eq!(stages(&desk, &room).await.iter().map(|(_, stage)| stage).collect::<Vec<_>>(), [&Delivery::Sent]);
    assert_eq!(graph.texts(), ["I am passing you on to a colleague."]);
}

#[tokio::test]
async fn a_new_episode_begins_the_flow_anew() {
    let desk = TestDesk::new().await;
    desk.web_channel_with_bot().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("hello").await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    crate::transcript::resolve(&desk, &priya, room.id).await;
    desk.later(minutes(5));

    desk.customer_writes("hello again").await;
    desk.run_jobs().await;

    let lines = said(&desk, &room).await;
    assert_eq!(lines[lines.len() - 3..], ["customer: hello again", GREETING, "bot: What is it about?"]);
    assert_eq!(desk.find_room(room.id).await.episode_number, 2);
}
