//! Renewing a channel's access token: by one process at a time, because a provider may take what proves a renewal only
//! once. The turn stands in the channel's row, and the new token is saved before anybody uses it. Only a process that
//! dies between the provider's answer and the commit loses it; then the provider refuses the next renewal too, and an
//! admin is told.

use std::time::Duration;

use ::channels::error::ChannelError;
use domain::id::ChannelId;
use domain::timestamp::{Timestamp, minutes};
use entity::channel::{Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tokio::time::{Instant, sleep};

use super::Opened;
use crate::backend::Backend;
use crate::channels::stored::{self, Stored};
use crate::error::{Error, Result};
use crate::jobs::deliver::NoteTrouble;
use crate::writer::{Command, Tx};

/// A turn ends by itself after this, longer than any request lasts: whoever had it died.
const TURN: Duration = minutes(1);

/// A refused token waits at most so long for another process, and looks this often.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A token that is refused so soon after it was renewed is not what is wrong.
const TRUSTED: Duration = minutes(10);

/// A renewal that failed is not tried again at once, nor is one that comes too early.
const FAILED_FOR: Duration = Duration::from_secs(10);
const TOO_EARLY_FOR: Duration = minutes(10);

/// When the storage takes nothing, a new token is tried to be saved this often, and so many times.
const SAVE_AGAIN: Duration = Duration::from_secs(1);
const SAVES: usize = 600;

/// What came of wishing for a newer token.
pub(super) enum Renewal {
    /// Settings that are newer than those in use: renewed here, by another process, or filled in by an admin.
    Newer(Opened),
    /// Nobody renews it now.
    None,
    /// The provider does not renew so young a token.
    TooEarly,
    /// The provider did not give one.
    Failed(ChannelError),
}

/// The last renewal in this process that came to nothing: with these settings it is not tried before then.
pub(super) struct Vain {
    until: Timestamp,
    settings: String,
    /// `None` when it was too early.
    error: Option<ChannelError>,
}

/// Why a token is renewed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Because {
    /// It ends soon, and is good until then: nobody waits.
    ItEnds,
    ItWasRefused,
}

/// Renews a token that is about to end.
pub(super) async fn renew_ahead(backend: &Backend, id: ChannelId, used: Opened) -> Result<Renewal> {
    to_its_end(backend, id, used, Because::ItEnds).await
}

/// Renews a token that the provider refused, or finds the one that another process got meanwhile.
pub(super) async fn renew_refused(backend: &Backend, id: ChannelId, used: Opened) -> Result<Renewal> {
    to_its_end(backend, id, used, Because::ItWasRefused).await
}

/// Whoever wished for it may go away meanwhile; a token that was asked for is saved all the same.
async fn to_its_end(backend: &Backend, id: ChannelId, used: Opened, because: Because) -> Result<Renewal> {
    let backend = backend.clone();
    let renewing = tokio::spawn(async move { one_at_a_time(&backend, id, &used, because).await });
    renewing.await.unwrap_or_else(|_| Err(Error::World("renewing an access token broke off".into())))
}

async fn one_at_a_time(backend: &Backend, id: ChannelId, used: &Opened, because: Because) -> Result<Renewal> {
    let renewing = backend.workshop().providers.renewing(id);
    let mut vain = renewing.lock().await;
    let now = backend.now();
    if let Some(vain) = vain.as_ref().filter(|vain| vain.settings == used.settings && now < vain.until) {
        return Ok(vain.error.clone().map_or(Renewal::TooEarly, Renewal::Failed));
    }
    let renewal = in_turn(backend, id, used, because).await?;
    let (pause, error) = match &renewal {
        Renewal::Newer(_) | Renewal::None => return Ok(renewal),
        Renewal::TooEarly => (TOO_EARLY_FOR, None),
        Renewal::Failed(error) => (FAILED_FOR, Some(error.clone())),
    };
    *vain = Some(Vain { until: now.plus(pause), settings: used.settings.clone(), error });
    Ok(renewal)
}

async fn in_turn(backend: &Backend, id: ChannelId, used: &Opened, because: Because) -> Result<Renewal> {
    let give_up_at = Instant::now() + LONGEST_WAIT;
    let turn = loop {
        if let Some(turn) = backend.run(TakeTurn { id }).await? {
            break turn;
        }
        if because == Because::ItEnds {
            return Ok(Renewal::None);
        }
        sleep(LOOK_AGAIN).await;
        if let Some(newer) = newer(backend, id, used).await? {
            return Ok(Renewal::Newer(newer));
        }
        if Instant::now() >= give_up_at {
            let detail = "Another process is renewing its access token.".into();
            return Ok(Renewal::Failed(ChannelError::Transient { detail }));
        }
    };
    let until = turn.until;
    let renewal = renew(backend, id, used, because, turn).await;
    if let Err(error) = backend.run(GiveTurn { id, until }).await {
        tracing::warn!(channel = %id, %error, "the turn to renew an access token ends by itself");
    }
    renewal
}

async fn newer(backend: &Backend, id: ChannelId, used: &Opened) -> Result<Option<Opened>> {
    let opened = Opened::load(backend, id).await?;
    Ok(opened.filter(|opened| opened.settings != used.settings))
}

async fn renew(backend: &Backend, id: ChannelId, used: &Opened, because: Because, turn: Turn) -> Result<Renewal> {
    let stored = stored::open(backend, id, turn.settings)?;
    if stored.text != used.settings {
        return Ok(newer(backend, id, used).await?.map_or(Renewal::None, Renewal::Newer));
    }
    let now = backend.now();
    if because == Because::ItWasRefused && turn.renewed_at.is_some_and(|at| now.since(at) < TRUSTED) {
        return Ok(Renewal::None);
    }
    let http = backend.workshop().providers.http()?;
    match used.adapter.renew(http, now).await {
        Ok(Some(changes)) => {
            tracing::info!(channel = %id, "the access token was renewed");
            save(backend, id, used, stored, &changes).await?;
            Ok(newer(backend, id, used).await?.map_or(Renewal::None, Renewal::Newer))
        }
        Ok(None) => Ok(Renewal::TooEarly),
        Err(error) => {
            tracing::warn!(channel = %id, %error, "the access token could not be renewed");
            if error.needs_admin() {
                backend.run(NoteTrouble { channel: id, words: error.words() }).await?;
            }
            Ok(Renewal::Failed(error))
        }
    }
}

/// Saves what the provider gave. It will not give it again, so that a storage that takes nothing is waited for.
async fn save(backend: &Backend, id: ChannelId, used: &Opened, stored: Stored, changes: &str) -> Result<()> {
    let kind = used.adapter.kind();
    let mut outcome = stored::renew(backend, kind, id, stored, &used.settings, changes).await;
    for _ in 0..SAVES {
        match &outcome {
            Err(error) if error.is_passing() => tracing::error!(channel = %id, %error, "a new access token waits"),
            _ => return outcome,
        }
        sleep(SAVE_AGAIN).await;
        outcome = match stored::load(backend, id).await {
            Ok(stored) => stored::renew(backend, kind, id, stored, &used.settings, changes).await,
            Err(error) => Err(error),
        };
    }
    outcome
}

/// The right to renew a channel's token, and what stands in its row.
struct Turn {
    until: Timestamp,
    settings: String,
    renewed_at: Option<Timestamp>,
}

/// Takes the turn; `None` when another process has it.
struct TakeTurn {
    id: ChannelId,
}

impl Command for TakeTurn {
    type Output = Option<Turn>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Option<Turn>> {
        let until = tx.now.plus(TURN);
        let taken = Entity::update_many()
            .col_expr(Column::RenewingUntil, Expr::value(until))
            .filter(Column::Id.eq(self.id))
            .filter(Column::RenewingUntil.is_null().or(Column::RenewingUntil.lte(tx.now)))
            .exec(tx.db)
            .await?;
        if taken.rows_affected == 0 {
            return Ok(None);
        }
        let row = Entity::find_by_id(self.id).one(tx.db).await?;
        Ok(row.map(|row| Turn { until, settings: row.settings, renewed_at: row.renewed_at }))
    }
}

/// Gives the turn back, if it is still the same one.
struct GiveTurn {
    id: ChannelId,
    until: Timestamp,
}

impl Command for GiveTurn {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::RenewingUntil, Expr::value(None::<Timestamp>))
            .filter(Column::Id.eq(self.id))
            .filter(Column::RenewingUntil.eq(self.until))
            .exec(tx.db)
            .await?;
        Ok(())
    }
}
