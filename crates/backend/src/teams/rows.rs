//! Teams as rows, and what of other rows names them. Asks and stores; never judges.

use std::collections::BTreeMap;

use domain::id::{ChannelId, PersonId, TeamId};
use domain::room::Section;
use domain::team::{Team, TeamRules, known_as};
use domain::timestamp::Timestamp;
use entity::{channel, invitation, membership, room, team};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    SqlErr,
};

use crate::error::Result;

/// All teams, as the rows have them.
pub(crate) async fn list(db: &impl ConnectionTrait) -> Result<BTreeMap<TeamId, Team>> {
    Ok(to_teams(team::Entity::find().all(db).await?))
}

/// All teams; until the end of the transaction nobody else renames or removes one, or gives it to somebody.
pub(crate) async fn lock_all(db: &impl ConnectionTrait) -> Result<BTreeMap<TeamId, Team>> {
    let rows = team::Entity::find().order_by_asc(team::Column::Id).lock_exclusive().all(db).await?;
    Ok(to_teams(rows))
}

/// Those of `teams` that exist; until the end of the transaction nobody else renames or removes them.
pub(crate) async fn keep(db: &impl ConnectionTrait, teams: &[TeamId]) -> Result<BTreeMap<TeamId, Team>> {
    let rows = team::Entity::find().filter(team::Column::Id.is_in(teams.iter().copied()));
    Ok(to_teams(rows.order_by_asc(team::Column::Id).lock_shared().all(db).await?))
}

/// All teams; until the end of the transaction nobody else renames or removes one.
pub(crate) async fn keep_all(db: &impl ConnectionTrait) -> Result<BTreeMap<TeamId, Team>> {
    Ok(to_teams(team::Entity::find().order_by_asc(team::Column::Id).lock_shared().all(db).await?))
}

/// The team that new rooms of the channel go to.
pub(crate) async fn find_of_channel(db: &impl ConnectionTrait, channel: ChannelId) -> Result<Option<TeamId>> {
    Ok(channel::Entity::find_by_id(channel).one(db).await?.and_then(|channel| channel.team))
}

/// The rules of teams that have some of their own. What another version of this program wrote counts for nothing where it
/// cannot be read.
pub(crate) async fn list_rules(db: &impl ConnectionTrait) -> Result<BTreeMap<TeamId, TeamRules>> {
    let rows = team::Entity::find().filter(team::Column::Rules.is_not_null()).all(db).await?;
    let rules = rows.into_iter().filter_map(|row| Some((row.id, to_rules(row)?)));
    Ok(rules.collect())
}

/// The team's row; until the end of the transaction nobody else changes it.
pub(crate) async fn lock(db: &impl ConnectionTrait, team: TeamId) -> Result<Option<(Team, TeamRules)>> {
    let row = team::Entity::find_by_id(team).lock_exclusive().one(db).await?;
    Ok(row.map(|row| (Team::new(row.id, row.name.clone()), to_rules(row).unwrap_or_default())))
}

/// Writes what a team does in its own way.
pub(crate) async fn write_rules(db: &impl ConnectionTrait, team: TeamId, rules: &TeamRules) -> Result<()> {
    let rules = if *rules == TeamRules::default() { None } else { Some(serde_json::to_string(rules)?) };
    let row = team::ActiveModel { id: Set(team), rules: Set(rules), ..Default::default() };
    team::Entity::update(row).exec(db).await?;
    Ok(())
}

fn to_rules(row: team::Model) -> Option<TeamRules> {
    row.rules.and_then(|rules| serde_json::from_str(&rules).ok())
}

fn to_teams(rows: Vec<team::Model>) -> BTreeMap<TeamId, Team> {
    rows.into_iter().map(|row| (row.id, Team::new(row.id, row.name))).collect()
}

/// Writes a new team; false when another has its name.
pub(crate) async fn insert(db: &impl ConnectionTrait, team: &Team) -> Result<bool> {
    let once = OnConflict::new().do_nothing().to_owned();
    Ok(team::Entity::insert(to_row(team)).on_conflict(once).exec_without_returning(db).await? == 1)
}

/// Writes the name of a team; false when another has it.
pub(crate) async fn update(db: &impl ConnectionTrait, team: &Team) -> Result<bool> {
    match team::Entity::update(to_row(team)).exec(db).await {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn to_row(team: &Team) -> team::ActiveModel {
    team::ActiveModel {
        id: Set(team.id),
        name: Set(team.name.clone()),
        known_as: Set(Some(known_as(&team.name))),
        ..Default::default()
    }
}

/// Takes a team's row away.
pub(crate) async fn delete(db: &impl ConnectionTrait, team: TeamId) -> Result<()> {
    team::Entity::delete_by_id(team).exec(db).await?;
    Ok(())
}

/// Who is in the team, deactivated or not.
pub(crate) async fn list_members(db: &impl ConnectionTrait, team: TeamId) -> Result<Vec<PersonId>> {
    let rows = membership::Entity::find().filter(membership::Column::Team.eq(team));
    let rows = rows.order_by_asc(membership::Column::Person).all(db).await?;
    Ok(rows.into_iter().map(|row| row.person).collect())
}

/// The e-mails of those who are invited into the team and have not come yet.
pub(crate) async fn list_invited(db: &impl ConnectionTrait, team: TeamId, now: Timestamp) -> Result<Vec<String>> {
    let open = invitation::Entity::find()
        .filter(invitation::Column::AcceptedAt.is_null())
        .filter(invitation::Column::ExpiresAt.gt(now))
        .order_by_asc(invitation::Column::Email)
        .all(db)
        .await?;
    let mut invited = Vec::new();
    for row in open {
        let teams: Vec<TeamId> = serde_json::from_str(&row.teams)?;
        if teams.contains(&team) {
            invited.push(row.email);
        }
    }
    Ok(invited)
}

/// The names of the channels whose new rooms go to the team. One that was removed has no settings any more.
pub(crate) async fn list_channels(db: &impl ConnectionTrait, team: TeamId) -> Result<Vec<String>> {
    let rows = channel::Entity::find()
        .filter(channel::Column::Team.eq(team))
        .filter(channel::Column::Settings.ne(""))
        .order_by_asc(channel::Column::Name)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// How many of the team's rooms are Live or Assigned.
pub(crate) async fn count_open_rooms(db: &impl ConnectionTrait, team: TeamId) -> Result<u64> {
    let open = room::Entity::find()
        .filter(room::Column::Section.is_in([Section::Live, Section::Assigned]))
        .filter(room::Column::Team.eq(team));
    Ok(open.count(db).await?)
}
