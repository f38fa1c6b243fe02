//! A provider's deliveries, as bytes that nobody proved. What must hold of them is in [`crate::holds`].

use std::sync::{Arc, LazyLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use channels::adapter::Adapter;
use serde_json::json;

use crate::{desk, holds};

const NOWHERE: &str = "http://127.0.0.1:1";

type Channel = LazyLock<Arc<dyn Adapter>>;

pub(crate) static WHATSAPP: Channel = LazyLock::new(desk::whatsapp);
pub(crate) static MESSENGER: Channel = LazyLock::new(|| desk::messenger_at(NOWHERE));
pub(crate) static INSTAGRAM: Channel = LazyLock::new(|| desk::instagram_at(NOWHERE));
pub(crate) static TELEGRAM: Channel = LazyLock::new(|| desk::telegram_at(NOWHERE));
pub(crate) static X: Channel = LazyLock::new(|| desk::x_at(NOWHERE));
pub(crate) static SMS: Channel = LazyLock::new(desk::sms);
pub(crate) static GOOGLE: Channel = LazyLock::new(desk::google);
pub(crate) static BUSINESS_MESSAGES: Channel = LazyLock::new(desk::business_messages);
pub(crate) static API: Channel = LazyLock::new(|| desk::api_at(NOWHERE));

pub fn whatsapp(body: &[u8]) {
    read(&WHATSAPP, body);
}

pub fn messenger(body: &[u8]) {
    read(&MESSENGER, body);
}

pub fn instagram(body: &[u8]) {
    read(&INSTAGRAM, body);
}

pub fn telegram(body: &[u8]) {
    read(&TELEGRAM, body);
}

pub fn x(body: &[u8]) {
    read(&X, body);
}

pub fn sms(body: &[u8]) {
    read(&SMS, body);
}

/// The delivery itself, and what it says once it is unpacked.
pub fn google(said: &[u8]) {
    read(&GOOGLE, said);
    let packed = json!({ "message": { "data": STANDARD.encode(said) } });
    read(&GOOGLE, packed.to_string().as_bytes());
}

pub fn business_messages(body: &[u8]) {
    read(&BUSINESS_MESSAGES, body);
}

pub fn api(body: &[u8]) {
    read(&API, body);
}

fn read(channel: &Channel, body: &[u8]) {
    drop(holds::parse(&***channel, body));
}
