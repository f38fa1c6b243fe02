use walrus::{FunctionBuilder, Module, ModuleConfig, ValType};

use super::*;

/// A module that hands the numbers its functions give to an import, whose name has a hash.
fn wasm() -> Vec<u8> {
    let mut module = Module::with_config(ModuleConfig::new());
    let kind = module.types.add(&[ValType::I32], &[]);
    let (imported, _) = module.add_import_func("./app_bg.js", "__wbg_log_0123456789abcdef", kind);
    for number in [500_000, 3, 500_001] {
        let mut inner = FunctionBuilder::new(&mut module.types, &[], &[ValType::I32]);
        inner.func_body().i32_const(number);
        let inner = inner.finish(vec![], &mut module.funcs);
        let mut outer = FunctionBuilder::new(&mut module.types, &[], &[]);
        outer.func_body().call(inner).call(imported);
        let outer = outer.finish(vec![], &mut module.funcs);
        module.exports.add(&format!("give_{number}"), outer);
    }
    module.emit_wasm()
}

/// What each export does, told without the numbers of functions.
fn told(wasm: &[u8]) -> BTreeMap<String, String> {
    let module = ModuleConfig::new().parse(wasm).expect("a module");
    let inside = |function: walrus::FunctionId| {
        let local = module.funcs.get(function).kind.unwrap_local();
        local.block(local.entry_block()).instrs.iter().map(|(each, _)| each.clone()).collect::<Vec<_>>()
    };
    let mut told = BTreeMap::new();
    for export in module.exports.iter() {
        let walrus::ExportItem::Function(outer) = export.item else { continue };
        let mut words = String::new();
        for instruction in inside(outer) {
            let walrus::ir::Instr::Call(call) = instruction else { continue };
            match &module.funcs.get(call.func).kind {
                walrus::FunctionKind::Import(import) => words += &module.imports.get(import.import).name,
                _ => words += &format!("{:?} ", inside(call.func)),
            }
        }
        told.insert(export.name.clone(), words);
    }
    told
}

#[test]
fn packed_functions_do_what_they_did() -> Result<()> {
    let js = "imports = { __wbg_log_0123456789abcdef: function(arg0) { console.log(`${arg0}`); } }";

    let (packed, packed_js) = pack(&wasm(), js)?;

    assert_eq!(packed_js, "imports = { $0: function(arg0) { console.log(`${arg0}`); } }\n");
    let before = told(&wasm());
    assert_eq!(before.len(), 3);
    let renamed = before.into_iter().map(|(name, words)| (name, words.replace("__wbg_log_0123456789abcdef", "$0")));
    assert_eq!(told(&packed), renamed.collect::<BTreeMap<_, _>>());
    assert_eq!(pack(&wasm(), js)?.0, packed, "the same WASM is always packed the same way");
    Ok(())
}

#[test]
fn a_name_the_javascript_does_not_say_stays() -> Result<()> {
    let (packed, js) = pack(&wasm(), "another__wbg_log_0123456789abcdef()")?;

    assert_eq!(js, "another__wbg_log_0123456789abcdef()\n");
    assert_eq!(told(&packed), told(&wasm()));
    Ok(())
}

#[test]
fn the_javascript_loses_its_comments_and_nothing_else() {
    let js = "/* first */\n  /**\n   * @param {string} url\n   */\n  // why\n  get('//x'); // y\n\n/** z */\nend(`a`)";
    assert_eq!(without_comments(js), "/* first */\nget('//x'); // y\nend(`a`)\n");

    let text_over_lines = "a(`\n  // text\n`)";
    assert_eq!(without_comments(text_over_lines), text_over_lines);
}

#[test]
fn a_short_name_that_is_taken_is_refused() {
    assert!(pack(&wasm(), "let $7 = 1;").is_err());
}
