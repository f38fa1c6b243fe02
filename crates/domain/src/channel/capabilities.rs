//! What each messenger can carry, in its own units. Numbers of providers are theirs, with their source beside them.

use std::time::Duration;

use crate::channel::{Budget, ChannelKind, TextUnit, Window};
use crate::media::{MediaKind, StoredFile};
use crate::refused::Refused;
use crate::timestamp::hours;

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
    /// Whoever opted out may not be written to at all, also not in answer, until they opt in again.
    pub opt_out_binds: bool,
    /// The channel shows a form for feedback; elsewhere the request is a message with choices.
    pub feedback_form: bool,
}

/// Which files of one kind a messenger takes.
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

/// A day, and no longer for anybody.
const DAY: Window = Window { open: hours(24), people: hours(24) };

/// A day, and a week for what a person wrote: Meta's human agent tag.
/// <https://developers.facebook.com/docs/messenger-platform/send-messages/message-tags>
const DAY_OR_WEEK: Window = Window { open: hours(24), people: hours(7 * 24) };

const fn any(kind: MediaKind, max_bytes: u64, caption_max: usize) -> MediaLimit {
    MediaLimit { kind, mimes: &[], max_bytes, caption_max }
}

/// A messenger that has only text; the others are told as what they have more.
const PLAIN: Capabilities = Capabilities {
    text_max: 1_000,
    text_unit: TextUnit::Characters,
    segments: false,
    media: &[],
    files_max: 1,
    choices: None,
    window: None,
    templates: false,
    reply_out: false,
    reaction_out: false,
    typing_out: None,
    typing_in: false,
    read_out: false,
    read_in: false,
    delivered_in: false,
    budgets: &[],
    opt_out_binds: false,
    feedback_form: false,
};

/// Ours to define.
const WEB: Capabilities = Capabilities {
    text_max: 10_000,
    media: &[
        any(MediaKind::Photo, 5 * MB, 10_000),
        any(MediaKind::Video, 16 * MB, 10_000),
        any(MediaKind::Audio, 16 * MB, 10_000),
        any(MediaKind::Voice, 16 * MB, 10_000),
        any(MediaKind::Document, 100 * MB, 10_000),
    ],
    files_max: 10,
    choices: Some(ChoiceLimits { buttons: 10, rows: 10, title_max: 80, body_max: 10_000 }),
    typing_out: Some(Duration::from_secs(25)),
    typing_in: true,
    read_out: true,
    read_in: true,
    delivered_in: true,
    feedback_form: true,
    ..PLAIN
};

/// <https://developers.facebook.com/docs/whatsapp/cloud-api/messages> and `.../reference/media#supported-media-types`.
const WHATSAPP: Capabilities = Capabilities {
    text_max: 4_096,
    media: &[
        MediaLimit {
            kind: MediaKind::Photo,
            mimes: &["image/jpeg", "image/png"],
            max_bytes: 5 * MB,
            caption_max: 1_024,
        },
        MediaLimit {
            kind: MediaKind::Video,
            mimes: &["video/mp4", "video/3gpp"],
            max_bytes: 16 * MB,
            caption_max: 1_024,
        },
        MediaLimit {
            kind: MediaKind::Audio,
            mimes: &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/ogg"],
            max_bytes: 16 * MB,
            caption_max: 0,
        },
        MediaLimit { kind: MediaKind::Voice, mimes: &["audio/ogg"], max_bytes: 16 * MB, caption_max: 0 },
        MediaLimit { kind: MediaKind::Sticker, mimes: &["image/webp"], max_bytes: 500_000, caption_max: 0 },
        any(MediaKind::Document, 100 * MB, 1_024),
    ],
    choices: Some(ChoiceLimits { buttons: 3, rows: 10, title_max: 20, body_max: 1_024 }),
    window: Some(DAY),
    templates: true,
    reply_out: true,
    reaction_out: true,
    typing_out: Some(Duration::from_secs(25)),
    read_out: true,
    read_in: true,
    delivered_in: true,
    ..PLAIN
};

/// <https://developers.facebook.com/docs/messenger-platform/send-messages>. Choices are quick replies.
const MESSENGER: Capabilities = Capabilities {
    text_max: 2_000,
    media: &[
        MediaLimit {
            kind: MediaKind::Photo,
            mimes: &["image/jpeg", "image/png", "image/gif"],
            max_bytes: 8 * MB,
            caption_max: 0,
        },
        any(MediaKind::Video, 25 * MB, 0),
        any(MediaKind::Audio, 25 * MB, 0),
        any(MediaKind::Document, 25 * MB, 0),
    ],
    choices: Some(ChoiceLimits { buttons: 13, rows: 13, title_max: 20, body_max: 2_000 }),
    window: Some(DAY_OR_WEEK),
    reply_out: true,
    typing_out: Some(Duration::from_secs(20)),
    read_out: true,
    read_in: true,
    delivered_in: true,
    ..PLAIN
};

/// <https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/messaging-api>. The limit
/// of a text is in bytes.
const INSTAGRAM: Capabilities = Capabilities {
    text_max: 1_000,
    text_unit: TextUnit::Bytes,
    media: &[
        MediaLimit {
            kind: MediaKind::Photo,
            mimes: &["image/jpeg", "image/png", "image/gif"],
            max_bytes: 8 * MB,
            caption_max: 0,
        },
        MediaLimit {
            kind: MediaKind::Video,
            mimes: &["video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"],
            max_bytes: 25 * MB,
            caption_max: 0,
        },
        MediaLimit {
            kind: MediaKind::Audio,
            mimes: &["audio/aac", "audio/m4a", "audio/x-m4a", "audio/mp4", "audio/wav", "audio/x-wav"],
            max_bytes: 25 * MB,
            caption_max: 0,
        },
        MediaLimit { kind: MediaKind::Document, mimes: &["application/pdf"], max_bytes: 25 * MB, caption_max: 0 },
    ],
    choices: Some(ChoiceLimits { buttons: 13, rows: 13, title_max: 20, body_max: 1_000 }),
    window: Some(DAY_OR_WEEK),
    reply_out: true,
    reaction_out: true,
    typing_out: Some(Duration::from_secs(20)),
    read_out: true,
    read_in: true,
    ..PLAIN
};

/// <https://core.telegram.org/bots/api#sendmessage> and `#sending-files`. A button's payload has 64 bytes; its title is
/// ours to bound.
const TELEGRAM: Capabilities = Capabilities {
    text_max: 4_096,
    text_unit: TextUnit::Utf16,
    media: &[
        any(MediaKind::Photo, 10 * MB, 1_024),
        any(MediaKind::Video, 50 * MB, 1_024),
        any(MediaKind::Audio, 50 * MB, 1_024),
        any(MediaKind::Voice, 50 * MB, 1_024),
        any(MediaKind::Sticker, MB / 2, 0),
        any(MediaKind::Document, 50 * MB, 1_024),
    ],
    files_max: 10,
    choices: Some(ChoiceLimits { buttons: 20, rows: 20, title_max: 64, body_max: 4_096 }),
    reply_out: true,
    reaction_out: true,
    typing_out: Some(Duration::from_secs(5)),
    ..PLAIN
};

/// <https://docs.x.com/x-api/direct-messages/manage/introduction>, `.../media/introduction` and
/// `.../fundamentals/rate-limits`.
const X: Capabilities = Capabilities {
    text_max: 10_000,
    media: &[
        MediaLimit {
            kind: MediaKind::Photo,
            mimes: &["image/jpeg", "image/png", "image/webp", "image/gif"],
            max_bytes: 5 * MB,
            caption_max: 10_000,
        },
        MediaLimit {
            kind: MediaKind::Video,
            mimes: &["video/mp4", "video/quicktime"],
            max_bytes: 512 * MB,
            caption_max: 10_000,
        },
    ],
    typing_in: true,
    read_in: true,
    budgets: &[Budget { sends: 15, within: Duration::from_secs(15 * 60) }, Budget { sends: 1_440, within: hours(24) }],
    ..PLAIN
};

/// <https://www.twilio.com/docs/messaging/api/message-resource>, `.../guides/accepted-mime-types` and
/// <https://www.twilio.com/docs/content>. After `STOP` the carriers' law forbids every message until `START`:
/// <https://help.twilio.com/articles/223134027>.
const SMS: Capabilities = Capabilities {
    text_max: 1_600,
    segments: true,
    media: &[
        MediaLimit {
            kind: MediaKind::Photo,
            mimes: &["image/jpeg", "image/png", "image/gif"],
            max_bytes: 5 * MB,
            caption_max: 1_600,
        },
        any(MediaKind::Video, 600_000, 1_600),
        any(MediaKind::Audio, 600_000, 1_600),
        any(MediaKind::Document, 600_000, 1_600),
    ],
    files_max: 10,
    templates: true,
    delivered_in: true,
    opt_out_binds: true,
    ..PLAIN
};

/// <https://developers.google.com/business-communications/rcs-business-messaging/guides/build/messages/send>.
const GOOGLE: Capabilities = Capabilities {
    text_max: 3_072,
    media: &[
        any(MediaKind::Photo, 100 * MB, 0),
        any(MediaKind::Video, 100 * MB, 0),
        any(MediaKind::Audio, 100 * MB, 0),
        any(MediaKind::Document, 100 * MB, 0),
    ],
    choices: Some(ChoiceLimits { buttons: 11, rows: 11, title_max: 25, body_max: 3_072 }),
    typing_out: Some(Duration::from_secs(20)),
    typing_in: true,
    read_out: true,
    read_in: true,
    delivered_in: true,
    opt_out_binds: true,
    ..PLAIN
};

/// Ours to define: whoever connects a messenger here gets everything and leaves out what it lacks.
const API: Capabilities =
    Capabilities { reply_out: true, reaction_out: true, opt_out_binds: true, feedback_form: false, ..WEB };

/// What a messenger of this `kind` can carry.
pub(super) const fn of(kind: ChannelKind) -> Capabilities {
    match kind {
        ChannelKind::Web => WEB,
        ChannelKind::WhatsApp => WHATSAPP,
        ChannelKind::Messenger => MESSENGER,
        ChannelKind::Instagram => INSTAGRAM,
        ChannelKind::Telegram => TELEGRAM,
        ChannelKind::X => X,
        ChannelKind::Sms => SMS,
        ChannelKind::Google => GOOGLE,
        ChannelKind::Api => API,
    }
}

impl ChannelKind {
    /// The largest file of this kind that may be uploaded to be sent there, in bytes: what the channel takes, or as much as
    /// anywhere where it takes none so that it can be said why.
    #[must_use]
    pub fn upload_max(self, kind: MediaKind) -> u64 {
        self.capabilities().media_limit(kind).map_or(kind.max_bytes(), |limit| limit.max_bytes)
    }
}

impl Capabilities {
    /// What the channel says about files of this kind; `None` where it takes none.
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
        kind.takes(mime) || self.media_limit(kind).is_some_and(|limit| limit.takes(mime))
    }

    /// Whether the channel takes this file as one of `kind`.
    ///
    /// # Errors
    /// It takes no such files, none of this type, or none as large.
    pub fn check_file(&self, kind: MediaKind, file: &StoredFile) -> Result<(), Refused> {
        let word = kind.label();
        let Some(limit) = self.media_limit(kind) else {
            return Err(Refused::invalid(word, "cannot be sent on this channel"));
        };
        if !limit.takes(&file.mime) {
            let rule = format!("is of a type this channel does not take as one: {}", file.mime);
            return Err(Refused::invalid(word, &rule));
        }
        if file.bytes > limit.max_bytes {
            let rule = format!("is larger than the {} this channel takes", size(limit.max_bytes));
            return Err(Refused::invalid(word, &rule));
        }
        Ok(())
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
