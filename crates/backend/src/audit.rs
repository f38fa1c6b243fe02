//! The audit trail: a line for each thing that somebody does to the workspace, written in the transaction that does it, and
//! read by those whom it concerns.

use domain::audit::{Act, AuditLine, AuditPage, Doer, KEPT, Together};
use domain::id::{AuditId, BulkId, PersonId, TeamId};
use domain::permission::may_see_audit;
use domain::person::{Person, Role};
use domain::refused::Refused;
use entity::audit::{ActiveModel, Column, Entity, Model};
use entity::audit_team;
use sea_orm::sea_query::{OnConflict, SelectStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use crate::backend::Backend;
use crate::clock::new_id;
use crate::error::Result;
use crate::writer::Tx;

/// Lines that are read at once.
const PAGE: usize = 50;

/// What was done to the workspace, newest first, as far as `me` may read it: all of it, or what `person` did, and from
/// `after` on.
///
/// # Errors
/// `me` is an agent, or the database cannot be read.
pub async fn list(
    backend: &Backend,
    me: &Person,
    person: Option<PersonId>,
    after: Option<AuditId>,
) -> Result<AuditPage> {
    if !may_see_audit(me) {
        return Err(Refused::not_allowed("read the audit trail").into());
    }
    let mut lines = Entity::find().order_by_desc(Column::Id).limit(u64::try_from(PAGE + 1).unwrap_or(u64::MAX));
    if me.role != Role::Admin {
        lines = lines.filter(Column::Id.in_subquery(concerning(&me.teams)));
    }
    if let Some(person) = person {
        lines = lines.filter(Column::Person.eq(person));
    }
    if let Some(after) = after {
        lines = lines.filter(Column::Id.lt(after));
    }
    let mut lines = lines.all(&backend.store().read).await?;
    let has_more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let next = lines.last().filter(|_| has_more).map(|line| line.id);
    Ok(AuditPage { lines: lines.into_iter().map(to_line).collect(), next })
}

/// The twin of [`domain::permission::may_read_audit`] for a team manager.
fn concerning(teams: &[TeamId]) -> SelectStatement {
    audit_team::Entity::find()
        .select_only()
        .column(audit_team::Column::Line)
        .filter(audit_team::Column::Team.is_in(teams.iter().copied()))
        .into_query()
}

fn to_line(row: Model) -> AuditLine {
    AuditLine { id: row.id, at: row.at, who: row.who, words: Act::read(&row.act).words() }
}

/// Writes down that `by` did `act`, which concerns `teams` as they are at this moment.
pub(crate) async fn note(tx: &Tx<'_>, by: &Doer, teams: &[TeamId], act: Act) -> Result<()> {
    let id = new_id();
    Entity::insert(to_row(tx, id, by, &act)?).exec_without_returning(tx.db).await?;
    note_teams(tx.db, id, teams).await
}

/// Writes down several acts, each as [`note`] does.
pub(crate) async fn note_all(tx: &Tx<'_>, by: &Doer, teams: &[TeamId], acts: Vec<Act>) -> Result<()> {
    for act in acts {
        note(tx, by, teams, act).await?;
    }
    Ok(())
}

/// Counts one chat more of a bulk action, which has one line, whatever it is done to.
pub(crate) async fn count(tx: &Tx<'_>, by: &Doer, bulk: BulkId, what: Together, teams: &[TeamId]) -> Result<()> {
    let id = new_id();
    let first = ActiveModel { bulk: Set(Some(bulk)), ..to_row(tx, id, by, &Act::DoneTogether { what, chats: 1 })? };
    let once = OnConflict::column(Column::Bulk).do_nothing().to_owned();
    if Entity::insert(first).on_conflict(once).exec_without_returning(tx.db).await? == 1 {
        return note_teams(tx.db, id, teams).await;
    }
    let Some(line) = Entity::find().filter(Column::Bulk.eq(bulk)).lock_exclusive().one(tx.db).await? else {
        return Ok(());
    };
    // One that a newer version wrote is counted there.
    if let Act::DoneTogether { what, chats } = Act::read(&line.act) {
        let act = serde_json::to_string(&Act::DoneTogether { what, chats: chats + 1 })?;
        let row = ActiveModel { id: Set(line.id), act: Set(act), ..Default::default() };
        Entity::update(row).exec(tx.db).await?;
    }
    note_teams(tx.db, line.id, teams).await
}

fn to_row(tx: &Tx<'_>, id: AuditId, by: &Doer, act: &Act) -> Result<ActiveModel> {
    Ok(ActiveModel {
        id: Set(id),
        at: Set(tx.now),
        person: Set(by.person()),
        who: Set(by.name().into()),
        act: Set(serde_json::to_string(act)?),
        bulk: Set(None),
    })
}

async fn note_teams(db: &impl ConnectionTrait, line: AuditId, teams: &[TeamId]) -> Result<()> {
    for team in teams {
        let row = audit_team::ActiveModel { team: Set(*team), line: Set(line) };
        let once = OnConflict::columns([audit_team::Column::Team, audit_team::Column::Line]).do_nothing().to_owned();
        audit_team::Entity::insert(row).on_conflict(once).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Drops what was done too long ago.
pub(crate) async fn forget_old(tx: &Tx<'_>) -> Result<()> {
    let (db, long_ago) = (tx.db, tx.now.minus(KEPT));
    let old = Entity::find().select_only().column(Column::Id).filter(Column::At.lt(long_ago)).into_query();
    audit_team::Entity::delete_many().filter(audit_team::Column::Line.in_subquery(old)).exec(db).await?;
    Entity::delete_many().filter(Column::At.lt(long_ago)).exec(db).await?;
    Ok(())
}
