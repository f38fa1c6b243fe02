//! The API channel: the other server of our own open interface, for messengers without an adapter.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::message::{Choice, Content, FileKind, Message};
use crate::play::{Answer, Customer, Identity, Play};
use crate::provider::{
    Ability, Address, Asked, Deed, Enclosed, Outgoing, Person, Provider, Said, Scene, Sign, Signed, Status,
};
use crate::wire::{Letter, Reply, Request, hmac_sha256};

const SIGNATURE: &str = "x-switchboard-signature";

/// The secret both sides share.
pub struct Partner {
    pub secret: String,
}

impl Provider for Partner {
    fn kind(&self) -> &'static str {
        "api"
    }

    fn door(&self) -> &'static str {
        "partner"
    }

    fn abilities(&self) -> &'static [Ability] {
        use Ability::{Delete, Document, Edit, Photo, Place, React, Typing, Video, Voice};
        &[Photo, Video, Voice, Document, Place, React, Edit, Delete, Typing]
    }

    fn identity(&self, person: Person) -> Identity {
        let Person { number, name, username, phone, user_id } = person;
        Identity { name, username, phone, user_id: Some(user_id.unwrap_or_else(|| format!("person-{number}"))) }
    }

    fn new_id(&self, _number: u64) -> String {
        Uuid::now_v7().to_string()
    }

    fn tell(&self, scene: &Scene<'_>, customer: &Customer, deed: &Deed<'_>) -> Option<Letter> {
        let event = match deed {
            Deed::Says { id, said } => {
                let mut message = said_as(&scene.api_url, said)?;
                message["id"] = json!(id);
                json!({"type": "message", "message": message})
            }
            Deed::Edits { id, text } => json!({"type": "edited", "message": {"id": id, "text": text}}),
            Deed::Deletes { id } => json!({"type": "deleted", "message": {"id": id}}),
            Deed::Reacts { message, emoji } => {
                json!({"type": "reaction", "message": {"id": message.id}, "emoji": emoji})
            }
            Deed::Types => json!({"type": "typing", "on": true}),
        };
        let mut event = event;
        event["customer"] = json!({"id": customer.user_id, "name": customer.name, "username": customer.username,
            "phone": customer.phone.as_ref().map(|phone| format!("+{phone}"))});
        Some(self.letter(scene, event))
    }

    fn report(&self, scene: &Scene<'_>, _: &Customer, message: &Message, status: Status) -> Option<Letter> {
        let word = match status {
            Status::Sent => "sent",
            Status::Delivered => "delivered",
            Status::Read => "read",
            Status::Failed(_) => "failed",
        };
        let mut event = json!({"type": "status", "message": {"id": message.id}, "status": word});
        if let Status::Failed(answer) = status {
            event["reason"] = json!(self.failure(answer));
        }
        Some(self.letter(scene, event))
    }

    fn read(&self, _: &Scene<'_>, request: &Request, play: &Play) -> Result<Asked, Reply> {
        if let ["files", id] = request.segments()[..] {
            let file = play.shelf.file(id).ok_or_else(|| refused(404, "There is no such file."))?;
            return Ok(Asked::Answer(Reply::bytes(&file.mime, file.bytes.clone())));
        }
        let expected = format!("sha256={}", hex::encode(hmac_sha256(&self.secret, &request.body)));
        if request.header(SIGNATURE) != Some(expected.as_str()) {
            return Err(refused(401, "The signature is wrong."));
        }
        let body = request.json();
        let to = body["customer"]["id"].as_str().map(Address::user);
        let message = body["message"]["id"].as_str().map(str::to_owned);
        let sign = match body["type"].as_str().unwrap_or_default() {
            "ping" => return Ok(Asked::Answer(Reply::ok(&json!({})))),
            "message" => return send(to.ok_or_else(|| refused(400, "customer.id is missing."))?, &body["message"]),
            "read" => Sign::Read,
            "typing" => Sign::Typing,
            "reaction" => Sign::React(body["emoji"].as_str().map(Into::into)),
            other => return Err(refused(400, &format!("There is no type {other}."))),
        };
        let missing = refused(404, "There is no such customer.");
        Ok(Asked::Sign(Signed { to, message, signs: vec![sign], reply: Reply::ok(&json!({})), missing }))
    }

    fn refusal(&self, answer: Answer) -> Option<Reply> {
        match answer {
            Answer::Normal | Answer::OutOfWindow | Answer::Blocked => None,
            Answer::RateLimit => Some(refused(429, "Too many at once.").with("retry-after", 7)),
            Answer::ExpiredToken => Some(refused(401, "The secret is no longer good.")),
            Answer::ServerError => Some(refused(500, "Something went wrong.")),
        }
    }

    fn failure(&self, answer: Answer) -> String {
        match answer {
            Answer::OutOfWindow => "The customer wrote too long ago.".into(),
            _ => "The customer cannot be reached.".into(),
        }
    }
}

impl Partner {
    fn letter(&self, scene: &Scene<'_>, mut event: Value) -> Letter {
        event["at"] = json!(scene.now);
        Letter::json(scene.webhook_path(self), &json!({"events": [event]})).signed_in_hex(SIGNATURE, &self.secret)
    }
}

fn said_as(api_url: &str, said: &Said<'_>) -> Option<Value> {
    Some(match said {
        Said::Text(text) => json!({"text": text}),
        Said::File(file) => {
            let kind = match file.kind {
                FileKind::Photo => "photo",
                FileKind::Voice => "voice",
                FileKind::Video => "video",
                FileKind::Document => "document",
                FileKind::Sticker => "sticker",
            };
            json!({"files": [{
                "url": format!("{api_url}/files/{}", file.id), "kind": kind, "name": file.name, "mime": file.mime,
                "bytes": file.bytes.len(),
            }]})
        }
        Said::Place { latitude, longitude, name, address } => {
            json!({"place": {"latitude": latitude, "longitude": longitude, "name": name, "address": address}})
        }
        Said::Picked { choice, .. } => json!({"picked": {"id": choice.id, "title": choice.title}}),
        Said::Contact { .. } | Said::Order { .. } | Said::Poll | Said::Encrypted => return None,
    })
}

fn send(to: Address, message: &Value) -> Result<Asked, Reply> {
    let text = message["text"].as_str().unwrap_or_default().to_owned();
    let choice = |choice: &Value| {
        let (id, title) = (choice["id"].as_str()?, choice["title"].as_str()?);
        Some(Choice { id: id.into(), title: title.into(), description: None })
    };
    let choices = message["choices"].as_array().into_iter().flatten().filter_map(choice).collect();
    let link = message["files"][0]["url"].as_str();
    let content = match (&message["place"], link) {
        (Value::Null, Some(_)) => Content::file(text),
        (Value::Null, None) if text.trim().is_empty() => return Err(refused(400, "message.text is missing.")),
        (Value::Null, None) => Content::choice(text, choices),
        (place, _) => {
            let words: Vec<_> = ["name", "address"].iter().filter_map(|key| place[*key].as_str()).collect();
            let degrees = format!("{}, {}", place["latitude"], place["longitude"]);
            Content::Place { text: if words.is_empty() { degrees } else { words.join(", ") } }
        }
    };
    Ok(Asked::Send(Box::new(Outgoing {
        to,
        content,
        file: link.map_or(Enclosed::Nothing, |link| Enclosed::Link(link.into())),
        callback: None,
        id: None,
        reply: Box::new(|_, message| Reply::ok(&json!({"id": message.id}))),
    })))
}

fn refused(status: u16, reason: &str) -> Reply {
    Reply::json(status, &json!({"reason": reason}))
}
