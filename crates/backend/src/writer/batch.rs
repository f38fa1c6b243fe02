//! Emptying the writer's queue, one transaction after another.

use std::sync::Arc;

use sea_orm::{DatabaseTransaction, TransactionTrait};
use tokio::sync::{Notify, mpsc};

use crate::clock::Clock;
use crate::counters;
use crate::directory::Shared;
use crate::error::{Error, Result};
use crate::live::Teller;
use crate::log::{self, Told};
use crate::store::{Engine, Store};
use crate::writer::known::Known;
use crate::writer::tx::{Effects, Tx};
use crate::writer::{Queued, Reads};

/// The most commands in one transaction.
const BATCH: usize = 128;

/// How often a batch is run again when transactions crossed.
const TRIES: usize = 5;

/// Runs the commands; there is one per process.
pub struct Scribe {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) directory: Arc<Shared>,
    pub(crate) teller: Arc<Teller>,
    pub(crate) jobs: Arc<Notify>,
}

/// How a batch without savepoints went.
enum Together {
    Saved(Saved),
    /// One of its commands failed, and so nothing of it holds.
    Failed(Error),
}

/// What a committed batch has to tell.
#[derive(Default)]
struct Saved {
    told: Vec<Told>,
    woke_jobs: bool,
}

impl Scribe {
    /// Runs until the last [`super::Writer`] is gone and the queue is empty.
    pub(crate) async fn run(self, mut queue: mpsc::Receiver<Box<dyn Queued>>) {
        let mut batch = Vec::with_capacity(BATCH);
        while queue.recv_many(&mut batch, BATCH).await > 0 {
            if self.store.engine == Engine::Postgres {
                batch.sort_by_key(|command| command.room());
            }
            self.write(&mut batch).await;
            batch.clear();
        }
    }

    async fn write(&self, batch: &mut [Box<dyn Queued>]) {
        let mut outcomes = Vec::with_capacity(batch.len());
        let mut saved = Saved::default();
        for attempt in 1..=TRIES {
            outcomes.clear();
            match self.try_write(batch, &mut outcomes).await {
                Ok(after) => {
                    saved = after;
                    break;
                }
                Err(error) if error.is_contention() && attempt < TRIES => {
                    tracing::debug!(%error, attempt, "transactions crossed, running the batch again");
                }
                Err(error) => {
                    tracing::error!(%error, commands = batch.len(), "a batch could not be saved");
                    let unavailable = matches!(error, Error::Unavailable);
                    let told = || Err(if unavailable { Error::Unavailable } else { Error::Busy });
                    outcomes.clear();
                    outcomes.resize_with(batch.len(), told);
                    break;
                }
            }
        }
        for (command, outcome) in batch.iter_mut().zip(outcomes) {
            command.answer(outcome);
        }
        self.teller.tell_own(saved.told).await;
        if saved.woke_jobs {
            self.jobs.notify_one();
        }
    }

    /// One transaction. `Err` means that nothing of the batch holds.
    async fn try_write(&self, batch: &mut [Box<dyn Queued>], outcomes: &mut Vec<Result<()>>) -> Result<Saved> {
        match self.write_together(batch).await? {
            Together::Saved(saved) => {
                outcomes.resize_with(batch.len(), || Ok(()));
                Ok(saved)
            }
            Together::Failed(error) if batch.len() == 1 && !error.is_contention() => {
                outcomes.push(Err(error));
                Ok(Saved::default())
            }
            Together::Failed(_) => self.write_apart(batch, outcomes).await,
        }
    }

    /// All commands as one. Most batches go well, and these are spared two statements a command.
    async fn write_together(&self, batch: &mut [Box<dyn Queued>]) -> Result<Together> {
        let transaction = self.store.begin().await?;
        let mut effects = Effects::default();
        // Holds until a command that may change anything.
        let mut known = None;
        for at in 0..batch.len() {
            known = match known {
                _ if batch[at].reads().is_none() => None,
                Some(known) => Some(known),
                None => Some(Known::read(&transaction, &reads_from(&batch[at..])).await?),
            };
            let mut nothing = Known::default();
            let known = known.as_mut().unwrap_or(&mut nothing);
            let mut tx = Tx::new(&transaction, self.clock.now(), self.directory.get(), self.teller.hub(), known);
            match batch[at].run(&mut tx).await {
                Ok(()) => effects.add(tx.effects),
                Err(error) if error.is_fatal_to_batch() => return Err(error),
                Err(error) => {
                    transaction.rollback().await?;
                    return Ok(Together::Failed(error));
                }
            }
        }
        self.finish(transaction, effects, batch.len()).await.map(Together::Saved)
    }

    /// Each command in its own savepoint.
    async fn write_apart(&self, batch: &mut [Box<dyn Queued>], outcomes: &mut Vec<Result<()>>) -> Result<Saved> {
        let transaction = self.store.begin().await?;
        let mut effects = Effects::default();
        for command in batch.iter_mut() {
            let outcome = self.run_in_savepoint(&transaction, command.as_mut(), &mut effects).await;
            match outcome {
                Err(error) if error.is_fatal_to_batch() => return Err(error),
                outcome => outcomes.push(outcome),
            }
        }
        self.finish(transaction, effects, batch.len()).await
    }

    /// Numbers what happened and commits.
    async fn finish(&self, transaction: DatabaseTransaction, effects: Effects, commands: usize) -> Result<Saved> {
        counters::save(&transaction, &effects.counters).await?;
        let told = log::append(&transaction, effects.drafts).await?;
        transaction.commit().await?;
        if effects.changed_directory
            && let Err(error) = self.teller.read_directory().await
        {
            tracing::error!(%error, "people and channels could not be read again");
        }
        metrics::counter!("switchboard_events_total").increment(told.len() as u64);
        metrics::histogram!("switchboard_batch_commands").record(commands as f64);
        Ok(Saved { told, woke_jobs: effects.woke_jobs })
    }

    /// A command that fails leaves nothing behind and does not disturb its neighbours. One that met another's
    /// change reads and decides again at once.
    async fn run_in_savepoint(
        &self,
        transaction: &DatabaseTransaction,
        command: &mut dyn Queued,
        effects: &mut Effects,
    ) -> Result<()> {
        let mut tries = 0;
        loop {
            tries += 1;
            let savepoint = transaction.begin().await?;
            let mut nothing = Known::default();
            let mut tx = Tx::new(&savepoint, self.clock.now(), self.directory.get(), self.teller.hub(), &mut nothing);
            let outcome = command.run(&mut tx).await;
            let done = tx.effects;
            match outcome {
                Ok(()) => {
                    savepoint.commit().await?;
                    effects.add(done);
                    return Ok(());
                }
                Err(error) if error.is_fatal_to_batch() => return Err(error),
                Err(error) => {
                    savepoint.rollback().await?;
                    if !error.is_contention() || tries >= TRIES {
                        return Err(error);
                    }
                }
            }
        }
    }
}

/// What the commands at the front of `batch` read, up to the first that does not say so: that one may change anything.
fn reads_from(batch: &[Box<dyn Queued>]) -> Vec<Reads> {
    batch.iter().map_while(|command| command.reads()).collect()
}
