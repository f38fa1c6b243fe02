//! Asking the Graph API: by the channel's token, and with Meta's errors read.

use reqwest::{Method, Url};
use serde_json::Value;

use super::settings::Settings;
use crate::error::ChannelError;
use crate::http::{Answer, Ask, Body, Http, Proof};
use crate::meta::errors::{GraphError, by_status};

/// Posts a document. The answer, if it is a success.
pub(super) async fn post(settings: &Settings, http: &Http, url: Url, body: &Value) -> Result<Answer, ChannelError> {
    success(send(settings, http, url, Body::Json(body.to_string())).await?)
}

/// Posts what `body` carries. Any answer.
pub(super) async fn send(settings: &Settings, http: &Http, url: Url, body: Body) -> Result<Answer, ChannelError> {
    http.ask(Ask { method: Method::POST, url, proof: Proof::Bearer(&settings.access_token), body }).await
}

/// Asks for a document. The answer, if it is a success.
pub(super) async fn get(settings: &Settings, http: &Http, url: Url) -> Result<Answer, ChannelError> {
    let answer = http.get(url, Proof::Bearer(&settings.access_token)).await?;
    success(answer).map_err(ChannelError::of_repeatable)
}

/// The answer, or what Meta's error in it means.
pub(super) fn success(answer: Answer) -> Result<Answer, ChannelError> {
    if answer.is_success() {
        return Ok(answer);
    }
    Err(match GraphError::of(&answer) {
        Some(error) => error.classify(answer.retry_after),
        None => by_status(answer.status, answer.retry_after),
    })
}
