//! Telegram's updates in, and who may bring them.

mod arbitrary;
mod sending;

use std::sync::Arc;

use channels::adapter::Adapter;
use channels::codec::{ParseError, Rejected, SignatureError, verify_and_parse};
use channels::inbound::{InboundEvent, Unreadable};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::desk::{BOT_TOKEN, post_with, telegram_at};
use crate::inbound::line;

type Read = Result<InboundEvent, Unreadable>;

/// A bot whose API nobody answers at.
fn nowhere() -> Arc<dyn Adapter> {
    telegram_at("http://127.0.0.1:1")
}

/// What comes of each update of a fixture, which is a list of them.
fn read(fixture: &str) -> Vec<Read> {
    let updates: Vec<Value> = serde_json::from_str(fixture).expect("the fixture is a list");
    updates.iter().flat_map(|update| nowhere().parse(update.to_string().as_bytes()).expect("an update")).collect()
}

macro_rules! reads {
    ($($test:ident: $fixture:literal),+ $(,)?) => {$(
        #[test]
        fn $test() {
            let events = read(include_str!(concat!("../../fixtures/telegram/", $fixture, ".json")));
            assert_snapshot!(concat!("telegram_", $fixture), events.iter().map(line).collect::<Vec<_>>().join("\n"));
        }
    )+};
}

reads! {
    a_text_is_read_with_what_it_answers_and_where_it_came_from: "text",
    a_file_of_any_kind_is_known_and_can_be_fetched: "media",
    places_and_contacts_are_shown_and_the_rest_is_named: "things",
    edits_reactions_and_a_blocked_bot_are_no_messages: "marks",
    a_pressed_button_is_a_pick_that_can_be_answered: "picks",
    chats_of_a_business_account_are_answered_through_it: "business",
    a_group_is_one_customer_and_may_get_another_number: "groups",
    what_cannot_be_read_is_kept_and_hides_nothing_else: "broken",
}

#[test]
fn a_repeated_update_has_the_same_keys_and_no_key_twice() {
    for fixture in ["text", "media", "things", "marks", "picks", "business", "groups"] {
        let path = format!("{}/fixtures/telegram/{fixture}.json", env!("CARGO_MANIFEST_DIR"));
        let body = std::fs::read_to_string(path).expect("the fixture is there");
        let keys = || read(&body).into_iter().flatten().map(|event| event.dedupe).collect::<Vec<_>>();
        let mut once = keys();
        assert_eq!(once, keys());
        once.sort();
        once.dedup();
        assert_eq!(once.len(), keys().len(), "{fixture}");
    }
}

#[test]
fn the_same_message_in_another_update_is_the_same_message() {
    let message = json!({"message_id": 17, "date": 1, "chat": {"id": 77, "type": "private"}, "text": "oi"});
    let key = |update_id: i64| {
        let update = json!({"update_id": update_id, "message": message});
        nowhere().parse(update.to_string().as_bytes()).expect("an update").remove(0).expect("a message").dedupe
    };
    assert_eq!(key(1), key(2));
}

#[test]
fn a_body_that_is_no_update_is_refused_without_quoting_it() {
    for body in
        ["", "{", "[]", "7", "\"secret\"", "{}", r#"{"update_id":"secret"}"#, r#"{"message":{"text":"secret"}}"#]
    {
        let ParseError { reason } = nowhere().parse(body.as_bytes()).expect_err("must be refused");
        assert!(!reason.contains("secret"), "{reason}");
    }
}

const UPDATE: &[u8] = br#"{"update_id":1,"message":{"message_id":17,"date":1795300000,"chat":{"id":77},"text":"oi"}}"#;

#[test]
fn only_a_delivery_with_the_secret_is_heard() {
    let verify = |headers: &[(&str, &str)]| nowhere().verify(&post_with("telegram", UPDATE, headers));
    assert_eq!(verify(&[("X-Telegram-Bot-Api-Secret-Token", "hook-secret")]), Ok(()));
    assert_eq!(verify(&[]), Err(SignatureError::Missing));
    for wrong in ["", "hook-secre", "hook-secrets", "Hook-secret", BOT_TOKEN] {
        let refused = verify(&[("x-telegram-bot-api-secret-token", wrong)]);
        assert_eq!(refused, Err(SignatureError::Wrong), "{wrong}");
    }
    let walked = verify_and_parse(&*nowhere(), &post_with("telegram", b"no JSON", &[]));
    assert_eq!(walked, Err(Rejected::Signature(SignatureError::Missing)));
}
