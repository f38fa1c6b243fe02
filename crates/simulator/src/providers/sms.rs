//! SMS and MMS by Twilio: the Messages resource and its signed forms.
//! <https://www.twilio.com/docs/messaging/api/message-resource>

mod contents;
mod list;

pub use contents::Contents;

use serde_json::json;
use uuid::Uuid;

use crate::message::{Content, Message};
use crate::play::{Answer, Customer, Identity, Play};
use crate::provider::{Ability, Address, Asked, Deed, Enclosed, Outgoing, Person, Provider, Said, Scene, Status};

use crate::wire::{Letter, Reply, Request, hmac_sha1};

/// How many files one message may have. <https://www.twilio.com/docs/api/errors/21623>
const FILES_MOST: usize = 10;

/// One number of one account.
pub struct Sms {
    pub account_sid: String,
    pub auth_token: String,
    /// With its plus.
    pub number: String,
    pub contents: Contents,
}

impl Provider for Sms {
    fn kind(&self) -> &'static str {
        "sms"
    }

    fn door(&self) -> &'static str {
        "twilio"
    }

    fn abilities(&self) -> &'static [Ability] {
        &[Ability::Photo, Ability::Video]
    }

    fn identity(&self, person: Person) -> Identity {
        let Person { number, name, phone, .. } = person;
        // Who writes by SMS cannot hide the number.
        Identity { name, username: None, phone: phone.or_else(|| Some(format!("1555{number:07}"))), user_id: None }
    }

    fn new_id(&self, _number: u64) -> String {
        format!("SM{}", Uuid::now_v7().simple())
    }

    fn tell(&self, scene: &Scene<'_>, customer: &Customer, deed: &Deed<'_>) -> Option<Letter> {
        let Deed::Says { id, said } = deed else { return None };
        let mut form = vec![
            ("MessageSid", (*id).to_owned()),
            ("SmsSid", (*id).to_owned()),
            ("SmsMessageSid", (*id).to_owned()),
            ("AccountSid", self.account_sid.clone()),
            ("From", number_of(customer)),
            ("To", self.number.clone()),
            ("SmsStatus", "received".into()),
            ("NumSegments", "1".into()),
            ("ApiVersion", "2010-04-01".into()),
        ];
        match said {
            Said::Text(text) => form.extend([("Body", (*text).to_owned()), ("NumMedia", "0".into())]),
            Said::File(file) => {
                let account = format!("{}/2010-04-01/Accounts/{}", scene.api_url, self.account_sid);
                form.extend([
                    ("Body", String::new()),
                    ("NumMedia", "1".into()),
                    ("MediaUrl0", format!("{account}/Messages/{id}/Media/{}", file.id)),
                    ("MediaContentType0", file.mime.clone()),
                ]);
            }
            // Only RCS has buttons; both ends of what is said there are on it.
            Said::Picked { question, choice } => {
                form.retain(|(name, _)| !matches!(*name, "From" | "To"));
                form.extend([
                    ("From", format!("rcs:{}", number_of(customer))),
                    ("To", "rcs:acme_agent".into()),
                    ("Body", choice.title.clone()),
                    ("NumMedia", "0".into()),
                    ("ButtonText", choice.title.clone()),
                    ("ButtonPayload", choice.id.clone()),
                    ("OriginalRepliedMessageSid", question.id.clone()),
                ]);
            }
            _ => return None,
        }
        Some(self.signed(scene, &scene.webhook_path(self), form))
    }

    fn report(&self, scene: &Scene<'_>, customer: &Customer, message: &Message, status: Status) -> Option<Letter> {
        // Whoever named no address for it hears nothing.
        let callback = message.callback.as_deref()?;
        let path = callback.strip_prefix(scene.public_base_url)?;
        let word = match status {
            Status::Sent => "sent",
            Status::Delivered => "delivered",
            Status::Failed(_) => "undelivered",
            // No phone tells that a text was read.
            Status::Read => return None,
        };
        let mut form = vec![
            ("MessageSid", message.id.clone()),
            ("SmsSid", message.id.clone()),
            ("MessageStatus", word.to_owned()),
            ("SmsStatus", word.to_owned()),
            ("AccountSid", self.account_sid.clone()),
            ("From", self.number.clone()),
            ("To", number_of(customer)),
            ("ApiVersion", "2010-04-01".into()),
        ];
        if let Status::Failed(answer) = status {
            form.push(("ErrorCode", error_code(answer).to_string()));
        }
        Some(self.signed(scene, path, form))
    }

    fn read(&self, scene: &Scene<'_>, request: &Request, play: &Play) -> Result<Asked, Reply> {
        if !request.is_basic(&self.account_sid, &self.auth_token) {
            return Err(refused(401, 20_003, "Authenticate"));
        }
        let segments = request.segments();
        if request.method == "GET" && segments == ["v1", "Content"] {
            return Ok(Asked::Answer(self.contents.page(&self.account_sid, request)));
        }
        if request.method == "POST" && segments == ["v1", "Content"] {
            return Ok(Asked::Answer(self.contents.make(scene.number, request)));
        }
        let ["2010-04-01", "Accounts", rest @ ..] = &segments[..] else {
            return Err(refused(404, 20_404, "The requested resource was not found"));
        };
        let account_file = format!("{}.json", self.account_sid);
        let answer = match (request.method.as_str(), rest) {
            ("GET", [file]) if *file == account_file => {
                json!({"sid": self.account_sid, "friendly_name": "Acme", "status": "active", "type": "Full"})
            }
            (_, [account, rest @ ..]) if *account == self.account_sid => match (request.method.as_str(), rest) {
                ("POST", ["Messages.json"]) => return self.send(request),
                ("GET", ["Messages.json"]) => list::page(self, scene, request, play),
                ("GET", ["Messages", sid, "Media.json"]) => list::media(self, play, sid),
                ("GET", ["Messages", _, "Media", id]) => {
                    let file = play.shelf.file(id).ok_or_else(|| refused(404, 20_404, "The media was not found"))?;
                    return Ok(Asked::Answer(Reply::bytes(&file.mime, file.bytes.clone())));
                }
                ("GET", ["IncomingPhoneNumbers.json"]) => {
                    json!({"incoming_phone_numbers": [{"sid": format!("PN{}", "0".repeat(32)), "phone_number": self.number, "friendly_name": "Acme"}]})
                }
                ("POST", ["IncomingPhoneNumbers", _]) => json!({"phone_number": self.number}),
                _ => return Err(refused(404, 20_404, "The requested resource was not found")),
            },
            _ => return Err(refused(404, 20_404, "The requested resource was not found")),
        };
        Ok(Asked::Answer(Reply::ok(&answer)))
    }

    fn refusal(&self, answer: Answer) -> Option<Reply> {
        match answer {
            // There is no window, and a blocked number is found out later.
            Answer::Normal | Answer::OutOfWindow | Answer::Blocked => None,
            Answer::RateLimit => Some(refused(429, 20_429, "Too Many Requests").with("retry-after", 7)),
            Answer::ExpiredToken => Some(refused(401, 20_003, "Authenticate")),
            Answer::ServerError => Some(refused(500, 20_500, "An internal server error has occurred")),
        }
    }

    fn failure(&self, answer: Answer) -> String {
        format!("{} undelivered", error_code(answer))
    }

    /// Twilio tries once more when nobody answers, and never after an answer.
    fn tries(&self) -> u32 {
        2
    }
}

impl Sms {
    fn send(&self, request: &Request) -> Result<Asked, Reply> {
        let field = |name: &str| request.field(name).unwrap_or_default().to_owned();
        let to = field("To");
        let digits = to.strip_prefix('+').unwrap_or_default();
        if digits.len() < 7 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(refused(400, 21_211, &format!("Invalid 'To' Phone Number: {to}")));
        }
        if field("From") != self.number && request.field("MessagingServiceSid").is_none() {
            return Err(refused(400, 21_606, "The 'From' phone number provided is not a valid message-capable number"));
        }
        // A Messaging Service has an RCS sender here, and every phone takes RCS.
        let by_rcs = request.field("MessagingServiceSid").is_some();
        let shown = match request.field("ContentSid") {
            Some(sid) => self.contents.shown(sid, request.field("ContentVariables"), by_rcs)?,
            None if request.field("ContentVariables").is_some() => {
                return Err(refused(400, 21_654, "ContentSid Required"));
            }
            None => Content::text(field("Body")),
        };
        let body = shown.words().to_owned();
        let links = request.fields.iter().filter(|(name, _)| name == "MediaUrl").map(|(_, link)| link.clone());
        let links: Vec<String> = links.collect();
        if links.len() > FILES_MOST {
            return Err(refused(400, 21_623, "Number of media files exceeds allowed limit"));
        }
        if body.is_empty() && links.is_empty() {
            return Err(refused(400, 21_602, "Message body is required."));
        }
        if body.chars().count() > 1_600 {
            return Err(refused(400, 21_617, "The concatenated message body exceeds the 1600 character limit"));
        }
        let (account, from) = (self.account_sid.clone(), self.number.clone());
        let content = if links.is_empty() { shown } else { Content::file(body.clone()) };
        let file = match <[String; 1]>::try_from(links) {
            Ok([link]) => Enclosed::Link(link),
            Err(links) if links.is_empty() => Enclosed::Nothing,
            Err(links) => Enclosed::Links(links),
        };
        Ok(Asked::Send(Box::new(Outgoing {
            to: Address::phone(&to),
            content,
            file,
            callback: request.field("StatusCallback").map(Into::into),
            id: None,
            reply: Box::new(move |_, message| {
                Reply::json(
                    201,
                    &json!({
                        "sid": message.id, "account_sid": account, "from": from, "to": to, "body": body, "status": "queued",
                        "num_segments": "1", "num_media": "0", "direction": "outbound-api", "error_code": null,
                        "error_message": null, "api_version": "2010-04-01",
                    }),
                )
            }),
        })))
    }

    /// Signed over the address as Twilio was told it, and every field in the order of its name.
    fn signed(&self, scene: &Scene<'_>, path: &str, mut form: Vec<(&'static str, String)>) -> Letter {
        form.sort();
        let mut signed = format!("{}{path}", scene.public_base_url);
        for (name, value) in &form {
            signed.push_str(name);
            signed.push_str(value);
        }
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&form);
        Letter {
            path: path.into(),
            headers: vec![
                ("content-type", "application/x-www-form-urlencoded".into()),
                ("x-twilio-signature", hmac_sha1(&self.auth_token, signed.as_bytes())),
                ("i-twilio-idempotency-token", Uuid::now_v7().to_string()),
            ],
            body: body.finish().into_bytes(),
        }
    }
}

fn number_of(customer: &Customer) -> String {
    format!("+{}", customer.phone.as_deref().unwrap_or_default())
}

const fn error_code(answer: Answer) -> u32 {
    match answer {
        Answer::Blocked => 30_004,
        _ => 30_003,
    }
}

fn refused(status: u16, code: u32, message: &str) -> Reply {
    let more = format!("https://www.twilio.com/docs/errors/{code}");
    Reply::json(status, &json!({"code": code, "message": message, "more_info": more, "status": status}))
}
