//! `cargo xtask build`: the one binary that ships, with the web assets inside it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::command;
use crate::front::{self, Purpose};
use crate::npm;
use crate::progress::Progress;
use crate::run;
use crate::site;

/// Builds the site, then the binary around it, and prints what each part weighs.
pub fn build() -> Result<()> {
    let mut progress = Progress::new(4);
    progress.step("Fetching wasm-opt", fetch_optimiser)?;
    let front = progress.step("Building the browser's half", || front::build(Purpose::Shipping))?;
    progress.step("Gathering and compressing styles and assets", || site::assemble(&front, Purpose::Shipping))?;
    progress.step("Building the binary", || {
        command::run(command::cargo().args([
            "build",
            "--release",
            "--package",
            "server",
            "--bin",
            "switchboard",
            "--features",
            "embed",
        ]))
    })?;

    print_sizes()?;
    if let Some(skipped) = &front.skipped {
        println!("Skipped: {skipped}.");
    }
    println!("The binary is {}.", run::binary("release").display());
    Ok(())
}

/// Has npm install wasm-opt where npm is present; without it the build still works.
pub fn fetch_optimiser() -> Result<()> {
    if !npm::ensure_installed()? {
        println!("    skipped: npm is not installed");
    }
    Ok(())
}

fn print_sizes() -> Result<()> {
    println!();
    println!("{:<48} {:>12} {:>12}", "", "raw", "brotli");
    let binary = run::binary("release");
    println!("{:<48} {:>12}", "switchboard", kilobytes(size(&binary)?));
    for file in site::list_files(Path::new(site::FOLDER))? {
        let is_compressed = file.extension().is_some_and(|extension| extension == "br" || extension == "gz");
        if is_compressed {
            continue;
        }
        let compressed = compressed_size(&file).map_or_else(|| "-".to_owned(), kilobytes);
        let name = file.strip_prefix(site::FOLDER).unwrap_or(&file);
        println!("{:<48} {:>12} {:>12}", name.display(), kilobytes(size(&file)?), compressed);
    }
    println!();
    Ok(())
}

/// The size of the `.br` beside a file, when there is one.
pub fn compressed_size(file: &Path) -> Option<u64> {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    fs::metadata(name).ok().map(|metadata| metadata.len())
}

/// The size of a file as it stands.
pub fn size(file: &Path) -> Result<u64> {
    let metadata = fs::metadata(file).with_context(|| format!("weighing {}", file.display()))?;
    Ok(metadata.len())
}

fn kilobytes(bytes: u64) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}
