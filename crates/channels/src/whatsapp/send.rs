//! Posts to Meta and reads the answer.

use serde::Deserialize;
use serde_json::Value;

use super::errors::{GraphError, by_status};
use super::inbound::customer::{ids, present};
use super::inbound::wire::Words;
use super::outbound;
use super::settings::Settings;
use crate::adapter::Tools;
use crate::error::ChannelError;
use crate::http::{Answer, Http};
use crate::identity::{ExternalId, ProviderId};
use crate::outbound::{ProviderSend, Receipt, Signal};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Accepted {
    messages: Vec<AcceptedMessage>,
    contacts: Option<Vec<AcceptedContact>>,
}

#[derive(Deserialize)]
struct AcceptedMessage {
    id: Words,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AcceptedContact {
    wa_id: Option<Words>,
    user_id: Option<Words>,
}

#[derive(Deserialize)]
struct Failed {
    error: GraphError,
}

pub(super) async fn send(settings: &Settings, tools: Tools<'_>, send: &ProviderSend) -> Result<Receipt, ChannelError> {
    let body = outbound::message(send, &settings.list_label)?;
    let answer = post(settings, tools.http, &body).await?;
    receipt(&answer)
}

pub(super) async fn signal(settings: &Settings, http: &Http, signal: &Signal) -> Result<(), ChannelError> {
    post(settings, http, &outbound::signal(signal)?).await.map(drop)
}

/// The answer, if it is a success.
async fn post(settings: &Settings, http: &Http, body: &Value) -> Result<Answer, ChannelError> {
    let url = settings.messages_url.clone();
    let answer = http.post_json(url, &settings.access_token, body.to_string()).await?;
    if (200..300).contains(&answer.status) {
        return Ok(answer);
    }
    let failed = answer.body.as_deref().and_then(|body| serde_json::from_slice::<Failed>(body).ok());
    Err(match failed {
        Some(Failed { error }) if error.code.is_some() => error.classify(answer.retry_after),
        _ => by_status(answer.status, answer.retry_after),
    })
}

/// A success that does not name the message was still a success: it must not be sent again.
fn receipt(answer: &Answer) -> Result<Receipt, ChannelError> {
    let body = answer.body.as_deref().ok_or(ChannelError::OutcomeUnknown)?;
    let accepted: Accepted = serde_json::from_slice(body).map_err(|_| ChannelError::OutcomeUnknown)?;
    if accepted.messages.is_empty() {
        return Err(ChannelError::OutcomeUnknown);
    }
    let sent = accepted.messages.into_iter().map(|message| ProviderId(message.id.0)).collect();
    let contact = accepted.contacts.into_iter().flatten().next().unwrap_or_default();
    Ok(Receipt { ids: sent, recipient: recipient(&contact) })
}

fn recipient(contact: &AcceptedContact) -> Vec<ExternalId> {
    ids(present(contact.user_id.as_ref()), present(contact.wa_id.as_ref()))
}
