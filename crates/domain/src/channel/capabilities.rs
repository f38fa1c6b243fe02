//! What a messenger can carry, in its own units, and whether a file is among that.

mod messengers;

use std::time::Duration;

use crate::channel::{Budget, ChannelKind, Pace, TextUnit, Window};
use crate::media::{MediaKind, StoredFile};
use crate::refused::Refused;

pub(super) use messengers::of;

/// What one kind of channel can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Longest text, in `text_unit`s.
    pub text_max: usize,
    pub text_unit: TextUnit,
    /// A text goes in segments, and each costs.
    pub segments: bool,
    /// The files that can be sent, by kind; empty where none can.
    pub media: &'static [MediaLimit],
    /// How many files one message may have.
    pub files_max: usize,
    /// Native buttons or lists; `None` where choices become numbered text.
    pub choices: Option<ChoiceLimits>,
    /// How long after the customer's last message free words may be sent; `None` for no limit.
    pub window: Option<Window>,
    /// Templates win back a customer whose window is closed, and begin a conversation.
    pub templates: bool,
    /// An answer can name the message it answers.
    pub reply_out: bool,
    pub reaction_out: bool,
    /// How long the customer sees "typing…" when it is shown once; `None` where it cannot be shown.
    pub typing_out: Option<Duration>,
    pub typing_in: bool,
    pub read_out: bool,
    pub read_in: bool,
    pub delivered_in: bool,
    /// How many messages the provider lets us send in a time; empty where that is more than people write.
    pub budgets: &'static [Budget],
    /// How fast messages may follow each other to one customer; `None` where the provider names no such number.
    pub pace: Option<Pace>,
    /// The same of all the channel's customers together.
    pub channel_pace: Option<Pace>,
    /// Whoever opted out may not be written to at all, also not in answer, until they opt in again.
    pub opt_out_binds: bool,
    /// The channel shows a form for feedback; elsewhere the request is a message with choices.
    pub feedback_form: bool,
}

/// Which files of one kind a messenger takes. A kind stands twice where its types have different sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaLimit {
    pub kind: MediaKind,
    /// The MIME types taken; empty where all of the kind are.
    pub mimes: &'static [&'static str],
    pub max_bytes: u64,
    /// Longest words beside the file, in the channel's text units; 0 where they go as a message of their own.
    pub caption_max: usize,
}

/// How many choices fit natively, and how long their words may be, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChoiceLimits {
    pub buttons: usize,
    pub rows: usize,
    pub title_max: usize,
    pub body_max: usize,
}

const MB: u64 = 1_000_000;

impl ChannelKind {
    /// The largest file of this kind that may be uploaded to be sent there, in bytes: what the channel takes, or as much as
    /// anywhere where it takes none so that it can be said why.
    #[must_use]
    pub fn upload_max(self, kind: MediaKind) -> u64 {
        let limits = self.capabilities().media.iter().filter(|limit| limit.kind == kind);
        limits.map(|limit| limit.max_bytes).max().unwrap_or(kind.max_bytes())
    }
}

impl Capabilities {
    /// What the channel says of files of this kind first; `None` where it takes none.
    #[must_use]
    pub fn media_limit(&self, kind: MediaKind) -> Option<&'static MediaLimit> {
        self.media.iter().find(|limit| limit.kind == kind)
    }

    /// How content of this MIME type is sent here when nobody said how. What no browser plays is a film or sound all the same
    /// where the channel takes it as one.
    #[must_use]
    pub fn kind_of(&self, mime: &str) -> MediaKind {
        let kind = MediaKind::of(mime);
        let named = self.media.iter().find(|limit| limit.mimes.contains(&mime)).map(|limit| limit.kind);
        match kind {
            MediaKind::Document => named.unwrap_or(kind),
            kind if self.media_limit(kind).is_some() => kind,
            _ => MediaKind::Document,
        }
    }

    /// Whether content of this MIME type may be sent as `kind` here.
    #[must_use]
    pub fn takes(&self, kind: MediaKind, mime: &str) -> bool {
        kind.takes(mime) || self.limits(kind).any(|limit| limit.takes(mime))
    }

    /// Whether the channel takes this file as one of `kind`.
    ///
    /// # Errors
    /// It takes no such files, none of this type, or none as large.
    pub fn check_file(&self, kind: MediaKind, file: &StoredFile) -> Result<(), Refused> {
        let word = kind.label();
        if self.media_limit(kind).is_none() {
            return Err(Refused::invalid(word, "cannot be sent on this channel"));
        }
        let Some(limit) = self.limits(kind).find(|limit| limit.takes(&file.mime)) else {
            let rule = format!("is of a type this channel does not take as one: {}", file.mime);
            return Err(Refused::invalid(word, &rule));
        };
        if file.bytes > limit.max_bytes {
            let rule = format!("is larger than the {} this channel takes", size(limit.max_bytes));
            return Err(Refused::invalid(word, &rule));
        }
        Ok(())
    }

    /// How the channel takes this file that is ready to be sent: as what it is, else as a document.
    ///
    /// # Errors
    /// It does not, and why not as what it is.
    pub fn kind_for(&self, file: &StoredFile) -> Result<MediaKind, Refused> {
        let kind = self.kind_of(&file.mime);
        self.check_file(kind, file).map(|()| kind).or_else(|refused| {
            self.check_file(MediaKind::Document, file).map(|()| MediaKind::Document).map_err(|_| refused)
        })
    }

    fn limits(&self, kind: MediaKind) -> impl Iterator<Item = &'static MediaLimit> {
        self.media.iter().filter(move |limit| limit.kind == kind)
    }
}

impl MediaLimit {
    /// Whether content of this MIME type is taken.
    #[must_use]
    pub fn takes(&self, mime: &str) -> bool {
        if self.mimes.is_empty() { self.kind.takes(mime) } else { self.mimes.contains(&mime) }
    }
}

/// A size as people read it.
fn size(bytes: u64) -> String {
    if bytes >= MB { format!("{} MB", bytes / MB) } else { format!("{} kB", bytes / 1_000) }
}

#[cfg(test)]
mod tests {
    use crate::channel::ChannelKind;
    use crate::id::FileId;
    use crate::media::{MediaKind, StoredFile};

    #[test]
    fn a_file_that_is_ready_goes_as_what_it_is_else_as_a_document_else_not_at_all() {
        use MediaKind::{Document, Photo, Video};
        let no_documents = "The document cannot be sent on this channel.";
        for (on, mime, megabytes, expected) in [
            (ChannelKind::WhatsApp, "image/jpeg", 4, Ok(Photo)),
            (ChannelKind::WhatsApp, "image/jpeg", 8, Ok(Document)),
            (ChannelKind::WhatsApp, "application/pdf", 8, Ok(Document)),
            (ChannelKind::WhatsApp, "video/mp4", 101, Err("The video is larger than the 16 MB this channel takes.")),
            (ChannelKind::Sms, "application/pdf", 1, Err("The document is larger than the 600 kB this channel takes.")),
            (ChannelKind::X, "application/pdf", 1, Err(no_documents)),
            (ChannelKind::X, "video/mp4", 40, Ok(Video)),
            (
                ChannelKind::Instagram,
                "application/zip",
                1,
                Err("The document is of a type this channel does not take as one: application/zip."),
            ),
        ] {
            let file = StoredFile {
                id: FileId::from_number(1),
                name: "file".into(),
                mime: mime.into(),
                bytes: megabytes * super::MB,
            };
            let kind = on.capabilities().kind_for(&file).map_err(|refused| refused.to_string());
            assert_eq!(kind, expected.map_err(str::to_owned), "{on:?} {mime} {megabytes}");
        }
    }
}
