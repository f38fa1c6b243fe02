//! What X's headers tell of its limits: how many requests are left, and when their time is over by X's own clock.
//! <https://docs.x.com/x-api/fundamentals/rate-limits>

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use domain::channel::Left;
use domain::timestamp::{hours, minutes};
use reqwest::header::{DATE, HeaderMap};

/// No limit of X's is longer than a day, and no answer makes us wait longer.
const WAIT_MAX: Duration = hours(24);

/// The limits by the beginnings of their headers, and how long each lasts.
const LIMITS: [(&str, Duration); 3] =
    [("x-rate-limit", minutes(15)), ("x-user-limit-24hour", hours(24)), ("x-app-limit-24hour", hours(24))];

/// How long until the limits that are used up begin anew; of a limit of which X does not say how much is left, too.
pub(super) fn wait(headers: &HeaderMap) -> Option<Duration> {
    let used_up = LIMITS.into_iter().filter(|(limit, _)| remaining(headers, limit).is_none_or(|left| left == 0));
    used_up.filter_map(|(limit, _)| resets_in(headers, limit)).max()
}

/// Whether one more request of the kind would be one too many.
pub(super) fn is_used_up(headers: &HeaderMap) -> bool {
    LIMITS.into_iter().any(|(limit, _)| remaining(headers, limit) == Some(0))
}

/// How many more messages X takes, limit by limit, as it said with the last one.
pub(super) fn left(headers: &HeaderMap) -> Vec<Left> {
    let told = |(limit, within): (&str, Duration)| {
        let sends = u32::try_from(remaining(headers, limit)?).unwrap_or(u32::MAX);
        Some(Left { within, sends, resets_in: resets_in(headers, limit) })
    };
    LIMITS.into_iter().filter_map(told).collect()
}

fn remaining(headers: &HeaderMap, limit: &str) -> Option<u64> {
    number(headers, &format!("{limit}-remaining"))
}

fn resets_in(headers: &HeaderMap, limit: &str) -> Option<Duration> {
    let until = UNIX_EPOCH.checked_add(Duration::from_secs(number(headers, &format!("{limit}-reset"))?))?;
    let told = headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    let wait = until.duration_since(told.unwrap_or_else(SystemTime::now)).unwrap_or_default();
    Some(wait.min(WAIT_MAX))
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use domain::channel::Left;
    use domain::timestamp::{hours, minutes};
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    use super::{is_used_up, left};

    fn headers(of: &[(&'static str, &'static str)]) -> HeaderMap {
        of.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn what_is_left_is_told_limit_by_limit_until_it_begins_anew() {
        let told = headers(&[
            ("date", "Sun, 22 Nov 2026 10:00:00 GMT"),
            ("x-rate-limit-remaining", "3"),
            ("x-rate-limit-reset", "1795342500"),
            ("x-user-limit-24hour-remaining", "1400"),
        ]);
        let quarter = Left { within: minutes(15), sends: 3, resets_in: Some(minutes(15)) };
        let day = Left { within: hours(24), sends: 1_400, resets_in: None };
        assert_eq!(left(&told), [quarter, day]);
        assert!(!is_used_up(&told) && is_used_up(&headers(&[("x-app-limit-24hour-remaining", "0")])));
    }

    #[test]
    fn what_is_no_number_tells_nothing() {
        assert_eq!(left(&headers(&[("x-rate-limit-remaining", "-1"), ("x-user-limit-24hour-remaining", "many")])), []);
    }
}
