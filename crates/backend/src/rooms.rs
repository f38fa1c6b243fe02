//! Rooms: who holds them and how their episodes end. Every command decides through `domain` and saves under the
//! guard of the room's version.

pub(crate) mod own;
pub(crate) mod rows;

mod bulk;
mod export;
mod history;
mod query;
mod status;
mod transcript;

use std::sync::Arc;

use domain::change::Change;
use domain::id::{EpisodeId, PersonId, RoomId, TeamId};
use domain::person::Person;
use domain::refused::Refused;
use domain::room::{self, Room};
use domain::timestamp::Timestamp;

use crate::backend::{Backend, active};
use crate::clock::new_id;
use crate::directory::Directory;
use crate::error::Result;
use crate::mentions;
use crate::sweeper::expiry;
use crate::teams;
use crate::writer::{Command, Tx};

pub(crate) use bulk::forget_done;
pub use bulk::{act_in_bulk, list_matching};
pub use export::{Exported, export};
pub use history::list_earlier;
pub use query::{earlier, gather, list_held, load};
pub(crate) use query::{find_seen, load_page, may_read, to_customer};
pub use status::{correct_outcome, undo, update_status};
pub use transcript::{Written, transcript};

/// T4, Enter Chat. Who holds the room already is answered with it, and nothing changes.
///
/// # Errors
/// As [`domain::room::enter`].
pub async fn enter(backend: &Backend, me: &Person, room: RoomId) -> Result<Room> {
    decide_if_needed(backend, me, room, |room, me, facts| room::enter(room, me, &facts.directory.policy)).await
}

/// T6 by the one who takes it. Who holds the room already is answered with it, and nothing changes.
///
/// # Errors
/// As [`domain::room::take_over`].
pub async fn take_over(backend: &Backend, me: &Person, room: RoomId) -> Result<Room> {
    decide_if_needed(backend, me, room, |room, me, facts| room::take_over(room, me, &facts.directory.policy)).await
}

/// Asks whoever holds the room for it.
///
/// # Errors
/// As [`domain::room::request_take_over`].
pub async fn request_take_over(backend: &Backend, me: &Person, room: RoomId) -> Result<Room> {
    decide(backend, me, room, |room, me, facts| room::request_take_over(room, me, &facts.directory.policy, facts.now))
        .await
}

/// Keeps the room that somebody asked for.
///
/// # Errors
/// As [`domain::room::decline_take_over`].
pub async fn decline_take_over(backend: &Backend, me: &Person, room: RoomId) -> Result<Room> {
    decide(backend, me, room, |room, me, facts| room::decline_take_over(room, me, &facts.directory.policy)).await
}

/// Joins a held room beside its holder.
///
/// # Errors
/// As [`domain::room::join`].
pub async fn join(backend: &Backend, me: &Person, room: RoomId) -> Result<Room> {
    decide(backend, me, room, |room, me, facts| room::join(room, me, &facts.directory.policy)).await
}

/// Has `person` join a held room.
///
/// # Errors
/// As [`domain::room::bring_in`]; [`Refused::NotFound`] when there is no such person.
pub async fn bring_in(backend: &Backend, me: &Person, room: RoomId, person: PersonId) -> Result<Room> {
    decide(backend, me, room, move |room, me, facts| {
        let person = facts.directory.people.get(&person).ok_or(Refused::NotFound)?;
        room::bring_in(room, me, person, &facts.directory.policy)
    })
    .await
}

/// Leaves a room one had joined.
///
/// # Errors
/// As [`domain::room::leave`].
pub async fn leave(backend: &Backend, me: &Person, room: RoomId) -> Result<Room> {
    decide(backend, me, room, |room, me, _| room::leave(room, me)).await
}

/// T5 and T6: gives the room to `to`.
///
/// # Errors
/// As [`domain::room::assign`].
pub async fn assign(backend: &Backend, me: &Person, room: RoomId, to: PersonId, note: Option<String>) -> Result<Room> {
    expiry::run(backend, assigning(me, room, to, note)).await
}

fn assigning(me: &Person, room: RoomId, to: PersonId, note: Option<String>) -> impl Command<Output = Room> {
    deciding(me, room, move |room, me, facts| {
        let to = facts.directory.people.get(&to).ok_or(Refused::NotFound)?;
        room::assign(room, me, to, note.as_deref(), &facts.directory.policy)
    })
}

/// T6 by the holder, who stays in the room.
///
/// # Errors
/// As [`domain::room::assign_and_stay`].
pub async fn assign_and_stay(
    backend: &Backend,
    me: &Person,
    room: RoomId,
    to: PersonId,
    note: Option<String>,
) -> Result<Room> {
    decide(backend, me, room, move |room, me, facts| {
        let to = facts.directory.people.get(&to).ok_or(Refused::NotFound)?;
        room::assign_and_stay(room, me, to, note.as_deref(), &facts.directory.policy)
    })
    .await
}

/// T7 by a person.
///
/// # Errors
/// As [`domain::room::return_to_queue`].
pub async fn return_to_queue(backend: &Backend, me: &Person, room: RoomId, team: Option<TeamId>) -> Result<Room> {
    expiry::run(backend, returning_to_queue(me, room, team)).await
}

fn returning_to_queue(me: &Person, room: RoomId, team: Option<TeamId>) -> impl Command<Output = Room> {
    deciding(me, room, move |room, me, facts| {
        if team.is_some_and(|team| !facts.directory.teams.contains_key(&team)) {
            return Err(teams::unknown());
        }
        room::return_to_queue(room, me, team, &facts.directory.policy)
    })
}

/// T8.
///
/// # Errors
/// As [`domain::room::return_to_bot`].
pub async fn return_to_bot(backend: &Backend, me: &Person, room: RoomId) -> Result<Room> {
    decide(backend, me, room, |room, me, facts| {
        let channel = facts.directory.channels.get(&room.channel).ok_or(Refused::NoBot)?;
        room::return_to_bot(room, me, channel, &facts.directory.policy)
    })
    .await
}

/// T15.
///
/// # Errors
/// As [`domain::room::reopen`].
pub async fn reopen(backend: &Backend, me: &Person, room: RoomId) -> Result<Room> {
    let fresh: EpisodeId = new_id();
    decide_all(backend, me, room, move |room, me, facts| {
        let channel = facts.directory.channels.get(&room.channel).ok_or(Refused::NotFound)?;
        let reopened = room::reopen(room, me, channel, fresh, &facts.directory.policy, facts.now)?;
        Ok(going_on(room, me, reopened, facts, &[]))
    })
    .await
}

/// `change`, by which an episode goes on, and that whoever may not be in the room any more is out of it; `outsiders` never might.
fn going_on(room: &Room, me: &Person, change: Change, facts: &Facts<'_>, outsiders: &[PersonId]) -> Vec<Change> {
    let mut after = room.clone();
    after.apply(&change, facts.now);
    let released = room::release_others(&after, me, &facts.directory.people, outsiders);
    [vec![change], released].concat()
}

/// T17: puts the room off until `until`.
///
/// # Errors
/// As [`domain::room::snooze`].
pub async fn snooze(backend: &Backend, me: &Person, room: RoomId, until: Timestamp) -> Result<Room> {
    decide(backend, me, room, move |room, me, facts| room::snooze(room, me, until, &facts.directory.policy, facts.now))
        .await
}

/// T17: puts the room back on the list.
///
/// # Errors
/// As [`domain::room::wake`].
pub async fn wake(backend: &Backend, me: &Person, room: RoomId) -> Result<Room> {
    decide(backend, me, room, |room, me, facts| room::wake(room, me, &facts.directory.policy)).await
}

/// Drops what the room's customer writes from now on.
///
/// # Errors
/// As [`domain::room::block`].
pub async fn block(backend: &Backend, me: &Person, room: RoomId) -> Result<Room> {
    decide(backend, me, room, |room, me, facts| room::block(room, me, &facts.directory.policy)).await
}

/// Lets the room's customer in again.
///
/// # Errors
/// As [`domain::room::unblock`].
pub async fn unblock(backend: &Backend, me: &Person, room: RoomId) -> Result<Room> {
    decide(backend, me, room, |room, me, facts| room::unblock(room, me, &facts.directory.policy)).await
}

/// Notes that `me` looks at the room and has seen the customer's first `messages` messages; marked unread, it is not any
/// more, and whoever named them there has been heard.
///
/// # Errors
/// The room is not visible.
pub async fn mark_seen(backend: &Backend, me: &Person, room: RoomId, messages: u32) -> Result<()> {
    backend.run(See { me: me.id, room, how: How::Look { messages } }).await
}

/// Marks the room unread for `me` alone, until they look at it again.
///
/// # Errors
/// The room is not visible.
pub async fn mark_unread(backend: &Backend, me: &Person, room: RoomId) -> Result<()> {
    backend.run(See { me: me.id, room, how: How::MarkUnread }).await
}

struct See {
    me: PersonId,
    room: RoomId,
    how: How,
}

enum How {
    Look { messages: u32 },
    MarkUnread,
}

impl Command for See {
    type Output = ();

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let room = rows::find(tx.db, self.room).await?.ok_or(Refused::NotFound)?;
        let me = active(&tx.directory, self.me)?;
        if !domain::permission::may_see(me, &tx.directory.policy, &room.scope()) {
            return Err(Refused::NotFound.into());
        }
        let before = query::find_seen(tx.db, self.me, self.room).await?;
        let seen = match self.how {
            How::Look { messages } => before.look(messages.min(room.customer_messages)),
            How::MarkUnread => before.mark_unread(),
        };
        let forgot = !seen.is_marked() && mentions::forget(tx.db, self.me, self.room).await?;
        if seen != before {
            query::save_seen(tx.db, self.me, self.room, seen).await?;
        }
        if seen != before || forgot {
            tx.tell_one(self.me, room, Change::Seen { person: self.me, messages: seen.messages, marks: seen.marks });
        }
        Ok(())
    }
}

/// What a decision may ask beyond the room.
pub(crate) struct Facts<'a> {
    pub directory: &'a Directory,
    pub now: Timestamp,
}

/// Runs one decision of `me` on the room in the writer.
async fn decide<D>(backend: &Backend, me: &Person, room: RoomId, decision: D) -> Result<Room>
where
    D: Fn(&Room, &Person, &Facts<'_>) -> std::result::Result<Change, Refused> + Send + Sync + 'static,
{
    decide_if_needed(backend, me, room, move |room, me, facts| decision(room, me, facts).map(Some)).await
}

/// As [`decide`], where what is asked for may be done already.
async fn decide_if_needed<D>(backend: &Backend, me: &Person, room: RoomId, decision: D) -> Result<Room>
where
    D: Fn(&Room, &Person, &Facts<'_>) -> std::result::Result<Option<Change>, Refused> + Send + Sync + 'static,
{
    decide_all(backend, me, room, move |room, me, facts| Ok(Vec::from_iter(decision(room, me, facts)?))).await
}

/// As [`decide`], where one thing may follow from another.
async fn decide_all<D>(backend: &Backend, me: &Person, room: RoomId, decision: D) -> Result<Room>
where
    D: Fn(&Room, &Person, &Facts<'_>) -> std::result::Result<Vec<Change>, Refused> + Send + Sync + 'static,
{
    expiry::run(backend, Decide { me: me.id, room, decision }).await
}

/// The command of [`decide`], for whoever runs it with something of their own.
fn deciding<D>(me: &Person, room: RoomId, decision: D) -> impl Command<Output = Room>
where
    D: Fn(&Room, &Person, &Facts<'_>) -> std::result::Result<Change, Refused> + Send + Sync + 'static,
{
    let decision = move |room: &Room, me: &Person, facts: &Facts<'_>| decision(room, me, facts).map(|one| vec![one]);
    Decide { me: me.id, room, decision }
}

struct Decide<D> {
    me: PersonId,
    room: RoomId,
    decision: D,
}

impl<D> Command for Decide<D>
where
    D: Fn(&Room, &Person, &Facts<'_>) -> std::result::Result<Vec<Change>, Refused> + Send + Sync + 'static,
{
    type Output = Room;

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Room> {
        let mut room = expiry::meet(tx, self.room).await?;
        let directory = Arc::clone(&tx.directory);
        let facts = Facts { directory: &directory, now: tx.now };
        let changes = (self.decision)(&room, active(&directory, self.me)?, &facts)?;
        if !changes.is_empty() {
            tx.change(&mut room, changes).await?;
        }
        Ok(room)
    }
}
