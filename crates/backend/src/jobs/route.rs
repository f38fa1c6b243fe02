//! Finding somebody for rooms that wait: whoever is here, takes rooms, and holds the fewest.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use domain::change::Change;
use domain::id::{PersonId, RoomId, TeamId};
use domain::message::{About, What};
use domain::permission;
use domain::person::{Availability, Person};
use domain::policy::FREES_SLOT;
use domain::room::{Room, auto_assign, away_line, away_line_id, leave_removed_team, waits_for_sender};
use domain::timestamp::Timestamp;
use sea_orm::ConnectionTrait;

use crate::backend::Backend;
use crate::directory::Directory;
use crate::episodes;
use crate::error::Result;
use crate::jobs::queue::Lease;
use crate::jobs::runner::{Failure, finish};
use crate::messages::rows as entries;
use crate::presence;
use crate::rooms::rows as room_rows;
use crate::teams::rows as teams;
use crate::writer::{Command, Tx};

/// How many waiting rooms are looked at in one go.
const ROOMS: u64 = 100;

/// Who was here when it was last looked, and whose turn it was.
#[derive(Default)]
pub(crate) struct Turns {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    here: BTreeSet<PersonId>,
    given: u64,
    /// The number of the last room each was given.
    last: HashMap<PersonId, u64>,
}

impl Turns {
    /// Whether somebody is here now who was not before.
    fn is_anybody_new(&self, here: BTreeSet<PersonId>) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = !here.is_subset(&state.here);
        state.here = here;
        is_new
    }

    fn note(&self, person: PersonId) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.given += 1;
        let given = state.given;
        state.last.insert(person, given);
    }

    fn last(&self) -> HashMap<PersonId, u64> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).last.clone()
    }
}

/// Has the queue looked at when somebody opened the console, and writes down that they are here.
pub(super) async fn notice_arrivals(backend: &Backend) -> Result<()> {
    if backend.workshop().turns.is_anybody_new(backend.hub().people_here()) {
        presence::note(backend).await?;
        backend.run(RouteQueue).await?;
    }
    Ok(())
}

/// Has the queue looked at.
pub(crate) struct RouteQueue;

impl Command for RouteQueue {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        crate::jobs::route_queue(tx).await
    }
}

/// Finds somebody for one room, after those that wait longer; when there is nobody, it stays in the queue, and its customer
/// hears so.
pub(super) async fn run(backend: &Backend, lease: &Lease, room: RoomId) -> std::result::Result<(), Failure> {
    // Room may have been made for one more, by time or by somebody who just came: that is for who waits longest.
    walk_queue(backend).await?;
    // A long queue was not looked at to its end, and a team that is gone is left here.
    if !give(backend, room, Choice::now(backend).await?).await? {
        backend.run(SayAway { room, here: presence::here_or_just_left(backend).await? }).await?;
    }
    finish(backend, lease).await
}

/// Finds somebody for the rooms that wait longest.
pub(super) async fn run_queue(backend: &Backend, lease: &Lease) -> std::result::Result<(), Failure> {
    walk_queue(backend).await?;
    finish(backend, lease).await
}

async fn walk_queue(backend: &Backend) -> Result<()> {
    let db = &backend.store().read;
    loop {
        let choice = Choice::now(backend).await?;
        let directory = backend.directory();
        let held = held(db, backend.now()).await?;
        let free: Vec<_> = choice.candidates(&directory).filter(|person| has_room(person, &held)).collect();
        if free.is_empty() || !directory.assigns_anything() {
            return Ok(());
        }
        let teams: BTreeSet<TeamId> = free.iter().flat_map(|person| person.teams.iter().copied()).collect();
        // What nobody is given must not stand before those that wait.
        let teams = teams.into_iter().map(Some).chain([None]).filter(|team| directory.assigns(*team));
        let senders = free.iter().map(|person| person.id);
        let waiting = room_rows::list_queued(db, teams, senders, ROOMS).await?;
        let mut given = 0_usize;
        for room in &waiting {
            // Whom it may go to is asked again in the command; this spares a command for each room that must wait.
            let held = self::held(db, backend.now()).await?;
            let fits = directory.assigns(room.team) && choice.find(&directory, room, &held, backend.now()).is_some();
            if fits && give(backend, room.id, choice.clone()).await? {
                given += 1;
            }
        }
        if given == 0 || (waiting.len() as u64) < ROOMS {
            return Ok(());
        }
    }
}

async fn give(backend: &Backend, room: RoomId, choice: Choice) -> Result<bool> {
    let given = backend.run(Give { room, choice }).await?;
    if let Some(person) = given {
        backend.workshop().turns.note(person);
    }
    Ok(given.is_some())
}

struct Give {
    room: RoomId,
    choice: Choice,
}

impl Command for Give {
    type Output = Option<PersonId>;

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Option<PersonId>> {
        let Some(mut room) = room_rows::find(tx.db, self.room).await? else { return Ok(None) };
        if let Some(change) = leave_team(tx, &room).await? {
            // Then somebody of the other team is looked for.
            tx.change(&mut room, vec![change]).await?;
            return Ok(None);
        }
        if !room.is_queued() || !tx.directory.assigns(room.team) {
            return Ok(None);
        }
        let held = held(tx.db, tx.now).await?;
        let Some((person, change)) = self.choice.find(&tx.directory, &room, &held, tx.now) else {
            return Ok(None);
        };
        tx.change(&mut room, vec![change]).await?;
        Ok(Some(person))
    }
}

/// What follows when the room waits for a team that is gone. What another process just made or removed is known to the rows
/// alone.
async fn leave_team(tx: &Tx<'_>, room: &Room) -> Result<Option<Change>> {
    if !room.is_queued() || room.team.is_none() {
        return Ok(None);
    }
    let channel = tx.directory.channels.get(&room.channel).and_then(|channel| channel.team);
    Ok(leave_removed_team(room, channel, &teams::keep_all(tx.db).await?))
}

/// Tells a customer whom nobody can take that nobody is here, once an episode.
struct SayAway {
    room: RoomId,
    here: BTreeSet<PersonId>,
}

impl Command for SayAway {
    type Output = ();

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let Some(mut room) = room_rows::find(tx.db, self.room).await? else { return Ok(()) };
        if tx.said(away_line_id(room.episode)).await?.is_some() {
            return Ok(());
        }
        if is_answered_elsewhere(tx.db, &room).await? {
            return Ok(());
        }
        let held_by = episodes::find(tx.db, room.episode).await?.and_then(|episode| episode.agent);
        let directory = Arc::clone(&tx.directory);
        let here = self.here.iter().filter_map(|person| directory.people.get(person));
        match away_line(&room, held_by, here, &directory.policy_in(room.team), tx.now) {
            Some(change) => tx.change(&mut room, vec![change]).await,
            None => Ok(()),
        }
    }
}

/// Whether another app answers what was last said.
async fn is_answered_elsewhere(db: &impl ConnectionTrait, room: &Room) -> Result<bool> {
    let newest = entries::list_before(db, room.id, room.last_position + 1, 1).await?;
    let is_standby = |what: &What| matches!(what, What::Message(message) if message.about == Some(About::Standby));
    Ok(newest.iter().any(|entry| is_standby(&entry.what)))
}

type Held = HashMap<PersonId, i64>;

/// How many rooms keep each person busy: the customer's turn frees their place for another after a while.
async fn held(db: &impl ConnectionTrait, now: Timestamp) -> Result<Held> {
    Ok(room_rows::held_by_person(db, now.minus(FREES_SLOT)).await?.into_iter().collect())
}

/// How many rooms keep each person busy who holds any that does.
pub(crate) async fn list_loads(db: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<(PersonId, u16)>> {
    let held = held(db, now).await?;
    Ok(held.into_iter().map(|(person, count)| (person, u16::try_from(count).unwrap_or(u16::MAX))).collect())
}

/// How many rooms keep `person` busy.
pub(crate) async fn count_held(db: &impl ConnectionTrait, person: &Person, now: Timestamp) -> Result<u16> {
    Ok(held_by(person, &held(db, now).await?))
}

fn held_by(person: &Person, held: &Held) -> u16 {
    held.get(&person.id).map_or(0, |held| u16::try_from(*held).unwrap_or(u16::MAX))
}

fn has_room(person: &Person, held: &Held) -> bool {
    held_by(person, held) < person.capacity
}

/// Who may be given a room at this moment, and whose turn it is among equals.
#[derive(Clone)]
struct Choice {
    here: BTreeSet<PersonId>,
    last: HashMap<PersonId, u64>,
}

impl Choice {
    async fn now(backend: &Backend) -> Result<Self> {
        Ok(Self { here: presence::here(backend).await?, last: backend.workshop().turns.last() })
    }

    /// Whoever takes rooms and has the console open: a room given to anybody else would wait unseen.
    fn candidates<'a>(&'a self, directory: &'a Directory) -> impl Iterator<Item = &'a Person> {
        directory.people.values().filter(|person| {
            let is_available = person.active && person.availability == Availability::Online;
            is_available && self.here.contains(&person.id)
        })
    }

    /// The one who holds the fewest rooms, and among equals whose last new room is the longest ago.
    fn find(&self, directory: &Directory, room: &Room, held: &Held, now: Timestamp) -> Option<(PersonId, Change)> {
        // A customer whom a template won back waits for whoever sent it, if they are here and may take it.
        let sender = waits_for_sender(room, &directory.policy, now).map(|(sender, _)| sender);
        let may_take = |person: &Person| permission::may_enter(person, &directory.policy, room);
        let sender = sender.filter(|sender| self.candidates(directory).any(|one| one.id == *sender && may_take(one)));
        let fitting = self.candidates(directory).filter_map(|person| {
            let count = held_by(person, held);
            auto_assign(room, person, count, sender).map(|change| (count, person.id, change))
        });
        let first = |id: &PersonId| self.last.get(id).copied().unwrap_or(0);
        fitting.min_by_key(|(count, id, _)| (*count, first(id), *id)).map(|(_, id, change)| (id, change))
    }
}
