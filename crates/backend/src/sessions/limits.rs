//! How often somebody may fail to sign in. Whoever guesses is slowed where they guess from; whom they guess at is
//! never locked out.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::timestamp::Timestamp;

use crate::error::{Error, Result};

/// From one address, at one e-mail: ten tries, then one each half minute.
const AT_ONE: Bucket = Bucket { tries: 10, refill: Duration::from_secs(30) };

/// From one address, at anybody: an office full of people who mistype.
const FROM_ONE: Bucket = Bucket { tries: 60, refill: Duration::from_secs(2) };

/// At one e-mail, from everywhere. Beyond it an answer takes longer, but it comes.
const FROM_EVERYWHERE: Bucket = Bucket { tries: 30, refill: Duration::from_secs(10) };

/// How much longer an answer takes when an e-mail is guessed at from everywhere.
const PAUSE: Duration = Duration::from_secs(1);

/// How many buckets are remembered; only those that are not full again count.
const REMEMBERED: usize = 100_000;

/// The tries of everybody, in memory.
#[derive(Default)]
pub(crate) struct Limits(Mutex<HashMap<Key, Timestamp>>);

/// One try that was let through.
pub(crate) struct Try {
    keys: [(Key, Bucket); 3],
    /// How long to wait before it is looked at.
    pub pause: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    At { email: String, client: String },
    From { client: String },
    Everywhere { email: String },
}

#[derive(Clone, Copy)]
struct Bucket {
    tries: u32,
    refill: Duration,
}

impl Limits {
    /// Takes a try at `email` from `client`.
    pub(crate) fn take(&self, email: &str, client: &str, now: Timestamp) -> Result<Try> {
        let (email, client) = (email.to_owned(), network(client));
        let at = (Key::At { email: email.clone(), client: client.clone() }, AT_ONE);
        let from = (Key::From { client }, FROM_ONE);
        let everywhere = (Key::Everywhere { email }, FROM_EVERYWHERE);
        let mut full = self.lock(now);
        for (key, bucket) in [&at, &from] {
            if let Some(wait) = bucket.wait(full.get(key).copied(), now) {
                return Err(Error::TooMany { seconds: wait.as_secs().max(1) });
            }
        }
        let guessed_at = everywhere.1.wait(full.get(&everywhere.0).copied(), now).is_some();
        let keys = [at, from, everywhere];
        for (key, bucket) in &keys {
            let full_at = full.get(key).copied().unwrap_or(now).max(now);
            full.insert(key.clone(), full_at.plus(bucket.refill));
        }
        Ok(Try { keys, pause: if guessed_at { PAUSE } else { Duration::ZERO } })
    }

    /// Gives a try back: whoever knows the password was not guessing.
    pub(crate) fn give_back(&self, taken: &Try, now: Timestamp) {
        let mut full = self.lock(now);
        for (key, bucket) in &taken.keys {
            if let Some(full_at) = full.get_mut(key) {
                full_at.0 -= millis(bucket.refill);
            }
        }
    }

    /// When each bucket will be full again; those that are, are forgotten before there are too many.
    fn lock(&self, now: Timestamp) -> MutexGuard<'_, HashMap<Key, Timestamp>> {
        let mut full = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if full.len() >= REMEMBERED {
            full.retain(|_, full_at| *full_at > now);
            if full.len() >= REMEMBERED {
                full.clear();
            }
        }
        full
    }
}

impl Bucket {
    /// How long until there is a try again; `None` when there is one.
    fn wait(self, full_at: Option<Timestamp>, now: Timestamp) -> Option<Duration> {
        let missing = full_at.map_or(Duration::ZERO, |at| at.since(now));
        let most = self.refill * (self.tries - 1);
        missing.checked_sub(most).filter(|wait| !wait.is_zero())
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// The part of an address that is one customer of a provider: an IPv6 network has more addresses than anybody counts.
#[must_use]
pub fn network(client: &str) -> String {
    match client.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(address) => address.to_string(),
            None => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).to_string(),
        },
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => client.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::timestamp::Timestamp;

    use super::{Limits, PAUSE};
    use crate::error::Error;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn tries(limits: &Limits, client: &str, now: Timestamp) -> usize {
        (0..200).take_while(|_| limits.take("ana@example.com", client, now).is_ok()).count()
    }

    #[test]
    fn ten_tries_then_one_each_half_minute() {
        let limits = Limits::default();
        assert_eq!(tries(&limits, "192.0.2.1", NOW), 10);
        let refused = limits.take("ana@example.com", "192.0.2.1", NOW).err();
        assert!(matches!(refused, Some(Error::TooMany { seconds: 30 })));
        assert_eq!(tries(&limits, "192.0.2.1", NOW.plus(Duration::from_secs(60))), 2);
    }

    #[test]
    fn one_who_is_guessed_at_from_everywhere_still_gets_in_a_little_later() {
        let limits = Limits::default();
        for network in 0..40 {
            tries(&limits, &format!("198.51.100.{network}"), NOW);
        }
        let own = limits.take("ana@example.com", "192.0.2.7", NOW).map(|taken| taken.pause);
        assert_eq!(own.ok(), Some(PAUSE));
    }

    #[test]
    fn one_address_cannot_try_one_password_at_everybody() {
        let limits = Limits::default();
        let let_through =
            (0..200).filter(|n| limits.take(&format!("p{n}@example.com"), "192.0.2.1", NOW).is_ok()).count();
        assert_eq!(let_through, 60);
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let limits = Limits::default();
        let let_through =
            (0..50).filter(|n| limits.take("ana@example.com", &format!("2001:db8::{n:x}"), NOW).is_ok()).count();
        assert_eq!(let_through, 10);
        assert_eq!(tries(&limits, "2001:db8:0:1::1", NOW), 10);
    }

    #[test]
    fn signing_in_and_out_all_day_is_no_guessing() {
        let limits = Limits::default();
        for _ in 0..500 {
            let taken =
                limits.take("ana@example.com", "192.0.2.1", NOW).expect("one who knows the password is let through");
            limits.give_back(&taken, NOW);
        }
    }
}
