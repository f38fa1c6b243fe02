//! `cargo xtask check`: formatting, lints with warnings denied, and the tidy rules.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::command;
use crate::front;
use crate::progress::Progress;
use crate::tally::Tally;
use crate::tidy;

/// Everything that runs on the server's side. Linted and tested with one choice of features, so that one build serves both.
pub const SERVER_SIDE: [&str; 18] = [
    "--package",
    "domain",
    "--package",
    "entity",
    "--package",
    "migration",
    "--package",
    "channels",
    "--package",
    "backend",
    "--package",
    "simulator",
    "--package",
    "server",
    "--package",
    "app",
    "--features",
    "app/ssr",
];

/// Checks everything and says what does not hold.
pub fn check() -> Result<ExitCode> {
    let mut tally = Tally::default();
    check_all(&mut tally)?;

    println!();
    for note in &tally.notes {
        println!("{note}");
    }
    println!("{}", tally.closing_line());
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Goes on after a failure: one run tells everything. The quick checks come first.
pub fn check_all(tally: &mut Tally) -> Result<()> {
    front::ensure_target()?;
    let mut progress = Progress::new(5);
    let mut check = |name: &str, work: &mut dyn FnMut() -> Result<()>| {
        let outcome = progress.step(&format!("Checking: {name}"), work);
        if let Err(error) = &outcome {
            println!("    {error:#}");
        }
        tally.add_check(name, outcome.is_ok());
    };
    check("formatting", &mut check_formatting);
    check("tidy rules", &mut tidy::check);
    check("lints of xtask", &mut || lint(command::cargo().args(["clippy", "--all-targets", "--package", "xtask"])));
    check("lints of the server's side", &mut || {
        lint(command::cargo().args(["clippy", "--keep-going", "--all-targets"]).args(SERVER_SIDE))
    });
    check("lints of the browser's half", &mut lint_front);
    Ok(())
}

/// Of both workspaces.
fn check_formatting() -> Result<()> {
    command::run(command::cargo().args(["fmt", "--all", "--check"]))?;
    command::run(command::cargo().args(["fmt", "--check", "--manifest-path", "fuzz/Cargo.toml"]))
}

/// Never together with the server's side: cargo would give `app` both `ssr` and `hydrate`. The profile and the folder are
/// those of the development build, which shares its macros and build scripts with this.
fn lint_front() -> Result<()> {
    lint(command::cargo().args([
        "clippy",
        "--lib",
        "--package",
        "frontend",
        "--package",
        "app",
        "--features",
        "app/hydrate",
        "--target",
        front::TARGET,
        "--profile",
        front::Purpose::Development.profile(),
        "--target-dir",
        front::TARGET_DIR,
    ]))
}

fn lint(clippy: &mut Command) -> Result<()> {
    command::run(clippy.args(["--", "--deny", "warnings"]))
}
