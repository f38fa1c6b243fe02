//! Asks Twilio and reads the answer.

use std::time::Duration;

use domain::message::Choice;
use reqwest::{Method, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::errors::refused;
use super::settings::{Credential, Settings};
use super::{buttons, outbound};
use crate::adapter::Tools;
use crate::error::ChannelError;
use crate::files::{Fetched, FileRef};
use crate::http::{Answer, Ask, Body, Http, Origin};
use crate::identity::ProviderId;
use crate::outbound::{Piece, ProviderSend, Receipt};
use crate::words::Words;

/// Further hosts than the configured one that files are on and that may know who we are.
const FILE_HOSTS: [&str; 1] = ["api.twilio.com"];

/// A question waits no longer for its buttons; the first one in an account has all of that looked through.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct Accepted {
    sid: Words,
}

pub(super) async fn send(
    settings: &Settings,
    webhook: &Url,
    tools: Tools<'_>,
    send: &ProviderSend,
) -> Result<Receipt, ChannelError> {
    if let Piece::Buttons { text, choices } = &send.piece
        && let Some(receipt) = with_buttons(settings, webhook, tools.http, send, text, choices).await?
    {
        return Ok(receipt);
    }
    let form = outbound::message(settings, webhook, tools.files, send)?;
    post_message(settings, tools.http, form).await
}

/// Asks with buttons; `None` where Twilio does not have or take them, for then nothing was sent.
async fn with_buttons(
    settings: &Settings,
    webhook: &Url,
    http: &Http,
    send: &ProviderSend,
    text: &str,
    choices: &[Choice],
) -> Result<Option<Receipt>, ChannelError> {
    // Whatever is wrong with the account, the message itself will hear of it.
    let kept = timeout(PATIENCE, buttons::content(settings, http, choices)).await;
    let Ok(Ok(content)) = kept else { return Ok(None) };
    let form = outbound::question(settings, webhook, send, content.clone(), text)?;
    match post_message(settings, http, form).await {
        Err(ChannelError::TemplateProblem { .. }) => {
            buttons::forget(settings, &content);
            Ok(None)
        }
        outcome => outcome.map(Some),
    }
}

async fn post_message(settings: &Settings, http: &Http, form: Vec<(String, String)>) -> Result<Receipt, ChannelError> {
    let answer = post(settings, http, settings.url_within(&["Messages.json"]), form).await?;
    // A success that does not name the message was still a success: it must not be sent again.
    let Accepted { sid: Words(sid) } = answer.json().ok_or(ChannelError::OutcomeUnknown)?;
    Ok(Receipt::of(vec![ProviderId(sid)]))
}

/// Fetches a file of an MMS. It is on Twilio's own host, which sends us on to one that must not know who we are.
pub(super) async fn fetch(settings: &Settings, http: &Http, file: &FileRef) -> Result<Fetched, ChannelError> {
    let wrong = |_| ChannelError::MediaRejected { detail: "Its address is none.".into() };
    let url = Url::parse(&file.handle).map_err(wrong)?;
    let origin = Origin { api: &settings.base_url, hosts: &FILE_HOSTS, proof: settings.credential().proof };
    let fetched = http.download(url, &origin).await?;
    Ok(Fetched { name: file.name.clone(), ..fetched })
}

/// The answer, if it is a success.
pub(super) async fn post(
    settings: &Settings,
    http: &Http,
    url: Url,
    form: Vec<(String, String)>,
) -> Result<Answer, ChannelError> {
    let credential = settings.credential();
    let ask = Ask { method: Method::POST, url, proof: credential.proof, body: Body::Form(form) };
    let answer = http.ask(ask).await?;
    if answer.is_success() { Ok(answer) } else { Err(refused(&answer, credential)) }
}

/// What is at `url`.
pub(super) async fn get<T: DeserializeOwned>(
    http: &Http,
    url: Url,
    credential: Credential<'_>,
) -> Result<T, ChannelError> {
    let answer = http.get(url, credential.proof).await?;
    if !answer.is_success() {
        return Err(refused(&answer, credential));
    }
    let unreadable = || ChannelError::Transient { detail: "Its answer cannot be read.".into() };
    answer.json().ok_or_else(unreadable)
}
