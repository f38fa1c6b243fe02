//! How much may be asked by whoever is not signed in: enough for any person, too little for a flood.

use std::num::NonZeroU32;
use std::sync::LazyLock;

use backend::{Error, sessions};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Sessions a minute from one network: an office behind one address opens many.
static SESSIONS: LazyLock<DefaultKeyedRateLimiter<String>> = LazyLock::new(|| a_minute(120));

/// Messages a minute by one visitor.
static MESSAGES: LazyLock<DefaultKeyedRateLimiter<String>> = LazyLock::new(|| a_minute(60));

/// Files a minute by one visitor.
static UPLOADS: LazyLock<DefaultKeyedRateLimiter<String>> = LazyLock::new(|| a_minute(20));

/// How often a minute one visitor may say that they type or have read: several tabs, each word by word.
static SIGNS: LazyLock<DefaultKeyedRateLimiter<String>> = LazyLock::new(|| a_minute(240));

/// How often a minute one visitor may ask what was said: several tabs that poll.
static ASKED: LazyLock<DefaultKeyedRateLimiter<String>> = LazyLock::new(|| a_minute(240));

/// Broken pages a minute that one network may tell of; each is a line in our log.
static REPORTS: LazyLock<DefaultKeyedRateLimiter<String>> = LazyLock::new(|| a_minute(20));

/// How many keys one limit remembers before it forgets those that have asked for nothing lately.
const REMEMBERED: usize = 50_000;

fn a_minute(count: u32) -> DefaultKeyedRateLimiter<String> {
    RateLimiter::keyed(Quota::per_minute(NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)))
}

/// One more session from the address `client`.
pub fn session(client: &str) -> Result<(), Error> {
    check(&SESSIONS, sessions::network(client))
}

/// One more message by the holder of `token`.
pub fn message(token: &str) -> Result<(), Error> {
    check(&MESSAGES, token.to_owned())
}

/// One more file by the holder of `token`.
pub fn upload(token: &str) -> Result<(), Error> {
    check(&UPLOADS, token.to_owned())
}

/// One more sign of life by the holder of `token`.
pub fn sign(token: &str) -> Result<(), Error> {
    check(&SIGNS, token.to_owned())
}

/// One more question of the holder of `token`.
pub fn ask(token: &str) -> Result<(), Error> {
    check(&ASKED, token.to_owned())
}

/// One more broken page at the address `client`.
pub fn report(client: &str) -> Result<(), Error> {
    check(&REPORTS, sessions::network(client))
}

fn check(limit: &DefaultKeyedRateLimiter<String>, key: String) -> Result<(), Error> {
    if limit.len() >= REMEMBERED {
        limit.retain_recent();
        limit.shrink_to_fit();
    }
    limit.check_key(&key).map_err(|early| {
        let wait = early.wait_time_from(DefaultClock::default().now());
        Error::TooMany { seconds: wait.as_secs() + 1 }
    })
}

#[cfg(test)]
mod tests {
    use super::{REMEMBERED, a_minute, check, session};

    #[test]
    fn whoever_asked_for_nothing_lately_is_forgotten() {
        let limit = a_minute(u32::MAX);
        for visitor in 0..=REMEMBERED {
            assert!(check(&limit, visitor.to_string()).is_ok());
        }
        assert!(limit.len() < REMEMBERED, "{}", limit.len());
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let let_through = (0..200).filter(|n| session(&format!("2001:db8:7::{n:x}")).is_ok()).count();
        assert!((120..140).contains(&let_through), "{let_through}");
    }
}
