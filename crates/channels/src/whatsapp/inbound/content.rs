//! What a message says, in the product's words; what the product has no words for is named, with what words it carries.

use domain::media::{FileState, MediaKind};
use domain::message::{self, Attachment, Content, OrderItem, Place, storable};
use serde_json::{Map, Value};

use super::wire::{Card, ChoiceReply, FormReply, Interactive, Location, Media, Order, OrderLine, WireMessage};
use crate::files::FileRef;
use crate::words::{Words, present, readable};

/// What a message says, and where its files are.
pub(super) struct Said {
    pub content: Content,
    pub files: Vec<FileRef>,
}

impl From<Content> for Said {
    fn from(content: Content) -> Self {
        Self { content, files: Vec::new() }
    }
}

/// What `message` says, by its type.
pub(super) fn read(message: &WireMessage) -> Result<Said, &'static str> {
    let kind = message.kind.as_ref().map_or("", |kind| kind.0.as_str());
    Ok(match kind {
        "image" => media(MediaKind::Photo, message.image.as_ref()),
        "video" => media(MediaKind::Video, message.video.as_ref()),
        "document" => media(MediaKind::Document, message.document.as_ref()),
        "audio" if message.audio.as_ref().and_then(|audio| audio.voice) == Some(true) => {
            media(MediaKind::Voice, message.audio.as_ref())
        }
        "audio" => media(MediaKind::Audio, message.audio.as_ref()),
        "sticker" => media(MediaKind::Sticker, message.sticker.as_ref()),
        _ => words(kind, message)?.into(),
    })
}

/// What a message without a file says.
fn words(kind: &str, message: &WireMessage) -> Result<Content, &'static str> {
    Ok(match kind {
        "text" => {
            let text = message.text.as_ref().ok_or("a text without its words")?;
            Content::Text(text.body.0.clone())
        }
        "button" => {
            let button = message.button.as_ref().ok_or("a button without its words")?;
            // Without a payload the words on the button are what was meant.
            let id = present(button.payload.as_ref()).unwrap_or(&button.text.0).to_owned();
            Content::Picked { id, title: button.text.0.clone() }
        }
        "interactive" => interactive(message.interactive.as_ref().ok_or("an answer without its words")?),
        "location" => location(message.location.as_ref()),
        "contacts" => cards(message.contacts.as_deref().unwrap_or_default()),
        "order" => order(message.order.as_ref()),
        "unsupported" => {
            let inner = message.unsupported.as_ref().and_then(|inner| present(inner.kind.as_ref()));
            named(&inner.map_or_else(|| "Message".into(), readable), [])
        }
        "" => return Err("it has no type"),
        other => named(&readable(other), []),
    })
}

/// A file that waits at Meta, of the kind that Meta says; what it really is, its content will say.
fn media(kind: MediaKind, media: Option<&Media>) -> Said {
    let caption = media.map(|media| text_of(media.caption.as_ref())).unwrap_or_default();
    let file = media.and_then(file);
    let attachment = Attachment::new(kind, FileState::Coming);
    match file {
        Some(file) => Said { content: Content::Files { text: caption, files: vec![attachment] }, files: vec![file] },
        None => named(attachment.label(), [caption]).into(),
    }
}

fn file(media: &Media) -> Option<FileRef> {
    let owned = |words: Option<&Words>| present(words).map(str::to_owned);
    let handle = present(media.id.as_ref()).or(present(media.url.as_ref()))?;
    let bytes = present(media.file_size.as_ref()).and_then(|size| size.parse().ok());
    Some(FileRef {
        mime: owned(media.mime_type.as_ref()),
        name: owned(media.filename.as_ref()),
        bytes,
        ..FileRef::at(handle)
    })
}

fn interactive(interactive: &Interactive) -> Content {
    let picked = |reply: &ChoiceReply| Content::Picked { id: reply.id.0.clone(), title: reply.title.0.clone() };
    let reply = interactive.button_reply.as_ref().or(interactive.list_reply.as_ref());
    match (reply, &interactive.nfm_reply) {
        (Some(reply), _) => picked(reply),
        (None, Some(form)) => Content::Shared { label: "Form answer".into(), url: None, text: answers(form) },
        (None, None) => named("Interactive message", []),
    }
}

/// The answers of a form, one on a line; what Meta wrote above them if they cannot be read.
fn answers(form: &FormReply) -> String {
    let fields: Option<Map<String, Value>> =
        form.response_json.as_ref().and_then(|json| serde_json::from_str(&json.0).ok());
    let lines = fields.into_iter().flatten().filter(|(name, _)| name != "flow_token").map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{}: {}", readable(&name), storable(&value))
    });
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() { text_of(form.body.as_ref()) } else { lines.join("\n") }
}

fn location(location: Option<&Location>) -> Content {
    let Some(location) = location else { return named("Location", []) };
    let owned = |words: Option<&Words>| present(words).map(str::to_owned);
    let (latitude, longitude) = (present(location.latitude.as_ref()), present(location.longitude.as_ref()));
    let degrees = |words: Option<&str>| words.and_then(|words| words.parse().ok());
    let place =
        degrees(latitude).zip(degrees(longitude)).and_then(|(latitude, longitude)| Place::at(latitude, longitude));
    let (name, address) = (owned(location.name.as_ref()), owned(location.address.as_ref()));
    match place {
        Some(place) => Content::Place(Place { name, address, ..place }),
        None => named("Location", [name, address].into_iter().flatten()),
    }
}

fn cards(cards: &[Card]) -> Content {
    if cards.is_empty() { named("Contact", []) } else { Content::Cards(cards.iter().map(card).collect()) }
}

/// A card without a name, as an answer to a request for one has it, goes by its first number.
fn card(card: &Card) -> message::Card {
    let all = |words: &mut dyn Iterator<Item = Option<&Words>>| -> Vec<String> {
        words.filter_map(present).map(str::to_owned).collect()
    };
    let phones = all(&mut card.phones.iter().flatten().map(|phone| phone.phone.as_ref().or(phone.wa_id.as_ref())));
    let emails = all(&mut card.emails.iter().flatten().map(|email| email.email.as_ref()));
    let name =
        card.name.as_ref().and_then(|name| present(name.formatted_name.as_ref()).or(present(name.first_name.as_ref())));
    let known = name.or(phones.first().map(String::as_str)).or(emails.first().map(String::as_str));
    message::Card { name: known.unwrap_or("Contact").into(), phones, emails }
}

fn order(order: Option<&Order>) -> Content {
    let Some(order) = order else { return named("Order", []) };
    let items = order.product_items.iter().flatten().map(item).collect();
    Content::Order(message::Order { text: text_of(order.text.as_ref()), items })
}

fn item(line: &OrderLine) -> OrderItem {
    let price = present(line.item_price.as_ref());
    let currency = present(line.currency.as_ref());
    OrderItem {
        product: present(line.product_retailer_id.as_ref()).unwrap_or("Product").into(),
        quantity: present(line.quantity.as_ref()).and_then(|count| count.parse().ok()).unwrap_or(1),
        price: price.map(|price| [Some(price), currency].into_iter().flatten().collect::<Vec<_>>().join(" ")),
    }
}

fn text_of(words: Option<&Words>) -> String {
    present(words).unwrap_or_default().into()
}

/// "Photo: in front of the shop": what it is, and every word that came with it.
fn named(label: &str, words: impl IntoIterator<Item = String>) -> Content {
    let words: Vec<String> = words.into_iter().filter(|words| !words.is_empty()).collect();
    let label = if words.is_empty() { label.into() } else { format!("{label}: {}", words.join(", ")) };
    Content::Unsupported { label }
}
