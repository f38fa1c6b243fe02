//! Quick replies as rows. Asks and stores; never judges.

use domain::id::{QuickReplyId, TeamId};
use domain::media::StoredFile;
use domain::person::{Person, Role};
use domain::quick_reply::{QuickReply, QuickReplyScope};
use domain::team::known_as;
use domain::timestamp::Timestamp;
use entity::quick_reply::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, SqlErr,
};

use crate::error::Result;
use crate::media;

/// Those that `me` has, the oldest first: the twin of `permission::may_see_quick_reply` as a query.
pub(crate) async fn list(db: &impl ConnectionTrait, me: &Person) -> Result<Vec<QuickReply>> {
    if !me.active {
        return Ok(Vec::new());
    }
    let of_teams = match me.role {
        Role::Admin => Column::Team.is_not_null(),
        Role::TeamManager | Role::Agent => Column::Team.is_in(me.teams.iter().copied()),
    };
    let seen = Condition::any().add(Column::Person.eq(me.id)).add(of_teams).add(of(QuickReplyScope::Shared));
    list_with_files(db, seen).await
}

/// The shortcuts of those that the team has.
pub(crate) async fn list_of_team(db: &impl ConnectionTrait, team: TeamId) -> Result<Vec<String>> {
    let rows = Entity::find().filter(of(QuickReplyScope::Team(team))).order_by_asc(Column::KnownAs).all(db).await?;
    Ok(rows.into_iter().map(|row| format!("/{}", row.shortcut)).collect())
}

/// How many there are of the scope.
pub(crate) async fn count(db: &impl ConnectionTrait, scope: QuickReplyScope) -> Result<u64> {
    Ok(Entity::find().filter(of(scope)).count(db).await?)
}

/// The one of this id.
pub(crate) async fn find(db: &impl ConnectionTrait, id: QuickReplyId) -> Result<Option<QuickReply>> {
    Ok(list_with_files(db, Condition::all().add(Column::Id.eq(id))).await?.pop())
}

/// The one of this id; until the end of the transaction nobody else changes it.
pub(crate) async fn lock(db: &impl ConnectionTrait, id: QuickReplyId) -> Result<Option<QuickReply>> {
    match Entity::find_by_id(id).lock_exclusive().one(db).await? {
        Some(_) => find(db, id).await,
        None => Ok(None),
    }
}

/// Writes a new one; false when another of its scope has the shortcut.
pub(crate) async fn insert(db: &impl ConnectionTrait, reply: &QuickReply, now: Timestamp) -> Result<bool> {
    let once = OnConflict::new().do_nothing().to_owned();
    Ok(Entity::insert(to_row(reply, now)).on_conflict(once).exec_without_returning(db).await? == 1)
}

/// Writes another state of one; false when another of its scope has the shortcut.
pub(crate) async fn update(db: &impl ConnectionTrait, reply: &QuickReply, now: Timestamp) -> Result<bool> {
    match Entity::update(to_row(reply, now)).exec(db).await {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Takes the row away.
pub(crate) async fn delete(db: &impl ConnectionTrait, id: QuickReplyId) -> Result<()> {
    Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

async fn list_with_files(db: &impl ConnectionTrait, which: Condition) -> Result<Vec<QuickReply>> {
    let found = Entity::find().filter(which);
    let ids = found.clone().select_only().column(Column::Id).into_query();
    let rows = found.order_by_asc(Column::Id).all(db).await?;
    let mut files = media::kept_by(db, ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let files = files.remove(&row.id).unwrap_or_default();
            to_reply(row, files)
        })
        .collect())
}

fn of(scope: QuickReplyScope) -> Condition {
    match scope {
        QuickReplyScope::Personal(person) => Condition::all().add(Column::Person.eq(person)),
        QuickReplyScope::Team(team) => Condition::all().add(Column::Team.eq(team)),
        QuickReplyScope::Shared => Condition::all().add(Column::Person.is_null()).add(Column::Team.is_null()),
    }
}

fn to_row(reply: &QuickReply, now: Timestamp) -> ActiveModel {
    let (person, team) = match reply.scope {
        QuickReplyScope::Personal(person) => (Some(person), None),
        QuickReplyScope::Team(team) => (None, Some(team)),
        QuickReplyScope::Shared => (None, None),
    };
    ActiveModel {
        id: Set(reply.id),
        person: Set(person),
        team: Set(team),
        shortcut: Set(reply.shortcut.clone()),
        known_as: Set(known_as(&reply.shortcut)),
        text: Set(reply.text.clone()),
        updated_at: Set(now),
    }
}

fn to_reply(row: Model, files: Vec<StoredFile>) -> QuickReply {
    let scope = match (row.person, row.team) {
        (Some(person), _) => QuickReplyScope::Personal(person),
        (None, Some(team)) => QuickReplyScope::Team(team),
        (None, None) => QuickReplyScope::Shared,
    };
    QuickReply { id: row.id, shortcut: row.shortcut, text: row.text, scope, files }
}
