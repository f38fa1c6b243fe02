//! `cargo xtask run`: from a clean clone to a page that answers.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::command;
use crate::front::{self, Purpose};
use crate::progress::Progress;
use crate::site;

/// Where the demo keeps its people and rooms: beside the data of an installation, never among them.
const DEMO_DATA: &str = "data-demo";

/// Names the folder of the data to the server.
const DATA: &str = "SWITCHBOARD_DATA";

#[derive(clap::Args)]
pub struct Options {
    /// Start with believable people, rooms and a simulator, in a folder of its own.
    #[arg(long)]
    demo: bool,
    /// Optimised, as it would ship; takes longer to build.
    #[arg(long)]
    release: bool,
    /// Handed on to `switchboard`, after `--`.
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Builds both halves and becomes the server.
pub fn run(options: &Options) -> Result<ExitCode> {
    let purpose = if options.release { Purpose::Release } else { Purpose::Development };
    let mut progress = Progress::new(4);
    let front = progress.step("Building the browser's half", || front::build(purpose))?;
    progress.step("Gathering styles and assets", || site::assemble(&front, purpose))?;
    let binary = progress.step("Building the server", || build_server(options.release))?;

    let verb = if options.demo { "demo" } else { "serve" };
    progress.heading(&format!("Starting `switchboard {verb}`"));
    let site = Path::new(site::FOLDER).canonicalize().context("finding the site folder")?;
    let mut server = Command::new(binary);
    server.arg(verb).args(&options.arguments).env("SWITCHBOARD_SITE", site);
    if options.demo && std::env::var_os(DATA).is_none() {
        server.env(DATA, DEMO_DATA);
    }
    become_program(&mut server)
}

/// Where cargo leaves the server's binary.
pub fn binary(profile_folder: &str) -> PathBuf {
    Path::new("target").join(profile_folder).join(format!("switchboard{}", std::env::consts::EXE_SUFFIX))
}

fn build_server(release: bool) -> Result<PathBuf> {
    let mut build = command::cargo();
    build.args(["build", "--package", "server", "--bin", "switchboard"]);
    if release {
        build.arg("--release");
    }
    command::run(&mut build)?;
    Ok(binary(if release { "release" } else { "debug" }))
}

/// Takes our place, so that every signal and the exit code are the server's own.
#[cfg(unix)]
fn become_program(program: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;

    let error = program.exec();
    Err(error).with_context(|| format!("starting `{}`", command::describe(program)))
}

/// Waits for it; Ctrl-C reaches both of us.
#[cfg(not(unix))]
fn become_program(program: &mut Command) -> Result<ExitCode> {
    let status = program.status().with_context(|| format!("starting `{}`", command::describe(program)))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
