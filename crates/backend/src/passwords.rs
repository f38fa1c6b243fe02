//! Passwords: hashed with argon2id, two at a time and off the threads that serve, so that guessing slows nobody else;
//! changed by whoever knows them, and reset by a link.

mod change;
mod reset;

use std::sync::LazyLock;
use std::time::Duration;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::error::{Error, Result};
use crate::tokens;

pub use change::change;
pub use reset::{create as create_reset, find as find_reset, follow as follow_reset};

/// Each takes 19 MiB and a core for some milliseconds.
static HASHING: Semaphore = Semaphore::const_new(2);

/// Whoever waits longer than this for their turn is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// Verified when nobody has the e-mail, so that the answer takes as long as for somebody who does.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("nobody signs in with this").unwrap_or_default());

/// The hash of `password`, in PHC form.
pub(crate) async fn hash(password: &str) -> Result<String> {
    let _turn = turn().await?;
    let password = password.to_owned();
    off_thread(move || hash_now(&password)).await?
}

/// Whether `password` is the one that was hashed as `known`. Without one it never is, which takes as long to say.
pub(crate) async fn verify(password: &str, known: Option<&str>) -> Result<bool> {
    let _turn = turn().await?;
    let (password, known) = (password.to_owned(), known.map(str::to_owned));
    off_thread(move || {
        let is_known = known.is_some();
        let phc = known.unwrap_or_else(|| NOBODY.clone());
        let matches = PasswordHash::new(&phc)
            .is_ok_and(|phc| hasher().is_ok_and(|hasher| hasher.verify_password(password.as_bytes(), &phc).is_ok()));
        is_known && matches
    })
    .await
}

async fn turn() -> Result<SemaphorePermit<'static>> {
    let turn = timeout(PATIENCE, HASHING.acquire()).await.map_err(|_| Error::Busy)?;
    turn.map_err(|_| Error::Busy)
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    spawn_blocking(work).await.map_err(|error| Error::World(format!("hashing a password: {error}")))
}

fn hash_now(password: &str) -> Result<String> {
    let broken = |error: argon2::password_hash::Error| Error::World(format!("hashing a password: {error}"));
    let salt = SaltString::encode_b64(&tokens::random_bytes::<16>()).map_err(broken)?;
    let hash = hasher()?.hash_password(password.as_bytes(), &salt).map_err(broken)?;
    Ok(hash.to_string())
}

/// OWASP's figures for argon2id: 19 MiB, two passes, one lane.
fn hasher() -> Result<Argon2<'static>> {
    let params = Params::new(19_456, 2, 1, None).map_err(|error| Error::World(format!("argon2: {error}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use argon2::password_hash::PasswordHash;
    use futures::poll;

    use super::{HASHING, NOBODY, hash, verify};

    #[tokio::test]
    async fn an_unknown_email_costs_what_a_wrong_password_costs() {
        let somebody = hash("her password").await.expect("it is hashed");
        let [nobody, somebody] = [NOBODY.as_str(), &somebody].map(|phc| PasswordHash::new(phc).expect("a hash"));
        assert_eq!((nobody.algorithm, nobody.version), (somebody.algorithm, somebody.version));
        assert_eq!(nobody.params, somebody.params);

        let turns = HASHING.acquire_many(2).await.expect("it is never closed");
        let mut looking = pin!(verify("nobody signs in with this", None));
        assert!(poll!(&mut looking).is_pending(), "the answer waits for its turn to hash");
        drop(turns);
        assert!(!looking.await.expect("it is looked at"));
    }
}
