//! Meta's webhooks, as JSON and as signed bytes. Pure.
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples>

use hmac::{Hmac, Mac};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use crate::play::{Choice, Customer};

/// The number customers see; made up.
pub const DISPLAY_PHONE_NUMBER: &str = "15550001111";

const BUSINESS_ACCOUNT: &str = "701000000000001";

/// What a customer sends.
pub enum Written<'a> {
    Text(&'a str),
    /// A pressed button of the message `question`.
    Button {
        question: &'a str,
        choice: &'a Choice,
    },
    /// A picked row of the list in the message `question`.
    Row {
        question: &'a str,
        choice: &'a Choice,
    },
    Sticker,
    /// Something WhatsApp itself does not hand on, such as a poll.
    Poll,
}

/// One step of a message of ours on its way to the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Sent,
    Delivered,
    Read,
    /// Meta's error code.
    Failed(u32),
}

impl Status {
    const fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed(_) => "failed",
        }
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

/// The webhook for a message that `customer` wrote at `seconds` (Unix).
pub fn message(phone_number_id: &str, customer: &Customer, id: &str, seconds: u64, written: &Written<'_>) -> Value {
    let mut body = content(written);
    body.insert("id".into(), json!(id));
    body.insert("timestamp".into(), json!(seconds.to_string()));
    insert(&mut body, "from", customer.phone.as_ref());
    insert(&mut body, "from_user_id", customer.bsuid.as_ref());

    let mut profile = Map::from_iter([("name".into(), json!(customer.name))]);
    insert(&mut profile, "username", customer.username.as_ref());
    let mut contact = Map::from_iter([("profile".into(), Value::Object(profile))]);
    insert(&mut contact, "wa_id", customer.phone.as_ref());
    insert(&mut contact, "user_id", customer.bsuid.as_ref());
    envelope(phone_number_id, [("contacts", json!([contact])), ("messages", json!([body]))])
}

/// The webhook for one status of the message `id`.
pub fn status(
    phone_number_id: &str,
    customer: &Customer,
    id: &str,
    callback: Option<&str>,
    seconds: u64,
    status: Status,
) -> Value {
    let mut body = Map::from_iter([
        ("id".into(), json!(id)),
        ("status".into(), json!(status.word())),
        ("timestamp".into(), json!(seconds.to_string())),
    ]);
    insert(&mut body, "recipient_id", customer.phone.as_ref());
    insert(&mut body, "recipient_user_id", customer.bsuid.as_ref());
    insert(&mut body, "biz_opaque_callback_data", callback);
    if let Status::Failed(code) = status {
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

fn content(written: &Written<'_>) -> Map<String, Value> {
    let value = match written {
        Written::Text(text) => json!({"type": "text", "text": {"body": text}}),
        Written::Button { question, choice } => json!({
            "type": "interactive",
            "interactive": {"type": "button_reply", "button_reply": {"id": choice.id, "title": choice.title}},
            "context": {"from": DISPLAY_PHONE_NUMBER, "id": question},
        }),
        Written::Row { question, choice } => {
            let mut reply = Map::from_iter([("id".into(), json!(choice.id)), ("title".into(), json!(choice.title))]);
            insert(&mut reply, "description", choice.description.as_ref());
            json!({
                "type": "interactive",
                "interactive": {"type": "list_reply", "list_reply": reply},
                "context": {"from": DISPLAY_PHONE_NUMBER, "id": question},
            })
        }
        Written::Sticker => json!({
            "type": "sticker",
            "sticker": {"id": "905000000000001", "mime_type": "image/webp", "sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "animated": false},
        }),
        Written::Poll => json!({
            "type": "unsupported",
            "errors": [{"code": 131_051, "title": "Message type unknown", "error_data": {"details": "Message type is currently not supported."}}],
            "unsupported": {"type": "poll"},
        }),
    };
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
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

/// The bytes Meta sends: everything beyond ASCII as `\u` escapes. Whoever signs a re-encoded body fails on these.
pub fn bytes(webhook: &Value) -> Vec<u8> {
    let mut out = String::new();
    for letter in webhook.to_string().chars() {
        if letter.is_ascii() {
            out.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out.into_bytes()
}

/// The value of `X-Hub-Signature-256` for the raw `body`.
pub fn signature(app_secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Status, Written, bytes, message, signature, status};
    use crate::play::{Choice, Customer, Play};

    const NUMBER: &str = "801000000000002";

    fn person(name: &str) -> Customer {
        let play = Play::with_people(["c"].into_iter());
        play.customers.into_iter().find(|customer| customer.name == name).expect("somebody of that name is played")
    }

    #[test]
    fn a_signature_is_the_one_openssl_makes() {
        // printf '%s' BODY | openssl dgst -sha256 -hmac 'an app secret'
        let body = r#"{"object":"whatsapp_business_account","text":"gr\u00fc\u00df dich"}"#;
        let expected = "sha256=745550e3aa04873f5bcb48e3f13dac1bc44a1ca855e286925c767c863ec7ac3e";
        assert_eq!(signature("an app secret", body.as_bytes()), expected);
    }

    #[test]
    fn a_text_comes_in_the_envelope_of_the_handbook() {
        let webhook = message(NUMBER, &person("Ana Lima"), "wamid.AAA=", 1_795_300_000, &Written::Text("oi"));
        let expected = json!({"object":"whatsapp_business_account","entry":[{"id":"701000000000001","changes":[{"field":"messages","value":{
            "messaging_product":"whatsapp",
            "metadata":{"display_phone_number":"15550001111","phone_number_id":"801000000000002"},
            "contacts":[{"profile":{"name":"Ana Lima"},"wa_id":"5511900000001","user_id":"BR.1349000000000000001"}],
            "messages":[{"from":"5511900000001","from_user_id":"BR.1349000000000000001","id":"wamid.AAA=","timestamp":"1795300000","type":"text","text":{"body":"oi"}}]
        }}]}]});
        assert_eq!(webhook, expected);
    }

    #[test]
    fn who_hides_the_number_comes_without_one() {
        let webhook = message(NUMBER, &person("Amara Okafor"), "wamid.A=", 1, &Written::Text("hello"));
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
        let webhook = message(
            NUMBER,
            &person("Ana Lima"),
            "wamid.B=",
            1,
            &Written::Button { question: "wamid.Q=", choice: &choice },
        );
        let message = &webhook["entry"][0]["changes"][0]["value"]["messages"][0];
        assert_eq!(
            message["interactive"],
            json!({"type": "button_reply", "button_reply": {"id": "yes", "title": "Sim"}})
        );
        assert_eq!(message["context"]["id"], "wamid.Q=");
    }

    #[test]
    fn a_status_has_the_shape_of_the_handbook() {
        let webhook =
            status(NUMBER, &person("Ana Lima"), "wamid.CCC=", Some("outbox:42"), 1_795_300_009, Status::Delivered);
        let expected = json!([{"id":"wamid.CCC=","status":"delivered","timestamp":"1795300009","recipient_id":"5511900000001",
            "recipient_user_id":"BR.1349000000000000001","biz_opaque_callback_data":"outbox:42",
            "conversation":{"id":"conversation-1","origin":{"type":"service"}},
            "pricing":{"billable":true,"pricing_model":"PMP","category":"service"}}]);
        assert_eq!(webhook["entry"][0]["changes"][0]["value"]["statuses"], expected);
    }

    #[test]
    fn a_failed_status_carries_the_error() {
        let webhook = status(NUMBER, &person("Ana Lima"), "wamid.C=", None, 1, Status::Failed(131_047));
        let errors = &webhook["entry"][0]["changes"][0]["value"]["statuses"][0]["errors"];
        assert_eq!(errors[0]["code"], 131_047);
        assert!(errors[0]["error_data"]["details"].is_string());
    }

    #[test]
    fn letters_beyond_ascii_are_escaped_as_meta_does() {
        let body = bytes(&json!({"text": "grüß 👍"}));
        assert_eq!(String::from_utf8_lossy(&body), r#"{"text":"gr\u00fc\u00df \ud83d\udc4d"}"#);
        let back: serde_json::Value = serde_json::from_slice(&body).expect("it is JSON still");
        assert_eq!(back, json!({"text": "grüß 👍"}));
    }
}
