//! `cargo xtask test`: everything that CI runs, in the order that fails soonest.

use std::process::ExitCode;

use anyhow::Result;

use crate::browser;
use crate::check;
use crate::command;
use crate::front::Purpose;
use crate::npm;
use crate::postgres::{self, Cluster};
use crate::progress::Progress;
use crate::site;
use crate::tally::Tally;

/// The specs that run once more on what ships: shrinking and packing the WASM may break it, and these go through most of it.
const SHIPPED: [&str; 4] =
    ["specs/accessible.spec.ts", "specs/admin.spec.ts", "specs/conversation.spec.ts", "specs/roles.spec.ts"];

#[derive(clap::Args)]
pub struct Options {
    /// Only this step.
    #[arg(long, value_name = "STEP")]
    only: Option<Step>,
    /// What cannot run here is a failure. So it is when `CI` is `true`.
    #[arg(long)]
    no_skip: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Step {
    /// What `cargo xtask check` does.
    Check,
    /// The Rust tests, on SQLite.
    Rust,
    /// The tests of the backend and the server again, on PostgreSQL.
    Postgres,
    /// The widget's tests and the specs in end2end, in a Chromium; the main ones again on what ships.
    Browser,
}

impl Step {
    const ALL: [Self; 4] = [Self::Check, Self::Rust, Self::Postgres, Self::Browser];

    fn heading(self) -> &'static str {
        match self {
            Self::Check => "Checking formatting, lints and tidiness",
            Self::Rust => "Testing on SQLite",
            Self::Postgres => "Testing the backend and the server on PostgreSQL",
            Self::Browser => "Testing in a browser",
        }
    }

    fn run(self, tally: &mut Tally) -> Result<()> {
        match self {
            Self::Check => check::check_all(tally),
            Self::Rust => test_rust(tally),
            Self::Postgres => test_on_postgres(tally),
            Self::Browser => test_in_browser(tally),
        }
    }
}

/// Runs the steps, goes on after a failure, and ends with one line that sums up.
pub fn test(options: &Options) -> Result<ExitCode> {
    let steps: Vec<Step> = Step::ALL.into_iter().filter(|step| options.only.is_none_or(|only| only == *step)).collect();
    let mut tally = Tally::default();
    let mut progress = Progress::new(steps.len());
    for step in steps {
        let outcome = progress.step(step.heading(), || step.run(&mut tally));
        if let Err(error) = outcome {
            tally.fail(&format!("{}: {error:#}", step.heading()));
        }
    }
    if options.no_skip || std::env::var("CI").is_ok_and(|value| value == "true") {
        tally.deny_skips();
    }

    println!();
    for note in &tally.notes {
        println!("{note}");
    }
    println!("{}", tally.closing_line());
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `xtask` goes alone: with the others it would change the features of what they are built on, and so build that twice.
fn test_rust(tally: &mut Tally) -> Result<()> {
    let mut xtask = command::cargo();
    xtask.args(["test", "--no-fail-fast", "--package", "xtask"]);
    tally.run(&mut xtask)?;

    let mut server_side = command::cargo();
    server_side
        .args(["test", "--no-fail-fast"])
        .args(check::SERVER_SIDE)
        // The name of a database left in the shell would send these tests there.
        .env_remove("TEST_DATABASE_URL");
    tally.run(&mut server_side)
}

fn test_on_postgres(tally: &mut Tally) -> Result<()> {
    let Some(programs) = postgres::find_programs() else {
        tally.skip("the tests on PostgreSQL: no `initdb` on the PATH or in /usr/lib/postgresql");
        return Ok(());
    };
    let cluster = Cluster::start(&programs)?;
    let mut tests = command::cargo();
    tests
        .args(["test", "--no-fail-fast", "--package", "backend"])
        .args(["--package", "server", "--tests"])
        .env("TEST_DATABASE_URL", cluster.url());
    tally.run(&mut tests)
}

fn test_in_browser(tally: &mut Tally) -> Result<()> {
    if !npm::ensure_installed()? {
        tally.skip("the browser tests: npm is not installed");
        return Ok(());
    }
    let Some(chromium) = browser::find_chromium() else {
        tally.skip("the browser tests: no Chromium on the PATH; name one in CHROMIUM");
        return Ok(());
    };
    if std::env::var_os("CONTRACTS_DIR").is_none() {
        println!("    CONTRACTS_DIR is not set: specs that need it will be skipped");
    }
    browser::run_widget_tests(&chromium, tally)?;
    site::build(Purpose::Development)?;
    build_server_as_tested()?;
    browser::run_specs(&chromium, &[], tally)?;

    println!("    The browser's half as it ships:");
    site::build(Purpose::Shipping)?;
    browser::run_specs(&chromium, &SHIPPED, tally)
}

/// The server's binary out of the build that `test_rust` made; a plain `cargo build` would choose other features for a
/// fifth of the dependencies and compile them, and all that stands on them, once more.
fn build_server_as_tested() -> Result<()> {
    command::run(command::cargo().args(["build", "--bins", "--tests"]).args(check::SERVER_SIDE))
}
