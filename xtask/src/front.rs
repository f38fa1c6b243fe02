//! The browser's half: cargo makes the WASM, it is split in two, wasm-bindgen (as a library) makes its JavaScript, and
//! wasm-opt shrinks it.

mod pack;
mod split;
mod unused;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::command;
use split::Split;

pub use split::REST_NAME;

/// What rustc uses of WASM by default, all of it in every browser since 2022. Never `--all-features`: wasm-opt then writes
/// proposals that no browser reads yet, and says nothing.
const WASM_FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// All that decides what becomes of the compiler's WASM.
const OURS: [&str; 6] = [
    // The versions of what splits and binds.
    include_str!("../Cargo.toml"),
    include_str!("front.rs"),
    include_str!("front/split.rs"),
    include_str!("front/unused.rs"),
    include_str!("front/pack.rs"),
    include_str!("front/pack/neighbours.rs"),
];

/// Tells the compiler not to put a large function into its only caller. Alone, it is like its siblings for other types, and
/// what is alike compresses: more bytes, and a tenth fewer of them travel.
const KEPT_APART: [&str; 2] = ["-C", "llvm-args=-inline-instr-cost=1000"];

/// Apart from the server's target folder, so that neither waits for the other's lock.
pub const TARGET_DIR: &str = "target/front";

/// The platform of a browser.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// What wasm-bindgen calls the WASM, in its folder and in the JavaScript that loads it.
pub const WASM_NAME: &str = "app_bg.wasm";

const JS_NAME: &str = "app.js";

/// What the assets are for decides how long their making may take.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Seconds between an edit and the page.
    Development,
    /// As fast as what ships, but built often: `run --release`.
    Release,
    /// As small as it gets, however long it takes: `build` and `bench`.
    Shipping,
}

impl Purpose {
    /// The cargo profile of the WASM.
    pub fn profile(self) -> &'static str {
        match self {
            Self::Development => "wasm-dev",
            Self::Release | Self::Shipping => "wasm-release",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Release => "release",
            Self::Shipping => "shipping",
        }
    }

    /// Measured by what travels: two rounds of -Oz are smaller than one, but smaller still without the two passes that
    /// make one function out of many. Rust's stack stands first, so nothing of ours has an address below 1024.
    fn optimiser_arguments(self) -> &'static [&'static str] {
        match self {
            Self::Development => &[],
            Self::Release => &["-O1", "--strip-debug"],
            Self::Shipping => &[
                "-Oz",
                "--skip-pass=inlining-optimizing",
                "--skip-pass=local-cse",
                "--low-memory-unused",
                "-Oz",
                "--strip-debug",
            ],
        }
    }
}

/// The browser's half, ready to get its names in the site.
pub struct Front {
    /// The module that loads the WASM; it calls the two parts [`WASM_NAME`] and [`REST_NAME`].
    pub js: String,
    pub wasm: Vec<u8>,
    /// What dialogs and admin pages need, and nothing before them.
    pub rest: Vec<u8>,
    /// Modules that the JS imports from `./snippets/`; the folder may be missing.
    pub snippets: PathBuf,
    /// What could not be done, in words for whoever builds.
    pub skipped: Option<String>,
}

/// Builds the browser's half; what is unchanged since the last time is not made again.
pub fn build(purpose: Purpose) -> Result<Front> {
    ensure_target()?;
    let mut cargo = command::cargo();
    cargo.args(["rustc", "--package", "frontend", "--lib", "--profile", purpose.profile()]);
    cargo.args(["--target", TARGET, "--target-dir", TARGET_DIR]);
    if purpose != Purpose::Development {
        command::add_flags(&mut cargo, &[KEPT_APART.map(ToOwned::to_owned).to_vec(), short_paths()?].concat())?;
    }
    cargo.arg("--").args(split::LINKED);
    command::run(&mut cargo)?;
    let compiled = Path::new(TARGET_DIR).join(TARGET).join(purpose.profile()).join("frontend.wasm");
    let optimiser = match purpose {
        Purpose::Development => None,
        Purpose::Release | Purpose::Shipping => find_optimiser()?,
    };
    let folder = Path::new(TARGET_DIR).join("bindgen").join(purpose.folder());
    make_unless_unchanged(&compiled, &folder, purpose, optimiser.as_ref())?;

    let skipped = (purpose != Purpose::Development && optimiser.is_none()).then(|| {
        "wasm-opt is not installed (npm's `binaryen`, in end2end), so the WASM is larger than it could be".to_owned()
    });
    Ok(Front {
        js: read_text(&folder.join(JS_NAME))?,
        wasm: fs::read(folder.join(WASM_NAME)).context("reading the finished WASM")?,
        rest: fs::read(folder.join(REST_NAME)).context("reading the finished WASM that comes later")?,
        snippets: folder.join("snippets"),
        skipped,
    })
}

/// The WASM target of the toolchain, fetched by rustup when it is missing.
pub fn ensure_target() -> Result<()> {
    let library = command::output(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    if Path::new(library.trim()).is_dir() {
        return Ok(());
    }
    if command::find("rustup").is_none() {
        bail!(
            "this Rust cannot compile for the browser: install its standard library for {TARGET} \
             (with rustup: `rustup target add {TARGET}`)"
        );
    }
    println!("    fetching Rust's standard library for {TARGET}");
    command::run(Command::new("rustup").args(["target", "add", TARGET]))
}

/// Flags that take the folder of cargo's sources out of what a panic says: `tachys-0.2/src/..` is enough.
fn short_paths() -> Result<Vec<String>> {
    let home = match env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => env::home_dir().context("finding your home folder")?.join(".cargo"),
    };
    let mut flags = Vec::new();
    for folder in ["registry/src", "git/checkouts"] {
        // Neither needs to be there.
        for source in fs::read_dir(home.join(folder)).into_iter().flatten() {
            flags.push(format!("--remap-path-prefix={}=", source?.path().display()));
        }
    }
    flags.sort();
    Ok(flags)
}

/// The first 16 hex digits of the SHA-256: short enough for a name, long enough to be the content's own.
pub fn short_hash(bytes: &[u8]) -> String {
    let mut hash = hex::encode(Sha256::digest(bytes));
    hash.truncate(16);
    hash
}

/// The splitter, wasm-bindgen and wasm-opt write into `folder`, where a stamp says what they were made from.
fn make_unless_unchanged(
    compiled: &Path,
    folder: &Path,
    purpose: Purpose,
    optimiser: Option<&Optimiser>,
) -> Result<()> {
    let bytes = fs::read(compiled).with_context(|| format!("reading {}", compiled.display()))?;
    // The WASM carries wasm-bindgen's own version, so its hash stands for that too; the rest is in these files.
    let stamp = format!(
        "{} {} {} {}",
        short_hash(&bytes),
        OURS.map(|file| short_hash(file.as_bytes())).join(" "),
        optimiser.map_or("no wasm-opt", |optimiser| &optimiser.version),
        purpose.optimiser_arguments().join(" ")
    );
    let stamp_file = folder.join("stamp");
    if fs::read_to_string(&stamp_file).is_ok_and(|last| last == stamp) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    let bytes = if purpose == Purpose::Development { bytes } else { unused::emptied(&bytes)? };
    let split = split::split(&bytes, folder)?;
    bind(&split, folder, purpose)?;
    if let Some(optimiser) = optimiser {
        for name in [WASM_NAME, REST_NAME] {
            optimiser.shrink(&folder.join(name), purpose)?;
        }
    }
    if purpose == Purpose::Shipping {
        pack_files(folder)?;
    }
    fs::write(&stamp_file, stamp).context("remembering what the WASM was made from")
}

fn pack_files(folder: &Path) -> Result<()> {
    let [wasm_file, rest_file, js_file] = [WASM_NAME, REST_NAME, JS_NAME].map(|name| folder.join(name));
    let wasm = fs::read(&wasm_file).context("reading the WASM to pack")?;
    let (wasm, js) = pack::pack(&wasm, &read_text(&js_file)?)?;
    fs::write(&wasm_file, wasm).context("writing the packed WASM")?;
    fs::write(&js_file, js).context("writing the packed JavaScript")?;
    let rest = fs::read(&rest_file).context("reading the later WASM to pack")?;
    fs::write(&rest_file, pack::pack_alone(&rest)?).context("writing the packed later WASM")
}

fn bind(split: &Split, folder: &Path, purpose: Purpose) -> Result<()> {
    let is_stripped = purpose != Purpose::Development;
    Bindgen::new()
        .input_bytes("app", split.main.clone())
        .web(true)?
        .typescript(false)
        .omit_default_module_path(false)
        // The functions of both parts stand in one table, which the main one exports.
        .keep_lld_exports(true)
        .remove_name_section(is_stripped)
        .remove_producers_section(is_stripped)
        .generate(folder)
        .context("making the JavaScript that loads the WASM")?;
    if is_stripped {
        let rest = folder.join(REST_NAME);
        let nameless = split::without_names(&fs::read(&rest).context("reading the later WASM")?)?;
        fs::write(&rest, nameless).context("writing the later WASM without names")?;
    }
    let js_file = folder.join(JS_NAME);
    fs::write(&js_file, split.with_loaders(&read_text(&js_file)?)?).context("writing the JavaScript with its loaders")
}

struct Optimiser {
    program: PathBuf,
    version: String,
}

impl Optimiser {
    fn shrink(&self, wasm: &Path, purpose: Purpose) -> Result<()> {
        let arguments = purpose.optimiser_arguments();
        println!("    wasm-opt {} (may take minutes)", arguments.join(" "));
        command::run(Command::new(&self.program).args(arguments).args(WASM_FEATURES).arg(wasm).arg("-o").arg(wasm))
    }
}

/// npm's wasm-opt, or one on the PATH that is young enough to read what today's Rust writes.
fn find_optimiser() -> Result<Option<Optimiser>> {
    const OLDEST: u32 = 120;
    let ours = Path::new("end2end/node_modules/.bin/wasm-opt");
    let candidates = [
        ours.is_file().then(|| ours.canonicalize()).transpose().context("finding npm's wasm-opt")?,
        command::find("wasm-opt"),
    ];
    for program in candidates.into_iter().flatten() {
        // npm's needs node, and either may be broken: then it is as good as missing.
        let Ok(answer) = command::output(Command::new(&program).arg("--version")) else {
            continue;
        };
        let number = answer.split_whitespace().find_map(|word| word.parse::<u32>().ok());
        if number.is_some_and(|number| number >= OLDEST) {
            let version = answer.trim().to_owned();
            return Ok(Some(Optimiser { program, version }));
        }
        println!("    {} is older than version {OLDEST}; leaving it alone", program.display());
    }
    Ok(None)
}

fn read_text(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}
