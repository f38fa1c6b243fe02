//! What happens in an inbox, as Meta's webhooks tell it.

use serde_json::{Value, json};

use super::{Product, word};
use crate::message::{Content, FileKind, Message};
use crate::provider::{Deed, Said};

/// What a customer does; `None` when Meta tells nobody.
pub fn deed(product: Product, api_url: &str, deed: &Deed<'_>) -> Option<Value> {
    Some(match deed {
        // What a template's button brings back.
        Deed::Says { id, said: Said::Picked { question, choice } }
            if matches!(question.content, Content::Template { .. }) =>
        {
            json!({"postback": {"mid": id, "title": choice.title, "payload": choice.id}})
        }
        Deed::Says { id, said } => {
            let mut message = said_as(product, api_url, said)?;
            message["mid"] = json!(id);
            json!({"message": message})
        }
        Deed::Edits { id, text } => json!({"message_edit": {"mid": id, "text": text, "num_edit": 1}}),
        Deed::Deletes { id } if product == Product::Instagram => json!({"message": {"mid": id, "is_deleted": true}}),
        Deed::Reacts { message, emoji: Some(emoji) } => {
            json!({"reaction": {"mid": message.id, "action": "react", "emoji": emoji, "reaction": reaction(emoji)}})
        }
        Deed::Reacts { message, emoji: None } => json!({"reaction": {"mid": message.id, "action": "unreact"}}),
        Deed::Deletes { .. } | Deed::Types => return None,
    })
}

/// Our own message, as it comes back.
pub fn echo(message: &Message) -> Option<Value> {
    let mut echo = match &message.content {
        Content::Text { text } | Content::Buttons { text, .. } => json!({"text": text}),
        // It is told as the generic template that the customer sees.
        Content::Template { text, .. } => {
            let payload = json!({"template_type": "generic", "elements": [{"title": text}]});
            json!({"attachments": [{"type": "template", "payload": payload}]})
        }
        _ => return None,
    };
    echo["mid"] = json!(message.id);
    echo["is_echo"] = json!(true);
    echo["app_id"] = json!(1_700_000_000_000_001_u64);
    if let Some(metadata) = &message.callback {
        echo["metadata"] = json!(metadata);
    }
    Some(json!({"message": echo}))
}

fn said_as(product: Product, api_url: &str, said: &Said<'_>) -> Option<Value> {
    Some(match said {
        Said::Text(text) => json!({"text": text}),
        Said::File(file) if file.kind == FileKind::Sticker && product == Product::Instagram => {
            json!({"is_unsupported": true})
        }
        Said::File(file) => {
            let mut payload = json!({"url": format!("{api_url}/files/{}", file.id)});
            if file.kind == FileKind::Sticker {
                payload["sticker_id"] = json!(369_239_263_222_822_u64);
            }
            json!({"attachments": [{"type": word(file.kind), "payload": payload}]})
        }
        Said::Picked { choice, .. } => json!({"text": choice.title, "quick_reply": {"payload": choice.id}}),
        Said::Place { .. } | Said::Contact { .. } | Said::Order { .. } | Said::Poll | Said::Encrypted => return None,
    })
}

fn reaction(emoji: &str) -> &'static str {
    match emoji {
        "❤" | "❤️" => "love",
        "👍" => "like",
        "😂" => "haha",
        _ => "other",
    }
}

/// The sign behind Meta's word for it.
pub fn emoji(word: &str) -> &str {
    match word {
        "love" => "❤️",
        "like" => "👍",
        "haha" => "😂",
        "wow" => "😮",
        "sad" => "😢",
        "angry" => "😡",
        other => other,
    }
}
