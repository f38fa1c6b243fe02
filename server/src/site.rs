//! The web assets: from the folder `cargo xtask` makes, or from inside a release binary.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use app::Manifest;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

#[cfg(feature = "embed")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../target/site"]
struct Embedded;

/// What `manifest.json` says beyond what pages need.
#[derive(Deserialize)]
struct Listing {
    #[serde(flatten)]
    manifest: Manifest,
    /// Every file with the beginning of its SHA-256, for ETags.
    files: HashMap<String, String>,
}

/// The assets of one build.
#[derive(Clone)]
pub struct Site {
    folder: Arc<PathBuf>,
    listing: Arc<Listing>,
}

impl Site {
    /// Opens the site in `folder`; a release binary takes the one it carries.
    ///
    /// # Errors
    /// There is no site: it has not been built.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let manifest = read(folder, "manifest.json")
            .with_context(|| format!("no web assets in {}: run `cargo xtask run`", folder.display()))?;
        let listing = serde_json::from_slice(&manifest).context("reading manifest.json of the web assets")?;
        Ok(Self { folder: Arc::new(folder.into()), listing: Arc::new(listing) })
    }

    /// The names pages need.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.listing.manifest
    }

    /// A file's bytes as text; for the documents that the server fills in.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<String> {
        self.read(path).and_then(|bytes| String::from_utf8(bytes.into_owned()).ok())
    }

    /// Answers a request for `path`, in the smallest form the browser takes. `None` for a file that is not there.
    #[must_use]
    pub fn serve(&self, path: &str, asked: &HeaderMap) -> Option<Response> {
        let path = path.trim_start_matches('/');
        let known = self.listing.files.get(path).or_else(|| self.listing.files.get(&format!("/{path}")))?;
        let tag = format!("\"{known}\"");
        if asked.get(header::IF_NONE_MATCH).is_some_and(|given| given.as_bytes() == tag.as_bytes()) {
            return Some(StatusCode::NOT_MODIFIED.into_response());
        }
        let (bytes, encoding) = self.smallest(path, asked)?;
        let mut response = Response::new(Body::from(bytes.into_owned()));
        let headers = response.headers_mut();
        let mime = mime_guess::from_path(path).first_or_octet_stream();
        let mime = if mime.type_() == "text" { format!("{mime}; charset=utf-8") } else { mime.to_string() };
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&mime).ok()?);
        headers.insert(header::ETAG, HeaderValue::from_str(&tag).ok()?);
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        // Names under pkg/ carry their content's hash and never change their bytes.
        let kept = if path.starts_with("pkg/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
        Some(response)
    }

    fn smallest(&self, path: &str, asked: &HeaderMap) -> Option<(Cow<'static, [u8]>, Option<&'static str>)> {
        let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
        for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
            let is_accepted = accepted.split(',').any(|word| word.trim().split(';').next() == Some(encoding));
            if is_accepted && let Some(bytes) = self.read(&format!("{path}.{ending}")) {
                return Some((bytes, Some(encoding)));
            }
        }
        self.read(path).map(|bytes| (bytes, None))
    }

    /// Only called with names of the manifest, so nothing can climb out of the folder.
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        read(&self.folder, path)
    }
}

#[cfg(feature = "embed")]
fn read(_folder: &Path, path: &str) -> Option<Cow<'static, [u8]>> {
    Embedded::get(path).map(|file| file.data)
}

#[cfg(not(feature = "embed"))]
fn read(folder: &Path, path: &str) -> Option<Cow<'static, [u8]>> {
    std::fs::read(folder.join(path)).ok().map(Cow::Owned)
}
