//! `cargo xtask bench`: runs the driver against the release server, weighs what browsers download, and keeps the figures.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::build;
use crate::command;
use crate::figures::{self, Figure, Machine};
use crate::front::{self, Purpose};
use crate::progress::Progress;
use crate::site::{self, Manifest};

/// The bench target that measures the running server; it prints one JSON line per figure.
const SERVER: [&str; 4] = ["--package", "server", "--bench", "bench"];

/// The bench target that measures reading providers' deliveries, and how its figures' names begin.
const CODECS: [&str; 4] = ["--package", "channels", "--bench", "codec"];
const CODEC: &str = "codec_";

const DOCUMENT: &str = "BENCHMARKS.md";

const CONSOLE_FIRST_LOAD: &str = "console_first_load";
const WIDGET_LOADER: &str = "widget_loader";
const WIDGET_OPEN: &str = "widget_open";
const SIZES: [&str; 3] = [CONSOLE_FIRST_LOAD, WIDGET_LOADER, WIDGET_OPEN];

#[derive(clap::Args)]
pub struct Options {
    /// Only these figures, such as `webhook_to_200`.
    names: Vec<String>,
}

/// Measures, writes BENCHMARKS.md, and ends with one JSON line per figure.
pub fn bench(options: &Options) -> Result<ExitCode> {
    let (sizes, driven): (Vec<&str>, Vec<&str>) =
        options.names.iter().map(String::as_str).partition(|name| SIZES.contains(name));
    let is_driven = options.names.is_empty() || !driven.is_empty();

    let mut progress = Progress::new(if is_driven { 4 } else { 3 });
    progress.step("Fetching wasm-opt", build::fetch_optimiser)?;
    let front = progress.step("Building the browser's half", || front::build(Purpose::Shipping))?;
    let manifest =
        progress.step("Gathering and compressing styles and assets", || site::assemble(&front, Purpose::Shipping))?;
    let mut measured = Vec::new();
    let mut outcome = Ok(());
    if is_driven {
        outcome = progress.step("Building the server and measuring it", || drive_all(&driven, &mut measured));
    }
    for figure in weigh(&manifest)? {
        if options.names.is_empty() || sizes.contains(&figure.name.as_str()) {
            measured.push(figure);
        }
    }

    let document = fs::read_to_string(DOCUMENT).unwrap_or_default();
    let updated = figures::update_document(&document, &measured, &Machine::this()?);
    fs::write(DOCUMENT, updated).with_context(|| format!("writing {DOCUMENT}"))?;
    for figure in &measured {
        println!("{}", figure.to_json()?);
    }
    outcome.map(|()| ExitCode::SUCCESS)
}

/// Runs the targets that have any of the wanted figures. What was measured before a failure is kept.
fn drive_all(names: &[&str], measured: &mut Vec<Figure>) -> Result<()> {
    let (codecs, others): (Vec<&str>, Vec<&str>) = names.iter().partition(|name| name.starts_with(CODEC));
    if names.is_empty() || !codecs.is_empty() {
        drive(CODECS, &codecs, measured)?;
    }
    if names.is_empty() || !others.is_empty() {
        drive(SERVER, &others, measured)?;
    }
    Ok(())
}

fn drive(target: [&str; 4], names: &[&str], measured: &mut Vec<Figure>) -> Result<()> {
    let site = Path::new(site::FOLDER).canonicalize().context("finding the site folder")?;
    let mut driver = command::cargo();
    driver.arg("bench").args(target).arg("--").args(names).env("SWITCHBOARD_SITE", site).stdout(Stdio::piped());
    let mut child = driver.spawn().with_context(|| format!("starting `{}`", command::describe(&driver)))?;
    let output = child.stdout.take().context("reading the driver's output")?;
    for line in BufReader::new(output).lines() {
        let line = line.context("reading the driver's output")?;
        match serde_json::from_str::<Figure>(&line) {
            Ok(figure) => {
                println!("    {}", figure.in_words());
                measured.push(figure);
            }
            Err(_) => println!("{line}"),
        }
    }
    let status = child.wait().context("waiting for the driver")?;
    if !status.success() {
        bail!("`{}` failed ({status})", command::describe(&driver));
    }
    Ok(())
}

/// The figures that need no server: kilobytes as they travel.
fn weigh(manifest: &Manifest) -> Result<Vec<Figure>> {
    let folder = Path::new(site::FOLDER);
    let travelling = |path: &str| -> Result<u64> {
        let file = folder.join(path.trim_start_matches('/'));
        build::compressed_size(&file).map_or_else(|| build::size(&file), Ok)
    };
    let rest = in_kilobytes(travelling(&manifest.rest)?);
    let mut figures = vec![kilobytes(
        CONSOLE_FIRST_LOAD,
        travelling(&manifest.js)? + travelling(&manifest.wasm)?,
        &format!(
            "JS and WASM, brotli; dialogs and admin pages load {rest} kB more, once the console is alive and idle"
        ),
        350.0,
    )];
    if manifest.files.contains_key("/widget.js") {
        let bytes = travelling("/widget.js")?;
        figures.push(kilobytes(WIDGET_LOADER, bytes, "widget.js, brotli", 3.0));
    }
    let mut opened = 0;
    for path in manifest.files.keys() {
        if path.starts_with("/widget/") {
            opened += travelling(path)?;
        }
    }
    if opened > 0 {
        figures.push(kilobytes(WIDGET_OPEN, opened, "all of widget/, brotli", 60.0));
    }
    Ok(figures)
}

fn kilobytes(name: &str, bytes: u64, load: &str, limit: f64) -> Figure {
    let size = in_kilobytes(bytes);
    Figure {
        name: name.to_owned(),
        p50: Some(size),
        p99: None,
        unit: "kB".to_owned(),
        load: Value::from(load),
        durability: Value::Null,
        target: Value::from(limit),
        met: size <= limit,
    }
}

/// In tenths, and never less than it is.
fn in_kilobytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes.div_ceil(100)).unwrap_or(u32::MAX)) / 10.0
}
