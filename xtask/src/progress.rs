//! What a person sees while waiting: numbered headings, and how long each step took.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Counts the steps of one command.
pub struct Progress {
    total: usize,
    done: usize,
}

impl Progress {
    pub fn new(total: usize) -> Self {
        Self { total, done: 0 }
    }

    /// Prints the heading of the next step, which is all there is to say of a last step that never returns.
    pub fn heading(&mut self, what: &str) {
        self.done += 1;
        println!("{}/{} {what}...", self.done, self.total);
    }

    /// Does the next step between its heading and its duration.
    pub fn step<T>(&mut self, what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.heading(what);
        let start = Instant::now();
        let result = work();
        let end = if result.is_ok() { "done" } else { "failed" };
        println!("    {end} in {}", seconds(start.elapsed()));
        result
    }
}

/// `0.4 s`, `12 s`, `3 min 5 s`.
pub fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs();
    match whole {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..60 => format!("{whole} s"),
        _ => format!("{} min {} s", whole / 60, whole % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_reads_like_speech() {
        assert_eq!(seconds(Duration::from_millis(420)), "0.4 s");
        assert_eq!(seconds(Duration::from_secs(12)), "12 s");
        assert_eq!(seconds(Duration::from_secs(185)), "3 min 5 s");
    }
}
