//! `cargo xtask`: the commands that build, start, check and measure Switchboard. They need only Rust and a C compiler;
//! Node is for the browser tests, and for the smallest possible WASM in `build`.
#![expect(clippy::print_stdout, reason = "a command-line tool talks to whoever started it")]

mod bench;
mod browser;
mod build;
mod check;
mod command;
mod compress;
mod figures;
mod front;
mod fuzz;
mod npm;
mod postgres;
mod progress;
mod run;
mod site;
mod style;
mod tally;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;

use crate::front::Purpose;

/// Build, start, check and measure Switchboard.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Xtask {
    /// Build everything and start it: the first command for a new developer.
    Run(run::Options),
    /// Build the one binary to ship, with the web assets inside it, and print its sizes.
    Build,
    /// Build only the web assets, into `target/site`.
    Site {
        /// Optimise as `run --release` does.
        #[arg(long)]
        release: bool,
    },
    /// Formatting, lints with warnings denied, and the tidy rules.
    Check,
    /// The tidy rules alone; seconds.
    Tidy,
    /// Everything that CI runs.
    Test(test::Options),
    /// Try odd inputs on every parser of what comes from outside.
    Fuzz(fuzz::Options),
    /// Measure, and write the figures to BENCHMARKS.md.
    Bench(bench::Options),
}

fn main() -> ExitCode {
    match start(Xtask::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(xtask: Xtask) -> Result<ExitCode> {
    let root = command::workspace_root();
    std::env::set_current_dir(&root).with_context(|| format!("going to {}", root.display()))?;
    match xtask {
        Xtask::Run(options) => run::run(&options),
        Xtask::Build => build::build().map(|()| ExitCode::SUCCESS),
        Xtask::Site { release } => {
            let purpose = if release { Purpose::Release } else { Purpose::Development };
            site::build(purpose).map(|_| ExitCode::SUCCESS)
        }
        Xtask::Check => check::check(),
        Xtask::Tidy => tidy::command(),
        Xtask::Test(options) => test::test(&options),
        Xtask::Fuzz(options) => fuzz::fuzz(&options),
        Xtask::Bench(options) => bench::bench(&options),
    }
}
