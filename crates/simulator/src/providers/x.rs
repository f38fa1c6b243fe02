//! Direct messages on X: the API's second version, and the activity events.
//! <https://docs.x.com/x-api/direct-messages/manage/introduction>

mod lookup;
mod sign_in;
mod upload;

pub use sign_in::Spent;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::message::{Content, FileKind, Message};
use crate::play::{Answer, Customer, Identity, Play};
use crate::provider::{Ability, Address, Asked, Deed, Enclosed, Outgoing, Person, Provider, Said, Scene, Status};
use crate::wire::{Letter, Reply, Request, hmac_sha256};

/// One account.
pub struct X {
    pub user_id: String,
    pub consumer_secret: String,
    pub access_token: String,
    /// The app that its owner may let in.
    pub client_id: String,
    pub client_secret: String,
    /// What of it was used and is good no more.
    pub spent: Spent,
}

impl Provider for X {
    fn kind(&self) -> &'static str {
        "x"
    }

    fn abilities(&self) -> &'static [Ability] {
        &[Ability::Photo, Ability::Video, Ability::Typing, Ability::Encrypted]
    }

    fn identity(&self, person: Person) -> Identity {
        let Person { number, name, username, user_id, .. } = person;
        let user_id = user_id.unwrap_or_else(|| (1_700_000_000_000_000_000 + number).to_string());
        let handle: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let username = username.map(|name| name.replace('.', "_")).unwrap_or(handle);
        Identity { name, username: Some(username), phone: None, user_id: Some(user_id) }
    }

    fn new_id(&self, number: u64) -> String {
        id_at(crate::simulator::now(), number)
    }

    fn tell(&self, scene: &Scene<'_>, customer: &Customer, deed: &Deed<'_>) -> Option<Letter> {
        let target = json!({"recipient_id": self.user_id});
        let now = scene.now.to_string();
        match deed {
            // Nobody but the two can read it.
            // <https://docs.x.com/x-api/activity/event-payloads>
            Deed::Says { id, said: Said::Encrypted } => {
                let customer_id = customer.user_id.as_deref().unwrap_or_default();
                let payload = json!({
                    "conversation_token": scene.number.to_string(), "id": id, "sender_id": customer_id,
                    "conversation_id": format!("{}:{customer_id}", self.user_id),
                    "encoded_event": STANDARD.encode(hmac_sha256(&self.consumer_secret, id.as_bytes())),
                });
                Some(self.signed(scene, "chat.received", &payload))
            }
            Deed::Says { id, said } => {
                let event = json!({
                    "type": "message_create", "id": id, "created_timestamp": now,
                    "message_create": {
                        "target": target, "sender_id": customer.user_id,
                        "message_data": message_data(&scene.api_url, id, said)?,
                    },
                });
                Some(self.letter(scene, customer, "dm.received", "direct_message_events", &event))
            }
            Deed::Types => {
                let event = json!({"created_timestamp": now, "sender_id": customer.user_id, "target": target});
                Some(self.letter(
                    scene,
                    customer,
                    "dm.indicate_typing",
                    "direct_message_indicate_typing_events",
                    &event,
                ))
            }
            Deed::Edits { .. } | Deed::Deletes { .. } | Deed::Reacts { .. } => None,
        }
    }

    fn report(&self, scene: &Scene<'_>, customer: &Customer, message: &Message, status: Status) -> Option<Letter> {
        // X tells that a message was read, and nothing before it.
        if status != Status::Read {
            return None;
        }
        let event = json!({
            "created_timestamp": scene.now.to_string(), "sender_id": customer.user_id,
            "target": {"recipient_id": self.user_id}, "last_read_event_id": message.id,
        });
        Some(self.letter(scene, customer, "dm.read", "direct_message_mark_read_events", &event))
    }

    fn read(&self, scene: &Scene<'_>, request: &Request, play: &Play) -> Result<Asked, Reply> {
        match (request.method.as_str(), &request.segments()[..]) {
            ("GET", ["i", "oauth2", "authorize"]) => return sign_in::page(self, scene, request),
            ("POST", ["2", "oauth2", "token"]) => return sign_in::tokens(self, request),
            _ => {}
        }
        if request.bearer() != Some(&self.access_token) {
            return Err(refused(401, "Unauthorized", "Unauthorized"));
        }
        let answer = match (request.method.as_str(), &request.segments()[..]) {
            ("POST", ["2", "dm_conversations", "with", person, "messages"]) => return send(person, request, play),
            ("GET", ["2", "dm_conversations", "media", _, media, _] | ["dm_video", media, "vid", _]) => {
                let file =
                    play.shelf.file(media).ok_or_else(|| refused(404, "Not Found", "There is no such media."))?;
                return Ok(Asked::Answer(Reply::bytes(&file.mime, file.bytes.clone())));
            }
            (_, ["2", "media", "upload", below @ ..]) => return upload::read(request, below, play),
            ("GET", ["2", "users", "me"]) => {
                json!({"data": {"id": self.user_id, "name": "Acme", "username": "acme"}})
            }
            ("GET", ["2", "users", id]) => {
                let known = play.find(scene.channel, &Address::user(*id)).and_then(|id| play.customer(id));
                json!({"data": user(known.ok_or_else(|| refused(404, "Not Found", "There is no such user."))?)})
            }
            ("GET", ["2", "dm_events"]) => return lookup::page(self, scene, request, play).map(Asked::Answer),
            _ => return Err(no_address()),
        };
        Ok(Asked::Answer(Reply::ok(&answer)))
    }

    fn refusal(&self, answer: Answer) -> Option<Reply> {
        match answer {
            Answer::Normal => None,
            // Without a window, both are whom the customer lets write.
            Answer::OutOfWindow | Answer::Blocked => {
                Some(refused(403, "Forbidden", "You do not have permission to DM one or more participants."))
            }
            Answer::ExpiredToken => Some(refused(401, "Unauthorized", "Unauthorized")),
            Answer::ServerError => Some(refused(503, "Service Unavailable", "Service Unavailable")),
            Answer::RateLimit => Some(
                refused(429, "Too Many Requests", "Too Many Requests")
                    .with("x-rate-limit-remaining", 0)
                    .with("x-rate-limit-reset", crate::simulator::now() / 1_000 + 7),
            ),
        }
    }
}

impl X {
    fn letter(&self, scene: &Scene<'_>, customer: &Customer, kind: &str, list: &str, event: &Value) -> Letter {
        let id = customer.user_id.clone().unwrap_or_default();
        self.signed(scene, kind, &json!({list: [event], "users": {id: {"data": user(customer)}}}))
    }

    fn signed(&self, scene: &Scene<'_>, kind: &str, payload: &Value) -> Letter {
        let content = json!({"data": {
            "event_uuid": scene.number.to_string(), "filter": {"user_id": self.user_id}, "event_type": kind,
            "tag": "switchboard", "payload": payload,
        }});
        let letter = Letter::json(scene.webhook_path(self), &content);
        let signature = format!("sha256={}", STANDARD.encode(hmac_sha256(&self.consumer_secret, &letter.body)));
        letter.with("x-twitter-webhooks-signature", signature)
    }
}

/// An id of X's tells when it was made, in milliseconds since its first; a reading is told by it.
/// <https://docs.x.com/fundamentals/x-ids>
fn id_at(now: u64, number: u64) -> String {
    let since = now.saturating_sub(1_288_834_974_657);
    ((since << 22) + number % (1 << 22)).to_string()
}

fn user(customer: &Customer) -> Value {
    json!({"id": customer.user_id, "name": customer.name, "username": customer.username})
}

fn message_data(api_url: &str, id: &str, said: &Said<'_>) -> Option<Value> {
    let media = match said {
        Said::Text(text) => return Some(json!({"text": text, "entities": {"urls": []}})),
        Said::File(file) if file.kind == FileKind::Video => json!({
            "id_str": file.id, "type": "video", "media_url_https": picture(id, &file.id, "first.jpg"),
            "video_info": {"aspect_ratio": [16, 9], "variants": film(api_url, &file.id, &file.name, "bitrate")},
        }),
        Said::File(file) => {
            json!({"id_str": file.id, "type": "photo", "media_url_https": picture(id, &file.id, &file.name)})
        }
        _ => return None,
    };
    let attachment = json!({"type": "media", "media": media});
    Some(json!({"text": "", "entities": {"urls": []}, "attachment": attachment}))
}

/// Where X keeps a picture: a photo, or the first of a film.
fn picture(message: &str, media: &str, name: &str) -> String {
    format!("https://ton.x.com/1.1/ton/data/dm/{message}/{media}/{name}")
}

/// A film as X tells it: as a list of pieces for its own players, and whole in several sizes. X keeps them on a host of
/// their own, `video.twimg.com`; here the stand-in serves the one that is to be had.
/// <https://docs.x.com/x-api/fundamentals/data-dictionary#media>
fn film(api_url: &str, media: &str, name: &str, rate: &str) -> Value {
    let kept = format!("dm_video/{media}");
    json!([
        {"content_type": "application/x-mpegURL", "url": format!("https://video.twimg.com/{kept}/pl/{name}.m3u8")},
        {rate: 320_000, "content_type": "video/mp4", "url": format!("https://video.twimg.com/{kept}/vid/320.mp4")},
        {rate: 2_176_000, "content_type": "video/mp4", "url": format!("{api_url}/{kept}/vid/{name}")},
    ])
}

fn send(person: &str, request: &Request, play: &Play) -> Result<Asked, Reply> {
    let body = request.json();
    let text = body["text"].as_str().unwrap_or_default().to_owned();
    if text.chars().count() > 10_000 {
        return Err(refused(400, "Invalid Request", "text is too long."));
    }
    let media = body["attachments"][0]["media_id"].as_str();
    let (content, file) = match media {
        Some(media) => {
            let file = play.shelf.file(media).cloned();
            let file = file.ok_or_else(|| refused(400, "Invalid Request", "There is no such media_id."))?;
            (Content::file(text), Enclosed::Bytes(file))
        }
        None if text.trim().is_empty() => {
            return Err(refused(400, "Invalid Request", "text or attachments is required."));
        }
        None => (Content::text(text), Enclosed::Nothing),
    };
    Ok(Asked::Send(Box::new(Outgoing {
        to: Address::user(person),
        content,
        file,
        callback: None,
        id: None,
        reply: Box::new(|customer, message| {
            let conversation = format!("222-{}", customer.user_id.as_deref().unwrap_or_default());
            Reply::json(201, &json!({"data": {"dm_conversation_id": conversation, "dm_event_id": message.id}}))
        }),
    })))
}

fn no_address() -> Reply {
    refused(404, "Not Found", "There is no such address.")
}

fn refused(status: u16, title: &str, detail: &str) -> Reply {
    Reply::json(status, &json!({"title": title, "detail": detail, "type": "about:blank", "status": status}))
}

#[cfg(test)]
mod tests {
    use super::id_at;

    #[test]
    fn an_id_tells_when_it_was_made() {
        // The message in the adapter's fixture: 2026-11-21 at 22:26:41 by the clock, and by its id.
        let id: u64 = id_at(1_795_300_001_123, 1).parse().expect("an id is a number");
        assert_eq!(id >> 22, 2_124_268_286_366_449_665 >> 22);
    }
}
