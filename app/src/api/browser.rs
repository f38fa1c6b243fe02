//! The browser's half of every server function.

use std::pin::Pin;

use futures::channel::oneshot;
use gloo_net::http::Request;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

use crate::api::{json, read};
use crate::error::AppError;

/// Where server functions live.
const PREFIX: &str = "/api/fn/";

type Answer = Pin<Box<dyn Future<Output = Result<Vec<u8>, AppError>> + Send>>;

/// Calls a server function from the browser. `arguments` are its own, as JSON, by their names.
///
/// # Errors
/// What the server answered, or that it could not be asked or understood.
pub async fn call<T: DeserializeOwned>(word: &'static str, arguments: Vec<(&str, String)>) -> Result<T, AppError> {
    read(&ask(word, &arguments).await?)
}

/// The answer of a server function as it came: for what a page begins with, which the server writes into the page.
pub async fn call_unread(word: &'static str, arguments: Vec<(&str, String)>) -> String {
    match ask(word, &arguments).await {
        Ok(answer) => format!("{{\"Ok\":{}}}", String::from_utf8(answer).unwrap_or_default()),
        Err(error) => format!("{{\"Err\":{}}}", json(&error)),
    }
}

/// Begins to ask when it is called; the answer may be awaited from anywhere.
fn ask(word: &'static str, arguments: &[(&str, String)]) -> Answer {
    let pairs: Vec<String> = arguments.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    let body = format!("{{{}}}", pairs.join(","));
    let (give, take) = oneshot::channel();
    spawn_local(async move {
        // Whoever asked may be gone by now.
        drop(give.send(fetch(word, body).await));
    });
    Box::pin(async move { take.await.unwrap_or(Err(AppError::Offline)) })
}

async fn fetch(word: &str, body: String) -> Result<Vec<u8>, AppError> {
    let request = Request::post(&format!("{PREFIX}{word}"))
        .header("Content-Type", "application/json")
        .header("Accept", "application/json")
        .body(body)
        .map_err(|_| AppError::Unreadable)?;
    let answer = request.send().await.map_err(|_| AppError::Offline)?;
    let status = answer.status();
    let bytes = answer.binary().await.map_err(|_| AppError::Offline)?;
    match status {
        200..300 => Ok(bytes),
        // A proxy speaks for a server that is away.
        502..=504 => Err(read(&bytes).unwrap_or(AppError::Offline)),
        _ => Err(read(&bytes).unwrap_or_else(|error| error)),
    }
}
