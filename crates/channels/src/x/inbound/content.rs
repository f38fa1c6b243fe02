//! What a message says, and where X keeps its file.

use domain::media::{FileState, MediaKind};
use domain::message::{Attachment, Content, Place};

use super::wire::{Entities, Location, MessageContent, Variant, WireMedia};
use crate::files::FileRef;
use crate::words::{present, readable};

/// A message's content, and its files in the same order.
pub(in crate::x) struct Said {
    pub content: Content,
    pub files: Vec<FileRef>,
}

impl Said {
    fn words(content: Content) -> Self {
        Self { content, files: Vec::new() }
    }
}

pub(in crate::x) fn read(message: &MessageContent) -> Said {
    let attachment = message.attachment.as_ref();
    let media = attachment.and_then(|attachment| attachment.media.as_ref());
    let text = written(message, media);
    if let Some(reply) = &message.quick_reply_response {
        let id = present(reply.metadata.as_ref()).unwrap_or(&text).to_owned();
        return Said::words(Content::Picked { id, title: text });
    }
    if let Some(media) = media {
        return with_file(text, media);
    }
    let place = attachment.and_then(|attachment| attachment.location.as_ref()).and_then(place);
    Said::words(match (place, text.is_empty(), attachment) {
        (Some(place), true, _) => Content::Place(place),
        (Some(place), false, _) => Content::Text(format!("{text}\n{}", place.written())),
        (None, false, _) => Content::Text(text),
        (None, true, attachment) => {
            let kind = attachment.and_then(|attachment| present(attachment.kind.as_ref())).unwrap_or_default();
            Content::Unsupported { label: readable(kind) }
        }
    })
}

/// A message with its one file; named where X does not say where that is.
fn with_file(text: String, media: &WireMedia) -> Said {
    let (kind, file) = match present(media.kind.as_ref()).unwrap_or("photo") {
        "photo" => (MediaKind::Photo, present(media.media_url_https.as_ref()).map(FileRef::at)),
        _ => (MediaKind::Video, best(media).and_then(film)),
    };
    match file {
        Some(file) => Said {
            content: Content::Files { text, files: vec![Attachment::new(kind, FileState::Coming)] },
            files: vec![file],
        },
        None => {
            let label = Attachment::new(kind, FileState::Coming).label();
            let label = if text.is_empty() { label.into() } else { format!("{label}: {text}") };
            Said::words(Content::Unsupported { label })
        }
    }
}

/// The best of the films that play everywhere.
fn best(media: &WireMedia) -> Option<&Variant> {
    let variants = media.video_info.iter().flat_map(|info| &info.variants);
    let plays = |variant: &&Variant| present(variant.content_type.as_ref()) == Some("video/mp4");
    variants.filter(plays).max_by_key(|variant| variant.bitrate)
}

fn film(variant: &Variant) -> Option<FileRef> {
    let url = present(variant.url.as_ref())?;
    Some(FileRef { mime: Some("video/mp4".into()), ..FileRef::at(url) })
}

/// The words with the addresses that people wrote in place of X's short ones, and without the one that only stands for
/// the file.
fn written(message: &MessageContent, media: Option<&WireMedia>) -> String {
    let mut text = message.text.as_ref().map(|words| words.0.clone()).unwrap_or_default();
    if let Some(short) = media.and_then(|media| present(media.url.as_ref()))
        && let Some(rest) = text.trim_end().strip_suffix(short)
    {
        text = rest.into();
    }
    for link in message.entities.iter().flat_map(|Entities { urls }| urls) {
        if let (Some(short), Some(long)) = (present(link.url.as_ref()), present(link.expanded_url.as_ref())) {
            text = text.replacen(short, long, 1);
        }
    }
    text.trim().into()
}

fn place(location: &Location) -> Option<Place> {
    let [longitude, latitude] = location.shared_coordinate.as_ref()?.coordinates.coordinates[..] else { return None };
    Place::at(latitude, longitude)
}
