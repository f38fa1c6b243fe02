//! A file on its way out. Somebody outside made it: a browser shows pictures and plays sound and films, saves everything
//! else, and runs nothing.

use std::ops::Range;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use backend::media::OpenFile;
use domain::media::{MediaKind, StoredFile, UNKNOWN};

use crate::reply::Failure;

/// What a browser may do with it, wherever it is opened.
const POLICY: &str = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; \
                      frame-ancestors 'none'";

/// Its content never changes; whether one may still see it, the browser asks now and then.
const CACHED: &str = "private, max-age=3600";

/// The answer that carries the file, or the part of it that was asked for.
pub async fn serve(open: OpenFile, asked: &HeaderMap) -> Result<Response, Failure> {
    let file = &open.file;
    let tag = format!("\"{}\"", file.id);
    if asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok(
            (StatusCode::NOT_MODIFIED, [(header::ETAG, tag), (header::CACHE_CONTROL, CACHED.into())]).into_response()
        );
    }
    let is_same = asked.get(header::IF_RANGE).is_none_or(|known| known.as_bytes() == tag.as_bytes());
    let range = asked.get(header::RANGE).filter(|_| is_same).and_then(|range| range.to_str().ok());
    let part = range.map_or(Part::Whole, |range| part(range, file.bytes));
    let mut headers = headers(file);
    headers.insert(header::ETAG, HeaderValue::from_str(&tag).expect("an id is plain letters"));
    let (status, range) = match part {
        Part::Whole => (StatusCode::OK, None),
        Part::Of(range) => {
            let told = format!("bytes {}-{}/{}", range.start, range.end - 1, file.bytes);
            headers.insert(header::CONTENT_RANGE, HeaderValue::from_str(&told).expect("numbers are plain"));
            (StatusCode::PARTIAL_CONTENT, Some(range))
        }
        Part::Beyond => {
            let told = [(header::CONTENT_RANGE, format!("bytes */{}", file.bytes))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, told).into_response());
        }
    };
    let length = range.as_ref().map_or(file.bytes, |range| range.end - range.start);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let bytes = open.read(range).await?;
    Ok((status, headers, Body::from_stream(bytes)).into_response())
}

fn headers(file: &StoredFile) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(served_type(&file.mime)).expect("types are plain"));
    let disposition = HeaderValue::from_str(&disposition(file)).expect("the name is encoded");
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHED));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers
}

/// What can carry a script is nothing but bytes.
fn served_type(mime: &str) -> &str {
    let is_active = ["html", "xml", "svg", "script", "shtml"].iter().any(|word| mime.contains(word));
    if is_active || mime.is_empty() { UNKNOWN } else { mime }
}

/// Shown where it can only be looked at or listened to; saved otherwise, under its name as RFC 6266 writes it.
fn disposition(file: &StoredFile) -> String {
    let is_shown = [MediaKind::Photo, MediaKind::Video, MediaKind::Audio].iter().any(|kind| kind.takes(&file.mime));
    if is_shown { format!("inline; {}", named(&file.name)) } else { saved_as(&file.name) }
}

/// Saved under this name.
pub fn saved_as(name: &str) -> String {
    format!("attachment; {}", named(name))
}

/// A file's name as a header has it: plain for old browsers, whole for all others.
fn named(name: &str) -> String {
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || " .-_()".contains(*letter);
    let plain: String = name.chars().map(|letter| if is_plain(&letter) { letter } else { '_' }).collect();
    format!("filename=\"{plain}\"; filename*=UTF-8''{}", encoded(name))
}

/// RFC 8187: everything but a few letters by its bytes.
fn encoded(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// What of a file is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Of(Range<u64>),
    /// Nothing of it: it is not that long.
    Beyond,
}

/// RFC 9110 §14.2. Several ranges, and what is no range, get the whole.
fn part(range: &str, length: u64) -> Part {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Part::Whole;
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(length),
        (Ok(first), Err(_)) if last.is_empty() => first..length,
        (Err(_), Ok(count)) if first.is_empty() => length.saturating_sub(count)..length,
        _ => return Part::Whole,
    };
    if range.start < range.end { Part::Of(range) } else { Part::Beyond }
}

#[cfg(test)]
mod tests {
    use domain::id::FileId;
    use domain::media::StoredFile;

    use super::{Part, disposition, part, served_type};

    #[test]
    fn a_part_of_a_file_is_what_was_asked_for() {
        for (asked, expected) in [
            ("bytes=0-0", Part::Of(0..1)),
            ("bytes=2-5", Part::Of(2..6)),
            ("bytes=2-", Part::Of(2..10)),
            ("bytes=-3", Part::Of(7..10)),
            ("bytes=-30", Part::Of(0..10)),
            ("bytes=5-99", Part::Of(5..10)),
            ("bytes=10-", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=5-2", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("bytes=0-18446744073709551615", Part::Of(0..10)),
            ("lines=1-2", Part::Whole),
            ("bytes=-", Part::Whole),
        ] {
            assert_eq!(part(asked, 10), expected, "{asked}");
        }
    }

    fn file(name: &str, mime: &str) -> StoredFile {
        StoredFile { id: FileId::from_number(1), name: name.into(), mime: mime.into(), bytes: 9 }
    }

    #[test]
    fn what_can_only_be_looked_at_is_shown_and_everything_else_is_saved() {
        for (mime, way) in [
            ("image/png", "inline"),
            ("video/mp4", "inline"),
            ("audio/ogg", "inline"),
            ("image/svg+xml", "attachment"),
            ("text/html", "attachment"),
            ("application/pdf", "attachment"),
            ("application/octet-stream", "attachment"),
        ] {
            assert!(disposition(&file("x", mime)).starts_with(way), "{mime}");
        }
        for mime in ["text/html", "image/svg+xml", "application/xml", "text/javascript", "application/xhtml+xml"] {
            assert_eq!(served_type(mime), "application/octet-stream", "{mime}");
        }
        assert_eq!(served_type("application/pdf"), "application/pdf");
    }

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        assert_eq!(
            disposition(&file("a\"; x=\r\n√ñ.pdf", "application/pdf")),
            "attachment; filename=\"a__ x_____.pdf\"; filename*=UTF-8''a%22%3B%20x%3D%0D%0A%E2%88%9A%C3%B1.pdf"
        );
    }
}
