//! How much one visitor may ask: enough for any person, too little for a flood.

use std::num::NonZeroU32;
use std::sync::LazyLock;

use backend::Error;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Sessions a minute from one address: an office behind one address opens many.
static SESSIONS: LazyLock<DefaultKeyedRateLimiter<String>> = LazyLock::new(|| a_minute(120));

/// Messages a minute by one visitor.
static MESSAGES: LazyLock<DefaultKeyedRateLimiter<String>> = LazyLock::new(|| a_minute(60));

/// Files a minute by one visitor.
static UPLOADS: LazyLock<DefaultKeyedRateLimiter<String>> = LazyLock::new(|| a_minute(20));

fn a_minute(count: u32) -> DefaultKeyedRateLimiter<String> {
    RateLimiter::keyed(Quota::per_minute(NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)))
}

/// One more session from `client`.
pub fn session(client: &str) -> Result<(), Error> {
    check(&SESSIONS, client)
}

/// One more message by the holder of `token`.
pub fn message(token: &str) -> Result<(), Error> {
    check(&MESSAGES, token)
}

/// One more file by the holder of `token`.
pub fn upload(token: &str) -> Result<(), Error> {
    check(&UPLOADS, token)
}

fn check(limit: &DefaultKeyedRateLimiter<String>, key: &str) -> Result<(), Error> {
    limit.check_key(&key.to_owned()).map_err(|early| {
        let wait = early.wait_time_from(DefaultClock::default().now());
        Error::TooMany { seconds: wait.as_secs() + 1 }
    })
}
