//! Rooms whose customer waits for somebody who does not answer, or is gone, go back to the queue (T7).

use domain::change::Change;
use domain::id::RoomId;
use domain::policy::{GRACE, Policy};
use domain::room::{Room, return_of_absent, return_unanswered};
use domain::timestamp::{Timestamp, minutes};
use futures::future::join_all;

use crate::backend::Backend;
use crate::error::Result;
use crate::presence;
use crate::rooms::rows;
use crate::sweeper::ROOMS;
use crate::sweeper::expiry::is_spared;
use crate::writer::{Command, Tx};

/// Those whose holder let the customer wait too long, and is not writing just now.
pub(super) async fn of_unanswered(backend: &Backend) -> Result<()> {
    let Some(limit) = backend.directory().policy.answer_minutes.map(|limit| minutes(limit.into())) else {
        return Ok(());
    };
    let mut after = None;
    loop {
        let until = backend.now().minus(limit);
        let waiting = rows::list_kept_waiting(&backend.store().read, until, after, ROOMS).await?;
        let Some(last) = waiting.last().copied() else { return Ok(()) };
        let due = waiting.into_iter().filter(|(since, room)| !is_spared(backend, *room, since.plus(limit)));
        let returns = due.map(|(_, room)| backend.run(Return { room, why: Why::Unanswered }));
        join_all(returns).await.into_iter().collect::<Result<()>>()?;
        after = Some(last);
    }
}

/// Those of people who have not been here for long.
pub(super) async fn of_absent(backend: &Backend) -> Result<()> {
    let Some(limit) = backend.directory().policy.disconnect_minutes else { return Ok(()) };
    let gone_since = backend.now().minus(GRACE + minutes(limit.into()));
    // While this process did not run it could hear of nobody.
    if backend.started_at() > gone_since {
        return Ok(());
    }
    let db = &backend.store().read;
    let here = presence::here(backend).await?;
    for (person, last_here) in presence::list_gone(db, gone_since).await? {
        if here.contains(&person) {
            continue;
        }
        let waiting = rows::list_waiting_for(db, person).await?;
        let why = Why::Absent { last_here };
        let returns = waiting.into_iter().map(|room| backend.run(Return { room, why }));
        join_all(returns).await.into_iter().collect::<Result<()>>()?;
    }
    Ok(())
}

struct Return {
    room: RoomId,
    why: Why,
}

#[derive(Clone, Copy)]
enum Why {
    Unanswered,
    /// Its holder was last here then.
    Absent {
        last_here: Timestamp,
    },
}

impl Why {
    fn decide(self, room: &Room, policy: &Policy, now: Timestamp) -> Option<Change> {
        match self {
            Self::Unanswered => return_unanswered(room, policy, now),
            Self::Absent { last_here } => return_of_absent(room, last_here, policy, now),
        }
    }
}

impl Command for Return {
    type Output = ();

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let Some(mut room) = rows::find(tx.db, self.room).await? else { return Ok(()) };
        match self.why.decide(&room, &tx.directory.policy, tx.now) {
            Some(change) => tx.change(&mut room, vec![change]).await,
            None => Ok(()),
        }
    }
}
