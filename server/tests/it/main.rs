//! The whole process, knocked at from outside: on SQLite, or on the PostgreSQL server that `TEST_DATABASE_URL` names.

#[path = "../rig/rig.rs"]
mod rig;

mod conversation;
mod demo;
mod doors;
mod exports;
mod faults;
mod files;
mod mischief;
mod pages;
mod polling;
mod sign_in;
mod transcripts;
mod webhooks;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use rig::console::{Console, first_page};
use rig::process::{PATIENCE, Switchboard};
use rig::socket::{Heard, Socket};
use rig::whatsapp::{self, Graph};

/// The PostgreSQL server to use, if the tests run on one.
fn postgres() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}

/// A running installation with its admin.
async fn running() -> Result<Switchboard> {
    Switchboard::running(postgres().as_deref()).await
}

/// A running installation with its admin, a WhatsApp channel without a bot, and Meta's side of it.
async fn running_with_whatsapp() -> Result<(Switchboard, String, Graph)> {
    let graph = Graph::start().await?;
    let mut switchboard = Switchboard::new(postgres().as_deref()).await?;
    switchboard.set_up().await?;
    let channel = switchboard.add_channel("whatsapp", &whatsapp::settings(&graph.base_url())).await?;
    switchboard.start().await?;
    Ok((switchboard, channel, graph))
}

/// The web channel that every installation begins with.
async fn website(switchboard: &Switchboard, console: &Console) -> Result<String> {
    let desk = console.get(switchboard, "load_desk", &first_page("live")).await?;
    let mut channels = desk["channels"].as_array().into_iter().flatten();
    let website = channels.find(|channel| channel["kind"] == "web").context("setting up makes a web channel")?;
    rig::console::id_of(website)
}

/// Where the log is now.
async fn head(switchboard: &Switchboard, console: &Console) -> Result<u64> {
    let desk = console.get(switchboard, "load_desk", &first_page("live")).await?;
    desk["seq"].as_u64().context("a desk has a seq")
}

/// Asks until there is an answer.
async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        ensure!(began.elapsed() < PATIENCE, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The next frame that `is` what one waits for.
async fn hear(socket: &mut Socket, is: impl Fn(&Value) -> bool) -> Result<Value> {
    let hearing = async {
        loop {
            match socket.hear().await? {
                Heard::Text(text) => {
                    let frame: Value = serde_json::from_slice(text)?;
                    if is(&frame) {
                        return Ok(frame);
                    }
                }
                Heard::Closed(code) => anyhow::bail!("the socket was closed: {code}"),
            }
        }
    };
    tokio::time::timeout(PATIENCE, hearing).await.context("it was never heard")?
}

/// Says `text` as a browser does: every frame of its is masked, here with zeros, which leave the text as it is.
async fn say(socket: &mut Socket, text: &str) -> Result<()> {
    let length = u16::try_from(text.len()).context("a short text")?.to_be_bytes();
    let frame = [&[0x81, 0xfe], &length[..], &[0; 4], text.as_bytes()].concat();
    Ok(socket.stream.write_all(&frame).await?)
}

/// The text of the message that a live frame adds, if it adds one.
fn message_text(frame: &Value) -> Option<&str> {
    frame["event"]["change"]["message_added"]["content"]["text"].as_str()
}

/// The dialog's answer that closes a room.
fn resolve(room: &str, seen_messages: u64) -> Value {
    let update = json!({ "status": "resolve", "comment": null, "feedback": false, "seen_messages": seen_messages });
    json!({ "room": room, "update": update })
}
