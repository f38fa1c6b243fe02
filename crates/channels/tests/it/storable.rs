//! NUL, which no database keeps, wherever a provider may write it: in words, in the names of fields, behind an escape.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use channels::adapter::Adapter;
use channels::inbound::{Inbound, InboundEvent, Unreadable};
use serde_json::{Value, json};

use crate::desk::{api_at, business_messages, google, instagram_at, messenger_at, sms, telegram_at, whatsapp, x_at};
use crate::holds;

const NOWHERE: &str = "http://127.0.0.1:1";

/// The only event of the delivery, in which nothing is left that cannot be stored.
fn only(adapter: &Arc<dyn Adapter>, body: &[u8]) -> Result<InboundEvent, Unreadable> {
    let mut events = holds::parse(&**adapter, body).expect("a delivery");
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

fn read(adapter: &Arc<dyn Adapter>, body: &Value) -> InboundEvent {
    only(adapter, body.to_string().as_bytes()).expect("it can be read")
}

#[test]
fn an_event_of_a_name_that_cannot_be_stored_is_read_by_what_is_left_of_it() {
    let cases = [
        (messenger_at(NOWHERE), json!({"entry": [{"messaging": [{"sender": {"id": "7"}, "pass_\0thread": {}}]}]})),
        (instagram_at(NOWHERE), json!({"entry": [{"changes": [{"field": "pass_\0thread", "value": {}}]}]})),
        (whatsapp(), json!({"entry": [{"changes": [{"field": "pass_\0thread", "value": {}}]}]})),
        (telegram_at(NOWHERE), json!({"update_id": 1, "pass_\0thread": {}})),
        (x_at(NOWHERE), json!({"for_user_id": "222", "pass_\0thread": {}})),
        (x_at(NOWHERE), json!({"data": {"event_type": "pass_\0thread", "filter": {"user_id": "222"}, "payload": {}}})),
    ];
    for (adapter, body) in cases {
        let label = "Pass thread".into();
        assert_eq!(read(&adapter, &body).what, Inbound::Unsupported { label }, "{body}");
    }
}

#[test]
fn a_file_or_an_attachment_of_a_name_that_cannot_be_stored_is_named_by_what_is_left_of_it() {
    let sent = |attachment: Value| {
        let message = json!({"mid": "m\u{0}_1", "attachments": [attachment]});
        let event = json!({"sender": {"id": "7\u{0}1"}, "recipient": {"id": "600000000000001"}, "message": message});
        json!({"entry": [{"messaging": [event]}]})
    };
    let file = sent(json!({"type": "file", "payload": {"url": "https://cdn.example/bi%00ll.pdf"}}));
    let strange = sent(json!({"type": "appoint\u{0}ment_booking"}));
    let Inbound::Message { message, .. } = read(&messenger_at(NOWHERE), &file).what else { panic!("{file}") };
    assert_eq!(message.files[0].name.as_deref(), Some("bill.pdf"));
    let Inbound::Message { customer, message } = read(&messenger_at(NOWHERE), &strange).what else {
        panic!("{strange}")
    };
    assert_eq!((message.content.text(), customer.ids[0].0.as_str()), ("Appointment booking", "71"));
}

#[test]
fn news_of_an_account_and_the_answers_of_a_form_keep_everything_that_can_be_stored() {
    let change = |field: &str, value: Value| json!({"entry": [{"changes": [{"field": field, "value": value}]}]});
    let news = change("account_update", json!({"event": ["ACCOUNT\u{0}", "LO\u{0}CKED"]}));
    let answers = json!({"na\u{0}me": "A\u{0}na"}).to_string();
    let message = json!({
        "from": "5511900000001", "id": "wamid.1", "type": "interactive",
        "interactive": {"nfm_reply": {"response_json": answers}},
    });
    let form = change("messages", json!({"messages": [message]}));

    let words = "Account update: Account, locked".into();
    assert_eq!(read(&whatsapp(), &news).what, Inbound::AccountAlert { words, stops: false });
    let Inbound::Message { message, .. } = read(&whatsapp(), &form).what else { panic!("{form}") };
    assert_eq!(message.content.text(), "Name: Ana");
}

#[test]
fn what_cannot_be_read_is_kept_as_far_as_it_can_be_stored() {
    let form = only(&sms(), b"MessageSid=SM1&AccountSid=AC1&Body=a\0b");
    let packed = json!({"message": {"data": STANDARD.encode("\0{")}}).to_string();
    let said = only(&google(), packed.as_bytes());
    let other = only(&business_messages(), br#"{"agent": "some\u0000body else's"}"#);

    let raw = |event: Result<InboundEvent, Unreadable>| event.expect_err("it cannot be read").raw;
    assert_eq!(raw(form), "MessageSid=SM1&AccountSid=AC1&Body=ab");
    assert_eq!(raw(said), "{");
    assert!(raw(other).contains("some"));
}

#[test]
fn another_server_may_write_it_anywhere() {
    let customer = json!({"id": "a\u{0}na", "name": "A\u{0}na", "username": "an\u{0}a", "phone": "+55\u{0}119"});
    let message = json!({
        "id": "m\u{0}-1", "text": "Ma\u{0}in 1", "reply_to": "m\u{0}-0",
        "files": [{"url": "https://cdn.example/\u{0}", "name": "bi\u{0}ll.pdf", "mime": "application/\u{0}pdf"}],
        "picked": {"id": "y\u{0}", "title": "Y\u{0}es"},
        "place": {"latitude": 1, "longitude": 2, "name": "Sh\u{0}op", "address": "Ma\u{0}in 1"},
    });
    for kind in ["message", "echo", "edited", "deleted", "reaction", "status", "typing", "subscription"] {
        for without in ["", "files", "picked", "place"] {
            let mut message = message.clone();
            message.as_object_mut().expect("an object").remove(without);
            if without == "place" {
                message.as_object_mut().expect("an object").remove("files");
            }
            let event = json!({
                "type": kind, "customer": customer, "message": message, "emoji": "\u{0}+", "status": "failed",
                "reason": "No\u{0}body", "on": true, "subscribed": true,
            });
            read(&api_at(NOWHERE), &json!({"events": [event]}));
        }
    }
}
