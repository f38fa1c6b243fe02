//! Messenger and Instagram: one Send API of Meta's with two tongues, and its webhooks.
//! <https://developers.facebook.com/docs/messenger-platform> <https://developers.facebook.com/docs/instagram-platform>

mod templates;
mod webhook;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::message::{Choice, Content, FileKind, Message};
use crate::play::{Answer, Customer, Identity, Play};
use crate::provider::{
    Ability, Address, Asked, Deed, Enclosed, Outgoing, Person, Provider, Scene, Sign, Signed, Status,
};
use crate::shelf::Filed;
use crate::wire::{Letter, Reply, Request};

const PICTURES_MOST: usize = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    Messenger,
    Instagram,
}

/// The inbox of one page, or of one Instagram account.
pub struct Inbox {
    pub product: Product,
    pub account_id: String,
    pub app_secret: String,
    pub access_token: String,
}

impl Provider for Inbox {
    fn kind(&self) -> &'static str {
        match self.product {
            Product::Messenger => "messenger",
            Product::Instagram => "instagram",
        }
    }

    fn abilities(&self) -> &'static [Ability] {
        use Ability::{Delete, Document, Edit, Photo, React, Sticker, Video, Voice};
        match self.product {
            Product::Messenger => &[Photo, Video, Voice, Document, React, Edit, Sticker],
            Product::Instagram => &[Photo, Video, Voice, React, Edit, Delete, Sticker],
        }
    }

    fn identity(&self, person: Person) -> Identity {
        let Person { number, name, username, user_id, .. } = person;
        let user_id = user_id.unwrap_or_else(|| match self.product {
            Product::Messenger => (24_000_000_000_000_000 + number).to_string(),
            Product::Instagram => (17_900_000_000_000_000 + number).to_string(),
        });
        let username = username.or_else(|| Some(name.to_lowercase().replace(' ', ".")));
        Identity {
            name,
            username: username.filter(|_| self.product == Product::Instagram),
            phone: None,
            user_id: Some(user_id),
        }
    }

    fn new_id(&self, _number: u64) -> String {
        let id = Uuid::now_v7().simple();
        match self.product {
            Product::Messenger => format!("m_{id}"),
            Product::Instagram => format!("aWdf{id}"),
        }
    }

    fn tell(&self, scene: &Scene<'_>, customer: &Customer, deed: &Deed<'_>) -> Option<Letter> {
        let event = webhook::deed(self.product, &scene.api_url, deed)?;
        let person = customer.user_id.as_deref().unwrap_or_default();
        Some(self.letter(scene, person, &self.account_id, event))
    }

    fn report(&self, scene: &Scene<'_>, customer: &Customer, message: &Message, status: Status) -> Option<Letter> {
        let person = customer.user_id.as_deref().unwrap_or_default();
        match (status, self.product) {
            // What was sent comes back as an echo, whoever sent it.
            (Status::Sent, _) => {
                let echo = webhook::echo(message)?;
                Some(self.letter(scene, &self.account_id, person, echo))
            }
            (Status::Delivered, Product::Messenger) => {
                let delivery = json!({"delivery": {"mids": [message.id], "watermark": scene.now}});
                Some(self.letter(scene, person, &self.account_id, delivery))
            }
            (Status::Read, Product::Messenger) => {
                Some(self.letter(scene, person, &self.account_id, json!({"read": {"watermark": scene.now}})))
            }
            (Status::Read, Product::Instagram) => {
                Some(self.letter(scene, person, &self.account_id, json!({"read": {"mid": message.id}})))
            }
            (Status::Delivered, Product::Instagram) | (Status::Failed(_), _) => None,
        }
    }

    fn read(&self, scene: &Scene<'_>, request: &Request, play: &Play) -> Result<Asked, Reply> {
        let segments = request.segments();
        // Files are at signed addresses: whoever has one needs no token.
        if let ["files", id] = segments[..] {
            let file = play.shelf.file(id).ok_or_else(|| refused(404, 100, Some(33), "There is no such file."))?;
            return Ok(Asked::Answer(Reply::bytes(&file.mime, file.bytes.clone())));
        }
        let token = request.bearer().or_else(|| request.field("access_token"));
        if token != Some(&self.access_token) {
            return Err(refused(401, 190, None, "Invalid OAuth access token - Cannot parse access token"));
        }
        let [_version, object, rest @ ..] = &segments[..] else {
            return Err(refused(400, 100, Some(33), "Unsupported request."));
        };
        let is_ours = *object == "me" || *object == self.account_id;
        match (request.method.as_str(), is_ours, rest) {
            ("POST", true, ["messages"]) => self.messages(request, play),
            ("POST", true, ["message_attachments"]) => upload(request),
            ("POST", true, ["subscribed_apps"]) => Ok(Asked::Answer(Reply::ok(&json!({"success": true})))),
            ("GET", true, ["message_templates"]) if self.product == Product::Messenger => {
                Ok(Asked::Answer(templates::page(request)))
            }
            ("GET", true, []) => Ok(Asked::Answer(Reply::ok(&json!({
                "id": self.account_id, "user_id": self.account_id, "name": "Acme", "username": "acme.garden",
            })))),
            ("GET", false, []) => {
                let known = play.find(scene.channel, &Address::user(*object)).and_then(|id| play.customer(id));
                let known = known.ok_or_else(|| refused(400, 100, Some(33), "Unsupported get request."))?;
                let (first, last) = known.name.split_once(' ').unwrap_or((&known.name, ""));
                Ok(Asked::Answer(Reply::ok(&json!({
                    "id": object, "first_name": first, "last_name": last, "name": known.name, "username": known.username,
                }))))
            }
            _ => Err(refused(400, 100, Some(33), "Unsupported request.")),
        }
    }

    fn refusal(&self, answer: Answer) -> Option<Reply> {
        let window = if self.product == Product::Messenger { 2_018_278 } else { 2_534_022 };
        match answer {
            Answer::Normal => None,
            Answer::OutOfWindow => {
                Some(refused(400, 10, Some(window), "(#10) This message is sent outside of allowed window."))
            }
            Answer::Blocked => {
                Some(refused(400, 551, Some(1_545_041), "(#551) This person isn't available right now."))
            }
            Answer::RateLimit => Some(
                refused(400, 613, None, "(#613) Calls to this api have exceeded the rate limit.")
                    .with("retry-after", 7),
            ),
            Answer::ExpiredToken => {
                Some(refused(401, 190, Some(463), "Error validating access token: Session has expired."))
            }
            Answer::ServerError => Some(refused(500, 2, None, "Service temporarily unavailable")),
        }
    }
}

impl Inbox {
    fn letter(&self, scene: &Scene<'_>, sender: &str, recipient: &str, mut event: Value) -> Letter {
        event["sender"] = json!({"id": sender});
        event["recipient"] = json!({"id": recipient});
        event["timestamp"] = json!(scene.now);
        let object = if self.product == Product::Messenger { "page" } else { "instagram" };
        let content = json!({
            "object": object, "entry": [{"id": self.account_id, "time": scene.now, "messaging": [event]}],
        });
        Letter::json(scene.webhook_path(self), &content).signed_in_hex("x-hub-signature-256", &self.app_secret)
    }

    fn messages(&self, request: &Request, play: &Play) -> Result<Asked, Reply> {
        let body = request.json();
        let person = body["recipient"]["id"].as_str().ok_or_else(|| parameter("recipient.id is required."))?.to_owned();
        let to = Address::user(person.clone());
        if let Some(action) = body["sender_action"].as_str() {
            let message = body["payload"]["message_id"].as_str().map(Into::into);
            let sign = match action {
                "mark_seen" => Sign::Read,
                "typing_on" => Sign::Typing,
                "typing_off" => return Ok(Asked::Answer(Reply::ok(&json!({"recipient_id": person})))),
                "react" if self.product == Product::Instagram => {
                    Sign::React(body["payload"]["reaction"].as_str().map(|word| webhook::emoji(word).into()))
                }
                "unreact" if self.product == Product::Instagram => Sign::React(None),
                other => return Err(parameter(&format!("sender_action {other} is unknown."))),
            };
            let missing = refused(400, 100, Some(2_018_001), "(#100) No matching user found");
            let reply = Reply::ok(&json!({"recipient_id": person}));
            return Ok(Asked::Sign(Signed { to: Some(to), message, signs: vec![sign], reply, missing }));
        }
        if self.product == Product::Messenger && body["messaging_type"].is_null() {
            return Err(parameter("messaging_type is required."));
        }
        let is_template = body["message"]["template"].is_object() && self.product == Product::Messenger;
        if is_template && body["messaging_type"] != "UTILITY" {
            return Err(parameter("A template is sent with the messaging_type UTILITY."));
        }
        let (content, file) = if is_template {
            (templates::shown(&body["message"]["template"])?, Enclosed::Nothing)
        } else {
            self.content(&body["message"], play)?
        };
        Ok(Asked::Send(Box::new(Outgoing {
            to,
            content,
            file,
            callback: body["message"]["metadata"].as_str().map(Into::into),
            id: None,
            reply: Box::new(move |_, message| Reply::ok(&json!({"recipient_id": person, "message_id": message.id}))),
        })))
    }

    fn content(&self, message: &Value, play: &Play) -> Result<(Content, Enclosed), Reply> {
        if let Some(text) = message["text"].as_str() {
            let is_too_long = match self.product {
                Product::Messenger => text.chars().count() > 2_000,
                Product::Instagram => text.len() > 1_000,
            };
            if text.trim().is_empty() || is_too_long {
                return Err(parameter("Length of param message[text] must be less than or equal to the limit."));
            }
            return Ok((Content::choice(text.into(), replies(message)?), Enclosed::Nothing));
        }
        if let Some(pictures) = message["attachments"].as_array().filter(|_| self.product == Product::Instagram) {
            return Ok((Content::file(""), together(pictures)?));
        }
        let payload = &message["attachment"]["payload"];
        if !matches!(message["attachment"]["type"].as_str(), Some("image" | "video" | "audio" | "file")) {
            return Err(parameter("message needs text or an attachment."));
        }
        let file = match (payload["attachment_id"].as_str(), payload["url"].as_str()) {
            (Some(id), _) => {
                let file = play.shelf.file(id).cloned();
                Enclosed::Bytes(
                    file.ok_or_else(|| refused(400, 100, Some(2_018_047), "(#100) Upload attachment failure."))?,
                )
            }
            (None, Some(link)) => Enclosed::Link(link.into()),
            (None, None) => return Err(parameter("attachment.payload needs attachment_id or url.")),
        };
        Ok((Content::file(""), file))
    }
}

/// Several pictures, and nothing else, may be one message.
fn together(pictures: &[Value]) -> Result<Enclosed, Reply> {
    if !(1..=PICTURES_MOST).contains(&pictures.len()) {
        return Err(parameter("message[attachments] has 1 to 10 pictures."));
    }
    let link = |picture: &Value| match (picture["type"].as_str(), picture["payload"]["url"].as_str()) {
        (Some("image"), Some(link)) => Ok(link.to_owned()),
        _ => Err(parameter("message[attachments] takes images by their url.")),
    };
    pictures.iter().map(link).collect::<Result<_, _>>().map(Enclosed::Links)
}

fn replies(message: &Value) -> Result<Vec<Choice>, Reply> {
    let list = message["quick_replies"].as_array().map(Vec::as_slice).unwrap_or_default();
    if list.len() > 13 {
        return Err(parameter("There are at most 13 quick replies."));
    }
    let choice = |reply: &Value| {
        let (title, id) = (reply["title"].as_str()?, reply["payload"].as_str()?);
        let is_right = (1..=20).contains(&title.chars().count()) && (1..=1_000).contains(&id.chars().count());
        is_right.then(|| Choice { id: id.into(), title: title.into(), description: None })
    };
    list.iter().map(choice).collect::<Option<_>>().ok_or_else(|| parameter("A quick reply has a title and a payload."))
}

/// `POST /{version}/{account}/message_attachments`
fn upload(request: &Request) -> Result<Asked, Reply> {
    let file = request.files.iter().find(|file| file.field == "filedata");
    let file = file.ok_or_else(|| parameter("filedata is required."))?;
    let file = Filed::new(&file.name, &file.mime, file.bytes.clone());
    Ok(Asked::Upload { file, reply: |file| Reply::ok(&json!({"attachment_id": file.id})) })
}

/// The word for a kind of file.
const fn word(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Photo => "image",
        FileKind::Video => "video",
        FileKind::Voice => "audio",
        FileKind::Document => "file",
        FileKind::Sticker => "sticker",
    }
}

fn parameter(details: &str) -> Reply {
    refused(400, 100, None, &format!("(#100) {details}"))
}

fn refused(status: u16, code: u32, subcode: Option<u32>, message: &str) -> Reply {
    let mut error = json!({"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbCdEfGhIjKlMn"});
    if let Some(subcode) = subcode {
        error["error_subcode"] = json!(subcode);
    }
    Reply::json(status, &json!({"error": error}))
}
