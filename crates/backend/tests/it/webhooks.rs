//! Providers' deliveries: proved, kept, read once, in whatever order and however often they come.

use std::time::Duration;

use backend::Error;
use backend::test_desk::{NOON, PHONE, TestDesk, USER_ID, whatsapp_delivery, whatsapp_message};
use backend::{channels, jobs, rooms, trouble};
use domain::change::{Change, Event};
use domain::live::Frame;
use domain::message::{Content, What};
use domain::refused::Refused;
use serde_json::{Value, json};

use crate::transcript::{live_rooms, only_room, resolve, said, words};

fn text(id: &str, text: &str) -> Value {
    whatsapp_message(id, &json!({ "type": "text", "text": { "body": text } }))
}

#[tokio::test]
async fn a_signed_delivery_is_kept_and_then_read() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;

    desk.whatsapp_customer_writes("oi").await;
    assert!(live_rooms(&desk).await.is_empty());
    desk.run_jobs().await;

    let room = only_room(&desk).await;
    assert_eq!(room.name, "Ana Lima");
    assert_eq!(said(&desk, &room).await, ["customer: oi"]);
}

#[tokio::test]
async fn an_unsigned_or_altered_delivery_is_refused_and_leaves_nothing() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    let body = text("wamid.A=", "oi").to_string();

    assert!(matches!(desk.knocks(&body, None).await, Err(Error::SignIn)));
    let wrong = format!("sha256={}", "0".repeat(64));
    assert!(matches!(desk.knocks(&body, Some(&wrong)).await, Err(Error::SignIn)));
    desk.run_jobs().await;

    assert!(!desk.stores("wamid.A=").await);
    assert!(live_rooms(&desk).await.is_empty());
}

#[tokio::test]
async fn a_door_of_no_channel_is_not_there() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    let knock = backend::inbound::Knock {
        method: "GET".into(),
        path_query: "/".into(),
        headers: Vec::new(),
        body: bytes::Bytes::new(),
    };
    let kind = domain::channel::ChannelKind::WhatsApp;
    let answer = backend::inbound::receive(&desk.backend, kind, backend::new_id(), knock).await;
    assert!(matches!(answer, Err(Error::Refused(Refused::NotFound))));
}

#[tokio::test]
async fn repeated_replayed_and_reordered_deliveries_give_one_message_each() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    let (first, second) = (text("wamid.A=", "one"), text("wamid.B=", "two"));
    // The same message among others, in other bytes: what tells it is its id.
    let both = whatsapp_delivery(&json!({
        "contacts": [{ "profile": { "name": "Ana Lima" }, "wa_id": PHONE, "user_id": USER_ID }],
        "messages": [first["entry"][0]["changes"][0]["value"]["messages"][0],
                     second["entry"][0]["changes"][0]["value"]["messages"][0]],
    }));

    for delivery in [&second, &second, &first, &both, &first] {
        assert_eq!(desk.whatsapp_delivers(delivery).await.expect("signed").status, 200);
    }
    desk.run_jobs().await;
    desk.whatsapp_delivers(&both).await.expect("signed");
    desk.run_jobs().await;

    assert_eq!(said(&desk, &only_room(&desk).await).await, ["customer: two", "customer: one"]);
}

#[tokio::test]
async fn one_broken_event_does_not_hide_the_others_and_admins_see_it() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    let priya = desk.admin("priya").await;
    let message = |id: &str, body: Value| json!({ "from": PHONE, "id": id, "timestamp": "1795348800", "type": "text", "text": { "body": body } });
    let delivery = whatsapp_delivery(&json!({
        "messages": [
            message("wamid.A=", json!("before")),
            message("wamid.B=", json!({ "nested": "secret words" })),
            message("wamid.C=", json!("after")),
        ],
    }));

    desk.whatsapp_delivers(&delivery).await.expect("signed");
    desk.run_jobs().await;

    assert_eq!(said(&desk, &only_room(&desk).await).await, ["customer: before", "customer: after"]);
    let trouble = trouble::list(&desk.backend, &priya).await.expect("an admin may look");
    assert_eq!(trouble.webhooks.len(), 1);
    assert!(trouble.webhooks[0].problem.starts_with("unreadable in part"));
    assert!(!trouble.webhooks[0].problem.contains("secret words"));
}

#[tokio::test]
async fn what_cannot_be_taken_in_leaves_the_others_their_place_before_the_next_delivery() {
    let desk = TestDesk::new().await;
    let channel = desk.whatsapp_channel().await;
    let priya = desk.admin("priya").await;
    desk.newer_version_marks(channel.id, "wamid.B=").await;
    let message = |id: &str, words: &str| json!({ "from": PHONE, "id": id, "timestamp": "1795348800", "type": "text", "text": { "body": words } });
    let first =
        json!({ "messages": [message("wamid.A=", "one"), message("wamid.B=", "two"), message("wamid.C=", "three")] });
    let second = json!({ "messages": [message("wamid.D=", "four")] });

    for delivery in [first, second] {
        desk.whatsapp_delivers(&whatsapp_delivery(&delivery)).await.expect("signed");
    }
    desk.run_jobs().await;

    let heard = ["customer: one", "customer: three", "customer: four"];
    assert_eq!(said(&desk, &only_room(&desk).await).await, heard);
    let trouble = trouble::list(&desk.backend, &priya).await.expect("an admin may look");
    assert_eq!(trouble.webhooks.len(), 1);
    assert!(trouble.webhooks[0].problem.starts_with("not taken in"), "{}", trouble.webhooks[0].problem);
}

#[tokio::test]
async fn an_unreadable_delivery_is_answered_with_200_kept_and_shown_to_admins() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    let priya = desk.admin("priya").await;

    let answer = desk.whatsapp_delivers_bytes("{\"object\": ").await.expect("signed");
    desk.run_jobs().await;

    assert_eq!(answer.status, 200);
    let trouble = trouble::list(&desk.backend, &priya).await.expect("an admin may look");
    assert!(trouble.webhooks[0].problem.starts_with("unreadable: "), "{:?}", trouble.webhooks);
}

#[tokio::test]
async fn what_a_channel_cannot_show_is_named() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    let poll = json!({ "type": "unsupported", "errors": [{ "code": 131_051 }], "unsupported": { "type": "poll" } });

    desk.whatsapp_delivers(&whatsapp_message("wamid.A=", &poll)).await.expect("signed");
    desk.run_jobs().await;

    let entries = words(&desk, &only_room(&desk).await).await;
    let is_poll = |what: &What| matches!(what, What::Message(message) if message.content == Content::Unsupported { label: "Poll".into() });
    assert!(entries.iter().any(|entry| is_poll(&entry.what)), "{entries:?}");
}

#[tokio::test]
async fn a_reaction_is_shown_and_neither_reopens_a_room_nor_asks_for_an_answer() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    let priya = desk.admin("priya").await;
    desk.whatsapp_customer_writes("thanks").await;
    desk.run_jobs().await;
    let room = resolve(&desk, &priya, only_room(&desk).await.id).await;
    let reaction = json!({ "type": "reaction", "reaction": { "message_id": "wamid.X=", "emoji": "👍" } });

    desk.whatsapp_delivers(&whatsapp_message("wamid.R=", &reaction)).await.expect("signed");
    desk.run_jobs().await;

    let after = desk.find_room(room.id).await;
    assert!(after.is_archived() && after.waiting_since.is_none());
    assert_eq!(said(&desk, &after).await, ["customer: thanks", "switchboard: Reaction of the customer: 👍"]);
}

#[tokio::test]
async fn what_a_blocked_customer_writes_is_dropped() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    desk.whatsapp_customer_writes("one").await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    desk.block(room.customer).await;

    desk.whatsapp_customer_writes("two").await;
    desk.run_jobs().await;

    assert_eq!(said(&desk, &room).await, ["customer: one"]);
}

#[tokio::test]
async fn the_phone_number_and_the_user_id_name_one_customer_and_a_new_number_stays_with_them() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    let priya = desk.admin("priya").await;
    let from = |id: &str, who: Value| {
        let mut message = json!({ "id": id, "timestamp": "1795348800", "type": "text", "text": { "body": id } });
        message.as_object_mut().expect("an object").extend(who.as_object().expect("an object").clone());
        whatsapp_delivery(&json!({ "messages": [message] }))
    };
    let moved = json!({
        "from": PHONE, "type": "system",
        "system": { "type": "user_changed_number", "wa_id": "5511900000099", "user_id": USER_ID },
    });

    for delivery in [
        from("by number", json!({ "from": PHONE })),
        from("by both", json!({ "from": PHONE, "from_user_id": USER_ID })),
        from("by id", json!({ "from_user_id": USER_ID })),
        from("moves", moved),
        from("by new number", json!({ "from": "5511900000099" })),
        from("somebody else", json!({ "from": PHONE })),
    ] {
        desk.whatsapp_delivers(&delivery).await.expect("signed");
        desk.run_jobs().await;
    }

    let mut rooms = live_rooms(&desk).await;
    rooms.sort_by_key(|room| room.id);
    assert_eq!(rooms.len(), 2);
    let told = ["customer: by number", "customer: by both", "customer: by id", "customer: by new number"];
    assert_eq!(said(&desk, &rooms[0]).await, told);
    assert_eq!(said(&desk, &rooms[1]).await, ["customer: somebody else"]);
    let view = rooms::load(&desk.backend, &priya, rooms[0].id).await.expect("an admin sees it");
    assert_eq!(view.customer.phone.as_deref(), Some("+5511900000099"));
}

#[tokio::test]
async fn two_customers_who_turn_out_to_be_one_go_on_as_the_older() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    let message = |id: &str, who: (&str, &str)| json!({ who.0: who.1, "id": id, "timestamp": "1795348800", "type": "text", "text": { "body": id } });
    let both = json!({
        "from": PHONE, "from_user_id": USER_ID, "id": "both", "timestamp": "1795348800",
        "type": "text", "text": { "body": "both" },
    });

    for message in [message("by number", ("from", PHONE)), message("by id", ("from_user_id", USER_ID)), both] {
        desk.whatsapp_delivers(&whatsapp_delivery(&json!({ "messages": [message] }))).await.expect("signed");
        desk.run_jobs().await;
        desk.later(Duration::from_secs(1));
    }

    let mut rooms = live_rooms(&desk).await;
    rooms.sort_by_key(|room| room.id);
    assert_eq!(said(&desk, &rooms[0]).await, ["customer: by number", "customer: both"]);
    assert_eq!(said(&desk, &rooms[1]).await, ["customer: by id"]);
}

#[tokio::test]
async fn a_new_name_is_shown_at_once() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    desk.whatsapp_customer_writes("oi").await;
    desk.run_jobs().await;
    let mut delivery = text("wamid.N=", "it is me");
    delivery["entry"][0]["changes"][0]["value"]["contacts"][0]["profile"]["name"] = "Ana L.".into();

    desk.whatsapp_delivers(&delivery).await.expect("signed");
    desk.run_jobs().await;

    assert_eq!(only_room(&desk).await.name, "Ana L.");
}

#[tokio::test]
async fn what_was_kept_before_a_crash_is_read_after_it() {
    let mut desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    desk.whatsapp_customer_writes("still there?").await;

    desk.restart().await;
    desk.run_jobs().await;

    assert_eq!(said(&desk, &only_room(&desk).await).await, ["customer: still there?"]);
}

#[tokio::test]
async fn a_removed_channel_takes_nothing_more() {
    let desk = TestDesk::new().await;
    let channel = desk.whatsapp_channel().await;
    let body = text("wamid.A=", "oi").to_string();
    channels::remove(&desk.backend, channel.id).await.expect("it exists");

    let answer = desk.whatsapp_delivers_bytes(&body).await;

    assert!(matches!(answer, Err(Error::Refused(Refused::NotFound))));
    assert!(!desk.stores("wamid.A=").await);
}

#[tokio::test]
async fn a_channel_knows_to_the_minute_when_its_provider_was_last_here() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    let priya = desk.admin("priya").await;
    let mut noted = Vec::new();
    for seconds in [0, 59, 1] {
        desk.later(Duration::from_secs(seconds));
        desk.whatsapp_customer_writes("oi").await;
        noted.push(channels::list(&desk.backend, &priya).await.expect("an admin may look")[0].last_webhook_at);
    }

    assert_eq!(noted, [Some(NOON), Some(NOON), Some(NOON.plus(Duration::from_secs(60)))]);
}

#[tokio::test]
async fn what_a_paused_channel_is_delivered_is_kept_and_read_in_its_order_once_it_goes_on() {
    let mut desk = TestDesk::new().await;
    let channel = desk.whatsapp_channel().await;
    let priya = desk.admin("priya").await;
    channels::set_paused(&desk.backend, &priya, channel.id, true).await.expect("an admin may");

    desk.whatsapp_customer_writes("one").await;
    desk.run_jobs().await;
    desk.restart().await;
    desk.whatsapp_customer_writes("two").await;
    desk.run_jobs().await;
    assert!(live_rooms(&desk).await.is_empty());
    channels::set_paused(&desk.backend, &priya, channel.id, false).await.expect("an admin may");
    desk.whatsapp_customer_writes("three").await;
    desk.run_jobs().await;

    let said = said(&desk, &only_room(&desk).await).await;
    assert_eq!(said, ["customer: one", "customer: two", "customer: three"]);
}

#[tokio::test]
async fn a_channel_that_goes_on_reads_what_it_kept_at_once_and_nothing_overtakes_it() {
    let desk = TestDesk::new().await;
    let channel = desk.whatsapp_channel().await;
    let priya = desk.admin("priya").await;
    let mut console = desk.comes_online(&priya).await;
    let running = jobs::start(&desk.backend);
    channels::set_paused(&desk.backend, &priya, channel.id, true).await.expect("an admin may");
    for text in ["one", "two", "three"] {
        desk.whatsapp_customer_writes(text).await;
    }

    channels::set_paused(&desk.backend, &priya, channel.id, false).await.expect("an admin may");
    desk.whatsapp_customer_writes("four").await;
    let mut heard = Vec::new();
    while heard.len() < 4 {
        let frame = console.next().await.expect("the console stays open");
        if let Ok(Frame::Event(Event { change: Change::MessageAdded(message), .. })) = serde_json::from_str(&frame) {
            heard.push(message.content.text().to_owned());
        }
    }

    assert_eq!(heard, ["one", "two", "three", "four"]);
    running.stop().await;
}
