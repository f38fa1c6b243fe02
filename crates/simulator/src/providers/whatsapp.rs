//! WhatsApp: Meta's Graph API and its webhooks. Strict: what Meta's documents do not allow is refused here, so that a
//! mistake of ours shows in the demo and not in production.
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages>

mod fields;
mod refusal;
mod shape;
mod templates;
mod webhook;

pub use webhook::BUSINESS_ACCOUNT;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use self::refusal::Refusal;
use self::shape::Media;
use crate::message::Message;
use crate::play::{Answer, Customer, Identity, Play};
use crate::provider::{Ability, Asked, Deed, Enclosed, Outgoing, Person, Provider, Scene, Sign, Signed, Status};
use crate::shelf::{Filed, Shelf};
use crate::wire::{Letter, Reply, Request};

/// One number, with the secrets that Meta would hold.
pub struct WhatsApp {
    pub phone_number_id: String,
    pub app_secret: String,
    pub access_token: String,
}

impl Provider for WhatsApp {
    fn kind(&self) -> &'static str {
        "whatsapp"
    }

    fn door(&self) -> &'static str {
        "graph"
    }

    fn abilities(&self) -> &'static [Ability] {
        use Ability::{Contact, Delete, Document, Edit, Order, Photo, Place, Poll, React, Sticker, Video, Voice};
        &[Photo, Video, Voice, Document, Place, Contact, Order, React, Edit, Delete, Sticker, Poll]
    }

    fn identity(&self, person: Person) -> Identity {
        let Person { number, name, username, phone, user_id } = person;
        let user_id = user_id.unwrap_or_else(|| format!("US.1349{number:015}"));
        Identity { name, username, phone, user_id: Some(user_id) }
    }

    fn new_id(&self, _number: u64) -> String {
        format!("wamid.{}=", uuid::Uuid::now_v7().simple().to_string().to_uppercase())
    }

    fn tell(&self, scene: &Scene<'_>, customer: &Customer, deed: &Deed<'_>) -> Option<Letter> {
        let id = match deed {
            Deed::Says { id, .. } => (*id).to_owned(),
            _ => self.new_id(scene.number),
        };
        webhook::message(&self.phone_number_id, customer, &id, scene.seconds(), deed)
            .map(|content| self.signed(scene, &content))
    }

    fn report(&self, scene: &Scene<'_>, customer: &Customer, message: &Message, status: Status) -> Option<Letter> {
        let content = webhook::status(&self.phone_number_id, customer, message, scene.seconds(), status);
        Some(self.signed(scene, &content))
    }

    fn read(&self, scene: &Scene<'_>, request: &Request, play: &Play) -> Result<Asked, Reply> {
        Ok(self.understand(scene, request, &play.shelf)?)
    }

    fn refusal(&self, answer: Answer) -> Option<Reply> {
        match answer {
            Answer::Normal | Answer::OutOfWindow | Answer::Blocked => None,
            Answer::RateLimit => Some(Refusal::rate_limit().into()),
            Answer::ExpiredToken => Some(Refusal::expired_token().into()),
            Answer::ServerError => Some(Refusal::server_error().into()),
        }
    }

    fn failure(&self, answer: Answer) -> String {
        let code = webhook::code(answer);
        format!("{code} {}", webhook::error_title(code))
    }
}

impl WhatsApp {
    fn signed(&self, scene: &Scene<'_>, content: &Value) -> Letter {
        Letter::json(scene.webhook_path(self), content).signed_in_hex("x-hub-signature-256", &self.app_secret)
    }

    fn understand(&self, scene: &Scene<'_>, request: &Request, shelf: &Shelf) -> Result<Asked, Refusal> {
        let segments = request.segments();
        // A file's own address has no version.
        if let ["files", id] = segments[..] {
            self.admit(request)?;
            let file = shelf.file(id).ok_or_else(|| Refusal::no_such_object(id))?;
            return Ok(Asked::Answer(Reply::bytes(&file.mime, file.bytes.clone())));
        }
        let [version, object, rest @ ..] = &segments[..] else { return Err(Refusal::no_such_object("")) };
        if is_version(version) && *object == BUSINESS_ACCOUNT {
            self.admit(request)?;
            return account(request, rest);
        }
        let is_ours = *object == self.phone_number_id;
        if !is_version(version) || !(is_ours || (rest.is_empty() && shelf.file(object).is_some())) {
            return Err(Refusal::no_such_object(object));
        }
        self.admit(request)?;
        match (request.method.as_str(), rest, is_ours) {
            ("POST", ["messages"], true) => messages(request, shelf),
            ("POST", ["media"], true) => upload(request),
            ("GET", [], true) => Ok(Asked::Answer(Reply::ok(&json!({
                "id": self.phone_number_id, "verified_name": "Acme", "display_phone_number": "+1 555-000-1111",
                "quality_rating": "GREEN",
            })))),
            ("GET", [], false) => {
                let file = shelf.file(object).ok_or_else(|| Refusal::no_such_object(object))?;
                Ok(Asked::Answer(Reply::ok(&json!({
                    "messaging_product": "whatsapp", "id": file.id, "mime_type": file.mime,
                    "url": format!("{}/files/{}", scene.api_url, file.id), "file_size": file.bytes.len(),
                    "sha256": hex::encode(Sha256::digest(&file.bytes)),
                }))))
            }
            _ => Err(Refusal::no_such_object(object)),
        }
    }

    fn admit(&self, request: &Request) -> Result<(), Refusal> {
        if request.bearer() == Some(&self.access_token) { Ok(()) } else { Err(Refusal::invalid_token()) }
    }
}

/// What is asked of the account that the number belongs to.
fn account(request: &Request, edge: &[&str]) -> Result<Asked, Refusal> {
    match (request.method.as_str(), edge) {
        ("GET", ["message_templates"]) => Ok(Asked::Answer(templates::page(request))),
        ("POST", ["subscribed_apps"]) => Ok(Asked::Answer(Reply::ok(&json!({"success": true})))),
        _ => Err(Refusal::no_such_object(BUSINESS_ACCOUNT)),
    }
}

fn is_version(version: &str) -> bool {
    version.strip_prefix('v').and_then(|version| version.split_once('.')).is_some_and(|(major, minor)| {
        [major, minor].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// `POST /{version}/{phone_number_id}/messages`
fn messages(request: &Request, shelf: &Shelf) -> Result<Asked, Refusal> {
    if !request.is_json() {
        return Err(Refusal::parameter("The body must be application/json."));
    }
    let body: Value =
        serde_json::from_slice(&request.body).map_err(|_| Refusal::parameter("The body is not valid JSON."))?;
    let outgoing = match shape::parse(&body)? {
        shape::Asked::Send(outgoing) => *outgoing,
        shape::Asked::Read { message_id, typing } => {
            let signs = if typing { vec![Sign::Read, Sign::Typing] } else { vec![Sign::Read] };
            return Ok(signed(message_id, signs, json!({"success": true})));
        }
        shape::Asked::React { message_id, emoji } => {
            let id = format!("wamid.{}=", uuid::Uuid::now_v7().simple());
            let answer = json!({"messaging_product": "whatsapp", "contacts": [], "messages": [{"id": id}]});
            return Ok(signed(message_id, vec![Sign::React(emoji)], answer));
        }
    };
    let file = match outgoing.media {
        None => Enclosed::Nothing,
        Some(Media::Link(link)) => Enclosed::Link(link),
        Some(Media::Id(id)) => {
            let file = shelf.file(&id).ok_or_else(|| Refusal::parameter(format!("There is no media {id}.")))?;
            Enclosed::Bytes(file.clone())
        }
    };
    let input = outgoing.to.phone.clone().or_else(|| outgoing.to.user_id.clone());
    Ok(Asked::Send(Box::new(Outgoing {
        to: outgoing.to,
        content: outgoing.content,
        file,
        callback: outgoing.callback,
        id: None,
        reply: Box::new(move |customer, message| {
            let mut contact = Map::from_iter([("input".into(), json!(input))]);
            contact.extend(customer.phone.iter().map(|phone| ("wa_id".into(), json!(phone))));
            contact.extend(customer.user_id.iter().map(|id| ("user_id".into(), json!(id))));
            Reply::ok(&json!({
                "messaging_product": "whatsapp",
                "contacts": [contact],
                "messages": [{"id": message.id, "message_status": "accepted"}],
            }))
        }),
    })))
}

fn signed(message: String, signs: Vec<Sign>, answer: Value) -> Asked {
    let missing = Refusal::parameter("message_id names no message that is known here.").into();
    Asked::Sign(Signed { to: None, message: Some(message), signs, reply: Reply::ok(&answer), missing })
}

/// `POST /{version}/{phone_number_id}/media`
fn upload(request: &Request) -> Result<Asked, Refusal> {
    if request.field("messaging_product") != Some("whatsapp") {
        return Err(Refusal::parameter("messaging_product must be whatsapp."));
    }
    let file = request.files.iter().find(|file| file.field == "file");
    let file = file.ok_or_else(|| Refusal::parameter("The parameter file is required."))?;
    let file = Filed::new(&file.name, request.field("type").unwrap_or(&file.mime), file.bytes.clone());
    Ok(Asked::Upload { file, reply: |file| Reply::ok(&json!({"id": file.id})) })
}
