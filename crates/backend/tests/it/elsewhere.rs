//! One app of Meta's delivers for several pages, accounts or numbers to one address: each channel hears its own.

use backend::inbound::{self, Knock};
use backend::test_desk::TestDesk;
use backend::{channels, trouble};
use bytes::Bytes;
use domain::channel::{Channel, ChannelKind};
use domain::person::Person;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::transcript::{live_rooms, said};

const SECRET: &str = "app-secret";
const KINDS: [ChannelKind; 3] = [ChannelKind::WhatsApp, ChannelKind::Messenger, ChannelKind::Instagram];

/// Two channels of one kind, the first of which has the app's address.
struct Scene {
    desk: TestDesk,
    priya: Person,
    first: Channel,
    second: Channel,
}

impl Scene {
    /// `secret` signs for the second.
    async fn new(kind: ChannelKind, secret: &str) -> Self {
        let desk = TestDesk::new().await;
        let priya = desk.admin("priya").await;
        let first = channel(&desk, kind, "801", SECRET).await;
        let second = channel(&desk, kind, "802", secret).await;
        Self { desk, priya, first, second }
    }

    /// The app delivers one text for each of these accounts, in one delivery to the first channel.
    async fn delivers(&self, accounts: &[&str]) {
        let kind = self.first.kind;
        let object = match kind {
            ChannelKind::WhatsApp => "whatsapp_business_account",
            ChannelKind::Messenger => "page",
            _ => "instagram",
        };
        let entries: Vec<Value> = accounts.iter().map(|account| entry(kind, account)).collect();
        knocks(&self.desk, &self.first, json!({ "object": object, "entry": entries }).to_string()).await;
    }

    /// What was said on each of the channels.
    async fn said(&self) -> [Vec<String>; 2] {
        let rooms = live_rooms(&self.desk).await;
        let on = async |channel: &Channel| {
            let mut words = Vec::new();
            for room in rooms.iter().filter(|room| room.channel == channel.id) {
                words.extend(said(&self.desk, room).await);
            }
            words
        };
        [on(&self.first).await, on(&self.second).await]
    }

    async fn problems(&self) -> Vec<String> {
        let trouble = trouble::list(&self.desk.backend, &self.priya).await.expect("an admin may look");
        trouble.webhooks.into_iter().map(|webhook| webhook.problem).collect()
    }
}

/// The app delivers this to the channel.
async fn knocks(desk: &TestDesk, channel: &Channel, body: String) {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key may have any length");
    mac.update(body.as_bytes());
    let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    let knock = Knock {
        method: "POST".into(),
        path_query: format!("/webhooks/{}/{}", channel.kind.word(), channel.id),
        headers: vec![("X-Hub-Signature-256".into(), signature)],
        body: Bytes::from(body),
    };
    inbound::receive(&desk.backend, channel.kind, channel.id, knock).await.expect("it is signed");
}

async fn channel(desk: &TestDesk, kind: ChannelKind, account: &str, secret: &str) -> Channel {
    let field = match kind {
        ChannelKind::WhatsApp => "phone_number_id",
        ChannelKind::Messenger => "page_id",
        _ => "account_id",
    };
    let settings = json!({
        field: account, "access_token": "token", "app_secret": secret, "verify_token": "verify-token",
        "base_url": "http://127.0.0.1:9",
    });
    desk.channel(kind, &format!("Acme {account}"), &settings.to_string(), None).await
}

/// Somebody writes to this account, by its name.
fn entry(kind: ChannelKind, account: &str) -> Value {
    if kind == ChannelKind::WhatsApp {
        let message = json!({
            "from": "5511900000001", "id": format!("wamid.{account}"), "timestamp": "1795348800", "type": "text",
            "text": { "body": format!("oi {account}") },
        });
        let value = json!({ "metadata": { "phone_number_id": account }, "messages": [message] });
        return json!({ "id": "701", "changes": [{ "field": "messages", "value": value }] });
    }
    let message = json!({
        "sender": { "id": "7100000000000001" }, "recipient": { "id": account }, "timestamp": 1_795_348_800_000_i64,
        "message": { "mid": format!("m_{account}"), "text": format!("oi {account}") },
    });
    json!({ "id": account, "time": 1_795_348_800_000_i64, "messaging": [message] })
}

fn words(text: &str) -> Vec<String> {
    vec![format!("customer: {text}")]
}

#[tokio::test]
async fn each_channel_of_one_app_hears_its_own_whichever_address_the_app_knows() {
    for kind in KINDS {
        let scene = Scene::new(kind, SECRET).await;

        scene.delivers(&["801", "802"]).await;
        scene.desk.run_jobs().await;

        assert_eq!(scene.said().await, [words("oi 801"), words("oi 802")], "{kind:?}");
        assert_eq!(scene.problems().await, Vec::<String>::new(), "{kind:?}");
        let heard = channels::list(&scene.desk.backend, &scene.priya).await.expect("an admin may look");
        assert!(heard.iter().all(|setup| setup.last_webhook_at.is_some()), "{kind:?}");
    }
}

#[tokio::test]
async fn what_came_before_in_another_batch_is_no_second_message() {
    let scene = Scene::new(ChannelKind::Messenger, SECRET).await;

    for accounts in [&["801", "802"][..], &["802"], &["802", "801"]] {
        scene.delivers(accounts).await;
        scene.desk.run_jobs().await;
    }

    assert_eq!(scene.said().await, [words("oi 801"), words("oi 802")]);
}

#[tokio::test]
async fn another_apps_channel_hears_nothing_of_it_and_an_admin_is_told() {
    for kind in KINDS {
        let scene = Scene::new(kind, "another-secret").await;

        scene.delivers(&["801", "802", "803"]).await;
        scene.desk.run_jobs().await;

        assert_eq!(scene.said().await, [words("oi 801"), Vec::new()], "{kind:?}");
        let problem = |account| {
            format!("not taken in: it is about the account {account}, and no channel of the same app has that")
        };
        assert_eq!(scene.problems().await, [[problem("802"), problem("803")].join("; ")], "{kind:?}");
    }
}

/// Meta tells of a business account, at the address of this channel.
async fn tells_of_account(desk: &TestDesk, channel: &Channel, account: &str, quality: &str) {
    let value = json!({ "display_phone_number": "15550001111", "event": quality });
    let change = json!({ "field": "phone_number_quality_update", "value": value });
    let entry = json!({ "id": account, "time": 1_795_348_800, "changes": [change] });
    knocks(desk, channel, json!({ "object": "whatsapp_business_account", "entry": [entry] }).to_string()).await;
    desk.run_jobs().await;
}

#[tokio::test]
async fn news_of_a_business_account_is_for_all_its_numbers_and_for_each_of_them_once() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let mut numbers = Vec::new();
    for (number, account, secret) in
        [("801", "701", SECRET), ("802", "701", SECRET), ("803", "702", SECRET), ("804", "701", "another-secret")]
    {
        let settings = json!({
            "phone_number_id": number, "business_account_id": account, "access_token": "token", "app_secret": secret,
            "verify_token": "verify-token", "base_url": "http://127.0.0.1:9",
        });
        numbers.push(desk.channel(ChannelKind::WhatsApp, number, &settings.to_string(), None).await);
    }
    let heard = async || {
        let trouble = trouble::list(&desk.backend, &priya).await.expect("an admin may look");
        let unread = trouble.webhooks.into_iter().map(|webhook| (webhook.channel, webhook.problem));
        let heard = trouble.alerts.into_iter().map(|alert| (alert.channel, alert.words)).chain(unread);
        let mut heard: Vec<_> = heard.map(|(channel, problem)| format!("{channel}: {problem}")).collect();
        heard.sort();
        heard
    };
    let news =
        |channel: &Channel, event: &str| format!("{}: Phone number quality update: 15550001111, {event}", channel.id);

    // By the address of one of them, twice; then by that of a number of another account.
    for _ in 0..2 {
        tells_of_account(&desk, &numbers[0], "701", "DOWNGRADE").await;
    }
    let mut expected: Vec<_> = numbers[..2].iter().map(|channel| news(channel, "Downgrade")).collect();
    expected.sort();
    assert_eq!(heard().await, expected);
    tells_of_account(&desk, &numbers[2], "701", "UPGRADE").await;
    expected.extend(numbers[..2].iter().map(|channel| news(channel, "Upgrade")));
    expected.sort();
    assert_eq!(heard().await, expected);
    tells_of_account(&desk, &numbers[0], "709", "UPGRADE").await;
    assert_eq!(heard().await.len(), 5, "no channel has that account, and an admin is told");
}

#[tokio::test]
async fn a_paused_channel_keeps_what_came_for_it_elsewhere_until_it_goes_on() {
    let scene = Scene::new(ChannelKind::Messenger, SECRET).await;
    let pause = |paused| channels::set_paused(&scene.desk.backend, &scene.priya, scene.second.id, paused);
    pause(true).await.expect("an admin may");
    scene.delivers(&["801", "802"]).await;
    scene.desk.run_jobs().await;
    assert_eq!(scene.said().await, [words("oi 801"), Vec::new()]);

    pause(false).await.expect("an admin may");
    scene.desk.run_jobs().await;

    assert_eq!(scene.said().await, [words("oi 801"), words("oi 802")]);
}

#[tokio::test]
async fn what_comes_at_a_paused_channels_address_for_another_does_not_wait_and_comes_once() {
    let scene = Scene::new(ChannelKind::WhatsApp, SECRET).await;
    let pause = |paused| channels::set_paused(&scene.desk.backend, &scene.priya, scene.first.id, paused);
    pause(true).await.expect("an admin may");
    scene.delivers(&["801", "802"]).await;
    scene.desk.run_jobs().await;
    assert_eq!(scene.said().await, [Vec::new(), words("oi 802")]);

    pause(false).await.expect("an admin may");
    scene.desk.run_jobs().await;

    assert_eq!(scene.said().await, [words("oi 801"), words("oi 802")]);
    assert_eq!(scene.problems().await, Vec::<String>::new());
}
