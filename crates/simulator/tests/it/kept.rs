//! What the played providers keep: a customer's stickers, and where a bot was told to deliver.

use serde_json::{Value, json};
use simulator::{Account, Hook, Inbox, Product, Telegram, WhatsApp};

use crate::world::{SECRET, TOKEN, World, answered};

pub fn telegram() -> Telegram {
    Telegram { bot_token: "1:abc".into(), webhook_secret: SECRET.into(), hook: Hook::default() }
}

#[tokio::test]
async fn telegram_says_where_it_was_told_to_deliver() {
    let world = World::with(Account::Telegram(telegram())).await;
    let url = async || {
        let (_, found) = answered(world.ask("telegram/bot1:abc/getWebhookInfo")).await;
        found["result"]["url"].as_str().map(str::to_owned)
    };
    assert_eq!(url().await.as_deref(), Some(""));
    let hook = json!({"url": "https://desk.example/webhooks/telegram/c1", "secret_token": SECRET});
    let (_, told) = answered(world.ask("telegram/bot1:abc/setWebhook").json(&hook)).await;
    assert_eq!(told["result"], json!(true));
    assert_eq!(url().await.as_deref(), hook["url"].as_str());
    answered(world.ask("telegram/bot1:abc/deleteWebhook")).await;
    assert_eq!(url().await.as_deref(), Some(""));
}

#[tokio::test]
async fn a_sticker_is_a_file_that_can_be_had() {
    let mut telegram = World::with(Account::Telegram(telegram())).await;
    let sticker = telegram.customer_does(&json!({"file": "sticker"})).await.json()["message"]["sticker"].clone();
    let file = json!({"file_id": sticker["file_id"]});
    let (_, found) = answered(telegram.ask("telegram/bot1:abc/getFile").json(&file)).await;
    let path = found["result"]["file_path"].as_str().expect("the file has a path").to_owned();
    let of_telegram = telegram.get(&format!("{}/simulator/telegram/file/bot1:abc/{path}", telegram.base), None).await;

    let inbox = Inbox {
        product: Product::Messenger,
        account_id: "600000000000001".into(),
        app_secret: SECRET.into(),
        access_token: TOKEN.into(),
    };
    let mut messenger = World::with(Account::Meta(inbox)).await;
    let event = messenger.customer_does(&json!({"file": "sticker"})).await.json();
    let attachment = &event["entry"][0]["messaging"][0]["message"]["attachments"][0];
    assert_eq!(attachment["type"], "sticker");
    let of_messenger = messenger.get(attachment["payload"]["url"].as_str().expect("it has an address"), None).await;

    let number = "801000000000002";
    let whatsapp = WhatsApp { phone_number_id: number.into(), access_token: TOKEN.into(), app_secret: SECRET.into() };
    let mut whatsapp = World::with(Account::WhatsApp(whatsapp)).await;
    let event = whatsapp.customer_does(&json!({"file": "sticker"})).await.json();
    let sticker = &event["entry"][0]["changes"][0]["value"]["messages"][0]["sticker"];
    assert_eq!((&sticker["mime_type"], &sticker["animated"]), (&json!("image/webp"), &json!(false)));
    let place = format!("{}/simulator/graph/v26.0/{}", whatsapp.base, sticker["id"].as_str().expect("it has an id"));
    let place: Value = serde_json::from_slice(&whatsapp.get(&place, Some(TOKEN)).await).expect("it is JSON");
    let of_whatsapp = whatsapp.get(place["url"].as_str().expect("it has an address"), Some(TOKEN)).await;

    for content in [of_telegram, of_messenger, of_whatsapp] {
        assert_eq!((&content[..4], &content[8..12]), (&b"RIFF"[..], &b"WEBP"[..]));
    }
}
