//! Teams: made, renamed and removed by admins.

pub(crate) mod rows;
mod rules;

use domain::account::check_name;
use domain::audit::{Act, Doer};
use domain::change::Change;
use domain::id::{ChannelId, TeamId};
use domain::permission::may_administer;
use domain::person::Person;
use domain::refused::Refused;
use domain::room::Room;
use domain::team::{Team, TeamUse, default_team, may_remove};
use sea_orm::ConnectionTrait;

use crate::audit;
use crate::backend::Backend;
use crate::clock::new_id;
use crate::error::Result;
use crate::flows;
use crate::people::rows as people;
use crate::quick_replies::rows as quick_replies;
use crate::writer::{Command, Tx};

pub use rules::{find_rules, save_rules};

/// Makes a team that nobody is in.
///
/// # Errors
/// `me` is no admin, the name breaks a rule, or another team has it.
pub async fn add(backend: &Backend, me: &Person, name: &str) -> Result<Team> {
    administers(me)?;
    let team = Team::new(new_id(), check_name("name", name)?);
    backend.run(Add { by: Doer::of(me), team }).await
}

struct Add {
    by: Doer,
    team: Team,
}

impl Command for Add {
    type Output = Team;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Team> {
        if !rows::insert(tx.db, &self.team).await? {
            return Err(is_taken().into());
        }
        audit::note(tx, &self.by, &[self.team.id], Act::TeamAdded { team: self.team.name.clone() }).await?;
        tx.tell(Change::TeamChanged(self.team.clone()));
        Ok(self.team.clone())
    }
}

/// Gives a team another name. Flows that hand over to it, which they do by its name, follow.
///
/// # Errors
/// As [`add`]; or the team does not exist.
pub async fn rename(backend: &Backend, me: &Person, id: TeamId, name: &str) -> Result<Team> {
    administers(me)?;
    backend.run(Rename { by: Doer::of(me), team: Team::new(id, check_name("name", name)?) }).await
}

struct Rename {
    by: Doer,
    team: Team,
}

impl Command for Rename {
    type Output = Team;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Team> {
        let before = rows::lock_all(tx.db).await?.remove(&self.team.id).ok_or_else(unknown)?;
        if before == self.team {
            return Ok(before);
        }
        if !rows::update(tx.db, &self.team).await? {
            return Err(is_taken().into());
        }
        flows::rename_team(tx, &before, &self.team.name).await?;
        let renamed = Act::TeamRenamed { from: before.name, to: self.team.name.clone() };
        audit::note(tx, &self.by, &[self.team.id], renamed).await?;
        tx.tell(Change::TeamChanged(self.team.clone()));
        Ok(self.team.clone())
    }
}

/// Removes a team that nothing uses. Rooms that were archived in it stay where admins, and whoever held them, find them.
///
/// # Errors
/// `me` is no admin, the team does not exist, or as [`may_remove`].
pub async fn remove(backend: &Backend, me: &Person, id: TeamId) -> Result<()> {
    administers(me)?;
    backend.run(Remove { by: Doer::of(me), id }).await
}

pub(crate) struct Remove {
    pub by: Doer,
    pub id: TeamId,
}

impl Command for Remove {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let mut teams = rows::lock_all(tx.db).await?;
        let team = teams.remove(&self.id).ok_or_else(unknown)?;
        let (active, left) = members(tx.db, team.id).await?;
        let used = TeamUse {
            people: active.into_iter().map(|person| person.name).collect(),
            invited: rows::list_invited(tx.db, team.id, tx.now).await?,
            channels: rows::list_channels(tx.db, team.id).await?,
            flows: flows::list_to_team(tx.db, &team).await?,
            quick_replies: quick_replies::list_of_team(tx.db, team.id).await?,
            open_rooms: rows::count_open_rooms(tx.db, team.id).await?,
        };
        may_remove(&used, teams.is_empty())?;
        // Who was deactivated keeps no team from going; should they come back, they come to another.
        for mut person in left {
            person.teams.retain(|other| *other != team.id);
            people::update(tx.db, &person).await?;
            tx.tell(Change::PersonChanged(person));
        }
        rows::delete(tx.db, team.id).await?;
        audit::note(tx, &self.by, &[team.id], Act::TeamRemoved { team: team.name.clone() }).await?;
        tx.tell(Change::TeamChanged(Team { removed: true, ..team }));
        Ok(())
    }
}

/// Who is in the team: those who are here, and those who were deactivated.
async fn members(db: &impl ConnectionTrait, team: TeamId) -> Result<(Vec<Person>, Vec<Person>)> {
    let mut members = Vec::new();
    for id in rows::list_members(db, team).await? {
        members.extend(people::find(db, id).await?);
    }
    Ok(members.into_iter().partition(|person| person.active))
}

/// Refuses a team that does not exist. Those that do stay until the end of the transaction.
pub(crate) async fn check(db: &impl ConnectionTrait, teams: &[TeamId]) -> Result<()> {
    let known = rows::keep(db, teams).await?;
    if teams.iter().all(|team| known.contains_key(team)) { Ok(()) } else { Err(unknown().into()) }
}

/// Has the teams that `changes` put `room` into stay until the end of the transaction. A new episode, for which nobody chose
/// one, begins elsewhere when its team is gone by now: what another process just removed is known to the rows alone.
///
/// # Errors
/// A team that somebody chose does not exist any more.
pub(crate) async fn keep_for(db: &impl ConnectionTrait, room: &Room, changes: &mut [Change]) -> Result<()> {
    for change in changes {
        match change {
            Change::EpisodeOpened { team: team @ Some(_), .. } => *team = still_there(db, room.channel, *team).await?,
            Change::HandedOff { team: Some(team), .. }
            | Change::Assigned { team: Some(team), .. }
            | Change::ReturnedToQueue { team: Some(team), .. } => check(db, &[*team]).await?,
            _ => {}
        }
    }
    Ok(())
}

/// `team`, or the one that the channel's rooms go to by now, or the default one.
async fn still_there(db: &impl ConnectionTrait, channel: ChannelId, team: Option<TeamId>) -> Result<Option<TeamId>> {
    if !rows::keep(db, team.as_slice()).await?.is_empty() {
        return Ok(team);
    }
    let teams = rows::keep_all(db).await?;
    let of_channel = rows::find_of_channel(db, channel).await?.filter(|team| teams.contains_key(team));
    Ok(of_channel.or_else(|| default_team(&teams)))
}

fn administers(me: &Person) -> std::result::Result<(), Refused> {
    if may_administer(me) { Ok(()) } else { Err(Refused::not_allowed("change teams")) }
}

fn is_taken() -> Refused {
    Refused::invalid("name", "is another team's already")
}

/// There is no such team.
pub(crate) fn unknown() -> Refused {
    Refused::invalid("team", "does not exist")
}
