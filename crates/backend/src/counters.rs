//! How many rooms there are of each scope: kept with every change, never counted.

use std::collections::BTreeMap;

use domain::id::{PersonId, TeamId};
use domain::live::Counts;
use domain::permission;
use domain::person::Person;
use domain::policy::Policy;
use domain::room::{Scope, Section};
use entity::counter;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

use crate::error::Result;

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
    for joined in joined_rooms(db, me).await? {
        let alone = Scope { participants: Vec::new(), ..joined };
        if !alone.snoozed && !permission::may_see(me, policy, &alone) {
            *section(&mut counts, alone.section) += 1;
        }
    }
    Ok(counts)
}

/// The scopes of the rooms `me` joined; they are few.
async fn joined_rooms(db: &impl ConnectionTrait, me: &Person) -> Result<Vec<Scope>> {
    use entity::{participant, room};
    let joined = participant::Entity::find().filter(participant::Column::Person.eq(me.id));
    if joined.clone().count(db).await? == 0 {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = joined.limit(1_000).all(db).await?.into_iter().map(|row| row.room).collect();
    let rooms = room::Entity::find().filter(room::Column::Id.is_in(ids)).all(db).await?;
    rooms.into_iter().map(|row| crate::rooms::rows::to_room(row).map(|room| room.scope())).collect()
}

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
