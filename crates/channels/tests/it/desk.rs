//! Made-up channels, requests and messages.

use std::sync::Arc;
use std::time::Duration;

use channels::adapter::{self, Adapter, Tools};
use channels::codec::{Method, RawRequest};
use channels::error::ChannelError;
use channels::files::{self, Files};
use channels::http::{Http, HttpLimits};
use channels::identity::ExternalId;
use channels::outbound::{Author, OutboundMessage, Purpose, Recipient};
use domain::channel::ChannelKind;
use domain::id::{FileId, MessageId};
use domain::message::{Choice, Content};
use domain::timestamp::Timestamp;
use futures::StreamExt;
use futures::future::BoxFuture;
use reqwest::Url;
use serde_json::{Map, Value, json};

/// A WhatsApp channel whose API is at `base_url`.
pub fn whatsapp_at(base_url: &str) -> Arc<dyn Adapter> {
    whatsapp_of(None, base_url)
}

/// A WhatsApp channel that knows its account.
pub fn whatsapp_of_account_at(base_url: &str) -> Arc<dyn Adapter> {
    whatsapp_of(Some("701000000000001"), base_url)
}

fn whatsapp_of(account: Option<&str>, base_url: &str) -> Arc<dyn Adapter> {
    let settings = json!({
        "phone_number_id": "801000000000002",
        "business_account_id": account,
        "access_token": "EAAtoken",
        "app_secret": ["app-secret", "old-app-secret"],
        "verify_token": "verify-token",
        "base_url": base_url,
    });
    let adapter =
        adapter::open(ChannelKind::WhatsApp, &settings.to_string(), &webhook("whatsapp")).expect("good settings");
    adapter.expect("WhatsApp has an adapter")
}

/// One of the addresses that Meta's own contract is asked about, outside this crate.
pub fn documented_path(line: usize) -> &'static str {
    include_str!("../../fixtures/whatsapp/requests/paths.txt").lines().nth(line).expect("there is such a line")
}

/// A client of the providers.
pub fn http() -> Http {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let limits = HttpLimits { connect: Duration::from_secs(5), answer: Duration::from_secs(20), answer_max: 64 * 1024 };
    Http::new(limits).expect("a client")
}

/// An API channel whose endpoint is at `base_url`.
pub fn api_at(base_url: &str) -> Arc<dyn Adapter> {
    let settings = json!({ "endpoint": base_url, "secret": "a-secret-of-the-other-server" }).to_string();
    let adapter = adapter::open(ChannelKind::Api, &settings, &webhook("api")).expect("good settings");
    adapter.expect("it has an adapter")
}

/// A Messenger channel whose API is at `base_url`.
pub fn messenger_at(base_url: &str) -> Arc<dyn Adapter> {
    let settings = json!({
        "page_id": "600000000000001",
        "access_token": "EAAtoken",
        "app_secret": ["app-secret", "old-app-secret"],
        "verify_token": "verify-token",
        "base_url": base_url,
    });
    let adapter = adapter::open(ChannelKind::Messenger, &settings.to_string(), &webhook("messenger"));
    adapter.expect("good settings").expect("Messenger has an adapter")
}

/// An Instagram channel, connected by itself, whose API is at `base_url`.
pub fn instagram_at(base_url: &str) -> Arc<dyn Adapter> {
    instagram_with(&json!({ "base_url": base_url }))
}

/// An Instagram channel with these settings besides the usual ones.
pub fn instagram_with(more: &Value) -> Arc<dyn Adapter> {
    let mut settings = json!({
        "account_id": "17840000000000001",
        "access_token": "IGAAtoken",
        "app_secret": ["app-secret", "old-app-secret"],
        "verify_token": "verify-token",
    });
    for (field, value) in more.as_object().expect("settings") {
        settings[field] = value.clone();
    }
    let adapter = adapter::open(ChannelKind::Instagram, &settings.to_string(), &webhook("instagram"));
    adapter.expect("good settings").expect("Instagram has an adapter")
}

/// An SMS channel of this sender whose API is at `base_url` and whose webhook is on `desk`.
fn sms_channel(sender: &str, base_url: &str, desk: &str) -> Arc<dyn Adapter> {
    sms_opened(&json!({ "sender": sender, "base_url": base_url }), desk)
}

/// An SMS channel whose API is at `base_url`, with these settings besides.
pub fn sms_with(besides: &Value, base_url: &str) -> Arc<dyn Adapter> {
    let mut settings = besides.clone();
    settings["sender"] = "+15550001111".into();
    settings["base_url"] = base_url.into();
    sms_opened(&settings, "https://desk.example")
}

/// An SMS channel whose API is at `base_url`, with this sender and these settings.
pub fn sms_of(settings: &Value, base_url: &str) -> Arc<dyn Adapter> {
    let mut settings = settings.clone();
    settings["base_url"] = base_url.into();
    sms_opened(&settings, "https://desk.example")
}

fn sms_opened(besides: &Value, desk: &str) -> Arc<dyn Adapter> {
    let mut settings = json!({
        "account_sid": "AC00000000000000000000000000000001",
        "auth_token": ["auth-token", "old-auth-token"],
    });
    settings.as_object_mut().expect("an object").extend(besides.as_object().expect("an object").clone());
    let webhook = Url::parse(&webhook("sms").as_str().replace("https://desk.example", desk)).expect("a URL");
    let adapter = adapter::open(ChannelKind::Sms, &settings.to_string(), &webhook).expect("good settings");
    adapter.expect("SMS has an adapter")
}

pub fn sms() -> Arc<dyn Adapter> {
    sms_at("http://127.0.0.1:1")
}

pub fn sms_at(base_url: &str) -> Arc<dyn Adapter> {
    sms_from_at("+15550001111", base_url)
}

pub fn sms_from(sender: &str) -> Arc<dyn Adapter> {
    sms_from_at(sender, "http://127.0.0.1:1")
}

pub fn sms_from_at(sender: &str, base_url: &str) -> Arc<dyn Adapter> {
    sms_channel(sender, base_url, "https://desk.example")
}

/// An SMS channel that Twilio delivers to on this desk.
pub fn sms_knocked_at(desk: &str) -> Arc<dyn Adapter> {
    sms_channel("+15550001111", "http://127.0.0.1:1", desk)
}

/// A Google agent whose API is at `base_url`, that signs in at `doors`, with these settings besides.
pub fn google_with(product: &str, base_url: &str, doors: &str, besides: Option<&str>) -> Arc<dyn Adapter> {
    let mut key: Value = serde_json::from_str(SERVICE_ACCOUNT).expect("the fixture is JSON");
    key["token_uri"] = format!("{doors}/token").into();
    let agent = if product == "rcs" { "acme_agent@rbm.goog" } else { "brands/b-1/agents/a-1" };
    let mut settings = json!({
        "product": product,
        "agent_id": agent,
        "client_token": ["client-token", "old-client-token"],
        "service_account": key.to_string(),
        "base_url": base_url,
    });
    let besides: Map<String, Value> = serde_json::from_str(besides.unwrap_or("{}")).expect("an object");
    settings.as_object_mut().expect("an object").extend(besides);
    let adapter = adapter::open(ChannelKind::Google, &settings.to_string(), &webhook("google")).expect("good settings");
    adapter.expect("Google has an adapter")
}

/// A key that was made for these tests and opens nothing.
const SERVICE_ACCOUNT: &str = include_str!("../../fixtures/google/service_account.json");

pub fn google() -> Arc<dyn Adapter> {
    google_with("rcs", "http://127.0.0.1:1", "http://127.0.0.1:1", None)
}

pub fn business_messages() -> Arc<dyn Adapter> {
    google_with("business_messages", "http://127.0.0.1:1", "http://127.0.0.1:1", None)
}

/// The token of the made-up bot.
pub const BOT_TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

/// A Telegram channel whose API is at `base_url`.
pub fn telegram_at(base_url: &str) -> Arc<dyn Adapter> {
    let settings = json!({ "bot_token": BOT_TOKEN, "webhook_secret": "hook-secret", "base_url": base_url }).to_string();
    let adapter = adapter::open(ChannelKind::Telegram, &settings, &webhook("telegram")).expect("good settings");
    adapter.expect("it has an adapter")
}

/// An account on X whose API is at `base_url`.
pub fn x_at(base_url: &str) -> Arc<dyn Adapter> {
    x_with(base_url, &json!({}))
}

/// The same with other settings.
pub fn x_with(base_url: &str, changes: &Value) -> Arc<dyn Adapter> {
    let mut settings = json!({
        "user_id": "222",
        "consumer_secret": ["consumer-secret", "old-consumer-secret"],
        "access_token": "user-token",
        "access_token_expires_at": "1795400000",
        "refresh_token": "refresh-token",
        "client_id": "client",
        "client_secret": "client-secret",
        "bearer_token": "app-token",
        "base_url": base_url,
    });
    for (field, value) in changes.as_object().into_iter().flatten() {
        settings[field] = value.clone();
    }
    let adapter = adapter::open(ChannelKind::X, &settings.to_string(), &webhook("x")).expect("good settings");
    adapter.expect("it has an adapter")
}

/// A delivery to a channel of this kind with these headers.
pub fn post_with(kind: &str, body: &[u8], headers: &[(&str, &str)]) -> RawRequest {
    RawRequest {
        method: Method::Post,
        path_query: webhook(kind).path().into(),
        headers: headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        body: bytes::Bytes::copy_from_slice(body),
    }
}

/// Where the provider of a made-up channel of this kind delivers.
pub fn webhook(kind: &str) -> Url {
    let id = "01939d3c-7a00-7000-8000-0000000000c1";
    Url::parse(&format!("https://desk.example/webhooks/{kind}/{id}")).expect("a URL")
}

/// What senders work with in tests; there are no files.
pub fn tools(http: &Http) -> Tools<'_> {
    Tools { http, files: &NoFiles }
}

/// What senders work with in tests, with one file of these bytes under every id.
pub fn tools_with<'a>(http: &'a Http, file: &'a OneFile) -> Tools<'a> {
    Tools { http, files: file }
}

pub struct OneFile(pub &'static [u8]);

impl Files for OneFile {
    fn open(&self, _: FileId) -> BoxFuture<'_, Result<files::Content, ChannelError>> {
        // In two pieces, as it would come from a disk.
        let (first, rest) = self.0.split_at(self.0.len() / 2);
        let pieces = [first, rest].map(|piece| Ok(bytes::Bytes::from_static(piece)));
        Box::pin(async { Ok(futures::stream::iter(pieces).boxed()) })
    }

    fn link(&self, id: FileId) -> Url {
        NoFiles.link(id)
    }
}

struct NoFiles;

impl Files for NoFiles {
    fn open(&self, _: FileId) -> BoxFuture<'_, Result<files::Content, ChannelError>> {
        Box::pin(async { Err(ChannelError::MediaRejected { detail: "There are no files here.".into() }) })
    }

    fn link(&self, id: FileId) -> Url {
        Url::parse(&format!("https://desk.example/lent/{id}")).expect("a URL")
    }
}

pub fn whatsapp() -> Arc<dyn Adapter> {
    whatsapp_at("http://127.0.0.1:1")
}

pub fn get(path_query: &str) -> RawRequest {
    RawRequest { method: Method::Get, path_query: path_query.into(), headers: Vec::new(), body: bytes::Bytes::new() }
}

/// A delivery signed as `signature` says; `None` for no header at all.
pub fn post(body: &[u8], signature: Option<&str>) -> RawRequest {
    let header = signature.map(|signature| ("X-Hub-Signature-256".into(), signature.into()));
    RawRequest {
        method: Method::Post,
        path_query: "/webhooks/whatsapp/01939d3c-7a00-7000-8000-0000000000c1".into(),
        headers: header.into_iter().collect(),
        body: bytes::Bytes::copy_from_slice(body),
    }
}

/// A bot's answer to somebody who wrote a minute ago.
pub fn answer(content: Content) -> OutboundMessage {
    OutboundMessage {
        id: MessageId::from_number(0x0193_9d3c_7a00_7000_8000_0000_0000_0001),
        to: Recipient { ids: vec![ExternalId("BR.1349000000000000001".into()), ExternalId("5511900000001".into())] },
        content,
        author: Author::Bot,
        speaker: None,
        purpose: Purpose::Reply,
        reply_to: None,
    }
}

pub const NOW: Timestamp = Timestamp(1_795_300_060_000);
pub const A_MINUTE_AGO: Option<Timestamp> = Some(Timestamp(1_795_300_000_000));

/// Choices with these titles, their ids counted from 1.
pub fn choices(titles: &[&str]) -> Vec<Choice> {
    (1..).zip(titles).map(|(id, title): (u32, _)| Choice { id: id.to_string(), title: (*title).into() }).collect()
}
