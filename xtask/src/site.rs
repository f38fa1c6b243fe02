//! The site folder: everything the server hands to browsers, with content hashes in the names, and a manifest of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Serialize;

use crate::compress::{self, Quality};
use crate::front::{self, Front, Purpose, short_hash};
use crate::progress::Progress;
use crate::style;

/// Where the assets stand; the server gets it as `SWITCHBOARD_SITE`.
pub const FOLDER: &str = "target/site";

const PUBLIC: &str = "public";
const COMPRESSED_ONCE: &str = "target/front/compressed";

/// `manifest.json`: the names that change with their content, and a hash of every file for its `ETag`.
#[derive(Serialize)]
pub struct Manifest {
    pub js: String,
    pub wasm: String,
    /// What of it comes later.
    pub rest: String,
    pub css: String,
    /// One word for all above: a tab from another build asks to reload.
    pub build: String,
    /// From the path in the URL to the first 16 hex digits of the file's SHA-256.
    pub files: BTreeMap<String, String>,
}

/// Builds the browser's half and the site folder, for who wants only these.
pub fn build(purpose: Purpose) -> Result<Manifest> {
    let mut progress = Progress::new(2);
    let front = progress.step("Building the browser's half", || front::build(purpose))?;
    progress.step("Gathering styles and assets", || assemble(&front, purpose))
}

/// Brings the site folder up to date: files that changed are written, files that are no longer named go.
pub fn assemble(front: &Front, purpose: Purpose) -> Result<Manifest> {
    let css = style::bundle(Path::new(style::ENTRY))?.into_bytes();
    let mut files = BTreeMap::new();
    read_folder(Path::new(PUBLIC), "", &mut files)?;
    read_folder(&front.snippets, "/pkg/snippets", &mut files)?;
    let manifest = add_hashed(front, css, &mut files)?;

    let folder = Path::new(FOLDER);
    let mut kept = BTreeSet::from([folder.join("manifest.json")]);
    for (path, bytes) in &files {
        let file = folder.join(path.trim_start_matches('/'));
        write_if_changed(&file, bytes)?;
        if purpose != Purpose::Development && compress::is_compressible(&file) {
            kept.extend(write_compressed(&file, bytes, purpose)?);
        }
        kept.insert(file);
    }
    let text = serde_json::to_vec_pretty(&manifest).context("writing the manifest")?;
    write_if_changed(&folder.join("manifest.json"), &text)?;
    remove_others(folder, &kept)?;
    if let Some(skipped) = &front.skipped {
        println!("    skipped: {skipped}");
    }
    Ok(manifest)
}

/// Every file below a folder, in order; none when the folder is missing.
pub fn list_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    let entries = fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(list_files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Names the files after their content. The JS says the names of the WASM, so the WASM is hashed first.
fn add_hashed(front: &Front, css: Vec<u8>, files: &mut BTreeMap<String, Vec<u8>>) -> Result<Manifest> {
    for name in [front::WASM_NAME, front::REST_NAME] {
        ensure!(front.js.contains(name), "the JavaScript of wasm-bindgen no longer names the WASM it loads: {name}");
    }
    let wasm = format!("app.{}.wasm", short_hash(&front.wasm));
    let rest = format!("rest.{}.wasm", short_hash(&front.rest));
    let js_bytes = front.js.replace(front::WASM_NAME, &wasm).replace(front::REST_NAME, &rest).into_bytes();
    let js = format!("app.{}.js", short_hash(&js_bytes));
    let css_name = format!("app.{}.css", short_hash(&css));
    let build = short_hash(format!("{js} {wasm} {css_name}").as_bytes());

    files.insert(format!("/pkg/{wasm}"), front.wasm.clone());
    files.insert(format!("/pkg/{rest}"), front.rest.clone());
    files.insert(format!("/pkg/{js}"), js_bytes);
    files.insert(format!("/pkg/{css_name}"), css);
    let hashes = files.iter().map(|(path, bytes)| (path.clone(), short_hash(bytes))).collect();
    Ok(Manifest {
        js: format!("/pkg/{js}"),
        wasm: format!("/pkg/{wasm}"),
        rest: format!("/pkg/{rest}"),
        css: format!("/pkg/{css_name}"),
        build,
        files: hashes,
    })
}

fn read_folder(folder: &Path, at: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for file in list_files(folder)? {
        let inside = file
            .strip_prefix(folder)
            .with_context(|| format!("{} is not below {}", file.display(), folder.display()))?;
        let is_hidden = inside.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'));
        if is_hidden {
            continue;
        }
        let names: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        let bytes = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        files.insert(format!("{at}/{}", names.join("/")), bytes);
    }
    Ok(())
}

/// Leaves an equal file alone, so that its time says when it last changed.
fn write_if_changed(file: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(file).is_ok_and(|last| last == bytes) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    fs::write(file, bytes).with_context(|| format!("writing {}", file.display()))
}

/// Writes `.br` and `.gz` beside the file, each only where it saves something.
fn write_compressed(file: &Path, bytes: &[u8], purpose: Purpose) -> Result<Vec<PathBuf>> {
    let quality = match purpose {
        Purpose::Shipping => compress::BEST,
        Purpose::Development | Purpose::Release => compress::QUICK,
    };
    let results = [("br", brotli_once(bytes, quality)?), ("gz", compress::gzip(bytes)?)];
    let mut written = Vec::new();
    for (extension, compressed) in results {
        if compressed.len() < bytes.len() {
            let mut name = file.as_os_str().to_owned();
            name.push(format!(".{extension}"));
            let beside = PathBuf::from(name);
            write_if_changed(&beside, &compressed)?;
            written.push(beside);
        }
    }
    Ok(written)
}

/// The same bytes are compressed once, however often the site is built: quality 11 takes a while.
fn brotli_once(bytes: &[u8], quality: Quality) -> Result<Vec<u8>> {
    let kept = Path::new(COMPRESSED_ONCE).join(format!("{}.{}", short_hash(bytes), quality.0));
    if let Ok(compressed) = fs::read(&kept) {
        return Ok(compressed);
    }
    let compressed = compress::brotli(bytes, quality)?;
    write_if_changed(&kept, &compressed)?;
    Ok(compressed)
}

fn remove_others(folder: &Path, kept: &BTreeSet<PathBuf>) -> Result<()> {
    for file in list_files(folder)? {
        if !kept.contains(&file) {
            fs::remove_file(&file).with_context(|| format!("removing {}", file.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn front() -> Front {
        Front {
            js: "new URL('app_bg.wasm', import.meta.url); new URL('split_rest.wasm', import.meta.url)".to_owned(),
            wasm: b"\0asm".to_vec(),
            rest: b"\0asm more".to_vec(),
            snippets: PathBuf::from("no snippets"),
            skipped: None,
        }
    }

    #[test]
    fn the_js_says_the_hashed_names_of_the_wasm() -> Result<()> {
        let mut files = BTreeMap::new();

        let manifest = add_hashed(&front(), b".a{}".to_vec(), &mut files)?;

        let js = String::from_utf8_lossy(&files[&manifest.js]).into_owned();
        for (path, bytes) in [(&manifest.wasm, b"\0asm".as_slice()), (&manifest.rest, b"\0asm more")] {
            let name = path.trim_start_matches("/pkg/");
            assert!(js.contains(&format!("'{name}'")), "{js}");
            assert_eq!(manifest.files[path], short_hash(bytes));
            assert!(path.contains(&short_hash(bytes)));
        }
        Ok(())
    }

    #[test]
    fn another_style_is_another_build() -> Result<()> {
        let one = add_hashed(&front(), b".a{}".to_vec(), &mut BTreeMap::new())?;
        let other = add_hashed(&front(), b".b{}".to_vec(), &mut BTreeMap::new())?;

        assert_eq!(one.js, other.js);
        assert_ne!(one.css, other.css);
        assert_ne!(one.build, other.build);
        Ok(())
    }

    #[test]
    fn public_files_keep_their_names_and_hidden_ones_stay_out() -> Result<()> {
        let folder = tempfile::tempdir()?;
        fs::create_dir_all(folder.path().join("widget"))?;
        fs::write(folder.path().join("widget/frame.js"), "export {}")?;
        fs::write(folder.path().join(".gitkeep"), "")?;

        let mut files = BTreeMap::new();
        read_folder(folder.path(), "", &mut files)?;

        assert_eq!(files.keys().collect::<Vec<_>>(), ["/widget/frame.js"]);
        Ok(())
    }
}
