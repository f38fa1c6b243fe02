//! Jobs as rows. Asks and stores; never judges.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::id::{ChannelId, JobId};
use domain::timestamp::{Timestamp, minutes};
use entity::job;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::clock::new_id;
use crate::error::Result;
use crate::jobs::Work;
use crate::rooms::rows::{signed, unsigned};
use crate::writer::Tx;

/// A worker that has not been heard of for this long is gone, and its job is anybody's.
pub(super) const LEASE: Duration = Duration::from_secs(30);

/// What this version cannot read is left this long to a newer one that may run beside it.
const LEFT_TO_OTHERS: Duration = minutes(10);

/// It is looked at again after this long.
const LEFT_FOR: Duration = Duration::from_secs(30);

/// A job somebody works on.
#[derive(Clone, Debug)]
pub(crate) struct Lease {
    pub id: JobId,
    pub work: Work,
    /// How often it failed.
    pub attempts: u32,
    /// From when on its age counts.
    pub counted_from: Timestamp,
    /// Whoever had it before never said how it went.
    pub is_orphaned: bool,
    /// When the lease runs out: the proof that the job is this worker's, for whoever takes it over has another.
    until: Arc<AtomicI64>,
}

impl Lease {
    /// The lease on `row` that was just taken at `now`.
    pub(super) fn new(row: &job::Model, work: Work, now: Timestamp) -> Self {
        Self {
            id: row.id,
            work,
            attempts: unsigned(row.attempts),
            counted_from: row.counted_from.unwrap_or(row.created_at),
            is_orphaned: row.leased_until.is_some(),
            until: Arc::new(AtomicI64::new(now.plus(LEASE).0)),
        }
    }

    /// Whether nobody else may have taken the job by `now`.
    pub(super) fn lasts_beyond(&self, now: Timestamp) -> bool {
        now < self.until()
    }

    fn until(&self) -> Timestamp {
        Timestamp(self.until.load(Ordering::SeqCst))
    }

    /// It was renewed.
    pub(super) fn set_until(&self, until: Timestamp) {
        self.until.store(until.0, Ordering::SeqCst);
    }
}

/// Writes a job that may run from `run_at` on and needs no provider.
pub(crate) async fn add(tx: &mut Tx<'_>, work: &Work, run_at: Timestamp) -> Result<()> {
    insert(tx, work, None, run_at).await
}

/// Writes a job that may run at once and needs the provider of `channel`.
pub(crate) async fn add_for_provider(tx: &mut Tx<'_>, channel: ChannelId, work: &Work) -> Result<()> {
    let now = tx.now;
    add_for_provider_at(tx, channel, work, now).await
}

/// Writes a job that needs the provider of `channel` and may run from `run_at` on.
pub(super) async fn add_for_provider_at(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    work: &Work,
    run_at: Timestamp,
) -> Result<()> {
    insert(tx, work, Some(channel), run_at).await
}

async fn insert(tx: &mut Tx<'_>, work: &Work, channel: Option<ChannelId>, run_at: Timestamp) -> Result<()> {
    let row = job::ActiveModel {
        id: Set(id_of(tx, work).await?),
        lane: Set(work.lane()),
        kind: Set(work.word().into()),
        work: Set(serde_json::to_string(work)?),
        run_at: Set(run_at),
        attempts: Set(0),
        leased_until: Set(None),
        given_up_at: Set(None),
        problem: Set(None),
        created_at: Set(tx.now),
        channel: Set(channel),
        counted_from: Set(None),
    };
    job::Entity::insert(row).exec_without_returning(tx.db).await?;
    tx.wake_jobs();
    Ok(())
}

/// What is said in a room leaves, and is answered, in the order in which it was said: such work comes behind all that stands in
/// its lane, also where the clock of whoever wrote that is ahead of ours.
async fn id_of(tx: &Tx<'_>, work: &Work) -> Result<JobId> {
    let fresh: JobId = new_id();
    if !matches!(work, Work::Deliver { .. } | Work::BotTurn { .. }) {
        return Ok(fresh);
    }
    let last: Option<JobId> = job::Entity::find()
        .select_only()
        .column(job::Column::Id)
        .filter(job::Column::Lane.eq(work.lane()))
        .filter(job::Column::GivenUpAt.is_null())
        .order_by_desc(job::Column::Id)
        .limit(1)
        .into_tuple()
        .one(tx.db)
        .await?;
    Ok(last.map_or(fresh, |last| Ord::max(fresh, JobId::from_number(last.0.as_u128() + 1))))
}

/// Whether the same kind of work waits in its lane and nobody has begun it.
pub(super) async fn has_waiting(db: &impl ConnectionTrait, work: &Work) -> Result<bool> {
    let waiting = job::Entity::find()
        .filter(job::Column::Lane.eq(work.lane()))
        .filter(job::Column::Kind.eq(work.word()))
        .filter(job::Column::GivenUpAt.is_null())
        .filter(job::Column::LeasedUntil.is_null());
    Ok(waiting.limit(1).count(db).await? > 0)
}

/// The work of this kind in its lane that somebody does or will do; what cannot be read counts as none.
pub(super) async fn find_standing(db: &impl ConnectionTrait, work: &Work) -> Result<Option<(JobId, Work)>> {
    let standing: Option<(JobId, String)> = job::Entity::find()
        .select_only()
        .column(job::Column::Id)
        .column(job::Column::Work)
        .filter(job::Column::Lane.eq(work.lane()))
        .filter(job::Column::Kind.eq(work.word()))
        .filter(job::Column::GivenUpAt.is_null())
        .order_by_asc(job::Column::Id)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(standing.and_then(|(id, work)| Some((id, serde_json::from_str(&work).ok()?))))
}

/// Takes work of this kind out of its lane, also while somebody works on it: their [`finish`] finds nothing.
pub(super) async fn forget(db: &impl ConnectionTrait, work: &Work) -> Result<()> {
    job::Entity::delete_many()
        .filter(job::Column::Lane.eq(work.lane()))
        .filter(job::Column::Kind.eq(work.word()))
        .exec(db)
        .await?;
    Ok(())
}

/// At most `limit` jobs that may run now: each the first of its lane, and nobody works in that lane.
pub(super) async fn list_due(db: &impl ConnectionTrait, now: Timestamp, limit: u64) -> Result<Vec<JobId>> {
    Ok(job::Entity::find()
        .select_only()
        .column(job::Column::Id)
        .filter(job::Column::GivenUpAt.is_null())
        .filter(job::Column::RunAt.lte(now))
        .filter(is_free(now))
        .filter(Expr::exists(in_its_way(now)).not())
        .order_by_asc(job::Column::RunAt)
        .order_by_asc(job::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

fn is_free(now: Timestamp) -> sea_orm::sea_query::SimpleExpr {
    job::Column::LeasedUntil.is_null().or(job::Column::LeasedUntil.lte(now))
}

/// Another job of the same lane that is older or being worked on.
fn in_its_way(now: Timestamp) -> SelectStatement {
    let other = Alias::new("other");
    let of_other = |column: job::Column| Expr::col((other.clone(), column));
    let of_this = |column: job::Column| Expr::col((job::Entity, column));
    Query::select()
        .expr(Expr::value(1))
        .from_as(job::Entity, other.clone())
        .and_where(of_other(job::Column::Lane).eq(of_this(job::Column::Lane)))
        .and_where(of_other(job::Column::GivenUpAt).is_null())
        .and_where(of_other(job::Column::Id).ne(of_this(job::Column::Id)))
        .and_where(
            of_other(job::Column::Id).lt(of_this(job::Column::Id)).or(of_other(job::Column::LeasedUntil).gt(now)),
        )
        .to_owned()
}

/// Makes everything due that was put off and needs the provider of `channel`, which goes on. Whoever waits because the
/// provider asked them to is put off again before it is asked.
pub(crate) async fn wake(tx: &mut Tx<'_>, channel: ChannelId) -> Result<()> {
    job::Entity::update_many()
        .col_expr(job::Column::RunAt, Expr::value(tx.now))
        .filter(job::Column::Channel.eq(channel))
        .filter(job::Column::RunAt.gt(tx.now))
        .filter(job::Column::GivenUpAt.is_null())
        .exec(tx.db)
        .await?;
    tx.wake_jobs();
    Ok(())
}

/// Lets the job run at once.
pub(super) async fn make_due(tx: &mut Tx<'_>, id: JobId) -> Result<()> {
    job::Entity::update_many()
        .col_expr(job::Column::RunAt, Expr::value(tx.now))
        .filter(job::Column::Id.eq(id))
        .exec(tx.db)
        .await?;
    tx.wake_jobs();
    Ok(())
}

/// When the next job that waits for its time may run.
pub(super) async fn next_run_at(db: &impl ConnectionTrait, now: Timestamp) -> Result<Option<Timestamp>> {
    Ok(job::Entity::find()
        .select_only()
        .column(job::Column::RunAt)
        .filter(job::Column::GivenUpAt.is_null())
        .filter(job::Column::RunAt.gt(now))
        .order_by_asc(job::Column::RunAt)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?)
}

/// Takes a job for this worker; `None` when somebody else has it or it is done.
pub(super) async fn take(tx: &Tx<'_>, id: JobId) -> Result<Option<job::Model>> {
    let Some(row) = job::Entity::find_by_id(id).one(tx.db).await? else { return Ok(None) };
    let taken = job::Entity::update_many()
        .col_expr(job::Column::LeasedUntil, Expr::value(tx.now.plus(LEASE)))
        .filter(job::Column::Id.eq(id))
        .filter(job::Column::GivenUpAt.is_null())
        .filter(is_free(tx.now))
        .exec(tx.db)
        .await?;
    Ok((taken.rows_affected == 1).then_some(row))
}

/// Keeps the job longer, until when; `None` when it is no longer this worker's.
pub(super) async fn renew(tx: &Tx<'_>, lease: &Lease) -> Result<Option<Timestamp>> {
    let until = tx.now.plus(LEASE);
    let renewed = job::Entity::update_many()
        .col_expr(job::Column::LeasedUntil, Expr::value(until))
        .filter(job::Column::Id.eq(lease.id))
        .filter(job::Column::LeasedUntil.eq(lease.until()))
        .exec(tx.db)
        .await?;
    Ok((renewed.rows_affected == 1).then_some(until))
}

/// The job is done: written in the command that writes its result. False when it is no longer this worker's, and then
/// its result does not count.
pub(super) async fn finish(tx: &Tx<'_>, lease: &Lease) -> Result<bool> {
    let finished = job::Entity::delete_many()
        .filter(job::Column::Id.eq(lease.id))
        .filter(job::Column::LeasedUntil.eq(lease.until()))
        .exec(tx.db)
        .await?;
    Ok(finished.rows_affected == 1)
}

/// Lets the job be taken again from `run_at` on; its age counts from `counted_from` on.
pub(super) async fn put_back(
    tx: &Tx<'_>,
    lease: &Lease,
    attempts: u32,
    run_at: Timestamp,
    counted_from: Timestamp,
    problem: &str,
) -> Result<bool> {
    let put_back = job::Entity::update_many()
        .col_expr(job::Column::LeasedUntil, Expr::value(None::<i64>))
        .col_expr(job::Column::RunAt, Expr::value(run_at))
        .col_expr(job::Column::CountedFrom, Expr::value(counted_from))
        .col_expr(job::Column::Attempts, Expr::value(signed(attempts)))
        .col_expr(job::Column::Problem, Expr::value(problem))
        .filter(job::Column::Id.eq(lease.id))
        .filter(job::Column::LeasedUntil.eq(lease.until()))
        .exec(tx.db)
        .await?;
    Ok(put_back.rows_affected == 1)
}

/// What the job is; `None` where it is none, or one that only another version of this program can read.
pub(super) async fn find(db: &impl ConnectionTrait, id: JobId) -> Result<Option<Work>> {
    let row = job::Entity::find_by_id(id).one(db).await?;
    Ok(row.and_then(|row| serde_json::from_str(&row.work).ok()))
}

/// Nobody tries the job any more, unless an admin says so.
pub(super) async fn give_up(tx: &Tx<'_>, lease: &Lease, attempts: u32, problem: &str) -> Result<bool> {
    let given_up = job::Entity::update_many()
        .col_expr(job::Column::LeasedUntil, Expr::value(None::<i64>))
        .col_expr(job::Column::GivenUpAt, Expr::value(tx.now))
        .col_expr(job::Column::Attempts, Expr::value(signed(attempts)))
        .col_expr(job::Column::Problem, Expr::value(problem))
        .filter(job::Column::Id.eq(lease.id))
        .filter(job::Column::LeasedUntil.eq(lease.until()))
        .exec(tx.db)
        .await?;
    Ok(given_up.rows_affected == 1)
}

/// This version cannot read what the job is: it leaves it to a newer one that may run beside it, and gives it up when none
/// has come for it since it was met first.
pub(super) async fn leave_unread(tx: &Tx<'_>, row: &job::Model, problem: &str) -> Result<()> {
    let met_at = row.counted_from.filter(|_| row.problem.is_some()).unwrap_or(tx.now);
    let is_for_others = tx.now < met_at.plus(LEFT_TO_OTHERS);
    job::Entity::update_many()
        .col_expr(job::Column::LeasedUntil, Expr::value(None::<i64>))
        .col_expr(job::Column::RunAt, Expr::value(tx.now.plus(LEFT_FOR)))
        .col_expr(job::Column::CountedFrom, Expr::value(met_at))
        .col_expr(job::Column::GivenUpAt, Expr::value((!is_for_others).then_some(tx.now)))
        .col_expr(job::Column::Problem, Expr::value(problem))
        .filter(job::Column::Id.eq(row.id))
        .exec(tx.db)
        .await?;
    Ok(())
}

/// Writes down how far the work has come.
pub(super) async fn set_work(tx: &Tx<'_>, lease: &Lease, work: &Work) -> Result<()> {
    job::Entity::update_many()
        .col_expr(job::Column::Work, Expr::value(serde_json::to_string(work)?))
        .filter(job::Column::Id.eq(lease.id))
        .filter(job::Column::LeasedUntil.eq(lease.until()))
        .exec(tx.db)
        .await?;
    Ok(())
}
