//! Meta's side of WhatsApp: signed deliveries in, and a stand-in for the Graph API that takes what we send.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::http::Request;

const PHONE_NUMBER_ID: &str = "801000000000002";
const APP_SECRET: &str = "app-secret-of-a-test";
pub const VERIFY_TOKEN: &str = "verify-token-of-a-test";

/// The settings of a channel whose Graph API is at `base_url`.
pub fn settings(base_url: &str) -> Value {
    settings_of(PHONE_NUMBER_ID, base_url)
}

/// The same for another number of the app.
pub fn settings_of(number: &str, base_url: &str) -> Value {
    json!({
        "phone_number_id": number,
        "access_token": "access-token-of-a-test",
        "app_secret": APP_SECRET,
        "verify_token": VERIFY_TOKEN,
        "base_url": base_url,
    })
}

/// The delivery of one text by customer number `customer`, whom Meta calls `name`.
pub fn text_delivery(customer: usize, name: &str, provider_id: &str, text: &str) -> Vec<u8> {
    text_delivery_to(PHONE_NUMBER_ID, customer, name, provider_id, text)
}

/// The same to another number of the app.
pub fn text_delivery_to(number: &str, customer: usize, name: &str, provider_id: &str, text: &str) -> Vec<u8> {
    let wa_id = format!("5511{:09}", 900_000_000 + customer);
    let written_at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()).to_string();
    let delivery = json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "701000000000001", "changes": [{ "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "15550001111", "phone_number_id": number },
            "contacts": [{ "profile": { "name": name }, "wa_id": wa_id, "user_id": format!("BR.{wa_id}") }],
            "messages": [{
                "from": wa_id, "from_user_id": format!("BR.{wa_id}"), "id": provider_id,
                "timestamp": written_at, "type": "text", "text": { "body": text },
            }],
        } }] }],
    });
    delivery.to_string().into_bytes()
}

/// A webhook as Meta posts it to `channel`.
pub fn signed(channel: &str, body: Vec<u8>) -> Request {
    let signature = signature(&body);
    unsigned(channel, body).header("X-Hub-Signature-256", &signature)
}

/// The same without the signature.
pub fn unsigned(channel: &str, body: Vec<u8>) -> Request {
    Request::post(&format!("/webhooks/whatsapp/{channel}")).header("Content-Type", "application/json").body(body)
}

/// What Meta writes in the header: HMAC-SHA256 of the raw bytes.
pub fn signature(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(APP_SECRET.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// A stand-in for the Graph API: accepts every message, and remembers the texts.
#[derive(Clone)]
pub struct Graph {
    port: u16,
    sent: Arc<Mutex<Vec<(String, String)>>>,
}

impl Graph {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let graph = Self { port: listener.local_addr()?.port(), sent: Arc::default() };
        let answering = graph.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let graph = answering.clone();
                // A connection that breaks off is the caller's affair.
                tokio::spawn(async move { drop(graph.answer(stream).await) });
            }
        });
        Ok(graph)
    }

    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// To whom which texts were sent, in order.
    pub fn sent(&self) -> Vec<(String, String)> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn answer(self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut buffer = Vec::new();
        loop {
            let Some((body, end)) = request_body(&buffer) else {
                if stream.read_buf(&mut buffer).await? == 0 {
                    return Ok(());
                }
                continue;
            };
            let id = self.take(&serde_json::from_slice(&buffer[body..end]).unwrap_or(Value::Null));
            buffer.drain(..end);
            let answer = json!({ "messaging_product": "whatsapp", "messages": [{ "id": id }] }).to_string();
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length";
            stream.write_all(format!("{head}: {}\r\n\r\n{answer}", answer.len()).as_bytes()).await?;
        }
    }

    fn take(&self, message: &Value) -> String {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        // Read receipts and typing have no text.
        if let Some(text) = message["text"]["body"].as_str() {
            let to = message["to"].as_str().or(message["recipient"].as_str()).unwrap_or_default();
            sent.push((to.to_owned(), text.to_owned()));
        }
        format!("wamid.OUT{}", sent.len())
    }
}

/// Where the body of the first whole request lies.
fn request_body(bytes: &[u8]) -> Option<(usize, usize)> {
    let start = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..start]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let end = start + length.unwrap_or(0);
    (bytes.len() >= end).then_some((start, end))
}
