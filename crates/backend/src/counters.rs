//! How many rooms there are of each scope: kept with every change, never counted.

use std::collections::{BTreeMap, HashMap};

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
use crate::live::{Hub, Joined};
use crate::log;
use crate::rooms::own::rooms_joined_by;
use crate::store::Store;

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
pub(crate) async fn of(store: &Store, hub: &Hub, me: &Person, policy: &Policy) -> Result<Counts> {
    let db = &store.read;
    let rows = counter::Entity::find().filter(counter::Column::Rooms.ne(0)).all(db).await?;
    let mut counts = Counts::default();
    for row in rows {
        let Some(scope) = parse(&row.scope) else { continue };
        if permission::may_see(me, policy, &scope) {
            *section(&mut counts, scope.section) += u64::try_from(row.rooms).unwrap_or(0);
        }
    }
    for (alone, rooms) in joined_by(store, hub, me).await? {
        let with_me = Scope { participants: vec![me.id], ..alone.clone() };
        if !permission::may_see(me, policy, &alone) && permission::may_see(me, policy, &with_me) {
            *section(&mut counts, alone.section) += u64::try_from(rooms).unwrap_or(0);
        }
    }
    Ok(counts)
}

/// The rooms `me` joined. Nobody asks for those of an admin, who sees them anyway.
async fn joined_by(store: &Store, hub: &Hub, me: &Person) -> Result<HashMap<Scope, i64>> {
    if me.role == Role::Admin {
        return Ok(HashMap::new());
    }
    if let Some(kept) = hub.joined(me.id) {
        return Ok(kept.rooms);
    }
    let joined = count_joined(store, me.id).await?;
    hub.keep_joined(me.id, joined.clone());
    Ok(joined.rooms)
}

/// Counts the rooms that `person` joined, and reads at the same moment how far the log is.
async fn count_joined(store: &Store, person: PersonId) -> Result<Joined> {
    use entity::room::{Column, Entity};
    let moment = store.begin_reading().await?;
    let counted_to = log::head(&moment).await?;
    let key = [Column::Section, Column::Handler, Column::Agent, Column::Team];
    let mut joined = Entity::find()
        .select_only()
        .columns(key)
        .column_as(Column::Id.count(), "rooms")
        .filter(Column::Id.in_subquery(rooms_joined_by(person)))
        .filter(Column::SnoozedUntil.is_null());
    for column in key {
        joined = joined.group_by(column);
    }
    let rows: Vec<JoinedRow> = joined.into_tuple().all(&moment).await?;
    moment.commit().await?;
    let scope = |(section, handler, agent, team, rooms): JoinedRow| {
        let queued = handler == Some(LiveHandler::Queue);
        (Scope { section, queued, snoozed: false, agent, team, participants: Vec::new() }, rooms)
    };
    // A bot's rooms and a queue's are told apart by `queued` alone, as are all the others.
    let mut rooms: HashMap<Scope, i64> = HashMap::new();
    for (scope, count) in rows.into_iter().map(scope) {
        *rooms.entry(scope).or_default() += count;
    }
    Ok(Joined { counted_to, rooms })
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

#[cfg(test)]
mod tests {
    use domain::change::{Actor, Change, ReturnReason};
    use domain::desk::ListQuery;
    use domain::episode::Outcome;
    use domain::room::Section;
    use domain::timestamp::hours;

    use super::count_joined;
    use crate::desk as consoles;
    use crate::test_desk::TestDesk;

    #[tokio::test]
    async fn what_somebody_joined_is_counted_once_and_kept_whatever_becomes_of_it_through_whichever_process() {
        let desk = TestDesk::new().await;
        let (maria, mo) = (desk.agent("maria").await, desk.agent("mo").await);
        let channel = desk.web_channel().await;
        let room = desk.room(&channel, "Ana").await.id;
        let held = vec![Change::Entered { by: mo.id }, Change::Joined { person: maria.id }];
        desk.happens(room, held.clone()).await;
        let other = desk.another_process().await;
        let counts = async || {
            let query = ListQuery::of(Section::Assigned);
            consoles::load(&other, &maria, query).await.expect("can be read").counts.assigned
        };
        assert_eq!((other.hub().joined(maria.id), counts().await), (None, 1));

        let snoozed = Change::Snoozed { by: mo.id, until: desk.backend.now().plus(hours(1)) };
        let to_queue =
            Change::ReturnedToQueue { by: Actor::Switchboard, team: None, reason: ReturnReason::Released(mo.id) };
        let closed =
            Change::Closed { outcome: Outcome::Resolved, by: mo.id, comment: None, reason: None, feedback: false };
        let second = desk.room(&channel, "Bia").await.id;
        for (room, changes) in [
            (second, held),
            (room, vec![snoozed]),
            (room, vec![Change::Woken { by: Actor::Person(mo.id) }]),
            (second, vec![to_queue]),
            (room, vec![closed]),
            (second, vec![Change::Left { person: maria.id }]),
        ] {
            desk.happens(room, changes).await;
            let shown = counts().await;
            let counted = count_joined(other.store(), maria.id).await.expect("can be read").rooms;
            let kept = other.hub().joined(maria.id).expect("it was counted before");
            assert_eq!(kept.rooms, counted);
            assert_eq!(shown > 0, counted.keys().any(|scope| scope.section == Section::Assigned));
        }
        assert!(other.hub().joined(maria.id).is_some_and(|kept| kept.counted_to < other.hub().head()));
    }
}
