//! The rules about names: no `mod.rs`, and no module whose name says nothing about the product.

use std::path::Path;

use super::Finding;

/// Drawers into which anything fits; rooms.md says where things go instead.
pub const BANNED: [&str; 9] = ["utils", "helpers", "common", "misc", "manager", "service", "handler", "data", "info"];

/// The rules that need only the path.
pub fn check(file: &str) -> Vec<Finding> {
    let path = Path::new(file);
    if path.extension().is_none_or(|extension| extension != "rs") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    if path.file_name().is_some_and(|name| name == "mod.rs") {
        findings.push(Finding::new(file, 1, "no `mod.rs`: write `x.rs` beside `x/`"));
    }
    let without_extension = path.with_extension("");
    for part in without_extension.components() {
        let name = part.as_os_str().to_string_lossy();
        if BANNED.contains(&name.as_ref()) {
            findings.push(banned(file, 1, &name));
        }
    }
    findings
}

/// `name` is on the list of house.md.
pub fn banned(file: &str, line: usize, name: &str) -> Finding {
    let rule = format!("`{name}` is a banned module name: take the product's word for what is inside");
    Finding::new(file, line, rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawer_is_found_as_a_file_and_as_a_folder() {
        assert_eq!(check("crates/backend/src/utils.rs").len(), 1);
        assert_eq!(check("server/tests/common/start.rs").len(), 1);
        assert_eq!(check("crates/backend/src/rooms/mod.rs").len(), 1);
    }

    #[test]
    fn the_products_words_are_welcome() {
        assert_eq!(check("crates/domain/src/room.rs"), []);
        assert_eq!(check("crates/backend/src/handlers_epoch.rs"), []);
        assert_eq!(check("public/data"), []);
    }
}
