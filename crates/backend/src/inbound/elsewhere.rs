//! What is about another account of the same app, or about one that several channels belong to: finding their own channels,
//! which read it like any delivery.

use ::channels::adapter::Adapter;
use ::channels::codec::{Addressee, fingerprint};
use ::channels::inbound::Inbound;
use domain::channel::ChannelKind;
use domain::id::{ChannelId, WebhookId};

use crate::backend::Backend;
use crate::clock::new_id;
use crate::error::Result;
use crate::inbound::rows;
use crate::jobs::providers;
use crate::writer::Tx;

/// A part of a delivery that is for another channel.
#[derive(Clone)]
pub(super) struct Moved {
    pub id: WebhookId,
    channel: ChannelId,
    body: String,
}

impl Moved {
    /// Keeps it for its channel; a repeat is no second one.
    pub async fn keep(&self, tx: &Tx<'_>) -> Result<()> {
        let body = self.body.as_bytes();
        rows::note_webhook(tx.db, self.channel, tx.now).await?;
        rows::insert(tx.db, self.id, self.channel, &fingerprint(body), body, tx.now).await.map(drop)
    }
}

/// What of a delivery to `channel` is for others, where that is paused: they do not wait until it goes on. It finds it
/// again then, and what was kept before is no second one.
pub(super) async fn past_a_pause(
    backend: &Backend,
    channel: ChannelId,
    adapter: &dyn Adapter,
    body: &[u8],
) -> Vec<Moved> {
    let events = adapter.parse(body).unwrap_or_default();
    let parts = events.into_iter().flatten().filter_map(|event| match event.what {
        Inbound::Elsewhere { account, delivery } | Inbound::Everywhere { account, delivery } => {
            Some((account, delivery))
        }
        _ => None,
    });
    let parts: Vec<_> = parts.collect();
    if parts.is_empty() {
        return Vec::new();
    }
    let siblings = Siblings::of(backend, &[adapter.kind()]).await;
    parts.iter().flat_map(|(account, body)| siblings.moved(channel, account, body)).collect()
}

/// The channels that deliveries may be for, with whom they speak for.
#[derive(Default)]
pub(super) struct Siblings(Vec<(ChannelId, ChannelKind, Addressee)>);

impl Siblings {
    /// Every channel of these kinds.
    pub async fn of(backend: &Backend, kinds: &[ChannelKind]) -> Self {
        let mut siblings = Self::default();
        let directory = backend.directory();
        for channel in directory.channels.values().filter(|channel| kinds.contains(&channel.kind)) {
            match providers::open(backend, channel.id).await {
                Ok(adapter) => {
                    let addressee = adapter.and_then(|adapter| adapter.addressee());
                    siblings.0.extend(addressee.map(|addressee| (channel.id, channel.kind, addressee)));
                }
                // A removed channel stays in the directory for its rooms' sake.
                Err(error) => tracing::debug!(channel = %channel.id, %error, "a channel is nobody's sibling"),
            }
        }
        siblings
    }

    /// The part that came to `channel` and is about `account`, for every other channel that it is for: of the same kind, of
    /// that account or of one below it, and with deliveries that the same app signs. Whoever signs for one app says nothing
    /// to the channels of another.
    pub fn moved(&self, channel: ChannelId, account: &str, body: &str) -> Vec<Moved> {
        let Some((_, kind, here)) = self.0.iter().find(|(id, ..)| *id == channel) else { return Vec::new() };
        let is_there = |(id, other, there): &&(ChannelId, ChannelKind, Addressee)| {
            let is_about_it = there.account == account || there.above.as_deref() == Some(account);
            *id != channel && other == kind && is_about_it && there.shares_app_with(here)
        };
        let others = self.0.iter().filter(is_there);
        others.map(|(there, ..)| Moved { id: new_id(), channel: *there, body: body.to_owned() }).collect()
    }
}
