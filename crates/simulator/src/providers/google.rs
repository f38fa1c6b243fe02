//! Google's RCS for Business: agent messages, and events in Pub/Sub's envelope.
//! <https://developers.google.com/business-communications/rcs-business-messaging>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::message::{Choice, Content, Message};
use crate::play::{Answer, Customer, Identity, Play};
use crate::provider::{
    Ability, Address, Asked, Deed, Enclosed, Outgoing, Person, Provider, Said, Scene, Sign, Signed, Status,
};
use crate::wire::{Letter, Reply, Request, civil_day, hmac_sha512};

/// One agent.
pub struct Google {
    pub agent_id: String,
    pub client_token: String,
    /// What is given for the service account's claim.
    pub access_token: String,
}

impl Provider for Google {
    fn kind(&self) -> &'static str {
        "google"
    }

    fn abilities(&self) -> &'static [Ability] {
        use Ability::{Document, Photo, Place, Typing, Video, Voice};
        &[Photo, Video, Voice, Document, Place, Typing]
    }

    fn identity(&self, person: Person) -> Identity {
        let Person { number, name, phone, .. } = person;
        Identity { name, username: None, phone: phone.or_else(|| Some(format!("1555{number:07}"))), user_id: None }
    }

    fn new_id(&self, _number: u64) -> String {
        format!("Mx{}", Uuid::now_v7().simple())
    }

    fn tell(&self, scene: &Scene<'_>, customer: &Customer, deed: &Deed<'_>) -> Option<Letter> {
        match deed {
            Deed::Says { id, said } => {
                let mut message = said_as(&scene.api_url, said)?;
                message["messageId"] = json!(id);
                Some(self.letter(scene, customer, "message", message))
            }
            Deed::Types => {
                let event = json!({"eventType": "IS_TYPING", "eventId": Uuid::now_v7().to_string()});
                Some(self.letter(scene, customer, "event", event))
            }
            Deed::Edits { .. } | Deed::Deletes { .. } | Deed::Reacts { .. } => None,
        }
    }

    fn report(&self, scene: &Scene<'_>, customer: &Customer, message: &Message, status: Status) -> Option<Letter> {
        let word = match status {
            Status::Delivered => "DELIVERED",
            Status::Read => "READ",
            Status::Sent | Status::Failed(_) => return None,
        };
        let event = json!({"eventType": word, "eventId": Uuid::now_v7().to_string(), "messageId": message.id});
        Some(self.letter(scene, customer, "event", event))
    }

    fn read(&self, _: &Scene<'_>, request: &Request, play: &Play) -> Result<Asked, Reply> {
        match (request.method.as_str(), &request.segments()[..]) {
            ("POST", ["token"]) => {
                let answer = json!({"access_token": self.access_token, "expires_in": 3_599, "token_type": "Bearer"});
                return Ok(Asked::Answer(Reply::ok(&answer)));
            }
            // Files are at short-lived addresses: whoever has one needs no token.
            ("GET", ["files", id]) => {
                let file = play.shelf.file(id).ok_or_else(|| refused(404, "NOT_FOUND", "There is no such file."))?;
                return Ok(Asked::Answer(Reply::bytes(&file.mime, file.bytes.clone())));
            }
            _ => {}
        }
        if request.bearer() != Some(&self.access_token) {
            return Err(refused(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."));
        }
        let ["v1", "phones", phone, what] = request.segments()[..] else {
            return Err(refused(404, "NOT_FOUND", "There is no such address."));
        };
        if request.field("agentId").is_some_and(|agent| agent != self.agent_id) {
            return Err(refused(403, "PERMISSION_DENIED", "The agent is not yours."));
        }
        let to = Address::phone(&phone.replace("%2B", "+"));
        match (request.method.as_str(), what) {
            ("POST", "agentMessages") => self.send(to, phone, request),
            ("POST", "agentEvents") => {
                let body = request.json();
                let sign = match body["eventType"].as_str() {
                    Some("READ") => Sign::Read,
                    Some("IS_TYPING") => Sign::Typing,
                    _ => return Err(refused(400, "INVALID_ARGUMENT", "eventType is unknown.")),
                };
                let message = body["messageId"].as_str().map(Into::into);
                let missing = refused(404, "NOT_FOUND", "Requested entity was not found.");
                let reply = Reply::ok(&json!({"name": format!("phones/{phone}/agentEvents/1")}));
                Ok(Asked::Sign(Signed { to: Some(to), message, signs: vec![sign], reply, missing }))
            }
            ("GET", "capabilities") if play.customers.iter().any(|customer| customer.phone == to.phone) => {
                Ok(Asked::Answer(Reply::ok(&json!({"features": ["RICHCARD_STANDALONE", "ACTION_DIAL"]}))))
            }
            _ => Err(refused(404, "NOT_FOUND", "Requested entity was not found.")),
        }
    }

    fn refusal(&self, answer: Answer) -> Option<Reply> {
        match answer {
            Answer::Normal => None,
            // Without a window, both are phones that RCS does not reach.
            Answer::OutOfWindow | Answer::Blocked => {
                Some(refused(404, "NOT_FOUND", "The phone number is not RCS-enabled for this agent."))
            }
            Answer::RateLimit => Some(refused(429, "RESOURCE_EXHAUSTED", "Quota exceeded.").with("retry-after", 7)),
            Answer::ExpiredToken => {
                Some(refused(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."))
            }
            Answer::ServerError => Some(refused(503, "UNAVAILABLE", "The service is currently unavailable.")),
        }
    }
}

impl Google {
    /// Signed over what is inside the envelope, not over the body.
    fn letter(&self, scene: &Scene<'_>, customer: &Customer, kind: &str, mut content: Value) -> Letter {
        content["senderPhoneNumber"] = json!(format!("+{}", customer.phone.as_deref().unwrap_or_default()));
        content["agentId"] = json!(self.agent_id);
        content["sendTime"] = json!(rfc3339(scene.now));
        let data = content.to_string();
        let envelope = json!({
            "message": {
                "data": STANDARD.encode(&data), "attributes": {"type": kind, "business_id": self.agent_id},
                "messageId": scene.number.to_string(), "publishTime": rfc3339(scene.now),
            },
            "subscription": "projects/rbm/subscriptions/demo",
        });
        let signature = hmac_sha512(&self.client_token, data.as_bytes());
        Letter::json(scene.webhook_path(self), &envelope).with("x-goog-signature", signature)
    }

    fn send(&self, to: Address, phone: &str, request: &Request) -> Result<Asked, Reply> {
        let id = request.field("messageId").filter(|id| Uuid::parse_str(id).is_ok());
        let id = id.ok_or_else(|| refused(400, "INVALID_ARGUMENT", "messageId must be a UUID."))?.to_owned();
        let body = request.json();
        let content = &body["contentMessage"];
        let link = content["contentInfo"]["fileUrl"].as_str();
        let text = content["text"].as_str().unwrap_or_default().to_owned();
        if (text.trim().is_empty() && link.is_none()) || text.chars().count() > 3_072 {
            return Err(refused(400, "INVALID_ARGUMENT", "text must have 1 to 3072 characters."));
        }
        let choices = suggestions(content)?;
        let shown = if link.is_some() { Content::file(text) } else { Content::choice(text, choices) };
        let name = format!("phones/{phone}/agentMessages/{id}");
        Ok(Asked::Send(Box::new(Outgoing {
            to,
            content: shown,
            file: link.map_or(Enclosed::Nothing, |link| Enclosed::Link(link.into())),
            callback: None,
            id: Some(id),
            reply: Box::new(move |_, message| {
                Reply::ok(
                    &json!({"name": name, "sendTime": rfc3339(message.at), "contentMessage": body["contentMessage"]}),
                )
            }),
        })))
    }
}

fn suggestions(content: &Value) -> Result<Vec<Choice>, Reply> {
    let list = content["suggestions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let choice = |suggestion: &Value| {
        let reply = &suggestion["reply"];
        let (title, id) = (reply["text"].as_str()?, reply["postbackData"].as_str()?);
        let is_right = (1..=25).contains(&title.chars().count()) && id.len() <= 2_048;
        is_right.then(|| Choice { id: id.into(), title: title.into(), description: None })
    };
    let choices: Option<Vec<_>> = list.iter().map(choice).collect();
    choices
        .filter(|choices| choices.len() <= 11)
        .ok_or_else(|| refused(400, "INVALID_ARGUMENT", "There are at most 11 suggestions, of 25 characters each."))
}

fn said_as(api_url: &str, said: &Said<'_>) -> Option<Value> {
    Some(match said {
        Said::Text(text) => json!({"text": text}),
        Said::File(file) => json!({"userFile": {"payload": {
            "mimeType": file.mime, "fileSizeBytes": file.bytes.len(), "fileName": file.name,
            "fileUri": format!("{api_url}/files/{}", file.id),
        }}}),
        Said::Place { latitude, longitude, .. } => json!({"location": {"latitude": latitude, "longitude": longitude}}),
        Said::Picked { choice, .. } => {
            json!({"suggestionResponse": {"postbackData": choice.id, "text": choice.title, "type": "REPLY"}})
        }
        Said::Contact { .. } | Said::Order { .. } | Said::Poll | Said::Encrypted => return None,
    })
}

/// A moment as Google writes it.
fn rfc3339(millis: u64) -> String {
    let (days, rest) = (millis / 86_400_000, millis % 86_400_000);
    let (year, month, day) = civil_day(days);
    let (hours, minutes, seconds) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{:03}Z", rest % 1_000)
}

fn refused(code: u16, status: &str, message: &str) -> Reply {
    Reply::json(code, &json!({"error": {"code": code, "message": message, "status": status}}))
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn a_moment_is_written_as_google_does() {
        // date -u -d @1795300000 +%FT%T
        assert_eq!(rfc3339(1_795_300_000_123), "2026-11-21T22:26:40.123Z");
        assert_eq!(rfc3339(1_709_164_800_000), "2024-02-29T00:00:00.000Z");
    }
}
