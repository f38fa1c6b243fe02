//! The event log: numbered in the saving transaction, asked by `seq`, kept some days.

use std::sync::Arc;
use std::time::Duration;

use domain::change::{Change, Event};
use domain::id::PersonId;
use domain::room::Scope;
use domain::timestamp::{Timestamp, hours};
use entity::{event, log_head};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::error::{Error, Result};
use crate::writer::Draft;

/// How long events are kept for browsers that come back.
pub(crate) const KEPT: Duration = hours(7 * 24);

/// A gap of more events than this is not filled; the browser starts over.
pub(crate) const REPLAYED: u64 = 5_000;

/// The most events that are dropped at a time, so that nobody waits long for it.
const FORGOTTEN: i64 = 20_000;

/// How many events are inserted by one statement: SQLite takes 32,766 values in one, PostgreSQL 65,535.
const ROWS: usize = 500;

/// An event as it is told: with what decides who may hear it.
#[derive(Clone, Debug)]
pub struct Told {
    pub event: Arc<Event>,
    /// The scope the room had before, when the change moved it.
    pub before: Option<Scope>,
    /// Told to this person alone.
    pub only: Option<PersonId>,
}

/// Numbers `drafts` and writes them; the last thing a transaction does, because the counter is one row for all.
pub(crate) async fn append(db: &impl ConnectionTrait, drafts: Vec<Draft>) -> Result<Vec<Told>> {
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let count = i64::try_from(drafts.len()).unwrap_or(i64::MAX);
    let head = log_head::Entity::update_many()
        .col_expr(log_head::Column::Seq, Expr::col(log_head::Column::Seq).add(count))
        .filter(log_head::Column::Id.eq(1))
        .exec_with_returning(db)
        .await?;
    let last = head.first().map(|row| row.seq).ok_or_else(|| Error::World("the log has no head".into()))?;
    let mut told = Vec::with_capacity(drafts.len());
    let mut rows = Vec::with_capacity(drafts.len());
    for (draft, seq) in drafts.into_iter().zip(last - count + 1..) {
        let event = Event { seq: u64::try_from(seq).unwrap_or(0), ..draft.event };
        rows.push(event::ActiveModel {
            seq: Set(seq),
            at: Set(event.at),
            room: Set(event.room_id()),
            only: Set(draft.only),
            before: Set(draft.before.as_ref().map(serde_json::to_string).transpose()?),
            event: Set(serde_json::to_string(&event)?),
        });
        told.push(Told { event: Arc::new(event), before: draft.before, only: draft.only });
    }
    for chunk in rows.chunks(ROWS) {
        event::Entity::insert_many(chunk.to_vec()).exec_without_returning(db).await?;
    }
    Ok(told)
}

/// The last number given out.
pub(crate) async fn head(db: &impl ConnectionTrait) -> Result<u64> {
    let row = log_head::Entity::find_by_id(1).one(db).await?;
    Ok(row.and_then(|row| u64::try_from(row.seq).ok()).unwrap_or(0))
}

/// At most `limit` events after `seq`, in order.
pub(crate) async fn after(db: &impl ConnectionTrait, seq: u64, limit: u64) -> Result<Vec<Told>> {
    let rows = event::Entity::find()
        .filter(event::Column::Seq.gt(i64::try_from(seq).unwrap_or(i64::MAX)))
        .order_by_asc(event::Column::Seq)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(to_told).collect())
}

/// What a newer version wrote, beside which this one still runs, is told as [`Change::Unread`]: the log has no holes, and
/// everybody reads their desk again.
fn to_told(row: event::Model) -> Told {
    read(&row).unwrap_or_else(|error| {
        tracing::warn!(seq = row.seq, %error, "an event of the log cannot be read by this version");
        let seq = u64::try_from(row.seq).unwrap_or(0);
        let event = Event { seq, at: row.at, room: None, position: None, change: Change::Unread };
        Told { event: Arc::new(event), before: None, only: None }
    })
}

fn read(row: &event::Model) -> Result<Told> {
    Ok(Told {
        event: Arc::new(serde_json::from_str(&row.event)?),
        before: row.before.as_deref().map(serde_json::from_str).transpose()?,
        only: row.only,
    })
}

/// Whether everything after `seq` is still there and few enough to be told again.
pub(crate) async fn can_resume(db: &impl ConnectionTrait, seq: u64) -> Result<bool> {
    let head = head(db).await?;
    if seq > head || head - seq > REPLAYED {
        return Ok(false);
    }
    if seq == head {
        return Ok(true);
    }
    let next = i64::try_from(seq + 1).unwrap_or(i64::MAX);
    Ok(event::Entity::find_by_id(next).one(db).await?.is_some())
}

/// Drops what is older than [`KEPT`], some of it at a time. Only ever from the front: a room that expired while nobody
/// looked left an event that is older than its neighbours, and the log has no holes.
pub(crate) async fn forget_old(db: &impl ConnectionTrait, now: Timestamp) -> Result<u64> {
    let before = Timestamp(now.0 - i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX));
    let first =
        event::Entity::find().select_only().column(event::Column::Seq).order_by_asc(event::Column::Seq).limit(1);
    let Some(oldest) = first.clone().into_tuple::<i64>().one(db).await? else { return Ok(0) };
    let kept = first.filter(event::Column::At.gte(before)).into_tuple::<i64>().one(db).await?;
    let until = std::cmp::min(kept.unwrap_or(i64::MAX), oldest.saturating_add(FORGOTTEN));
    Ok(event::Entity::delete_many().filter(event::Column::Seq.lt(until)).exec(db).await?.rows_affected)
}
