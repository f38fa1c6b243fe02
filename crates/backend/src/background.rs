//! Tasks that run beside the commands: jobs, deliveries that wait to be read, the sweeper.

use std::future::Future;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Running tasks. They begin nothing new once this is dropped.
pub struct Background {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Background {
    pub(crate) fn new() -> Self {
        Self { stop: CancellationToken::new(), tasks: TaskTracker::new() }
    }

    /// Runs what `begin` makes of the sign to stop.
    pub(crate) fn spawn<F>(&self, begin: impl FnOnce(CancellationToken, TaskTracker) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(begin(self.stop.clone(), self.tasks.clone()));
    }

    /// Has nothing new begun, and waits until what has begun is done.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
