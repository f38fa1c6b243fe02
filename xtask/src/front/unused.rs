//! Emptying functions that nothing calls, but that the compiler must keep because a table names them.

use anyhow::{Context, Result};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module, ModuleConfig};

/// Words in the names of such functions. Whoever begins to use one of these takes its line away: an emptied function
/// ends the page's code when it is called.
const NEVER_CALLED: [&str; 5] = [
    // Only `hydrate_lazy` brings a page to life piece by piece; ours comes to life at once.
    "hydrate_async",
    // The list of all routes is the server's.
    "generate_routes",
    // Streams made in Rust for JavaScript, exported by `wasm-streams` whether anything makes one or not.
    "IntoUnderlying",
    "into_underlying",
    "intounderlying",
];

/// wasm-bindgen runs these to learn what a function takes and gives.
const DESCRIPTION: &str = "describe";

/// Reads the WASM as wasm-bindgen would, and leaves out the inside of what is never called.
pub fn parse_without(bytes: &[u8]) -> Result<Module> {
    let mut module = ModuleConfig::new()
        .strict_validate(false)
        .generate_dwarf(false)
        .generate_name_section(false)
        .generate_producers_section(false)
        .parse(bytes)
        .context("reading the WASM the compiler wrote")?;
    for word in NEVER_CALLED {
        let found = named(&module, word);
        if found.is_empty() {
            println!("    no function is called `{word}` any more: its line in xtask can go");
        }
        for function in found {
            empty(&mut module, function);
        }
    }
    Ok(module)
}

fn named(module: &Module, word: &str) -> Vec<FunctionId> {
    let is_meant = |name: &str| name.contains(word) && !name.contains(DESCRIPTION);
    let local = module.funcs.iter_local().map(|(function, _)| function);
    local.filter(|function| module.funcs.get(*function).name.as_deref().is_some_and(is_meant)).collect()
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
    use walrus::{FunctionBuilder, Module, ModuleConfig, ValType};

    use super::parse_without;

    fn module_with(names: &[&str]) -> Vec<u8> {
        let mut module = Module::with_config(ModuleConfig::new());
        for (number, name) in names.iter().enumerate() {
            let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
            builder.name((*name).to_owned()).func_body().i32_const(7);
            let argument = module.locals.add(ValType::I32);
            let function = builder.finish(vec![argument], &mut module.funcs);
            module.exports.add(&number.to_string(), function);
        }
        module.emit_wasm()
    }

    #[test]
    fn only_the_inside_of_what_is_never_called_goes() {
        let names = ["view::hydrate_async", "view::hydrate", "<IntoUnderlyingSink as WasmDescribe>::describe"];

        let module = parse_without(&module_with(&names)).unwrap();

        let mut left: Vec<_> = module
            .funcs
            .iter_local()
            .map(|(function, inside)| {
                let is_empty = inside.block(inside.entry_block()).instrs.iter().any(|(each, _)| each.is_unreachable());
                (module.funcs.get(function).name.clone().unwrap_or_default(), is_empty)
            })
            .collect();
        left.sort();
        let expected = [(names[2], false), (names[1], false), (names[0], true)];
        assert_eq!(left, expected.map(|(name, is_empty)| (name.to_owned(), is_empty)));
    }
}
