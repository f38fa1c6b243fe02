//! What providers do to everybody, on every messenger at once: deliver twice, in the wrong order, refuse for a while or
//! for good. The simulator plays the provider, and was written without a look at the adapters.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result, ensure};
use futures::future::try_join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::demo::{PLAYED, cast, demo, play};
use crate::rig::console::{Console, id_of};
use crate::rig::http::Request;
use crate::rig::process::Switchboard;
use crate::{head, hear, message_text, until};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

/// The demo, with somebody in the room of one customer of every messenger.
struct Stage {
    switchboard: Switchboard,
    priya: Console,
    scenes: Vec<Scene>,
}

/// One customer, and the room that Priya holds with them.
struct Scene {
    kind: String,
    customer: Value,
    room: String,
}

impl Stage {
    async fn new() -> Result<Self> {
        let switchboard = demo().await?;
        let priya = Console::sign_in_with(&switchboard, "priya@acme.example", "switchboard demo").await?;
        let mut stage = Self { switchboard, priya, scenes: Vec::new() };
        for (kind, customer) in cast(&stage.switchboard).await? {
            let mut screen = stage.priya.live(head(&stage.switchboard, &stage.priya).await?).await?;
            let words = format!("Is anybody at {kind}?");
            stage.writes(&customer, &words).await?;
            let heard = hear(&mut screen, |frame| message_text(frame) == Some(&words)).await;
            let room = id_of(&heard.with_context(|| format!("{kind}: the customer is heard"))?["event"]["room"])?;
            stage.priya.get(&stage.switchboard, "enter_chat", &json!({ "room": room })).await?;
            stage.scenes.push(Scene { kind, customer, room });
        }
        assert_eq!(stage.scenes.iter().map(|scene| scene.kind.as_str()).collect::<Vec<_>>(), PLAYED);
        Ok(stage)
    }

    async fn writes(&self, customer: &Value, words: &str) -> Result<()> {
        let status = self.posts(customer, words).await?;
        ensure!(status == 200, "{}: {status}", customer["channel"]);
        Ok(())
    }

    /// What we answered the webhook; null when the provider holds it back.
    async fn posts(&self, customer: &Value, words: &str) -> Result<Value> {
        let path = format!("/simulator/api/customers/{}/messages", customer["id"]);
        let written = self.switchboard.ask(Request::post(&path).json(&json!({ "text": words }))).await?;
        Ok(written.json()["webhook"]["status"].clone())
    }

    /// From now on the provider behaves so towards everybody of the cast.
    async fn switch(&self, switches: &Value) -> Result<()> {
        for scene in &self.scenes {
            let path = format!("/simulator/api/customers/{}/switches", scene.customer["id"]);
            let switched = self.switchboard.ask(Request::post(&path).json(switches)).await?;
            ensure!(switched.status == 204, "{}: {}", scene.kind, switched.text());
        }
        Ok(())
    }

    /// Priya writes into every room.
    async fn answers(&self, words: &str) -> Result<()> {
        for scene in &self.scenes {
            let said = json!({ "room": scene.room, "id": Uuid::now_v7(), "message": { "text": words } });
            self.priya.get(&self.switchboard, "send_message", &said).await?;
        }
        Ok(())
    }

    /// The messages of a room, as its transcript shows them now.
    async fn messages(&self, scene: &Scene) -> Result<Vec<Value>> {
        let view = self.priya.get(&self.switchboard, "load_room", &json!({ "room": scene.room })).await?;
        let entries = view["entries"].as_array().cloned().unwrap_or_default();
        Ok(entries.iter().map(|entry| entry["what"]["message"].clone()).collect())
    }

    /// Those with these words.
    async fn in_room(&self, scene: &Scene, words: &str) -> Result<Vec<Value>> {
        let messages = self.messages(scene).await?;
        Ok(messages.into_iter().filter(|message| message["content"]["text"] == words).collect())
    }

    /// The only message of ours with these words.
    async fn sent(&self, scene: &Scene, words: &str) -> Result<Value> {
        let mut messages = self.in_room(scene, words).await?;
        ensure!(messages.len() == 1, "{}: {words:?} stands there {} times", scene.kind, messages.len());
        Ok(messages.remove(0))
    }

    /// How often the customer's phone shows our words.
    async fn on_phone(&self, scene: &Scene, words: &str) -> Result<usize> {
        let state = play(&self.switchboard, &scene.customer).await?;
        let customers = state["customers"].as_array().cloned().unwrap_or_default();
        let phone = customers.into_iter().find(|other| other["id"] == scene.customer["id"]);
        let messages = phone.context("the customer is still there")?["messages"].as_array().cloned();
        let is_it = |said: &&Value| said["from"] == "business" && said["text"] == words;
        Ok(messages.unwrap_or_default().iter().filter(is_it).count())
    }

    /// Waits until our words have come to one of these stages in every room.
    async fn all_come_to(&self, words: &str, stages: &[&str]) -> Result<()> {
        self.come_to(&PLAYED, words, stages).await
    }

    /// Waits until our words have come to one of these stages in the rooms of these messengers.
    async fn come_to(&self, kinds: &[&str], words: &str, stages: &[&str]) -> Result<()> {
        let scenes = self.scenes.iter().filter(|scene| kinds.contains(&scene.kind.as_str()));
        try_join_all(scenes.map(async |scene| {
            until(&format!("{}: {words:?} comes to {stages:?}", scene.kind), async || {
                let sent = self.sent(scene, words).await?;
                let is_there = sent["delivery"]["stage"].as_str().is_some_and(|stage| stages.contains(&stage));
                Ok(is_there.then_some(()))
            })
            .await
            .with_context(|| format!("the log: {}", self.switchboard.log()))
        }))
        .await?;
        Ok(())
    }

    /// Our words stand in every room and wait.
    async fn all_wait(&self, words: &str) -> Result<()> {
        for scene in &self.scenes {
            let waiting = self.sent(scene, words).await?;
            let stage = waiting["delivery"]["stage"].as_str().unwrap_or_default();
            ensure!(["waiting", "delayed"].contains(&stage), "{}: {waiting}", scene.kind);
        }
        Ok(())
    }

    /// How many messages of ours a provider has refused so far.
    fn refused(&self) -> usize {
        self.switchboard.log().matches("a message was not taken").count()
    }

    async fn all_have_it_once(&self, words: &str) -> Result<()> {
        for scene in &self.scenes {
            let times = self.on_phone(scene, words).await?;
            ensure!(times == 1, "{}: {words:?} came {times} times", scene.kind);
        }
        Ok(())
    }
}

/// Out of our hands.
const GONE: [&str; 3] = ["sent", "delivered", "read"];

/// Who tells that a message has arrived.
const TELLING: [&str; 5] = ["whatsapp", "messenger", "sms", "google", "api"];

#[tokio::test]
async fn what_is_delivered_twice_and_out_of_order_stands_there_once_and_never_goes_back() -> Result<()> {
    let stage = Stage::new().await?;
    stage.switch(&json!({ "duplicates": true, "reordered": true })).await?;
    let mut screen = stage.priya.live(head(&stage.switchboard, &stage.priya).await?).await?;

    for scene in &stage.scenes {
        assert_eq!(stage.posts(&scene.customer, "twice").await?, Value::Null, "{}", scene.kind);
        stage.writes(&scene.customer, "twice, and quicker").await?;
    }
    stage.answers("once").await?;
    stage.all_come_to("once", &GONE).await?;
    stage.switch(&json!({})).await?;
    stage.answers("the end").await?;
    stage.all_come_to("the end", &GONE).await?;

    stage.all_have_it_once("once").await?;
    for scene in &stage.scenes {
        for words in ["twice", "twice, and quicker"] {
            assert_eq!(stage.in_room(scene, words).await?.len(), 1, "{}: {words:?}", scene.kind);
        }
    }
    // News of the last message is told after all news of the one before it.
    stage.come_to(&TELLING, "the end", &GONE[1..]).await?;
    let (mut steps, mut last, mut ended) = (HashMap::new(), HashSet::new(), HashSet::new());
    while ended.len() < TELLING.len() {
        let frame = hear(&mut screen, |frame| !frame["event"].is_null()).await?;
        if message_text(&frame) == Some("the end") {
            last.insert(frame["event"]["change"]["message_added"]["id"].to_string());
        }
        let news = &frame["event"]["change"]["delivery_changed"];
        let Some(told) = news["delivery"]["stage"].as_str() else { continue };
        let message = news["message"].to_string();
        let step = GONE.iter().position(|known| *known == told).with_context(|| frame.to_string())?;
        let before = steps.insert(message.clone(), step);
        assert!(before.is_none_or(|before| before < step), "a message went back to {told}");
        if step > 0 && last.contains(&message) {
            ended.insert(message);
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_x_could_not_deliver_comes_once_when_it_is_asked_for() -> Result<()> {
    let stage = Stage::new().await?;
    let scene = stage.scenes.iter().find(|scene| scene.kind == "x").context("X is played")?;
    stage.switch(&json!({ "lost": true })).await?;
    let path = format!("/simulator/api/customers/{}/messages", scene.customer["id"]);
    for act in [json!({ "text": "did this get lost?" }), json!({ "file": "photo" })] {
        let written = stage.switchboard.ask(Request::post(&path).json(&act)).await?;
        ensure!(written.json()["webhook"]["status"].is_null(), "{}", written.text());
    }
    stage.switch(&json!({})).await?;
    assert_eq!(stage.in_room(scene, "did this get lost?").await?.len(), 0);

    // An admin finds out whether X delivers.
    let tests = json!({ "channel": scene.customer["channel"] });
    stage.priya.get(&stage.switchboard, "test_channel", &tests).await?;

    let photos = async || {
        let messages = stage.messages(scene).await?;
        anyhow::Ok(messages.into_iter().filter(|message| !message["content"]["files"].is_null()).collect::<Vec<_>>())
    };
    until("the lost photo is in the room", async || {
        let is_here = |photo: &Value| !photo["content"]["files"]["files"][0]["file"]["here"].is_null();
        Ok(photos().await?.iter().any(is_here).then_some(()))
    })
    .await
    .with_context(|| format!("the log: {}", stage.switchboard.log()))?;
    stage.writes(&scene.customer, "now?").await?;
    until("the next message is there", async || Ok(stage.in_room(scene, "now?").await?.pop())).await?;
    assert_eq!(photos().await?.len(), 1);
    for words in ["Is anybody at x?", "did this get lost?"] {
        assert_eq!(stage.in_room(scene, words).await?.len(), 1, "{words:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_limit_and_an_outage_delay_a_message_and_nobody_hears_it_twice() -> Result<()> {
    let stage = Stage::new().await?;

    for (fault, words) in [("server_error", "after the outage"), ("rate_limit", "after the limit")] {
        stage.switch(&json!({ "answer": fault })).await?;
        let refused = stage.refused();
        stage.answers(words).await?;
        until("every provider has refused", async || Ok((stage.refused() >= refused + PLAYED.len()).then_some(())))
            .await?;
        stage.all_wait(words).await?;
        stage.switch(&json!({})).await?;
        stage.all_come_to(words, &GONE).await?;
        stage.all_have_it_once(words).await?;
    }
    Ok(())
}

impl Stage {
    fn scene(&self, kind: &str) -> Result<&Scene> {
        self.scenes.iter().find(|scene| scene.kind == kind).with_context(|| format!("{kind} is played"))
    }

    /// Priya sends three photos with words beside them.
    async fn sends_photos(&self, scene: &Scene) -> Result<()> {
        let mut files = Vec::new();
        for number in 1..=3 {
            let upload = Request::post(&format!("/files?kind=photo&name={number}.png"))
                .header("Origin", &format!("http://{}", self.switchboard.host()))
                .header("Cookie", self.priya.cookie())
                .body(PNG.to_vec());
            let stored = self.switchboard.ask(upload).await?;
            files.push(json!({ "id": stored.json()["id"], "kind": "photo" }));
        }
        let message = json!({ "text": "our shop", "files": files });
        let said = json!({ "room": scene.room, "id": Uuid::now_v7(), "message": message });
        self.priya.get(&self.switchboard, "send_message", &said).await?;
        Ok(())
    }

    /// What the customer's phone shows of our photos, once it does.
    async fn photos(&self, scene: &Scene) -> Result<Vec<Value>> {
        until(&format!("{}: the photos are on the phone", scene.kind), async || {
            let state = play(&self.switchboard, &scene.customer).await?;
            let customers = state["customers"].as_array().cloned().unwrap_or_default();
            let phone = customers.into_iter().find(|other| other["id"] == scene.customer["id"]);
            let messages = phone.context("the customer is still there")?["messages"].as_array().cloned();
            let is_photo = |said: &Value| said["shows"] == "photo" || said["kind"] == "files";
            let photos = messages.unwrap_or_default().into_iter().filter(is_photo).collect::<Vec<_>>();
            Ok(Some(photos).filter(|photos| !photos.is_empty()))
        })
        .await
    }
}

#[tokio::test]
async fn photos_that_are_sent_together_come_once_and_together_where_the_messenger_has_albums() -> Result<()> {
    let stage = Stage::new().await?;
    let scene = stage.scene("telegram")?;

    stage.sends_photos(scene).await?;

    let phone = stage.photos(scene).await?;
    let names: Vec<_> = phone.iter().map(|photo| photo["name"].as_str()).collect();
    assert_eq!(names, [Some("1.png"), Some("2.png"), Some("3.png")]);
    let words: Vec<_> = phone.iter().map(|photo| photo["text"].as_str()).collect();
    assert_eq!(words, [Some("our shop"), Some(""), Some("")]);
    assert!(
        phone[0]["album"].is_string() && phone.iter().all(|photo| photo["album"] == phone[0]["album"]),
        "{phone:?}"
    );
    Ok(())
}

#[tokio::test]
async fn photos_that_are_sent_together_are_one_message_on_instagram_and_by_mms() -> Result<()> {
    let stage = Stage::new().await?;
    // On Instagram the words are the next message.
    for (kind, beside, come_to) in [("instagram", "", "sent"), ("sms", "our shop", "delivered")] {
        let scene = stage.scene(kind)?;

        stage.sends_photos(scene).await?;

        let phone = stage.photos(scene).await?;
        let [message] = &phone[..] else { anyhow::bail!("{kind}: not one message: {phone:?}") };
        let files = message["files"].as_array().into_iter().flatten();
        let shown: Vec<_> = files.filter_map(|file| file["shows"].as_str()).collect();
        assert_eq!((shown, &message["text"]), (vec!["photo"; 3], &json!(beside)), "{kind}");
        until(&format!("{kind}: all of it has come"), async || {
            let messages = stage.messages(scene).await?;
            let sent = messages.iter().find(|message| message["content"]["files"]["text"] == "our shop");
            let is_there = sent.context("it stands there")?["delivery"]["stage"] == come_to;
            Ok((is_there && stage.on_phone(scene, "our shop").await? == 1).then_some(()))
        })
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_customer_who_cannot_be_reached_is_told_on_the_message_in_words() -> Result<()> {
    let stage = Stage::new().await?;
    stage.switch(&json!({ "answer": "blocked" })).await?;

    stage.answers("can you read this?").await?;

    stage.all_come_to("can you read this?", &["failed"]).await?;
    for scene in &stage.scenes {
        let failed = stage.sent(scene, "can you read this?").await?;
        let reason = failed["delivery"]["reason"].as_str().unwrap_or_default();
        assert!(reason.contains(' ') && !reason.contains(['{', '<']), "{}: {reason}", scene.kind);
    }
    Ok(())
}

#[tokio::test]
async fn an_expired_token_stops_its_channel_tells_the_admins_and_keeps_what_waits() -> Result<()> {
    let stage = Stage::new().await?;
    stage.switch(&json!({ "answer": "expired_token" })).await?;

    stage.answers("after the token").await?;

    until("every channel but the website has trouble", async || {
        let channels = stage.priya.get(&stage.switchboard, "list_channels", &json!({})).await?;
        let channels = channels.as_array().map(Vec::as_slice).unwrap_or_default();
        let troubled = channels.iter().filter(|setup| !setup["last_error"].is_null()).count();
        Ok((troubled >= PLAYED.len()).then_some(()))
    })
    .await
    .with_context(|| format!("the log: {}", stage.switchboard.log()))?;
    stage.all_wait("after the token").await
}
