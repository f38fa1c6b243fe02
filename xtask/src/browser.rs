//! The browser tests: finding a Chromium, and running Playwright's specs against the built server.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;
use crate::npm;
use crate::run;
use crate::site;
use crate::tally::Tally;

/// A Chromium: the one named in `CHROMIUM`, one on the PATH, or one that Playwright fetched for itself.
pub fn find_chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM").filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named));
    }
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(command::find).or_else(playwrights_own)
}

/// The widget's own tests, which need no server: its rules in node, its frame in a browser against a counterpart.
pub fn run_widget_tests(chromium: &Path, tally: &mut Tally) -> Result<()> {
    let folder = Path::new(npm::FOLDER);
    let tests = site::list_files(&folder.join("widget"))?;
    let tests = tests
        .iter()
        .filter(|file| file.to_string_lossy().ends_with(".test.mjs"))
        .filter_map(|file| file.strip_prefix(folder).ok());
    tally.run(
        Command::new("node")
            .args(["--test", "--test-reporter=spec"])
            .args(tests)
            .current_dir(folder)
            .env("CHROMIUM", chromium),
    )
}

/// Runs the specs in these files of end2end, or every spec when none is named, and counts what Playwright reports.
pub fn run_specs(chromium: &Path, files: &[&str], tally: &mut Tally) -> Result<()> {
    let report = Path::new(npm::FOLDER).join("test-results/report.json");
    // An old report must not stand in for a run that never wrote one.
    if report.exists() {
        std::fs::remove_file(&report).context("removing the last run's report")?;
    }
    let absolute = |path: &Path| path.canonicalize().with_context(|| format!("finding {}", path.display()));
    let specs = command::run(
        Command::new("npx")
            .args(["--no-install", "playwright", "test"])
            .args(files)
            .current_dir(npm::FOLDER)
            .env_remove("DATABASE_URL")
            .env("CHROMIUM", chromium)
            .env("SWITCHBOARD_BIN", absolute(&run::binary("debug"))?)
            .env("SWITCHBOARD_SITE", absolute(Path::new(site::FOLDER))?),
    );
    let failed_before = tally.failed;
    tally.add_playwright_report(&report)?;
    if let Err(error) = specs
        && tally.failed == failed_before
    {
        return Err(error);
    }
    Ok(())
}

fn playwrights_own() -> Option<PathBuf> {
    let question = "process.stdout.write(require('@playwright/test').chromium.executablePath())";
    let answer = command::output(
        Command::new("node").args(["--input-type=commonjs", "--eval", question]).current_dir(npm::FOLDER),
    );
    let path = PathBuf::from(answer.ok()?);
    path.is_file().then_some(path)
}
