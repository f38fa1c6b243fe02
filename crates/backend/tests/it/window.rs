//! The messaging window is open from when the customer wrote by the provider's clock, however late we hear of it.

use backend::test_desk::{NOON, TestDesk, whatsapp_message};
use domain::channel::WindowState;
use domain::room::Room;
use domain::timestamp::{Timestamp, hours, minutes};
use serde_json::{Value, json};

use crate::transcript::{only_room, said};

/// Ana's message that she wrote on WhatsApp then comes now.
async fn comes(desk: &TestDesk, id: &str, text: &str, written_at: Option<Timestamp>) {
    let mut delivery = whatsapp_message(id, &json!({ "type": "text", "text": { "body": text } }));
    delivery["entry"][0]["changes"][0]["value"]["messages"][0]["timestamp"] =
        written_at.map_or(Value::Null, |at| (at.0 / 1_000).to_string().into());
    desk.whatsapp_delivers(&delivery).await.expect("signed");
    desk.run_jobs().await;
}

fn opened_at(desk: &TestDesk, room: &Room) -> WindowState {
    room.window(desk.backend.now())
}

async fn desk() -> TestDesk {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    desk
}

#[tokio::test]
async fn a_message_that_comes_twenty_hours_late_leaves_four_hours_to_answer() {
    let desk = desk().await;
    desk.later(hours(20));
    comes(&desk, "wamid.A=", "oi", Some(NOON)).await;

    let room = only_room(&desk).await;
    assert_eq!(opened_at(&desk, &room), WindowState::OpenUntil(NOON.plus(hours(24))));
    let now = desk.backend.now();
    assert_eq!((room.last_message_at, room.waiting_since), (now, Some(now)), "for us it waits since it came");
    desk.later(hours(4));
    assert_eq!(opened_at(&desk, &room), WindowState::Closed);
}

#[tokio::test]
async fn an_older_message_that_comes_later_does_not_shorten_the_time_to_answer() {
    let desk = desk().await;
    desk.later(hours(20));
    let now = desk.backend.now();
    comes(&desk, "wamid.B=", "second", Some(now)).await;
    comes(&desk, "wamid.A=", "first", Some(NOON)).await;

    let room = only_room(&desk).await;
    assert_eq!(opened_at(&desk, &room), WindowState::OpenUntil(now.plus(hours(24))));
    assert_eq!(said(&desk, &room).await, ["customer: second", "customer: first"], "as they came");
}

#[tokio::test]
async fn a_clock_that_is_fast_or_missing_opens_no_more_than_a_whole_window() {
    for written_at in [None, Some(NOON.plus(hours(9)))] {
        let desk = desk().await;
        desk.later(minutes(1));
        comes(&desk, "wamid.A=", "oi", written_at).await;

        let until = desk.backend.now().plus(hours(24));
        assert_eq!(opened_at(&desk, &only_room(&desk).await), WindowState::OpenUntil(until));
    }
}
