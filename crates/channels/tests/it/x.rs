//! X's deliveries in, and who may bring them.

mod arbitrary;
mod catch_up;
mod sending;
mod sign_in;
mod upkeep;

use std::sync::Arc;

use channels::adapter::Adapter;
use channels::codec::{ParseError, Rejected, SignatureError, verify_and_parse};
use channels::inbound::{InboundEvent, Unreadable};
use insta::assert_snapshot;
use serde_json::Value;

use crate::desk::{get, post_with, x_at};
use crate::inbound::line;

const BODY: &[u8] = include_bytes!("../../fixtures/x/text.json");
/// `openssl dgst -sha256 -hmac consumer-secret -binary crates/channels/fixtures/x/text.json | base64`
const SIGNATURE: &str = "sha256=dj8D+UTOCrTMR9FNiPybjYAnn/ZlPDp/P18wpkh854A=";
/// The same under `old-consumer-secret`.
const OLD_SIGNATURE: &str = "sha256=5svi912l/oElD7d98ChMhXtDt4XDVThVDmma4VuVgbo=";
/// The same under `somebody-else`.
const FOREIGN_SIGNATURE: &str = "sha256=E68MRZDTD3iU1i/68wpDXkMh0HY3lbpeECH6mq+Rj6A=";

/// An account whose API nobody answers at.
fn nowhere() -> Arc<dyn Adapter> {
    x_at("http://127.0.0.1:1")
}

/// What comes of each delivery of a fixture, which is one or a list of them.
fn read(fixture: &str) -> Vec<Result<InboundEvent, Unreadable>> {
    let deliveries: Value = serde_json::from_str(fixture).expect("the fixture is JSON");
    let deliveries = deliveries.as_array().cloned().unwrap_or_else(|| vec![deliveries]);
    deliveries.iter().flat_map(|body| nowhere().parse(body.to_string().as_bytes()).expect("a delivery")).collect()
}

macro_rules! reads {
    ($($test:ident: $fixture:literal),+ $(,)?) => {$(
        #[test]
        fn $test() {
            let events = read(include_str!(concat!("../../fixtures/x/", $fixture, ".json")));
            assert_snapshot!(concat!("x_", $fixture), events.iter().map(line).collect::<Vec<_>>().join("\n"));
        }
    )+};
}

reads! {
    a_message_is_read_with_the_name_of_who_wrote_it: "text",
    links_files_answers_and_places_are_known: "messages",
    what_we_wrote_elsewhere_is_an_echo: "echoes",
    what_was_read_typed_or_encrypted_is_told: "marks",
    the_older_shape_says_the_same: "legacy",
    what_cannot_be_read_is_kept_and_hides_nothing_else: "broken",
}

#[test]
fn a_repeated_delivery_has_the_same_keys_and_no_key_twice() {
    for fixture in ["text", "messages", "echoes", "marks", "legacy"] {
        let path = format!("{}/fixtures/x/{fixture}.json", env!("CARGO_MANIFEST_DIR"));
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
fn a_body_that_is_no_delivery_is_refused_without_quoting_it() {
    for body in ["", "{", "[]", "7", "\"secret\"", "{}", r#"{"direct_message_events":["secret"]}"#] {
        let ParseError { reason } = nowhere().parse(body.as_bytes()).expect_err("must be refused");
        assert!(!reason.contains("secret"), "{reason}");
    }
}

fn verified(body: &[u8], signature: &str) -> Result<(), SignatureError> {
    nowhere().verify(&post_with("x", body, &[("X-Twitter-Webhooks-Signature", signature)]))
}

#[test]
fn a_signed_delivery_is_taken_under_the_new_and_the_old_secret() {
    assert_eq!(verified(BODY, SIGNATURE), Ok(()));
    assert_eq!(verified(BODY, OLD_SIGNATURE), Ok(()));
    assert_eq!(verified(BODY, FOREIGN_SIGNATURE), Err(SignatureError::Wrong));
    assert_eq!(nowhere().verify(&post_with("x", BODY, &[])), Err(SignatureError::Missing));
}

#[test]
fn a_signature_of_another_form_is_refused() {
    let base64 = SIGNATURE.trim_start_matches("sha256=");
    for signature in ["", "sha256=", "sha256=zz", base64, &format!("sha1={base64}"), &format!("{SIGNATURE}=")] {
        assert_eq!(verified(BODY, signature), Err(SignatureError::Malformed), "{signature}");
    }
}

#[test]
fn one_flipped_byte_anywhere_is_refused() {
    for place in 0..BODY.len() {
        let mut body = BODY.to_vec();
        body[place] ^= 1;
        assert_eq!(verified(&body, SIGNATURE), Err(SignatureError::Wrong), "byte {place}");
    }
    for place in 0..SIGNATURE.len() {
        let mut signature = SIGNATURE.as_bytes().to_vec();
        signature[place] ^= 1;
        let signature = String::from_utf8(signature).expect("still ASCII");
        assert!(verified(BODY, &signature).is_err(), "byte {place}");
    }
}

#[test]
fn a_body_written_anew_is_refused() {
    let value: Value = serde_json::from_slice(BODY).expect("the fixture is JSON");
    assert_eq!(verified(value.to_string().as_bytes(), SIGNATURE), Err(SignatureError::Wrong));
    let walked =
        verify_and_parse(&*nowhere(), &post_with("x", b"no JSON", &[("x-twitter-webhooks-signature", SIGNATURE)]));
    assert_eq!(walked, Err(Rejected::Signature(SignatureError::Wrong)));
}

#[test]
fn the_challenge_is_answered_with_the_token_signed() {
    let answer = nowhere().handshake(&get("/webhooks/x/1?crc_token=tok%2Ben%2F1")).expect("a challenge");
    // `printf %s tok+en/1 | openssl dgst -sha256 -hmac consumer-secret -binary | base64`
    let expected = r#"{"response_token":"sha256=KxhyGEWe2J9gAgk/KZDFxEmS6/mwalTCnDegwRHetNo="}"#;
    assert_eq!((answer.status, answer.content_type, answer.body.as_str()), (200, "application/json", expected));
}

#[test]
fn a_challenge_without_a_token_is_refused_and_a_delivery_is_none() {
    for query in ["", "?crc_token=", "?nonce=1", "?%ff&&=="] {
        let answer = nowhere().handshake(&get(&format!("/webhooks/x/1{query}"))).expect("a challenge");
        assert_eq!(answer.status, 400, "{query}");
    }
    assert_eq!(nowhere().handshake(&post_with("x", BODY, &[])), None);
}
