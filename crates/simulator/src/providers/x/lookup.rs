//! The account's messages, for whoever asks for what was not delivered: the newest first, page by page.
//! <https://docs.x.com/x-api/direct-messages/lookup/introduction>

use serde_json::{Value, json};

use super::{X, film, picture, refused, user};
use crate::message::{Content, FileKind, Message, Side};
use crate::play::{Customer, Play};
use crate::provider::Scene;
use crate::wire::{Reply, Request};

/// The fields that X knows; it refuses a request for others.
const FIELDS: [&str; 10] = [
    "attachments",
    "created_at",
    "dm_conversation_id",
    "entities",
    "event_type",
    "id",
    "participant_ids",
    "referenced_tweets",
    "sender_id",
    "text",
];

/// `GET /2/dm_events`
pub fn page(x: &X, scene: &Scene<'_>, request: &Request, play: &Play) -> Result<Reply, Reply> {
    let wrong = |name: &str| refused(400, "Invalid Request", &format!("The query parameter [{name}] is not valid."));
    let asked: Vec<&str> = request.field("dm_event.fields").unwrap_or("id,text,event_type").split(',').collect();
    if let Some(unknown) = asked.iter().find(|field| !FIELDS.contains(field)) {
        return Err(wrong(&format!("dm_event.fields: {unknown}")));
    }
    let number =
        |name: &str| request.field(name).map(|value| value.parse::<usize>().map_err(|_| wrong(name))).transpose();
    let (start, most) = (number("pagination_token")?.unwrap_or(0), number("max_results")?.unwrap_or(100));
    if !(1..=100).contains(&most) {
        return Err(wrong("max_results"));
    }
    let on_channel = play.customers.iter().filter(|customer| customer.channel == scene.channel);
    let mut all: Vec<(&Customer, &Message)> =
        on_channel.flat_map(|customer| customer.messages.iter().map(move |message| (customer, message))).collect();
    all.sort_by_key(|(_, message)| std::cmp::Reverse(message.id.parse::<u64>().unwrap_or_default()));
    let end = start.saturating_add(most);
    let shown = &all[start.min(all.len())..end.min(all.len())];
    let told: Vec<Value> = shown.iter().map(|(customer, message)| event(x, customer, message, &asked)).collect();
    let mut meta = json!({"result_count": told.len()});
    if end < all.len() {
        meta["next_token"] = json!(end.to_string());
    }
    let includes = json!({
        "users": shown.iter().map(|(customer, _)| user(customer)).collect::<Vec<_>>(),
        "media": shown.iter().filter_map(|(_, message)| media(&scene.api_url, message)).collect::<Vec<_>>(),
    });
    Ok(Reply::ok(&json!({"data": told, "includes": includes, "meta": meta})))
}

fn event(x: &X, customer: &Customer, message: &Message, asked: &[&str]) -> Value {
    let customer_id = customer.user_id.as_deref().unwrap_or_default();
    let sender = match message.from {
        Side::Customer => customer_id,
        Side::Business => x.user_id.as_str(),
    };
    // The smaller number stands first.
    let mut sides = [customer_id, x.user_id.as_str()];
    sides.sort_by_key(|id| id.parse::<u64>().unwrap_or_default());
    let mut event = json!({
        "id": message.id, "event_type": "MessageCreate", "text": message.content.words(), "sender_id": sender,
        "dm_conversation_id": sides.join("-"),
    });
    if let Content::File { file, shows, .. } = &message.content {
        event["attachments"] = json!({"media_keys": [media_key(*shows, file)]});
    }
    if let Some(fields) = event.as_object_mut() {
        fields.retain(|name, _| ["id", "event_type"].contains(&name.as_str()) || asked.contains(&name.as_str()));
    }
    event
}

fn media(api_url: &str, message: &Message) -> Option<Value> {
    let Content::File { file, shows, name, .. } = &message.content else { return None };
    let media_key = media_key(*shows, file);
    Some(match shows {
        FileKind::Photo => {
            json!({"media_key": media_key, "type": "photo", "url": picture(&message.id, file, name)})
        }
        FileKind::Video => {
            json!({"media_key": media_key, "type": "video", "variants": film(api_url, file, name, "bit_rate")})
        }
        FileKind::Voice | FileKind::Document | FileKind::Sticker => return None,
    })
}

/// The number before it says what it is.
fn media_key(shows: FileKind, file: &str) -> String {
    let kind = if shows == FileKind::Video { 7 } else { 3 };
    format!("{kind}_{file}")
}
