//! What comes in from customers: providers' deliveries, kept before anything is made of them, and what is written in
//! the web chat. Sends nothing.

mod album;
mod early;
mod echoes;
mod elsewhere;
mod marks;
mod origins;
mod ours;
mod process;
mod reading;
mod rows;
mod said;
mod statuses;
mod subscriptions;
mod typing;
mod visitor;
mod worker;

use ::channels::codec::{Method, RawRequest, RawResponse, fingerprint};
use bytes::Bytes;
use domain::channel::ChannelKind;
use domain::id::{ChannelId, WebhookId};
use domain::refused::Refused;

use crate::backend::Backend;
use crate::clock::new_id;
use crate::error::{Error, Result};
use crate::inbound::elsewhere::Moved;
use crate::jobs::providers;
use crate::writer::{Command, Tx};

pub(crate) use origins::forget_old as forget_origins;
pub(crate) use ours::{is_called, spots};
pub(crate) use process::take_missed;
pub(crate) use rows::{ALERT, forget_read};
pub use visitor::{
    Said, VisitorMessage, visitor_answered, visitor_entries_after, visitor_entries_before, visitor_entry,
    visitor_marks, visitor_reads, visitor_receives, visitor_room, visitor_seen, visitor_writes,
};
pub(crate) use worker::{Inbox, process_waiting, run};

/// A request at a channel's webhook door, before anything looked into it.
#[derive(Clone, Debug)]
pub struct Knock {
    pub method: String,
    /// Everything after the host.
    pub path_query: String,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

/// What the provider is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub content_type: &'static str,
    pub body: String,
}

/// Takes a provider's delivery for `channel`: proves who sent it, keeps it, and answers once it is on disk. What it
/// says is read afterwards. A repeated delivery is answered like the first.
///
/// # Errors
/// [`Refused::NotFound`] for a channel no provider delivers to, [`Error::SignIn`] when the provider did not sign these
/// bytes, [`Error::Busy`] and [`Error::Unavailable`] when it has to come again later.
pub async fn receive(backend: &Backend, kind: ChannelKind, channel: ChannelId, knock: Knock) -> Result<Answer> {
    let directory = backend.directory();
    let known = directory.channels.get(&channel).filter(|channel| channel.kind == kind);
    let adapter = match providers::open(backend, channel).await {
        Ok(Some(adapter)) if known.is_some() => adapter,
        // The settings of a removed channel are gone.
        Ok(_) | Err(Error::Refused(_)) => return Err(Refused::NotFound.into()),
        Err(error) => return Err(error),
    };
    let Some(request) = to_request(knock) else { return Ok(RawResponse::text(405, "").into()) };
    if let Some(answer) = adapter.handshake(&request) {
        return Ok(answer.into());
    }
    if let Err(error) = adapter.verify(&request) {
        tracing::warn!(%channel, %error, "a delivery was turned away");
        metrics::counter!("switchboard_webhooks_refused_total").increment(1);
        return Err(Error::SignIn);
    }
    let moved = match known {
        Some(known) if known.paused => elsewhere::past_a_pause(backend, channel, &*adapter, &request.body).await,
        _ => Vec::new(),
    };
    let keep = Keep { id: new_id(), channel, digest: fingerprint(&request.body), body: request.body, moved };
    let ids: Vec<WebhookId> = std::iter::once(keep.id).chain(keep.moved.iter().map(|moved| moved.id)).collect();
    if backend.run(keep).await? {
        ids.into_iter().for_each(|id| backend.workshop().inbox.put(id));
    }
    Ok(adapter.acknowledgement().into())
}

fn to_request(knock: Knock) -> Option<RawRequest> {
    let method = match knock.method.as_str() {
        "GET" => Method::Get,
        "POST" => Method::Post,
        _ => return None,
    };
    Some(RawRequest { method, path_query: knock.path_query, headers: knock.headers, body: knock.body })
}

impl From<RawResponse> for Answer {
    fn from(answer: RawResponse) -> Self {
        Self { status: answer.status, content_type: answer.content_type, body: answer.body }
    }
}

/// Keeps a delivery; false when these bytes came before.
struct Keep {
    id: WebhookId,
    channel: ChannelId,
    digest: String,
    body: Bytes,
    /// What of it other channels read meanwhile.
    moved: Vec<Moved>,
}

impl Command for Keep {
    type Output = bool;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool> {
        rows::note_webhook(tx.db, self.channel, tx.now).await?;
        for moved in &self.moved {
            moved.keep(tx).await?;
        }
        rows::insert(tx.db, self.id, self.channel, &self.digest, &self.body, tx.now).await
    }
}
