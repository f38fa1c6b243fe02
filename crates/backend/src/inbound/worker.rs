//! Reading what was kept: as it comes, and now and then whatever was left over.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::id::{ChannelId, WebhookId};
use domain::timestamp::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::backend::Backend;
use crate::error::Result;
use crate::inbound::process::process_all;
use crate::inbound::rows;

/// How many deliveries may wait in memory. What does not fit waits on disk.
const QUEUE: usize = 4_096;

/// How many deliveries are read at once, so that they share the Writer's commits.
const AT_ONCE: usize = 64;

/// Left-overs are looked for this often, and are at least this old.
const SWEEP: Duration = Duration::from_secs(30);

/// When the storage takes nothing, it is tried again this often.
const PAUSE: Duration = Duration::from_secs(1);

/// Deliveries on their way from the door to the worker. Only ids: the rows are on disk.
pub(crate) struct Inbox {
    sender: mpsc::Sender<WebhookId>,
    receiver: Mutex<Option<mpsc::Receiver<WebhookId>>>,
    /// A delivery found no room in the queue: the next ones must not overtake it.
    overflowed: AtomicBool,
}

impl Default for Inbox {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        Self { sender, receiver: Mutex::new(Some(receiver)), overflowed: AtomicBool::new(false) }
    }
}

impl Inbox {
    /// Hands a kept delivery on.
    pub(super) fn put(&self, id: WebhookId) {
        if self.sender.try_send(id).is_err() {
            self.overflowed.store(true, Ordering::Release);
        }
    }

    /// The end that is read; there is one.
    fn take_receiver(&self) -> Option<mpsc::Receiver<WebhookId>> {
        self.receiver.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Reads deliveries until `stop`, beginning with all that an earlier process left.
///
/// They are read in the order they came. When some of them could not be saved or found no room in the queue, the worker
/// is behind: it takes nothing from the queue until it has read all there is from the disk. What a paused channel takes
/// waits on disk until it goes on, and is read before anything that comes after.
pub(crate) async fn run(backend: Backend, stop: CancellationToken) {
    let inbox = &backend.workshop().inbox;
    let Some(mut queue) = inbox.take_receiver() else { return };
    let (mut behind, mut look_at) = (true, Instant::now());
    // As they were when everything of the others had been read.
    let mut paused = paused_channels(&backend);
    loop {
        let mut waiting = Vec::with_capacity(AT_ONCE);
        let outcome = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            // A channel may go on.
            () = backend.directory_changed() => process_everything(&backend, &mut paused).await,
            () = sleep_until(look_at) => {
                look_at = Instant::now() + SWEEP;
                if behind {
                    process_everything(&backend, &mut paused).await
                } else {
                    process_since(&backend, backend.now().minus(SWEEP), &paused_channels(&backend)).await
                }
            }
            _ = queue.recv_many(&mut waiting, AT_ONCE), if !behind => {
                let present = paused_channels(&backend);
                if paused.is_subset(&present) {
                    paused = present;
                    process_all(&backend, waiting, &paused).await
                } else {
                    // One goes on: what it kept comes before what has just come.
                    process_everything(&backend, &mut paused).await
                }
            }
        };
        let took_all = outcome.unwrap_or_else(|error| {
            tracing::warn!(%error, "deliveries could not be read");
            false
        });
        behind = !took_all || inbox.overflowed.swap(false, Ordering::AcqRel);
        if behind {
            look_at = Instant::now() + if took_all { Duration::ZERO } else { PAUSE };
        }
    }
}

/// Reads everything that waits.
///
/// # Errors
/// The rows cannot be read.
pub(crate) async fn process_waiting(backend: &Backend) -> Result<()> {
    process_since(backend, backend.now(), &paused_channels(backend)).await.map(drop)
}

fn paused_channels(backend: &Backend) -> BTreeSet<ChannelId> {
    backend.directory().channels.values().filter(|channel| channel.paused).map(|channel| channel.id).collect()
}

/// Reads everything that waits, and says which channels were `paused`. Gives whether the storage took all.
async fn process_everything(backend: &Backend, paused: &mut BTreeSet<ChannelId>) -> Result<bool> {
    *paused = paused_channels(backend);
    process_since(backend, backend.now(), paused).await
}

/// Reads what waits since `until` or longer, except for `paused` channels. Gives whether the storage took all.
async fn process_since(backend: &Backend, until: Timestamp, paused: &BTreeSet<ChannelId>) -> Result<bool> {
    let mut after = None;
    loop {
        let waiting = rows::list_waiting(&backend.store().read, until, after, paused, AT_ONCE as u64).await?;
        if waiting.is_empty() {
            return Ok(true);
        }
        after = waiting.last().copied();
        if !process_all(backend, waiting.into_iter().map(|(_, id)| id).collect(), paused).await? {
            return Ok(false);
        }
    }
}
