//! Starting other programs: cargo as a person at the keyboard would start it, and failures that say what was run.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The folder of the workspace; every command works from here.
pub fn workspace_root() -> PathBuf {
    let manifest =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// The cargo that started us, as if it were started from a shell.
///
/// Cargo describes `xtask` to us in the environment. Handed on, that would change what some build scripts watch (ring's
/// does), and plain `cargo` and `cargo xtask` would rebuild each other's work.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        let about_xtask = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];
        if about_xtask.iter().any(|prefix| name.starts_with(prefix)) {
            command.env_remove(name.as_ref());
        }
    }
    // RUSTFLAGS takes the place of the flags in .cargo/config.toml, and the two halves must agree on this one.
    if let Ok(flags) = env::var("RUSTFLAGS")
        && !flags.contains("erase_components")
    {
        command.env("RUSTFLAGS", format!("{flags} --cfg erase_components"));
    }
    command
}

/// Gives rustc more flags for everything that is built, beside those of .cargo/config.toml or RUSTFLAGS.
pub fn add_flags(cargo: &mut Command, flags: &[String]) -> Result<()> {
    let set = cargo.get_envs().find(|(name, _)| *name == "RUSTFLAGS").and_then(|(_, value)| value);
    let inherited = env::var_os("RUSTFLAGS");
    if let Some(before) = set.map(ToOwned::to_owned).or(inherited) {
        let before = before.to_string_lossy();
        cargo.env("RUSTFLAGS", format!("{before} {}", flags.join(" ")));
    } else {
        // An array of JSON is one of TOML, and cargo appends it to the one in the file.
        let array = serde_json::to_string(flags).context("writing flags for cargo")?;
        cargo.arg("--config").arg(format!("build.rustflags={array}"));
    }
    Ok(())
}

/// Runs to the end with its output on our terminal; anything but success is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("starting `{}`", describe(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", describe(command));
    }
    Ok(())
}

/// Runs to the end and returns what it wrote to standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("starting `{}`", describe(command)))?;
    if !output.status.success() {
        bail!("`{}` failed ({})", describe(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("reading what `{}` wrote", describe(command)))
}

/// The program of that name on the PATH.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
}

/// The command as one would type it.
pub fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(name).chain(arguments).collect::<Vec<_>>().join(" ")
}
