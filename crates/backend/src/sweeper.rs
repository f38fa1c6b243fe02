//! What happens by the clock alone: rooms expire, snoozed ones wake, customers do not wait for whoever is gone, what is old
//! is forgotten.

pub(crate) mod expiry;
mod missed;
mod returns;
mod warnings;

use std::time::Duration;

use domain::change::{Actor, Change};
use domain::id::RoomId;
use domain::timestamp::hours;
use entity::{invitation, session};
use futures::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tokio::time::{MissedTickBehavior, interval};

use crate::audit;
use crate::backend::Backend;
use crate::background::Background;
use crate::drafts;
use crate::error::Result;
use crate::inbound;
use crate::jobs;
use crate::log;
use crate::media;
use crate::mentions;
use crate::presence;
use crate::rooms::{forget_done, rows};
use crate::writer::{Command, Tx};

pub(crate) use missed::Missed;
pub(crate) use warnings::Told;

/// The sweeper comes by this often.
const EVERY: Duration = Duration::from_secs(60);

/// How many rooms are put into the Writer's queue together; others' commands come in between.
const ROOMS: u64 = 200;

/// Raw deliveries are kept this long, and so are invitations nobody can use any more and mentions nobody looked after.
const KEPT: Duration = hours(30 * 24);

/// Sweeps at once and then every minute, until the guard is stopped or dropped.
#[must_use]
pub fn start(backend: &Backend) -> Background {
    let background = Background::new();
    let backend = backend.clone();
    background.spawn(|stop, _| async move {
        let mut tick = interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                () = stop.cancelled() => return,
            }
            if let Err(error) = run_once(&backend).await {
                tracing::warn!(%error, "the sweeper could not do everything");
            }
        }
    });
    background
}

/// Does everything that is due. What fails does not keep the rest from being done.
///
/// # Errors
/// The first thing that failed.
pub async fn run_once(backend: &Backend) -> Result<()> {
    let outcomes = [
        presence::note(backend).await,
        wake_rooms(backend).await,
        expiry::of_all(backend).await,
        returns::of_unanswered(backend).await,
        returns::of_absent(backend).await,
        warnings::tell(backend).await,
        backend.run(Forget).await,
        media::sweep(backend).await.map(drop),
        backend.run(LookAtQueue).await,
    ];
    outcomes.into_iter().collect()
}

async fn wake_rooms(backend: &Backend) -> Result<()> {
    let due = rows::list_to_wake(&backend.store().read, backend.now(), ROOMS).await?;
    join_all(due.into_iter().map(|room| backend.run(Wake { room }))).await.into_iter().collect()
}

struct Wake {
    room: RoomId,
}

impl Command for Wake {
    type Output = ();

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let Some(mut room) = rows::find(tx.db, self.room).await? else { return Ok(()) };
        if room.snoozed_until.is_none_or(|until| until > tx.now) {
            return Ok(());
        }
        tx.change(&mut room, vec![Change::Woken { by: Actor::Switchboard }]).await
    }
}

/// Drops what nobody needs any more.
struct Forget;

impl Command for Forget {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let long_ago = tx.now.minus(KEPT);
        log::forget_old(tx.db, tx.now).await?;
        inbound::forget_read(tx.db, long_ago).await?;
        inbound::forget_origins(tx.db, tx.now).await?;
        session::Entity::delete_many().filter(session::Column::ExpiresAt.lt(tx.now)).exec(tx.db).await?;
        drafts::forget_left(tx).await?;
        forget_done(tx.db, long_ago).await?;
        mentions::forget_old(tx.db, long_ago).await?;
        audit::forget_old(tx).await?;
        invitation::Entity::delete_many().filter(invitation::Column::ExpiresAt.lt(long_ago)).exec(tx.db).await?;
        Ok(())
    }
}

/// Nobody waits because something was missed.
struct LookAtQueue;

impl Command for LookAtQueue {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        jobs::route_queue(tx).await
    }
}
