//! People as rows. Asks and stores; never judges.

use domain::id::{PersonId, RoomId, TeamId};
use domain::person::{Person, Role};
use domain::room::Section;
use domain::timestamp::Timestamp;
use entity::{membership, person, room};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::directory::to_person;
use crate::error::Result;
use crate::rooms::own::rooms_joined_by;

/// The person as the rows have them, deactivated or not.
pub(crate) async fn find(db: &impl ConnectionTrait, id: PersonId) -> Result<Option<Person>> {
    let Some(row) = person::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let teams = membership::Entity::find()
        .filter(membership::Column::Person.eq(id))
        .order_by_asc(membership::Column::Team)
        .all(db)
        .await?;
    Ok(Some(to_person(row, teams.into_iter().map(|row| row.team).collect())))
}

/// Whether somebody has this e-mail.
pub(crate) async fn has_email(db: &impl ConnectionTrait, email: &str) -> Result<bool> {
    Ok(person::Entity::find().filter(person::Column::Email.eq(email)).one(db).await?.is_some())
}

/// What the person's password was hashed to; nothing for somebody deactivated.
pub(crate) async fn find_password_hash(db: &impl ConnectionTrait, id: PersonId) -> Result<Option<String>> {
    let row = person::Entity::find_by_id(id).one(db).await?;
    Ok(row.filter(|row| row.active).map(|row| row.password_hash))
}

/// Writes what the person's new password was hashed to.
pub(crate) async fn set_password_hash(db: &impl ConnectionTrait, id: PersonId, hash: &str) -> Result<()> {
    let row = person::ActiveModel { id: Set(id), password_hash: Set(hash.into()), ..Default::default() };
    person::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Writes a new person; false when somebody has the e-mail already.
pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    person: &Person,
    password_hash: &str,
    now: Timestamp,
) -> Result<bool> {
    let row = person::ActiveModel {
        name: Set(person.name.clone()),
        email: Set(person.email.clone()),
        password_hash: Set(password_hash.into()),
        created_at: Set(now),
        ..to_row(person)
    };
    let once = OnConflict::column(person::Column::Email).do_nothing().to_owned();
    let inserted = person::Entity::insert(row).on_conflict(once).exec_without_returning(db).await?;
    if inserted == 1 {
        save_teams(db, person.id, &person.teams).await?;
    }
    Ok(inserted == 1)
}

/// Writes what may change of a person.
pub(crate) async fn update(db: &impl ConnectionTrait, person: &Person) -> Result<()> {
    person::Entity::update(to_row(person)).exec(db).await?;
    membership::Entity::delete_many().filter(membership::Column::Person.eq(person.id)).exec(db).await?;
    save_teams(db, person.id, &person.teams).await
}

async fn save_teams(db: &impl ConnectionTrait, person: PersonId, teams: &[TeamId]) -> Result<()> {
    if teams.is_empty() {
        return Ok(());
    }
    let rows = teams.iter().map(|team| membership::ActiveModel { team: Set(*team), person: Set(person) });
    membership::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

fn to_row(person: &Person) -> person::ActiveModel {
    person::ActiveModel {
        id: Set(person.id),
        name: NotSet,
        email: NotSet,
        role: Set(person.role),
        availability: Set(person.availability),
        capacity: Set(i32::from(person.capacity)),
        active: Set(person.active),
        password_hash: NotSet,
        created_at: NotSet,
        last_here_at: NotSet,
    }
}

/// Who can administer, locked until the end of the transaction: of two admins who remove each other, one comes second.
pub(crate) async fn lock_admins(db: &impl ConnectionTrait) -> Result<Vec<PersonId>> {
    let admins = person::Entity::find()
        .filter(person::Column::Role.eq(Role::Admin))
        .filter(person::Column::Active.eq(true))
        .order_by_asc(person::Column::Id)
        .lock_exclusive()
        .all(db)
        .await?;
    Ok(admins.into_iter().map(|row| row.id).collect())
}

/// The open rooms that somebody holds or joined.
pub(crate) async fn rooms_of(db: &impl ConnectionTrait, person: PersonId) -> Result<Vec<RoomId>> {
    let held: Vec<RoomId> = room::Entity::find()
        .select_only()
        .column(room::Column::Id)
        .filter(room::Column::Section.eq(Section::Assigned))
        .filter(room::Column::Agent.eq(person))
        .into_tuple()
        .all(db)
        .await?;
    let joined: Vec<RoomId> = room::Entity::find()
        .select_only()
        .column(room::Column::Id)
        .filter(room::Column::Section.ne(Section::Archived))
        .filter(room::Column::Id.in_subquery(rooms_joined_by(person)))
        .into_tuple()
        .all(db)
        .await?;
    let mut rooms = [held, joined].concat();
    rooms.sort_unstable();
    rooms.dedup();
    Ok(rooms)
}
