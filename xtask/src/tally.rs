//! What passed, failed and was skipped, over all the tools that test something.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::command;

/// The sum of a test run.
#[derive(Default, Debug, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
    /// What failed or was skipped, and why, in words.
    pub notes: Vec<String>,
}

impl Tally {
    /// One thing that either holds or does not, such as the formatting.
    pub fn add_check(&mut self, name: &str, holds: bool) {
        if holds {
            self.passed += 1;
        } else {
            self.fail(name);
        }
    }

    pub fn fail(&mut self, what: &str) {
        self.failed += 1;
        self.notes.push(format!("failed: {what}"));
    }

    pub fn skip(&mut self, what: &str) {
        self.skipped += 1;
        self.notes.push(format!("skipped: {what}"));
    }

    /// Runs tests, shows what they say as they say it, and counts.
    pub fn run(&mut self, tests: &mut Command) -> Result<()> {
        let mut child = tests
            // A developer's own database is not for tests.
            .env_remove("DATABASE_URL")
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting `{}`", command::describe(tests)))?;
        let output = child.stdout.take().context("reading the tests' output")?;
        let failed_before = self.failed;
        for line in BufReader::new(output).split(b'\n') {
            let line = line.context("reading the tests' output")?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            self.add_cargo_line(&line);
            self.add_node_line(&line);
        }
        let status = child.wait().context("waiting for the tests")?;
        // Such as tests that do not compile.
        if !status.success() && self.failed == failed_before {
            self.fail(&format!("`{}` ({status})", command::describe(tests)));
        }
        Ok(())
    }

    /// Counts a line of `cargo test`, when it is one that sums up.
    fn add_cargo_line(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")) else {
            return;
        };
        for part in counts.split(';') {
            let mut words = part.split_whitespace();
            let Some(count) = words.next().and_then(|word| word.parse::<u64>().ok()) else {
                continue;
            };
            match words.next() {
                Some("passed") => self.passed += count,
                Some("failed") => self.failed += count,
                Some("ignored") => self.skipped += count,
                _ => {}
            }
        }
    }

    /// Counts a line of `node --test`, when it is one that sums up.
    fn add_node_line(&mut self, line: &str) {
        let Some((outcome, count)) = line.strip_prefix("ℹ ").and_then(|rest| rest.split_once(' ')) else {
            return;
        };
        let Ok(count) = count.trim().parse::<u64>() else { return };
        match outcome {
            "pass" => self.passed += count,
            "fail" | "cancelled" => self.failed += count,
            "skipped" | "todo" => self.skipped += count,
            _ => {}
        }
    }

    /// Counts the JSON report that Playwright leaves behind.
    pub fn add_playwright_report(&mut self, report: &Path) -> Result<()> {
        let text =
            std::fs::read(report).with_context(|| format!("reading Playwright's report {}", report.display()))?;
        let report: Report = serde_json::from_slice(&text).context("understanding Playwright's report")?;
        self.passed += report.stats.expected + report.stats.flaky;
        self.failed += report.stats.unexpected;
        self.skipped += report.stats.skipped;
        // Mistakes outside any test, such as a spec that does not load.
        for error in &report.errors {
            self.fail(error.message.lines().next().unwrap_or("Playwright"));
        }
        Ok(())
    }

    /// Nothing may be skipped: what was, has failed.
    pub fn deny_skips(&mut self) {
        self.failed += self.skipped;
        self.skipped = 0;
    }

    /// The last line of a run, for people and machines alike.
    pub fn closing_line(&self) -> String {
        let mut line = format!("{} passed, {} failed", self.passed, self.failed);
        if self.skipped > 0 {
            line.push_str(&format!(", {} skipped", self.skipped));
        }
        line
    }
}

#[derive(Deserialize)]
struct Report {
    stats: Stats,
    #[serde(default)]
    errors: Vec<ReportError>,
}

#[derive(Deserialize)]
struct Stats {
    expected: u64,
    unexpected: u64,
    flaky: u64,
    skipped: u64,
}

#[derive(Deserialize)]
struct ReportError {
    #[serde(default)]
    message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_of_several_test_binaries_are_added_up() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test a_read_message_never_goes_back_to_delivered ... ok",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 4 filtered out; finished in 1.20s",
        ] {
            tally.add_cargo_line(line);
        }

        assert_eq!(tally.closing_line(), "15 passed, 2 failed, 1 skipped");
    }

    #[test]
    fn the_sums_of_node_are_counted() {
        let mut tally = Tally::default();
        for line in ["✔ a name (1.2ms)", "ℹ tests 6", "ℹ pass 4", "ℹ fail 1", "ℹ skipped 1", "ℹ duration_ms 81.4"]
        {
            tally.add_node_line(line);
        }

        assert_eq!(tally.closing_line(), "4 passed, 1 failed, 1 skipped");
    }

    #[test]
    fn without_skips_the_closing_line_does_not_speak_of_them() {
        let mut tally = Tally::default();
        tally.add_check("formatting", true);

        assert_eq!(tally.closing_line(), "1 passed, 0 failed");
    }

    #[test]
    fn a_denied_skip_is_a_failure() {
        let mut tally = Tally::default();
        tally.skip("PostgreSQL");
        tally.deny_skips();

        assert_eq!(tally.closing_line(), "0 passed, 1 failed");
        assert_eq!(tally.notes, ["skipped: PostgreSQL"]);
    }

    #[test]
    fn playwright_is_counted_from_its_report() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let report = folder.path().join("report.json");
        std::fs::write(
            &report,
            r#"{"suites": [], "errors": [{"message": "no such file\nat x"}],
                "stats": {"duration": 1.5, "expected": 4, "unexpected": 1, "flaky": 0, "skipped": 2}}"#,
        )?;

        let mut tally = Tally::default();
        tally.add_playwright_report(&report)?;

        assert_eq!(tally.closing_line(), "4 passed, 2 failed, 2 skipped");
        assert_eq!(tally.notes, ["failed: no such file"]);
        Ok(())
    }
}
