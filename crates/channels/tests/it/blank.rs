//! Ids, addresses and words of nothing but blank are none: two people without an id are not one, and a file without an
//! address is nowhere.

use std::sync::Arc;

use channels::adapter::Adapter;
use channels::inbound::{Inbound, InboundEvent, Unreadable};
use serde_json::{Value, json};

use crate::desk::{api_at, sms, telegram_at, whatsapp, x_at};
use crate::holds;

const NOWHERE: &str = "http://127.0.0.1:1";

fn only(adapter: &Arc<dyn Adapter>, body: &[u8]) -> Result<InboundEvent, Unreadable> {
    let mut events = holds::parse(&**adapter, body).expect("a delivery");
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

fn reason(event: Result<InboundEvent, Unreadable>) -> String {
    event.expect_err("it cannot be read").reason
}

fn whatsapp_change(value: &Value) -> Vec<u8> {
    json!({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).to_string().into_bytes()
}

#[test]
fn nobody_is_known_by_an_id_of_blanks() {
    let renewed = |previous: &str, current: &str| {
        whatsapp_change(&json!({"user_id_update": [{"user_id": {"previous": previous, "current": current}}]}))
    };
    for update in [renewed(" ", "BR.1"), renewed("BR.1", "")] {
        assert_eq!(reason(only(&whatsapp(), &update)), "it names nobody");
    }
    assert_eq!(reason(only(&sms(), b"MessageSid=SM1&From=rcs:&Body=oi")), "it has no sender");
}

#[test]
fn whoever_wrote_an_encrypted_message_of_ours_wrote_it_to_somebody() {
    let sent = |conversation: &str| {
        let payload = json!({"id": "1", "sender_id": "222", "conversation_id": conversation});
        let activity = json!({"event_type": "chat.sent", "filter": {"user_id": "222"}, "payload": payload});
        only(&x_at(NOWHERE), json!({"data": activity}).to_string().as_bytes())
    };
    for nobody in ["", " ", ": -222", "222:222"] {
        assert_eq!(reason(sent(nobody)), "it was written to nobody", "{nobody:?}");
    }
    let Inbound::Echo { customer, .. } = sent(" : 111-222").expect("it can be read").what else { panic!("no echo") };
    assert_eq!(customer.display_name(), "111");
}

#[test]
fn news_of_the_system_without_words_goes_by_its_kind() {
    let system = json!({"type": "customer_joined", "body": " "});
    let message = json!({"id": "wamid.1", "from": "5511900000001", "type": "system", "system": system});
    let event = only(&whatsapp(), &whatsapp_change(&json!({"messages": [message]}))).expect("it can be read");
    assert_eq!(event.what, Inbound::Unsupported { label: "Customer joined".into() });
}

#[test]
fn a_file_without_an_address_is_none() {
    let document = json!({"file_id": " ", "file_name": "bill.pdf"});
    let message = json!({"message_id": 1, "chat": {"id": 7}, "document": document, "caption": "the bill"});
    let event = only(&telegram_at(NOWHERE), json!({"update_id": 1, "message": message}).to_string().as_bytes());
    let Inbound::Message { message, .. } = event.expect("it can be read").what else { panic!("no message") };
    assert!(message.files.is_empty() && message.content.text().ends_with("the bill"), "{message:?}");
}

fn api_event(customer: &Value, at: i64, url: &str) -> Result<InboundEvent, Unreadable> {
    let message = json!({"id": "m-1", "text": "oi", "files": [{"url": url}]});
    let event = json!({"type": "message", "at": at, "customer": customer, "message": message});
    only(&api_at(NOWHERE), json!({"events": [event]}).to_string().as_bytes())
}

#[test]
fn another_server_that_leaves_blanks_is_told_or_understood() {
    let ana = json!({"id": "ana", "name": " ", "username": "", "phone": " "});
    assert_eq!(reason(api_event(&ana, 1, " ")), "a file has no address");
    let event = api_event(&ana, -1, "https://cdn.example/1").expect("it can be read");
    let Inbound::Message { customer, .. } = event.what else { panic!("no message") };
    assert_eq!((event.at, customer.display_name(), customer.phone.as_deref()), (None, "ana", None));
}
