//! Meta's deliveries in, neutral events out.

use channels::codec::ParseError;
use channels::identity::ExternalId;
use channels::inbound::{Inbound, InboundEvent, Unreadable};
use domain::message::Content;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::desk::whatsapp;

fn read(body: &[u8]) -> Vec<Result<InboundEvent, Unreadable>> {
    whatsapp().parse(body).expect("the fixture is a delivery")
}

/// One event on one line, so that a snapshot can be read in review.
pub fn line(event: &Result<InboundEvent, Unreadable>) -> String {
    match event {
        Ok(InboundEvent { dedupe, at, what }) => {
            format!("{dedupe} at {}\n  {}", at.map_or(0, |at| at.0), serde_json::to_string(what).expect("has JSON"))
        }
        Err(Unreadable { reason, raw }) => {
            format!("UNREADABLE {reason}\n  {}", raw.split_whitespace().collect::<Vec<_>>().join(" "))
        }
    }
}

macro_rules! reads {
    ($($test:ident: $fixture:literal),+ $(,)?) => {$(
        #[test]
        fn $test() {
            let events = read(include_bytes!(concat!("../../fixtures/whatsapp/", $fixture, ".json")));
            assert_snapshot!($fixture, events.iter().map(line).collect::<Vec<_>>().join("\n"));
        }
    )+};
}

reads! {
    a_text_is_read_with_its_accents_and_its_smile: "text",
    a_pressed_button_and_a_picked_row_are_picks: "picks",
    a_file_comes_with_its_caption_and_the_way_to_it: "media",
    places_cards_orders_and_what_a_message_is_about: "things",
    reactions_edits_and_deletions_are_no_messages: "marks",
    a_customer_who_hides_the_number_has_an_id_all_the_same: "hidden_phone",
    a_customer_without_a_user_id_is_known_by_the_number: "phone_only",
    every_status_is_a_delivery: "statuses",
    a_new_number_or_id_belongs_to_the_same_customer: "identity",
    what_we_wrote_on_the_phone_is_an_echo: "echoes",
    news_about_the_account_is_for_an_admin: "account",
    what_becomes_of_a_template_is_told: "template_news",
    one_broken_event_does_not_hide_the_others: "broken_event",
    what_is_for_another_number_is_kept_apart: "other_number",
}

#[test]
fn a_repeated_delivery_has_the_same_keys_and_no_key_twice() {
    for fixture in ["picks", "marks", "media", "things", "statuses", "identity", "echoes", "account", "template_news"] {
        let path = format!("{}/fixtures/whatsapp/{fixture}.json", env!("CARGO_MANIFEST_DIR"));
        let body = std::fs::read(path).expect("the fixture is there");
        let keys = || read(&body).into_iter().flatten().map(|event| event.dedupe).collect::<Vec<_>>();
        let mut once = keys();
        assert_eq!(once, keys());
        once.sort();
        once.dedup();
        assert_eq!(once.len(), keys().len(), "{fixture}");
    }
}

#[test]
fn a_body_that_is_no_delivery_is_refused_without_quoting_it() {
    for body in ["", "{", "[]", "7", "\"secret\"", r#"{"entry": "secret"}"#, r#"{"object": "page", "entry": []}"#] {
        let ParseError { reason } = whatsapp().parse(body.as_bytes()).expect_err("must be refused");
        assert!(!reason.contains("secret"), "{reason}");
    }
}

#[test]
fn an_empty_delivery_says_nothing() {
    assert_eq!(read(br#"{"object":"whatsapp_business_account","entry":[]}"#), []);
}

#[test]
fn a_broken_entry_does_not_hide_the_next() {
    let good = json!({"changes": [{"field": "flows", "value": {}}]});
    let body = json!({"entry": [7, {"changes": 7}, {"changes": [7, {"field": "messages"}]}, good]});
    let events = read(body.to_string().as_bytes());
    assert_eq!(events.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, false, false, false, true]);
}

/// The events of one message, with and among these contacts.
fn message(message: &Value, contacts: &Value) -> Vec<Result<InboundEvent, Unreadable>> {
    let value = json!({"contacts": contacts, "messages": [message]});
    read(json!({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).to_string().as_bytes())
}

fn ids_and_name(events: &[Result<InboundEvent, Unreadable>]) -> (Vec<ExternalId>, Option<String>) {
    let [Ok(InboundEvent { what: Inbound::Message { customer, .. }, .. })] = events else {
        panic!("not one message: {events:?}")
    };
    (customer.ids.clone(), customer.name.clone())
}

#[test]
fn a_name_is_never_taken_from_somebody_else() {
    let text = json!({"from": "5511900000001", "id": "wamid.1", "type": "text", "text": {"body": "oi"}});
    let others = json!([{"wa_id": "5511900000002", "profile": {"name": "Bia"}}]);
    let (ids, name) = ids_and_name(&message(&text, &others));
    assert_eq!((ids, name), (vec![ExternalId("5511900000001".into())], None));
}

#[test]
fn a_number_newly_shared_joins_the_id_known_so_far() {
    let text = json!({"from": "5511900000007", "id": "wamid.1", "type": "text", "text": {"body": "oi"}});
    let contacts = json!([
        {"wa_id": "5511900000002", "user_id": "BR.2", "profile": {"name": "Bia"}},
        {"wa_id": "5511900000007", "user_id": "BR.7", "profile": {"name": "Caio"}},
    ]);
    let (ids, name) = ids_and_name(&message(&text, &contacts));
    assert_eq!(ids, [ExternalId("BR.7".into()), ExternalId("5511900000007".into())]);
    assert_eq!(name.as_deref(), Some("Caio"));
}

#[test]
fn a_character_that_no_database_keeps_is_dropped() {
    let text = json!({"from": "5511900000001", "id": "wamid.1", "type": "text", "text": {"body": "a\0b"}});
    let events = message(&text, &Value::Null);
    let [Ok(InboundEvent { what: Inbound::Message { message, .. }, .. })] = &events[..] else { panic!("{events:?}") };
    assert_eq!(message.content, Content::Text("ab".into()));
}

#[test]
fn a_message_without_a_time_is_still_a_message() {
    for timestamp in [Value::Null, json!("soon"), json!(-5), json!({})] {
        let text = json!({
            "from": "5511900000001", "id": "wamid.1", "timestamp": timestamp, "type": "text", "text": {"body": "oi"},
        });
        let events = message(&text, &Value::Null);
        assert!(matches!(&events[..], [Ok(InboundEvent { at: None, .. })]), "{events:?}");
    }
}
