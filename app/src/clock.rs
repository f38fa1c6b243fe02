//! The time as a reader tells it: one clock for all components, and words in the reader's language.
//!
//! The server does not know the reader's zone, so nothing is told before the page is alive.

use std::time::Duration;

use domain::policy::Policy;
use domain::room::{Nearness, Room, expiry_nearness};
use domain::timestamp::{Timestamp, Utc};
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// How often relative times are told anew.
const TICK: Duration = Duration::from_secs(15);

/// The present moment, ticking; `None` on the server and in the first picture.
#[derive(Clone, Copy)]
pub struct Clock(RwSignal<Option<Timestamp>>);

impl Clock {
    /// A clock that begins to tick once the page is alive.
    #[must_use]
    pub fn start() -> Self {
        let clock = Self(RwSignal::new(None));
        Effect::new(move |_| {
            clock.0.set(Some(now()));
            let ticking = set_interval_with_handle(move || clock.0.set(Some(now())), TICK);
            on_cleanup(move || {
                if let Ok(ticking) = ticking {
                    ticking.clear();
                }
            });
        });
        clock
    }

    /// The present moment; whoever asks is asked again when it has moved on.
    #[must_use]
    pub fn now(self) -> Option<Timestamp> {
        self.0.get()
    }

    /// Whether the page is alive; whoever asks is asked again when it comes alive, and not later.
    #[must_use]
    pub fn is_running(self) -> Memo<bool> {
        Memo::new(move |_| self.0.read().is_some())
    }
}

/// This moment, by the browser's clock.
#[must_use]
pub fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit until far beyond the year 200,000")]
    let millis = Date::now() as i64;
    Timestamp(millis)
}

/// A span in its largest unit: "now", "4 min", "2 h", "3 d".
#[must_use]
pub fn short_span(span: Duration) -> String {
    match span.as_secs() / 60 {
        0 => "now".into(),
        minutes @ 1..60 => format!("{minutes} min"),
        minutes @ 60..1440 => format!("{} h", minutes / 60),
        minutes => format!("{} d", minutes / 1440),
    }
}

/// A span in hours and minutes: "3 h 12 min".
#[must_use]
pub fn long_span(span: Duration) -> String {
    let minutes = span.as_secs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// The tone and the words for a room that comes near its end while its customer waits.
#[must_use]
pub fn expiry_words(room: &Room, policy: &Policy, now: Timestamp) -> Option<(&'static str, String)> {
    let tone = match expiry_nearness(room, policy, now)? {
        Nearness::Half => "warn",
        Nearness::Near | Nearness::Last => "bad",
    };
    let left = room.expires_at()?.since(now);
    Some((tone, format!("Expires in {}", long_span(left))))
}

/// How long ago `at` was; a date from the second day on.
#[must_use]
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let span = now.since(at);
    if span < domain::timestamp::hours(24) { short_span(span) } else { short_date(at, now) }
}

/// The day by the reader's calendar, as a number that grows by one a day.
#[must_use]
pub fn day_of(at: Timestamp) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a zone's offset is at most some hundred minutes")]
    let offset_minutes = date(at).get_timezone_offset() as i64;
    (at.0 - offset_minutes * 60_000).div_euclid(86_400_000)
}

/// "Today", "Yesterday" or the date.
#[must_use]
pub fn day_words(at: Timestamp, now: Timestamp) -> String {
    match day_of(now) - day_of(at) {
        0 => "Today".into(),
        1 => "Yesterday".into(),
        _ => long_date(at),
    }
}

/// "14:21" today, "yesterday 17:58", "12 Oct 17:58".
#[must_use]
pub fn moment_words(at: Timestamp, now: Timestamp) -> String {
    match day_of(now) - day_of(at) {
        0 => time(at),
        1 => format!("yesterday {}", time(at)),
        _ => format!("{} {}", short_date(at, now), time(at)),
    }
}

/// "14:21" today, "tomorrow 09:00", "12 Oct 09:00".
#[must_use]
pub fn coming_words(at: Timestamp, now: Timestamp) -> String {
    match day_of(at) - day_of(now) {
        0 => time(at),
        1 => format!("tomorrow {}", time(at)),
        _ => format!("{} {}", short_date(at, now), time(at)),
    }
}

/// `hour` o'clock by the reader's clock, `days` after the day of `now`.
#[must_use]
pub fn at_hour(now: Timestamp, days: u32, hour: u32) -> Timestamp {
    let date = date(now);
    // A day past the end of its month is one of the next; an hour that a clock skips is the one after it.
    date.set_date(date.get_date() + days);
    date.set_hours(hour);
    date.set_minutes(0);
    date.set_seconds(0);
    date.set_milliseconds(0);
    from_date(date.get_time()).unwrap_or(now)
}

/// How many days ago the reader's Monday was: 0 on a Monday, 6 on a Sunday.
#[must_use]
pub fn days_since_monday(now: Timestamp) -> u32 {
    (date(now).get_day() + 6) % 7
}

/// The moment in a `datetime-local` field, such as "2026-11-22T14:21", by the reader's clock
/// (<https://tc39.es/ecma262/#sec-date-time-string-format>); `None` when it is none.
#[must_use]
pub fn from_field(words: &str) -> Option<Timestamp> {
    from_date(Date::parse(words))
}

/// A date's number; what is no date has none.
fn from_date(millis: f64) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit until far beyond the year 200,000")]
    millis.is_finite().then_some(Timestamp(millis as i64))
}

thread_local! {
    static TIME: Function = formatter(&[("hour", "numeric"), ("minute", "2-digit")]);
    static SHORT_DATE: Function = formatter(&[("day", "numeric"), ("month", "short")]);
    static YEARS_DATE: Function = formatter(&[("day", "numeric"), ("month", "short"), ("year", "numeric")]);
    static LONG_DATE: Function = formatter(&[("day", "numeric"), ("month", "long"), ("year", "numeric")]);
    static EXACT: Function = formatter(&[("dateStyle", "full"), ("timeStyle", "medium")]);
    static COUNT: Function = Intl::NumberFormat::new(&languages(), &Object::new()).format();
}

/// "14:21".
#[must_use]
pub fn time(at: Timestamp) -> String {
    TIME.with(|format| formatted(format, &date(at)))
}

/// "12 Oct"; "12 Oct 2025" where it is not of this year.
#[must_use]
pub fn short_date(at: Timestamp, now: Timestamp) -> String {
    let day = date(at);
    let format = if day.get_full_year() == date(now).get_full_year() { &SHORT_DATE } else { &YEARS_DATE };
    format.with(|format| formatted(format, &day))
}

/// "12 October 2026".
#[must_use]
pub fn long_date(at: Timestamp) -> String {
    LONG_DATE.with(|format| formatted(format, &date(at)))
}

/// The moment with everything, for whoever points at it.
#[must_use]
pub fn exact(at: Timestamp) -> String {
    EXACT.with(|format| formatted(format, &date(at)))
}

/// A number as the reader writes it.
#[must_use]
pub fn count(number: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    let number = JsValue::from_f64(number as f64);
    COUNT.with(|format| formatted(format, &number))
}

/// `at` as machines read it, for `datetime` attributes. It needs no browser.
#[must_use]
pub fn machine_time(at: Timestamp) -> String {
    let Utc { year, month, day, hour, minute, second } = Utc::of(at);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn date(at: Timestamp) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds stay far below 2^53")]
    let millis = at.0 as f64;
    Date::new(&JsValue::from_f64(millis))
}

fn formatter(options: &[(&str, &str)]) -> Function {
    let object = Object::new();
    for (name, value) in options {
        // Setting a property of a fresh object cannot fail.
        drop(Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value)));
    }
    Intl::DateTimeFormat::new(&languages(), &object).format()
}

/// An empty list stands for the reader's own language.
fn languages() -> Array {
    Array::new()
}

fn formatted(format: &Function, value: &JsValue) -> String {
    format.call1(&JsValue::UNDEFINED, value).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_its_largest_unit() {
        assert_eq!(short_span(Duration::from_secs(59)), "now");
        assert_eq!(short_span(Duration::from_secs(245)), "4 min");
        assert_eq!(short_span(domain::timestamp::hours(25)), "1 d");
        assert_eq!(long_span(domain::timestamp::minutes(192)), "3 h 12 min");
    }

    #[test]
    fn machines_read_the_right_moment() {
        assert_eq!(machine_time(Timestamp(0)), "1970-01-01T00:00:00Z");
        assert_eq!(machine_time(Timestamp(1_795_363_199_000)), "2026-11-22T15:59:59Z");
        assert_eq!(machine_time(Timestamp(951_782_400_000)), "2000-02-29T00:00:00Z");
    }
}
