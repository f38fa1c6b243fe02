//! What a message says, and where Telegram keeps its files; what we have no word for is named, with whatever words it
//! carries.

use domain::media::{FileState, MediaKind};
use domain::message::{Attachment, Card, Content, Place, storable};
use serde_json::Value;

use super::customer::full_name;
use super::wire::{Contact, Location, Venue, WireFile, WireMessage};
use crate::files::FileRef;
use crate::words::{Words, present, readable};

/// A message's content, and its files in the same order.
pub(super) struct Said {
    pub content: Content,
    pub files: Vec<FileRef>,
}

/// Fields of a message that say something about it, and nothing in it.
const ABOUT: [&str; 27] = [
    "author_signature",
    "caption_entities",
    "direct_messages_topic",
    "effect_id",
    "entities",
    "external_reply",
    "guest_bot_caller_chat",
    "guest_bot_caller_user",
    "guest_query_id",
    "has_media_spoiler",
    "has_protected_content",
    "is_automatic_forward",
    "is_from_offline",
    "is_paid_post",
    "is_topic_message",
    "link_preview_options",
    "message_thread_id",
    "paid_star_count",
    "quote",
    "reply_markup",
    "reply_to_checklist_task_id",
    "reply_to_poll_option_id",
    "sender_boost_count",
    "sender_chat",
    "sender_tag",
    "show_caption_above_media",
    "via_bot",
];

/// Fields, at any depth, whose words people read.
const READ: [&str; 6] = ["caption", "description", "emoji", "question", "text", "title"];

/// The longest words of something we cannot show, in characters.
const WORDS_MAX: usize = 1_000;

pub(super) fn read(message: &WireMessage) -> Said {
    if let Some(text) = &message.text {
        return Said { content: Content::Text(text.0.clone()), files: Vec::new() };
    }
    if let Some((kind, file)) = file(message) {
        let text = text_of(message.caption.as_ref());
        let files = vec![Attachment::new(kind, FileState::Coming)];
        return Said { content: Content::Files { text, files }, files: vec![file] };
    }
    let place = message.venue.as_ref().and_then(venue).or_else(|| message.location.and_then(location));
    let content = match (place, &message.contact) {
        (Some(place), _) => Content::Place(place),
        (None, Some(contact)) => Content::Cards(vec![card(contact)]),
        (None, None) => unsupported(message),
    };
    Said { content, files: Vec::new() }
}

/// The one file of a message. An animation has a document as its twin, so it is looked for first.
fn file(message: &WireMessage) -> Option<(MediaKind, FileRef)> {
    let largest = message.photo.iter().flatten().max_by_key(|size| pixels(size));
    let found = [
        (MediaKind::Photo, largest, Some("image/jpeg")),
        (MediaKind::Video, message.animation.as_ref(), Some("video/mp4")),
        (MediaKind::Video, message.video.as_ref(), Some("video/mp4")),
        (MediaKind::Video, message.video_note.as_ref(), Some("video/mp4")),
        (MediaKind::Voice, message.voice.as_ref(), Some("audio/ogg")),
        (MediaKind::Audio, message.audio.as_ref(), Some("audio/mpeg")),
        (MediaKind::Sticker, message.sticker.as_ref(), message.sticker.as_ref().map(sticker_mime)),
        (MediaKind::Document, message.document.as_ref(), None),
    ];
    found.into_iter().find_map(|(kind, file, mime)| Some((kind, reference(file?, mime)?)))
}

fn pixels(size: &WireFile) -> u64 {
    size.width.unwrap_or_default().saturating_mul(size.height.unwrap_or_default())
}

const fn sticker_mime(sticker: &WireFile) -> &'static str {
    match (sticker.is_animated, sticker.is_video) {
        (Some(true), _) => "application/x-tgsticker",
        (_, Some(true)) => "video/webm",
        _ => "image/webp",
    }
}

fn reference(file: &WireFile, usual: Option<&str>) -> Option<FileRef> {
    Some(FileRef {
        mime: present(file.mime_type.as_ref()).or(usual).map(str::to_owned),
        name: present(file.file_name.as_ref()).map(str::to_owned),
        bytes: file.file_size,
        ..FileRef::at(present(Some(&file.file_id))?)
    })
}

fn location(location: Location) -> Option<Place> {
    Place::at(location.latitude?, location.longitude?)
}

fn venue(venue: &Venue) -> Option<Place> {
    let place = location(venue.location?)?;
    let words = |words: Option<&Words>| present(words).map(str::to_owned);
    Some(Place { name: words(venue.title.as_ref()), address: words(venue.address.as_ref()), ..place })
}

fn card(contact: &Contact) -> Card {
    let phone = present(contact.phone_number.as_ref()).map(str::to_owned);
    let name = full_name(contact.first_name.as_ref(), contact.last_name.as_ref());
    let emails = present(contact.vcard.as_ref()).map(emails).unwrap_or_default();
    Card {
        name: name.or_else(|| phone.clone()).unwrap_or_else(|| "Contact".into()),
        phones: phone.into_iter().collect(),
        emails,
    }
}

/// The addresses of a vCard: `EMAIL;TYPE=work:bia@example.com`.
fn emails(vcard: &str) -> Vec<String> {
    let lines = vcard.lines().filter_map(|line| line.split_once(':'));
    let is_email = |name: &str| name.split(';').next().is_some_and(|name| name.eq_ignore_ascii_case("email"));
    lines.filter(|(name, _)| is_email(name)).map(|(_, email)| email.trim().to_owned()).collect()
}

/// What is left, by its own name.
fn unsupported(message: &WireMessage) -> Content {
    let known = || if message.location.is_some() || message.venue.is_some() { "Location" } else { "Message" };
    let found = message.rest.iter().find(|(field, value)| !ABOUT.contains(&field.as_str()) && !value.is_null());
    let label = found.map_or_else(|| known().into(), |(field, _)| readable(field));
    let words = found.map(|(_, value)| words_in(value)).unwrap_or_default();
    let caption = text_of(message.caption.as_ref());
    let words = [caption, words].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" ");
    Content::Unsupported { label: labelled(&label, &words) }
}

/// "Poll: Which one?"
pub(super) fn labelled(label: &str, words: &str) -> String {
    if words.is_empty() { label.into() } else { format!("{label}: {words}") }
}

/// Every word that people would read in something of whatever shape.
pub(super) fn words_in(value: &Value) -> String {
    let mut words = Vec::new();
    gather(value, false, &mut words);
    storable(&words.join(" ")).chars().take(WORDS_MAX).collect()
}

fn gather<'a>(value: &'a Value, is_read: bool, words: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if is_read => words.extend(Some(text.trim()).filter(|text| !text.is_empty())),
        Value::Array(values) => values.iter().for_each(|value| gather(value, is_read, words)),
        Value::Object(fields) => {
            // Its own words come before those of its parts.
            let (own, parts): (Vec<_>, Vec<_>) = fields.iter().partition(|(_, value)| value.is_string());
            for (field, value) in own.into_iter().chain(parts) {
                gather(value, READ.contains(&field.as_str()), words);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn text_of(words: Option<&Words>) -> String {
    present(words).unwrap_or_default().into()
}
