//! Speaking to providers: their adapters, the one HTTP client, and who must not be written to for a moment.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use ::channels::adapter::{self, Adapter};
use ::channels::http::{Http, HttpLimits};
use domain::change::Change;
use domain::channel::ChannelKind;
use domain::id::{ChannelId, RoomId};
use domain::refused::Refused;
use domain::timestamp::Timestamp;
use entity::channel;
use reqwest::Url;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::backend::Backend;
use crate::channels::open_settings;
use crate::error::{Error, Result};
use crate::writer::Tx;

/// The HTTP client, and the gates that are closed for a while.
#[derive(Default)]
pub(crate) struct Providers {
    http: OnceLock<Http>,
    gates: Mutex<Gates>,
}

#[derive(Default)]
struct Gates {
    channels: HashMap<ChannelId, Timestamp>,
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

    /// How long nothing may be sent to the room's customer.
    pub fn closed_for(&self, channel: ChannelId, room: RoomId, now: Timestamp) -> Option<Duration> {
        let gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let until = gates.channels.get(&channel).max(gates.rooms.get(&room)).copied()?;
        Some(until.since(now)).filter(|wait| !wait.is_zero())
    }

    /// Nothing is sent through the channel until then.
    pub fn close_channel(&self, channel: ChannelId, now: Timestamp, until: Timestamp) {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.channels.retain(|_, until| *until > now);
        gates.channels.insert(channel, until);
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
    tell(tx, id, noted.rows_affected);
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
    tell(tx, id, forgotten.rows_affected);
    Ok(())
}

fn tell(tx: &mut Tx<'_>, id: ChannelId, changed: u64) {
    if let Some(channel) = tx.directory.channels.get(&id).filter(|_| changed > 0).cloned() {
        tx.tell(Change::ChannelChanged(channel));
    }
}
