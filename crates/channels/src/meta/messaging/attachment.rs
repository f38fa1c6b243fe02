//! One attachment: a file, a place, or something of Meta's own that was passed on.

use domain::media::MediaKind;
use domain::message::{Place, storable};
use reqwest::Url;
use url::form_urlencoded;

use super::wire::{Element, WireAttachment};
use crate::files::FileRef;
use crate::words::{present, readable};

/// What an attachment is to us.
pub(super) enum Part {
    File(MediaKind, FileRef),
    Place(Place),
    Shared {
        label: String,
        url: Option<String>,
        text: String,
    },
    /// Nothing but the word for what it is: it came without what it should carry.
    Named(String),
}

impl Part {
    /// The part as words of a message that shows something else.
    pub fn words(self) -> String {
        match self {
            Self::File(..) => String::new(),
            Self::Place(place) => place.written(),
            Self::Shared { label, url, text } => {
                let words = [Some(text).filter(|text| !text.is_empty()), url].into_iter().flatten().collect::<Vec<_>>();
                if words.is_empty() { label } else { words.join("\n") }
            }
            Self::Named(label) => label,
        }
    }
}

/// The part, unless it adds nothing to the words it came with.
pub(super) fn read(attachment: &WireAttachment) -> Option<Part> {
    let kind = present(attachment.kind.as_ref()).unwrap_or("attachment");
    let is_sticker = present(attachment.payload.sticker_id.as_ref()).is_some();
    Some(match kind {
        "image" if !is_sticker => file(MediaKind::Photo, "Photo", attachment),
        "image" | "sticker" => file(MediaKind::Sticker, "Sticker", attachment),
        "video" => file(MediaKind::Video, "Video", attachment),
        "audio" => file(MediaKind::Audio, "Audio", attachment),
        "file" => file(MediaKind::Document, "File", attachment),
        "location" => place(attachment),
        // A preview of a link that stands in the text.
        "fallback" => return link(attachment),
        "ephemeral" => shared_or("Disappearing photo or video", attachment),
        "share" | "post" | "ig_post" => shared_or("Post", attachment),
        "reel" | "ig_reel" => shared_or("Reel", attachment),
        "story" | "ig_story" => shared_or("Story", attachment),
        other => shared_or(&readable(other), attachment),
    })
}

fn file(kind: MediaKind, label: &str, attachment: &WireAttachment) -> Part {
    let Some(address) = address(attachment) else { return Part::Named(label.into()) };
    let name = file_name(address).filter(|_| kind == MediaKind::Document);
    Part::File(kind, FileRef { name, ..FileRef::at(address) })
}

fn place(attachment: &WireAttachment) -> Part {
    let coordinates = attachment.payload.coordinates.as_ref();
    let degrees = coordinates.and_then(|coordinates| Some((coordinates.lat?, coordinates.long?)));
    let Some(place) = degrees.and_then(|(latitude, longitude)| Place::at(latitude, longitude)) else {
        return shared_or("Location", attachment);
    };
    Part::Place(Place { name: present(attachment.title.as_ref()).map(str::to_owned), ..place })
}

fn link(attachment: &WireAttachment) -> Option<Part> {
    let (url, text) = (address(attachment), title(attachment));
    if url.is_none() && text.is_empty() {
        return None;
    }
    Some(Part::Shared { label: "Link".into(), url: url.map(str::to_owned), text })
}

/// Something passed on, if it came with anything to show.
fn shared_or(label: &str, attachment: &WireAttachment) -> Part {
    let (url, text) = (address(attachment), title(attachment));
    if url.is_none() && text.is_empty() {
        return Part::Named(label.into());
    }
    Part::Shared { label: label.into(), url: url.map(str::to_owned), text }
}

/// An address on the web; what else a customer may have put there is none to follow.
fn address(attachment: &WireAttachment) -> Option<&str> {
    let is_web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    present(attachment.payload.url.as_ref()).or(present(attachment.url.as_ref())).filter(is_web)
}

/// Every word on it.
fn title(attachment: &WireAttachment) -> String {
    let payload = &attachment.payload;
    let own = present(attachment.title.as_ref()).or(present(payload.title.as_ref()));
    let product = payload.product.as_ref().and_then(|product| product.elements.as_ref());
    let elements = payload.elements.iter().chain(product).flatten();
    let of_element = |element: &Element| {
        let words = [present(element.title.as_ref()), present(element.subtitle.as_ref())];
        words.into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    let words = own.into_iter().chain(present(payload.text.as_ref())).map(str::to_owned);
    words.chain(elements.map(of_element)).filter(|words| !words.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The name at the end of an address, as somebody called the file: `/v/t59/order%2042.pdf?…` is `order 42.pdf`.
fn file_name(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let last = url.path_segments()?.next_back()?.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    let (name, _) = form_urlencoded::parse(last.as_bytes()).next()?;
    Some(storable(&name).into_owned()).filter(|name| name.contains('.'))
}
