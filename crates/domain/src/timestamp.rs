//! The moment something happened: milliseconds since 1970-01-01 UTC, the same in rows, on the wire and in the browser.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// UTC milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "db", derive(sea_orm::DeriveValueType))]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This moment and `span` later; stays at the last representable moment rather than overflow.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis))
    }

    /// The moment `span` before this one.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(millis))
    }

    /// How long ago `earlier` was; zero when it is not earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// A moment by the Gregorian calendar and the clock of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utc {
    pub year: i64,
    /// From 1.
    pub month: i64,
    /// From 1.
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
}

impl Utc {
    /// The moment, without its milliseconds (<https://howardhinnant.github.io/date_algorithms.html#civil_from_days>).
    #[must_use]
    pub const fn of(at: Timestamp) -> Self {
        let shifted = at.0.div_euclid(86_400_000) + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let seconds = at.0.rem_euclid(86_400_000) / 1_000;
        Self {
            year: year_of_era + era * 400 + if month <= 2 { 1 } else { 0 },
            month,
            day: day_of_year - (153 * shifted_month + 2) / 5 + 1,
            hour: seconds / 3_600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
        }
    }

    /// "2026-11-27".
    #[must_use]
    pub fn date(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// "2026-11-27T14:03:05Z", as RFC 3339 writes it.
    #[must_use]
    pub fn rfc3339(self) -> String {
        format!("{}T{:02}:{:02}:{:02}Z", self.date(), self.hour, self.minute, self.second)
    }

    /// "2026-11-27 14:03 UTC".
    #[must_use]
    pub fn words(self) -> String {
        format!("{} {:02}:{:02} UTC", self.date(), self.hour, self.minute)
    }
}

/// `count` minutes.
#[must_use]
pub const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

/// `count` hours.
#[must_use]
pub const fn hours(count: u64) -> Duration {
    minutes(count * 60)
}

#[cfg(test)]
mod tests {
    use super::{Timestamp, Utc};

    #[test]
    fn a_moment_is_told_by_the_calendar() {
        let words = |millis| Utc::of(Timestamp(millis)).words();
        assert_eq!(words(0), "1970-01-01 00:00 UTC");
        assert_eq!(words(-1), "1969-12-31 23:59 UTC");
        assert_eq!(words(951_782_400_000), "2000-02-29 00:00 UTC");
        assert_eq!(words(1_795_363_199_999), "2026-11-22 15:59 UTC");
        assert_eq!(Utc::of(Timestamp(1_795_363_199_999)).rfc3339(), "2026-11-22T15:59:59Z");
    }
}
