//! Reading what was kept: as it comes, and now and then whatever was left over.

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

/// Deliveries on their way from the door to the worker. Only ids: the rows are on disk.
pub(crate) struct Inbox {
    sender: mpsc::Sender<WebhookId>,
    receiver: Mutex<Option<mpsc::Receiver<WebhookId>>>,
}

impl Default for Inbox {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        Self { sender, receiver: Mutex::new(Some(receiver)) }
    }
}

impl Inbox {
    /// Hands a kept delivery on. When the queue is full, the sweep finds it.
    pub(super) fn put(&self, id: WebhookId) {
        let _ = self.sender.try_send(id);
    }

    /// The end that is read; there is one.
    fn take_receiver(&self) -> Option<mpsc::Receiver<WebhookId>> {
        self.receiver.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Reads deliveries until `stop`, beginning with all that an earlier process left.
pub(crate) async fn run(backend: Backend, stop: CancellationToken) {
    let Some(mut inbox) = backend.workshop().inbox.take_receiver() else { return };
    let mut outcome = process_waiting(&backend).await;
    let mut sweep_at = Instant::now() + SWEEP;
    loop {
        if let Err(error) = outcome {
            tracing::warn!(%error, "deliveries could not be read");
        }
        let mut waiting = Vec::with_capacity(AT_ONCE);
        outcome = tokio::select! {
            _ = inbox.recv_many(&mut waiting, AT_ONCE) => process_all(&backend, waiting).await.map(drop),
            () = sleep_until(sweep_at) => {
                sweep_at = Instant::now() + SWEEP;
                process_since(&backend, rows::before(backend.now(), SWEEP)).await
            }
            () = stop.cancelled() => return,
        };
    }
}

/// Reads everything that waits.
///
/// # Errors
/// The rows cannot be read.
pub(crate) async fn process_waiting(backend: &Backend) -> Result<()> {
    process_since(backend, backend.now()).await
}

/// Reads what waits since `until` or longer. What cannot be read now waits for the next time.
async fn process_since(backend: &Backend, until: Timestamp) -> Result<()> {
    loop {
        let waiting = rows::list_waiting(&backend.store().read, until, AT_ONCE as u64).await?;
        let count = waiting.len();
        let read = process_all(backend, waiting).await?;
        if count < AT_ONCE || read == 0 {
            return Ok(());
        }
    }
}
