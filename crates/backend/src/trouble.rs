//! Trouble: work that was given up and deliveries nobody could read, for admins to look at, try again or put away.

use domain::audit::{Act, Doer};
use domain::id::{JobId, RoomId, WebhookId};
use domain::person::Person;
use domain::refused::Refused;
use domain::trouble::{FailedJob, ToldByProvider, Trouble, UnreadableWebhook};
use entity::{job, webhook};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Deserialize;

use crate::audit;
use crate::backend::Backend;
use crate::channels::administers;
use crate::error::Result;
use crate::inbound::ALERT;
use crate::jobs;
use crate::rooms::rows::unsigned;
use crate::writer::{Command, Tx};

/// The most of each that is listed.
const LISTED: u64 = 200;

/// Everything that waits for an admin.
///
/// # Errors
/// `me` is no admin.
pub async fn list(backend: &Backend, me: &Person) -> Result<Trouble> {
    administers(me)?;
    let db = &backend.store().read;
    let jobs = job::Entity::find()
        .filter(Expr::col(job::Column::GivenUpAt).is_not_null())
        .order_by_desc(job::Column::GivenUpAt)
        .limit(LISTED)
        .all(db)
        .await?;
    let webhooks = webhook::Entity::find()
        .filter(Expr::col(webhook::Column::Problem).is_not_null())
        .order_by_desc(webhook::Column::ReceivedAt)
        .limit(LISTED)
        .all(db)
        .await?;
    let mut trouble = Trouble { jobs: jobs.into_iter().filter_map(to_failed).collect(), ..Trouble::default() };
    webhooks.into_iter().for_each(|row| add(&mut trouble, row));
    Ok(trouble)
}

fn to_failed(row: job::Model) -> Option<FailedJob> {
    #[derive(Deserialize)]
    struct Named {
        room: Option<RoomId>,
    }
    Some(FailedJob {
        id: row.id,
        kind: row.kind,
        room: serde_json::from_str::<Named>(&row.work).ok().and_then(|work| work.room),
        attempts: unsigned(row.attempts),
        given_up_at: row.given_up_at?,
        problem: row.problem.unwrap_or_default(),
    })
}

fn add(trouble: &mut Trouble, row: webhook::Model) {
    let (id, channel, received_at) = (row.id, row.channel, row.received_at);
    let Some(problem) = row.problem else { return };
    match problem.strip_prefix(ALERT) {
        Some(words) => {
            trouble.alerts.push(ToldByProvider { webhook: id, channel, received_at, words: words.into() });
        }
        None => trouble.webhooks.push(UnreadableWebhook { id, channel, received_at, problem }),
    }
}

/// Has the work tried again, from its first attempt on.
///
/// # Errors
/// `me` is no admin, or no such work was given up.
pub async fn retry_job(backend: &Backend, me: &Person, id: JobId) -> Result<()> {
    administers(me)?;
    backend.run(RetryJob { by: Doer::of(me), id }).await
}

struct RetryJob {
    by: Doer,
    id: JobId,
}

impl Command for RetryJob {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let again = job::Entity::update_many()
            .col_expr(job::Column::GivenUpAt, Expr::value(None::<i64>))
            .col_expr(job::Column::LeasedUntil, Expr::value(None::<i64>))
            .col_expr(job::Column::Attempts, Expr::value(0))
            .col_expr(job::Column::RunAt, Expr::value(tx.now))
            .col_expr(job::Column::CountedFrom, Expr::value(tx.now))
            .filter(job::Column::Id.eq(self.id))
            .filter(Expr::col(job::Column::GivenUpAt).is_not_null())
            .exec(tx.db)
            .await?;
        if again.rows_affected == 0 {
            return Err(gone().into());
        }
        let work = kind(tx, self.id).await?;
        audit::note(tx, &self.by, &[], Act::WorkRetried { work }).await?;
        jobs::take_up(tx, self.id).await?;
        tx.wake_jobs();
        Ok(())
    }
}

/// Puts work that was given up away; nobody tries it again.
///
/// # Errors
/// `me` is no admin, or no such work was given up.
pub async fn dismiss_job(backend: &Backend, me: &Person, id: JobId) -> Result<()> {
    administers(me)?;
    backend.run(DismissJob { by: Doer::of(me), id }).await
}

struct DismissJob {
    by: Doer,
    id: JobId,
}

impl Command for DismissJob {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let work = kind(tx, self.id).await?;
        let dismissed = job::Entity::delete_many()
            .filter(job::Column::Id.eq(self.id))
            .filter(Expr::col(job::Column::GivenUpAt).is_not_null())
            .exec(tx.db)
            .await?;
        if dismissed.rows_affected == 0 {
            return Err(gone().into());
        }
        audit::note(tx, &self.by, &[], Act::WorkDismissed { work }).await
    }
}

/// What kind of work it is, as one word.
async fn kind(tx: &Tx<'_>, id: JobId) -> Result<String> {
    Ok(job::Entity::find_by_id(id).one(tx.db).await?.ok_or_else(gone)?.kind)
}

/// Puts an unreadable delivery away, or one that told about an account. What came in stays as long as every delivery does.
///
/// # Errors
/// `me` is no admin, or there is no such delivery.
pub async fn dismiss_webhook(backend: &Backend, me: &Person, id: WebhookId) -> Result<()> {
    administers(me)?;
    backend.run(DismissWebhook { by: Doer::of(me), id }).await
}

struct DismissWebhook {
    by: Doer,
    id: WebhookId,
}

impl Command for DismissWebhook {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let dismissed = webhook::Entity::update_many()
            .col_expr(webhook::Column::Problem, Expr::value(None::<String>))
            .filter(webhook::Column::Id.eq(self.id))
            .filter(Expr::col(webhook::Column::Problem).is_not_null())
            .exec(tx.db)
            .await?;
        if dismissed.rows_affected == 0 {
            return Err(gone().into());
        }
        let webhook = webhook::Entity::find_by_id(self.id).one(tx.db).await?.ok_or_else(gone)?;
        let channel = tx.directory.channels.get(&webhook.channel).map(|channel| channel.name.clone());
        let dismissed = Act::DeliveryDismissed { channel: channel.unwrap_or_default() };
        audit::note(tx, &self.by, &[], dismissed).await
    }
}

fn gone() -> Refused {
    Refused::invalid("entry", "is no longer on the list")
}
