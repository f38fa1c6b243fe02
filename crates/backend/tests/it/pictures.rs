//! Pictures that leave together where they are one message, which has one id, one state and one end.

use backend::inbound::{self, Knock};
use backend::test_desk::{APP_SECRET, TestDesk, next_id};
use backend::{media, messages, new_id, rooms};
use bytes::Bytes;
use domain::channel::ChannelKind;
use domain::delivery::Delivery;
use domain::id::MessageId;
use domain::media::MediaKind;
use domain::message::{About, Attachment, ChosenFile, Content, Message, NewMessage, What};
use domain::person::Person;
use domain::room::Room;
use futures::stream;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::graph::{Answer, Graph};
use crate::shelf::PNG;
use crate::transcript::{delivery, words};

const ACCOUNT: &str = "17840000000000001";
const ANA: &str = "7200000000000001";

/// A room with Ana that Priya has entered.
struct Scene {
    desk: TestDesk,
    provider: Graph,
    priya: Person,
    room: Room,
}

impl Scene {
    async fn on_instagram() -> Self {
        let provider = Graph::start().await;
        let settings = json!({
            "account_id": ACCOUNT, "access_token": "IGAAtoken", "app_secret": APP_SECRET, "verify_token": "verify-token",
            // Nobody renews a page's token, so that nothing but sends is asked.
            "login": "facebook", "page_id": "600000000000001", "base_url": provider.url(),
        });
        Self::on(ChannelKind::Instagram, provider, &settings, ANA).await
    }

    async fn by_mms() -> Self {
        let provider = Graph::start().await;
        let settings = json!({
            "account_sid": "AC00000000000000000000000000000001", "auth_token": "auth-token", "sender": "+15550001111",
            "base_url": provider.url(),
        });
        Self::on(ChannelKind::Sms, provider, &settings, "+5511900000001").await
    }

    async fn on(kind: ChannelKind, provider: Graph, settings: &Value, customer: &str) -> Self {
        let desk = TestDesk::new().await;
        let channel = desk.channel(kind, "Acme", &settings.to_string(), None).await;
        let priya = desk.admin("priya").await;
        let room = desk.room_of_known(&channel, "Ana", customer).await;
        let room = rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
        Self { desk, provider, priya, room }
    }

    /// Priya sends three photos with these words beside them.
    async fn sends(&self, text: &str) -> MessageId {
        let mut files = Vec::new();
        for _ in 0..3 {
            let bytes = stream::iter([Ok(Bytes::from_static(PNG))]);
            let stored = media::put(&self.desk.backend, MediaKind::Photo, "shop.png", bytes).await.expect("a photo");
            files.push(ChosenFile { id: stored.id, kind: MediaKind::Photo });
        }
        let (id, message) = (new_id(), NewMessage { text: text.into(), files, reply_to: None });
        messages::send(&self.desk.backend, &self.priya, self.room.id, id, message).await.expect("may be sent");
        self.desk.run_jobs().await;
        id
    }

    /// Instagram tells of a message of ours, or of Ana's.
    async fn tells(&self, sender: &str, message: Value) {
        let recipient = if sender == ANA { ACCOUNT } else { ANA };
        let event = json!({
            "sender": { "id": sender }, "recipient": { "id": recipient }, "seq": next_id("delivery"), "message": message,
        });
        let body = json!({ "object": "instagram", "entry": [{ "id": ACCOUNT, "messaging": [event] }] }).to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(APP_SECRET.as_bytes()).expect("a key may have any length");
        mac.update(body.as_bytes());
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        let knock = Knock {
            method: "POST".into(),
            path_query: format!("/webhooks/instagram/{}", self.room.channel),
            headers: vec![("X-Hub-Signature-256".into(), signature)],
            body: Bytes::from(body),
        };
        let kind = ChannelKind::Instagram;
        inbound::receive(&self.desk.backend, kind, self.room.channel, knock).await.expect("it is signed");
        self.desk.run_jobs().await;
    }

    async fn messages(&self) -> Vec<Message> {
        let entries = words(&self.desk, &self.room).await.into_iter();
        let messages = entries.filter_map(|entry| match entry.what {
            What::Message(message) => Some(message),
            What::Note(_) | What::Line(_) => None,
        });
        messages.collect()
    }

    async fn message(&self, id: MessageId) -> Message {
        self.messages().await.into_iter().find(|message| message.id == id).expect("it stands there")
    }
}

fn key(taken: &(String, Value)) -> &Value {
    &taken.1["message"]["metadata"]
}

#[tokio::test]
async fn photos_on_instagram_leave_as_one_message_and_their_words_as_the_next() {
    let scene = Scene::on_instagram().await;

    let id = scene.sends("our shop").await;

    let taken = scene.provider.taken();
    let [photos, text] = &taken[..] else { panic!("not two requests: {taken:?}") };
    assert_eq!(photos.1["message"]["attachments"].as_array().map(Vec::len), Some(3));
    assert_eq!(text.1["message"]["text"], "our shop");
    assert_eq!(delivery(&scene.desk, &scene.room, id).await, Delivery::Sent);

    scene.tells(ANA, json!({ "mid": "mid.in.1", "text": "nice", "reply_to": { "mid": photos.0 } })).await;
    let answer = scene.messages().await.pop().expect("she answered");
    assert_eq!(answer.about, Some(About::Message(id)));
}

#[tokio::test]
async fn photos_that_are_one_message_are_taken_back_together_and_their_words_stay() {
    // Whether the answer or the echo was the quicker.
    for is_told_first in [false, true] {
        let scene = Scene::on_instagram().await;
        if is_told_first {
            scene.provider.next(Answer::Takes);
            scene.provider.next(Answer::HangsUp);
        }
        let id = scene.sends("our shop").await;
        let taken = scene.provider.taken();
        let photos = &taken[0];
        scene.tells(ACCOUNT, json!({ "mid": photos.0, "is_echo": true, "metadata": key(photos) })).await;
        let text = key(photos).as_str().expect("a key").replace("1/2", "2/2");
        scene.tells(ACCOUNT, json!({ "mid": "mid.text", "is_echo": true, "metadata": text })).await;

        scene.tells(ACCOUNT, json!({ "mid": "mid.text", "is_echo": true, "is_deleted": true })).await;
        let told = scene.messages().await.pop().expect("it is told");
        assert_eq!(told.content.text(), "A part of a message was deleted", "{is_told_first}");
        let left = scene.message(id).await.content;
        assert_eq!(left.files().iter().filter(|file| !file.is_deleted()).count(), 3, "{is_told_first}");

        scene.tells(ACCOUNT, json!({ "mid": photos.0, "is_echo": true, "is_deleted": true })).await;
        assert_eq!(scene.message(id).await.content, Content::Deleted, "{is_told_first}");
    }
}

#[tokio::test]
async fn an_echo_without_a_key_that_is_quicker_than_the_answer_is_the_photos_that_just_left() {
    let scene = Scene::on_instagram().await;
    scene.provider.next(Answer::HangsUp);
    let id = scene.sends("").await;
    assert_eq!(delivery(&scene.desk, &scene.room, id).await, Delivery::Unconfirmed);

    let picture = json!({ "type": "image", "payload": { "url": "https://cdn.example/1.png" } });
    let all = json!({ "mid": "mid.out.1", "is_echo": true, "attachments": [picture, picture, picture] });
    scene.tells(ACCOUNT, all).await;

    assert_eq!(delivery(&scene.desk, &scene.room, id).await, Delivery::Sent);
    let ours = |message: &&Message| !message.content.files().is_empty();
    assert_eq!(scene.messages().await.iter().filter(ours).count(), 1, "it is shown once");
    scene.tells(ACCOUNT, json!({ "mid": "mid.out.1", "is_echo": true, "is_deleted": true })).await;
    assert_eq!(scene.message(id).await.content, Content::Deleted);
}

#[tokio::test]
async fn what_instagram_refuses_of_photos_and_words_is_sent_again_alone() {
    let scene = Scene::on_instagram().await;
    scene.provider.next(Answer::Takes);
    scene.provider.next(Answer::Refuses { status: 400, code: 551 });
    let id = scene.sends("our shop").await;
    assert!(matches!(delivery(&scene.desk, &scene.room, id).await, Delivery::Failed { .. }));

    messages::retry(&scene.desk.backend, &scene.priya, scene.room.id, id).await.expect("it may be retried");
    scene.desk.run_jobs().await;

    let attached = scene.provider.taken().iter().filter(|(_, body)| body["message"]["attachments"].is_array()).count();
    assert_eq!((scene.provider.taken().len(), attached), (2, 1), "the photos leave once");
    assert_eq!(delivery(&scene.desk, &scene.room, id).await, Delivery::Sent);
}

#[tokio::test]
async fn photos_by_mms_leave_as_one_message_with_their_words() {
    let scene = Scene::by_mms().await;

    let id = scene.sends("our shop").await;

    let taken = scene.provider.taken();
    let [(_, Value::String(form))] = &taken[..] else { panic!("not one form: {taken:?}") };
    assert_eq!((form.matches("MediaUrl=").count(), form.matches("Body=our+shop").count()), (3, 1), "{form}");
    assert_eq!(delivery(&scene.desk, &scene.room, id).await, Delivery::Sent);
    let files = scene.message(id).await.content.files().to_vec();
    assert!(files.iter().all(|file: &Attachment| !file.is_deleted()));
}
