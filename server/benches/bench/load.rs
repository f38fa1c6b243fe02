//! Open-loop load: requests are sent when they are due, whether or not the server has answered the ones before.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::figure::Latencies;
use crate::rig::http::Connection;
use crate::rig::socket::{Heard, Socket};

/// How long the last answers may take after the last request.
const DRAIN: Duration = Duration::from_secs(15);

/// When each request is due.
#[derive(Clone, Copy)]
pub struct Schedule {
    start: Instant,
    per_second: u32,
}

impl Schedule {
    fn due(self, number: usize) -> Instant {
        self.start + Duration::from_secs_f64(number as f64 / f64::from(self.per_second))
    }

    /// How late each of `moments` was, without the first `warm_up`, which are not measured.
    pub fn latencies(self, moments: &Moments, warm_up: usize) -> impl Iterator<Item = Option<Duration>> {
        let moments = moments.lock().clone();
        let late = move |(number, moment): (usize, Option<Instant>)| Some(moment?.duration_since(self.due(number)));
        moments.into_iter().enumerate().skip(warm_up).map(late)
    }
}

/// When something about each request happened.
#[derive(Clone)]
pub struct Moments(Arc<Mutex<Vec<Option<Instant>>>>);

impl Moments {
    fn new(count: usize) -> Self {
        Self(Arc::new(Mutex::new(vec![None; count])))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Option<Instant>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the first time only; true when this was it.
    fn note(&self, number: usize, now: Instant) -> bool {
        match self.lock().get_mut(number) {
            Some(moment @ None) => {
                *moment = Some(now);
                true
            }
            _ => false,
        }
    }
}

/// What a run showed.
pub struct Fired {
    pub schedule: Schedule,
    /// When each request was answered 200.
    pub answered: Moments,
}

impl Fired {
    pub fn latencies(&self, warm_up: usize) -> Latencies {
        Latencies::new(self.schedule.latencies(&self.answered, warm_up))
    }
}

/// Sends `requests` at `per_second` over `connections` kept connections.
pub async fn fire(host: &str, per_second: u32, connections: usize, requests: Vec<Vec<u8>>) -> Result<Fired> {
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        open.push(Connection::open(host).await?);
    }
    let answered = Moments::new(requests.len());
    let schedule = Schedule { start: Instant::now() + Duration::from_millis(100), per_second };
    let (due, queue) = mpsc::unbounded_channel();
    let (requests, queue) = (Arc::new(requests), Arc::new(tokio::sync::Mutex::new(queue)));
    let shared = Sender { host: host.to_owned(), queue, requests: Arc::clone(&requests), answered: answered.clone() };
    let mut senders = JoinSet::new();
    for connection in open {
        senders.spawn(shared.clone().send_due(connection));
    }
    // The runtime's timer ticks in whole milliseconds; a thread of its own is closer to the moment.
    let count = requests.len();
    let pacing = std::thread::spawn(move || pace(schedule, count, &due));
    let span = schedule.due(count).duration_since(Instant::now());
    // Whatever has not been answered by then counts as never answered.
    drop(timeout(span + DRAIN, async { while senders.join_next().await.is_some() {} }).await);
    senders.abort_all();
    drop(pacing.join());
    Ok(Fired { schedule, answered })
}

fn pace(schedule: Schedule, count: usize, due: &mpsc::UnboundedSender<usize>) {
    for number in 0..count {
        std::thread::sleep(schedule.due(number).saturating_duration_since(Instant::now()));
        if due.send(number).is_err() {
            return;
        }
    }
}

/// What every sending connection shares with the others.
#[derive(Clone)]
struct Sender {
    host: String,
    queue: Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<usize>>>,
    requests: Arc<Vec<Vec<u8>>>,
    answered: Moments,
}

impl Sender {
    async fn send_due(self, mut connection: Connection) {
        loop {
            let next = self.queue.lock().await.recv().await;
            let Some(number) = next else { return };
            match connection.exchange(&self.requests[number]).await {
                Ok(answer) if answer.status == 200 => {
                    self.answered.note(number, Instant::now());
                }
                Ok(answer) => complain(&format!("a request was answered {}: {}", answer.status, answer.text())),
                Err(error) => {
                    complain(&format!("a connection broke off: {error}"));
                    let Ok(again) = Connection::open(&self.host).await else { return };
                    connection = again;
                }
            }
        }
    }
}

/// Says what went wrong, the first time; the figures count the rest.
fn complain(words: &str) {
    static FIRST: std::sync::Once = std::sync::Once::new();
    FIRST.call_once(|| eprintln!("{words}"));
}

/// The words of request `number`, which its listeners know it by.
pub fn marked(number: usize) -> String {
    format!("mark-{number:07} Good morning, could you please tell me where the parcel is that I ordered?")
}

/// The number in the message that an event ends with.
fn mark_in(frame: &[u8]) -> Option<usize> {
    // The message is the last thing in an event; before it stands its room, with an older preview perhaps.
    let end = &frame[frame.len().saturating_sub(256)..];
    let at = end.windows(5).rposition(|five| five == b"mark-")?;
    std::str::from_utf8(end.get(at + 5..at + 12)?).ok()?.parse().ok()
}

/// Sockets that note when they heard of each message.
pub struct Listeners {
    heard: Vec<Moments>,
    tasks: JoinSet<()>,
}

impl Listeners {
    /// Listens for `count` messages on each of `sockets`.
    pub fn start(sockets: Vec<Socket>, count: usize) -> Self {
        let mut listeners = Self { heard: Vec::new(), tasks: JoinSet::new() };
        for socket in sockets {
            let moments = Moments::new(count);
            listeners.heard.push(moments.clone());
            listeners.tasks.spawn(listen(socket, moments, count));
        }
        listeners
    }

    /// Waits until everything was heard, but not for ever; then how late it was, on all sockets together.
    pub async fn finish(mut self, fired: &Fired, warm_up: usize) -> Latencies {
        drop(timeout(DRAIN, async { while self.tasks.join_next().await.is_some() {} }).await);
        let schedule = fired.schedule;
        Latencies::new(self.heard.iter().flat_map(|moments| schedule.latencies(moments, warm_up)))
    }
}

async fn listen(mut socket: Socket, moments: Moments, count: usize) {
    let mut heard = 0;
    while heard < count {
        match socket.hear().await {
            Ok(Heard::Text(text)) => {
                let is_new = mark_in(text).is_some_and(|number| moments.note(number, Instant::now()));
                heard += usize::from(is_new);
            }
            Ok(Heard::Closed(code)) => {
                complain(&format!("a socket was closed: {code}"));
                return;
            }
            Err(error) => {
                complain(&format!("a socket broke off: {error}"));
                return;
            }
        }
    }
}
