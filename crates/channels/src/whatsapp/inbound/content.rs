//! What a message says, as far as the product has words for it; the rest is named, with whatever words it carries.

use domain::message::Content;

use super::customer::present;
use super::wire::{Card, ChoiceReply, Location, Media, Order, WireMessage, Words};

/// The content of `message`, by its type.
pub(super) fn read(message: &WireMessage) -> Result<Content, &'static str> {
    let kind = message.kind.as_ref().map_or("", |kind| kind.0.as_str());
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
        "interactive" => interactive(message)?,
        "image" => media("Photo", message.image.as_ref()),
        "video" => media("Video", message.video.as_ref()),
        "document" => media("Document", message.document.as_ref()),
        "audio" if message.audio.as_ref().and_then(|audio| audio.voice) == Some(true) => named("Voice message", []),
        "audio" => media("Audio", message.audio.as_ref()),
        "location" => location(message.location.as_ref()),
        "contacts" => named("Contact", message.contacts.iter().flatten().map(card)),
        "order" => order(message.order.as_ref()),
        "unsupported" => {
            let inner = message.unsupported.as_ref().and_then(|inner| present(inner.kind.as_ref()));
            named(&inner.map_or_else(|| "Message".into(), readable), [])
        }
        "" => return Err("it has no type"),
        other => named(&readable(other), []),
    })
}

/// Meta's `request_welcome` as a person reads it: "Request welcome".
pub(super) fn readable(kind: &str) -> String {
    let words = kind.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(|| "Message".into(), |first| first.to_uppercase().chain(letters).collect())
}

fn interactive(message: &WireMessage) -> Result<Content, &'static str> {
    let interactive = message.interactive.as_ref().ok_or("an answer without its words")?;
    let picked = |reply: &ChoiceReply| Content::Picked { id: reply.id.0.clone(), title: reply.title.0.clone() };
    let reply = interactive.button_reply.as_ref().or(interactive.list_reply.as_ref());
    Ok(match (reply, &interactive.nfm_reply) {
        (Some(reply), _) => picked(reply),
        (None, Some(form)) => named("Form answer", [text_of(form.body.as_ref())]),
        (None, None) => named("Interactive message", []),
    })
}

fn media(label: &str, media: Option<&Media>) -> Content {
    let filename = media.and_then(|media| media.filename.as_ref());
    let caption = media.and_then(|media| media.caption.as_ref());
    named(label, [text_of(filename), text_of(caption)])
}

fn location(location: Option<&Location>) -> Content {
    let Some(location) = location else { return named("Location", []) };
    let place = match (present(location.latitude.as_ref()), present(location.longitude.as_ref())) {
        (Some(latitude), Some(longitude)) => format!("{latitude}, {longitude}"),
        _ => String::new(),
    };
    named("Location", [text_of(location.name.as_ref()), text_of(location.address.as_ref()), place])
}

fn card(card: &Card) -> String {
    let name = card.name.as_ref().and_then(|name| present(name.formatted_name.as_ref()));
    let phones = card.phones.iter().flatten().filter_map(|phone| present(phone.phone.as_ref()));
    name.into_iter().chain(phones).collect::<Vec<_>>().join(" ")
}

fn order(order: Option<&Order>) -> Content {
    let items = order.and_then(|order| order.product_items.as_ref()).map_or(0, Vec::len);
    let count = match items {
        0 => String::new(),
        1 => "1 product".into(),
        items => format!("{items} products"),
    };
    named("Order", [count, text_of(order.and_then(|order| order.text.as_ref()))])
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
