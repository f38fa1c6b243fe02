//! What each messenger can carry. Numbers of providers are theirs, with their source beside them.

use std::time::Duration;

use super::{Capabilities, ChoiceLimits, MB, MediaLimit};
use crate::channel::{Budget, ChannelKind, Pace, TextUnit, Window};
use crate::media::MediaKind;
use crate::timestamp::hours;

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
    pace: None,
    channel_pace: None,
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
    reply_out: true,
    reaction_out: true,
    typing_out: Some(Duration::from_secs(25)),
    typing_in: true,
    read_out: true,
    read_in: true,
    delivered_in: true,
    feedback_form: true,
    ..PLAIN
};

/// <https://developers.facebook.com/docs/whatsapp/cloud-api/messages> and `.../reference/media#supported-media-types`. A
/// sticker that moves may have 500 kB; nothing here tells it from one that stands still. Of the pace to one customer:
/// `.../overview#pair-rate-limits`. That of a number grows by itself, and is Meta's to keep.
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
        MediaLimit { kind: MediaKind::Sticker, mimes: &["image/webp"], max_bytes: 100_000, caption_max: 0 },
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
    pace: Some(Pace { at_once: 45, every: Duration::from_secs(6) }),
    ..PLAIN
};

/// <https://developers.facebook.com/docs/messenger-platform/send-messages>. Choices are quick replies, templates those of
/// utility messages.
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
    templates: true,
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
    files_max: 10,
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
/// ours to bound. Of the pace, <https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>: one a
/// second to one chat, "short bursts" beside it, which it leaves to us to measure, and about thirty to all of them.
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
    // In the chats of a business account; elsewhere the adapter knows no such sign.
    read_out: true,
    pace: Some(Pace { at_once: 5, every: Duration::from_secs(1) }),
    channel_pace: Some(Pace { at_once: 30, every: Duration::from_millis(34) }),
    ..PLAIN
};

/// <https://docs.x.com/x-api/direct-messages/manage/introduction>, `.../media/introduction` and
/// `.../fundamentals/rate-limits`.
const X: Capabilities = Capabilities {
    text_max: 10_000,
    media: &[
        MediaLimit {
            kind: MediaKind::Photo,
            mimes: &["image/jpeg", "image/png", "image/webp"],
            max_bytes: 5 * MB,
            caption_max: 10_000,
        },
        MediaLimit { kind: MediaKind::Photo, mimes: &["image/gif"], max_bytes: 15 * MB, caption_max: 10_000 },
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
/// <https://help.twilio.com/articles/223134027>. Each sender has a pace of its own, which its kind and country decide; what
/// comes faster waits at Twilio.
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
const API: Capabilities = Capabilities { opt_out_binds: true, feedback_form: false, ..WEB };

/// What a messenger of this `kind` can carry.
pub(in crate::channel) const fn of(kind: ChannelKind) -> Capabilities {
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
