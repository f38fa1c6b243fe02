//! The tidy rules: what the house asks of every file and the compiler does not check. Each failure says where and which.

mod lines;
mod names;
mod tree;
mod walls;

use std::fmt;
use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::command;

/// One broken rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub file: String,
    pub line: usize,
    pub rule: String,
}

impl Finding {
    fn new(file: &str, line: usize, rule: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, rule: rule.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.file, self.line, self.rule)
    }
}

/// `cargo xtask tidy`.
pub fn command() -> Result<ExitCode> {
    check()?;
    println!("tidy");
    Ok(ExitCode::SUCCESS)
}

/// Prints what is untidy; an error when anything is.
pub fn check() -> Result<()> {
    let findings = find()?;
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("not tidy: {} to put right", findings.len());
    }
    Ok(())
}

fn find() -> Result<Vec<Finding>> {
    let files = list_files()?;
    let mut findings = Vec::new();
    for file in &files {
        findings.extend(names::check(file));
        // A picture has no lines.
        if let Ok(text) = fs::read_to_string(file) {
            findings.extend(lines::check(file, &text));
        }
    }
    findings.extend(walls::check()?);
    findings.extend(tree::check());
    findings.sort();
    findings.dedup();
    Ok(findings)
}

/// What git keeps, and what it would keep after `git add`.
fn list_files() -> Result<Vec<String>> {
    let listing =
        command::output(Command::new("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
    Ok(listing.split('\0').filter(|file| !file.is_empty()).map(str::to_owned).collect())
}
