//! The rows behind a Switchboard, read without it: what is really there.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, QueryResult, Statement};
use serde_json::Value;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::process::PATIENCE;

/// Where an installation's rows are. A PostgreSQL database is dropped with its installation.
pub enum Database {
    Sqlite(PathBuf),
    Postgres { server: String, name: String },
}

impl Database {
    /// A new database on the server that `url` names.
    pub async fn create(url: &str) -> Result<Self> {
        let name = format!("whole_{}", Uuid::now_v7().simple());
        let (server, _) = url.rsplit_once('/').context("the URL ends with the name of a database")?;
        ask_server(server, &format!("CREATE DATABASE {name}")).await?;
        Ok(Self::Postgres { server: server.to_owned(), name })
    }

    /// What Switchboard is given; `None` for SQLite in its data folder.
    pub fn url(&self) -> Option<String> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres { server, name } => Some(format!("{server}/{name}")),
        }
    }

    /// A connection beside the server's own.
    pub async fn open(&self) -> Result<Rows> {
        let url = match self {
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
            Self::Postgres { server, name } => format!("{server}/{name}"),
        };
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        Ok(Rows(sea_orm::Database::connect(options).await.context("opening the database")?))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Self::Postgres { server, name } = self else { return };
        let (server, statement) = (server.clone(), format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        // A runtime cannot be waited on from inside itself.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(ask_server(&server, &statement)))
        });
        drop(dropping.join());
    }
}

async fn ask_server(server: &str, statement: &str) -> Result<()> {
    let connection = sea_orm::Database::connect(format!("{server}/postgres")).await?;
    connection.execute_unprepared(statement).await?;
    connection.close().await?;
    Ok(())
}

/// An open connection to the rows.
pub struct Rows(DatabaseConnection);

impl Rows {
    pub async fn run(&self, sql: &str) -> Result<()> {
        self.0.execute_unprepared(sql).await.with_context(|| sql.chars().take(80).collect::<String>())?;
        Ok(())
    }

    /// The one number that `sql` asks for.
    pub async fn number(&self, sql: &str) -> Result<i64> {
        let rows = self.list(sql).await?;
        let row = rows.first().with_context(|| format!("no row: {sql}"))?;
        Ok(row.try_get_by_index(0)?)
    }

    async fn list(&self, sql: &str) -> Result<Vec<QueryResult>> {
        Ok(self.0.query_all_raw(Statement::from_string(self.0.get_database_backend(), sql)).await?)
    }

    /// Waits until every stored webhook has been taken in and no work is left to do.
    pub async fn wait_until_settled(&self) -> Result<()> {
        let waiting = "SELECT (SELECT count(*) FROM webhooks WHERE processed_at IS NULL) + \
                       (SELECT count(*) FROM jobs WHERE given_up_at IS NULL)";
        let began = Instant::now();
        while self.number(waiting).await? > 0 {
            ensure!(began.elapsed() < 2 * PATIENCE, "there is still work after {:?}", began.elapsed());
            sleep(std::time::Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Reads everything that was said, and whether the numbers have gaps.
    pub async fn audit(&self) -> Result<Audit> {
        let mut audit = Audit::default();
        self.read_entries(&mut audit).await?;
        self.read_events(&mut audit).await?;
        Ok(audit)
    }

    async fn read_entries(&self, audit: &mut Audit) -> Result<()> {
        let mut last: BTreeMap<Uuid, i32> = BTreeMap::new();
        for row in self.list("SELECT room, position, message, what FROM entries ORDER BY room, position").await? {
            let (room, position): (Uuid, i32) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let before = last.insert(room, position).unwrap_or(0);
            if position != before + 1 {
                audit.faults.push(format!("room {room}: position {position} after {before}"));
            }
            audit.entries.insert((room, position));
            if let Some(message) = row.try_get_by_index::<Option<Uuid>>(2)? {
                *audit.messages.entry(message.to_string()).or_default() += 1;
            }
            let what: Value = serde_json::from_str(&row.try_get_by_index::<String>(3)?)?;
            if let Some(text) = what["message"]["content"]["text"].as_str() {
                *audit.texts.entry(text.to_owned()).or_default() += 1;
            }
        }
        for row in self.list("SELECT id, last_position FROM rooms").await? {
            let (room, position): (Uuid, i32) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let found = last.remove(&room).unwrap_or(0);
            if found != position {
                audit.faults.push(format!("room {room} counts {position} entries and has {found}"));
            }
        }
        audit.faults.extend(last.keys().map(|room| format!("entries of room {room}, which there is not")));
        Ok(())
    }

    async fn read_events(&self, audit: &mut Audit) -> Result<()> {
        let mut last = 0;
        let mut told = HashSet::new();
        for row in self.list("SELECT seq, event FROM events ORDER BY seq").await? {
            let seq: i64 = row.try_get_by_index(0)?;
            if seq != last + 1 {
                audit.faults.push(format!("event {seq} after {last}"));
            }
            last = seq;
            let event: Value = serde_json::from_str(&row.try_get_by_index::<String>(1)?)?;
            let room = event["room"]["id"].as_str().and_then(|id| id.parse::<Uuid>().ok());
            let position = event["position"].as_i64().and_then(|position| i32::try_from(position).ok());
            told.extend(room.zip(position));
        }
        audit.head = self.number("SELECT seq FROM log_head").await?;
        if audit.head != last {
            audit.faults.push(format!("the log's head is {} and its last event {last}", audit.head));
        }
        if told != audit.entries {
            audit.faults.push(format!("{} entries, but {} were told", audit.entries.len(), told.len()));
        }
        Ok(())
    }
}

/// What the rows say.
#[derive(Default)]
pub struct Audit {
    /// The number of the last event.
    pub head: i64,
    /// What is not as it must be, in words.
    pub faults: Vec<String>,
    /// How often each message stands in a transcript, by its id.
    pub messages: HashMap<String, u32>,
    /// How often each text was said.
    pub texts: HashMap<String, u32>,
    entries: HashSet<(Uuid, i32)>,
}
