//! Where customers came from before they said anything: by an advertisement, a link, a post. It is kept until their next
//! words, which show it; it begins no chat, makes nobody a customer and touches no room.

use std::time::Duration;

use ::channels::identity::Actor;
use ::channels::inbound::Topic;
use domain::channel::Channel;
use domain::id::ChannelId;
use domain::timestamp::{Timestamp, hours};
use entity::origin::{ActiveModel, Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::customers;
use crate::error::Result;
use crate::messages::rows as entries;
use crate::writer::Tx;

/// Whoever writes later than this does not write because of it.
const KEPT: Duration = hours(24);

/// Keeps that the customer came from `topic`, in the place of where they came from before. `once` is the same for every
/// repeat of this news.
pub(super) async fn keep(
    tx: &Tx<'_>,
    channel: &Channel,
    actor: &Actor,
    once: &str,
    topic: &Topic,
    at: Timestamp,
) -> Result<()> {
    let Some(id) = actor.ids.first() else { return Ok(()) };
    let known = customers::find(tx, channel.id, &actor.ids).await?;
    if known.is_some_and(|customer| customer.blocked) || at < tx.now.minus(KEPT) {
        return Ok(());
    }
    if !entries::claim_unplaced(tx.db, channel.id, &entries::of_ours(once)).await? {
        return Ok(());
    }
    let row = ActiveModel {
        channel: Set(channel.id),
        identity: Set(id.0.clone()),
        topic: Set(serde_json::to_string(topic)?),
        at: Set(at),
    };
    let mut conflict = OnConflict::columns([Column::Channel, Column::Identity]);
    conflict.update_columns([Column::Topic, Column::At]).action_and_where(Expr::col((Entity, Column::At)).lte(at));
    Entity::insert(row).on_conflict(conflict).exec_without_returning(tx.db).await?;
    Ok(())
}

/// Where the customer came from before they wrote at `at`, for these words alone.
pub(super) async fn take(tx: &Tx<'_>, channel: ChannelId, actor: &Actor, at: Timestamp) -> Result<Option<Topic>> {
    let ids = actor.ids.iter().map(|id| id.0.as_str());
    let of_theirs = Column::Channel.eq(channel).and(Column::Identity.is_in(ids)).and(Column::At.lte(at));
    let found = Entity::find().filter(of_theirs.clone()).order_by_desc(Column::At).all(tx.db).await?;
    let Some(newest) = found.first() else { return Ok(None) };
    Entity::delete_many().filter(of_theirs).exec(tx.db).await?;
    let is_fresh = newest.at >= at.minus(KEPT);
    Ok(is_fresh.then(|| serde_json::from_str(&newest.topic)).transpose()?)
}

/// Drops what nobody wrote after in time.
pub(crate) async fn forget_old(db: &impl ConnectionTrait, now: Timestamp) -> Result<()> {
    Entity::delete_many().filter(Column::At.lt(now.minus(KEPT))).exec(db).await?;
    Ok(())
}
