//! How many rooms there are of each scope: kept with every change, never counted.

use std::collections::BTreeMap;

use domain::id::{PersonId, TeamId};
use domain::live::Counts;
use domain::permission;
use domain::person::{Person, Role};
use domain::policy::Policy;
use domain::room::{LiveHandler, Scope, Section};
use entity::counter;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::error::Result;
use crate::rooms::own::rooms_joined_by;

/// Notes that `by` rooms more are of `scope`. Who joined is not part of the key; see [`of`]. What is put off for later is
/// not counted.
pub(crate) fn add(counters: &mut BTreeMap<String, i64>, scope: &Scope, by: i64) {
    if scope.snoozed {
        return;
    }
    *counters.entry(key(scope)).or_default() += by;
}

/// Adds the noted changes to the rows. Sorted by key, so that two nodes take the locks in one order.
pub(crate) async fn save(db: &impl ConnectionTrait, counters: &BTreeMap<String, i64>) -> Result<()> {
    let changed = counters.iter().filter(|(_, by)| **by != 0);
    let rows: Vec<_> =
        changed.map(|(scope, by)| counter::ActiveModel { scope: Set(scope.clone()), rooms: Set(*by) }).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let sum = Expr::col((counter::Entity, counter::Column::Rooms)).add(Expr::cust("excluded.rooms"));
    let add = OnConflict::column(counter::Column::Scope).value(counter::Column::Rooms, sum).to_owned();
    counter::Entity::insert_many(rows).on_conflict(add).exec_without_returning(db).await?;
    Ok(())
}

/// How many rooms `me` may see in each section.
pub(crate) async fn of(db: &impl ConnectionTrait, me: &Person, policy: &Policy) -> Result<Counts> {
    let rows = counter::Entity::find().filter(counter::Column::Rooms.ne(0)).all(db).await?;
    let mut counts = Counts::default();
    for row in rows {
        let Some(scope) = parse(&row.scope) else { continue };
        if permission::may_see(me, policy, &scope) {
            *section(&mut counts, scope.section) += u64::try_from(row.rooms).unwrap_or(0);
        }
    }
    for (alone, rooms) in joined_rooms(db, me).await? {
        let with_me = Scope { participants: vec![me.id], ..alone.clone() };
        if !permission::may_see(me, policy, &alone) && permission::may_see(me, policy, &with_me) {
            *section(&mut counts, alone.section) += u64::try_from(rooms).unwrap_or(0);
        }
    }
    Ok(counts)
}

/// The scopes of the rooms `me` joined, as if they had not, and how many there are of each; without those that are put off
/// for later. Nobody asks for those of an admin, who sees them anyway.
async fn joined_rooms(db: &impl ConnectionTrait, me: &Person) -> Result<Vec<(Scope, i64)>> {
    use entity::room::{Column, Entity};
    if me.role == Role::Admin {
        return Ok(Vec::new());
    }
    let key = [Column::Section, Column::Handler, Column::Agent, Column::Team];
    let mut joined = Entity::find()
        .select_only()
        .columns(key)
        .column_as(Column::Id.count(), "rooms")
        .filter(Column::Id.in_subquery(rooms_joined_by(me.id)))
        .filter(Column::SnoozedUntil.is_null());
    for column in key {
        joined = joined.group_by(column);
    }
    let rows: Vec<JoinedRow> = joined.into_tuple().all(db).await?;
    let scope = |(section, handler, agent, team, rooms): JoinedRow| {
        let queued = handler == Some(LiveHandler::Queue);
        (Scope { section, queued, snoozed: false, agent, team, participants: Vec::new() }, rooms)
    };
    Ok(rows.into_iter().map(scope).collect())
}

/// Section, handler, agent and team of rooms, and how many there are.
type JoinedRow = (Section, Option<LiveHandler>, Option<PersonId>, Option<TeamId>, i64);

const fn section(counts: &mut Counts, section: Section) -> &mut u64 {
    match section {
        Section::Live => &mut counts.live,
        Section::Assigned => &mut counts.assigned,
        Section::Archived => &mut counts.archived,
    }
}

/// "section|queued|agent|team", with nothing where there is none.
fn key(scope: &Scope) -> String {
    let queued = if scope.queued { "queued" } else { "" };
    let agent = scope.agent.map(|id| id.to_string()).unwrap_or_default();
    let team = scope.team.map(|id| id.to_string()).unwrap_or_default();
    format!("{}|{queued}|{agent}|{team}", scope.section.word())
}

fn parse(key: &str) -> Option<Scope> {
    let mut parts = key.split('|');
    let section = Section::from_word(parts.next()?)?;
    let queued = parts.next()? == "queued";
    let agent = parts.next()?.parse::<PersonId>().ok();
    let team = parts.next()?.parse::<TeamId>().ok();
    Some(Scope { section, queued, snoozed: false, agent, team, participants: Vec::new() })
}
