//! How a command or query can fail: the product says no, or the world failed.

use domain::refused::Refused;
use sea_orm::sqlx::Error as SqlxError;
use sea_orm::{DbErr, RuntimeErr};
use thiserror::Error;

pub type Result<T> = std::result::Result<T, Error>;

/// Why nothing was done. Whatever the caller sent is still theirs.
#[derive(Debug, Error)]
pub enum Error {
    /// The product says no, in words for the person.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// Nobody is signed in, or the credentials are wrong.
    #[error("Please sign in.")]
    SignIn,
    /// Too many attempts; try again after this many seconds.
    #[error("Too many attempts. Try again in {seconds} s.")]
    TooMany { seconds: u64 },
    /// The writer has more waiting than it can take.
    #[error("The server is busy. Try again.")]
    Busy,
    /// The disk is full, or the database is gone. It recovers by itself when they do.
    #[error("The server cannot save anything right now. Try again in a moment.")]
    Unavailable,
    /// Something in a document or setting is wrong, in words.
    #[error("{0}")]
    Invalid(String),
    #[error("database: {0}")]
    Database(DbErr),
    #[error("stored JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{0}")]
    World(String),
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if is_unavailable(&error) { Self::Unavailable } else { Self::Database(error) }
    }
}

impl Error {
    /// Whether running the same command again may succeed: another node was quicker, or two transactions crossed.
    pub(crate) fn is_contention(&self) -> bool {
        match self {
            Self::Refused(Refused::Changed) => true,
            Self::Database(error) => is_contention(error),
            _ => false,
        }
    }

    /// Whether the database broke off the whole transaction, so that nothing in the batch holds.
    pub(crate) fn is_fatal_to_batch(&self) -> bool {
        match self {
            Self::Unavailable => true,
            Self::Database(error) => is_contention(error),
            _ => false,
        }
    }

    /// Whether the same may succeed later, with nothing being wrong with what was asked.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, Self::Busy) || self.is_contention() || self.is_fatal_to_batch()
    }
}

/// The database's own code: SQLite's extended result code or PostgreSQL's SQLSTATE.
fn code(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return None;
    };
    match cause.as_ref() {
        SqlxError::Database(cause) => cause.code().map(|code| code.into_owned()),
        _ => None,
    }
}

/// Whether the storage takes nothing at the moment, whatever it is asked.
fn is_unavailable(error: &DbErr) -> bool {
    match (code(error), error) {
        (Some(code), _) => is_unavailable_code(&code),
        (None, DbErr::Conn(_) | DbErr::ConnectionAcquire(_)) => true,
        (None, DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) => matches!(
            cause.as_ref(),
            SqlxError::Io(_)
                | SqlxError::Tls(_)
                | SqlxError::Protocol(_)
                | SqlxError::PoolTimedOut
                | SqlxError::PoolClosed
                | SqlxError::WorkerCrashed
        ),
        (None, _) => false,
    }
}

/// SQLite: SQLITE_NOMEM (7), SQLITE_READONLY (8), SQLITE_IOERR (10), SQLITE_FULL (13) and SQLITE_CANTOPEN (14) in all
/// their extended forms, whose low byte is the primary code (https://sqlite.org/rescode.html). PostgreSQL: the classes
/// 08 (connection exception), 53 (insufficient resources), 57 (operator intervention) and 58 (system error), and
/// 25006, a server that only reads (https://www.postgresql.org/docs/current/errcodes-appendix.html).
fn is_unavailable_code(code: &str) -> bool {
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => matches!(number & 0xff, 7 | 8 | 10 | 13 | 14),
        _ => ["08", "53", "57", "58", "25006"].iter().any(|class| code.starts_with(class)),
    }
}

/// SQLite: SQLITE_BUSY (5) and its snapshot form (517); PostgreSQL: serialization failure and deadlock.
fn is_contention(error: &DbErr) -> bool {
    matches!(code(error).as_deref(), Some("5" | "517" | "40001" | "40P01"))
}
