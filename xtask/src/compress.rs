//! Compressing what the browser downloads, once at build time instead of at every answer.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

/// How hard brotli tries, 0 to 11.
#[derive(Clone, Copy)]
pub struct Quality(pub i32);

/// As small as it gets.
pub const BEST: Quality = Quality(11);

/// Most of the gain for a tenth of the time.
pub const QUICK: Quality = Quality(5);

/// Text and WASM shrink; pictures, sounds and fonts are compressed already.
pub fn is_compressible(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(
        extension,
        Some("js" | "mjs" | "wasm" | "css" | "html" | "svg" | "json" | "webmanifest" | "txt" | "xml" | "ico")
    )
}

/// The bytes as `Content-Encoding: br`.
pub fn brotli(bytes: &[u8], quality: Quality) -> Result<Vec<u8>> {
    let parameters =
        BrotliEncoderParams { quality: quality.0, lgwin: 22, size_hint: bytes.len(), ..BrotliEncoderParams::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters).context("compressing with brotli")?;
    Ok(compressed)
}

/// The bytes as `Content-Encoding: gzip`.
pub fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).context("compressing with gzip")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_is_compressed_comes_back_whole() -> Result<()> {
        let text = "a bubble and its tick; ".repeat(200).into_bytes();

        let mut from_brotli = Vec::new();
        brotli::BrotliDecompress(&mut &*brotli(&text, BEST)?, &mut from_brotli)?;
        let mut from_gzip = Vec::new();
        flate2::read::GzDecoder::new(&*gzip(&text)?).read_to_end(&mut from_gzip)?;

        assert_eq!(from_brotli, text);
        assert_eq!(from_gzip, text);
        Ok(())
    }

    #[test]
    fn a_picture_is_left_alone() {
        assert!(is_compressible(Path::new("pkg/app.wasm")));
        assert!(!is_compressible(Path::new("logo.png")));
        assert!(!is_compressible(Path::new("inter.woff2")));
    }
}
