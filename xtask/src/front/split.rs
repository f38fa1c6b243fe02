//! Takes the code that nothing needs at first out of the WASM: a file of its own, which comes later.
//!
//! Which code that is, `app` says at the functions that are the ways to it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Error, Result, ensure};
use wasm_encoder::{Module, RawSection};
use wasm_split_cli_support::{Options, transform};
use wasmparser::{Parser, Payload};

/// Tells the linker to keep what the splitter goes by: which function and which data each piece of code refers to.
pub const LINKED: [&str; 2] = ["-C", "link-args=--emit-relocs"];

/// What the splitter calls the code that comes later, in its folder and in the JavaScript that loads it.
pub const REST_NAME: &str = "split_rest.wasm";

/// The module that the main WASM wants to have its loaders from.
const LOADERS: &str = "./__wasm_split.js";

/// What the splitter made besides the later WASM, which needs nothing more.
pub struct Split {
    /// For wasm-bindgen.
    pub main: Vec<u8>,
    loaders: String,
}

/// Splits `wasm`; the later one is put into `folder`, as [`REST_NAME`].
pub fn split(wasm: &[u8], folder: &Path) -> Result<Split> {
    let main = folder.join("main.wasm");
    let mut options = Options::new(wasm);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = LOADERS;
    let made = transform(options).map_err(|report| Error::from_boxed(report.into())).context("splitting the WASM")?;

    ensure!(made.split_modules == [folder.join(REST_NAME)], "the WASM fell into other parts: {:?}", made.split_modules);
    let loaders = folder.join(LOADERS);
    Ok(Split {
        main: fs::read(&main).context("reading the main WASM")?,
        loaders: fs::read_to_string(&loaders).context("reading the JavaScript that loads the rest")?,
    })
}

impl Split {
    /// The JavaScript of the main WASM with the loaders inside: one file less to fetch, and one name less to keep.
    pub fn with_loaders(&self, js: &str) -> Result<String> {
        let is_import = |line: &&str| line.starts_with("import ") && line.contains(LOADERS);
        let line = js.lines().find(is_import).context("wasm-bindgen's JavaScript does not import the loaders")?;
        let name = line.split_whitespace().nth(3).context("wasm-bindgen imports the loaders in another way")?;
        Ok(js.replacen(line, &format!("const {name} = {};", self.loaders_as_value()?), 1))
    }

    /// The splitter's module as an expression. All it imports is a function of the JavaScript it is put into.
    fn loaders_as_value(&self) -> Result<String> {
        const EXPORT: &str = "export const ";
        let mut inside = String::new();
        let mut exported = Vec::new();
        for line in self.loaders.lines() {
            if line.starts_with("import ") {
                ensure!(line.contains("{ initSync }"), "the loaders import more than `initSync`: {line}");
                continue;
            }
            let kept = line.strip_prefix(EXPORT).map(|definition| {
                exported.extend(definition.split_whitespace().next());
                format!("const {definition}")
            });
            inside.push_str(kept.as_deref().unwrap_or(line));
            inside.push('\n');
        }
        ensure!(!exported.is_empty(), "the splitter's JavaScript exports nothing");
        Ok(format!("(() => {{\n{inside}return {{ {} }};\n}})()", exported.join(", ")))
    }
}

/// WASM that says no function's name, as wasm-bindgen leaves the main one.
pub fn without_names(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut nameless = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        let is_names = matches!(&payload, Payload::CustomSection(section) if section.name() == "name");
        if let Some((id, range)) = payload.as_section().filter(|_| !is_names) {
            nameless.section(&RawSection { id, data: &wasm[range] });
        }
    }
    Ok(nameless.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(loaders: &str) -> Split {
        Split { main: Vec::new(), loaders: loaders.to_owned() }
    }

    #[test]
    fn the_javascript_carries_its_loaders() -> Result<()> {
        let loaders =
            "import { initSync } from \"./main.js\";\n\nconst wasm = () => initSync();\nexport const load_a = wasm;\n";
        let js = "import * as import1 from \"./__wasm_split.js\"\nlet imports = { \"./__wasm_split.js\": import1 };\n";

        let joined = split(loaders).with_loaders(js)?;

        assert_eq!(
            joined,
            "const import1 = (() => {\n\nconst wasm = () => initSync();\nconst load_a = wasm;\nreturn { load_a };\n})();\n\
             let imports = { \"./__wasm_split.js\": import1 };\n"
        );
        Ok(())
    }

    #[test]
    fn loaders_that_need_more_than_the_javascript_has_are_refused() {
        let js = "import * as import1 from \"./__wasm_split.js\"\n";

        assert!(split("import { other } from \"./main.js\";\nexport const a = other;\n").with_loaders(js).is_err());
        assert!(split("const a = 1;\n").with_loaders(js).is_err());
        assert!(split("export const a = 1;\n").with_loaders("nothing").is_err());
    }
}
