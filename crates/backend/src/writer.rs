//! The one Writer: every command reaches the database through it.
//!
//! It runs the queued commands in one transaction, takes the `seq` numbers last, commits once, answers each caller only
//! after the commit, then tells the hub. When one of the commands fails, they are run again, each in its own savepoint.
//! What commands say they read is read for many of them at once.
//! It never does slow work: a command makes no network call.

mod batch;
mod known;
mod tx;

use std::future::Future;
use std::pin::Pin;

use domain::id::RoomId;
use tokio::sync::{mpsc, oneshot};

use crate::error::{Error, Result};

pub use batch::Scribe;
pub use known::Reads;
pub use tx::{Draft, Tx};

/// How many commands may wait before callers are told to come back.
const QUEUE: usize = 8_192;

/// Something to do in one transaction. It may be run again from the start when transactions crossed, so it changes
/// nothing but rows.
pub trait Command: Send + Sync + 'static {
    type Output: Send + 'static;

    /// The room it is about: on PostgreSQL, where several nodes write, a batch is ordered by it.
    fn room(&self) -> Option<RoomId> {
        None
    }

    /// What it is sure to read, when it asks [`Tx`] for it and changes none of it but through [`Tx::change`]: then the
    /// batch reads it ahead for all such commands together.
    fn reads(&self) -> Option<Reads> {
        None
    }

    /// Reads, decides, and writes through `tx`.
    fn run<'a>(&'a self, tx: &'a mut Tx<'_>) -> impl Future<Output = Result<Self::Output>> + Send + 'a;

    /// Hears that nothing of it was saved, and why, before any later batch begins.
    fn failed(&self, _error: &Error) {}
}

/// The door to the writer's queue.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Box<dyn Queued>>,
}

impl Writer {
    /// A writer, and the end of its queue that [`Scribe`] empties.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Box<dyn Queued>>) {
        let (queue, waiting) = mpsc::channel(QUEUE);
        (Self { queue }, waiting)
    }

    /// Runs `command` and answers once what it did is on disk.
    ///
    /// # Errors
    /// Whatever the command refused; [`Error::Busy`] when too many wait; [`Error::Unavailable`] when nothing can be
    /// saved.
    pub async fn run<C: Command>(&self, command: C) -> Result<C::Output> {
        let (reply, answer) = oneshot::channel();
        let pending = Pending { command, output: None, reply: Some(reply) };
        self.queue.try_send(Box::new(pending)).map_err(|_| Error::Busy)?;
        answer.await.unwrap_or(Err(Error::Busy))
    }
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// A command with its caller, whatever its output type is.
pub(crate) trait Queued: Send {
    fn room(&self) -> Option<RoomId>;
    fn reads(&self) -> Option<Reads>;
    fn run<'a>(&'a mut self, tx: &'a mut Tx<'_>) -> Running<'a>;
    /// Answers the caller: with the output when the transaction held, else with what went wrong.
    fn answer(&mut self, outcome: Result<()>);
}

struct Pending<C: Command> {
    command: C,
    output: Option<C::Output>,
    reply: Option<oneshot::Sender<Result<C::Output>>>,
}

impl<C: Command> Queued for Pending<C> {
    fn room(&self) -> Option<RoomId> {
        self.command.room()
    }

    fn reads(&self) -> Option<Reads> {
        self.command.reads()
    }

    fn run<'a>(&'a mut self, tx: &'a mut Tx<'_>) -> Running<'a> {
        Box::pin(async move {
            self.output = Some(self.command.run(tx).await?);
            Ok(())
        })
    }

    fn answer(&mut self, outcome: Result<()>) {
        let Some(reply) = self.reply.take() else { return };
        if let Err(error) = &outcome {
            self.command.failed(error);
        }
        let answer = outcome.and_then(|()| self.output.take().ok_or(Error::Busy));
        // The caller may have gone; what it asked for is done all the same.
        let _ = reply.send(answer);
    }
}
