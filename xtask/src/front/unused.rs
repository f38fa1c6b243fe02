//! Emptying functions that nothing calls, but that the compiler must keep because a table names them.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use anyhow::{Context, Result};
use wasm_encoder::{CustomSection, Encode, Module, RawSection};
use wasmparser::{
    FunctionBody, KnownCustom, Name, NameSectionReader, Operator, Parser, Payload, RelocAddendKind, RelocSectionReader,
    TypeRef,
};

/// Words in the names of such functions. Whoever begins to use one of these takes its line away: an emptied function
/// ends the page's code when it is called. A word must be as good as the code's own: of functions that are equal the
/// compiler keeps one, under any of their names, and these are equal to none but each other.
const NEVER_CALLED: [&str; 2] = [
    // Only `hydrate_lazy` brings a page to life piece by piece; ours comes to life at once. Each of these makes or runs a
    // future of its own.
    "hydrate_async",
    // The exports of streams made in Rust for JavaScript: `wasm-streams` has them whether anything makes one or not.
    "intounderlying",
];

/// What stays whatever it belongs to: wasm-bindgen runs a description to learn what a function takes and gives, and the
/// compiler has one function drop all that is dropped alike, under any one of their names.
const KEPT: [&str; 2] = ["describe", "drop_in_place"];

/// The linker's notes on what code refers to, by which the WASM is split.
const REFERENCES: &str = "reloc.CODE";

/// The least an emptied function needs: no locals, `unreachable`, `end`.
const EMPTY: [u8; 3] = [0x00, 0x00, 0x0b];
const NOP: u8 = 0x01;

/// The WASM without the inside of what is never called. Everything stays where it is, and so what the linker noted down
/// about the rest still holds.
pub fn emptied(wasm: &[u8]) -> Result<Vec<u8>> {
    let code = Code::read(wasm).context("reading the WASM the compiler wrote")?;
    let functions = code.never_called();
    let holes: Vec<Range<usize>> = functions
        .into_iter()
        .map(|function| code.bodies[function].range())
        .filter(|hole| hole.len() >= EMPTY.len())
        .collect();

    let mut bytes = wasm.to_vec();
    for hole in &holes {
        let [locals, unreachable, end] = EMPTY;
        bytes[hole.clone()].fill(NOP);
        bytes[hole.start] = locals;
        bytes[hole.start + 1] = unreachable;
        bytes[hole.end - 1] = end;
    }
    let mut emptied = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        if let Payload::CustomSection(section) = &payload
            && let KnownCustom::Reloc(references) = section.as_known()
            && section.name() == REFERENCES
        {
            let data = references_outside(&references, &holes, code.start)?;
            emptied.section(&CustomSection { name: REFERENCES.into(), data: data.into() });
        } else if let Some((id, range)) = payload.as_section() {
            emptied.section(&RawSection { id, data: &bytes[range] });
        }
    }
    Ok(emptied.finish())
}

/// The linker's notes but for those on what is gone. Offsets in them count from the beginning of the code.
fn references_outside(references: &RelocSectionReader<'_>, holes: &[Range<usize>], code: usize) -> Result<Vec<u8>> {
    let mut kept = Vec::new();
    let mut count = 0_u32;
    for entry in references.entries() {
        let entry = entry?;
        let at = code + entry.offset as usize;
        let after = holes.partition_point(|hole| hole.start <= at);
        if after > 0 && holes[after - 1].contains(&at) {
            continue;
        }
        count += 1;
        kept.push(entry.ty as u8);
        entry.offset.encode(&mut kept);
        entry.index.encode(&mut kept);
        if entry.ty.addend_kind() != RelocAddendKind::None {
            entry.addend.encode(&mut kept);
        }
    }
    let mut written = Vec::new();
    references.section_index().encode(&mut written);
    count.encode(&mut written);
    written.append(&mut kept);
    Ok(written)
}

/// The functions of a module.
struct Code<'a> {
    /// Where their section begins.
    start: usize,
    /// Imported functions come first in all numbers.
    imported: usize,
    bodies: Vec<FunctionBody<'a>>,
    /// By the number of the body.
    names: HashMap<usize, &'a str>,
    /// The bodies that each body calls.
    calls: Vec<Vec<usize>>,
}

impl<'a> Code<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self> {
        let mut code = Self { start: 0, imported: 0, bodies: Vec::new(), names: HashMap::new(), calls: Vec::new() };
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        code.imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionStart { range, .. } => code.start = range.start,
                Payload::CodeSectionEntry(body) => {
                    code.calls.push(called(&body, code.imported)?);
                    code.bodies.push(body);
                }
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(names) = section.as_known() {
                        code.name(names)?;
                    }
                }
                _ => {}
            }
        }
        Ok(code)
    }

    fn name(&mut self, names: NameSectionReader<'a>) -> Result<()> {
        for part in names {
            let Name::Function(functions) = part? else { continue };
            for function in functions {
                let function = function?;
                if let Some(body) = (function.index as usize).checked_sub(self.imported) {
                    self.names.insert(body, function.name);
                }
            }
        }
        Ok(())
    }

    /// A function that another one calls is not among them, whatever its name: the compiler makes one of two that are
    /// equal.
    fn never_called(&self) -> BTreeSet<usize> {
        let is_meant = |name: &str| {
            NEVER_CALLED.iter().any(|word| name.contains(word)) && !KEPT.iter().any(|word| name.contains(word))
        };
        let mut found: BTreeSet<usize> =
            self.names.iter().filter(|(_, name)| is_meant(name)).map(|(body, _)| *body).collect();
        loop {
            let others = self.calls.iter().enumerate().filter(|(body, _)| !found.contains(body));
            let called: BTreeSet<usize> = others.flat_map(|(_, calls)| calls).copied().collect();
            let before = found.len();
            found.retain(|body| !called.contains(body));
            if found.len() == before {
                return found;
            }
        }
    }
}

fn called(body: &FunctionBody<'_>, imported: usize) -> Result<Vec<usize>> {
    let mut called = Vec::new();
    for operator in body.get_operators_reader()? {
        if let Operator::Call { function_index }
        | Operator::ReturnCall { function_index }
        | Operator::RefFunc { function_index } = operator?
        {
            called.extend((function_index as usize).checked_sub(imported));
        }
    }
    Ok(called)
}

#[cfg(test)]
mod tests {
    use walrus::{FunctionBuilder, LocalFunction, Module, ModuleConfig, ValType};

    use super::*;

    /// Functions of these names, each of which calls the one whose number stands beside it.
    fn module_with(functions: &[(&str, Option<usize>)]) -> Vec<u8> {
        let mut module = Module::with_config(ModuleConfig::new());
        let mut made = Vec::new();
        for (number, (name, called)) in functions.iter().enumerate() {
            let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
            let mut inside = builder.name((*name).to_owned()).func_body();
            inside.i32_const(7);
            if let Some(called) = called {
                inside.call(made[*called]);
            }
            let argument = module.locals.add(ValType::I32);
            let function = builder.finish(vec![argument], &mut module.funcs);
            module.exports.add(&number.to_string(), function);
            made.push(function);
        }
        module.emit_wasm()
    }

    /// The names of those that are empty afterwards.
    fn names_of_emptied(functions: &[(&str, Option<usize>)]) -> Vec<String> {
        let wasm = emptied(&module_with(functions)).expect("the module is one");
        let module = ModuleConfig::new().parse(&wasm).expect("it still is");
        let is_empty = |inside: &LocalFunction| {
            inside.block(inside.entry_block()).instrs.iter().any(|(each, _)| each.is_unreachable())
        };
        let empty = module.funcs.iter_local().filter(|(_, inside)| is_empty(inside));
        let mut names: Vec<_> = empty.filter_map(|(function, _)| module.funcs.get(function).name.clone()).collect();
        names.sort();
        names
    }

    #[test]
    fn only_the_inside_of_what_is_never_called_goes() {
        let functions = [
            ("__wbindgen_describe_intounderlyingsink_write", None),
            ("drop_in_place<view::hydrate_async>", None),
            ("view::hydrate", None),
            ("view::hydrate_async", None),
            ("view::hydrate_async::inner", None),
        ];

        assert_eq!(names_of_emptied(&functions), ["view::hydrate_async", "view::hydrate_async::inner"]);
    }

    #[test]
    fn what_is_called_after_all_stays_with_all_it_calls() {
        let functions = [
            ("a::hydrate_async", None),
            ("b::hydrate_async", Some(0)),
            ("view::hydrate", Some(1)),
            ("c::hydrate_async", None),
            ("d::hydrate_async", Some(3)),
        ];

        assert_eq!(names_of_emptied(&functions), ["c::hydrate_async", "d::hydrate_async"]);
    }

    #[test]
    fn what_the_linker_noted_about_the_rest_stays() -> Result<()> {
        let wasm = module_with(&[("view::hydrate", None), ("view::hydrate_async", Some(0)), ("view::build", Some(0))]);
        let code = Code::read(&wasm)?;
        let mut notes = vec![0_u8];
        2_u32.encode(&mut notes);
        let mut of_build = None;
        for (body, function) in code.bodies.iter().enumerate().filter(|(body, _)| !code.calls[*body].is_empty()) {
            // The last before `end`: the number of the function it calls.
            let call = u32::try_from(function.range().end - 2 - code.start)?;
            of_build = (code.names[&body] == "view::build").then_some(call).or(of_build);
            notes.push(0);
            call.encode(&mut notes);
            0_u32.encode(&mut notes);
        }
        let mut noted = wasm.clone();
        let section = CustomSection { name: REFERENCES.into(), data: notes.into() };
        noted.push(wasm_encoder::Section::id(&section));
        section.encode(&mut noted);

        let wasm = emptied(&noted)?;

        let left = Parser::new(0).parse_all(&wasm).find_map(|payload| match payload {
            Ok(Payload::CustomSection(section)) => match section.as_known() {
                KnownCustom::Reloc(notes) => Some(
                    notes
                        .entries()
                        .into_iter()
                        .map(|note| note.map(|note| note.offset))
                        .collect::<Result<Vec<u32>, _>>(),
                ),
                _ => None,
            },
            _ => None,
        });
        let left = left.context("the notes are gone")??;
        assert_eq!(left, [of_build.context("`view::build` calls nothing")?]);
        Ok(())
    }
}
