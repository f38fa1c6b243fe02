//! What was measured: one figure, the machine it was measured on, and the table of the last run in BENCHMARKS.md.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::thread;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::command;

const BEGIN: &str = "<!-- bench:begin -->";
const END: &str = "<!-- bench:end -->";

/// One line of the driver's output. A single value stands in `p50`.
#[derive(Serialize, Deserialize, Clone)]
pub struct Figure {
    pub name: String,
    pub p50: Option<f64>,
    #[serde(default)]
    pub p99: Option<f64>,
    pub unit: String,
    #[serde(default)]
    pub load: Value,
    #[serde(default)]
    pub durability: Value,
    #[serde(default)]
    pub target: Value,
    pub met: bool,
}

impl Figure {
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).context("writing a figure")
    }

    /// For whoever watches the run.
    pub fn in_words(&self) -> String {
        let value = |name: &str, number: Option<f64>| number.map(|number| format!(" {name} {number} {}", self.unit));
        format!(
            "{}:{}{} ({})",
            self.name,
            value("p50", self.p50).unwrap_or_default(),
            value("p99", self.p99).unwrap_or_default(),
            if self.met { "met" } else { "NOT met" }
        )
    }

    fn row(&self, date: &str) -> String {
        let number = |number: Option<f64>| number.map_or_else(String::new, |n| n.to_string());
        let cells = [
            format!("`{}`", self.name),
            number(self.p50),
            number(self.p99),
            self.unit.clone(),
            cell(&self.load),
            cell(&self.durability),
            cell(&self.target),
            if self.met { "yes" } else { "**no**" }.to_owned(),
            date.to_owned(),
        ];
        format!("| {} |", cells.join(" | "))
    }
}

/// Where and when figures were measured; without it they say nothing.
pub struct Machine {
    pub description: String,
    pub date: String,
}

impl Machine {
    /// The machine we run on, today.
    pub fn this() -> Result<Self> {
        let cores = thread::available_parallelism().context("counting the cores")?;
        let processor = after_label("/proc/cpuinfo", "model name");
        let memory = after_label("/proc/meminfo", "MemTotal")
            .and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok())
            .map(|kibibytes| format!("{} MB", kibibytes * 1024 / 1_000_000));
        let unknown = || "unknown".to_owned();
        Ok(Self {
            description: format!(
                "{cores} cores ({}), {} of memory, {}, {}; the driver on the same machine",
                processor.unwrap_or_else(unknown),
                memory.unwrap_or_else(unknown),
                command::output(Command::new("uname").arg("-sr"))?.trim(),
                command::output(Command::new("rustc").arg("--version"))?.trim(),
            ),
            date: command::output(Command::new("date").args(["-u", "+%Y-%m-%d"]))?.trim().to_owned(),
        })
    }
}

/// Puts the figures between the markers of BENCHMARKS.md. Figures that were not measured this time keep their row, with
/// the date it had.
pub fn update_document(document: &str, figures: &[Figure], machine: &Machine) -> String {
    let (before, old, after) = split(document);
    let mut new: BTreeMap<&str, String> =
        figures.iter().map(|figure| (figure.name.as_str(), figure.row(&machine.date))).collect();
    let mut rows: Vec<String> = old
        .lines()
        .filter_map(|line| Some((name_of_row(line)?, line)))
        .map(|(name, line)| new.remove(name).unwrap_or_else(|| line.to_owned()))
        .collect();
    // In the order of the run, not of the alphabet.
    rows.extend(figures.iter().filter_map(|figure| new.remove(figure.name.as_str())));
    format!(
        "{before}{BEGIN}\nLast run: {}, on {}.\n\n\
         | figure | p50 | p99 | unit | load | durability | target | met | measured |\n\
         |---|---:|---:|---|---|---|---|---|---|\n{}\n{END}{after}",
        machine.date,
        machine.description,
        rows.join("\n")
    )
}

/// What stands before, between and after the markers; a document without them gets them at its end.
fn split(document: &str) -> (String, &str, &str) {
    if let Some((before, rest)) = document.split_once(BEGIN)
        && let Some((old, after)) = rest.split_once(END)
    {
        return (before.to_owned(), old, after);
    }
    let title = "# Benchmarks\n\n`cargo xtask bench` measures these and writes them here.\n";
    let before = if document.trim().is_empty() { title } else { document.trim_end() };
    (format!("{}\n\n", before.trim_end()), "", "\n")
}

fn name_of_row(line: &str) -> Option<&str> {
    line.strip_prefix("| `")?.split_once('`').map(|(name, _)| name)
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.replace('|', "\\|"),
        other => other.to_string().replace('|', "\\|"),
    }
}

fn after_label(file: &str, label: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let (_, value) = text.lines().find(|line| line.starts_with(label))?.split_once(':')?;
    Some(value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(name: &str, p50: f64) -> Figure {
        Figure {
            name: name.to_owned(),
            p50: Some(p50),
            p99: None,
            unit: "ms".to_owned(),
            load: Value::from("500/s"),
            durability: Value::Null,
            target: Value::from(10),
            met: p50 <= 10.0,
        }
    }

    fn machine(date: &str) -> Machine {
        Machine { description: "2 cores".to_owned(), date: date.to_owned() }
    }

    #[test]
    fn a_figure_that_was_not_measured_again_keeps_its_row() {
        let first =
            update_document("", &[figure("webhook_to_200", 3.0), figure("send_to_ack", 4.0)], &machine("2026-11-01"));
        let second = update_document(&first, &[figure("send_to_ack", 12.5)], &machine("2026-11-02"));

        assert!(second.starts_with("# Benchmarks\n"));
        assert!(second.contains("| `webhook_to_200` | 3 |  | ms | 500/s |  | 10 | yes | 2026-11-01 |"));
        assert!(second.contains("| `send_to_ack` | 12.5 |  | ms | 500/s |  | 10 | **no** | 2026-11-02 |"));
        assert_eq!(second.matches("`send_to_ack`").count(), 1);
    }

    #[test]
    fn the_words_around_the_table_stay() {
        let document = format!("# Figures\n\nBefore.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n");

        let updated = update_document(&document, &[figure("idle_rss", 50.0)], &machine("today"));

        assert!(updated.starts_with("# Figures\n\nBefore.\n"), "{updated}");
        assert!(updated.ends_with("\n\nAfter.\n"), "{updated}");
        assert!(!updated.contains("\nold\n"), "{updated}");
    }

    #[test]
    fn a_line_of_the_driver_is_understood() -> Result<()> {
        let line = r#"{"name":"webhook_to_200","p50":3.1,"p99":9.8,"unit":"ms","load":"500/s","durability":"fsync","target":{"p50":10,"p99":50},"met":true}"#;

        let figure: Figure = serde_json::from_str(line)?;

        assert_eq!(figure.in_words(), "webhook_to_200: p50 3.1 ms p99 9.8 ms (met)");
        Ok(())
    }
}
