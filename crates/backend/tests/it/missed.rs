//! What a provider did not deliver is asked for, and comes once.

use std::time::Duration;

use backend::test_desk::{NOON, TestDesk};
use backend::{channels, jobs, messages, new_id, rooms};
use domain::timestamp::{Timestamp, hours, minutes};
use serde_json::{Value, json};

use crate::lists::{Lists, OURS, received, received_with};
use crate::transcript::{only_room, said};
use crate::x_account::writes_as;

/// An id of X's, which tells when it was made.
fn id_at(at: Timestamp) -> String {
    ((at.0 - 1_288_834_974_657) << 22).to_string()
}

/// A message as X lists it.
fn told(id: &str, sender: &str, text: &str) -> Value {
    json!({"id": id, "event_type": "MessageCreate", "sender_id": sender, "dm_conversation_id": "111-222", "text": text})
}

async fn time_passes(desk: &TestDesk, span: Duration) {
    desk.later(span);
    jobs::look_after(&desk.backend).await;
    desk.run_jobs().await;
}

#[tokio::test]
async fn a_lost_sms_is_asked_for_and_comes_once() {
    let (desk, twilio) = (TestDesk::new().await, Lists::start().await);
    twilio.tells(vec![received("are you there?")]);
    twilio.by_sms(&desk).await;

    time_passes(&desk, minutes(1)).await;
    let once = twilio.asked();
    time_passes(&desk, minutes(1)).await;
    assert_eq!(twilio.asked(), once, "it was asked a moment ago");
    time_passes(&desk, minutes(5)).await;

    assert!(once > 0 && twilio.asked() > once);
    assert_eq!(said(&desk, &only_room(&desk).await).await, ["customer: are you there?"]);
}

#[tokio::test]
async fn files_that_twilio_no_longer_lists_lose_no_other_message() {
    let (desk, twilio) = (TestDesk::new().await, Lists::start().await);
    twilio.tells(vec![received_with("one", 10, "0"), received_with("see", 20, "2"), received_with("three", 30, "0")]);
    twilio.by_sms(&desk).await;

    time_passes(&desk, minutes(1)).await;

    let room = only_room(&desk).await;
    assert_eq!(said(&desk, &room).await, ["customer: one", "customer: see", "customer: three"]);
}

#[tokio::test]
async fn a_lost_stop_keeps_the_bot_silent_and_a_lost_start_lets_it_answer() {
    let (desk, twilio) = (TestDesk::new().await, Lists::start().await);
    let (hello, stop) = (received_with("hello", 10, "0"), received_with("STOP", 20, "0"));
    twilio.tells(vec![hello.clone(), stop.clone()]);
    twilio.by_sms_with(&desk, Some(desk.standard_flow().await)).await;
    time_passes(&desk, minutes(1)).await;
    let room = only_room(&desk).await;
    assert_eq!(said(&desk, &room).await, ["customer: hello", "customer: STOP"]);

    twilio.tells(vec![hello, stop, received_with("START", 120, "0")]);
    time_passes(&desk, minutes(6)).await;

    let words = said(&desk, &room).await;
    assert!(words.len() > 3, "the bot answers: {words:?}");
}

#[tokio::test]
async fn what_x_delivered_and_what_we_sent_stand_there_once_beside_what_was_lost() {
    let (desk, x) = (TestDesk::new().await, Lists::start().await);
    x.on_x(&desk).await;
    let (delivered, lost) = (id_at(NOON.plus(minutes(1))), id_at(NOON.plus(minutes(3))));
    desk.later(minutes(1));
    writes_as(&desk, "111", &delivered, "hello").await;
    desk.run_jobs().await;
    let (priya, room) = (desk.admin("priya").await, only_room(&desk).await);
    rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
    messages::send(&desk.backend, &priya, room.id, new_id(), "how can I help?".into()).await.expect("may be sent");
    desk.run_jobs().await;

    x.tells(vec![
        told(&lost, "111", "it is broken"),
        told(OURS, "222", "how can I help?"),
        told(&delivered, "111", "hello"),
    ]);
    time_passes(&desk, minutes(3)).await;
    time_passes(&desk, minutes(6)).await;
    // A late webhook after all.
    writes_as(&desk, "111", &lost, "it is broken").await;
    desk.run_jobs().await;

    let words = said(&desk, &room).await;
    let count = |text: &str| words.iter().filter(|line| line.ends_with(text)).count();
    assert_eq!((count("hello"), count("how can I help?"), count("it is broken")), (1, 1, 1), "{words:?}");
}

#[tokio::test]
async fn a_new_channel_is_not_flooded_with_what_was_before_it() {
    let (desk, x) = (TestDesk::new().await, Lists::start().await);
    x.on_x(&desk).await;
    let before = [id_at(NOON.minus(hours(2))), id_at(NOON.minus(minutes(1)))];
    let after = id_at(NOON.plus(minutes(1)));
    x.tells(vec![told(&after, "111", "new"), told(&before[1], "111", "old"), told(&before[0], "111", "older")]);

    for _ in 0..3 {
        time_passes(&desk, minutes(6)).await;
    }

    assert_eq!(said(&desk, &only_room(&desk).await).await, ["customer: new"]);
}

#[tokio::test]
async fn what_was_lost_while_nobody_could_ask_comes_once_it_can_be_asked_for_also_after_a_restart() {
    let (mut desk, x) = (TestDesk::new().await, Lists::start().await);
    x.on_x(&desk).await;
    time_passes(&desk, minutes(1)).await;
    x.refuses(Some((503, "")));
    x.tells(vec![told(&id_at(NOON.plus(minutes(2))), "111", "while you were out")]);
    for _ in 0..6 {
        time_passes(&desk, minutes(6)).await;
    }
    desk.restart().await;
    x.refuses(None);
    // Longer than a first look would reach back.
    time_passes(&desk, hours(30)).await;

    assert_eq!(said(&desk, &only_room(&desk).await).await, ["customer: while you were out"]);
}

#[tokio::test]
async fn x_is_asked_again_when_it_says_so_and_no_sooner() {
    let (desk, x) = (TestDesk::new().await, Lists::start().await);
    x.on_x(&desk).await;
    let in_twenty_minutes =
        "Date: Sun, 22 Nov 2026 10:00:00 GMT\r\nx-rate-limit-remaining: 0\r\nx-rate-limit-reset: 1795342800\r\n";
    x.refuses(Some((429, in_twenty_minutes)));
    time_passes(&desk, minutes(1)).await;
    x.refuses(None);
    x.tells(vec![told(&id_at(NOON.plus(minutes(1))), "111", "patience")]);
    for _ in 0..3 {
        time_passes(&desk, minutes(6)).await;
    }
    assert_eq!(x.asked(), 1);
    time_passes(&desk, minutes(2)).await;

    assert_eq!((x.asked(), said(&desk, &only_room(&desk).await).await), (2, vec!["customer: patience".to_owned()]));
}

#[tokio::test]
async fn a_paused_channel_is_asked_once_it_goes_on_and_a_removed_one_no_more() {
    let (desk, x) = (TestDesk::new().await, Lists::start().await);
    let (channel, priya) = (x.on_x(&desk).await, desk.admin("priya").await);
    time_passes(&desk, minutes(1)).await;
    let asked = x.asked();
    channels::set_paused(&desk.backend, &priya, channel.id, true).await.expect("an admin may");
    x.tells(vec![told(&id_at(NOON.plus(minutes(2))), "111", "hello?")]);
    time_passes(&desk, minutes(30)).await;
    assert_eq!(x.asked(), asked);

    channels::set_paused(&desk.backend, &priya, channel.id, false).await.expect("an admin may");
    desk.run_jobs().await;
    assert_eq!(said(&desk, &only_room(&desk).await).await, ["customer: hello?"]);

    channels::remove(&desk.backend, channel.id).await.expect("it is there");
    let asked = x.asked();
    for _ in 0..2 {
        time_passes(&desk, minutes(6)).await;
    }
    assert_eq!(x.asked(), asked);
}
