//! Speaking to providers: their adapters, the one HTTP client, and who must not be written to for a moment.

mod pacing;
mod renewing;
mod token;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use ::channels::adapter::{self, Adapter};
use ::channels::http::{Http, HttpLimits};
use domain::change::Change;
use domain::channel::{Allowance, ChannelKind};
use domain::delivery::Cause;
use domain::id::{ChannelId, RoomId};
use domain::refused::Refused;
use domain::room::Room;
use domain::timestamp::Timestamp;
use entity::channel;
use reqwest::Url;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::backend::Backend;
use crate::channels::stored;
use crate::directory::to_channel;
use crate::error::{Error, Result};
use crate::writer::Tx;
use pacing::Paces;
use renewing::Renewing;
use token::{Renewal, Vain};

/// The HTTP client, and the gates that are closed for a while.
#[derive(Default)]
pub(crate) struct Providers {
    http: OnceLock<Http>,
    /// Whose access token is being renewed in this process, and what last came to nothing there.
    renewing: Mutex<HashMap<ChannelId, Turnstile>>,
    gates: Mutex<HashMap<Gate, Closed>>,
    /// What left lately, where a provider names a pace.
    pub paces: Paces,
}

/// How long a gate is closed.
#[derive(Clone, Copy)]
struct Closed {
    until: Timestamp,
    /// The pause that was chosen here, where nobody asked for one.
    pause: Duration,
}

/// Lets one in at a time.
type Turnstile = Arc<tokio::sync::Mutex<Option<Vain>>>;

/// When something was last sent is written down at most this often.
const SENT_NOTED_EVERY_MILLIS: i64 = 10_000;

/// The pause when a provider takes no more for one customer without saying for how long. Four times as long each time that
/// it was not enough, as Meta wants it.
/// <https://developers.facebook.com/docs/whatsapp/cloud-api/overview#pair-rate-limits>
const CUSTOMER_PAUSE: Duration = Duration::from_secs(6);
const CUSTOMER_PAUSE_MAX: Duration = Duration::from_secs(15 * 60);

/// What waits for an admin is tried again this often.
pub(super) const ADMIN_PAUSE: Duration = Duration::from_secs(60);

/// What a message passes on its way to the provider beside the channel's own limits, and what closes it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Gate {
    /// Nothing gets through until an admin acts.
    Stopped(ChannelId),
    /// The provider asked to wait with the room's customer.
    Customer(RoomId),
}

impl Gate {
    /// What a message before it waits for.
    const fn cause(self) -> Cause {
        match self {
            Self::Stopped(_) => Cause::Stopped,
            Self::Customer(_) => Cause::CustomerLimit,
        }
    }
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
    fn renewing(&self, id: ChannelId) -> Turnstile {
        Arc::clone(self.renewing.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_default())
    }

    fn closed_for(&self, channel: ChannelId, room: RoomId, now: Timestamp) -> Option<(Cause, Duration)> {
        let gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let closed = [Gate::Stopped(channel), Gate::Customer(room)]
            .into_iter()
            .filter_map(|gate| Some((gate.cause(), gates.get(&gate)?.until.since(now))))
            .filter(|(_, wait)| !wait.is_zero());
        closed.max_by_key(|(_, wait)| *wait)
    }

    /// Nothing goes through this gate until then.
    pub fn close(&self, gate: Gate, now: Timestamp, until: Timestamp) {
        self.shut(gate, now, Closed { until, pause: Duration::ZERO });
    }

    /// Nothing goes to the room's customer for a while; gives for how long.
    pub fn slow_down(&self, room: RoomId, now: Timestamp) -> Duration {
        let gate = Gate::Customer(room);
        let before = self.gates.lock().unwrap_or_else(PoisonError::into_inner).get(&gate).copied();
        // Whoever kept still for once more the last pause has paid.
        let pause = match before {
            Some(closed) if now < closed.until.plus(closed.pause) => {
                closed.pause.saturating_mul(4).clamp(CUSTOMER_PAUSE, CUSTOMER_PAUSE_MAX)
            }
            _ => CUSTOMER_PAUSE,
        };
        self.shut(gate, now, Closed { until: now.plus(pause), pause });
        pause
    }

    fn shut(&self, gate: Gate, now: Timestamp, closed: Closed) {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.retain(|_, closed| closed.until.plus(closed.pause) > now);
        gates.insert(gate, closed);
    }

    /// An admin has mended the channel: whether it works is found out at once.
    pub fn let_go_on(&self, channel: ChannelId) {
        self.gates.lock().unwrap_or_else(PoisonError::into_inner).remove(&Gate::Stopped(channel));
    }
}

/// Why nothing may be sent to the room's customer, and for how long.
pub(super) fn held(backend: &Backend, room: &Room) -> Option<(Cause, Duration)> {
    let (directory, now) = (backend.directory(), backend.now());
    let channel = directory.channels.get(&room.channel)?;
    if channel.paused {
        return Some((Cause::Paused, ADMIN_PAUSE));
    }
    match channel.allowance(now) {
        Allowance::UsedUp { until } => Some((Cause::Limit, until.since(now))),
        Allowance::Little { .. } | Allowance::Plenty => {
            backend.workshop().providers.closed_for(channel.id, room.id, now)
        }
    }
}

/// A channel's adapter, and the settings it was opened with.
#[derive(Clone)]
struct Opened {
    adapter: Arc<dyn Adapter>,
    settings: String,
}

impl Opened {
    /// `None` for the web chat, which our own server carries.
    async fn load(backend: &Backend, id: ChannelId) -> Result<Option<Self>> {
        let kind = backend.directory().channels.get(&id).map(|channel| channel.kind);
        let kind = match kind {
            None => return Err(Refused::NotFound.into()),
            Some(ChannelKind::Web) => return Ok(None),
            Some(kind) => kind,
        };
        let settings = stored::load(backend, id).await?.text;
        let adapter = adapter::open(kind, &settings, &webhook_url(backend, kind, id))
            .map_err(|error| Error::World(format!("the channel's settings: {error}")))?;
        Ok(adapter.map(|adapter| Self { adapter, settings }))
    }
}

/// The channel's adapter; `None` for the web chat, which our own server carries.
pub(crate) async fn open(backend: &Backend, id: ChannelId) -> Result<Option<Arc<dyn Adapter>>> {
    Ok(Opened::load(backend, id).await?.map(|opened| opened.adapter))
}

/// The channel's adapter as it is needed to ask the provider something: its access token is renewed when it is about to
/// end, and when the provider refuses it.
pub(crate) async fn ready(backend: &Backend, id: ChannelId) -> Result<Option<Arc<dyn Adapter>>> {
    let Some(mut opened) = Opened::load(backend, id).await? else { return Ok(None) };
    let Some(due_at) = opened.adapter.renewal_due_at() else { return Ok(Some(opened.adapter)) };
    if due_at <= backend.now()
        && let Renewal::Newer(newer) = token::renew_ahead(backend, id, opened.clone()).await?
    {
        opened = newer;
    }
    // An old one that was not renewed may still be good; if it is not, the provider will say so.
    Ok(Some(Arc::new(Renewing::new(backend.clone(), id, opened))))
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
    tell(tx, id, noted.rows_affected).await
}

/// The channel works again.
pub(crate) async fn forget_trouble(tx: &mut Tx<'_>, id: ChannelId) -> Result<()> {
    let forgotten = channel::Entity::update_many()
        .col_expr(channel::Column::LastError, Expr::value(None::<String>))
        .filter(channel::Column::Id.eq(id))
        .filter(channel::Column::LastError.is_not_null())
        .exec(tx.db)
        .await?;
    tell(tx, id, forgotten.rows_affected).await
}

async fn tell(tx: &mut Tx<'_>, id: ChannelId, changed: u64) -> Result<()> {
    if changed > 0
        && let Some(row) = channel::Entity::find_by_id(id).one(tx.db).await?
    {
        tx.tell(Change::ChannelChanged(to_channel(row)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::timestamp::{Timestamp, minutes};

    use super::Providers;
    use crate::clock::new_id;

    #[test]
    fn a_customer_for_whom_it_is_still_too_much_is_left_alone_longer_each_time() {
        let (providers, room) = (Providers::default(), new_id());
        let mut now = Timestamp(1_795_348_800_000);
        let mut pauses = Vec::new();
        for _ in 0..6 {
            let pause = providers.slow_down(room, now);
            assert!(providers.closed_for(new_id(), room, now).is_some());
            now = now.plus(pause);
            assert!(providers.closed_for(new_id(), room, now).is_none());
            pauses.push(pause.as_secs());
        }
        assert_eq!(pauses, [6, 24, 96, 384, 900, 900]);
        assert_eq!(providers.slow_down(new_id(), now), Duration::from_secs(6), "another customer");
        assert_eq!(providers.slow_down(room, now.plus(minutes(60))), Duration::from_secs(6), "long after");
    }
}
