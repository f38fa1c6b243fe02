//! The same WASM in an order that compresses better, and with short names for what it shares with its JavaScript.
//!
//! Both are measured: similar functions side by side save a seventeenth on the wire, and the names are full of hashes,
//! which do not compress at all.

mod neighbours;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use anyhow::{Context, Result, ensure};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, ExportSection, FunctionSection, ImportSection, Module};
use wasmparser::{
    CodeSectionReader, Export, FunctionBody, FunctionSectionReader, Imports, Parser, Payload, Validator, WasmFeatures,
};

/// Packs the WASM and the JavaScript that loads it.
pub fn pack(wasm: &[u8], js: &str) -> Result<(Vec<u8>, String)> {
    let (names, js) = shorten(&shared_names(wasm)?, &without_comments(js))?;
    Ok((written_anew(wasm, names)?, js))
}

/// Packs WASM whose names are not known to any JavaScript.
pub fn pack_alone(wasm: &[u8]) -> Result<Vec<u8>> {
    written_anew(wasm, BTreeMap::new())
}

fn written_anew(wasm: &[u8], names: BTreeMap<String, String>) -> Result<Vec<u8>> {
    let order = neighbours::side_by_side(&bodies(wasm)?);
    let mut numbers = vec![0; order.len()];
    for (number, function) in (0..).zip(&order) {
        numbers[*function] = number;
    }

    let mut packed = Module::new();
    let mut packing = Packing { imported: count_imported(wasm)?, order, numbers, names };
    packing
        .parse_core_module(&mut packed, Parser::new(0), wasm)
        .map_err(|error| anyhow::anyhow!("packing the WASM: {error:?}"))?;
    let packed = packed.finish();
    Validator::new_with_features(WasmFeatures::all()).validate_all(&packed).context("checking the packed WASM")?;
    Ok(packed)
}

/// Writes the module anew: functions in their new order, names from the table.
struct Packing {
    /// Imported functions come first, and keep their numbers.
    imported: u32,
    /// The old number of every function of our own, in the new order.
    order: Vec<usize>,
    /// The new number of every function of our own, in the old order.
    numbers: Vec<u32>,
    names: BTreeMap<String, String>,
}

impl Packing {
    fn name<'a>(&'a self, name: &'a str) -> &'a str {
        self.names.get(name).map_or(name, String::as_str)
    }
}

impl Reencode for Packing {
    type Error = Infallible;

    fn function_index(&mut self, number: u32) -> Result<u32, Error<Infallible>> {
        let own = number.checked_sub(self.imported);
        Ok(own.map_or(number, |own| self.imported + self.numbers[own as usize]))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let kinds = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
        for function in &self.order {
            functions.function(kinds[*function]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies = section.into_iter().collect::<Result<Vec<FunctionBody<'_>>, _>>()?;
        for function in self.order.clone() {
            self.parse_function_body(code, bodies[function].clone())?;
        }
        Ok(())
    }

    fn parse_imports(&mut self, section: &mut ImportSection, imports: Imports<'_>) -> Result<(), Error<Infallible>> {
        match imports {
            Imports::Single(_, import) => {
                let kind = self.entity_type(import.ty)?;
                section.import(import.module, self.name(import.name), kind);
                Ok(())
            }
            grouped => wasm_encoder::reencode::utils::parse_imports(self, section, grouped),
        }
    }

    fn parse_export(&mut self, exports: &mut ExportSection, export: Export<'_>) -> Result<(), Error<Infallible>> {
        let kind = self.export_kind(export.kind)?;
        let index = self.external_index(export.kind, export.index)?;
        exports.export(self.name(export.name), kind, index);
        Ok(())
    }
}

/// Every name of an import or export that wasm-bindgen made up.
fn shared_names(wasm: &[u8]) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    names.insert(import?.name.to_owned());
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    names.insert(export?.name.to_owned());
                }
            }
            _ => {}
        }
    }
    names.retain(|name| name.starts_with("__wb") || name.contains("____invoke__"));
    Ok(names)
}

/// A short name for each of `names` that the JavaScript says, and the JavaScript with these.
fn shorten(names: &BTreeSet<String>, js: &str) -> Result<(BTreeMap<String, String>, String)> {
    let is_of_word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
    let mut short = BTreeMap::new();
    let mut shortened = String::with_capacity(js.len());
    let mut rest = js;
    while let Some(letter) = rest.chars().next() {
        let is_word = is_of_word(letter);
        let end = rest.find(|letter| is_of_word(letter) != is_word).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if names.contains(word) {
            let number = short.len();
            shortened.push_str(short.entry(word.to_owned()).or_insert_with(|| format!("${number}")));
        } else {
            let is_taken = word.strip_prefix('$').is_some_and(|number| number.parse::<u32>().is_ok());
            ensure!(!is_taken, "wasm-bindgen's JavaScript has a name of its own that is `{word}`");
            shortened.push_str(word);
        }
        rest = after;
    }
    Ok((short, shortened))
}

/// The JavaScript without its comments and the space its lines begin with; as it was if text in it goes over lines.
fn without_comments(js: &str) -> String {
    if js.lines().any(|line| line.matches('`').count() % 2 == 1) {
        return js.to_owned();
    }
    let mut kept = String::with_capacity(js.len());
    let mut is_comment = false;
    for line in js.lines().map(str::trim) {
        is_comment |= line.starts_with("/**");
        if !is_comment && !line.starts_with("//") && !line.is_empty() {
            kept.push_str(line);
            kept.push('\n');
        }
        is_comment &= !line.ends_with("*/");
    }
    kept
}

fn bodies(wasm: &[u8]) -> Result<Vec<&[u8]>> {
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::CodeSectionEntry(body) = payload? {
            bodies.push(body.as_bytes());
        }
    }
    Ok(bodies)
}

fn count_imported(wasm: &[u8]) -> Result<u32> {
    let mut imported = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::ImportSection(section) = payload? {
            for import in section.into_imports() {
                imported += u32::from(matches!(import?.ty, wasmparser::TypeRef::Func(_)));
            }
        }
    }
    Ok(imported)
}

#[cfg(test)]
mod tests;
