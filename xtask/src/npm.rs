//! The tools that only npm has: Playwright and the counterparts for the browser tests, and wasm-opt for the shipped build.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::command;

/// The folder of package.json and of the specs.
pub const FOLDER: &str = "end2end";

/// Installs exactly what the lock file says, unless that stands there already. `false`: there is no npm here.
pub fn ensure_installed() -> Result<bool> {
    if is_installed() {
        return Ok(true);
    }
    let Some(npm) = command::find("npm") else {
        return Ok(false);
    };
    // None of these packages needs its scripts, and one would phone home.
    command::run(
        Command::new(npm)
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .current_dir(FOLDER),
    )?;
    Ok(true)
}

/// npm leaves a copy of the lock file beside what it installed; an older copy is of an older lock file.
fn is_installed() -> bool {
    let written = |file: &str| fs::metadata(Path::new(FOLDER).join(file)).and_then(|metadata| metadata.modified());
    match (written("node_modules/.package-lock.json"), written("package-lock.json")) {
        (Ok(installed), Ok(locked)) => installed >= locked,
        _ => false,
    }
}
