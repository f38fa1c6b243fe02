//! Asks Google and reads the answer. Everything that is sent has an id, so that whatever is sent again is shown once.

use reqwest::{Method, Url};
use serde_json::Value;
use uuid::Uuid;

use super::business_messages;
use super::errors::refused;
use super::outbound::{self, address, message_id};
use super::settings::{Product, Settings};
use super::sign_in::FIELD;
use crate::adapter::{Account, Tools};
use crate::error::ChannelError;
use crate::http::{Answer, Ask, Body, Http, Proof};
use crate::identity::ProviderId;
use crate::outbound::{ProviderSend, Receipt, Signal};
use crate::settings::Secret;

/// A number that no phone has: <https://en.wikipedia.org/wiki/555_(telephone_number)>.
const NOBODY: &str = "+12025550123";

pub(super) async fn send(settings: &Settings, tools: Tools<'_>, send: &ProviderSend) -> Result<Receipt, ChannelError> {
    let id = message_id(send.key);
    let to = address(&send.to)?;
    let (url, body) = match settings.product {
        Product::Rcs => {
            let url = of_agent(settings, &["phones", &to.0, "agentMessages"], "messageId", id);
            (url, outbound::message(&send.piece, tools.files)?)
        }
        Product::BusinessMessages => {
            if let Some((url, body)) = business_messages::joined(settings, to, send) {
                // Only a courtesy: the message says whose it is as well.
                let _ = ask(settings, tools.http, Method::POST, url, &body).await;
            }
            let url = settings.url(&["conversations", &to.0, "messages"]);
            (url, business_messages::message(send, id, tools.files)?)
        }
    };
    let answer = ask(settings, tools.http, Method::POST, url, &body).await?;
    match answer.status {
        // It came before, and the answer was lost.
        200..=299 | 409 => Ok(Receipt::of(vec![ProviderId(id.to_string())])),
        _ => Err(refused(&answer)),
    }
}

pub(super) async fn signal(settings: &Settings, http: &Http, signal: &Signal) -> Result<(), ChannelError> {
    let to = match signal {
        Signal::Read { to, .. } | Signal::Typing { to, .. } | Signal::Reaction { to, .. } => address(to)?,
        Signal::Pressed { .. } => return Err(outbound::unknown_sign()),
    };
    let (method, url, body) = match settings.product {
        Product::Rcs => {
            let (id, body) = outbound::event(signal)?;
            (Method::POST, of_agent(settings, &["phones", &to.0, "agentEvents"], "eventId", id), body)
        }
        Product::BusinessMessages => business_messages::sign(settings, to, signal)?,
    };
    let answer = ask(settings, http, method, url, &body).await?;
    if answer.is_success() { Ok(()) } else { Err(refused(&answer)) }
}

/// Asks what somebody's phone can do who does not exist: the answer depends on us alone.
pub(super) async fn test(settings: &Settings, http: &Http) -> Result<Account, ChannelError> {
    let token = access_token(settings)?;
    let mut remarks = Vec::new();
    match settings.product {
        Product::Rcs => {
            let url = of_agent(settings, &["phones", NOBODY, "capabilities"], "requestId", Uuid::now_v7());
            let answer = http.get(url, Proof::Bearer(token)).await?;
            match (answer.status, refused(&answer)) {
                (200..=299, _) | (_, ChannelError::RecipientUnreachable { .. }) if answer.status != 403 => {}
                (403, ChannelError::RecipientUnreachable { detail }) => {
                    remarks.push(format!("The agent is not launched everywhere. {detail}"));
                }
                (403, ChannelError::PermissionMissing { detail }) => return Err(another_agents_key(&detail)),
                (_, error) => return Err(error),
            }
        }
        Product::BusinessMessages => {
            remarks.push("Google retired Business Messages on 31 July 2024: nothing is delivered any more.".into());
        }
    }
    Ok(Account { name: settings.agent_id.clone(), remarks, learned: None })
}

/// The token is good, and not for this agent.
fn another_agents_key(detail: &str) -> ChannelError {
    let rule = format!(
        "is not this agent's: it is a key of another project, or its service account may not use RCS. {}",
        detail.trim_end_matches('.')
    );
    ChannelError::SettingRefused { field: FIELD.into(), rule }
}

/// An address with an id of what is asked and the agent that asks.
fn of_agent(settings: &Settings, path: &[&str], name: &str, id: Uuid) -> Url {
    let mut url = settings.url(path);
    url.query_pairs_mut().append_pair(name, &id.to_string()).append_pair("agentId", &settings.agent_id);
    url
}

async fn ask(settings: &Settings, http: &Http, method: Method, url: Url, body: &Value) -> Result<Answer, ChannelError> {
    let proof = Proof::Bearer(access_token(settings)?);
    let answer = http.ask(Ask { method, url, proof, body: Body::Json(body.to_string()) }).await;
    // To say it again with the same id says nothing twice.
    answer.map_err(ChannelError::of_repeatable)
}

/// What was got before; without it nothing is sent, and whoever asks for a new one hears why there is none.
fn access_token(settings: &Settings) -> Result<&Secret, ChannelError> {
    settings.token.as_ref().map(|token| &token.access_token).ok_or(ChannelError::AuthExpired)
}
