//! What providers tell us of our own side, and what they wait for: an echo of what we sent is no second message, and the
//! press of a button is answered.

use backend::test_desk::TestDesk;
use backend::{messages, new_id, rooms};
use domain::delivery::Delivery;
use domain::id::MessageId;
use domain::room::Room;
use serde_json::json;

use crate::shelf::{Shelf, says, writes};
use crate::telegram;
use crate::transcript::{delivery, only_room, said};

/// Ana wrote, Priya answered "on its way", and nothing of that has left yet.
async fn answered() -> (TestDesk, Shelf, Room, MessageId) {
    let (desk, shelf) = (TestDesk::new().await, Shelf::start().await);
    shelf.channel(&desk).await;
    let priya = desk.admin("priya").await;
    writes(&desk, json!({ "id": "1", "text": "where is it?" })).await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    rooms::enter(&desk.backend, &priya, room.id).await.expect("a queued room may be entered");
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
