//! Customers who write, and what goes on by itself: jobs and the sweeper.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use domain::change::{Actor, Change};
use domain::channel::{Channel, ChannelKind};
use domain::id::CustomerId;
use domain::live::Frame;
use domain::message::Entry;
use domain::person::Person;
use domain::refused::Refused;
use domain::room::Room;
use domain::timestamp::hours;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

use crate::clock::new_id;
use crate::error::Result;
use crate::inbound::{self, Answer, Knock, Said, VisitorMessage};
use crate::jobs;
use crate::live::Subscription;
use crate::rooms::rows;
use crate::sessions::SignIn;
use crate::sweeper;
use crate::test_desk::{APP_SECRET, SITE_SECRET, TestDesk};
use crate::visitors::{self, VisitorSession};
use crate::writer::{Command, Tx};

/// The WhatsApp customer of a desk, by number and by business-scoped user id.
pub const PHONE: &str = "5511900000001";
pub const USER_ID: &str = "BR.1349000000000000001";

/// What Meta calls the number of a desk's WhatsApp channel.
pub const PHONE_NUMBER_ID: &str = "801000000000002";

impl TestDesk {
    /// Ana writes in the web chat.
    pub async fn customer_writes(&self, text: &str) -> Entry {
        let ana = self.visitor("Ana").await;
        self.visitor_says(&ana, Said::Text(text.into())).await.expect("the words are within every limit")
    }

    /// Somebody whom the site knows by this name opens the web chat; the same name is the same customer.
    pub async fn visitor(&self, name: &str) -> VisitorSession {
        let channel = self.channel_of(ChannelKind::Web);
        let identity = self.identity(&channel, &json!({ "sub": name, "name": name }));
        visitors::open(&self.backend, channel.id, None, Some(&identity)).await.expect("the chat opens").session
    }

    /// What the site signs of its user for the next hour, with more or other `claims`.
    #[must_use]
    pub fn identity(&self, channel: &Channel, claims: &Value) -> String {
        let mut all = json!({ "aud": channel.id, "exp": self.backend.now().plus(hours(1)).0 / 1_000 });
        for (claim, value) in claims.as_object().into_iter().flatten() {
            all[claim] = value.clone();
        }
        signed(SITE_SECRET, &json!({ "alg": "HS256", "typ": "JWT" }), &all)
    }

    /// A visitor says something new.
    ///
    /// # Errors
    /// As [`inbound::visitor_writes`].
    pub async fn visitor_says(&self, session: &VisitorSession, said: Said) -> Result<Entry> {
        inbound::visitor_writes(&self.backend, session, VisitorMessage { id: new_id(), reply_to: None, said }).await
    }

    /// The visitor's room as it is now.
    pub async fn room_of(&self, session: &VisitorSession) -> Room {
        let room = inbound::visitor_room(&self.backend, session).await.expect("rooms can be read");
        room.expect("the visitor has written")
    }

    /// Ana writes on WhatsApp. Nothing is made of it until jobs run.
    pub async fn whatsapp_customer_writes(&self, text: &str) {
        let written_at = (self.backend.now().0 / 1_000).to_string();
        let content = json!({ "timestamp": written_at, "type": "text", "text": { "body": text } });
        let delivery = whatsapp_message(&next_id("wamid.IN"), &content);
        let answer = self.whatsapp_delivers(&delivery).await.expect("the delivery is signed");
        assert_eq!(answer.status, 200);
    }

    /// Meta delivers this, signed.
    ///
    /// # Errors
    /// As [`inbound::receive`].
    pub async fn whatsapp_delivers(&self, delivery: &Value) -> Result<Answer> {
        self.whatsapp_delivers_bytes(&delivery.to_string()).await
    }

    /// Meta delivers exactly these bytes, signed.
    ///
    /// # Errors
    /// As [`inbound::receive`].
    pub async fn whatsapp_delivers_bytes(&self, body: &str) -> Result<Answer> {
        let signature = format!("sha256={}", sign(APP_SECRET, body.as_bytes()));
        self.knocks(body, Some(&signature)).await
    }

    /// Somebody posts these bytes to the WhatsApp channel's door.
    ///
    /// # Errors
    /// As [`inbound::receive`].
    pub async fn knocks(&self, body: &str, signature: Option<&str>) -> Result<Answer> {
        let channel = self.channel_of(ChannelKind::WhatsApp);
        let headers = signature.map(|signature| ("X-Hub-Signature-256".to_owned(), signature.to_owned()));
        let knock = Knock {
            method: "POST".into(),
            path_query: format!("/webhooks/whatsapp/{}", channel.id),
            headers: headers.into_iter().collect(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        };
        inbound::receive(&self.backend, ChannelKind::WhatsApp, channel.id, knock).await
    }

    /// A customer is blocked, by whomever.
    pub async fn block(&self, customer: CustomerId) {
        self.backend.run(Block { customer }).await.expect("a row of a test can be saved");
    }

    /// Does everything that is due: deliveries are read, jobs carried out.
    pub async fn run_jobs(&self) {
        jobs::run_due(&self.backend).await.expect("jobs can be carried out");
    }

    /// The sweeper comes by.
    pub async fn sweep(&self) {
        sweeper::run_once(&self.backend).await.expect("the sweeper can do its work");
    }

    /// `person` opens the console and hears everything from now on.
    pub async fn comes_online(&self, person: &Person) -> Subscription {
        // What was saved before is told before.
        self.backend.flush().await.expect("a test's database can be written");
        // A socket of no session is ended as soon as others may have ended some.
        let session = new_id::<Uuid>().to_string();
        let sign_in = SignIn { person: person.id, token_hash: session.clone() };
        self.backend.run(sign_in).await.expect("whoever is active may sign in");
        let after = self.backend.hub().head();
        let mut console = self.backend.subscribe(person.id, &session, after).await.expect("the log can be read");
        // How many rooms there are before anything happens.
        drop(console.take_waiting());
        console
    }

    /// The only channel of this kind.
    #[must_use]
    pub fn channel_of(&self, kind: ChannelKind) -> Channel {
        let directory = self.backend.directory();
        let channel = directory.channels.values().find(|channel| channel.kind == kind);
        channel.cloned().expect("the test has made a channel of this kind")
    }
}

struct Block {
    customer: CustomerId,
}

impl Command for Block {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let channels: Vec<_> = tx.directory.channels.keys().copied().collect();
        for channel in channels {
            if let Some(mut room) = rows::find_of_customer(tx.db, channel, self.customer).await? {
                return tx.change(&mut room, vec![Change::CustomerBlocked { by: Actor::Switchboard }]).await;
            }
        }
        Err(Refused::NotFound.into())
    }
}

/// What waits for a console, as frames.
pub fn heard(subscription: &mut Subscription) -> Vec<Frame> {
    let waiting = subscription.take_waiting();
    waiting.iter().map(|text| serde_json::from_str(text).expect("frames are JSON")).collect()
}

/// Meta's delivery of a message of Ana's; `content` is its type and what belongs to it.
#[must_use]
pub fn whatsapp_message(id: &str, content: &Value) -> Value {
    let mut message = json!({ "from": PHONE, "from_user_id": USER_ID, "id": id, "timestamp": "1795348800" });
    if let (Value::Object(message), Value::Object(content)) = (&mut message, content) {
        message.extend(content.clone());
    }
    whatsapp_delivery(&json!({
        "contacts": [{ "profile": { "name": "Ana Lima" }, "wa_id": PHONE, "user_id": USER_ID }],
        "messages": [message],
    }))
}

/// Meta's delivery around the value of one change of messages.
#[must_use]
pub fn whatsapp_delivery(value: &Value) -> Value {
    let mut value = value.clone();
    value["messaging_product"] = "whatsapp".into();
    value["metadata"] = json!({ "display_phone_number": "15550001111", "phone_number_id": PHONE_NUMBER_ID });
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "701000000000001", "changes": [{ "field": "messages", "value": value }] }],
    })
}

/// A provider id nobody had before.
#[must_use]
pub fn next_id(prefix: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{prefix}{}=", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A JSON Web Token as RFC 7515 §3.1 and RFC 7518 §3.2 write it, made here and not by the library under test.
#[must_use]
pub fn signed(secret: &str, header: &Value, claims: &Value) -> String {
    let parts = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let words = parts.join(".");
    let signature = hex::decode(sign(secret, words.as_bytes())).expect("hex");
    format!("{words}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// HMAC-SHA256 in hex, made here and not by the code under test.
fn sign(secret: &str, bytes: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key may have any length");
    mac.update(bytes);
    hex::encode(mac.finalize().into_bytes())
}
