//! Another app holds the thread on Messenger: what the customer says is shown, and nothing of ours answers by itself.

use backend::inbound::{self, Knock};
use backend::test_desk::TestDesk;
use bytes::Bytes;
use domain::channel::ChannelKind;
use domain::id::FlowId;
use domain::message::{About, What};
use domain::policy::Policy;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::transcript::{only_room, said, words};

const SECRET: &str = "app-secret";

/// A page on Messenger, whose chats begin with this flow.
pub async fn messenger(desk: &TestDesk, flow: Option<FlowId>) {
    let settings = json!({
        "page_id": "801", "access_token": "token", "app_secret": SECRET, "verify_token": "verify-token",
        "base_url": "http://127.0.0.1:9",
    });
    desk.channel(ChannelKind::Messenger, "Acme page", &settings.to_string(), flow).await;
}

/// The customer's words come in this list of the page's entry.
async fn hears(desk: &TestDesk, list: &str, text: &str) {
    let message = json!({ "mid": format!("m_{text}"), "text": text });
    tells(desk, list, json!({ "message": message })).await;
}

/// Meta tells the page of something that the customer did.
pub async fn tells(desk: &TestDesk, list: &str, mut event: Value) {
    let channel = desk.channel_of(ChannelKind::Messenger);
    event["sender"] = json!({ "id": "7100" });
    event["recipient"] = json!({ "id": "801" });
    let body = json!({ "object": "page", "entry": [{ "id": "801", (list): [event] }] }).to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key may have any length");
    mac.update(body.as_bytes());
    let knock = Knock {
        method: "POST".into(),
        path_query: format!("/webhooks/messenger/{}", channel.id),
        headers: vec![("X-Hub-Signature-256".into(), format!("sha256={}", hex::encode(mac.finalize().into_bytes())))],
        body: Bytes::from(body),
    };
    inbound::receive(&desk.backend, ChannelKind::Messenger, channel.id, knock).await.expect("it is signed");
    desk.run_jobs().await;
}

#[tokio::test]
async fn while_another_app_holds_the_thread_the_bot_hears_and_keeps_silent() {
    let desk = TestDesk::new().await;
    messenger(&desk, Some(desk.standard_flow().await)).await;

    hears(&desk, "standby", "hello").await;
    let room = only_room(&desk).await;
    assert_eq!(said(&desk, &room).await, ["customer: hello"]);
    let is_marked = |what: &What| matches!(what, What::Message(message) if message.about == Some(About::Standby));
    assert!(words(&desk, &room).await.iter().any(|entry| is_marked(&entry.what)));

    hears(&desk, "messaging", "and now?").await;
    assert!(said(&desk, &room).await.len() > 2, "the thread is ours again");
}

#[tokio::test]
async fn while_another_app_holds_the_thread_no_customer_hears_that_nobody_is_here() {
    let desk = TestDesk::new().await;
    desk.set_policy(Policy::default()).await;
    messenger(&desk, None).await;

    hears(&desk, "standby", "hello").await;

    assert_eq!(said(&desk, &only_room(&desk).await).await, ["customer: hello"]);
}
