//! STOP, on a channel where it forbids every word of ours until START.

use backend::inbound::{self, Knock};
use backend::test_desk::{PHONE, TestDesk, USER_ID, whatsapp_delivery};
use backend::{Error, channels, messages, new_id, rooms};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use domain::channel::{Channel, ChannelKind};
use domain::delivery::Delivery;
use domain::id::MessageId;
use domain::message::NewMessage;
use domain::person::Person;
use domain::refused::Refused;
use domain::room::Room;
use domain::timestamp::{Timestamp, minutes};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha512;

use crate::shelf::{Shelf, says, writes};
use crate::transcript::{delivery, live_rooms, only_room, said};

async fn subscribes(desk: &TestDesk, subscribed: bool) {
    says(desk, json!({ "type": "subscription", "customer": { "id": "ana" }, "subscribed": subscribed })).await;
}

/// They said so by the messenger's clock, whenever we hear of it.
async fn subscribed(desk: &TestDesk, subscribed: bool, at: Timestamp) {
    let (customer, at) = (json!({ "id": "ana" }), at.0);
    says(desk, json!({ "type": "subscription", "at": at, "customer": customer, "subscribed": subscribed })).await;
    desk.run_jobs().await;
}

async fn replies(desk: &TestDesk, person: &Person, room: &Room, id: MessageId) -> Result<(), Error> {
    let words = NewMessage { text: "here I am".into(), ..NewMessage::default() };
    messages::send(&desk.backend, person, room.id, id, words).await.map(drop)
}

#[tokio::test]
async fn after_stop_neither_the_bot_nor_a_person_says_a_word_until_start() {
    let (desk, shelf) = (TestDesk::new().await, Shelf::start().await);
    let (channel, priya) = (shelf.channel(&desk).await, desk.admin("priya").await);
    let flow = desk.standard_flow().await;
    channels::use_flow(&desk.backend, &priya, channel.id, Some(flow), None).await.expect("an admin may");
    writes(&desk, json!({ "id": "1", "text": "hello" })).await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    let before = said(&desk, &room).await;
    assert!(before.len() > 1, "the bot answers: {before:?}");

    subscribes(&desk, false).await;
    writes(&desk, json!({ "id": "2", "text": "STOP" })).await;
    desk.run_jobs().await;
    assert_eq!(said(&desk, &room).await[before.len()..], ["customer: STOP"]);
    let room = rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
    let refused = replies(&desk, &priya, &room, new_id()).await;
    assert!(matches!(refused, Err(Error::Refused(Refused::OptedOut))), "{refused:?}");

    subscribes(&desk, true).await;
    desk.run_jobs().await;
    replies(&desk, &priya, &room, new_id()).await.expect("they want to hear from us again");
}

#[tokio::test]
async fn what_waits_when_stop_comes_does_not_leave() {
    let (desk, shelf) = (TestDesk::new().await, Shelf::start().await);
    shelf.channel(&desk).await;
    let priya = desk.admin("priya").await;
    writes(&desk, json!({ "id": "1", "text": "hello" })).await;
    desk.run_jobs().await;
    let room = rooms::enter(&desk.backend, &priya, only_room(&desk).await.id).await.expect("an admin may enter");
    let id = new_id();
    shelf.refuses(503);
    replies(&desk, &priya, &room, id).await.expect("she holds the room");
    desk.run_jobs().await;

    subscribes(&desk, false).await;
    desk.run_jobs().await;
    desk.later(minutes(5));
    desk.run_jobs().await;

    let reason = Refused::OptedOut.to_string();
    assert_eq!(delivery(&desk, &room, id).await, Delivery::Failed { reason });
    assert!(shelf.posted().is_empty(), "{:?}", shelf.posted());
}

#[tokio::test]
async fn who_says_stop_before_anything_else_is_not_written_to_either() {
    let (desk, shelf) = (TestDesk::new().await, Shelf::start().await);
    shelf.channel(&desk).await;
    subscribes(&desk, false).await;
    writes(&desk, json!({ "id": "1", "text": "leave me alone" })).await;

    desk.run_jobs().await;

    assert!(only_room(&desk).await.has_said_stop());
}

#[tokio::test]
async fn the_word_stop_and_the_news_of_it_are_one_stop_in_any_order_and_however_often_they_come() {
    for order in [["word", "news", "word", "news"], ["news", "word", "news", "word"], ["news", "news", "word", "word"]]
    {
        let (desk, shelf) = (TestDesk::new().await, Shelf::start().await);
        shelf.channel(&desk).await;
        writes(&desk, json!({ "id": "1", "text": "hello" })).await;
        desk.run_jobs().await;
        let before = only_room(&desk).await.version;

        for what in order {
            match what {
                "word" => writes(&desk, json!({ "id": "2", "text": "STOP" })).await,
                _ => subscribes(&desk, false).await,
            }
            desk.run_jobs().await;
        }

        let room = only_room(&desk).await;
        assert!(room.has_said_stop(), "{order:?}");
        assert_eq!(said(&desk, &room).await, ["customer: hello", "customer: STOP"], "{order:?}");
        assert_eq!(room.version - before, 2, "the word and the lock, each once: {order:?}");
    }
}

#[tokio::test]
async fn a_start_that_waited_in_a_paused_channel_does_not_undo_a_later_stop() {
    let (desk, shelf) = (TestDesk::new().await, Shelf::start().await);
    let (channel, priya) = (shelf.channel(&desk).await, desk.admin("priya").await);
    writes(&desk, json!({ "id": "1", "text": "hello" })).await;
    desk.run_jobs().await;
    let pause = async |paused| channels::set_paused(&desk.backend, &priya, channel.id, paused).await.expect("she may");
    pause(true).await;
    subscribes(&desk, true).await;
    desk.later(minutes(2));
    let stopped_at = desk.backend.now().minus(minutes(1));
    pause(false).await;
    desk.run_jobs().await;

    subscribed(&desk, false, stopped_at).await;

    assert!(only_room(&desk).await.has_said_stop());
}

#[tokio::test]
async fn a_start_or_stop_that_comes_late_does_not_undo_what_was_said_since() {
    let (desk, shelf) = (TestDesk::new().await, Shelf::start().await);
    shelf.channel(&desk).await;
    writes(&desk, json!({ "id": "1", "text": "hello" })).await;
    desk.run_jobs().await;
    let at = |minute: u64| desk.backend.now().minus(minutes(10 - minute));
    let has_said_stop = async || only_room(&desk).await.has_said_stop();

    subscribed(&desk, false, at(2)).await;
    subscribed(&desk, true, at(1)).await;
    assert!(has_said_stop().await, "the earlier START comes late");
    subscribed(&desk, true, at(4)).await;
    subscribed(&desk, false, at(3)).await;
    assert!(!has_said_stop().await, "the earlier STOP comes late");
}

#[tokio::test]
async fn a_start_of_somebody_unknown_holds_against_their_stop_before_it() {
    let (desk, shelf) = (TestDesk::new().await, Shelf::start().await);
    shelf.channel(&desk).await;
    let at = |minute: u64| desk.backend.now().minus(minutes(10 - minute));

    subscribed(&desk, true, at(2)).await;
    subscribed(&desk, false, at(1)).await;
    writes(&desk, json!({ "id": "1", "text": "hello" })).await;
    desk.run_jobs().await;

    assert!(!only_room(&desk).await.has_said_stop());
}

/// Google delivers this about a customer of an RCS agent, signed over what is packed into it.
async fn rcs_delivers(desk: &TestDesk, channel: &Channel, kind: &str, said: &str) {
    let mut mac = Hmac::<Sha512>::new_from_slice(b"client-token").expect("any key will do");
    mac.update(said.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let message = json!({ "data": STANDARD.encode(said), "attributes": { "type": kind }, "messageId": "1" });
    let knock = Knock {
        method: "POST".into(),
        path_query: format!("/webhooks/google/{}", channel.id),
        headers: vec![("X-Goog-Signature".into(), signature)],
        body: Bytes::from(json!({ "message": message }).to_string()),
    };
    inbound::receive(&desk.backend, ChannelKind::Google, channel.id, knock).await.expect("it is proved");
    desk.run_jobs().await;
}

#[tokio::test]
async fn after_stop_by_rcs_nothing_may_be_said_until_start() {
    let desk = TestDesk::new().await;
    let key = include_str!("../../../channels/fixtures/google/service_account.json");
    let settings = json!({
        "agent_id": "acme_agent@rbm.goog", "client_token": "client-token", "service_account": key,
        "base_url": "http://127.0.0.1:1",
    });
    let channel = desk.channel(ChannelKind::Google, "Acme RCS", &settings.to_string(), None).await;
    let priya = desk.admin("priya").await;
    let text = include_str!("../../../channels/fixtures/google/rcs/text.json");
    rcs_delivers(&desk, &channel, "message", text.trim()).await;
    let room = rooms::enter(&desk.backend, &priya, only_room(&desk).await.id).await.expect("an admin may enter");

    let stop = include_str!("../../../channels/fixtures/google/rcs/unsubscribed.json");
    rcs_delivers(&desk, &channel, "event", stop.trim()).await;
    assert!(desk.find_room(room.id).await.has_said_stop());
    let refused = replies(&desk, &priya, &room, new_id()).await;
    assert!(matches!(refused, Err(Error::Refused(Refused::OptedOut))), "{refused:?}");

    let start = include_str!("../../../channels/fixtures/google/rcs/subscribed.json").replace("10:00:00", "10:00:01");
    rcs_delivers(&desk, &channel, "event", start.trim()).await;
    replies(&desk, &priya, &room, new_id()).await.expect("they want to hear from us again");
}

/// A customer of WhatsApp, named by `who`, wants marketing or does not, since `at`.
async fn prefers(desk: &TestDesk, who: (&str, &str), value: &str, at: u32) {
    let preference = json!({
        who.0: who.1, "category": "marketing_messages", "value": value, "timestamp": at.to_string(),
    });
    whatsapp_delivers(desk, json!({ "user_preferences": [preference] })).await;
}

async fn whatsapp_delivers(desk: &TestDesk, value: Value) {
    desk.whatsapp_delivers(&whatsapp_delivery(&value)).await.expect("signed");
    desk.run_jobs().await;
}

#[tokio::test]
async fn of_two_customers_who_turn_out_to_be_one_the_later_stop_or_start_holds() {
    for (number, user, has_stopped) in [(("stop", 1), ("resume", 2), false), (("stop", 2), ("resume", 1), true)] {
        let desk = TestDesk::new().await;
        desk.whatsapp_channel().await;
        let writes = async |id: &str, who: Value| {
            let mut message = json!({ "id": id, "timestamp": "1795348800", "type": "text", "text": { "body": id } });
            message.as_object_mut().expect("an object").extend(who.as_object().expect("an object").clone());
            whatsapp_delivers(&desk, json!({ "messages": [message] })).await;
            desk.later(minutes(1));
        };
        writes("by number", json!({ "from": PHONE })).await;
        writes("by id", json!({ "from_user_id": USER_ID })).await;
        prefers(&desk, ("wa_id", PHONE), number.0, 1_795_300_000 + number.1).await;
        prefers(&desk, ("user_id", USER_ID), "stop", 1_795_300_000).await;
        prefers(&desk, ("user_id", USER_ID), user.0, 1_795_300_000 + user.1).await;

        writes("by both", json!({ "from": PHONE, "from_user_id": USER_ID })).await;

        let mut rooms = live_rooms(&desk).await;
        rooms.sort_by_key(|room| room.id);
        assert_eq!(rooms[0].opted_out, has_stopped, "{number:?}, {user:?}");
    }
}

#[tokio::test]
async fn a_refusal_that_is_told_late_does_not_undo_a_start() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    desk.whatsapp_customer_writes("oi").await;
    desk.run_jobs().await;
    let refused = async |id: &str, at: u32| {
        let errors = [json!({ "code": 131_050, "title": "The user has stopped marketing messages" })];
        let status = json!({
            "id": id, "status": "failed", "timestamp": at.to_string(), "recipient_id": PHONE, "errors": errors,
        });
        whatsapp_delivers(&desk, json!({ "statuses": [status] })).await;
        only_room(&desk).await.opted_out
    };
    prefers(&desk, ("wa_id", PHONE), "resume", 1_795_300_005).await;

    assert!(!refused("wamid.EARLIER=", 1_795_300_004).await);
    assert!(refused("wamid.LATER=", 1_795_300_006).await);
}
