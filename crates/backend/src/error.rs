//! How a command or query can fail: the product says no, or the world failed.

use domain::refused::Refused;
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
    /// The disk is full; reading goes on, writing recovers by itself.
    #[error("The server cannot save anything right now. Try again in a moment.")]
    Full,
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
        if is_full(&error) { Self::Full } else { Self::Database(error) }
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
            Self::Full => true,
            Self::Database(error) => {
                is_contention(error) || matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_))
            }
            _ => false,
        }
    }
}

/// The database's own code: SQLite's extended result code or PostgreSQL's SQLSTATE.
fn code(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return None;
    };
    match cause.as_ref() {
        sea_orm::sqlx::Error::Database(cause) => cause.code().map(|code| code.into_owned()),
        _ => None,
    }
}

/// The storage takes nothing at the moment. SQLite: SQLITE_FULL (13), SQLITE_IOERR (10) and SQLITE_CANTOPEN (14) in all
/// their extended forms, whose low byte is the primary code (https://sqlite.org/rescode.html); PostgreSQL: the classes
/// 53 (insufficient resources) and 58 (system error).
fn is_full(error: &DbErr) -> bool {
    let Some(code) = code(error) else { return false };
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => matches!(number & 0xff, 10 | 13 | 14),
        _ => code.starts_with("53") || code.starts_with("58"),
    }
}

/// SQLite: SQLITE_BUSY (5) and its snapshot form (517); PostgreSQL: serialization failure and deadlock.
fn is_contention(error: &DbErr) -> bool {
    matches!(code(error).as_deref(), Some("5" | "517" | "40001" | "40P01"))
}
