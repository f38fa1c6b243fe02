//! What a file is, by its content, and how large it may be.

use serde::{Deserialize, Serialize};

use crate::id::FileId;

/// How a file is sent, which decides how large it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Photo,
    Video,
    Audio,
    /// Recorded for this conversation, and played as one hears people.
    Voice,
    Sticker,
    /// Anything, also a photo or video that is too large to be sent as one.
    Document,
}

impl MediaKind {
    /// The largest size where no channel says another, in bytes.
    #[must_use]
    pub const fn max_bytes(self) -> u64 {
        const MEGABYTE: u64 = 1_000_000;
        match self {
            Self::Photo => 5 * MEGABYTE,
            Self::Video | Self::Audio | Self::Voice => 16 * MEGABYTE,
            Self::Sticker => MEGABYTE,
            Self::Document => 100 * MEGABYTE,
        }
    }

    /// The largest size that is taken from a messenger, in bytes: providers let their own people send more than we may.
    #[must_use]
    pub const fn max_bytes_from_providers(self) -> u64 {
        const MEGABYTE: u64 = 1_000_000;
        match self {
            Self::Photo | Self::Sticker => 25 * MEGABYTE,
            Self::Video | Self::Audio | Self::Voice | Self::Document => 100 * MEGABYTE,
        }
    }

    /// The MIME type of content of this kind that by its first bytes is of type `mime`: sound comes in containers that
    /// begin like those of films.
    #[must_use]
    pub fn mime_as(self, mime: &'static str) -> &'static str {
        match (self, mime) {
            (Self::Audio | Self::Voice, "video/mp4") => "audio/mp4",
            (Self::Audio | Self::Voice, "video/webm") => "audio/webm",
            (Self::Audio | Self::Voice, "video/3gpp") => "audio/3gpp",
            _ => mime,
        }
    }

    /// Whether content of this MIME type can be sent so. Pictures that can carry scripts are documents.
    #[must_use]
    pub fn takes(self, mime: &str) -> bool {
        match self {
            Self::Photo => matches!(mime, "image/jpeg" | "image/png" | "image/webp" | "image/gif"),
            Self::Video => matches!(mime, "video/mp4" | "video/3gpp" | "video/quicktime" | "video/webm"),
            Self::Audio | Self::Voice => mime.starts_with("audio/"),
            Self::Sticker => matches!(mime, "image/webp" | "image/png" | "image/gif" | "video/webm"),
            Self::Document => true,
        }
    }

    /// Whether content of this MIME type is what the word says, sent so or not.
    #[must_use]
    pub fn names(self, mime: &str) -> bool {
        match self {
            Self::Photo | Self::Sticker => mime.starts_with("image/"),
            Self::Video => mime.starts_with("video/"),
            Self::Audio | Self::Voice => mime.starts_with("audio/"),
            Self::Document => true,
        }
    }

    /// How content of this MIME type is sent when nobody said how.
    #[must_use]
    pub fn of(mime: &str) -> Self {
        [Self::Photo, Self::Video, Self::Audio].into_iter().find(|kind| kind.takes(mime)).unwrap_or(Self::Document)
    }

    /// The word people use.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Voice => "voice message",
            Self::Sticker => "sticker",
            Self::Document => "document",
        }
    }
}

/// The MIME type of content that is of no type we know.
pub const UNKNOWN: &str = "application/octet-stream";

/// The longest file name that is kept, in characters.
pub const FILE_NAME_MAX: usize = 120;

/// A stored file. Its name is what somebody called it, never a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StoredFile {
    pub id: FileId,
    pub name: String,
    /// By content.
    pub mime: String,
    pub bytes: u64,
}

impl StoredFile {
    /// Its size as people read it: "1.2 MB".
    #[must_use]
    pub fn size_words(&self) -> String {
        match self.bytes {
            bytes @ 0..1_000 => format!("{bytes} bytes"),
            bytes @ 1_000..1_000_000 => format!("{} kB", bytes / 1_000),
            bytes => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
        }
    }
}

/// Where a file of a message is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// The provider still has it; it is being fetched.
    Coming,
    Here(StoredFile),
    /// It will not come, and why, in words.
    Lost {
        reason: String,
    },
    /// Whoever sent it took it back, and not what came with it. It keeps its place, so that the others keep theirs.
    Deleted,
}

impl FileState {
    /// The file, once it is here.
    #[must_use]
    pub const fn stored(&self) -> Option<&StoredFile> {
        match self {
            Self::Here(file) => Some(file),
            Self::Coming | Self::Lost { .. } | Self::Deleted => None,
        }
    }
}

/// A name as it may be shown and offered for saving: no folders, nothing unseen, not too long.
#[must_use]
pub fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen = last.chars().filter(|letter| !letter.is_control() && !is_direction(*letter));
    let kept: String = seen.take(FILE_NAME_MAX).collect();
    let kept = kept.trim().trim_matches('.').trim();
    if kept.is_empty() { "file".into() } else { kept.into() }
}

/// Marks that turn the direction of text, so that `gpj.exe` reads `exe.jpg`.
const fn is_direction(letter: char) -> bool {
    matches!(letter, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{MediaKind, file_name};

    #[test]
    fn a_name_is_never_a_place() {
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("C:\\Users\\ana\\bill.pdf"), "bill.pdf");
        assert_eq!(file_name("bill\0.pdf\r\n"), "bill.pdf");
        assert_eq!(file_name("\u{202E}gpj.exe"), "gpj.exe");
        assert_eq!(file_name(".."), "file");
        assert_eq!(file_name(&"x".repeat(4_096)).len(), 120);
    }

    #[test]
    fn a_recording_in_the_container_of_a_film_is_sound() {
        assert_eq!(MediaKind::Voice.mime_as("video/webm"), "audio/webm");
        assert_eq!(MediaKind::Video.mime_as("video/webm"), "video/webm");
        assert_eq!(MediaKind::Audio.mime_as("image/png"), "image/png");
    }

    #[test]
    fn a_drawing_that_can_carry_scripts_is_no_photo() {
        assert!(!MediaKind::Photo.takes("image/svg+xml"));
        assert!(MediaKind::Document.takes("image/svg+xml"));
    }
}
