//! Posts to Meta and reads the answer.

use serde::Deserialize;
use serde_json::Value;

use super::inbound::customer::ids;
use super::settings::Settings;
use super::{media, outbound};
use crate::adapter::Tools;
use crate::error::ChannelError;
use crate::files::OutboundFile;
use crate::http::{Answer, Http};
use crate::identity::{ExternalId, ProviderId};
use crate::outbound::{Piece, ProviderSend, Receipt, Signal};
use crate::words::{Words, present};

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

pub(super) async fn send(settings: &Settings, tools: Tools<'_>, send: &ProviderSend) -> Result<Receipt, ChannelError> {
    let uploaded = match file(&send.piece) {
        Some(file) => Some(media::upload(settings, tools, file).await?),
        None => None,
    };
    let body = outbound::message(send, uploaded.as_deref(), &settings.list_label)?;
    receipt(&post(settings, tools.http, &body).await?)
}

pub(super) async fn signal(settings: &Settings, http: &Http, signal: &Signal) -> Result<(), ChannelError> {
    post(settings, http, &outbound::signal(signal)?).await.map(drop)
}

async fn post(settings: &Settings, http: &Http, body: &Value) -> Result<Answer, ChannelError> {
    let url = settings.graph.at(&[&settings.phone_number_id, "messages"]);
    Ok(settings.graph.post(http, url, body).await?)
}

/// The file that has to be at Meta before the message can name it.
const fn file(piece: &Piece) -> Option<&OutboundFile> {
    match piece {
        Piece::File { file, .. } => Some(file),
        Piece::Template { header, .. } => header.as_ref(),
        Piece::Text(_) | Piece::Album { .. } | Piece::Buttons { .. } | Piece::List { .. } | Piece::Place(_) => None,
    }
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
    Ok(Receipt { recipient: recipient(&contact), ..Receipt::of(sent) })
}

fn recipient(contact: &AcceptedContact) -> Vec<ExternalId> {
    ids(present(contact.user_id.as_ref()), present(contact.wa_id.as_ref()))
}
