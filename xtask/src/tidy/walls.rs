//! Who may import whom: the table of house.md, held against every Cargo.toml.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Finding;
use crate::command;

/// One row of the table.
struct Wall {
    name: &'static str,
    /// The crates of ours it may stand on.
    ours: &'static [&'static str],
    /// Families of outside crates that it never imports: `leptos` stands for `leptos_meta` too.
    never: &'static [&'static str],
}

/// Calls go down this list only.
const WALLS: [Wall; 10] = [
    Wall { name: "domain", ours: &[], never: &["leptos", "axum", "tokio", "reqwest", "rand", "chrono"] },
    Wall { name: "entity", ours: &["domain"], never: &["leptos", "axum", "tokio", "reqwest", "serde_json", "rand"] },
    Wall { name: "migration", ours: &[], never: &["leptos", "axum", "reqwest"] },
    Wall { name: "channels", ours: &["domain"], never: &["leptos", "axum", "sea-orm"] },
    Wall { name: "backend", ours: &["domain", "entity", "channels", "migration"], never: &["leptos", "axum"] },
    Wall { name: "app", ours: &["domain", "backend"], never: &["sea-orm"] },
    Wall { name: "server", ours: &["app", "backend", "migration", "domain", "simulator"], never: &["sea-orm"] },
    Wall { name: "frontend", ours: &["app"], never: &["axum", "tokio", "sea-orm", "reqwest"] },
    Wall { name: "simulator", ours: &[], never: &["leptos", "sea-orm"] },
    Wall { name: "xtask", ours: &[], never: &["leptos", "axum", "tokio", "sea-orm"] },
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: String,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `dev` or `build`; nothing for what ships.
    kind: Option<String>,
    optional: bool,
}

/// Holds every crate of the workspace against the table.
pub fn check() -> Result<Vec<Finding>> {
    let text = command::output(command::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Metadata = serde_json::from_str(&text).context("understanding `cargo metadata`")?;
    let ours: Vec<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let mut findings = Vec::new();
    for package in &metadata.packages {
        let manifest =
            fs::read_to_string(&package.manifest_path).with_context(|| format!("reading {}", package.manifest_path))?;
        let file = Path::new(&package.manifest_path)
            .strip_prefix(&metadata.workspace_root)
            .unwrap_or(Path::new(&package.manifest_path))
            .to_string_lossy()
            .into_owned();
        for (dependency, rule) in breaches(package, &ours) {
            let line = line_of(&manifest, dependency);
            findings.push(Finding::new(&file, line, rule));
        }
    }
    Ok(findings)
}

/// Only what ships is held to the table: a test may stand on anything.
fn breaches<'a>(package: &'a Package, ours: &[&str]) -> Vec<(&'a str, String)> {
    let Some(wall) = WALLS.iter().find(|wall| wall.name == package.name) else {
        let rule = format!(
            "`{}` is not in the table of crates: give it a row in house.md and in xtask/src/tidy/walls.rs",
            package.name
        );
        return vec![("name", rule)];
    };
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind.as_deref() != Some("dev"))
        .filter_map(|dependency| Some((dependency.name.as_str(), breach(wall, dependency, ours)?)))
        .collect()
}

fn breach(wall: &Wall, dependency: &Dependency, ours: &[&str]) -> Option<String> {
    let name = dependency.name.as_str();
    if ours.contains(&name) {
        if !wall.ours.contains(&name) {
            return Some(format!("`{}` may not import `{name}`", wall.name));
        }
        // The browser's half is the same crate without it.
        let is_leak = wall.name == "app" && name == "backend" && !dependency.optional;
        return is_leak.then(|| "`app` imports `backend` under `ssr` only".to_owned());
    }
    if wall.name == "domain" && name == "sea-orm" && !dependency.optional {
        return Some("`domain` imports `sea-orm` under `db` only".to_owned());
    }
    let family = wall.never.iter().find(|family| is_of_family(name, family))?;
    Some(format!("`{}` never imports `{family}`", wall.name))
}

fn is_of_family(name: &str, family: &str) -> bool {
    name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

fn line_of(manifest: &str, dependency: &str) -> usize {
    manifest
        .lines()
        .position(|line| {
            line.trim_start().strip_prefix(dependency).is_some_and(|rest| rest.starts_with([' ', '.', '=']))
        })
        .map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: [&str; 4] = ["app", "backend", "domain", "entity"];

    fn package(name: &str, dependencies: &[(&str, Option<&str>, bool)]) -> Package {
        Package {
            name: name.to_owned(),
            manifest_path: format!("{name}/Cargo.toml"),
            dependencies: dependencies
                .iter()
                .map(|(name, kind, optional)| Dependency {
                    name: (*name).to_owned(),
                    kind: kind.map(str::to_owned),
                    optional: *optional,
                })
                .collect(),
        }
    }

    fn rules(package: &Package) -> Vec<String> {
        breaches(package, &OURS).into_iter().map(|(_, rule)| rule).collect()
    }

    #[test]
    fn a_crate_may_stand_on_what_its_row_names() {
        let app = package("app", &[("domain", None, false), ("backend", None, true), ("leptos", None, false)]);

        assert_eq!(rules(&app), Vec::<String>::new());
    }

    #[test]
    fn a_call_upwards_and_a_call_past_a_wall_are_found() {
        let backend = package("backend", &[("app", None, false), ("axum-core", None, false)]);
        let server = package("server", &[("entity", None, false)]);
        let app = package("app", &[("backend", None, false)]);

        assert_eq!(rules(&backend), ["`backend` may not import `app`", "`backend` never imports `axum`"]);
        assert_eq!(rules(&server), ["`server` may not import `entity`"]);
        assert_eq!(rules(&app), ["`app` imports `backend` under `ssr` only"]);
    }

    #[test]
    fn a_test_may_stand_on_anything() {
        let domain = package("domain", &[("tokio", Some("dev"), false)]);

        assert_eq!(rules(&domain), Vec::<String>::new());
    }

    #[test]
    fn a_new_crate_needs_a_row() {
        let drawer = package("drawer", &[]);

        assert_eq!(rules(&drawer).len(), 1);
    }

    #[test]
    fn the_line_of_a_dependency_is_found() {
        let manifest = "[dependencies]\ndomain-extra = \"1\"\ndomain.workspace = true\n";

        assert_eq!(line_of(manifest, "domain"), 3);
    }
}
