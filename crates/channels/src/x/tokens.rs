//! The access token lasts two hours. Its refresh token is good once, and comes back as another one.
//! <https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>

use std::time::Duration;

use domain::timestamp::Timestamp;
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use super::errors::refusal;
use super::settings::{Client, Settings, at};
use crate::error::ChannelError;
use crate::http::{Ask, Body, Http, Proof};
use crate::words::{Words, present};

/// A token is renewed while it still has this long, so that a refusal leaves time for another try.
const AHEAD: Duration = Duration::from_secs(15 * 60);
/// How long a token lasts when X does not say.
const USUALLY: i64 = 7_200;

/// What X gives for a proof: of a sign-in, or of an earlier token.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Granted {
    pub access_token: Option<Words>,
    refresh_token: Option<Words>,
    expires_in: Option<i64>,
}

impl Granted {
    /// The settings that keep it; `None` when there is no token.
    pub fn changes(&self, now: Timestamp) -> Option<Value> {
        let access_token = present(self.access_token.as_ref())?;
        let end = now.0 / 1_000 + self.expires_in.unwrap_or(USUALLY);
        let mut changes = json!({ "access_token": access_token, "access_token_expires_at": end.to_string() });
        if let Some(refresh_token) = present(self.refresh_token.as_ref()) {
            changes["refresh_token"] = refresh_token.into();
        }
        Some(changes)
    }
}

/// From when on it is renewed; a token of unknown age is taken for one that has ended.
pub(super) fn due_at(settings: &Settings) -> Option<Timestamp> {
    settings.renewal.as_ref()?;
    Some(settings.access_token_expires_at.unwrap_or(Timestamp(0)).minus(AHEAD))
}

pub(super) async fn renew(settings: &Settings, http: &Http, now: Timestamp) -> Result<Option<String>, ChannelError> {
    let Some(renewal) = &settings.renewal else { return Ok(None) };
    let form = vec![
        ("grant_type".into(), "refresh_token".into()),
        ("refresh_token".into(), renewal.refresh_token.expose().to_owned()),
    ];
    let answer = http.ask(asking(&settings.base_url, &renewal.client, form)).await?;
    if !answer.is_success() {
        // A refresh token that was used, withdrawn or forgotten: only the account's owner can give another.
        return Err(if matches!(answer.status, 400 | 401) { ChannelError::AuthExpired } else { refusal(&answer) });
    }
    let granted: Granted = answer.json().ok_or(ChannelError::OutcomeUnknown)?;
    let changes = granted.changes(now).ok_or(ChannelError::OutcomeUnknown)?;
    Ok(Some(changes.to_string()))
}

/// Asks for tokens. An app that can keep a secret shows it; any other only says who it is.
pub(super) fn asking<'a>(base_url: &Url, client: &'a Client, mut form: Vec<(String, String)>) -> Ask<'a> {
    let proof = match &client.secret {
        Some(password) => Proof::Basic { user: &client.id, password },
        None => {
            form.push(("client_id".into(), client.id.clone()));
            Proof::None
        }
    };
    Ask { method: Method::POST, url: at(base_url, &["2", "oauth2", "token"]), proof, body: Body::Form(form) }
}
