//! Opening the database: SQLite in the data folder, or PostgreSQL by URL; bringing the schema up to date.

use std::path::Path;
use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, Connection, SqliteConnection};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    Statement, TransactionOptions, TransactionTrait,
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
        let write = Database::connect(sqlite_options(&url, 1)).await?;
        let read = Database::connect(sqlite_options(&url, 4)).await?;
        Ok(Self { engine: Engine::Sqlite, write, read })
    }

    /// Brings the schema to this program's version, under a lock when several processes may start at once.
    ///
    /// # Errors
    /// The schema is newer than this program, or a step failed.
    pub async fn migrate(&self) -> Result<()> {
        let lock = match self.engine {
            // A transaction-scoped advisory lock: two starting nodes migrate one after the other.
            Engine::Postgres => {
                let lock = self.write.begin().await?;
                lock.execute_unprepared("SELECT pg_advisory_xact_lock(8317459201)").await?;
                Some(lock)
            }
            Engine::Sqlite => None,
        };
        let outcome = self.migrate_locked().await;
        if let Some(lock) = lock {
            lock.commit().await?;
        }
        outcome
    }

    async fn migrate_locked(&self) -> Result<()> {
        let known: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
        for applied in self.applied_migrations().await? {
            if !known.contains(&applied) {
                return Err(Error::World(format!(
                    "the database was used by a newer Switchboard (schema step {applied}); start that version"
                )));
            }
        }
        Migrator::up(&self.write, None).await?;
        Ok(())
    }

    async fn applied_migrations(&self) -> Result<Vec<String>> {
        Migrator::install(&self.write).await?;
        let statement =
            Statement::from_string(self.write.get_database_backend(), "SELECT version FROM seaql_migrations");
        let rows = self.write.query_all_raw(statement).await?;
        Ok(rows.iter().map(|row| row.try_get("", "version")).collect::<std::result::Result<_, DbErr>>()?)
    }

    /// Begins the transaction of a batch. On SQLite it takes the write lock at once, so that it never has to give
    /// up half-way.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.write.begin_with_options(options).await?)
    }
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

    use crate::test_desk::TestDesk;

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
