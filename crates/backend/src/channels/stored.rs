//! The settings as they stand in a channel's row: sealed, and replaced only where nobody was quicker.

use domain::audit::{Act, Doer};
use domain::change::Change;
use domain::channel::ChannelKind;
use domain::id::ChannelId;
use domain::timestamp::Timestamp;
use entity::channel::{Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{is_removed, place, settings, unknown};
use crate::audit;
use crate::backend::Backend;
use crate::directory::to_channel;
use crate::error::{Error, Result};
use crate::jobs::{self, providers::webhook_url};
use crate::writer::{Command, Tx};

/// How often settings are read again that somebody else changed meanwhile.
const TRIES: usize = 5;

/// Settings with their secrets, as they were read.
pub(crate) struct Stored {
    pub text: String,
    sealed: String,
}

/// The settings of a channel that was not removed.
pub(crate) async fn load(backend: &Backend, id: ChannelId) -> Result<Stored> {
    let row = Entity::find_by_id(id).one(&backend.store().read).await?;
    let row = row.filter(|row| !is_removed(row)).ok_or_else(unknown)?;
    open(backend, id, row.settings)
}

/// Settings that were read from their row.
pub(crate) fn open(backend: &Backend, id: ChannelId, sealed: String) -> Result<Stored> {
    Ok(Stored { text: backend.seal().unseal(&place(id), &sealed)?, sealed })
}

/// Settings as their row keeps them, if they are good ones.
pub(super) fn seal(backend: &Backend, kind: ChannelKind, id: ChannelId, text: &str) -> Result<String> {
    backend.seal().seal(&place(id), &settings::check(kind, text, &webhook_url(backend, kind, id))?)
}

/// Puts `changes`, a JSON object, over the settings; `by` is nobody where the provider told them.
pub(super) async fn change(
    backend: &Backend,
    by: Option<&Doer>,
    kind: ChannelKind,
    id: ChannelId,
    changes: &str,
) -> Result<()> {
    for _ in 0..TRIES {
        let Stored { text, sealed } = load(backend, id).await?;
        let merged = settings::merge(&text, changes)?;
        let names = settings::changed(kind, &text, &merged)?;
        let by = by.filter(|_| !names.is_empty()).map(|by| (by.clone(), names));
        let merged = seal(backend, kind, id, &merged)?;
        backend.workshop().providers.let_go_on(id);
        if backend.run(Replace { id, read: sealed, sealed: merged, renewed_at: None, by }).await? {
            return Ok(());
        }
    }
    Err(Error::Busy)
}

/// Puts what a provider gave us for `used` settings over the `stored` ones. What somebody replaced meanwhile stays.
pub(crate) async fn renew(
    backend: &Backend,
    kind: ChannelKind,
    id: ChannelId,
    mut stored: Stored,
    used: &str,
    changes: &str,
) -> Result<()> {
    for _ in 0..TRIES {
        if !settings::are_as_used(&stored.text, used, changes)? {
            tracing::warn!(channel = %id, "somebody gave the channel another access token while it was renewed");
            return Ok(());
        }
        let renewed = seal(backend, kind, id, &settings::merge(&stored.text, changes)?)?;
        let renewed_at = Some(backend.now());
        backend.workshop().providers.let_go_on(id);
        if backend.run(Replace { id, read: stored.sealed, sealed: renewed, renewed_at, by: None }).await? {
            return Ok(());
        }
        stored = load(backend, id).await?;
    }
    Err(Error::Busy)
}

/// Puts settings in the place of those that were read; false when they are no longer there.
struct Replace {
    id: ChannelId,
    read: String,
    sealed: String,
    renewed_at: Option<Timestamp>,
    /// Whoever changed them, and which ones by name.
    by: Option<(Doer, Vec<String>)>,
}

impl Command for Replace {
    type Output = bool;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool> {
        let replaced = Entity::update_many()
            .col_expr(Column::Settings, Expr::value(self.sealed.as_str()))
            .col_expr(Column::RenewedAt, Expr::value(self.renewed_at))
            .filter(Column::Id.eq(self.id))
            .filter(Column::Settings.eq(self.read.as_str()))
            .exec(tx.db)
            .await?;
        if replaced.rows_affected == 0 {
            return Ok(false);
        }
        let row = Entity::find_by_id(self.id).one(tx.db).await?.ok_or_else(unknown)?;
        let channel = to_channel(row);
        if let Some((by, settings)) = self.by.clone() {
            let changed = Act::ChannelSettingsChanged { channel: channel.name.clone(), settings };
            audit::note(tx, &by, channel.team.as_slice(), changed).await?;
        }
        if !channel.paused {
            jobs::wake(tx, self.id).await?;
        }
        tx.tell(Change::ChannelChanged(channel));
        Ok(true)
    }
}
