//! Telling the log to this process's browsers: in its order, each event once, whichever process wrote it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::change::Change;
use domain::id::PersonId;
use tokio::sync::{Mutex, Notify};

use crate::directory::{self, Shared};
use crate::error::Result;
use crate::live::Hub;
use crate::log::{self, Told};
use crate::sessions;
use crate::store::Store;

/// What other processes saved is looked for this often.
pub(crate) const LOOK: Duration = Duration::from_millis(250);

/// How many events are read from the log at a time.
const PAGE: u64 = 500;

/// The one way from the log to the hub.
pub(crate) struct Teller {
    store: Store,
    hub: Hub,
    directory: Arc<Shared>,
    jobs: Arc<Notify>,
    /// One tells at a time, and one reads the directory: a later reading never gives way to an earlier one.
    turn: Mutex<()>,
    is_failing: AtomicBool,
}

impl Teller {
    pub fn new(store: Store, hub: Hub, directory: Arc<Shared>, jobs: Arc<Notify>) -> Self {
        Self { store, hub, directory, jobs, turn: Mutex::default(), is_failing: AtomicBool::new(false) }
    }

    pub const fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Tells what this process has just saved, after whatever others saved before it.
    pub async fn tell_own(&self, mut told: Vec<Told>) {
        let Some(first) = told.first().map(|told| told.event.seq) else { return };
        let _turn = self.turn.lock().await;
        if first > self.hub.head() + 1
            && let Err(error) = self.catch_up().await
        {
            // It is told with the next look.
            tracing::warn!(%error, "what other processes saved could not be read");
            return;
        }
        let head = self.hub.head();
        told.retain(|told| told.event.seq > head);
        self.hub.tell(told);
    }

    /// Looks whether another process saved something, and tells it.
    pub async fn look(&self) {
        let outcome = self.try_look().await;
        let has_failed = outcome.is_err();
        let failed_before = self.is_failing.swap(has_failed, Ordering::Relaxed);
        if let Err(error) = outcome
            && !failed_before
        {
            tracing::warn!(%error, "the log cannot be read");
        }
    }

    async fn try_look(&self) -> Result<()> {
        if log::head(&self.store.read).await? <= self.hub.head() {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        self.catch_up().await
    }

    /// Tells everything the log has and nobody here was told. Events are committed in the order of their numbers, so that
    /// none appears later before one that is there.
    async fn catch_up(&self) -> Result<()> {
        loop {
            let page = log::after(&self.store.read, self.hub.head(), PAGE).await?;
            if page.is_empty() {
                return Ok(());
            }
            if page.iter().any(|told| is_of_directory(&told.event.change)) {
                self.directory.set(directory::load(&self.store.read).await?);
            }
            let changed: BTreeSet<PersonId> = page.iter().filter_map(whose_sessions).collect();
            self.hub.tell(page);
            self.end_sessions(changed).await?;
            // They may have left work that this process can do at once.
            self.jobs.notify_one();
        }
    }

    /// Ends the sockets here whose sessions others may have ended.
    async fn end_sessions(&self, mut changed: BTreeSet<PersonId>) -> Result<()> {
        let here = self.hub.people_here();
        changed.retain(|person| here.contains(person));
        for person in changed {
            self.hub.keep_sessions(person, &sessions::list_of(&self.store.read, person).await?);
        }
        Ok(())
    }

    /// Reads people, teams, channels and the policy again.
    pub async fn read_directory(&self) -> Result<()> {
        let _turn = self.turn.lock().await;
        self.directory.set(directory::load(&self.store.read).await?);
        Ok(())
    }
}

fn whose_sessions(told: &Told) -> Option<PersonId> {
    match &told.event.change {
        Change::PersonChanged(person) => Some(person.id),
        _ => None,
    }
}

const fn is_of_directory(change: &Change) -> bool {
    matches!(
        change,
        Change::PersonChanged(_)
            | Change::TeamChanged(_)
            | Change::ChannelChanged(_)
            | Change::PolicyChanged(_)
            | Change::Unread
    )
}
