//! The rules about single lines, and about how many of them a file may have.

use super::Finding;
use super::names;

const MOST_LINES: usize = 400;

/// The rules that need the text.
pub fn check(file: &str, text: &str) -> Vec<Finding> {
    let mut findings = check_machine_paths(file, text);
    if file.ends_with("package-lock.json") {
        findings.extend(check_lock_file(file, text));
    }
    if file.ends_with(".rs") {
        findings.extend(check_length(file, text));
        findings.extend(check_rust(file, text));
    }
    findings
}

fn check_length(file: &str, text: &str) -> Option<Finding> {
    let count = text.lines().count();
    let is_exempt = file.starts_with("crates/migration/") || has_folder(file, "fixtures");
    (count > MOST_LINES && !is_exempt).then(|| {
        let rule = format!("{count} lines; at most {MOST_LINES}: split it by noun");
        Finding::new(file, MOST_LINES + 1, rule)
    })
}

/// A path that exists on one machine only; it stands apart from the word before it, unlike the middle of a URL.
fn check_machine_paths(file: &str, text: &str) -> Vec<Finding> {
    // In two halves, or this file would break its own rule.
    const PATH: &str = concat!("/wo", "rk/");
    let is_part_of_a_word =
        |character: char| character.is_alphanumeric() || matches!(character, '.' | '-' | '_' | '}' | ')' | '*');
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let is_found =
            line.match_indices(PATH).any(|(at, _)| !line[..at].chars().next_back().is_some_and(is_part_of_a_word));
        if is_found {
            let rule = format!("a path of one machine ({PATH})");
            findings.push(Finding::new(file, index + 1, rule));
        }
    }
    findings
}

fn check_lock_file(file: &str, text: &str) -> Option<Finding> {
    let line = text.lines().position(|line| line.contains("\"resolved\": \"http"))?;
    let rule = "names a registry's host: run `npm install --omit-lockfile-registry-resolved`";
    Some(Finding::new(file, line + 1, rule))
}

fn check_rust(file: &str, text: &str) -> Vec<Finding> {
    let tests_start = start_of_tests(text);
    let mut findings = Vec::new();
    for (line, code) in code_lines(text) {
        let mut found = |rule: &str| findings.push(Finding::new(file, line, rule));
        if let Some(rule) = rule_of_the_app(file, code) {
            found(rule);
        }
        if file.starts_with("crates/domain/") && reads_the_clock(code) {
            found("`domain` takes `now` as an argument; it never asks a clock");
        }
        let is_shipped = line < tests_start && !is_test_file(file) && !file.starts_with("xtask/");
        if is_shipped && file_name(file) != "config.rs" && code.contains("std::env") {
            found("the environment is read in `config.rs` only");
        }
        if let Some(name) = inline_module(code)
            && names::BANNED.contains(&name)
        {
            findings.push(names::banned(file, line, name));
        }
    }
    findings
}

fn rule_of_the_app(file: &str, code: &str) -> Option<&'static str> {
    if !file.starts_with("app/") {
        return None;
    }
    let is_door = matches!(file_name(file), "api.rs" | "session.rs");
    if code.contains("inner_html") {
        return Some("no `inner_html`: what people write is text, never markup");
    }
    if !is_door && (code.contains("#[server]") || code.contains("#[server(")) {
        return Some("server functions live in `api.rs` (or `session.rs`)");
    }
    if !is_door && file != "app/src/lib.rs" && names_crate(code, "backend") {
        return Some("`backend::` is called from `api.rs` (or `session.rs`) only");
    }
    None
}

fn reads_the_clock(code: &str) -> bool {
    ["Utc::now", "now_utc", "SystemTime::now", "Instant::now"].iter().any(|clock| code.contains(clock))
}

/// `backend::` as a path of its own, not the end of `some_backend::` or the middle of `crate::backend::`.
fn names_crate(code: &str, name: &str) -> bool {
    let path = format!("{name}::");
    code.match_indices(&path).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let is_leading_colons =
            code[..at].ends_with("::") && !code[..at - 2].ends_with(|character: char| character.is_alphanumeric());
        is_leading_colons
            || !before.is_some_and(|character| character.is_alphanumeric() || matches!(character, '_' | ':'))
    })
}

fn inline_module(code: &str) -> Option<&str> {
    let code = code.trim_start();
    let code = code.strip_prefix("pub ").or_else(|| code.strip_prefix("pub(crate) ")).unwrap_or(code);
    let name = code.strip_prefix("mod ")?;
    Some(name.trim_end_matches(['{', ';', '}', ' ']))
}

/// Numbered lines without their comments; a comment may say what it likes.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter_map(|(index, line)| {
        if line.trim_start().starts_with("//") {
            return None;
        }
        let code = line.split_once(" // ").map_or(line, |(code, _)| code);
        Some((index + 1, code))
    })
}

/// The line on which the file's own tests begin; they stand at its end.
fn start_of_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines
        .windows(2)
        .position(|pair| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod tests {"))
        .map_or(usize::MAX, |index| index + 1)
}

fn is_test_file(file: &str) -> bool {
    has_folder(file, "tests")
        || has_folder(file, "benches")
        || file_name(file) == "tests.rs"
        || file.split('/').any(|part| part.starts_with("test_"))
}

fn has_folder(file: &str, folder: &str) -> bool {
    let mut parts = file.split('/');
    parts.next_back();
    parts.any(|part| part == folder)
}

fn file_name(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOWHERE: [usize; 0] = [];

    fn lines_found(file: &str, text: &str) -> Vec<usize> {
        check(file, text).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_long_file_is_found_unless_it_is_a_migration_or_a_fixture() {
        let long = "fn f() {}\n".repeat(401);

        assert_eq!(lines_found("app/src/chat.rs", &long), [401]);
        assert_eq!(lines_found("app/src/chat.rs", &"fn f() {}\n".repeat(400)), NOWHERE);
        assert_eq!(lines_found("crates/migration/src/first.rs", &long), NOWHERE);
        assert_eq!(lines_found("crates/channels/fixtures/web/all.rs", &long), NOWHERE);
    }

    #[test]
    fn server_functions_and_the_backend_stay_behind_their_door() {
        let text = "#[server(prefix = \"/api\")]\nasync fn enter() { backend::rooms::enter().await }\n";

        assert_eq!(lines_found("app/src/chat/bubble.rs", text), [1, 2]);
        assert_eq!(lines_found("app/src/chat/api.rs", text), NOWHERE);
        assert_eq!(lines_found("app/src/session.rs", text), NOWHERE);
        assert_eq!(lines_found("app/src/lib.rs", "provide_context(backend::Backend::new());"), NOWHERE);
        assert_eq!(lines_found("server/src/main.rs", "backend::start();"), NOWHERE);
    }

    #[test]
    fn only_the_crate_itself_counts_as_the_backend() {
        assert_eq!(lines_found("app/src/a.rs", "use crate::backend::Backend;"), NOWHERE);
        assert_eq!(lines_found("app/src/a.rs", "my_backend::start();"), NOWHERE);
        assert_eq!(lines_found("app/src/a.rs", "use ::backend::Backend;"), [1]);
        assert_eq!(lines_found("app/src/a.rs", "// see backend::rooms"), NOWHERE);
        assert_eq!(lines_found("app/src/a.rs", "let a = 1; // see backend::rooms"), NOWHERE);
    }

    #[test]
    fn markup_from_text_is_found_everywhere_in_the_app() {
        assert_eq!(lines_found("app/src/api.rs", "view! { <p inner_html=text/> }"), [1]);
    }

    #[test]
    fn the_environment_is_for_config_and_for_tests() {
        let text = "let port = std::env::var(\"PORT\");\n#[cfg(test)]\nmod tests {\n    use std::env;\n}\n";

        assert_eq!(lines_found("server/src/main.rs", text), [1]);
        assert_eq!(lines_found("crates/backend/src/config.rs", text), NOWHERE);
        assert_eq!(lines_found("crates/backend/src/test_desk.rs", text), NOWHERE);
        assert_eq!(lines_found("server/tests/it/start.rs", text), NOWHERE);
        assert_eq!(lines_found("server/benches/bench/main.rs", text), NOWHERE);
        assert_eq!(lines_found("xtask/src/main.rs", text), NOWHERE);
    }

    #[test]
    fn the_domain_asks_no_clock_not_even_in_a_test() {
        let text = "#[cfg(test)]\nmod tests {\n    let now = SystemTime::now();\n}\n";

        assert_eq!(lines_found("crates/domain/src/room.rs", text), [3]);
        assert_eq!(lines_found("crates/backend/src/rooms.rs", text), NOWHERE);
    }

    #[test]
    fn a_drawer_is_found_as_an_inline_module() {
        assert_eq!(lines_found("app/src/a.rs", "pub mod helpers {\n}\n"), [1]);
        assert_eq!(lines_found("app/src/a.rs", "mod room;\n"), NOWHERE);
    }

    #[test]
    fn a_path_of_one_machine_is_found_and_a_part_of_a_url_is_not() {
        let path = concat!("cd /wo", "rk/main");
        let url = concat!("see example.org/wo", "rk/item and ../wo", "rk/x");

        assert_eq!(lines_found("README.md", &format!("first\n{path}\n")), [2]);
        assert_eq!(lines_found("README.md", url), NOWHERE);
    }

    #[test]
    fn a_registry_in_the_lock_file_is_found() {
        let text = "{\n  \"resolved\": \"https://registry.example/a.tgz\",\n}\n";

        assert_eq!(lines_found("end2end/package-lock.json", text), [2]);
    }
}
