//! A bot on Telegram, and what Telegram delivers to it.

use backend::inbound::{self, Knock};
use backend::test_desk::TestDesk;
use bytes::Bytes;
use domain::channel::ChannelKind;
use serde_json::{Value, json};

use crate::shelf::Shelf;

/// A desk with a bot, and the stand-in that the bot takes for Telegram.
pub async fn stage() -> (TestDesk, Shelf) {
    let (desk, telegram) = (TestDesk::new().await, Shelf::start().await);
    let settings = json!({ "bot_token": "1:token", "webhook_secret": "hook", "base_url": telegram.url("/") });
    desk.channel(ChannelKind::Telegram, "Acme bot", &settings.to_string(), None).await;
    (desk, telegram)
}

/// Telegram delivers this. Nothing is made of it until jobs run.
pub async fn delivers(desk: &TestDesk, update: &Value) {
    let channel = desk.channel_of(ChannelKind::Telegram);
    let knock = Knock {
        method: "POST".into(),
        path_query: format!("/webhooks/telegram/{}", channel.id),
        headers: vec![("X-Telegram-Bot-Api-Secret-Token".into(), "hook".into())],
        body: Bytes::from(update.to_string()),
    };
    inbound::receive(&desk.backend, ChannelKind::Telegram, channel.id, knock).await.expect("it is proved");
}
