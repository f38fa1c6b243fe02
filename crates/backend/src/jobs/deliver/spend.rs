//! Counting what a channel sends where its provider bounds that, and keeping the waits it asked for: in rows, so that they
//! hold for every process and outlast this one.

use std::time::Duration;

use domain::change::Change;
use domain::channel::{Channel, Left, Spent};
use domain::id::ChannelId;
use domain::refused::Refused;
use domain::timestamp::Timestamp;
use entity::channel::{Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::directory::to_channel;
use crate::error::Result;
use crate::writer::{Command, Tx};

/// One more message is about to leave through the channel.
pub(super) struct Spend {
    pub channel: ChannelId,
}

impl Command for Spend {
    /// `Err`: none may leave before then, and nothing was counted.
    type Output = std::result::Result<(), Timestamp>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output> {
        let row = Entity::find_by_id(self.channel).one(tx.db).await?.ok_or(Refused::NotFound)?;
        let read = row.spent.clone();
        let channel = to_channel(row);
        let spent = match channel.spend(tx.now) {
            Ok(spent) => spent,
            Err(until) => return Ok(Err(until)),
        };
        if !save(tx, &channel, read, &spent).await? {
            return Err(Refused::Changed.into());
        }
        tx.tell(Change::ChannelChanged(Channel { spent, ..channel }));
        Ok(Ok(()))
    }
}

/// Takes over what the provider says is left, where that is less than was counted. Whoever counted meanwhile is right until
/// the provider says so again.
pub(super) async fn correct(tx: &mut Tx<'_>, channel: ChannelId, left: &[Left]) -> Result<()> {
    if left.is_empty() {
        return Ok(());
    }
    let Some(row) = Entity::find_by_id(channel).one(tx.db).await? else { return Ok(()) };
    let read = row.spent.clone();
    let channel = to_channel(row);
    let Some(spent) = channel.corrected(left, tx.now) else { return Ok(()) };
    if save(tx, &channel, read, &spent).await? {
        tx.tell(Change::ChannelChanged(Channel { spent, ..channel }));
    }
    Ok(())
}

/// Writes what was spent; false when it no longer stands as it was read.
async fn save(tx: &Tx<'_>, channel: &Channel, read: Option<String>, spent: &[Spent]) -> Result<bool> {
    let is_as_read = read.map_or_else(|| Column::Spent.is_null(), |read| Column::Spent.eq(read));
    let saved = Entity::update_many()
        .col_expr(Column::Spent, Expr::value(serde_json::to_string(spent)?))
        .filter(Column::Id.eq(channel.id))
        .filter(is_as_read)
        .exec(tx.db)
        .await?;
    Ok(saved.rows_affected > 0)
}

/// What is sooner than this after a wait that is known is the same wait.
const SAME: Duration = Duration::from_secs(1);

/// The provider asked the channel to wait.
pub(super) struct Limit {
    pub channel: ChannelId,
    pub until: Timestamp,
}

impl Command for Limit {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let is_news =
            Condition::any().add(Column::LimitedUntil.is_null()).add(Column::LimitedUntil.lt(self.until.minus(SAME)));
        let limited = Entity::update_many()
            .col_expr(Column::LimitedUntil, Expr::value(self.until))
            .filter(Column::Id.eq(self.channel))
            .filter(is_news)
            .exec(tx.db)
            .await?;
        if limited.rows_affected > 0
            && let Some(row) = Entity::find_by_id(self.channel).one(tx.db).await?
        {
            tx.tell(Change::ChannelChanged(to_channel(row)));
        }
        Ok(())
    }
}
