//! Whatever comes in, the adapter answers; it never panics, never loses an event in silence, and gives nothing that cannot
//! be stored.

use base64::Engine;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::desk::{api_at, business_messages, get, google, instagram_at, messenger_at, post, post_with, sms, whatsapp};
use crate::holds;

/// Any text, often with the one character that no database keeps.
pub fn any_text() -> impl Strategy<Value = String> {
    "\\PC{0,12}|[a-z\\x00]{0,6}"
}

/// Any JSON, with Meta's own words as keys often enough to get deep into the parser.
fn any_json() -> impl Strategy<Value = Value> {
    let key = "from|from_user_id|id|type|timestamp|text|body|edit|message|revoke|original_message_id|reaction|\
               message_id|emoji|system|wa_id|user_id|previous|current|status|errors|code|error_data|contacts|\
               profile|name|interactive|button_reply|nfm_reply|response_json|title|mime_type|caption|context|value|\
               forwarded|referred_product|product_items|quantity|latitude|longitude|phones|url|[a-z\\x00]{1,4}";
    json_with(key)
}

/// Any JSON whose keys are often these.
pub fn json_with(key: &'static str) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any_text().prop_map(Value::from),
        "text|image|video|document|audio|sticker|location|contacts|order|edit|revoke|reaction|system|interactive|button|unsupported|failed|read|stop".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..7).prop_map(|fields| Value::from(Map::from_iter(fields))),
        ]
    })
}

/// A message with a sender, an id and a type; what it says is anything.
fn any_message() -> impl Strategy<Value = Value> {
    let kind = "text|image|video|document|audio|sticker|location|contacts|order|edit|revoke|reaction|system|\
                interactive|button|unsupported|[a-z\\x00]{1,4}";
    (kind, any_json(), any_json(), any_json()).prop_map(|(kind, said, context, referral)| {
        let mut message = json!({"from": "5511900000001", "id": "wamid.1", "context": context, "referral": referral});
        message["type"] = kind.as_str().into();
        message[kind] = said;
        message
    })
}

/// Any thread event of Messenger and Instagram, with its own words as keys often enough to get deep into the parser.
fn any_messaging() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any_text().prop_map(Value::from),
        "image|sticker|file|location|fallback|template|story_mention|https://x/%ff%00.pdf?|react|unreact"
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        let key = "sender|recipient|id|timestamp|message|mid|text|is_echo|is_deleted|metadata|attachments|type|payload|\
                   url|title|sticker_id|coordinates|lat|long|elements|reply_to|story|quick_reply|postback|referral|ref|\
                   reaction|emoji|action|message_edit|num_edit|delivery|mids|watermark|read|optin|\
                   policy_enforcement|[a-z\\x00]{1,4}";
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..9).prop_map(|fields| Value::from(Map::from_iter(fields))),
        ]
    })
}

/// An event whose message carries whatever it carries.
fn any_thread_message() -> impl Strategy<Value = Value> {
    let parts = ["text", "attachments", "quick_reply", "reply_to", "referral", "metadata", "is_echo"];
    prop::collection::vec((prop::sample::select(parts.to_vec()), any_messaging()), 0..4).prop_map(|parts| {
        let mut message = Map::from_iter(parts.into_iter().map(|(part, value)| (part.to_owned(), value)));
        message.insert("mid".into(), "m_IN01".into());
        json!({"sender": {"id": "7100000000000001"}, "recipient": {"id": "600000000000001"}, "message": message})
    })
}

/// Any object, with Google's own words as keys.
fn any_said() -> impl Strategy<Value = Value> {
    let key = "senderPhoneNumber|messageId|eventType|eventId|sendTime|agentId|text|userFile|payload|fileUri|location|\
               latitude|suggestionResponse|conversationId|requestId|message|receipts|receiptType|userStatus|isTyping|agent";
    let value = prop_oneof![
        any_json(),
        prop::collection::vec((key, any_json()), 0..4).prop_map(|fields| Value::from(Map::from_iter(fields))),
    ];
    prop::collection::vec((key, value), 0..9).prop_map(|fields| Value::from(Map::from_iter(fields)))
}

/// Any form, with Twilio's own words as names often enough to get deep into the parser.
fn any_form() -> impl Strategy<Value = String> {
    let name = "MessageSid|SmsStatus|MessageStatus|ErrorCode|From|To|Body|NumMedia|MediaUrl0|MediaContentType0|OptOutType|\
                ButtonText|Latitude|Longitude|[A-Za-z0-9]{1,4}";
    let value = "SM1|received|failed|read|stop|STOP|[0-9]{0,30}|NaN|-?[0-9]{1,3}\\.[0-9]{1,9}|rcs:|:|\\PC{0,12}|[a-z\\x00]{0,6}";
    prop::collection::vec((name, value), 0..12)
        .prop_map(|fields| url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish())
}

/// Any event of the open interface, most of them nearly right.
fn any_api_event() -> impl Strategy<Value = Value> {
    let kind = "message|echo|edited|deleted|reaction|status|typing|subscription|[a-z\\x00]{1,4}";
    let texts = prop::collection::vec(any_text(), 12);
    (kind, texts, "sent|delivered|read|failed", any::<(bool, bool, bool)>(), any_json()).prop_map(
        |(kind, texts, status, (has_file, has_place, is_strange), strange)| {
            let mut event = json!({
                "type": kind, "status": status, "reason": texts[0], "emoji": texts[1], "on": true, "subscribed": true,
                "customer": { "id": texts[2], "name": texts[3], "username": texts[4], "phone": texts[5] },
                "message": { "id": texts[6], "text": texts[7], "reply_to": texts[8] },
            });
            if has_file {
                event["message"]["files"] = json!([{ "url": texts[9], "name": texts[10], "mime": texts[11] }]);
            } else if has_place {
                let place = json!({ "latitude": 1, "longitude": 2, "name": texts[9], "address": texts[10] });
                event["message"]["place"] = place;
            } else {
                event["message"]["picked"] = json!({ "id": texts[9], "title": texts[10] });
            }
            if is_strange {
                event["message"]["files"] = strange;
            }
            event
        },
    )
}

fn list() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(any_json(), 0..4)
}

fn any_lists() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(prop_oneof![any_messaging(), any_thread_message()], 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = holds::parse(&*whatsapp(), &body);
        let _ = whatsapp().verify(&post(&body, std::str::from_utf8(&body).ok()));
    }

    #[test]
    fn any_form_is_read_or_refused(form in any_form(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = holds::parse(&*sms(), &bytes);
        let _ = sms().verify(&post_with("sms", &bytes, &[("x-twilio-signature", "F/B6TQ063eLv6KfIUI2SyZxhlyg=")]));
        match holds::parse(&*sms(), form.as_bytes()) {
            Ok(events) => prop_assert!(!events.is_empty()),
            Err(_) => prop_assert!(!form.contains("MessageSid=SM1")),
        }
    }

    #[test]
    fn whatever_google_packs_is_read_or_refused(said in any_said(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = holds::parse(&*google(), &bytes);
        let _ = google().verify(&post_with("google", &bytes, &[("x-goog-signature", &"A".repeat(88))]));
        let _ = google().handshake(&post_with("google", said.to_string().as_bytes(), &[]));
        let data = base64::engine::general_purpose::STANDARD.encode(said.to_string());
        let packed = json!({"message": {"data": data}}).to_string();
        prop_assert_eq!(holds::parse(&*google(), packed.as_bytes()).expect("a delivery").len(), 1);
        let _ = holds::parse(&*business_messages(), said.to_string().as_bytes());
    }

    #[test]
    fn any_query_is_answered(query in "\\PC{0,60}") {
        let request = get(&format!("/webhooks/whatsapp/1?{query}"));
        prop_assert!(whatsapp().handshake(&request).is_some());
    }

    #[test]
    fn any_json_is_read_or_refused(body in any_json()) {
        let _ = holds::parse(&*whatsapp(), body.to_string().as_bytes());
    }

    #[test]
    fn a_message_that_says_anything_is_read_or_kept_as_unreadable(
        messages in prop::collection::vec(any_message(), 1..4),
        list in "messages|message_echoes",
    ) {
        let body = json!({"entry": [{"changes": [{"field": "messages", "value": {&list: &messages}}]}]}).to_string();
        let events = holds::parse(&*whatsapp(), body.as_bytes()).expect("a delivery");
        prop_assert_eq!(events.len(), messages.len());
    }

    #[test]
    fn news_that_says_anything_is_one_event(
        field in "message_template_status_update|message_template_quality_update|template_category_update|\
                  message_template_components_update|account_update|account_alerts|security|[a-z_\\x00]{1,8}",
        value in any_json(),
    ) {
        let body = json!({"entry": [{"changes": [{"field": field, "value": value}]}]}).to_string();
        prop_assert_eq!(holds::parse(&*whatsapp(), body.as_bytes()).expect("a delivery").len(), 1);
    }

    #[test]
    fn every_event_of_a_list_is_read_or_kept_as_unreadable(
        field in "messages|smb_message_echoes|user_id_update|user_preferences",
        lists in [list(), list(), list(), list(), list(), list()],
    ) {
        let count: usize = lists.iter().map(Vec::len).sum();
        let [messages, echoes, statuses, errors, updates, preferences] = lists;
        let value = json!({
            "messages": messages, "message_echoes": echoes, "statuses": statuses, "errors": errors,
            "user_id_update": updates, "user_preferences": preferences,
        });
        let body = json!({"entry": [{"changes": [{"field": field, "value": value}]}]}).to_string();
        prop_assert_eq!(holds::parse(&*whatsapp(), body.as_bytes()).expect("a delivery").len(), count);
    }

    #[test]
    fn every_thread_event_is_read_or_kept_as_unreadable(
        lists in [any_lists(), any_lists(), any_lists()],
    ) {
        let count: usize = lists.iter().map(Vec::len).sum();
        let [messaging, standby, values] = lists;
        let change = |value| json!({"field": "messages", "value": value});
        let changes: Vec<Value> = values.into_iter().map(change).collect();
        let body = json!({"entry": [{"messaging": messaging, "standby": standby, "changes": changes}]}).to_string();
        for adapter in [messenger_at("http://127.0.0.1:1"), instagram_at("http://127.0.0.1:1")] {
            let events = holds::parse(&*adapter, body.as_bytes()).expect("a delivery");
            prop_assert!(events.len() >= count, "{} of {count}", events.len());
        }
    }

    #[test]
    fn every_event_of_another_server_is_read_or_kept_as_unreadable(
        events in prop::collection::vec(any_api_event(), 0..4),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let api = api_at("http://127.0.0.1:1");
        let _ = holds::parse(&*api, &bytes);
        let body = json!({ "events": events }).to_string();
        prop_assert_eq!(holds::parse(&*api, body.as_bytes()).expect("a delivery").len(), events.len());
    }

    #[test]
    fn any_bytes_to_a_page_or_an_account_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let signature = String::from_utf8_lossy(&body);
        let nowhere = "http://127.0.0.1:1";
        for (kind, adapter) in [("messenger", messenger_at(nowhere)), ("instagram", instagram_at(nowhere))] {
            let _ = holds::parse(&*adapter, &body);
            let _ = adapter.verify(&post_with(kind, &body, &[("X-Hub-Signature-256", &signature)]));
        }
    }
}
