//! What providers tell us of our own side, and what they wait for: an echo of what we sent is no second message, and the
//! press of a button is answered.

use backend::test_desk::TestDesk;
use backend::{channels, messages, new_id, rooms};
use domain::change::Change;
use domain::channel::ChannelKind;
use domain::delivery::{Cause, Delay, Delivery};
use domain::id::MessageId;
use domain::message::{Author, Choice, Content, Message, NewMessage, Place};
use domain::person::Person;
use domain::room::Room;
use domain::timestamp::minutes;
use serde_json::{Value, json};

use crate::shelf::{Shelf, says, writes};
use crate::telegram;
use crate::transcript::{delivery, only_room, said};

/// Ana wrote.
async fn asked() -> (TestDesk, Shelf, Room) {
    let (desk, shelf) = (TestDesk::new().await, Shelf::start().await);
    shelf.channel(&desk).await;
    writes(&desk, json!({ "id": "1", "text": "where is it?" })).await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    (desk, shelf, room)
}

async fn enters(desk: &TestDesk, room: &Room) -> Person {
    let priya = desk.admin("priya").await;
    rooms::enter(&desk.backend, &priya, room.id).await.expect("a queued room may be entered");
    priya
}

/// Priya answered Ana "on its way", and nothing of that has left yet.
async fn answered() -> (TestDesk, Shelf, Room, MessageId) {
    let (desk, shelf, room) = asked().await;
    let priya = enters(&desk, &room).await;
    let id = new_id();
    messages::send(&desk.backend, &priya, room.id, id, "on its way".into()).await.expect("may be sent");
    (desk, shelf, room, id)
}

async fn echoes(desk: &TestDesk, text: &str) {
    let echo = json!({ "id": "theirs-9", "text": text });
    says(desk, json!({ "type": "echo", "customer": { "id": "ana" }, "message": echo })).await;
}

#[tokio::test]
async fn an_echo_that_comes_before_the_answer_to_its_send_is_the_message_itself() {
    let (desk, shelf, room, id) = answered().await;
    shelf.refuses(503);

    desk.run_jobs().await;
    echoes(&desk, "on its way").await;
    desk.run_jobs().await;

    assert_eq!(said(&desk, &room).await, ["customer: where is it?", "agent: on its way"]);
    assert_eq!(delivery(&desk, &room, id).await, Delivery::Sent);
    assert_eq!(shelf.posted().len(), 0, "what was sent is not sent again");
}

#[tokio::test]
async fn an_echo_that_comes_after_the_answer_is_known_by_its_id() {
    let (desk, shelf, room, _) = answered().await;

    desk.run_jobs().await;
    let echo = json!({ "id": "theirs-1", "text": "on its way" });
    says(&desk, json!({ "type": "echo", "customer": { "id": "ana" }, "message": echo })).await;
    desk.run_jobs().await;

    assert_eq!(shelf.posted().len(), 1);
    assert_eq!(said(&desk, &room).await, ["customer: where is it?", "agent: on its way"]);
}

#[tokio::test]
async fn what_was_written_elsewhere_stands_beside_what_waits() {
    let (desk, shelf, room, id) = answered().await;
    shelf.refuses(503);

    desk.run_jobs().await;
    echoes(&desk, "I look into it").await;
    desk.run_jobs().await;

    let expected = ["customer: where is it?", "agent: on its way", "switchboard: I look into it"];
    assert_eq!(said(&desk, &room).await, expected);
    assert_eq!(delivery(&desk, &room, id).await, Delivery::Waiting);
}

/// Priya's answer is this, and nothing of it has left yet.
async fn answered_with(content: Content) -> (TestDesk, Shelf, Room, MessageId) {
    let (desk, shelf, room) = asked().await;
    let priya = enters(&desk, &room).await;
    let id = is_said(&desk, &room, Author::Person(priya.id), content).await;
    (desk, shelf, room, id)
}

async fn is_said(desk: &TestDesk, room: &Room, by: Author, content: Content) -> MessageId {
    let id = new_id();
    let message = Message::new(id, by, content, Some(Delivery::Waiting));
    desk.happens(room.id, vec![Change::MessageAdded(message)]).await;
    id
}

async fn echoes_as(desk: &TestDesk, message: Value) {
    says(desk, json!({ "type": "echo", "customer": { "id": "ana" }, "message": message })).await;
}

/// A text of three parts, and its parts.
fn long() -> (String, [String; 3]) {
    let parts = ["one ", "two ", "three "].map(|word| word.repeat(8_000 / word.len()) + "\n\n");
    (parts.concat().trim().to_owned(), parts)
}

#[tokio::test]
async fn the_echoes_of_a_text_that_left_in_parts_are_no_second_message_before_or_after_the_answers() {
    for answers_first in [true, false] {
        let (text, parts) = long();
        let (desk, shelf, room, id) = answered_with(Content::Text(text)).await;
        if !answers_first {
            shelf.refuses(503);
        }
        desk.run_jobs().await;

        for (number, part) in (1..).zip(&parts) {
            echoes_as(&desk, json!({ "id": format!("theirs-{number}"), "text": part.trim() })).await;
        }
        desk.run_jobs().await;

        assert_eq!(said(&desk, &room).await.len(), 2, "answers first: {answers_first}");
        assert_eq!(delivery(&desk, &room, id).await, Delivery::Sent, "answers first: {answers_first}");
        assert_eq!(shelf.posted().len(), if answers_first { 3 } else { 0 });
    }
}

#[tokio::test]
async fn a_part_that_left_by_its_echo_does_not_leave_again_with_the_rest() {
    let (text, parts) = long();
    let (desk, shelf, room, id) = answered_with(Content::Text(text)).await;
    shelf.refuses(503);
    desk.run_jobs().await;

    echoes_as(&desk, json!({ "id": "its-own", "text": parts[0].trim() })).await;
    says(&desk, json!({ "type": "status", "message": { "id": "its-own" }, "status": "delivered" })).await;
    desk.run_jobs().await;
    assert!(matches!(delivery(&desk, &room, id).await, Delivery::Waiting | Delivery::Delayed(_)), "two are still here");
    desk.later(minutes(5));
    desk.run_jobs().await;

    let first_words: Vec<_> = shelf.posted().iter().map(|posted| first_word(&posted.to_string())).collect();
    assert_eq!(first_words, ["two", "three"]);
    assert_eq!(delivery(&desk, &room, id).await, Delivery::Sent);
    assert_eq!(said(&desk, &room).await.len(), 2);
}

/// Which of the parts of [`long`] it carries.
fn first_word(posted: &str) -> &'static str {
    ["one", "two", "three"].into_iter().find(|word| posted.contains(&format!("\"{word} "))).unwrap_or_default()
}

#[tokio::test]
async fn words_of_the_bot_whose_first_part_left_by_its_echo_go_on_though_a_person_enters() {
    let (text, parts) = long();
    let (desk, shelf, room) = asked().await;
    let id = is_said(&desk, &room, Author::Bot("Robin".into()), Content::Text(text)).await;
    shelf.refuses(503);
    desk.run_jobs().await;

    echoes_as(&desk, json!({ "id": "its-own", "text": parts[0].trim() })).await;
    desk.run_jobs().await;
    enters(&desk, &room).await;
    desk.later(minutes(5));
    desk.run_jobs().await;

    let first_words: Vec<_> = shelf.posted().iter().map(|posted| first_word(&posted.to_string())).collect();
    assert_eq!(first_words, ["two", "three"]);
    assert_eq!(delivery(&desk, &room, id).await, Delivery::Sent);
}

/// The first of the parts of [`long`], all of which were taken, did not arrive, and Priya has it sent again.
async fn resent(is_taken: bool) -> (TestDesk, Shelf, Room, Person, MessageId) {
    let (desk, shelf, room) = asked().await;
    let priya = enters(&desk, &room).await;
    let id = is_said(&desk, &room, Author::Person(priya.id), Content::Text(long().0)).await;
    desk.run_jobs().await;
    says(&desk, json!({ "type": "status", "message": { "id": "theirs-1" }, "status": "failed" })).await;
    desk.run_jobs().await;
    messages::retry(&desk.backend, &priya, room.id, id).await.expect("it failed");
    if !is_taken {
        shelf.refuses(503);
    }
    desk.run_jobs().await;
    (desk, shelf, room, priya, id)
}

#[tokio::test]
async fn the_echo_of_a_part_that_was_sent_again_is_no_second_message() {
    let (desk, shelf, room, _, id) = resent(false).await;

    echoes_as(&desk, json!({ "id": "its-own", "text": long().1[0].trim() })).await;
    desk.run_jobs().await;
    desk.later(minutes(5));
    desk.run_jobs().await;

    assert_eq!(said(&desk, &room).await.len(), 2);
    assert_eq!((delivery(&desk, &room, id).await, shelf.posted().len()), (Delivery::Sent, 3));
}

#[tokio::test]
async fn an_answer_to_what_was_sent_again_names_what_arrived() {
    let (desk, shelf, room, priya, id) = resent(true).await;
    let answer = NewMessage { text: "as I said".into(), reply_to: Some(id), ..NewMessage::default() };

    messages::send(&desk.backend, &priya, room.id, new_id(), answer).await.expect("may be sent");
    desk.run_jobs().await;

    let posted = shelf.posted();
    assert_eq!(first_word(&posted[3].to_string()), "one");
    assert_eq!(posted[4]["message"]["reply_to"], "theirs-4");
}

#[tokio::test]
async fn what_became_of_ours_before_the_answer_to_its_send_happens_with_the_answer_or_the_echo() {
    for echo_first in [true, false] {
        let (desk, shelf, room, id) = answered().await;
        let edited = json!({ "id": "theirs-1", "text": "it arrived" });
        says(&desk, json!({ "type": "edited", "customer": { "id": "ana" }, "message": edited })).await;
        if echo_first {
            shelf.refuses(503);
        }
        desk.run_jobs().await;
        echoes_as(&desk, json!({ "id": "theirs-1", "text": "on its way" })).await;
        says(&desk, json!({ "type": "status", "message": { "id": "theirs-1" }, "status": "delivered" })).await;
        desk.run_jobs().await;

        let words = said(&desk, &room).await;
        assert_eq!(words.iter().filter(|line| *line == "agent: it arrived").count(), 1, "{echo_first}: {words:?}");
        assert_eq!(delivery(&desk, &room, id).await, Delivery::Delivered, "{echo_first}");
        assert!(!words.iter().any(|line| line.ends_with("on its way")), "{echo_first}: {words:?}");
    }
}

#[tokio::test]
async fn a_part_that_is_known_already_takes_no_other_echo() {
    let (text, parts) = long();
    let (desk, shelf, room, _) = answered_with(Content::Text(text)).await;
    shelf.refuses(503);
    desk.run_jobs().await;

    for id in ["theirs-7", "theirs-7", "theirs-8"] {
        echoes_as(&desk, json!({ "id": id, "text": parts[0].trim() })).await;
    }
    desk.run_jobs().await;

    assert_eq!(said(&desk, &room).await[2], format!("switchboard: {}", parts[0].trim()));
    assert_eq!(said(&desk, &room).await.len(), 3);
}

#[tokio::test]
async fn what_only_begins_like_ours_was_written_elsewhere() {
    let choices = ["Yes", "No"].map(|title| Choice { id: title.to_lowercase(), title: title.into() }).into();
    let (desk, shelf, room, id) = answered_with(Content::Choices { text: "Shall I?".into(), choices }).await;
    shelf.refuses(503);
    desk.run_jobs().await;

    echoes_as(&desk, json!({ "id": "theirs-8", "text": "Shall I? Or rather tomorrow?" })).await;
    desk.run_jobs().await;
    assert_eq!(said(&desk, &room).await[2], "switchboard: Shall I? Or rather tomorrow?");
    assert_eq!(delivery(&desk, &room, id).await, Delivery::Waiting);

    echoes_as(&desk, json!({ "id": "theirs-9", "text": "Shall I?" })).await;
    desk.run_jobs().await;
    assert_eq!(said(&desk, &room).await.len(), 3);
    assert_eq!(delivery(&desk, &room, id).await, Delivery::Sent);
}

#[tokio::test]
async fn the_echo_of_a_place_is_no_second_one() {
    let place = Place { name: Some("Loja".into()), ..Place::at(-23.550_52, -46.633_308).expect("on earth") };
    let (desk, shelf, room, id) = answered_with(Content::Place(place)).await;
    shelf.refuses(503);
    desk.run_jobs().await;

    let echo = json!({ "latitude": -23.550_519, "longitude": -46.633_309, "name": "Loja" });
    echoes_as(&desk, json!({ "id": "theirs-9", "place": echo })).await;
    desk.run_jobs().await;

    assert_eq!(said(&desk, &room).await.len(), 2);
    assert_eq!(delivery(&desk, &room, id).await, Delivery::Sent);
}

#[tokio::test]
async fn what_a_paused_channel_holds_back_has_no_echo() {
    let (desk, _shelf, room, id) = answered().await;
    let priya = desk.admin("paula").await;
    let channel = desk.channel_of(ChannelKind::Api).id;
    channels::set_paused(&desk.backend, &priya, channel, true).await.expect("an admin may");
    desk.run_jobs().await;
    let held = Delivery::Delayed(Delay { cause: Cause::Paused, until: None });
    assert_eq!(delivery(&desk, &room, id).await, held);

    echoes(&desk, "on its way").await;
    channels::set_paused(&desk.backend, &priya, channel, false).await.expect("an admin may");
    desk.run_jobs().await;

    let expected = ["customer: where is it?", "agent: on its way", "switchboard: on its way"];
    assert_eq!(said(&desk, &room).await, expected);
}

/// Ana's business chat on Telegram, where an answer of ours waits because Telegram has an outage.
async fn business() -> (TestDesk, Room, MessageId) {
    let (desk, telegram) = telegram::stage().await;
    telegram::delivers(&desk, &business_message(1, json!({ "from": { "id": 5_000_000_077_i64 }, "text": "oi" }))).await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    let priya = desk.admin("priya").await;
    rooms::enter(&desk.backend, &priya, room.id).await.expect("a queued room may be entered");
    telegram.refuses(502);
    let id = new_id();
    messages::send(&desk.backend, &priya, room.id, id, "on its way".into()).await.expect("may be sent");
    desk.run_jobs().await;
    (desk, room, id)
}

fn business_message(number: i64, mut message: Value) -> Value {
    message["message_id"] = number.into();
    message["date"] = 1_795_348_800.into();
    message["chat"] = json!({ "id": 5_000_000_077_i64, "type": "private", "first_name": "Ana" });
    message["business_connection_id"] = "conn1".into();
    json!({ "update_id": number, "business_message": message })
}

#[tokio::test]
async fn telegram_says_which_bot_wrote_for_a_business_account_so_nothing_is_doubled_or_lost() {
    let caio = json!({ "id": 5_000_000_001_i64, "first_name": "Caio" });
    let (desk, room, id) = business().await;
    // Caio types the very same words on his phone, then our own come back with a blank less.
    telegram::delivers(&desk, &business_message(2, json!({ "from": caio, "text": "on its way" }))).await;
    desk.run_jobs().await;
    let expected = ["customer: oi", "agent: on its way", "switchboard: on its way"];
    assert_eq!(said(&desk, &room).await, expected);
    assert_eq!(delivery(&desk, &room, id).await, Delivery::Waiting);

    let ours = json!({ "from": caio, "sender_business_bot": { "id": 1, "is_bot": true }, "text": "on its  way" });
    telegram::delivers(&desk, &business_message(3, ours)).await;
    desk.run_jobs().await;

    assert_eq!(said(&desk, &room).await, expected);
    assert_eq!(delivery(&desk, &room, id).await, Delivery::Sent);
}

#[tokio::test]
async fn the_press_of_a_button_on_telegram_is_answered() {
    let (desk, telegram) = telegram::stage().await;
    let update = json!({
        "update_id": 1,
        "callback_query": {
            "id": "cq1",
            "from": { "id": 5_000_000_077_i64, "first_name": "Ana" },
            "message": { "message_id": 12, "chat": { "id": 5_000_000_077_i64, "type": "private", "first_name": "Ana" } },
            "data": "yes",
        },
    });

    telegram::delivers(&desk, &update).await;
    desk.run_jobs().await;

    let posted = telegram.posted();
    let answers: Vec<_> = posted.iter().filter_map(|call| call["callback_query_id"].as_str()).collect();
    assert_eq!(answers, ["cq1"]);
    assert_eq!(said(&desk, &only_room(&desk).await).await, ["customer: yes"]);
}
