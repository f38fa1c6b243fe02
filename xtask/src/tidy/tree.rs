//! ARCHITECTURE.md shows the house as a tree; every path in it must stand where it says.
//!
//! A tree is a fenced block without a language (or `text`, `tree`) in which lines start with a path: a word with a `/`
//! or a file's ending. Deeper lines are below the folder above them. After two spaces comes the description, or more paths.

use std::fs;
use std::path::Path;

use super::Finding;

const DOCUMENT: &str = "ARCHITECTURE.md";

/// Every path that the document names and that is not there.
pub fn check() -> Vec<Finding> {
    let Ok(text) = fs::read_to_string(DOCUMENT) else {
        return vec![Finding::new(DOCUMENT, 1, "missing: it says where everything is")];
    };
    let paths = named_paths(&text);
    if paths.is_empty() {
        let rule = "has no tree: a fenced block whose lines start with paths";
        return vec![Finding::new(DOCUMENT, 1, rule)];
    }
    paths
        .into_iter()
        .filter(|named| !Path::new(&named.path).exists())
        .map(|named| {
            let rule = format!("`{}` does not exist", named.path);
            Finding::new(DOCUMENT, named.line, rule)
        })
        .collect()
}

#[derive(Debug, PartialEq, Eq)]
struct Named {
    line: usize,
    path: String,
}

fn named_paths(text: &str) -> Vec<Named> {
    let mut named = Vec::new();
    let mut folders: Vec<(usize, String)> = Vec::new();
    let mut fence = Fence::Outside;
    for (index, line) in text.lines().enumerate() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            fence = fence.next(language.trim());
            folders.clear();
            continue;
        }
        if fence != Fence::Tree {
            continue;
        }
        let (depth, words) = paths_of_line(line);
        if words.is_empty() {
            continue;
        }
        folders.retain(|(above, _)| *above < depth);
        let above = folders.last().map(|(_, folder)| folder.as_str());
        let paths: Vec<String> = words.iter().flat_map(|word| expand(word)).map(|path| below(above, path)).collect();
        if let ([folder], [word]) = (paths.as_slice(), words.as_slice())
            && word.ends_with('/')
        {
            folders.push((depth, folder.clone()));
        }
        named.extend(paths.into_iter().map(|path| Named { line: index + 1, path }));
    }
    named
}

/// Where a path of a deeper line is, unless it says that itself by starting at the root.
fn below(folder: Option<&str>, path: String) -> String {
    match folder {
        Some(folder) if !Path::new(&path).starts_with(folder) => format!("{folder}/{path}"),
        _ => path,
    }
}

#[derive(PartialEq, Eq)]
enum Fence {
    Outside,
    Tree,
    Code,
}

impl Fence {
    fn next(self, language: &str) -> Self {
        match self {
            Self::Tree | Self::Code => Self::Outside,
            Self::Outside if matches!(language, "" | "text" | "tree") => Self::Tree,
            Self::Outside => Self::Code,
        }
    }
}

/// How far the line is indented, and the paths it names before its description.
fn paths_of_line(line: &str) -> (usize, Vec<&str>) {
    let is_drawing = |character: char| matches!(character, ' ' | '│' | '├' | '└' | '─' | '|' | '`');
    let content = line.trim_start_matches(is_drawing);
    let depth = line.chars().count() - content.chars().count();
    let mut paths = Vec::new();
    for part in content.split("  ").filter(|part| !part.is_empty()) {
        let part = part.trim();
        let words: Vec<&str> = part.split([' ', ',']).filter(|word| !word.is_empty()).collect();
        if words.iter().all(|word| is_path(word)) {
            paths.extend(words);
            continue;
        }
        // `app/ what people see`: one space is enough after the first path.
        if paths.is_empty()
            && let Some(first) = words.first().filter(|word| is_path(word))
        {
            paths.push(first);
        }
        break;
    }
    (depth, paths)
}

fn is_path(word: &str) -> bool {
    let is_plain = word.chars().all(|character| character.is_ascii_alphanumeric() || "_-./{},".contains(character));
    let has_ending = word.rsplit_once('.').is_some_and(|(_, ending)| (1..=5).contains(&ending.len()));
    let starts_well =
        word.starts_with(|character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_'));
    is_plain && starts_well && !word.contains("..") && (word.contains('/') || has_ending)
}

/// `crates/{domain,entity}` names two.
fn expand(word: &str) -> Vec<String> {
    let Some((before, rest)) = word.split_once('{') else {
        return vec![word.trim_end_matches('/').to_owned()];
    };
    let Some((inside, after)) = rest.split_once('}') else {
        return Vec::new();
    };
    inside.split(',').flat_map(|choice| expand(&format!("{before}{choice}{after}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<(usize, String)> {
        named_paths(text).into_iter().map(|named| (named.line, named.path)).collect()
    }

    fn expected(paths: &[(usize, &str)]) -> Vec<(usize, String)> {
        paths.iter().map(|(line, path)| (*line, (*path).to_owned())).collect()
    }

    #[test]
    fn the_tree_of_house_md_is_understood() {
        let text = "Words, and `a/path.rs` in them.\n```\nCargo.toml  README.md\napp/        what people see: Leptos, and/or doors\ncrates/domain      words. Pure\n```\n";

        assert_eq!(named(text), expected(&[(3, "Cargo.toml"), (3, "README.md"), (4, "app"), (5, "crates/domain")]));
    }

    #[test]
    fn a_deeper_line_is_below_the_folder_above_it() {
        let text = "```text\nno-such-folder/\n├── src/  the code\n│   └── room.rs  a room\n└── Cargo.toml\n```\n";

        assert_eq!(
            named(text),
            expected(&[
                (2, "no-such-folder"),
                (3, "no-such-folder/src"),
                (4, "no-such-folder/src/room.rs"),
                (5, "no-such-folder/Cargo.toml"),
            ])
        );
    }

    #[test]
    fn a_deeper_line_may_start_at_the_root_again() {
        let text = "```\ncrates/\n  crates/domain  words\n  entity/  tables\n```\n";

        assert_eq!(named(text), expected(&[(2, "crates"), (3, "crates/domain"), (4, "crates/entity")]));
    }

    #[test]
    fn code_is_no_tree() {
        assert_eq!(named("```rust\nuse a/b.rs;\n```\n"), []);
        assert_eq!(named("```sh\ncargo run\n```\n"), []);
    }

    #[test]
    fn braces_name_each_of_their_words() {
        assert_eq!(expand("crates/{domain,entity}/src"), ["crates/domain/src", "crates/entity/src"]);
    }
}
