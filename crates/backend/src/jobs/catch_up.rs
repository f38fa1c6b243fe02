//! Asking a provider what it may not have delivered: one job for each channel whose provider has to be asked. The job puts
//! another in its place when it is done, and its row says up to where everything is known: also after a restart, and for
//! every process.

use std::time::Duration;

use ::channels::missed::{Gap, Missed};
use domain::id::ChannelId;
use domain::timestamp::{Timestamp, hours, minutes};
use entity::channel;
use sea_orm::EntityTrait;

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::inbound;
use crate::jobs::queue::{self, Lease};
use crate::jobs::runner::{Failure, finish};
use crate::jobs::{Work, providers};
use crate::writer::{Command, Tx};

/// A provider is asked this often. Of X, three times in a quarter of an hour for at most five pages each: all it allows.
const EVERY: Duration = minutes(5);

/// How far a look reaches back before the one before it: clocks differ, and lists lag.
const OVERLAP: Duration = minutes(10);

/// How far the first look reaches back. What came before the channel is not ours to fetch.
const FIRST_LOOK: Duration = hours(24);

/// Asks once, and has it done again later.
pub(super) async fn run(
    backend: &Backend,
    lease: &Lease,
    channel: ChannelId,
    gap: &Gap,
    begun_at: Option<Timestamp>,
) -> std::result::Result<(), Failure> {
    match providers::open(backend, channel).await {
        Ok(Some(_)) => {}
        // The settings of a removed channel are gone.
        Ok(None) | Err(Error::Refused(_)) => return finish(backend, lease).await,
        Err(error) => tracing::warn!(%channel, %error, "a channel's settings cannot be used"),
    }
    let now = backend.now();
    let is_paused = backend.directory().channels.get(&channel).is_none_or(|channel| channel.paused);
    let stays = Next { gap: gap.clone(), begun_at, run_at: now.plus(EVERY) };
    let next = if is_paused { stays } else { look(backend, channel, stays, now).await? };
    Ok(backend.run(Again { lease: lease.clone(), channel, next }).await?)
}

/// What is asked next, and when.
#[derive(Clone)]
struct Next {
    gap: Gap,
    begun_at: Option<Timestamp>,
    run_at: Timestamp,
}

/// Takes in what is told; `stays` is what has to be asked again when nothing is.
async fn look(
    backend: &Backend,
    channel: ChannelId,
    stays: Next,
    now: Timestamp,
) -> std::result::Result<Next, Failure> {
    let adapter = match providers::ready(backend, channel).await {
        Ok(Some(adapter)) => adapter,
        Ok(None) => return Ok(stays),
        Err(error) => {
            tracing::warn!(%channel, %error, "what was missed could not be asked for");
            return Ok(stays);
        }
    };
    let told = adapter.catch_up(backend.workshop().providers.http()?, &stays.gap).await;
    match told {
        Ok(Missed { events, rest }) => {
            inbound::take_missed(backend, channel, adapter.limits(), events).await?;
            Ok(after(stays, rest, now))
        }
        Err(error) => {
            tracing::warn!(%channel, %error, "what was missed could not be asked for");
            let wait = error.retry_after().unwrap_or_default().max(EVERY);
            // The place in its list may be what the provider does not know any more; then from the beginning.
            let rest = stays.gap.rest.clone().filter(|_| error.is_retryable());
            Ok(Next { gap: Gap { rest, ..stays.gap }, run_at: now.plus(wait), ..stays })
        }
    }
}

/// A look that came to its end leaves what happens from its beginning on.
fn after(asked: Next, rest: Option<String>, now: Timestamp) -> Next {
    let begun_at = asked.begun_at.unwrap_or(now);
    let since = asked.gap.since;
    match rest {
        Some(rest) => Next { gap: Gap { since, rest: Some(rest) }, begun_at: Some(begun_at), ..asked },
        None => Next { gap: Gap::since(since.max(begun_at.minus(OVERLAP))), begun_at: None, ..asked },
    }
}

/// This look is over, and this is the next one.
struct Again {
    lease: Lease,
    channel: ChannelId,
    next: Next,
}

impl Command for Again {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        if !queue::finish(tx, &self.lease).await? {
            return Ok(());
        }
        let Next { gap, begun_at, run_at } = self.next.clone();
        let work = Work::CatchUp { channel: self.channel, gap, begun_at };
        // Two processes may have begun at once.
        queue::forget(tx.db, &work).await?;
        queue::add_for_provider_at(tx, self.channel, &work, run_at).await
    }
}

/// Has a channel's provider asked from now on, if it is not yet: what happened since the channel is there, as far as a first
/// look goes.
pub(super) async fn begin(backend: &Backend, channel: ChannelId) -> Result<()> {
    let begin = Begin { channel };
    if queue::find_standing(&backend.store().read, &begin.work(Timestamp(0))).await?.is_some() {
        return Ok(());
    }
    backend.run(begin).await
}

struct Begin {
    channel: ChannelId,
}

impl Begin {
    const fn work(&self, since: Timestamp) -> Work {
        Work::CatchUp { channel: self.channel, gap: Gap::since(since), begun_at: None }
    }
}

impl Command for Begin {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let Some(row) = channel::Entity::find_by_id(self.channel).one(tx.db).await? else { return Ok(()) };
        let work = self.work(row.created_at.max(tx.now.minus(FIRST_LOOK)));
        if queue::find_standing(tx.db, &work).await?.is_some() {
            return Ok(());
        }
        queue::add_for_provider(tx, self.channel, &work).await
    }
}

/// Has the channel's provider asked at once: it delivers again, or this process was not there for a while.
pub(crate) async fn at_once(backend: &Backend, channel: ChannelId) -> Result<()> {
    backend.run(AtOnce { channel }).await
}

struct AtOnce {
    channel: ChannelId,
}

impl Command for AtOnce {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let any = Begin { channel: self.channel }.work(tx.now);
        match queue::find_standing(tx.db, &any).await? {
            Some((id, _)) => queue::make_due(tx, id).await,
            None => Ok(()),
        }
    }
}
