//! A whole backend on a real database of its own, for tests that read like sentences. Behind the feature `test-desk`.
//!
//! SQLite in a temporary folder, or, with `TEST_DATABASE_URL`, a fresh database on that PostgreSQL server.

mod customers;
mod newer;
mod rooms;
mod standing;

use std::sync::Arc;
use std::time::Duration;

use domain::change::{Change, Event};
use domain::channel::{Channel, ChannelKind};
use domain::flow::Flow;
use domain::id::{FileId, FlowId, RoomId, TeamId};
use domain::person::{Availability, DEFAULT_CAPACITY, Person, Role};
use domain::policy::Policy;
use domain::team::Team;
use domain::timestamp::Timestamp;
use sea_orm::{ConnectionTrait, Database, Statement};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::backend::{Backend, Config};
use crate::channels::{self, NewChannel};
use crate::clock::{Clock, ManualClock, new_id};
use crate::error::Result;
use crate::flows;
use crate::log;
use crate::media;
use crate::passwords;
use crate::people;
use crate::settings;
use crate::teams;
use crate::writer::{Command, Tx};

pub use customers::{PHONE, PHONE_NUMBER_ID, USER_ID, heard, next_id, signed, whatsapp_delivery, whatsapp_message};

/// The password of everybody a desk makes.
pub const PASSWORD: &str = "correct horse battery";

/// When every test begins: 2026-11-22 12:00 UTC.
pub const NOON: Timestamp = Timestamp(1_795_348_800_000);

/// A backend with a team "Support" and a clock that only tests move.
pub struct TestDesk {
    pub backend: Backend,
    pub clock: Arc<ManualClock>,
    /// The team everybody is in.
    pub team: TeamId,
    folder: TempDir,
    database: Option<TestDatabase>,
}

impl TestDesk {
    /// A fresh one, with nobody there yet. Its customers are not told so, or every test would hear of it: see
    /// [`desk_policy`].
    pub async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// A fresh one whose settings `change` adapts.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let desk = Self::first_run(change).await;
        desk.keep(Row::Team(Team::new(desk.team, "Support"))).await;
        desk.set_policy(desk_policy()).await;
        desk
    }

    /// An installation nobody has set up: without a team.
    pub async fn first_run(change: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().expect("tests have a temporary folder");
        let database = TestDatabase::create().await;
        let clock = Arc::new(ManualClock::new(NOON));
        let mut config = Config::new(folder.path().to_owned());
        config.database_url = database.as_ref().map(TestDatabase::url);
        config.clock = Arc::clone(&clock) as Arc<dyn Clock>;
        change(&mut config);
        let backend = Backend::start(config).await.expect("a fresh database opens");
        Self { backend, clock, team: new_id(), folder, database }
    }

    /// What the installation chose.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.backend.directory().policy.clone()
    }

    /// Has the installation choose this.
    pub async fn set_policy(&self, policy: Policy) {
        self.keep(Row::Policy(Box::new(policy))).await;
    }

    /// Stops the backend and starts another on the same database and folder.
    pub async fn restart(&mut self) {
        let config = self.backend.config().clone();
        self.backend = Backend::start(config).await.expect("the database opens again");
    }

    /// Another process on the same database and folder, beside the first.
    pub async fn another_process(&self) -> Backend {
        Backend::start(self.backend.config().clone()).await.expect("the database opens for two")
    }

    /// An admin of team Support who is online.
    pub async fn admin(&self, name: &str) -> Person {
        self.person(name, Role::Admin, vec![self.team]).await
    }

    /// A team manager of team Support who is online.
    pub async fn team_manager(&self, name: &str) -> Person {
        self.person(name, Role::TeamManager, vec![self.team]).await
    }

    /// An agent of team Support who is online.
    pub async fn agent(&self, name: &str) -> Person {
        self.person(name, Role::Agent, vec![self.team]).await
    }

    /// Somebody who is online and signs in as `name@example.com` with [`PASSWORD`].
    pub async fn person(&self, name: &str, role: Role, teams: Vec<TeamId>) -> Person {
        let person = Person {
            id: new_id(),
            name: capitalised(name),
            email: format!("{name}@example.com"),
            role,
            teams,
            availability: Availability::Online,
            capacity: DEFAULT_CAPACITY,
            active: true,
        };
        self.keep(Row::Person(person.clone(), password_hash().await)).await;
        person
    }

    /// A further team.
    pub async fn add_team(&self, name: &str) -> TeamId {
        let team = Team::new(new_id(), name);
        let id = team.id;
        self.keep(Row::Team(team)).await;
        id
    }

    /// A web channel of team Support, without a bot.
    pub async fn web_channel(&self) -> Channel {
        self.channel(ChannelKind::Web, "Website", WEB_SETTINGS, None).await
    }

    /// A web channel of team Support whose bot runs the standard flow.
    pub async fn web_channel_with_bot(&self) -> Channel {
        let flow = self.standard_flow().await;
        self.channel(ChannelKind::Web, "Website", WEB_SETTINGS, Some(flow)).await
    }

    /// A WhatsApp channel of team Support, without a bot.
    pub async fn whatsapp_channel(&self) -> Channel {
        self.channel(ChannelKind::WhatsApp, "Acme WhatsApp", WHATSAPP_SETTINGS, None).await
    }

    /// A WhatsApp channel of team Support whose bot runs the standard flow.
    pub async fn whatsapp_channel_with_bot(&self) -> Channel {
        let flow = self.standard_flow().await;
        self.channel(ChannelKind::WhatsApp, "Acme WhatsApp", WHATSAPP_SETTINGS, Some(flow)).await
    }

    /// A channel of team Support with these settings.
    pub async fn channel(&self, kind: ChannelKind, name: &str, settings: &str, flow: Option<FlowId>) -> Channel {
        let mut new = NewChannel::check(&self.backend, kind, name, settings).expect("good settings");
        new.channel.team = Some(self.team);
        new.channel.flow = flow;
        new.channel.bot_name = flow.map(|_| flows::BOT_NAME.into());
        let channel = new.channel.clone();
        self.keep(Row::Channel(Box::new(new))).await;
        channel
    }

    /// The flow a new installation has.
    pub async fn standard_flow(&self) -> FlowId {
        let id = new_id();
        self.keep(Row::Flow(id, Box::new(Flow::standard()))).await;
        id
    }

    /// Gives a file to a room, as a message that carries it will.
    pub async fn attach(&self, file: FileId, room: RoomId) -> bool {
        self.backend.run(Attach { file, room }).await.expect("a row of a test can be saved")
    }

    /// Everything that was ever told, in order.
    pub async fn told(&self) -> Vec<Event> {
        let told = log::after(&self.backend.store().read, 0, u64::from(u32::MAX)).await.expect("the log can be read");
        told.into_iter().map(|told| (*told.event).clone()).collect()
    }

    /// Whether `words` stand anywhere in the database, readable for whoever gets hold of its files.
    pub async fn stores(&self, words: &str) -> bool {
        let Some(database) = &self.database else {
            let files = ["switchboard.db", "switchboard.db-wal"].map(|name| self.folder().join(name));
            let mut bytes = files.iter().filter_map(|file| std::fs::read(file).ok());
            return bytes.any(|bytes| bytes.windows(words.len()).any(|window| window == words.as_bytes()));
        };
        let connection = Database::connect(database.url()).await.expect("the test server answers");
        let all = "SELECT query_to_xml('SELECT * FROM ' || table_name, true, true, '')::text AS rows \
             FROM information_schema.tables WHERE table_schema = 'public'";
        let tables = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), all)).await;
        let tables = tables.expect("tables can be read");
        drop(connection.close().await);
        tables.iter().any(|row| row.try_get::<String>("", "rows").is_ok_and(|rows| rows.contains(words)))
    }

    /// Moves the clock forward.
    pub fn later(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// The folder with the database, media and keys.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    async fn keep(&self, row: Row) {
        self.backend.run(Keep(row)).await.expect("a row of a test can be saved");
    }
}

/// What a desk's web and WhatsApp channel sign with.
pub const SITE_SECRET: &str = "what the shop signs with";
pub const APP_SECRET: &str = "app-secret";

/// The settings of a desk's web channel.
pub const WEB_SETTINGS: &str = r#"{"origins":["https://shop.example"],"secret":"what the shop signs with"}"#;

/// The settings of a desk's WhatsApp channel; nobody listens at its provider's address.
pub const WHATSAPP_SETTINGS: &str = r#"{"phone_number_id":"801000000000002","access_token":"EAAtoken","app_secret":"app-secret","verify_token":"verify-token","base_url":"http://127.0.0.1:9"}"#;

/// The policy a desk begins with: the product's own, without an away line.
#[must_use]
pub fn desk_policy() -> Policy {
    Policy { away_text: String::new(), ..Policy::default() }
}

enum Row {
    Policy(Box<Policy>),
    Team(Team),
    Person(Person, String),
    Channel(Box<NewChannel>),
    Flow(FlowId, Box<Flow>),
}

struct Keep(Row);

impl Command for Keep {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        match &self.0 {
            Row::Policy(policy) => settings::write_policy(tx, policy).await?,
            Row::Team(team) => {
                teams::rows::insert(tx.db, team).await?;
                tx.tell(Change::TeamChanged(team.clone()));
            }
            Row::Person(person, password_hash) => {
                people::rows::insert(tx.db, person, password_hash, tx.now).await?;
                tx.tell(Change::PersonChanged(person.clone()));
            }
            Row::Channel(new) => channels::insert(tx, new).await?,
            Row::Flow(id, flow) => flows::insert(tx, *id, flow).await?,
        }
        Ok(())
    }
}

struct Attach {
    file: FileId,
    room: RoomId,
}

impl Command for Attach {
    type Output = bool;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool> {
        media::attach(tx, self.file, self.room).await
    }
}

/// Hashing is slow on purpose; everybody in a test has the same password, so it is hashed once.
async fn password_hash() -> String {
    static HASH: OnceCell<String> = OnceCell::const_new();
    HASH.get_or_init(|| async { passwords::hash(PASSWORD).await.expect("a password can be hashed") }).await.clone()
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A PostgreSQL database of one test; it is dropped with its desk.
struct TestDatabase {
    server: String,
    name: String,
}

impl TestDatabase {
    /// `None` when tests run on SQLite.
    async fn create() -> Option<Self> {
        let url = std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())?;
        let name = format!("test_{}", new_id::<uuid::Uuid>().simple());
        let server = url.rsplit_once('/').expect("TEST_DATABASE_URL ends with the name of a database").0.to_owned();
        ask_server(&server, &format!("CREATE DATABASE {name}")).await;
        Some(Self { server, name })
    }

    fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let server = self.server.clone();
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A test's runtime cannot be waited on from inside itself.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a thread can have a runtime").block_on(ask_server(&server, &statement));
        });
        drop(dropping.join());
    }
}

async fn ask_server(server: &str, statement: &str) {
    let connection = Database::connect(format!("{server}/postgres")).await.expect("the test server answers");
    connection.execute_unprepared(statement).await.expect("databases can be made and dropped on the test server");
    drop(connection.close().await);
}
