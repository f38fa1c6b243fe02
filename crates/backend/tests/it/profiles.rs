//! Customers whose messenger gives their name only to who asks.

use backend::inbound::{self, Knock};
use backend::media;
use backend::test_desk::TestDesk;
use bytes::Bytes;
use domain::channel::ChannelKind;
use domain::timestamp::minutes;
use hmac::{Hmac, Mac};
use serde_json::json;
use sha2::Sha256;

use crate::shelf::{PDF, PNG, Shelf};
use crate::transcript::{observer, only_room};

const PAGE: &str = "600000000000001";
const CUSTOMER: &str = "7100000000000001";
const SECRET: &str = "app-secret";

/// Somebody writes on Messenger.
async fn writes(desk: &TestDesk, id: &str) {
    let message = json!({
        "sender": { "id": CUSTOMER }, "recipient": { "id": PAGE }, "timestamp": 1_795_348_800_000_u64,
        "message": { "mid": id, "text": "oi" },
    });
    let entry = json!({ "id": PAGE, "time": 1_795_348_800_000_u64, "messaging": [message] });
    let body = json!({ "object": "page", "entry": [entry] }).to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key may have any length");
    mac.update(body.as_bytes());
    let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    let channel = desk.channel_of(ChannelKind::Messenger);
    let knock = Knock {
        method: "POST".into(),
        path_query: format!("/webhooks/messenger/{}", channel.id),
        headers: vec![("X-Hub-Signature-256".into(), signature)],
        body: Bytes::from(body),
    };
    inbound::receive(&desk.backend, ChannelKind::Messenger, channel.id, knock).await.expect("it is signed");
}

async fn stage() -> (TestDesk, Shelf) {
    let (desk, shelf) = (TestDesk::new().await, Shelf::start().await);
    let settings = json!({
        "page_id": PAGE, "access_token": "EAAtoken", "app_secret": SECRET, "verify_token": "verify-token",
        "base_url": shelf.url(""),
    });
    desk.channel(ChannelKind::Messenger, "Acme page", &settings.to_string(), None).await;
    (desk, shelf)
}

#[tokio::test]
async fn a_customer_is_called_by_the_name_their_messenger_gives_when_asked() {
    let (desk, shelf) = stage().await;
    shelf.keeps("document", CUSTOMER, br#"{"first_name":"Ana","last_name":"Lima"}"#);
    shelf.refuses(503);

    writes(&desk, "m_1").await;
    desk.run_jobs().await;
    assert_eq!(only_room(&desk).await.name, CUSTOMER, "until the name is known");
    desk.later(minutes(15));
    desk.run_jobs().await;

    assert_eq!(only_room(&desk).await.name, "Ana Lima");
}

#[tokio::test]
async fn a_customer_looks_as_their_messenger_shows_them() {
    let (desk, shelf) = stage().await;
    let profile = json!({ "first_name": "Ana", "profile_pic": shelf.url("/ana.png") });
    shelf.keeps("document", CUSTOMER, profile.to_string().as_bytes());
    shelf.keeps("photo", "ana.png", PNG);

    writes(&desk, "m_1").await;
    desk.run_jobs().await;

    let picture = only_room(&desk).await.picture.expect("it has come");
    assert_eq!(media::open(&desk.backend, &observer(), picture).await.expect("is here").file.mime, "image/png");
}

#[tokio::test]
async fn a_picture_that_is_none_or_does_not_come_keeps_nobody_from_their_name() {
    for content in [Some(PDF), None] {
        let (desk, shelf) = stage().await;
        let profile = json!({ "first_name": "Ana", "profile_pic": shelf.url("/ana.png") });
        shelf.keeps("document", CUSTOMER, profile.to_string().as_bytes());
        if let Some(content) = content {
            shelf.keeps("photo", "ana.png", content);
        }

        writes(&desk, "m_1").await;
        desk.run_jobs().await;

        let room = only_room(&desk).await;
        assert_eq!((room.name.as_str(), room.picture), ("Ana", None));
    }
}

#[tokio::test]
async fn a_customer_is_asked_about_once() {
    let (desk, shelf) = stage().await;
    shelf.keeps("document", CUSTOMER, br#"{"first_name":"Ana"}"#);
    writes(&desk, "m_1").await;
    desk.run_jobs().await;
    shelf.keeps("document", CUSTOMER, br#"{"first_name":"Somebody else"}"#);

    writes(&desk, "m_2").await;
    desk.run_jobs().await;

    assert_eq!(only_room(&desk).await.name, "Ana");
}
