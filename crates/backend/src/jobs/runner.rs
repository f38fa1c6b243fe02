//! Carrying jobs out: a worker leases what is due, works outside the Writer, and writes the result and the end of the
//! job in one command. A job that fails is tried again later and later, and given up in the end.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use ::channels::http::FILE_MAX;
use domain::delivery::{Cause, Delay, Delivery};
use domain::id::JobId;
use domain::timestamp::{Timestamp, hours};
use futures::FutureExt;
use rand::Rng;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::inbound;
use crate::jobs::queue::{self, Lease};
use crate::jobs::{Work, bot, catch_up, deliver, feedback, fetch, inform, press, profile, react, route, signals};
use crate::messages;
use crate::writer::{Command, Tx};

/// How many jobs are worked on at once.
const AT_ONCE: usize = 16;

/// Without being woken, the queue is looked at this often.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// A lease is renewed this often.
const RENEW: Duration = Duration::from_secs(10);

/// No single job takes longer.
const LIMIT: Duration = Duration::from_secs(5 * 60);

/// No job takes longer that carries files, of which a message has a handful and each has its own time: who is cut off while
/// a file leaves cannot say whether the message did.
const LIMIT_WITH_FILES: Duration = FILE_MAX.saturating_mul(12);

/// A job is given up after so many failures, or when it is this old; while it waits for an admin its age does not count.
const ATTEMPTS: u32 = 10;
const BUDGET: Duration = hours(24);

/// The shortest and the longest pause before a job is tried again.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LAST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// Why a job was not done.
#[derive(Debug)]
pub(super) enum Failure {
    /// Something went wrong: tried again later, but not for ever.
    Failed(String),
    /// The provider does not answer: tried again as what went wrong is, and told in the room.
    Outage(String),
    /// It cannot be done just now, through no fault of its own.
    NotYet { problem: String, wait: Duration },
    /// A message may not leave yet, and that is told in the room.
    Held { problem: String, cause: Cause, wait: Duration },
    /// It may have been done, but that could not be written down. The lease runs out, and whoever finds the job knows.
    Lost,
}

impl Failure {
    /// What a message waits for meanwhile.
    const fn cause(&self) -> Option<Cause> {
        match self {
            Self::Outage(_) => Some(Cause::Outage),
            Self::Held { cause, .. } => Some(*cause),
            Self::Failed(_) | Self::NotYet { .. } | Self::Lost => None,
        }
    }

    /// Whether nothing ends the wait but an admin, who may take days.
    const fn waits_for_admin(&self) -> bool {
        matches!(self, Self::Held { cause: Cause::Paused | Cause::Stopped, .. })
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Carries jobs out until `stop`. What has begun is finished.
pub(super) async fn run(backend: Backend, stop: CancellationToken, tasks: TaskTracker) {
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    while !stop.is_cancelled() {
        let wait = begin_due(&backend, &slots, &tasks).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the job queue could not be read");
            LOOK_AGAIN
        });
        tokio::select! {
            () = backend.jobs().notified() => {}
            () = sleep(wait) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Begins what is due and finds a free worker; gives how long there is nothing more to begin.
async fn begin_due(backend: &Backend, slots: &Arc<Semaphore>, tasks: &TaskTracker) -> Result<Duration> {
    route::notice_arrivals(backend).await?;
    for lease in take_due(backend, slots.available_permits()).await? {
        let Ok(slot) = Arc::clone(slots).acquire_owned().await else { return Ok(LOOK_AGAIN) };
        let backend = backend.clone();
        tasks.spawn(async move {
            carry_out(&backend, lease).await;
            drop(slot);
            // The next of its lane may begin.
            backend.jobs().notify_one();
        });
    }
    let now = backend.now();
    let next = queue::next_run_at(&backend.store().read, now).await?;
    Ok(next.map_or(LOOK_AGAIN, |at| at.since(now).min(LOOK_AGAIN)))
}

/// Carries out everything that is due now, until nothing is. For tests and for moments when nobody else works.
///
/// # Errors
/// The rows cannot be read or written.
pub async fn run_due(backend: &Backend) -> Result<()> {
    loop {
        inbound::process_waiting(backend).await?;
        signals::show_waiting(backend).await;
        route::notice_arrivals(backend).await?;
        let leases = take_due(backend, AT_ONCE).await?;
        if leases.is_empty() {
            return Ok(());
        }
        for lease in leases {
            carry_out(backend, lease).await;
        }
    }
}

/// Leases at most `most` jobs that are due.
pub(super) async fn take_due(backend: &Backend, most: usize) -> Result<Vec<Lease>> {
    if most == 0 {
        return Ok(Vec::new());
    }
    let due = queue::list_due(&backend.store().read, backend.now(), most as u64).await?;
    if due.is_empty() { Ok(Vec::new()) } else { backend.run(Take { due }).await }
}

struct Take {
    due: Vec<JobId>,
}

impl Command for Take {
    type Output = Vec<Lease>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<Lease>> {
        let mut leases = Vec::with_capacity(self.due.len());
        for id in &self.due {
            let Some(row) = queue::take(tx, *id).await? else { continue };
            match serde_json::from_str(&row.work) {
                Ok(work) => leases.push(Lease::new(&row, work, tx.now)),
                Err(error) => queue::leave_unread(tx, &row, &error.to_string()).await?,
            }
        }
        Ok(leases)
    }
}

/// Works on one job while keeping its lease, and writes down when it failed.
async fn carry_out(backend: &Backend, lease: Lease) {
    let attempt = timeout(limit(&lease.work), attempt(backend, &lease));
    let mut outcome = Box::pin(AssertUnwindSafe(attempt).catch_unwind());
    let outcome = loop {
        tokio::select! {
            outcome = &mut outcome => break outcome,
            () = sleep(RENEW) => renew(backend, &lease).await,
        }
    };
    let failure = match outcome {
        Ok(Ok(Ok(()))) => return,
        Ok(Ok(Err(failure))) => failure,
        // It was cut off in the middle. A message may have left.
        Ok(Err(_)) | Err(_) if matches!(lease.work, Work::Deliver { .. }) => Failure::Lost,
        Ok(Err(_)) => Failure::Failed("it took too long".into()),
        Err(_) => Failure::Failed("the program has a fault here".into()),
    };
    metrics::counter!("switchboard_jobs_failed_total", "kind" => lease.work.word()).increment(1);
    if let Err(error) = backend.run(NoteFailure { lease: lease.clone(), failure }).await {
        // The lease runs out, and the job is tried again then.
        tracing::warn!(job = %lease.id, %error, "a job's failure could not be written down");
    }
}

const fn limit(work: &Work) -> Duration {
    match work {
        Work::Deliver { .. } | Work::Fetch { .. } => LIMIT_WITH_FILES,
        Work::BotTurn { .. }
        | Work::Route { .. }
        | Work::RouteLater { .. }
        | Work::RouteQueue
        | Work::AskFeedback { .. }
        | Work::Inform { .. }
        | Work::React { .. }
        | Work::Profile { .. }
        | Work::Press { .. }
        | Work::CatchUp { .. } => LIMIT,
    }
}

async fn renew(backend: &Backend, lease: &Lease) {
    match backend.run(Renew { lease: lease.clone() }).await {
        Ok(Some(until)) => lease.set_until(until),
        // Without the lease its result does not count.
        Ok(None) => tracing::warn!(job = %lease.id, "a job was taken over by another worker"),
        Err(error) => tracing::warn!(job = %lease.id, %error, "a lease could not be renewed"),
    }
}

/// Makes sure, just before something leaves that must not leave twice, that the job is still this worker's: one that stood
/// still for longer than its lease may have been given up for dead.
pub(super) async fn keep(backend: &Backend, lease: &Lease) -> std::result::Result<(), Failure> {
    if lease.lasts_beyond(backend.now()) {
        return Ok(());
    }
    match backend.run(Renew { lease: lease.clone() }).await? {
        Some(until) => lease.set_until(until),
        // It was renewed beside this at that very moment.
        None if lease.lasts_beyond(backend.now()) => {}
        None => return Err(Failure::Lost),
    }
    Ok(())
}

struct Renew {
    lease: Lease,
}

impl Command for Renew {
    type Output = Option<Timestamp>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Option<Timestamp>> {
        queue::renew(tx, &self.lease).await
    }
}

async fn attempt(backend: &Backend, lease: &Lease) -> std::result::Result<(), Failure> {
    match &lease.work {
        Work::Deliver { room, message, sent_parts, .. } => {
            deliver::run(backend, lease, *room, *message, *sent_parts).await
        }
        Work::BotTurn { room, epoch, message } => bot::run(backend, lease, *room, *epoch, *message).await,
        Work::Route { room } | Work::RouteLater { room } => route::run(backend, lease, *room).await,
        Work::RouteQueue => route::run_queue(backend, lease).await,
        Work::AskFeedback { room, episode } => feedback::run(backend, lease, *room, *episode).await,
        Work::Inform { channel, provider_id, delivery } => {
            inform::run(backend, lease, *channel, provider_id, delivery).await
        }
        Work::Fetch { channel, room, message, place, file } => {
            let at = fetch::Place { room: *room, message: *message, place: *place };
            fetch::run(backend, lease, *channel, at, file).await
        }
        Work::React { room, message, emoji } => react::run(backend, lease, *room, *message, emoji.as_deref()).await,
        Work::Profile { channel, customer } => profile::run(backend, lease, *channel, *customer).await,
        Work::Press { channel, button } => press::run(backend, lease, *channel, button).await,
        Work::CatchUp { channel, gap, begun_at } => catch_up::run(backend, lease, *channel, gap, *begun_at).await,
    }
}

/// Writes down that a job was not done, and what follows from that.
struct NoteFailure {
    lease: Lease,
    failure: Failure,
}

impl Command for NoteFailure {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let lease = &self.lease;
        let (problem, attempts, pause) = match &self.failure {
            Failure::Lost => return Ok(()),
            Failure::NotYet { problem, wait } | Failure::Held { problem, wait, .. } => (problem, lease.attempts, *wait),
            Failure::Failed(problem) | Failure::Outage(problem) => {
                (problem, lease.attempts + 1, pause_before(lease.attempts + 1))
            }
        };
        let counted_from = if self.failure.waits_for_admin() { tx.now } else { lease.counted_from };
        let most = if matches!(lease.work, Work::BotTurn { .. }) { bot::FAILURES } else { ATTEMPTS };
        let is_over = attempts >= most || tx.now.since(counted_from) >= BUDGET;
        if !is_over {
            let run_at = tx.now.plus(pause);
            let delay = self.failure.cause().and_then(|cause| Delay::of(cause, tx.now, run_at));
            if queue::put_back(tx, lease, attempts, run_at, counted_from, problem).await?
                && let (Some(delay), Work::Deliver { room, message, .. }) = (delay, &lease.work)
            {
                messages::advance(tx, *room, *message, Delivery::Delayed(delay)).await?;
            }
            return Ok(());
        }
        if queue::give_up(tx, lease, attempts, problem).await? {
            tracing::error!(job = %lease.id, kind = lease.work.word(), attempts, "a job was given up");
            metrics::counter!("switchboard_jobs_given_up_total", "kind" => lease.work.word()).increment(1);
            match lease.work {
                Work::Deliver { room, message, .. } => {
                    messages::advance(tx, room, message, Delivery::Failed { reason: problem.clone() }).await?;
                }
                Work::Fetch { room, message, place, .. } => {
                    fetch::give_up(tx, fetch::Place { room, message, place }, problem).await?;
                }
                Work::React { room, message, .. } => react::take_back(tx, room, message).await?,
                Work::BotTurn { room, epoch, .. } => bot::hand_over(tx, room, epoch).await?,
                _ => {}
            }
        }
        Ok(())
    }
}

/// Somewhere between the shortest pause and twice the last one, so that jobs which failed together do not come back
/// together.
fn pause_before(attempt: u32) -> Duration {
    let most = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(attempt)).min(LAST_PAUSE);
    rand::rng().random_range(FIRST_PAUSE..=most)
}

/// Nothing else came of the job.
pub(super) async fn finish(backend: &Backend, lease: &Lease) -> std::result::Result<(), Failure> {
    Ok(backend.run(Finish { lease: lease.clone() }).await?)
}

struct Finish {
    lease: Lease,
}

impl Command for Finish {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        queue::finish(tx, &self.lease).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use domain::change::{Change, HandOffReason};
    use domain::channel::ChannelKind;
    use domain::timestamp::minutes;

    use super::{FILE_MAX, Failure, NoteFailure, limit, take_due};
    use crate::clock::new_id;
    use crate::jobs::Work;
    use crate::test_desk::TestDesk;

    #[tokio::test]
    async fn a_bot_whose_turn_breaks_off_twice_hands_over() {
        let desk = TestDesk::new().await;
        desk.web_channel_with_bot().await;
        desk.customer_writes("hello").await;
        for turn in 1..=2 {
            let lease = take_due(&desk.backend, 1).await.expect("jobs can be taken").remove(0);
            let Work::BotTurn { room, .. } = lease.work else { panic!("the bot has something to answer") };
            assert!(desk.find_room(room).await.is_with_bot(), "turn {turn}");

            let failure = Failure::Failed("it took too long".into());
            desk.backend.run(NoteFailure { lease, failure }).await.expect("nothing fails");

            assert_eq!(desk.find_room(room).await.is_queued(), turn == 2);
            desk.later(minutes(1));
        }
        let why = desk.told().await.into_iter().find_map(|event| match event.change {
            Change::HandedOff { reason, .. } => Some(reason),
            _ => None,
        });
        assert_eq!(why, Some(HandOffReason::BotError));
    }

    #[test]
    fn every_file_of_a_message_may_take_the_time_that_it_has_and_the_message_is_not_cut_off() {
        let deliver =
            limit(&Work::Deliver { room: new_id(), message: new_id(), sent_parts: 0, asked: false, faltered: 0 });
        for kind in ChannelKind::ALL {
            let files = u32::try_from(kind.capabilities().files_max).expect("a handful");
            assert!(deliver > FILE_MAX.saturating_mul(files), "{kind:?}");
        }
    }
}
