//! The CSS: `style/main.css` and what it imports, in one minified sheet.

use std::path::Path;

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use lightningcss::targets::{Browsers, Targets};

/// The sheet that imports all others.
pub const ENTRY: &str = "style/main.css";

/// Follows the imports from `entry` and returns one minified sheet.
pub fn bundle(entry: &Path) -> Result<String> {
    let files = FileProvider::new();
    let targets = targets();
    let mut sheet = Bundler::new(&files, None, ParserOptions::default())
        .bundle(entry)
        .map_err(|error| anyhow!("bundling {}: {error}", entry.display()))?;
    sheet
        .minify(MinifyOptions { targets, ..MinifyOptions::default() })
        .map_err(|error| anyhow!("minifying {}: {error}", entry.display()))?;
    let printed = sheet
        .to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() })
        .map_err(|error| anyhow!("printing {}: {error}", entry.display()))?;
    Ok(printed.code)
}

/// Browsers that know nesting, `oklch()` and `light-dark()`, so that these are shipped as they were written.
fn targets() -> Targets {
    let version = |major: u32, minor: u32| Some(major << 16 | minor << 8);
    Targets::from(Browsers {
        chrome: version(125, 0),
        edge: version(125, 0),
        firefox: version(128, 0),
        safari: version(18, 0),
        ios_saf: version(18, 0),
        ..Browsers::default()
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn imports_become_one_sheet_and_modern_colours_stay() -> Result<()> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("tokens.css"), "@layer tokens { :root { --ink: oklch(0.3 0.1 250); } }")?;
        fs::write(
            folder.path().join("main.css"),
            "@import \"tokens.css\";\n.bubble {\n  color: var(--ink);\n  background: light-dark(oklch(0.9 0.1 90), black);\n  &:hover { color: oklch(0.5 0.1 20); }\n}\n",
        )?;

        let css = bundle(&folder.path().join("main.css"))?;

        assert!(!css.contains("@import"), "{css}");
        assert!(css.contains("--ink:oklch(30% .1 250)"), "{css}");
        assert!(css.contains("light-dark(oklch(90%"), "{css}");
        assert!(css.contains("&:hover{color:oklch("), "{css}");
        assert!(!css.trim_end().contains('\n'), "{css}");
        Ok(())
    }

    #[test]
    fn a_mistake_names_its_file_and_line() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let entry = folder.path().join("main.css");
        fs::write(&entry, ".a { color: red; }\n.b { } }\n")?;

        let message = bundle(&entry).err().map(|error| error.to_string());

        assert!(message.as_deref().is_some_and(|text| text.contains("main.css:2")), "{message:?}");
        Ok(())
    }
}
