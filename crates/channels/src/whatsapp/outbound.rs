//! Planned pieces and signals as Meta's JSON. <https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages>

mod template;

use domain::channel::ChannelKind;
use domain::media::MediaKind;
use domain::message::{Choice, Place};
use serde_json::{Value, json};

use super::inbound::customer::is_phone;
use crate::error::ChannelError;
use crate::files::OutboundFile;
use crate::outbound::{Piece, ProviderSend, Recipient, Signal};
use crate::plan::Limits;

/// A button's id may have 256 characters, a row's 200; the smaller holds for both.
pub(super) const LIMITS: Limits = Limits {
    capabilities: ChannelKind::WhatsApp.capabilities(),
    row_title_max: 24,
    choice_id_max: 200,
    places: true,
    albums: None,
};

/// A file, and the id that Meta gave it.
#[derive(Clone, Copy)]
struct Uploaded<'a> {
    file: &'a OutboundFile,
    id: &'a str,
}

/// The body that sends one piece; `media_id` names the file of a piece that has one.
pub(super) fn message(send: &ProviderSend, media_id: Option<&str>, list_label: &str) -> Result<Value, ChannelError> {
    let mut body = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "biz_opaque_callback_data": send.key.to_string(),
    });
    let (address, id) = address(&send.to)?;
    body[address] = id.into();
    if let Some(answered) = &send.reply_to {
        body["context"] = json!({ "message_id": answered.0 });
    }
    let (kind, content) = match &send.piece {
        Piece::Text(text) => ("text", json!({ "body": text, "preview_url": has_link(text) })),
        Piece::Buttons { text, choices } => ("interactive", buttons(text, choices)),
        Piece::List { text, choices } => ("interactive", list(text, choices, list_label)),
        Piece::File { file, caption } => media(uploaded(file, media_id)?, caption.as_deref()),
        Piece::Album { .. } => {
            return Err(ChannelError::Unsupported { detail: "WhatsApp takes files one by one.".into() });
        }
        Piece::Template { template, header } => {
            let header = header.as_ref().map(|file| uploaded(file, media_id)).transpose()?;
            ("template", template::template(template, header))
        }
        Piece::Place(place) => ("location", location(place)),
    };
    body["type"] = kind.into();
    body[kind] = content;
    Ok(body)
}

fn uploaded<'a>(file: &'a OutboundFile, media_id: Option<&'a str>) -> Result<Uploaded<'a>, ChannelError> {
    let missing = || ChannelError::MediaRejected { detail: "The file was not handed over.".into() };
    media_id.map(|id| Uploaded { file, id }).ok_or_else(missing)
}

/// The body that shows a message as read, with or without "typing…".
pub(super) fn signal(signal: &Signal) -> Result<Value, ChannelError> {
    let read = |id: &str| json!({ "messaging_product": "whatsapp", "status": "read", "message_id": id });
    Ok(match signal {
        Signal::Read { up_to, .. } => read(&up_to.0),
        Signal::Typing { answering, .. } => {
            let mut body = read(&answering.0);
            body["typing_indicator"] = json!({ "type": "text" });
            body
        }
        Signal::Reaction { to, target, emoji } => {
            let mut body =
                json!({ "messaging_product": "whatsapp", "recipient_type": "individual", "type": "reaction" });
            let (address, id) = address(to)?;
            body[address] = id.into();
            body["reaction"] = json!({ "message_id": target.0, "emoji": emoji.as_deref().unwrap_or_default() });
            body
        }
        Signal::Pressed { .. } => {
            return Err(ChannelError::Unsupported { detail: "Nobody waits for it here.".into() });
        }
    })
}

/// By phone number where it is known: every kind of message may go there. Else by business-scoped user id.
fn address(to: &Recipient) -> Result<(&'static str, &str), ChannelError> {
    let phone = to.ids.iter().find(|id| is_phone(&id.0)).map(|id| ("to", id.0.as_str()));
    let user = to.ids.iter().find(|id| !id.0.is_empty()).map(|id| ("recipient", id.0.as_str()));
    let nobody = || ChannelError::InvalidContent { field: Some("recipient".into()), detail: "There is none.".into() };
    phone.or(user).ok_or_else(nobody)
}

/// A file by its id: what Meta calls its kind, and what it wants to know of it.
fn media(Uploaded { file, id }: Uploaded<'_>, caption: Option<&str>) -> (&'static str, Value) {
    let mut content = json!({ "id": id });
    let kind = match file.kind {
        MediaKind::Photo => "image",
        MediaKind::Video => "video",
        MediaKind::Audio => "audio",
        MediaKind::Voice => {
            content["voice"] = true.into();
            "audio"
        }
        MediaKind::Sticker => "sticker",
        MediaKind::Document => {
            content["filename"] = file.name.as_str().into();
            "document"
        }
    };
    if let Some(caption) = caption {
        content["caption"] = caption.into();
    }
    (kind, content)
}

fn location(place: &Place) -> Value {
    let (latitude, longitude) = place.degrees();
    let mut content = json!({ "latitude": latitude, "longitude": longitude });
    for (word, value) in [("name", &place.name), ("address", &place.address)] {
        if let Some(value) = value {
            content[word] = value.as_str().into();
        }
    }
    content
}

fn has_link(text: &str) -> bool {
    text.contains("https://") || text.contains("http://")
}

fn buttons(text: &str, choices: &[Choice]) -> Value {
    let button = |choice: &Choice| json!({ "type": "reply", "reply": { "id": choice.id, "title": choice.title } });
    let buttons: Vec<Value> = choices.iter().map(button).collect();
    json!({ "type": "button", "body": { "text": text }, "action": { "buttons": buttons } })
}

fn list(text: &str, choices: &[Choice], label: &str) -> Value {
    let row = |choice: &Choice| json!({ "id": choice.id, "title": choice.title });
    let rows: Vec<Value> = choices.iter().map(row).collect();
    json!({
        "type": "list",
        "body": { "text": text },
        "action": { "button": label, "sections": [{ "rows": rows }] },
    })
}

#[cfg(test)]
mod tests;
