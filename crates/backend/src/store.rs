//! Opening the database: SQLite in the data folder, or PostgreSQL by URL; bringing the schema up to date.

use std::path::Path;
use std::time::{Duration, Instant};

use migration::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, Connection, SqliteConnection};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, IsolationLevel,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use crate::error::{Error, Result};

/// Which database the rows are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// One connection that writes and a pool that reads. On PostgreSQL both are pools of the same server.
#[derive(Clone)]
pub struct Store {
    pub engine: Engine,
    pub write: DatabaseConnection,
    pub read: DatabaseConnection,
}

impl Store {
    /// Opens the database at `url` (`postgres://…`), or `switchboard.db` in the data folder without one.
    ///
    /// # Errors
    /// The folder or server cannot be reached.
    pub async fn open(url: Option<&str>, data_dir: &Path) -> Result<Self> {
        if let Some(url) = url {
            let mut options = ConnectOptions::new(url);
            options.max_connections(16).acquire_timeout(Duration::from_secs(5)).sqlx_logging(false);
            let pool = Database::connect(options).await?;
            return Ok(Self { engine: Engine::Postgres, write: pool.clone(), read: pool });
        }
        std::fs::create_dir_all(data_dir)
            .map_err(|error| Error::World(format!("creating {}: {error}", data_dir.display())))?;
        let url = format!("sqlite://{}?mode=rwc", data_dir.join("switchboard.db").display());
        let write = connect_to_sqlite(&url, 1).await?;
        let read = connect_to_sqlite(&url, 4).await?;
        Ok(Self { engine: Engine::Sqlite, write, read })
    }

    /// Brings the schema to this program's version, in one transaction that holds a lock: of processes that start at once
    /// one does it, and a step that fails or is cut short leaves nothing behind.
    ///
    /// # Errors
    /// The schema is newer than this program, or a step failed.
    pub async fn migrate(&self) -> Result<()> {
        let transaction = self.begin().await?;
        // SQLite has locked by beginning.
        if self.engine == Engine::Postgres {
            transaction.execute_unprepared("SELECT pg_advisory_xact_lock(8317459201)").await?;
        }
        Migrator::install(&transaction).await?;
        refuse_newer(&transaction).await?;
        Migrator::up(&transaction, None).await?;
        Ok(transaction.commit().await?)
    }

    /// Begins a transaction that reads everything as it is at one moment.
    pub(crate) async fn begin_reading(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            // Of SQLite, which always reads so, no level is asked.
            isolation_level: (self.engine == Engine::Postgres).then_some(IsolationLevel::RepeatableRead),
            ..TransactionOptions::default()
        };
        Ok(self.read.begin_with_options(options).await?)
    }

    /// Begins a transaction that writes. On SQLite it takes the write lock at once, so that it never has to give
    /// up half-way.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.write.begin_with_options(options).await?)
    }
}

/// For this long, processes that open a new database at once wait for each other.
const OPENING: Duration = Duration::from_secs(5);

/// The first connection to a new database sets how it keeps its journal, and SQLite lets nobody wait for that as for other
/// locks: whoever comes in between is told that it is busy, and tries again.
async fn connect_to_sqlite(url: &str, connections: u32) -> Result<DatabaseConnection> {
    let began = Instant::now();
    loop {
        match Database::connect(sqlite_options(url, connections)).await.map_err(Error::from) {
            Err(Error::Unavailable) if began.elapsed() < OPENING => tokio::time::sleep(Duration::from_millis(20)).await,
            outcome => return outcome,
        }
    }
}

/// Refuses a schema with a step that this program does not know.
async fn refuse_newer(db: &impl ConnectionTrait) -> Result<()> {
    let known: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
    let statement = Statement::from_string(db.get_database_backend(), "SELECT version FROM seaql_migrations");
    for row in db.query_all_raw(statement).await? {
        let applied: String = row.try_get("", "version")?;
        if !known.contains(&applied) {
            return Err(Error::World(format!(
                "the database was used by a newer Switchboard (schema step {applied}); start that version"
            )));
        }
    }
    Ok(())
}

/// WAL with `synchronous=FULL`: what was acknowledged survives a power cut.
fn sqlite_options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(Option::<Duration>::None)
        .max_lifetime(Option::<Duration>::None)
        .sqlx_logging(false)
        .map_sqlx_sqlite_pool_opts(|pool| pool.after_release(|connection, _| Box::pin(is_at_rest(connection))))
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(5))
                .foreign_keys(true)
                .statement_cache_capacity(256)
                .pragma("temp_store", "MEMORY")
                .pragma("cache_size", "-16000")
        });
    options
}

/// Whether a connection may be used again; one that may not is closed, which rolls back whatever is open in it.
///
/// After some failures, a full disk among them, SQLite rolls back the whole transaction by itself
/// (https://sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction). The driver's own ROLLBACK fails
/// then, and it goes on counting a transaction that is none: the next one would begin as a savepoint, and what is
/// "committed" in that can be lost.
async fn is_at_rest(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    if !connection.is_in_transaction() {
        return Ok(true);
    }
    // A rollback may be on its way; an answer comes after it.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

#[cfg(test)]
mod tests {
    use migration::{Migrator, MigratorTrait};
    use sea_orm::ConnectionTrait;

    use super::Store;
    use crate::test_desk::TestDesk;

    #[tokio::test]
    async fn a_database_that_a_newer_version_used_is_refused_in_words_and_left_as_it_is() {
        let desk = TestDesk::new().await;
        let store = desk.backend.store();
        let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_hover_mode', 0)";
        store.write.execute_unprepared(newer).await.expect("the history takes it");

        let refusal = store.migrate().await.expect_err("it is of a later time").to_string();

        assert!(refusal.contains("newer Switchboard (schema step m29991231_000001_hover_mode)"), "{refusal}");
    }

    #[tokio::test]
    async fn processes_that_start_at_once_on_a_new_database_bring_its_schema_up_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || async { Store::open(None, folder.path()).await?.migrate().await };

        let (one, two, three) = tokio::join!(open(), open(), open());

        for outcome in [one, two, three] {
            outcome.expect("it has the schema");
        }
    }

    #[tokio::test]
    async fn every_step_of_the_schema_can_be_taken_back_and_done_again() {
        let desk = TestDesk::new().await;
        let store = desk.backend.store();
        for steps in 1..=u32::try_from(Migrator::migrations().len()).expect("they are few") {
            Migrator::down(&store.write, Some(steps)).await.expect("a step can be taken back");
            store.migrate().await.expect("it can be done again");
        }
    }
}
