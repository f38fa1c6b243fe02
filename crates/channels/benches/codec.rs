//! How long it takes to prove and read a typical delivery of each channel; one JSON line per figure.
//!
//! `cargo bench -p channels --bench codec -- [NAME…]`

#[path = "../tests/it/desk.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod desk;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use channels::adapter::Adapter;
use channels::codec::{RawRequest, verify_and_parse};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

const NOWHERE: &str = "http://127.0.0.1:1";

/// What one delivery may take, in microseconds.
const LIMIT: f64 = 30.0;

/// Deliveries that are measured, after as many that warm up.
const ROUNDS: usize = 20_000;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    for (name, adapter, request) in deliveries() {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            measure(name, &*adapter, &request);
        }
    }
}

#[expect(clippy::print_stdout, reason = "whoever runs the benchmark reads its figures there")]
fn measure(name: &str, adapter: &dyn Adapter, request: &RawRequest) {
    let events = verify_and_parse(adapter, request).expect("a signed delivery");
    assert!(!events.is_empty() && events.iter().all(Result::is_ok), "{name}: {events:?}");
    let once = || {
        let began = Instant::now();
        drop(black_box(verify_and_parse(adapter, black_box(request))));
        began.elapsed()
    };
    for _ in 0..ROUNDS {
        once();
    }
    let mut took: Vec<Duration> = (0..ROUNDS).map(|_| once()).collect();
    took.sort_unstable();
    let micros = |percent: usize| {
        let at = took[(took.len() * percent).div_ceil(100) - 1];
        (at.as_secs_f64() * 10_000_000.0).round() / 10.0
    };
    let (p50, p99) = (micros(50), micros(99));
    let load = format!("verify and parse one text of {} bytes, {ROUNDS} times", request.body.len());
    let figure = json!({
        "name": name, "p50": p50, "p99": p99, "unit": "us", "load": load, "durability": null, "target": LIMIT,
        "met": p50 <= LIMIT,
    });
    println!("{figure}");
}

/// A text of each channel as its provider would deliver it, signed here.
fn deliveries() -> Vec<(&'static str, Arc<dyn Adapter>, RawRequest)> {
    let whatsapp = include_bytes!("../fixtures/whatsapp/text.json").as_slice();
    let messenger = include_bytes!("../fixtures/messenger/text.json").as_slice();
    let instagram = include_bytes!("../fixtures/instagram/text.json").as_slice();
    // A list of deliveries; each comes alone.
    let telegram: Vec<Value> = serde_json::from_str(include_str!("../fixtures/telegram/text.json")).expect("a list");
    let telegram = telegram[0].to_string().into_bytes();
    let x = include_bytes!("../fixtures/x/text.json").as_slice();
    let sms = include_str!("../fixtures/sms/text.form").trim_end();
    let rcs = include_bytes!("../fixtures/google/rcs/text.json").as_slice();
    let api =
        br#"{"events":[{"type":"message","customer":{"id":"u-1","name":"Ana"},"message":{"id":"m-1","text":"oi"}}]}"#;
    let packed = json!({ "message": { "data": STANDARD.encode(rcs), "messageId": "1" }, "subscription": "s" });
    let packed = packed.to_string();
    let meta = |body: &[u8]| format!("sha256={}", hex::encode(sha256("app-secret", body)));
    let post = |kind: &str, body: &[u8], header: &str, value: &str| desk::post_with(kind, body, &[(header, value)]);
    let hub = "X-Hub-Signature-256";
    vec![
        ("codec_whatsapp", desk::whatsapp_at(NOWHERE), post("whatsapp", whatsapp, hub, &meta(whatsapp))),
        ("codec_messenger", desk::messenger_at(NOWHERE), post("messenger", messenger, hub, &meta(messenger))),
        ("codec_instagram", desk::instagram_at(NOWHERE), post("instagram", instagram, hub, &meta(instagram))),
        (
            "codec_telegram",
            desk::telegram_at(NOWHERE),
            post("telegram", &telegram, "X-Telegram-Bot-Api-Secret-Token", "hook-secret"),
        ),
        (
            "codec_x",
            desk::x_at(NOWHERE),
            post(
                "x",
                x,
                "x-twitter-webhooks-signature",
                &format!("sha256={}", STANDARD.encode(sha256("consumer-secret", x))),
            ),
        ),
        (
            "codec_sms",
            desk::sms_at(NOWHERE),
            post("sms", sms.as_bytes(), "X-Twilio-Signature", &STANDARD.encode(twilio("auth-token", sms))),
        ),
        (
            "codec_google",
            desk::google(),
            post("google", packed.as_bytes(), "X-Goog-Signature", &STANDARD.encode(sha512("client-token", rcs))),
        ),
        (
            "codec_api",
            desk::api_at(NOWHERE),
            post(
                "api",
                api,
                "X-Switchboard-Signature",
                &format!("sha256={}", hex::encode(sha256("a-secret-of-the-other-server", api))),
            ),
        ),
    ]
}

fn sha256(key: &str, bytes: &[u8]) -> Vec<u8> {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(bytes);
    mac.finalize().into_bytes().to_vec()
}

fn sha512(key: &str, bytes: &[u8]) -> Vec<u8> {
    let mut mac = <Hmac<Sha512> as Mac>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(bytes);
    mac.finalize().into_bytes().to_vec()
}

/// Twilio signs its address and every field by name. <https://www.twilio.com/docs/usage/security>
fn twilio(key: &str, form: &str) -> Vec<u8> {
    let mut fields: Vec<(String, String)> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    fields.sort();
    let signed = fields.iter().fold(desk::webhook("sms").to_string(), |text, (name, value)| text + name + value);
    let mut mac = <Hmac<Sha1> as Mac>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(signed.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
