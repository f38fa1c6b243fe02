//! People: what they do, which teams they are in, whether they take rooms, and how they leave.

pub(crate) mod rows;

use domain::account::{self, PersonUpdate};
use domain::change::Change;
use domain::id::{PersonId, TeamId};
use domain::person::{Availability, Person};
use domain::refused::Refused;
use domain::room;

use crate::backend::Backend;
use crate::directory::Directory;
use crate::error::Result;
use crate::jobs;
use crate::rooms::rows as room_rows;
use crate::sessions;
use crate::writer::{Command, Tx};

/// Whether `me` takes new rooms from now on. Rooms that wait for somebody who goes offline go back to the queue; gives how
/// many these were.
///
/// # Errors
/// The choice cannot be saved.
pub async fn set_availability(backend: &Backend, me: &Person, availability: Availability) -> Result<usize> {
    backend.run(SetAvailability { me: me.id, availability }).await
}

struct SetAvailability {
    me: PersonId,
    availability: Availability,
}

impl Command for SetAvailability {
    type Output = usize;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<usize> {
        let me = rows::find(tx.db, self.me).await?.filter(|me| me.active).ok_or_else(nobody)?;
        if me.availability == self.availability {
            return Ok(0);
        }
        let me = Person { availability: self.availability, ..me };
        rows::update(tx.db, &me).await?;
        tx.tell(Change::PersonChanged(me.clone()));
        match self.availability {
            Availability::Online => jobs::route_queue(tx).await.map(|()| 0),
            Availability::Away => Ok(0),
            Availability::Offline => let_go(tx, &me).await,
        }
    }
}

/// Gives back the rooms that wait for `me`, who is offline.
async fn let_go(tx: &mut Tx<'_>, me: &Person) -> Result<usize> {
    let mut returned = 0;
    for id in room_rows::list_waiting_for(tx.db, me.id).await? {
        let Some(mut room) = room_rows::find(tx.db, id).await? else { continue };
        if let Some(change) = room::return_of_offline(&room, me) {
            tx.change(&mut room, vec![change]).await?;
            returned += 1;
        }
    }
    Ok(returned)
}

/// Changes the role, teams and capacity of somebody, deactivates them or lets them in again. Rooms they may no longer
/// hold go back to the queue; whoever is deactivated or has a lesser role is signed out at once.
///
/// # Errors
/// As [`account::update_person`]; or the person or a team does not exist.
pub async fn update(backend: &Backend, me: &Person, id: PersonId, update: PersonUpdate) -> Result<Person> {
    let (person, is_signed_out) = backend.run(Update { me: me.id, id, update }).await?;
    if is_signed_out {
        backend.hub().sign_out(id, None);
    }
    Ok(person)
}

struct Update {
    me: PersonId,
    id: PersonId,
    update: PersonUpdate,
}

impl Command for Update {
    type Output = (Person, bool);

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(Person, bool)> {
        let admins = rows::lock_admins(tx.db).await?;
        let me = rows::find(tx.db, self.me).await?.ok_or_else(nobody)?;
        let before = rows::find(tx.db, self.id).await?.ok_or_else(nobody)?;
        check_teams(&tx.directory, &self.update.teams)?;
        let person = account::update_person(&me, &before, &self.update, admins == [self.id])?;
        rows::update(tx.db, &person).await?;
        for id in rows::rooms_of(tx.db, person.id).await? {
            let Some(mut room) = room_rows::find(tx.db, id).await? else { continue };
            let changes = room::release(&room, &person);
            if !changes.is_empty() {
                tx.change(&mut room, changes).await?;
            }
        }
        let is_signed_out = !person.active || person.role < before.role;
        if is_signed_out {
            sessions::end_all(tx, person.id).await?;
        }
        tx.tell(Change::PersonChanged(person.clone()));
        Ok((person, is_signed_out))
    }
}

/// Refuses a team that does not exist.
pub(crate) fn check_teams(directory: &Directory, teams: &[TeamId]) -> std::result::Result<(), Refused> {
    if teams.iter().all(|team| directory.teams.contains_key(team)) {
        Ok(())
    } else {
        Err(Refused::invalid("team", "does not exist"))
    }
}

fn nobody() -> Refused {
    Refused::invalid("person", "does not exist")
}
