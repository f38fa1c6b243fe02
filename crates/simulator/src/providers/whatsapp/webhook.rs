//! Meta's webhooks about WhatsApp, as JSON.
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::message::{Content, FileKind, Message};
use crate::play::{Answer, Customer};
use crate::provider::{Deed, Said, Status};

/// The number customers see; made up.
pub const DISPLAY_PHONE_NUMBER: &str = "15550001111";

/// The account that every number of the play belongs to.
pub const BUSINESS_ACCOUNT: &str = "701000000000001";

/// Meta's error code for a message that failed after it was taken.
pub const fn code(answer: Answer) -> u32 {
    match answer {
        Answer::OutOfWindow => 131_047,
        Answer::Blocked => 131_026,
        _ => 131_000,
    }
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Sent => "sent",
        Status::Delivered => "delivered",
        Status::Read => "read",
        Status::Failed(_) => "failed",
    }
}

/// The title Meta gives an error that comes as a status.
pub const fn error_title(code: u32) -> &'static str {
    match code {
        131_047 => "Re-engagement message",
        131_026 => "Message undeliverable",
        _ => "Something went wrong",
    }
}

const fn error_details(code: u32) -> &'static str {
    match code {
        131_047 => {
            "Message failed to send because more than 24 hours have passed since the customer last replied to this number."
        }
        131_026 => "Message undeliverable.",
        _ => "Message failed to send because of an unknown error.",
    }
}

/// The webhook for what `customer` did at `seconds` (Unix); `id` is the new event's own.
pub fn message(phone_number_id: &str, customer: &Customer, id: &str, seconds: u64, deed: &Deed<'_>) -> Option<Value> {
    let Value::Object(mut body) = content(customer, deed)? else { return None };
    body.insert("id".into(), json!(id));
    body.insert("timestamp".into(), json!(seconds.to_string()));
    insert(&mut body, "from", customer.phone.as_ref());
    insert(&mut body, "from_user_id", customer.user_id.as_ref());

    let mut profile = Map::from_iter([("name".into(), json!(customer.name))]);
    insert(&mut profile, "username", customer.username.as_ref());
    let mut contact = Map::from_iter([("profile".into(), Value::Object(profile))]);
    insert(&mut contact, "wa_id", customer.phone.as_ref());
    insert(&mut contact, "user_id", customer.user_id.as_ref());
    Some(envelope(phone_number_id, [("contacts", json!([contact])), ("messages", json!([body]))]))
}

/// The webhook for one status of `message`.
pub fn status(phone_number_id: &str, customer: &Customer, message: &Message, seconds: u64, status: Status) -> Value {
    let mut body = Map::from_iter([
        ("id".into(), json!(message.id)),
        ("status".into(), json!(word(status))),
        ("timestamp".into(), json!(seconds.to_string())),
    ]);
    insert(&mut body, "recipient_id", customer.phone.as_ref());
    insert(&mut body, "recipient_user_id", customer.user_id.as_ref());
    insert(&mut body, "biz_opaque_callback_data", message.callback.as_ref());
    if let Status::Failed(answer) = status {
        let code = code(answer);
        let error = json!({
            "code": code,
            "title": error_title(code),
            "message": error_title(code),
            "error_data": {"details": error_details(code)},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        });
        body.insert("errors".into(), json!([error]));
    } else {
        let conversation = format!("conversation-{}", customer.id);
        body.insert("conversation".into(), json!({"id": conversation, "origin": {"type": "service"}}));
        body.insert("pricing".into(), json!({"billable": true, "pricing_model": "PMP", "category": "service"}));
    }
    envelope(phone_number_id, [("statuses", json!([body]))])
}

fn content(customer: &Customer, deed: &Deed<'_>) -> Option<Value> {
    Some(match deed {
        Deed::Says { said, .. } => said_as(said)?,
        Deed::Reacts { message, emoji } => json!({
            "type": "reaction", "reaction": {"message_id": message.id, "emoji": emoji.unwrap_or_default()},
        }),
        // Who edits what was written below a photo sends the photo with it.
        Deed::Edits { id, text } => {
            customer.message(id).filter(|message| matches!(message.content, Content::Text { .. }))?;
            json!({
                "type": "edit",
                "edit": {"original_message_id": id, "message": {"type": "text", "text": {"body": text}}},
            })
        }
        Deed::Deletes { id } => json!({"type": "revoke", "revoke": {"original_message_id": id}}),
        Deed::Types => return None,
    })
}

fn said_as(said: &Said<'_>) -> Option<Value> {
    Some(match said {
        Said::Text(text) => json!({"type": "text", "text": {"body": text}}),
        Said::File(file) => {
            let kind = file.kind.word();
            let mut media = json!({
                "id": file.id, "mime_type": file.mime, "sha256": STANDARD.encode(Sha256::digest(&file.bytes)),
            });
            match file.kind {
                FileKind::Voice => {
                    media["mime_type"] = json!("audio/ogg; codecs=opus");
                    media["voice"] = json!(true);
                }
                FileKind::Document => media["filename"] = json!(file.name),
                FileKind::Sticker => media["animated"] = json!(false),
                FileKind::Photo | FileKind::Video => {}
            }
            json!({"type": kind, kind: media})
        }
        Said::Place { latitude, longitude, name, address } => json!({
            "type": "location",
            "location": {"latitude": latitude, "longitude": longitude, "name": name, "address": address},
        }),
        Said::Picked { question, choice } if matches!(question.content, Content::List { .. }) => {
            let mut reply = Map::from_iter([("id".into(), json!(choice.id)), ("title".into(), json!(choice.title))]);
            insert(&mut reply, "description", choice.description.as_ref());
            json!({
                "type": "interactive",
                "interactive": {"type": "list_reply", "list_reply": reply},
                "context": {"from": DISPLAY_PHONE_NUMBER, "id": question.id},
            })
        }
        Said::Picked { question, choice } if matches!(question.content, Content::Template { .. }) => json!({
            "type": "button",
            "button": {"payload": choice.id, "text": choice.title},
            "context": {"from": DISPLAY_PHONE_NUMBER, "id": question.id},
        }),
        Said::Picked { question, choice } => json!({
            "type": "interactive",
            "interactive": {"type": "button_reply", "button_reply": {"id": choice.id, "title": choice.title}},
            "context": {"from": DISPLAY_PHONE_NUMBER, "id": question.id},
        }),
        Said::Contact { name, phone } => json!({
            "type": "contacts",
            "contacts": [{
                "name": {"formatted_name": name, "first_name": name.split(' ').next()},
                "phones": [{"phone": format!("+{phone}"), "wa_id": phone, "type": "CELL"}],
            }],
        }),
        Said::Order { product } => json!({
            "type": "order",
            "order": {
                "catalog_id": "194836987003835", "text": "For Friday, please.",
                "product_items": [{"product_retailer_id": product, "quantity": 2, "item_price": 89.9, "currency": "BRL"}],
            },
        }),
        Said::Poll => json!({
            "type": "unsupported",
            "errors": [{"code": 131_051, "title": "Message type unknown", "error_data": {"details": "Message type is currently not supported."}}],
            "unsupported": {"type": "poll"},
        }),
        Said::Encrypted => return None,
    })
}

fn envelope(phone_number_id: &str, parts: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let mut value = Map::from_iter([
        ("messaging_product".into(), json!("whatsapp")),
        ("metadata".into(), json!({"display_phone_number": DISPLAY_PHONE_NUMBER, "phone_number_id": phone_number_id})),
    ]);
    value.extend(parts.into_iter().map(|(key, part)| (key.into(), part)));
    json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": BUSINESS_ACCOUNT, "changes": [{"field": "messages", "value": value}]}],
    })
}

fn insert(map: &mut Map<String, Value>, key: &str, value: Option<impl AsRef<str>>) {
    if let Some(value) = value {
        map.insert(key.into(), json!(value.as_ref()));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{message, status};
    use crate::message::{Choice, Content, Message, Side};
    use crate::play::{Answer, Customer, Identity, Play};
    use crate::provider::{Deed, Said, Status};

    const NUMBER: &str = "801000000000002";

    fn person(name: &str, username: Option<&str>, phone: Option<&str>, user_id: &str) -> Customer {
        let mut play = Play::default();
        let text = |text: Option<&str>| text.map(Into::into);
        play.add(
            "c",
            Identity { name: name.into(), username: text(username), phone: text(phone), user_id: Some(user_id.into()) },
        );
        play.customers.remove(0)
    }

    fn ana() -> Customer {
        person("Ana Lima", None, Some("5511900000001"), "BR.1349000000000000001")
    }

    fn says(customer: &Customer, said: Said<'_>) -> Value {
        let deed = Deed::Says { id: "wamid.AAA=", said };
        message(NUMBER, customer, "wamid.AAA=", 1_795_300_000, &deed).expect("Meta tells of it")
    }

    fn ours(callback: Option<&str>) -> Message {
        let mut message = Message::new("wamid.CCC=", 1, Side::Business, Content::text("Olá"));
        message.callback = callback.map(Into::into);
        message
    }

    #[test]
    fn a_text_comes_in_the_envelope_of_the_handbook() {
        let expected = json!({"object":"whatsapp_business_account","entry":[{"id":"701000000000001","changes":[{"field":"messages","value":{
            "messaging_product":"whatsapp",
            "metadata":{"display_phone_number":"15550001111","phone_number_id":"801000000000002"},
            "contacts":[{"profile":{"name":"Ana Lima"},"wa_id":"5511900000001","user_id":"BR.1349000000000000001"}],
            "messages":[{"from":"5511900000001","from_user_id":"BR.1349000000000000001","id":"wamid.AAA=","timestamp":"1795300000","type":"text","text":{"body":"oi"}}]
        }}]}]});
        assert_eq!(says(&ana(), Said::Text("oi")), expected);
    }

    #[test]
    fn who_hides_the_number_comes_without_one() {
        let amara = person("Amara Okafor", Some("amara.okafor"), None, "NG.1349000000000000003");
        let webhook = says(&amara, Said::Text("hello"));
        let value = &webhook["entry"][0]["changes"][0]["value"];
        assert_eq!(
            value["contacts"],
            json!([{"profile": {"name": "Amara Okafor", "username": "amara.okafor"}, "user_id": "NG.1349000000000000003"}])
        );
        assert!(value["messages"][0].get("from").is_none());
        assert_eq!(value["messages"][0]["from_user_id"], "NG.1349000000000000003");
    }

    #[test]
    fn a_pressed_button_names_the_question_it_answers() {
        let choice = Choice { id: "yes".into(), title: "Sim".into(), description: None };
        let question = Message::new("wamid.Q=", 1, Side::Business, Content::choice("Ok?".into(), vec![choice.clone()]));
        let webhook = says(&ana(), Said::Picked { question: &question, choice: &choice });
        let message = &webhook["entry"][0]["changes"][0]["value"]["messages"][0];
        assert_eq!(
            message["interactive"],
            json!({"type": "button_reply", "button_reply": {"id": "yes", "title": "Sim"}})
        );
        assert_eq!(message["context"]["id"], "wamid.Q=");
    }

    #[test]
    fn a_status_has_the_shape_of_the_handbook() {
        let webhook = status(NUMBER, &ana(), &ours(Some("outbox:42")), 1_795_300_009, Status::Delivered);
        let expected = json!([{"id":"wamid.CCC=","status":"delivered","timestamp":"1795300009","recipient_id":"5511900000001",
            "recipient_user_id":"BR.1349000000000000001","biz_opaque_callback_data":"outbox:42",
            "conversation":{"id":"conversation-1","origin":{"type":"service"}},
            "pricing":{"billable":true,"pricing_model":"PMP","category":"service"}}]);
        assert_eq!(webhook["entry"][0]["changes"][0]["value"]["statuses"], expected);
    }

    #[test]
    fn a_failed_status_carries_the_error() {
        let webhook = status(NUMBER, &ana(), &ours(None), 1, Status::Failed(Answer::OutOfWindow));
        let errors = &webhook["entry"][0]["changes"][0]["value"]["statuses"][0]["errors"];
        assert_eq!(errors[0]["code"], 131_047);
        assert!(errors[0]["error_data"]["details"].is_string());
    }
}
