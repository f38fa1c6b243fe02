//! People: what they do, which teams they are in, whether they take rooms, and how they leave.

pub(crate) mod rows;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::account::{self, PersonUpdate};
use domain::audit::{Doer, of_person};
use domain::change::Change;
use domain::id::{PersonId, RoomId};
use domain::person::{Availability, Person};
use domain::refused::Refused;
use domain::room::{self, Parted, Parting, Room};
use domain::team::teams_of;

use crate::audit;
use crate::backend::Backend;
use crate::directory::Directory;
use crate::drafts;
use crate::error::Result;
use crate::jobs;
use crate::rooms::rows as room_rows;
use crate::sessions;
use crate::teams;
use crate::writer::{Command, Tx};

/// Whether `me` takes new rooms from now on. When they go offline, `partings` say what becomes of the rooms they hold; those
/// that are not named go the way of [`Parting::default_for`]. Gives how many went which way.
///
/// # Errors
/// [`Refused::CannotPart`] names the first room that cannot go where it shall; then nothing is changed.
pub async fn set_availability(
    backend: &Backend,
    me: &Person,
    availability: Availability,
    partings: Vec<(RoomId, Parting)>,
) -> Result<Parted> {
    let partings = partings.into_iter().collect();
    backend.run(SetAvailability { me: me.id, availability, partings }).await
}

/// How many rooms keep each person busy, as routing counts them: a room that waits for its customer frees its place after a
/// while. Whoever holds none that does is left out.
///
/// # Errors
/// `me` gives nobody a room, or the database cannot be read.
pub async fn list_loads(backend: &Backend, me: &Person) -> Result<Vec<(PersonId, u16)>> {
    if !me.active {
        return Err(Refused::not_allowed("assign chats").into());
    }
    jobs::list_loads(&backend.store().read, backend.now()).await
}

struct SetAvailability {
    me: PersonId,
    availability: Availability,
    partings: HashMap<RoomId, Parting>,
}

impl Command for SetAvailability {
    type Output = Parted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Parted> {
        let me = rows::find(tx.db, self.me).await?.filter(|me| me.active).ok_or_else(nobody)?;
        // Whoever is offline already, as in another tab, may still part with what they had kept.
        if me.availability == self.availability && self.partings.is_empty() {
            return Ok(Parted::default());
        }
        let me = Person { availability: self.availability, ..me };
        rows::update(tx.db, &me).await?;
        tx.tell(Change::PersonChanged(me.clone()));
        match self.availability {
            Availability::Online => jobs::route_queue(tx).await.map(|()| Parted::default()),
            Availability::Away => Ok(Parted::default()),
            Availability::Offline => part(tx, &me, &self.partings).await,
        }
    }
}

/// Does with every room that `me` holds what was chosen for it.
async fn part(tx: &mut Tx<'_>, me: &Person, partings: &HashMap<RoomId, Parting>) -> Result<Parted> {
    let directory = Arc::clone(&tx.directory);
    let mut held = room_rows::list_held(tx.db, me.id).await?;
    // Two who part at once take the rows in one order.
    held.sort_unstable_by_key(|room| room.id);
    let mut parted = Parted::default();
    for mut room in held {
        let parting = partings.get(&room.id).copied().unwrap_or_else(|| Parting::default_for(&room));
        let change = decide_parting(&room, me, parting, &directory)
            .map_err(|why| Refused::CannotPart { customer: room.name.clone(), why: why.to_string() })?;
        if let Some(change) = change {
            tx.change(&mut room, vec![change]).await?;
        }
        parted.count(parting);
    }
    Ok(parted)
}

fn decide_parting(
    room: &Room,
    me: &Person,
    parting: Parting,
    directory: &Directory,
) -> std::result::Result<Option<Change>, Refused> {
    if let Parting::Team(team) = parting
        && !directory.teams.contains_key(&team)
    {
        return Err(teams::unknown());
    }
    room::part(room, me, parting, &directory.people, &directory.policy)
}

/// Changes the role, teams and capacity of somebody, deactivates them or lets them in again; who is left without a team
/// comes into the default one, as [`teams_of`] says. Rooms they may no longer hold go back to the queue; whoever is deactivated or has a lesser role is signed out at once.
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
        let teams = teams_of(self.update.role, &self.update.teams, &tx.directory.teams);
        teams::check(tx.db, &teams).await?;
        let update = PersonUpdate { teams, ..self.update.clone() };
        let person = account::update_person(&me, &before, &update, admins == [self.id])?;
        let rights = |person: &Person| (person.active, person.role, person.teams.clone());
        let sees_other_rooms = rights(&before) != rights(&person);
        let words = if sees_other_rooms { drafts::in_sight(tx, &before).await? } else { BTreeSet::new() };
        rows::update(tx.db, &person).await?;
        if sees_other_rooms {
            for id in rows::rooms_of(tx.db, person.id).await? {
                let Some(mut room) = room_rows::find(tx.db, id).await? else { continue };
                let changes = room::follow_rights(&room, &before, &person);
                if !changes.is_empty() {
                    tx.change(&mut room, changes).await?;
                }
            }
            drafts::follow_rights(tx, &person, &words).await?;
        }
        let is_signed_out = !person.active || person.role < before.role;
        if is_signed_out {
            sessions::end_all(tx, person.id).await?;
        }
        let concerned = [before.teams.as_slice(), &person.teams].concat();
        let acts = of_person(&before, &person, &tx.directory.teams);
        audit::note_all(tx, &Doer::of(&me), &concerned, acts).await?;
        tx.tell(Change::PersonChanged(person.clone()));
        // They may take more rooms now, or others.
        jobs::route_queue(tx).await?;
        Ok((person, is_signed_out))
    }
}

fn nobody() -> Refused {
    Refused::invalid("person", "does not exist")
}
