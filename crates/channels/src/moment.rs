//! Moments as providers write them.

use domain::timestamp::Timestamp;
use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// Unix seconds, as text or number. Anything else is no reason to lose the message.
pub(crate) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    whole(deserializer).map(|number| number.map(|seconds| Timestamp(seconds.saturating_mul(1_000))))
}

/// Unix milliseconds, as text or number. Anything else is no reason to lose the message.
pub(crate) fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    whole(deserializer).map(|number| number.map(Timestamp))
}

/// Unix milliseconds; what is too small to be that is in seconds: so write the tests of Meta's dashboard.
pub(crate) fn seconds_or_milliseconds<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let to_millis = |number| if number < MILLIS_FROM { number * 1_000 } else { number };
    whole(deserializer).map(|number| number.map(to_millis).map(Timestamp))
}

/// A moment in 1973, and in seconds one in the year 5138.
const MILLIS_FROM: i64 = 100_000_000_000;

fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let number = match Value::deserialize(deserializer)? {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_i64(),
        _ => None,
    };
    Ok(number.filter(|number| *number > 0))
}

/// `2026-11-22T10:00:00.123Z`; `None` for anything else, which is no reason to lose a message.
pub(crate) fn from_rfc3339(text: &str) -> Option<Timestamp> {
    OffsetDateTime::parse(text.trim(), &Rfc3339).ok().and_then(timestamp)
}

/// `Sun, 22 Nov 2026 10:00:00 +0000`.
pub(crate) fn from_rfc2822(text: &str) -> Option<Timestamp> {
    OffsetDateTime::parse(text.trim(), &Rfc2822).ok().and_then(timestamp)
}

/// The day it is in Greenwich: `2026-11-22`.
pub(crate) fn to_day(moment: Timestamp) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(moment.0.div_euclid(1_000));
    moment.unwrap_or(OffsetDateTime::UNIX_EPOCH).date().to_string()
}

fn timestamp(moment: OffsetDateTime) -> Option<Timestamp> {
    i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok().filter(|millis| *millis > 0).map(Timestamp)
}

#[cfg(test)]
mod tests {
    use domain::timestamp::Timestamp;

    use super::{from_rfc2822, from_rfc3339, to_day};

    #[test]
    fn a_moment_is_read_to_the_millisecond_wherever_its_clock_stands() {
        let moment = Some(Timestamp(1_795_341_600_123));
        assert_eq!(from_rfc3339("2026-11-22T10:00:00.123456Z"), moment);
        assert_eq!(from_rfc3339("2026-11-22T12:00:00.123+02:00"), moment);
        assert_eq!(from_rfc2822("Sun, 22 Nov 2026 10:00:00 +0000"), Some(Timestamp(1_795_341_600_000)));
        for bad in ["", "soon", "2026-11-22", "1795341600", "0000-01-01T00:00:00Z"] {
            assert_eq!(from_rfc3339(bad), None, "{bad}");
            assert_eq!(from_rfc2822(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_day_is_greenwichs() {
        assert_eq!(to_day(Timestamp(1_795_341_600_123)), "2026-11-22");
        assert_eq!(to_day(Timestamp(i64::MAX)), "1970-01-01");
    }
}
