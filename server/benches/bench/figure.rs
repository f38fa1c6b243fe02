//! One line of the benchmark's answer.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

/// What an acknowledgement of ours is worth on SQLite.
pub const FSYNC: &str = "SQLite WAL, synchronous=FULL";

/// One figure. A single value stands in `p50`.
#[derive(Serialize)]
pub struct Figure {
    pub name: &'static str,
    pub p50: Option<f64>,
    pub p99: Option<f64>,
    pub unit: &'static str,
    pub load: String,
    pub durability: Option<&'static str>,
    pub target: Value,
    pub met: bool,
}

impl Figure {
    /// Milliseconds against a limit for the median and one for the slowest of a hundred.
    pub fn of_latency(name: &'static str, latencies: &Latencies, limits: (f64, f64), load: String) -> Self {
        let (p50, p99) = (latencies.percentile(50), latencies.percentile(99));
        let within = |value: Option<f64>, limit: f64| value.is_some_and(|value| value <= limit);
        Self {
            name,
            p50,
            p99,
            unit: "ms",
            load: format!("{load}; {}", latencies.tail()),
            durability: Some(FSYNC),
            target: json!({ "p50": limits.0, "p99": limits.1 }),
            met: within(p50, limits.0) && within(p99, limits.1),
        }
    }

    /// One value that may be at most `limit`.
    pub fn at_most(name: &'static str, value: f64, unit: &'static str, limit: f64, load: String) -> Self {
        let value = tenths(value);
        Self {
            name,
            p50: Some(value),
            p99: None,
            unit,
            load,
            durability: None,
            target: limit.into(),
            met: value <= limit,
        }
    }

    #[expect(clippy::print_stdout, reason = "whoever runs the benchmark reads its figures there")]
    pub fn print(&self) {
        println!("{}", json!(self));
    }
}

/// How long things took, in milliseconds; what never came counts as longer than anything.
#[derive(Default)]
pub struct Latencies {
    sorted: Vec<f64>,
    missing: usize,
}

impl Latencies {
    pub fn new(all: impl IntoIterator<Item = Option<Duration>>) -> Self {
        let mut latencies = Self::default();
        for latency in all {
            match latency {
                Some(latency) => latencies.sorted.push(latency.as_secs_f64() * 1_000.0),
                None => latencies.missing += 1,
            }
        }
        latencies.sorted.sort_by(f64::total_cmp);
        latencies
    }

    pub fn percentile(&self, percent: usize) -> Option<f64> {
        let rank = ((self.sorted.len() + self.missing) * percent).div_ceil(100);
        self.sorted.get(rank.saturating_sub(1)).map(|value| tenths(*value))
    }

    pub fn missing(&self) -> usize {
        self.missing
    }

    /// What two percentiles do not tell.
    fn tail(&self) -> String {
        let most = self.sorted.last().copied().unwrap_or(0.0);
        match self.missing {
            0 => format!("longest {} ms", tenths(most)),
            missing => format!("longest {} ms, {missing} never came", tenths(most)),
        }
    }
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
