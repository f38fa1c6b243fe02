//! What a message says: its words, its files, and whatever else it carries, none of it lost.

use std::collections::HashSet;

use domain::media::FileState;
use domain::message::{Attachment, Content};

use super::attachment::{self, Part};
use super::wire::WireMessage;
use crate::files::FileRef;
use crate::words::present;

/// A content, and where its files are, in its order.
pub(super) struct Said {
    pub content: Content,
    pub files: Vec<FileRef>,
}

impl Said {
    fn plain(content: Content) -> Self {
        Self { content, files: Vec::new() }
    }
}

pub(super) fn read(message: &WireMessage) -> Said {
    let text = message.text.as_ref().map_or("", |text| text.0.as_str());
    if let Some(payload) = message.quick_reply.as_ref().and_then(|reply| present(reply.payload.as_ref())) {
        let title = Some(text).filter(|text| !text.is_empty()).unwrap_or(payload);
        return Said::plain(Content::Picked { id: payload.into(), title: title.into() });
    }
    let (files, others): (Vec<_>, Vec<_>) = parts(message).into_iter().partition(|part| matches!(part, Part::File(..)));
    if files.is_empty() {
        return Said::plain(wordy(text, others));
    }
    let of_file = |part| match part {
        Part::File(kind, file) => Some((Attachment::new(kind, FileState::Coming), file)),
        Part::Place(_) | Part::Shared { .. } | Part::Named(_) => None,
    };
    let (attachments, files) = files.into_iter().filter_map(of_file).unzip();
    Said { content: Content::Files { text: with_words(text, others), files: attachments }, files }
}

/// The parts, each sticker once: for a while Meta sends the same one as a picture and as a sticker.
fn parts(message: &WireMessage) -> Vec<Part> {
    let mut stickers = HashSet::new();
    let attachments = message.attachments.iter().flatten();
    let once = attachments.filter(|attachment| match present(attachment.payload.sticker_id.as_ref()) {
        Some(id) => stickers.insert(id.to_owned()),
        None => true,
    });
    once.filter_map(attachment::read).collect()
}

/// A message without files: the first part says what it is.
fn wordy(text: &str, parts: Vec<Part>) -> Content {
    let mut parts = parts.into_iter();
    match parts.next() {
        None if text.trim().is_empty() => Content::Unsupported { label: "Message".into() },
        None => Content::Text(text.into()),
        Some(Part::Shared { label, url, text: shared }) => {
            let rest = [shared].into_iter().chain(parts.map(Part::words));
            Content::Shared { label, url, text: lines(text, rest) }
        }
        Some(Part::Place(mut place)) => {
            place.address = Some(with_words(text, parts)).filter(|words| !words.is_empty());
            Content::Place(place)
        }
        Some(Part::Named(label)) => {
            let words = with_words(text, parts);
            let label = if words.is_empty() { label } else { format!("{label}: {words}") };
            Content::Unsupported { label }
        }
        Some(Part::File(..)) => Content::Text(text.into()),
    }
}

fn with_words(text: &str, parts: impl IntoIterator<Item = Part>) -> String {
    lines(text, parts.into_iter().map(Part::words))
}

/// `text` and what else there is to say, each on a line, nothing twice.
fn lines(text: &str, more: impl IntoIterator<Item = String>) -> String {
    let mut lines: Vec<String> = Some(text.to_owned()).filter(|text| !text.trim().is_empty()).into_iter().collect();
    for line in more {
        if !line.is_empty() && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.join("\n")
}
