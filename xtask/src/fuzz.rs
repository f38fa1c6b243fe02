//! `cargo xtask fuzz`: gives the parsers of `fuzz/` odd inputs for as long as it is told, and keeps every input that was
//! a finding. It needs nothing but the Rust of the house: the compiler counts the ways through the code itself.

mod dictionary;
mod seeds;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::command;
use crate::progress::Progress;

const FOLDER: &str = "fuzz";
/// A program for each.
const TARGETS: &str = "fuzz/src/bin";
/// Inputs that led somewhere new; the next run goes on from them.
const CORPUS: &str = "fuzz/corpus";
const FINDINGS: &str = "fuzz/findings";
const BUILT: &str = "target/fuzz";

/// What the fuzzer must see of the code: which ways were taken, and what was compared with what. The same flags that
/// `cargo fuzz` gives, without a sanitizer, which needs another compiler: our code forbids `unsafe`.
const FLAGS: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "-Ccodegen-units=1",
];

/// One input may take this long, in seconds, and all of them together this much memory, in MB.
const TIMEOUT: u32 = 10;
const MEMORY_MAX: u32 = 2_048;

#[derive(clap::Args)]
pub struct Options {
    /// Only these, such as `whatsapp`; all without a name.
    targets: Vec<String>,
    /// How long each runs.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// How a run ended.
struct Outcome {
    target: String,
    /// How many inputs were tried; `None` when it did not come to an end.
    inputs: Option<u64>,
    /// Where the input stands that was a finding.
    finding: Option<PathBuf>,
}

/// Builds the targets, runs one after the other, and ends with a line for each.
pub fn fuzz(options: &Options) -> Result<ExitCode> {
    let targets = chosen(&options.targets)?;
    let mut progress = Progress::new(1 + targets.len());
    let host = progress.step("Building the targets", || build(&targets))?;
    let mut outcomes = Vec::new();
    for target in targets {
        let heading = format!("Fuzzing {target} for {} s", options.seconds);
        outcomes.push(progress.step(&heading, || run(&host, target, options.seconds))?);
    }
    println!();
    for outcome in &outcomes {
        println!("{}", outcome.in_words());
    }
    let is_clean = outcomes.iter().all(Outcome::is_clean);
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn chosen(wanted: &[String]) -> Result<Vec<String>> {
    let known = known(Path::new(TARGETS))?;
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(name)) {
        bail!("there is no target {unknown}; there are {}", known.join(", "));
    }
    Ok(if wanted.is_empty() { known } else { wanted.to_vec() })
}

/// Every target, in the order of the alphabet.
fn known(folder: &Path) -> Result<Vec<String>> {
    let mut known = Vec::new();
    for file in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = file?.path();
        known.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    known.sort();
    Ok(known)
}

/// Gives the platform it was built for. That it is named keeps the flags away from build scripts, which could not be
/// linked with them.
fn build(targets: &[String]) -> Result<String> {
    let about = command::output(Command::new("rustc").arg("-vV"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).context("asking rustc for its platform")?;
    let mut cargo = command::cargo();
    cargo.args(["build", "--release", "--manifest-path"]).arg(Path::new(FOLDER).join("Cargo.toml"));
    cargo.args(["--target", host, "--target-dir", BUILT]);
    for target in targets {
        cargo.args(["--bin", target]);
    }
    // In place of all other flags: a folder of its own is no use to any other build.
    cargo.env("RUSTFLAGS", FLAGS.join(" "));
    command::run(&mut cargo)?;
    Ok(host.to_owned())
}

fn run(host: &str, target: String, seconds: u32) -> Result<Outcome> {
    let (corpus, findings) = (Path::new(CORPUS).join(&target), Path::new(FINDINGS).join(&target));
    for folder in [&corpus, &findings] {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    let dictionary = corpus.with_extension("dict");
    let seeds = seeds::read(Path::new(&seeds::place(&target)))?;
    let words = dictionary::of(&seeds.iter().map(|seed| seed.text.as_str()).collect::<Vec<_>>());
    fs::write(&dictionary, words).with_context(|| format!("writing {}", dictionary.display()))?;
    for seed in &seeds {
        let path = corpus.join(&seed.name);
        fs::write(&path, &seed.text).with_context(|| format!("writing {}", path.display()))?;
    }
    let mut fuzzer = Command::new(Path::new(BUILT).join(host).join("release").join(&target));
    fuzzer
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={TIMEOUT}"))
        .arg(format!("-rss_limit_mb={MEMORY_MAX}"))
        .arg(format!("-dict={}", dictionary.display()))
        .arg(format!("-artifact_prefix={}/", findings.display()))
        .args(["-print_final_stats=1", "-verbosity=0"])
        // What was a finding is tried again: it is one until it is mended.
        .args([&corpus, &findings]);
    watch(&mut fuzzer, target)
}

/// Lets the fuzzer run, and says what it said only where that is a finding.
fn watch(fuzzer: &mut Command, target: String) -> Result<Outcome> {
    fuzzer.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = fuzzer.spawn().with_context(|| format!("starting `{}`", command::describe(fuzzer)))?;
    let output = child.stderr.take().context("reading the fuzzer's output")?;
    let lines: Vec<String> = BufReader::new(output).split(b'\n').map_while(Result::ok).map(to_text).collect();
    let status = child.wait().context("waiting for the fuzzer")?;
    let inputs = lines.iter().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    let outcome = Outcome {
        target,
        inputs: inputs.and_then(|count| count.trim().parse().ok()).filter(|_| status.success()),
        finding: lines.iter().find_map(|line| finding(line)),
    };
    if !outcome.is_clean() {
        // Before that it says how it comes along.
        let is_trouble = |line: &String| line.contains("panicked at") || line.contains("ERROR: ");
        let start = lines.iter().position(is_trouble).unwrap_or_default();
        lines.iter().skip(start).for_each(|line| println!("    {line}"));
    }
    Ok(outcome)
}

fn to_text(line: Vec<u8>) -> String {
    String::from_utf8_lossy(&line).into_owned()
}

/// `artifact_prefix='fuzz/findings/x/'; Test unit written to fuzz/findings/x/crash-0beec7b5`
fn finding(line: &str) -> Option<PathBuf> {
    line.split_once("Test unit written to ").map(|(_, path)| PathBuf::from(path.trim()))
}

impl Outcome {
    const fn is_clean(&self) -> bool {
        self.inputs.is_some() && self.finding.is_none()
    }

    fn in_words(&self) -> String {
        let Self { target, inputs, finding } = self;
        match (finding, inputs) {
            (Some(path), _) => format!("{target}: a finding, kept as {}", path.display()),
            (None, Some(inputs)) => format!("{target}: {inputs} inputs, no finding"),
            (None, None) => format!("{target}: it came to no end"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_where_the_fuzzer_says() {
        let line = "artifact_prefix='fuzz/findings/x/'; Test unit written to fuzz/findings/x/crash-0beec7b5";
        assert_eq!(finding(line), Some(PathBuf::from("fuzz/findings/x/crash-0beec7b5")));
        assert_eq!(finding("Base64: YQ=="), None);
    }

    #[test]
    fn a_run_is_clean_only_when_it_ended_and_found_nothing() {
        let outcome = |inputs, finding| Outcome { target: "x".into(), inputs, finding };
        assert_eq!(outcome(Some(7), None).in_words(), "x: 7 inputs, no finding");
        assert!(!outcome(None, None).is_clean());
        let found = outcome(None, Some(PathBuf::from("fuzz/findings/x/crash-1")));
        assert_eq!(found.in_words(), "x: a finding, kept as fuzz/findings/x/crash-1");
        assert!(!found.is_clean());
    }
}
