//! The simulator as the server mounts it: its settings, its state behind one lock, and its routes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get, post};
use tokio::sync::{Semaphore, watch};

use crate::play::Play;
use crate::provider::{Provider, Scene};
use crate::providers::{Account, DOORS};
use crate::{doors, pages, standin};

/// What the simulator plays and where it reaches us.
pub struct Settings {
    /// Our own address without a trailing slash, such as `http://127.0.0.1:3000`.
    pub own_base_url: String,
    /// The address that providers were told, without a trailing slash: some of them sign it.
    pub public_base_url: String,
    pub channels: Vec<Channel>,
    /// Those whom we know already, so that whoever is met keeps their name.
    pub people: Vec<Known>,
    /// Id and name of the web channels the sample site can carry.
    pub web_channels: Vec<(String, String)>,
}

/// Somebody of a channel's, by the id that its provider knows them by: an id of its own, or a phone number.
pub struct Known {
    pub channel: String,
    pub id: String,
    pub name: String,
}

/// One played channel, with what its provider would hold.
pub struct Channel {
    pub id: String,
    pub name: String,
    pub account: Account,
}

/// The played customers and the stand-ins of their providers. Cheap to clone.
#[derive(Clone)]
pub struct Simulator(Arc<Inner>);

struct Inner {
    settings: Settings,
    client: reqwest::Client,
    play: Mutex<Play>,
    version: watch::Sender<u64>,
    /// How many tasks may be under way that nobody waits for.
    tasks: Arc<Semaphore>,
}

const TASKS_MOST: usize = 256;
const BODY_MOST: usize = 110 * 1024 * 1024;
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

impl Simulator {
    /// # Panics
    /// When no rustls crypto provider is installed: the process does that at its start.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let client = reqwest::Client::builder()
            .timeout(ANSWER_WITHIN)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client without special settings can be built");
        let channels = settings.channels.iter().map(|channel| (channel.id.as_str(), channel.provider()));
        Self(Arc::new(Inner {
            play: Mutex::new(Play::with_people(channels).knowing(&settings.people)),
            settings,
            client,
            version: watch::Sender::new(1),
            tasks: Arc::new(Semaphore::new(TASKS_MOST)),
        }))
    }

    /// The routes, to be nested at `/simulator`.
    pub fn router(self) -> Router {
        let mut router = Router::new();
        for door in DOORS {
            let answer = move |state, request| standin::answer(state, door, request);
            router = router.route(&format!("/{door}"), any(answer)).route(&format!("/{door}/{{*path}}"), any(answer));
        }
        router
            .route("/", get(pages::play))
            .route("/assets/{name}", get(pages::asset))
            .route("/site", get(pages::site_home))
            .route("/site/delivery", get(pages::site_delivery))
            .route("/api/state", get(doors::state))
            .route("/api/customers", post(doors::add_customer))
            .route("/api/customers/{id}/messages", post(doors::write))
            .route("/api/customers/{id}/switches", post(doors::set_switches))
            .route("/files/{id}", get(pages::file))
            .layer(DefaultBodyLimit::max(BODY_MOST))
            .with_state(self)
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.0.client
    }

    pub(crate) fn channel(&self, id: &str) -> Option<&Channel> {
        self.0.settings.channels.iter().find(|channel| channel.id == id)
    }

    /// The channels behind one door.
    pub(crate) fn channels_behind(&self, door: &str) -> impl Iterator<Item = &Channel> {
        self.0.settings.channels.iter().filter(move |channel| channel.provider().door() == door)
    }

    /// The moment, as a provider sees it.
    pub(crate) fn scene<'a>(&'a self, channel: &'a Channel) -> Scene<'a> {
        let settings = self.settings();
        let now = now();
        Scene {
            channel: &channel.id,
            public_base_url: &settings.public_base_url,
            api_url: format!("{}/simulator/{}", settings.own_base_url, channel.provider().door()),
            now,
            number: self.touch(|play| play.next_number(now)),
        }
    }

    /// Looks at the play, under its lock.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Play) -> T) -> T {
        look(&self.0.play.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the play, under its lock, and tells the open pages.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Play) -> T) -> T {
        let result = change(&mut self.0.play.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.version.send_modify(|version| *version += 1);
        result
    }

    /// Changes the play where no page shows it.
    pub(crate) fn touch<T>(&self, change: impl FnOnce(&mut Play) -> T) -> T {
        change(&mut self.0.play.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The number of the newest change, and a way to wait for the next.
    pub(crate) fn version(&self) -> watch::Receiver<u64> {
        self.0.version.subscribe()
    }

    /// Runs `task` beside everything else; when too much is under way it is dropped, as a network would.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let Ok(permit) = Arc::clone(&self.0.tasks).try_acquire_owned() else {
            tracing::warn!("the simulator dropped a task: too many are under way");
            return;
        };
        tokio::spawn(async move {
            task.await;
            drop(permit);
        });
    }
}

impl Channel {
    pub(crate) fn provider(&self) -> &dyn Provider {
        self.account.provider()
    }
}

/// Unix milliseconds.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
