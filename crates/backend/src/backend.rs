//! The backend: one value that commands, queries and jobs take first.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::id::PersonId;
use domain::live::Frame;
use domain::person::Person;
use domain::refused::Refused;
use domain::timestamp::Timestamp;
use tokio::sync::Notify;

use crate::clock::{Clock, SystemClock};
use crate::counters;
use crate::directory::{self, Directory, Shared};
use crate::error::Result;
use crate::jobs::workshop::Workshop;
use crate::live::{Hub, LOOK, Teller};
use crate::log;
use crate::media::MediaStore;
use crate::seal::Seal;
use crate::sessions::Limits;
use crate::store::Store;
use crate::writer::{Command, Scribe, Writer};

/// How the process is set up. `server` reads it from flags and the environment.
#[derive(Clone)]
pub struct Config {
    /// `postgres://…`; without it, SQLite in the data folder.
    pub database_url: Option<String>,
    pub data_dir: PathBuf,
    /// Seals channel secrets: 32 bytes. Without it, a key is made and kept in the data folder.
    pub secret_key: Option<[u8; 32]>,
    /// The address customers and providers reach us at, without a slash at the end.
    pub public_url: String,
    pub clock: Arc<dyn Clock>,
}

impl Config {
    /// The defaults, with everything in `data_dir`.
    #[must_use]
    pub fn new(data_dir: PathBuf) -> Self {
        let clock = Arc::new(SystemClock);
        Self { database_url: None, data_dir, secret_key: None, public_url: "http://localhost:3000".into(), clock }
    }
}

/// Counts are told at most this often.
const COUNTS_PAUSE: Duration = Duration::from_millis(80);

/// Who looks at which room is told to those who do not look at it at most this often.
const LOOKERS_PAUSE: Duration = Duration::from_millis(250);

/// A running backend. Cheap to clone.
#[derive(Clone)]
pub struct Backend(Arc<Inner>);

struct Inner {
    config: Config,
    store: Store,
    writer: Writer,
    hub: Hub,
    directory: Arc<Shared>,
    jobs: Arc<Notify>,
    workshop: Workshop,
    seal: Seal,
    limits: Limits,
    media: MediaStore,
    started_at: Timestamp,
    teller: Arc<Teller>,
}

impl Backend {
    /// Opens the database, brings its schema up to date and starts the writer.
    ///
    /// # Errors
    /// The database cannot be reached, or is of a newer version.
    pub async fn start(config: Config) -> Result<Self> {
        let seal = Seal::open(&config)?;
        let media = MediaStore::open(&config.data_dir)?;
        let store = Store::open(config.database_url.as_deref(), &config.data_dir).await?;
        store.migrate().await?;
        let directory = Arc::new(Shared::default());
        let hub = Hub::new(Arc::clone(&directory));
        // Before the directory: what happens in between is told, and the directory read again.
        hub.set_head(log::head(&store.read).await?);
        directory.set(directory::load(&store.read).await?);
        let (writer, queue) = Writer::new();
        let jobs = Arc::new(Notify::new());
        let teller = Teller::new(store.clone(), hub.clone(), Arc::clone(&directory), Arc::clone(&jobs));
        let teller = Arc::new(teller);
        let scribe = Scribe {
            store: store.clone(),
            clock: Arc::clone(&config.clock),
            directory: Arc::clone(&directory),
            teller: Arc::clone(&teller),
            jobs: Arc::clone(&jobs),
        };
        tokio::spawn(scribe.run(queue));
        let limits = Limits::default();
        let started_at = config.clock.now();
        let backend = Self(Arc::new(Inner {
            config,
            store,
            writer,
            hub,
            directory,
            jobs,
            workshop: Workshop::default(),
            seal,
            limits,
            media,
            started_at,
            teller,
        }));
        tokio::spawn(follow_log(Arc::downgrade(&backend.0)));
        tokio::spawn(tell_counts(Arc::downgrade(&backend.0)));
        tokio::spawn(tell_lookers(Arc::downgrade(&backend.0)));
        Ok(backend)
    }

    /// Runs `command` in the writer.
    ///
    /// # Errors
    /// What the command refused, or why nothing could be saved.
    pub async fn run<C: Command>(&self, command: C) -> Result<C::Output> {
        self.0.writer.run(command).await
    }

    /// Waits until everything that was handed to the writer before is on disk.
    ///
    /// # Errors
    /// Nothing can be saved.
    pub async fn flush(&self) -> Result<()> {
        crate::health::prove_write(self).await
    }

    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.0.hub
    }

    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.config.clock.now()
    }

    /// Since when this process has heard of anything.
    pub(crate) fn started_at(&self) -> Timestamp {
        self.0.started_at
    }

    /// People, teams, channels and the policy as they are now.
    #[must_use]
    pub fn directory(&self) -> Arc<Directory> {
        self.0.directory.get()
    }

    /// Waits until they were read again.
    pub(crate) async fn directory_changed(&self) {
        self.0.directory.changed().await;
    }

    /// Tells what others have saved by now.
    pub(crate) async fn look(&self) {
        self.0.teller.look().await;
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn seal(&self) -> &Seal {
        &self.0.seal
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn media(&self) -> &MediaStore {
        &self.0.media
    }

    pub(crate) fn jobs(&self) -> &Notify {
        &self.0.jobs
    }

    pub(crate) fn workshop(&self) -> &Workshop {
        &self.0.workshop
    }
}

/// The person as the directory has them now; whoever is deactivated finds nothing.
pub(crate) fn active(directory: &Directory, person: PersonId) -> Result<&Person> {
    Ok(directory.people.get(&person).filter(|person| person.active).ok_or(Refused::NotFound)?)
}

/// Tells what other processes save: other nodes, or a command beside a running server.
async fn follow_log(backend: std::sync::Weak<Inner>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(teller) = backend.upgrade().map(|inner| Arc::clone(&inner.teller)) else { return };
        teller.look().await;
    }
}

/// Tells everyone whose counts changed the new ones, a moment after the change.
async fn tell_counts(backend: std::sync::Weak<Inner>) {
    loop {
        let Some(changed) = backend.upgrade().map(|inner| Arc::clone(&inner.hub.counts_changed)) else { return };
        // Woken at least now and then, so that the task ends with its backend.
        let _ = tokio::time::timeout(Duration::from_secs(5), changed.notified()).await;
        tokio::time::sleep(COUNTS_PAUSE).await;
        let Some(inner) = backend.upgrade() else { return };
        let directory = inner.directory.get();
        for person in inner.hub.take_stale_counts() {
            let Some(me) = directory.people.get(&person) else { continue };
            match counters::of(&inner.store, &inner.hub, me, &directory.policy).await {
                Ok(counts) => inner.hub.send_to(person, &Frame::Counts(counts)),
                Err(error) => tracing::warn!(%error, "counts could not be read"),
            }
        }
    }
}

/// Tells who looks at which room, each time others do, but not more often than anybody needs.
async fn tell_lookers(backend: std::sync::Weak<Inner>) {
    loop {
        let Some(changed) = backend.upgrade().map(|inner| inner.hub.lookers_changed()) else { return };
        // As above.
        let _ = tokio::time::timeout(Duration::from_secs(5), changed.notified()).await;
        let Some(hub) = backend.upgrade().map(|inner| inner.hub.clone()) else { return };
        hub.tell_lookers();
        tokio::time::sleep(LOOKERS_PAUSE).await;
    }
}
