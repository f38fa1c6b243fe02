//! Messages that leave in several parts: what a provider says of one part is not said of the others, and what has left
//! does not leave again.

use std::time::Duration;

use backend::inbound::{self, Knock};
use backend::test_desk::{APP_SECRET, TestDesk, next_id};
use backend::{jobs, messages, new_id, rooms, trouble};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use domain::change::Change;
use domain::channel::ChannelKind;
use domain::delivery::{Cause, Delay, Delivery};
use domain::id::MessageId;
use domain::message::{Author, Content, Message};
use domain::person::Person;
use domain::room::Room;
use domain::timestamp::minutes;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::Sha256;

use crate::graph::{Answer, Graph};
use crate::transcript::delivery;

const PAGE: &str = "600000000000001";
const AUTH_TOKEN: &str = "auth-token";

/// Both tell of a message by its id alone.
const KINDS: [ChannelKind; 2] = [ChannelKind::Messenger, ChannelKind::Sms];

/// A room with Ana that Priya, an admin, has entered.
struct Scene {
    desk: TestDesk,
    provider: Graph,
    kind: ChannelKind,
    priya: Person,
    room: Room,
}

impl Scene {
    async fn new(kind: ChannelKind) -> Self {
        let (desk, provider) = (TestDesk::new().await, Graph::start().await);
        let (settings, customer) = match kind {
            ChannelKind::Sms => (
                json!({
                    "account_sid": "AC00000000000000000000000000000001", "auth_token": AUTH_TOKEN,
                    "sender": "+15550001111", "base_url": provider.url(),
                }),
                "+5511900000001",
            ),
            _ => (
                json!({
                    "page_id": PAGE, "access_token": "EAAtoken", "app_secret": APP_SECRET,
                    "verify_token": "verify-token", "base_url": provider.url(),
                }),
                "7100000000000001",
            ),
        };
        let channel = desk.channel(kind, "Acme", &settings.to_string(), None).await;
        let priya = desk.admin("priya").await;
        let room = desk.room_of_known(&channel, "Ana", customer).await;
        let room = rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
        Self { desk, provider, kind, priya, room }
    }

    /// Our side writes more than one message of the channel holds; it leaves in two, "one ..." and "two ...".
    async fn sends_two_parts(&self) -> MessageId {
        let (id, most) = (new_id(), self.kind.capabilities().text_max);
        let content = Content::Text(format!("{:<most$}{}", "one ".repeat(most / 5), "two ".repeat(9)));
        let message = Message::new(id, Author::Person(self.priya.id), content, Some(Delivery::Waiting));
        self.desk.happens(self.room.id, vec![Change::MessageAdded(message)]).await;
        id
    }

    /// The first word of everything that was taken, and its id.
    fn taken(&self) -> Vec<(String, String)> {
        let word = |body: &Value| match body {
            Value::String(form) if form.contains("Body=one") => "one",
            Value::String(_) => "two",
            body if body["message"]["text"].as_str().is_some_and(|text| text.starts_with("one")) => "one",
            _ => "two",
        };
        self.provider.taken().iter().map(|(id, body)| (word(body).into(), id.clone())).collect()
    }

    fn words_taken(&self) -> Vec<String> {
        self.taken().into_iter().map(|(word, _)| word).collect()
    }

    /// The provider says that what it took as its `which`th, from 0, was delivered.
    async fn is_delivered(&self, which: usize) {
        let (_, id) = self.taken().remove(which);
        match self.kind {
            ChannelKind::Sms => self.twilio_says(&id, &[("MessageStatus", "delivered")]).await,
            _ => self.meta_says(json!({ "delivery": { "mids": [id], "watermark": 1 } })).await,
        }
        self.desk.run_jobs().await;
    }

    /// Twilio says that a phone was out of reach.
    async fn is_lost(&self, which: usize) {
        let (_, id) = self.taken().remove(which);
        self.twilio_says(&id, &[("ErrorCode", "30003"), ("MessageStatus", "undelivered")]).await;
        self.desk.run_jobs().await;
    }

    async fn meta_says(&self, event: Value) {
        let mut event = event;
        event["sender"] = json!({ "id": "7100000000000001" });
        event["recipient"] = json!({ "id": PAGE });
        event["seq"] = next_id("delivery").into();
        let body = json!({ "object": "page", "entry": [{ "id": PAGE, "messaging": [event] }] }).to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(APP_SECRET.as_bytes()).expect("a key may have any length");
        mac.update(body.as_bytes());
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        self.knocks(("X-Hub-Signature-256", signature), body).await;
    }

    /// `fields` are in the order of their names, between those of every delivery.
    async fn twilio_says(&self, id: &str, fields: &[(&str, &str)]) {
        let once = next_id("delivery");
        let fields = [&[("ApiVersion", once.as_str())], fields, &[("SmsSid", id)]].concat();
        let channel = self.room.channel;
        let url = format!("{}/webhooks/sms/{channel}", self.desk.backend.config().public_url.trim_end_matches('/'));
        let signed: String = fields.iter().flat_map(|(name, value)| [*name, *value]).collect();
        let mut mac = Hmac::<Sha1>::new_from_slice(AUTH_TOKEN.as_bytes()).expect("a key may have any length");
        mac.update(format!("{url}{signed}").as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let written = |(name, value): &(&str, &str)| format!("{name}={}", value.replace('=', "%3D"));
        let body: Vec<String> = fields.iter().map(written).collect();
        self.knocks(("X-Twilio-Signature", signature), body.join("&")).await;
    }

    async fn knocks(&self, proof: (&str, String), body: String) {
        let knock = Knock {
            method: "POST".into(),
            path_query: format!("/webhooks/{}/{}", self.kind.word(), self.room.channel),
            headers: vec![(proof.0.into(), proof.1)],
            body: Bytes::from(body),
        };
        inbound::receive(&self.desk.backend, self.kind, self.room.channel, knock).await.expect("it is signed");
    }

    async fn stage(&self, id: MessageId) -> Delivery {
        delivery(&self.desk, &self.room, id).await
    }

    /// "Too much, come back in 30 seconds", as this provider says it.
    const fn is_too_much(&self) -> Answer {
        let code = if matches!(self.kind, ChannelKind::Sms) { 20_429 } else { 613 };
        Answer::Limits { code, retry_after: 30 }
    }

    async fn passes(&self, span: Duration) {
        self.desk.later(span);
        self.desk.run_jobs().await;
    }

    /// Its first part has left and was delivered; the second has to wait.
    async fn is_half_way(&self) -> MessageId {
        self.provider.next(Answer::Takes);
        self.provider.next(self.is_too_much());
        let id = self.sends_two_parts().await;
        self.desk.run_jobs().await;
        self.is_delivered(0).await;
        id
    }

    async fn retries(&self, id: MessageId) {
        messages::retry(&self.desk.backend, &self.priya, self.room.id, id).await.expect("it may be retried");
        self.desk.run_jobs().await;
    }
}

fn is_failed(stage: &Delivery, words: &str) -> bool {
    matches!(stage, Delivery::Failed { reason } if reason.contains(words))
}

#[tokio::test]
async fn news_of_the_first_part_is_none_of_the_part_that_waits() {
    for kind in KINDS {
        let scene = Scene::new(kind).await;
        let id = scene.is_half_way().await;
        let stage = scene.stage(id).await;
        assert!(matches!(stage, Delivery::Delayed(Delay { cause: Cause::Limit, .. })), "{kind:?}: {stage:?}");

        scene.passes(Duration::from_secs(31)).await;
        assert_eq!((scene.words_taken(), scene.stage(id).await), (vec!["one".into(), "two".into()], Delivery::Sent));
        scene.is_delivered(1).await;
        assert_eq!(scene.stage(id).await, Delivery::Delivered, "{kind:?}");
    }
}

#[tokio::test]
async fn a_part_that_is_refused_fails_the_message_though_another_was_delivered_and_retry_sends_it_alone() {
    for kind in KINDS {
        let scene = Scene::new(kind).await;
        let id = scene.is_half_way().await;
        let (code, words) = if kind == ChannelKind::Sms { (21_614, "cannot be reached") } else { (551, "blocked") };
        scene.provider.next(Answer::Refuses { status: 400, code });

        scene.passes(Duration::from_secs(31)).await;
        assert!(is_failed(&scene.stage(id).await, words), "{kind:?}: {:?}", scene.stage(id).await);
        scene.is_delivered(0).await;
        assert!(is_failed(&scene.stage(id).await, words), "{kind:?}: {:?}", scene.stage(id).await);

        scene.retries(id).await;
        assert_eq!((scene.words_taken(), scene.stage(id).await), (vec!["one".into(), "two".into()], Delivery::Sent));
    }
}

#[tokio::test]
async fn retry_of_a_part_whose_fate_nobody_knows_begins_with_it() {
    for kind in KINDS {
        let scene = Scene::new(kind).await;
        scene.provider.next(Answer::Takes);
        scene.provider.next(Answer::HangsUp);
        let id = scene.sends_two_parts().await;
        scene.desk.run_jobs().await;
        assert_eq!(scene.stage(id).await, Delivery::Unconfirmed);

        scene.retries(id).await;

        assert_eq!((scene.words_taken(), scene.stage(id).await), (vec!["one".into(), "two".into()], Delivery::Sent));
    }
}

#[tokio::test]
async fn a_part_that_did_not_arrive_fails_the_message_and_is_the_only_one_that_is_sent_again() {
    let scene = Scene::new(ChannelKind::Sms).await;
    let id = scene.sends_two_parts().await;
    scene.desk.run_jobs().await;

    scene.is_lost(0).await;
    scene.is_delivered(1).await;
    assert!(is_failed(&scene.stage(id).await, "out of reach"), "{:?}", scene.stage(id).await);

    scene.retries(id).await;
    assert_eq!(
        (scene.words_taken(), scene.stage(id).await),
        (vec!["one".into(), "two".into(), "one".into()], Delivery::Sent)
    );
    scene.is_lost(0).await;
    assert_eq!(scene.stage(id).await, Delivery::Sent, "old news of what was sent again");
    scene.is_delivered(2).await;
    assert_eq!(scene.stage(id).await, Delivery::Delivered);
}

#[tokio::test]
async fn a_message_is_delivered_once_all_its_parts_are_whichever_is_told_first() {
    let scene = Scene::new(ChannelKind::Sms).await;
    let id = scene.sends_two_parts().await;
    scene.desk.run_jobs().await;

    scene.is_delivered(1).await;
    assert_eq!(scene.stage(id).await, Delivery::Sent);
    scene.is_delivered(0).await;

    assert_eq!(scene.stage(id).await, Delivery::Delivered);
}

#[tokio::test]
async fn an_admin_has_the_rest_of_a_message_tried_again() {
    let scene = Scene::new(ChannelKind::Messenger).await;
    scene.provider.next(Answer::Takes);
    let id = scene.sends_two_parts().await;
    scene.provider.next(Answer::IsDown);
    scene.desk.run_jobs().await;
    for _ in 0..9 {
        scene.provider.next(Answer::IsDown);
        scene.passes(minutes(15)).await;
    }
    assert!(is_failed(&scene.stage(id).await, "not available"), "{:?}", scene.stage(id).await);

    let given_up = trouble::list(&scene.desk.backend, &scene.priya).await.expect("an admin may look").jobs;
    trouble::retry_job(&scene.desk.backend, &scene.priya, given_up[0].id).await.expect("it was given up");
    jobs::run_due(&scene.desk.backend).await.expect("jobs can be carried out");

    assert_eq!((scene.words_taken(), scene.stage(id).await), (vec!["one".into(), "two".into()], Delivery::Sent));
}
