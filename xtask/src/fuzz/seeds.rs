//! The inputs a fuzzer begins with.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::value::RawValue;

/// An input to begin with.
pub struct Seed {
    pub name: String,
    pub text: String,
}

/// Where inputs to begin with are: the fixtures that the adapter's own tests read.
pub fn place(target: &str) -> String {
    match target {
        "doors" => "fuzz/seeds/doors".into(),
        "flow" => "crates/domain/src/flow".into(),
        "google" => "crates/channels/fixtures/google/rcs".into(),
        "business_messages" => "crates/channels/fixtures/google/business_messages".into(),
        channel => format!("crates/channels/fixtures/{channel}"),
    }
}

/// Everything to begin with that stands in that folder.
pub fn read(place: &Path) -> Result<Vec<Seed>> {
    let mut seeds = Vec::new();
    for file in fs::read_dir(place).with_context(|| format!("reading {}", place.display()))? {
        let path = file?.path();
        let is_seed =
            path.extension().is_some_and(|ending| ["json", "form", "txt"].iter().any(|known| ending == *known));
        if let (true, Some(name)) = (is_seed, path.file_stem()) {
            let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            let name = format!("seed-{}", name.to_string_lossy());
            seeds
                .extend((1..).zip(inputs(&text)).map(|(number, text)| Seed { name: format!("{name}-{number}"), text }));
        }
    }
    Ok(seeds)
}

/// A fixture may be a list of deliveries.
fn inputs(fixture: &str) -> Vec<String> {
    match serde_json::from_str::<Vec<&RawValue>>(fixture) {
        Ok(deliveries) => deliveries.into_iter().map(|delivery| delivery.get().to_owned()).collect(),
        Err(_) => vec![fixture.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::{inputs, place, read};
    use crate::command;
    use crate::fuzz;

    #[test]
    fn every_target_begins_with_inputs_of_its_own() {
        let root = command::workspace_root();
        for target in fuzz::known(&root.join(fuzz::TARGETS)).expect("the targets can be listed") {
            let seeds = read(&root.join(place(&target))).expect("its seeds can be read");
            assert!(!seeds.is_empty(), "{target}");
        }
    }

    #[test]
    fn a_list_of_deliveries_is_as_many_inputs() {
        assert_eq!(inputs(r#"[{"a": 1}, {"b": [2]}]"#), [r#"{"a": 1}"#, r#"{"b": [2]}"#]);
        assert_eq!(inputs("Body=oi"), ["Body=oi"]);
    }
}
