//! What Google delivers, and the proof that it did. The signatures here were made by openssl, not by us.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use channels::codec::{RawRequest, RawResponse, Rejected, SignatureError, verify_and_parse};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::desk::{business_messages, get, google, post_with};
use crate::inbound::line;

const TEXT: &[u8] = include_bytes!("../../fixtures/google/rcs/text.json");
/// `openssl dgst -sha512 -hmac client-token -binary crates/channels/fixtures/google/rcs/text.json | base64 -w0`
const SIGNATURE: &str = "e8dcdxiTaDRg3WzW3o7SoCB8PsQGVSaPT9128UC/Ah1M9MxI1rqupOK/K5WFysKBywm23MbbLMeRb5R5jBH7lg==";
/// The same with `old-client-token`.
const OLD_SIGNATURE: &str = "X0scyOHjAZU8QPTY9k1MwQmcXF0Remvqi4J9TnAdeuFl+OJdmqli4joL0chVt9u1R84aDc9mLLt27h0PJTO+rg==";
/// The same with `somebody-else`.
const FOREIGN_SIGNATURE: &str =
    "lvtxEMIpvq3Rh8DmUFzQKI9ApWeijmCG5CT22XcCvlW2xnKKX5aHPJlVHJuFCmw96pBwkkenddEccdQBpzCyBA==";
const RETIRED: &[u8] = include_bytes!("../../fixtures/google/business_messages/text.json");
/// `openssl dgst -sha512 -hmac client-token -binary crates/channels/fixtures/google/business_messages/text.json | base64 -w0`
const RETIRED_SIGNATURE: &str =
    "yQYm1PSKiFvPH2ArdJ0LyOjsdYlV/B5MpX4jb7hiHp9LPdacpPlPC35Lj2qAmor3tgPQBT4cHwheprq5gVT94w==";

/// A delivery of this, packed as Google does.
fn packed(said: &[u8]) -> Vec<u8> {
    let attributes = json!({"type": "message", "business_id": "acme_agent@rbm.goog"});
    let message = json!({"data": STANDARD.encode(said), "attributes": attributes, "messageId": "1"});
    json!({"message": message, "subscription": "projects/rbm/subscriptions/acme"}).to_string().into_bytes()
}

fn signed(body: &[u8], signature: &str) -> RawRequest {
    post_with("google", body, &[("X-Goog-Signature", signature)])
}

#[test]
fn a_signed_delivery_is_taken_under_the_new_and_the_old_token() {
    assert_eq!(google().verify(&signed(&packed(TEXT), SIGNATURE)), Ok(()));
    assert_eq!(google().verify(&signed(&packed(TEXT), OLD_SIGNATURE)), Ok(()));
}

#[test]
fn a_foreign_signature_or_none_is_refused() {
    let body = packed(TEXT);
    assert_eq!(google().verify(&signed(&body, FOREIGN_SIGNATURE)), Err(SignatureError::Wrong));
    assert_eq!(google().verify(&post_with("google", &body, &[])), Err(SignatureError::Missing));
    for malformed in ["", "e8dc", &format!("sha512={SIGNATURE}"), SIGNATURE.trim_end_matches('=')] {
        assert_eq!(google().verify(&signed(&body, malformed)), Err(SignatureError::Malformed), "{malformed}");
    }
}

#[test]
fn one_flipped_byte_anywhere_is_refused() {
    let google = google();
    for place in 0..TEXT.len() {
        let mut said = TEXT.to_vec();
        said[place] ^= 1;
        assert_eq!(google.verify(&signed(&packed(&said), SIGNATURE)), Err(SignatureError::Wrong), "byte {place}");
    }
    for place in 0..SIGNATURE.len() {
        let mut signature = SIGNATURE.as_bytes().to_vec();
        signature[place] ^= 1;
        let signature = String::from_utf8(signature).expect("still ASCII");
        assert!(google.verify(&signed(&packed(TEXT), &signature)).is_err(), "byte {place}");
    }
}

#[test]
fn what_was_said_written_anew_is_refused() {
    let anew = serde_json::from_slice::<Value>(TEXT).expect("the fixture is JSON").to_string();
    assert_eq!(google().verify(&signed(&packed(anew.as_bytes()), SIGNATURE)), Err(SignatureError::Wrong));
}

#[test]
fn what_is_not_signed_changes_nothing_of_what_is_read() {
    let mut forged: Value = serde_json::from_slice(&packed(TEXT)).expect("JSON");
    forged["message"]["attributes"] = json!({"type": "event", "business_id": "other_agent@rbm.goog"});
    forged["message"]["text"] = "forged".into();
    forged["senderPhoneNumber"] = "+5511900000009".into();
    let read = |body: &[u8]| verify_and_parse(&*google(), &signed(body, SIGNATURE)).expect("is signed");
    assert_eq!(read(forged.to_string().as_bytes()), read(&packed(TEXT)));
}

#[test]
fn a_body_with_nothing_packed_into_it_is_refused() {
    for body in ["", "{}", "[]", r#"{"message":{}}"#, r#"{"message":{"data":7}}"#, r#"{"message":{"data":"secret!"}}"#]
    {
        assert_eq!(google().verify(&signed(body.as_bytes(), SIGNATURE)), Err(SignatureError::Wrong), "{body}");
        let refused = google().parse(body.as_bytes()).expect_err("must be refused");
        assert!(!refused.reason.contains("secret"), "{refused}");
    }
    let walked = verify_and_parse(&*google(), &signed(b"{}", SIGNATURE));
    assert_eq!(walked, Err(Rejected::Signature(SignatureError::Wrong)));
}

#[test]
fn business_messages_signed_the_whole_body() {
    assert_eq!(business_messages().verify(&signed(RETIRED, RETIRED_SIGNATURE)), Ok(()));
    let mut body = RETIRED.to_vec();
    for place in 0..body.len() {
        body[place] ^= 1;
        assert_eq!(business_messages().verify(&signed(&body, RETIRED_SIGNATURE)), Err(SignatureError::Wrong));
        body[place] ^= 1;
    }
}

#[test]
fn whoever_knows_the_token_gets_the_secret_back() {
    let ask = |token: &str| {
        let body = json!({"clientToken": token, "secret": "1234567890"}).to_string();
        google().handshake(&post_with("google", body.as_bytes(), &[]))
    };
    assert_eq!(ask("client-token"), Some(RawResponse::text(200, "1234567890")));
    assert_eq!(ask("old-client-token"), Some(RawResponse::text(200, "1234567890")));
    for wrong in ["", "client-toke", "client-token ", "somebody-else"] {
        assert_eq!(ask(wrong), Some(RawResponse::text(403, "")), "{wrong}");
    }
}

#[test]
fn a_delivery_or_a_visit_is_no_challenge() {
    assert_eq!(google().handshake(&signed(&packed(TEXT), SIGNATURE)), None);
    assert_eq!(google().handshake(&get("/webhooks/google/1?clientToken=client-token&secret=1")), None);
}

macro_rules! reads {
    ($google:expr, $folder:literal, $pack:expr; $($test:ident: $($fixture:literal),+;)+) => {$(
        #[test]
        fn $test() {
            $(
                let said = include_bytes!(concat!("../../fixtures/google/", $folder, "/", $fixture, ".json"));
                let events = $google.parse(&$pack(said)).expect("a delivery");
                let lines: Vec<_> = events.iter().map(line).collect();
                assert_snapshot!(concat!($folder, "_", $fixture), lines.join("\n"));
            )+
        }
    )+};
}

reads! { google(), "rcs", packed;
    a_text_is_read_with_its_accents_and_its_smile: "text";
    a_file_comes_from_where_google_keeps_it: "file";
    a_place_is_on_the_map: "place";
    a_tapped_suggestion_is_a_pick: "pick";
    what_is_new_to_us_is_named: "new_content", "new_event";
    news_of_our_messages_is_a_delivery: "delivered", "read", "expired";
    typing_is_a_sign: "typing";
    whether_the_customer_wants_to_hear_from_us_is_known: "subscribed", "unsubscribed";
    what_is_for_another_agent_is_kept_apart: "other_agent";
}

reads! { business_messages(), "business_messages", Vec::from;
    a_conversation_has_a_name_and_a_text: "text";
    a_tapped_suggestion_answers_a_message: "pick";
    receipts_come_together_and_a_broken_one_hides_no_other: "receipts";
    typing_and_other_wishes_are_read: "typing", "live_agent", "survey", "rating", "authentication", "not_signed_in";
    what_was_for_another_agent_is_kept_apart: "other_agent";
}

#[test]
fn a_repeat_has_the_same_key_and_each_event_its_own() {
    let key = |fixture: &str| {
        let path = format!("{}/fixtures/google/rcs/{fixture}.json", env!("CARGO_MANIFEST_DIR"));
        let said = std::fs::read(path).expect("the fixture is there");
        google().parse(&packed(&said)).expect("a delivery").remove(0).expect("an event").dedupe
    };
    let all = ["text", "file", "place", "pick", "delivered", "read", "expired", "typing", "subscribed", "unsubscribed"];
    let mut keys: Vec<_> = all.map(key).into();
    assert_eq!(keys, all.map(key));
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), all.len());
}

#[test]
fn an_event_that_cannot_be_read_is_kept_with_what_it_said() {
    for said in ["null", "7", r#"{"messageId":"1"}"#, r#"{"senderPhoneNumber":"+1555"}"#, r#"{"senderPhoneNumber":{}}"#]
    {
        let events = google().parse(&packed(said.as_bytes())).expect("a delivery");
        let [Err(unreadable)] = &events[..] else { panic!("{said}: {events:?}") };
        assert_eq!(unreadable.raw, said);
    }
}
