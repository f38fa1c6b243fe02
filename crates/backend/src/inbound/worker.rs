//! Reading what was kept: as it comes, and now and then whatever was left over.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::id::WebhookId;
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
/// is behind: it takes nothing from the queue until it has read all there is from the disk.
pub(crate) async fn run(backend: Backend, stop: CancellationToken) {
    let inbox = &backend.workshop().inbox;
    let Some(mut queue) = inbox.take_receiver() else { return };
    let (mut behind, mut look_at) = (true, Instant::now());
    loop {
        let mut waiting = Vec::with_capacity(AT_ONCE);
        let outcome = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = sleep_until(look_at) => {
                look_at = Instant::now() + SWEEP;
                let until = if behind { backend.now() } else { backend.now().minus(SWEEP) };
                process_since(&backend, until).await
            }
            _ = queue.recv_many(&mut waiting, AT_ONCE), if !behind => process_all(&backend, waiting).await,
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
    process_since(backend, backend.now()).await.map(drop)
}

/// Reads what waits since `until` or longer. Gives whether the storage took all.
async fn process_since(backend: &Backend, until: Timestamp) -> Result<bool> {
    let mut after = None;
    loop {
        let waiting = rows::list_waiting(&backend.store().read, until, after, AT_ONCE as u64).await?;
        if waiting.is_empty() {
            return Ok(true);
        }
        after = waiting.last().copied();
        if !process_all(backend, waiting.into_iter().map(|(_, id)| id).collect()).await? {
            return Ok(false);
        }
    }
}
