//! The end of rooms that nobody addresses any more (T13): by the clock, and on the way to a room that is past its end.

use std::time::Duration;

use domain::change::Change;
use domain::id::{RoomId, TeamId};
use domain::refused::Refused;
use domain::room::{Room, expire, is_due_to_expire};
use domain::timestamp::{Timestamp, hours};
use futures::future::join_all;

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::rooms::rows;
use crate::sweeper::{ROOMS, missed};
use crate::writer::{Command, Tx};

/// A room somebody is writing in is spared, but no longer than this.
const SPARED: Duration = hours(1);

/// The longest overdue first, all of them, however long nobody looked.
pub(super) async fn of_all(backend: &Backend) -> Result<()> {
    end_all(backend).await?;
    missed::tell(backend);
    Ok(())
}

async fn end_all(backend: &Backend) -> Result<()> {
    let mut after = None;
    loop {
        let due = rows::list_due(&backend.store().read, backend.now(), after, ROOMS).await?;
        let Some(last) = due.last().copied() else { return Ok(()) };
        let due = due.into_iter().filter(|(at, room)| !is_spared(backend, *room, *at));
        join_all(due.map(|(_, room)| end(backend, room))).await.into_iter().collect::<Result<()>>()?;
        after = Some(last);
    }
}

/// Runs a command about a room that it [`meet`]s. What is refused leaves nothing behind, not even the end of a room whose
/// time is over: that comes by itself then.
///
/// # Errors
/// As the command.
pub(crate) async fn run<C: Command>(backend: &Backend, command: C) -> Result<C::Output> {
    let room = command.room();
    let outcome = backend.run(command).await;
    if let (Err(Error::Refused(_)), Some(room)) = (&outcome, room)
        && let Some(room) = rows::find(&backend.store().read, room).await?
    {
        end_if_due(backend, &room).await;
    }
    outcome
}

/// The room that a command is about: archived, if its time is over.
///
/// # Errors
/// [`Refused::NotFound`] where there is none.
pub(crate) async fn meet(tx: &mut Tx<'_>, id: RoomId) -> Result<Room> {
    let mut room = rows::find(tx.db, id).await?.ok_or(Refused::NotFound)?;
    end_first(tx, &mut room).await?;
    Ok(room)
}

/// Archives the room before something else happens in it, if its time is over and nobody is writing there.
pub(crate) async fn end_first(tx: &mut Tx<'_>, room: &mut Room) -> Result<()> {
    let Some(due) = room.expires_at().filter(|_| is_due_to_expire(room, &tx.directory.policy, tx.now)) else {
        return Ok(());
    };
    if !spares(tx.is_composing(room.id), tx.now, due) {
        end_room(tx, room).await?;
    }
    Ok(())
}

/// Archives a room that was just read, if its time is over; false when it stays as it was read. Where nothing can be saved,
/// it can still be looked at.
pub(crate) async fn end_if_due(backend: &Backend, room: &Room) -> bool {
    if !is_due_to_expire(room, &backend.directory().policy, backend.now()) {
        return false;
    }
    if room.expires_at().is_none_or(|at| is_spared(backend, room.id, at)) {
        return false;
    }
    match end(backend, room.id).await {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(room = %room.id, %error, "a room that is past its end is archived later");
            false
        }
    }
}

/// Whether somebody is writing in the room, which was due at `at`.
pub(super) fn is_spared(backend: &Backend, room: RoomId, at: Timestamp) -> bool {
    spares(backend.hub().is_composing(room), backend.now(), at)
}

fn spares(is_composing: bool, now: Timestamp, due: Timestamp) -> bool {
    is_composing && now < due.plus(SPARED)
}

async fn end(backend: &Backend, room: RoomId) -> Result<()> {
    if let Some(ended) = backend.run(Expire { room }).await? {
        backend.workshop().missed.note(&ended, backend.started_at());
    }
    Ok(())
}

/// A room that came to its end.
pub(super) struct Ended {
    pub at: Timestamp,
    pub team: Option<TeamId>,
    pub unanswered: bool,
}

struct Expire {
    room: RoomId,
}

impl Command for Expire {
    type Output = Option<Ended>;

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Option<Ended>> {
        let Some(mut room) = rows::find(tx.db, self.room).await? else { return Ok(None) };
        end_room(tx, &mut room).await
    }
}

/// Archives the room if it is due.
async fn end_room(tx: &mut Tx<'_>, room: &mut Room) -> Result<Option<Ended>> {
    let Some(change) = expire(room, &tx.directory.policy, tx.now) else { return Ok(None) };
    let unanswered = matches!(change, Change::Expired { unanswered: true });
    // It expired when its time had come, not when somebody got round to it.
    let now = tx.now;
    tx.now = room.expires_at().unwrap_or(now);
    let ended = Ended { at: tx.now, team: room.team, unanswered };
    let changed = tx.change(room, vec![change]).await;
    tx.now = now;
    changed.map(|()| Some(ended))
}
