//! Emptying functions that nothing calls, but that the compiler must keep because a table names them.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use walrus::ir::{self, Visitor};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module, ModuleConfig};

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

/// Reads the WASM as wasm-bindgen would, and leaves out the inside of what is never called.
pub fn parse_without(bytes: &[u8]) -> Result<Module> {
    let mut module = ModuleConfig::new()
        .strict_validate(false)
        .generate_dwarf(false)
        .generate_name_section(false)
        .generate_producers_section(false)
        .parse(bytes)
        .context("reading the WASM the compiler wrote")?;
    for function in never_called(&module) {
        empty(&mut module, function);
    }
    Ok(module)
}

/// A function that another one calls is not among them, whatever its name: the compiler makes one of two that are equal.
fn never_called(module: &Module) -> BTreeSet<FunctionId> {
    let is_meant = |name: &str| {
        NEVER_CALLED.iter().any(|word| name.contains(word)) && !KEPT.iter().any(|word| name.contains(word))
    };
    let local = module.funcs.iter_local().map(|(function, _)| function);
    let mut found: BTreeSet<FunctionId> =
        local.filter(|function| module.funcs.get(*function).name.as_deref().is_some_and(is_meant)).collect();
    loop {
        let mut calls = Calls(BTreeSet::new());
        for (_, inside) in module.funcs.iter_local().filter(|(function, _)| !found.contains(function)) {
            ir::dfs_in_order(&mut calls, inside, inside.entry_block());
        }
        let before = found.len();
        found.retain(|function| !calls.0.contains(function));
        if found.len() == before {
            return found;
        }
    }
}

struct Calls(BTreeSet<FunctionId>);

impl<'a> Visitor<'a> for Calls {
    fn visit_function_id(&mut self, function: &FunctionId) {
        self.0.insert(*function);
    }
}

fn empty(module: &mut Module, function: FunctionId) {
    let kind = module.types.get(module.funcs.get(function).ty());
    let (parameters, results) = (kind.params().to_vec(), kind.results().to_vec());
    let arguments = parameters.iter().map(|kind| module.locals.add(*kind)).collect();
    let mut builder = FunctionBuilder::new(&mut module.types, &parameters, &results);
    builder.func_body().unreachable();
    module.funcs.get_mut(function).kind = FunctionKind::Local(builder.local_func(arguments));
}

#[cfg(test)]
mod tests {
    use walrus::{FunctionBuilder, LocalFunction, Module, ModuleConfig, ValType};

    use super::parse_without;

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
    fn emptied(functions: &[(&str, Option<usize>)]) -> Vec<String> {
        let module = parse_without(&module_with(functions)).expect("the module is one");
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

        assert_eq!(emptied(&functions), ["view::hydrate_async", "view::hydrate_async::inner"]);
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

        assert_eq!(emptied(&functions), ["c::hydrate_async", "d::hydrate_async"]);
    }
}
