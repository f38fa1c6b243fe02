//! Providers' deliveries, what of ours a visitor has not confirmed yet, and what they answer, as rows. Asks and stores; never judges.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::delivery::Delivery;
use domain::id::{ChannelId, MessageId, RoomId, WebhookId};
use domain::message::Entry;
use domain::timestamp::Timestamp;
use entity::{channel, entry, webhook};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::error::Result;
use crate::messages::rows::to_entry;
use crate::rooms::rows::signed;

/// How the account of a delivery's trouble begins where it is what the provider told about the channel's account.
pub(crate) const ALERT: &str = "the provider says: ";

/// When a channel last heard of its provider is written down at most this often.
const NOTED_EVERY: Duration = Duration::from_secs(60);

/// Writes a delivery down; false when the channel had these bytes before.
pub(super) async fn insert(
    db: &impl ConnectionTrait,
    id: WebhookId,
    channel: ChannelId,
    digest: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<bool> {
    let row = webhook::ActiveModel {
        id: Set(id),
        channel: Set(channel),
        digest: Set(digest.into()),
        received_at: Set(now),
        body: Set(body.to_vec()),
        processed_at: Set(None),
        problem: Set(None),
    };
    let key = [webhook::Column::Channel, webhook::Column::Digest];
    let inserted = webhook::Entity::insert(row)
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(inserted == 1)
}

/// Notes that the channel's provider was here.
pub(super) async fn note_webhook(db: &impl ConnectionTrait, channel: ChannelId, now: Timestamp) -> Result<()> {
    let noted = channel::Column::LastWebhookAt;
    channel::Entity::update_many()
        .col_expr(noted, Expr::value(now))
        .filter(channel::Column::Id.eq(channel))
        .filter(noted.is_null().or(noted.lte(now.minus(NOTED_EVERY))))
        .exec(db)
        .await?;
    Ok(())
}

/// Those of the deliveries of which nothing has been made yet, in the order they came, except for `paused` channels.
pub(super) async fn load_waiting(
    db: &impl ConnectionTrait,
    ids: Vec<WebhookId>,
    paused: &BTreeSet<ChannelId>,
) -> Result<Vec<webhook::Model>> {
    Ok(webhook::Entity::find()
        .filter(webhook::Column::Id.is_in(ids))
        .filter(webhook::Column::Channel.is_not_in(paused.iter().copied()))
        .filter(webhook::Column::ProcessedAt.is_null())
        .order_by_asc(webhook::Column::ReceivedAt)
        .order_by_asc(webhook::Column::Id)
        .all(db)
        .await?)
}

/// When a delivery came, and which it is: the order they are read in.
pub(super) type Came = (Timestamp, WebhookId);

/// At most `limit` deliveries from before `until` and from after `after` of which nothing has been made yet, in the
/// order they came, except for `paused` channels.
pub(super) async fn list_waiting(
    db: &impl ConnectionTrait,
    until: Timestamp,
    after: Option<Came>,
    paused: &BTreeSet<ChannelId>,
    limit: u64,
) -> Result<Vec<Came>> {
    let (came, id) = (webhook::Column::ReceivedAt, webhook::Column::Id);
    let later = after.map(|(at, last)| came.gt(at).or(came.eq(at).and(id.gt(last))));
    Ok(webhook::Entity::find()
        .select_only()
        .column(webhook::Column::ReceivedAt)
        .column(webhook::Column::Id)
        .filter(webhook::Column::ProcessedAt.is_null())
        .filter(webhook::Column::Channel.is_not_in(paused.iter().copied()))
        .filter(webhook::Column::ReceivedAt.lte(until))
        .filter(Condition::all().add_option(later))
        .order_by_asc(webhook::Column::ReceivedAt)
        .order_by_asc(webhook::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

/// Marks a delivery as read; false when it was already.
pub(super) async fn mark_processed(
    db: &impl ConnectionTrait,
    id: WebhookId,
    problem: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let marked = webhook::Entity::update_many()
        .col_expr(webhook::Column::ProcessedAt, Expr::value(now))
        .col_expr(webhook::Column::Problem, Expr::value(problem))
        .filter(webhook::Column::Id.eq(id))
        .filter(webhook::Column::ProcessedAt.is_null())
        .exec(db)
        .await?;
    Ok(marked.rows_affected == 1)
}

/// Notes what was wrong with a delivery.
pub(super) async fn set_problem(db: &impl ConnectionTrait, id: WebhookId, problem: Option<&str>) -> Result<()> {
    webhook::Entity::update_many()
        .col_expr(webhook::Column::Problem, Expr::value(problem))
        .filter(webhook::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Drops read deliveries from before `until`.
pub(crate) async fn forget_read(db: &impl ConnectionTrait, until: Timestamp) -> Result<()> {
    webhook::Entity::delete_many()
        .filter(webhook::Column::ReceivedAt.lt(until))
        .filter(webhook::Column::ProcessedAt.is_not_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Our messages up to `position` that stand at one of `stages`, the newest first.
pub(super) async fn list_standing_at(
    db: &impl ConnectionTrait,
    room: RoomId,
    position: u32,
    stages: &[Delivery],
    limit: u64,
) -> Result<Vec<MessageId>> {
    let found: Vec<Option<MessageId>> = entry::Entity::find()
        .select_only()
        .column(entry::Column::Message)
        .filter(entry::Column::Room.eq(room))
        .filter(entry::Column::Position.lte(signed(position)))
        .filter(entry::Column::Delivery.is_in(stages.iter().map(Delivery::word)))
        .order_by_desc(entry::Column::Position)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().flatten().collect())
}

/// The entries of these messages, in no order.
pub(super) async fn list_messages(db: &impl ConnectionTrait, ids: Vec<MessageId>) -> Result<Vec<Entry>> {
    let found = entry::Entity::find().filter(entry::Column::Message.is_in(ids)).all(db).await?;
    Ok(found.into_iter().map(to_entry).collect())
}
