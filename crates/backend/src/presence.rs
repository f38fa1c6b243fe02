//! Who has a console open. The hub knows it of this process; what it sees is written down now and then, for other nodes
//! and for later.

use std::collections::BTreeSet;

use domain::id::{PersonId, TeamId};
use domain::policy::GRACE;
use domain::room::could_take;
use domain::timestamp::Timestamp;
use entity::person::{Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::backend::Backend;
use crate::error::Result;
use crate::store::Engine;
use crate::writer::{Command, Tx};

/// Whom something reaches at once. On PostgreSQL, where others may serve consoles too, that is also whoever was seen by
/// one of them just now.
pub(crate) async fn here(backend: &Backend) -> Result<BTreeSet<PersonId>> {
    match backend.store().engine {
        Engine::Sqlite => Ok(backend.hub().people_here()),
        Engine::Postgres => here_or_just_left(backend).await,
    }
}

/// Who is here, and who was a moment ago: nobody is taken for gone while their page loads again.
pub(crate) async fn here_or_just_left(backend: &Backend) -> Result<BTreeSet<PersonId>> {
    let mut here = backend.hub().people_here();
    let lately = backend.now().minus(GRACE);
    let seen: Vec<PersonId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::LastHereAt.gt(lately))
        .into_tuple()
        .all(&backend.store().read)
        .await?;
    here.extend(seen);
    Ok(here)
}

/// Whether `person` was here a moment before `now`, as far as it is written down.
pub(crate) async fn was_just_here(db: &impl ConnectionTrait, person: PersonId, now: Timestamp) -> Result<bool> {
    let seen = Entity::find_by_id(person).filter(Column::LastHereAt.gt(now.minus(GRACE))).one(db).await?;
    Ok(seen.is_some())
}

/// Whether somebody is here who could take what comes to the queue of `team` now: when nobody is, a customer who comes
/// there hears the away line.
///
/// # Errors
/// The database cannot be read.
pub async fn is_anybody_here(backend: &Backend, team: Option<TeamId>) -> Result<bool> {
    let directory = backend.directory();
    let here = here_or_just_left(backend).await?;
    Ok(here.iter().filter_map(|person| directory.people.get(person)).any(|person| could_take(person, team)))
}

/// Whether `person` has a console open, or had a moment ago.
///
/// # Errors
/// The database cannot be read.
pub async fn is_here(backend: &Backend, person: PersonId) -> Result<bool> {
    Ok(here_or_just_left(backend).await?.contains(&person))
}

/// Those who were here once but not since `before`, with when that was.
pub(crate) async fn list_gone(db: &impl ConnectionTrait, before: Timestamp) -> Result<Vec<(PersonId, Timestamp)>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::LastHereAt)
        .filter(Column::LastHereAt.lte(before))
        .into_tuple()
        .all(db)
        .await?)
}

/// Writes down who is here.
pub(crate) async fn note(backend: &Backend) -> Result<()> {
    let people = backend.hub().people_here();
    if people.is_empty() { Ok(()) } else { backend.run(Note { people }).await }
}

struct Note {
    people: BTreeSet<PersonId>,
}

impl Command for Note {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::LastHereAt, Expr::value(tx.now))
            .filter(Column::Id.is_in(self.people.iter().copied()))
            .exec(tx.db)
            .await?;
        Ok(())
    }
}
