//! How fast messages may follow each other, so that a provider does not have to say that it was too fast.

use std::time::Duration;

use crate::timestamp::Timestamp;

/// So many at once, and after those one more each time. Whoever was slower for a while may send several at once again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub at_once: u32,
    pub every: Duration,
}

impl Pace {
    /// The moment from which on everything that was sent is paid for, once one more is sent `now`; `paid` is the one
    /// before it.
    ///
    /// # Errors
    /// None may be sent before this moment.
    pub fn step(self, paid: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Timestamp> {
        let paid = paid.map_or(now, |paid| paid.max(now));
        let next = paid.minus(self.every.saturating_mul(self.at_once.saturating_sub(1)));
        if next > now { Err(next) } else { Ok(paid.plus(self.every)) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pace;
    use crate::timestamp::Timestamp;

    /// How many of a hundred leave at each of these seconds.
    fn sent(pace: Pace, seconds: &[u64]) -> Vec<usize> {
        let mut paid = None;
        let at = |second: &u64| Timestamp(0).plus(Duration::from_secs(*second));
        let mut leave = |second: &u64| {
            let leaves = (0..100).filter(|_| match pace.step(paid, at(second)) {
                Ok(until) => {
                    paid = Some(until);
                    true
                }
                Err(_) => false,
            });
            leaves.count()
        };
        seconds.iter().map(&mut leave).collect()
    }

    #[test]
    fn several_leave_at_once_and_then_one_each_time() {
        let pace = Pace { at_once: 45, every: Duration::from_secs(6) };
        assert_eq!(sent(pace, &[0, 5, 6, 12, 30]), [45, 0, 1, 1, 3]);
    }

    #[test]
    fn whoever_kept_still_may_send_several_again_and_no_more_than_at_first() {
        let pace = Pace { at_once: 5, every: Duration::from_secs(1) };
        assert_eq!(sent(pace, &[0, 60, 120]), [5, 5, 5]);
    }

    #[test]
    fn who_has_to_wait_is_told_until_when() {
        let pace = Pace { at_once: 1, every: Duration::from_secs(1) };
        let now = Timestamp(10_000);
        let paid = pace.step(None, now).expect("the first one leaves");
        assert_eq!(pace.step(Some(paid), now), Err(now.plus(Duration::from_secs(1))));
    }
}
