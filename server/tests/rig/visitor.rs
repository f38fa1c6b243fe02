//! A visitor of a site, in its web chat.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::http::Request;
use super::process::Switchboard;

/// One browser in the web chat.
#[derive(Clone)]
pub struct Visitor {
    pub token: String,
}

impl Visitor {
    /// Opens the chat of `channel`. Each `number` comes from an address of its own.
    pub async fn open(switchboard: &Switchboard, channel: &str, number: usize) -> Result<Self> {
        let answer = switchboard.ask(opening(channel, number)).await?;
        Self::of_answer(answer.status, &answer.json())
    }

    /// The visitor to whom the answer of [`opening`] belongs.
    pub fn of_answer(status: u16, answer: &Value) -> Result<Self> {
        ensure!(status == 200, "opening the web chat: {status} {answer}");
        let token = answer["token"].as_str().context("a visitor has a token")?.to_owned();
        Ok(Self { token })
    }

    /// What writing `text` sends. The same `id` again is the same message.
    pub fn message(&self, id: &str, text: &str) -> Request {
        self.signed(Request::post("/widget/v1/messages")).json(&json!({ "id": id, "text": text }))
    }

    pub fn signed(&self, request: Request) -> Request {
        request.header("Authorization", &format!("Bearer {}", self.token))
    }
}

/// What opening the chat sends.
pub fn opening(channel: &str, number: usize) -> Request {
    let address = format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255);
    Request::post("/widget/v1/sessions").header("X-Forwarded-For", &address).json(&json!({ "channel": channel }))
}
