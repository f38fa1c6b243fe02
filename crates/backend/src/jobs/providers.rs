//! Speaking to providers: their adapters, the one HTTP client, and who must not be written to for a moment.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use ::channels::adapter::{self, Adapter};
use ::channels::http::{Http, HttpLimits};
use domain::change::Change;
use domain::channel::{Channel, ChannelKind};
use domain::id::{ChannelId, RoomId};
use domain::refused::Refused;
use domain::timestamp::Timestamp;
use entity::channel;
use reqwest::Url;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::backend::Backend;
use crate::channels::{open_settings, renew_settings};
use crate::error::{Error, Result};
use crate::writer::Tx;

/// The HTTP client, and the gates that are closed for a while.
#[derive(Default)]
pub(crate) struct Providers {
    http: OnceLock<Http>,
    /// Whose access token is being renewed.
    renewing: Mutex<HashMap<ChannelId, Arc<tokio::sync::Mutex<()>>>>,
    gates: Mutex<Gates>,
}

/// When something was last sent is written down at most this often.
const SENT_NOTED_EVERY_MILLIS: i64 = 10_000;

#[derive(Default)]
struct Gates {
    channels: HashMap<ChannelId, Timestamp>,
    /// Those that nothing gets through until an admin acts.
    stopped: HashMap<ChannelId, Timestamp>,
    rooms: HashMap<RoomId, Timestamp>,
}

impl Providers {
    /// The one client, made when it is first needed.
    pub fn http(&self) -> Result<&Http> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        // The process may have chosen a TLS provider already; then that one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Http::new(HttpLimits::default()).map_err(|error| Error::World(error.to_string()))?;
        Ok(self.http.get_or_init(|| http))
    }

    /// The turn for renewing a channel's access token.
    fn renewing(&self, id: ChannelId) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(self.renewing.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_default())
    }

    /// How long nothing may be sent to the room's customer.
    pub fn closed_for(&self, channel: ChannelId, room: RoomId, now: Timestamp) -> Option<Duration> {
        let gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let closed = [gates.channels.get(&channel), gates.stopped.get(&channel), gates.rooms.get(&room)];
        let until = closed.into_iter().flatten().max()?;
        Some(until.since(now)).filter(|wait| !wait.is_zero())
    }

    /// Nothing is sent through the channel until then.
    pub fn close_channel(&self, channel: ChannelId, now: Timestamp, until: Timestamp) {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.channels.retain(|_, until| *until > now);
        gates.channels.insert(channel, until);
    }

    /// Nothing is sent through the channel until then, or until an admin has mended it.
    pub fn stop_channel(&self, channel: ChannelId, now: Timestamp, until: Timestamp) {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.stopped.retain(|_, until| *until > now);
        gates.stopped.insert(channel, until);
    }

    /// An admin has mended the channel: whether it works is found out at once.
    pub fn let_go_on(&self, channel: ChannelId) {
        self.gates.lock().unwrap_or_else(PoisonError::into_inner).stopped.remove(&channel);
    }

    /// Nothing is sent to the room's customer until then.
    pub fn close_room(&self, room: RoomId, now: Timestamp, until: Timestamp) {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.rooms.retain(|_, until| *until > now);
        gates.rooms.insert(room, until);
    }
}

/// The channel's adapter; `None` for the web chat, which our own server carries.
pub(crate) async fn open(backend: &Backend, id: ChannelId) -> Result<Option<Arc<dyn Adapter>>> {
    let kind = backend.directory().channels.get(&id).map(|channel| channel.kind);
    match kind {
        None => Err(Refused::NotFound.into()),
        Some(ChannelKind::Web) => Ok(None),
        Some(kind) => {
            let settings = open_settings(backend, id).await?;
            adapter::open(kind, &settings, &webhook_url(backend, kind, id))
                .map_err(|error| Error::World(format!("the channel's settings: {error}")))
        }
    }
}

/// The channel's adapter, its access token renewed if it is about to end: as it is needed to ask the provider something.
pub(crate) async fn ready(backend: &Backend, id: ChannelId) -> Result<Option<Arc<dyn Adapter>>> {
    let Some(adapter) = open(backend, id).await? else { return Ok(None) };
    if adapter.token_expires_at().is_none() {
        return Ok(Some(adapter));
    }
    // One at a time: a provider may take each renewal's proof only once.
    let renewing = backend.workshop().providers.renewing(id);
    let _turn = renewing.lock().await;
    let Some(adapter) = open(backend, id).await? else { return Ok(None) };
    let http = backend.workshop().providers.http()?;
    match adapter.renew(http, backend.now()).await {
        Ok(None) => Ok(Some(adapter)),
        Ok(Some(changes)) => {
            renew_settings(backend, adapter.kind(), id, &changes).await?;
            open(backend, id).await
        }
        // The old one may still be good; if it is not, the provider will say so.
        Err(error) => {
            tracing::warn!(channel = %id, %error, "the access token could not be renewed");
            if error.needs_admin() {
                backend.run(super::deliver::NoteTrouble { channel: id, words: error.words() }).await?;
            }
            Ok(Some(adapter))
        }
    }
}

/// Notes that something was sent just now, at most once in a while.
pub(crate) async fn note_sent(tx: &Tx<'_>, id: ChannelId) -> Result<()> {
    let before = Timestamp(tx.now.0 - SENT_NOTED_EVERY_MILLIS);
    channel::Entity::update_many()
        .col_expr(channel::Column::LastSentAt, Expr::value(tx.now))
        .filter(channel::Column::Id.eq(id))
        .filter(channel::Column::LastSentAt.is_null().or(channel::Column::LastSentAt.lte(before)))
        .exec(tx.db)
        .await?;
    Ok(())
}

/// Where the provider of a channel delivers.
pub(crate) fn webhook_url(backend: &Backend, kind: ChannelKind, id: ChannelId) -> Url {
    let base = &backend.config().public_url;
    Url::parse(&format!("{base}/webhooks/{}/{id}", kind.word())).expect("the public address was checked at start")
}

/// Keeps what an admin must look at, in words, and tells of it once.
pub(crate) async fn note_trouble(tx: &mut Tx<'_>, id: ChannelId, words: &str) -> Result<()> {
    let noted = channel::Entity::update_many()
        .col_expr(channel::Column::LastError, Expr::value(words))
        .filter(channel::Column::Id.eq(id))
        .filter(channel::Column::LastError.is_null().or(channel::Column::LastError.ne(words)))
        .exec(tx.db)
        .await?;
    tell(tx, id, noted.rows_affected, Some(words.into()));
    Ok(())
}

/// The channel works again.
pub(crate) async fn forget_trouble(tx: &mut Tx<'_>, id: ChannelId) -> Result<()> {
    let forgotten = channel::Entity::update_many()
        .col_expr(channel::Column::LastError, Expr::value(None::<String>))
        .filter(channel::Column::Id.eq(id))
        .filter(channel::Column::LastError.is_not_null())
        .exec(tx.db)
        .await?;
    tell(tx, id, forgotten.rows_affected, None);
    Ok(())
}

fn tell(tx: &mut Tx<'_>, id: ChannelId, changed: u64, trouble: Option<String>) {
    if let Some(channel) = tx.directory.channels.get(&id).filter(|_| changed > 0).cloned() {
        tx.tell(Change::ChannelChanged(Channel { trouble, ..channel }));
    }
}
