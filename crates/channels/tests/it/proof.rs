//! Only Meta gets through the door. The signatures here were made by openssl, not by us.

use channels::codec::{RawResponse, Rejected, SignatureError, verify_and_parse};
use serde_json::Value;

use crate::desk::{get, post, whatsapp};

const BODY: &[u8] = include_bytes!("../../fixtures/whatsapp/text.json");
/// `openssl dgst -sha256 -hmac app-secret crates/channels/fixtures/whatsapp/text.json`
const SIGNATURE: &str = "sha256=f41833b239e1128773eb01ed88844f86671a17ecb04df8973202429922f18349";
/// `openssl dgst -sha256 -hmac old-app-secret crates/channels/fixtures/whatsapp/text.json`
const OLD_SIGNATURE: &str = "sha256=5e3f64aacd0831a55266eaa84f300cef4ad4f4012d936fe0216bb3c8535e110f";
/// `openssl dgst -sha256 -hmac somebody-else crates/channels/fixtures/whatsapp/text.json`
const FOREIGN_SIGNATURE: &str = "sha256=9dfcbed397a2e06e245d5b3e479e296796a6fc9763a1949a429ad7adf1fb1e80";

#[test]
fn a_signed_delivery_is_taken_under_the_new_and_the_old_secret() {
    assert_eq!(whatsapp().verify(&post(BODY, Some(SIGNATURE))), Ok(()));
    assert_eq!(whatsapp().verify(&post(BODY, Some(OLD_SIGNATURE))), Ok(()));
}

#[test]
fn a_delivery_signed_with_a_foreign_secret_is_refused() {
    assert_eq!(whatsapp().verify(&post(BODY, Some(FOREIGN_SIGNATURE))), Err(SignatureError::Wrong));
}

#[test]
fn an_unsigned_delivery_is_refused() {
    assert_eq!(whatsapp().verify(&post(BODY, None)), Err(SignatureError::Missing));
}

#[test]
fn a_signature_of_another_form_is_refused() {
    let hex = SIGNATURE.trim_start_matches("sha256=");
    for signature in ["", "sha256=", "sha256=zz", hex, &format!("sha1={hex}"), &format!("{SIGNATURE}00")] {
        let refused = whatsapp().verify(&post(BODY, Some(signature)));
        assert_eq!(refused, Err(SignatureError::Malformed), "{signature}");
    }
}

#[test]
fn one_flipped_byte_anywhere_in_the_body_is_refused() {
    let whatsapp = whatsapp();
    for place in 0..BODY.len() {
        let mut body = BODY.to_vec();
        body[place] ^= 1;
        assert_eq!(whatsapp.verify(&post(&body, Some(SIGNATURE))), Err(SignatureError::Wrong), "byte {place}");
    }
}

#[test]
fn one_flipped_byte_anywhere_in_the_signature_is_refused() {
    let whatsapp = whatsapp();
    for place in 0..SIGNATURE.len() {
        let mut signature = SIGNATURE.as_bytes().to_vec();
        signature[place] ^= 1;
        let signature = String::from_utf8(signature).expect("still ASCII");
        assert!(whatsapp.verify(&post(BODY, Some(&signature))).is_err(), "byte {place}");
    }
}

#[test]
fn a_body_written_anew_is_refused() {
    let value: Value = serde_json::from_slice(BODY).expect("the fixture is JSON");
    let anew = value.to_string();
    assert_eq!(serde_json::from_str::<Value>(&anew).expect("the same JSON"), value);
    assert_eq!(whatsapp().verify(&post(anew.as_bytes(), Some(SIGNATURE))), Err(SignatureError::Wrong));
}

#[test]
fn nothing_is_read_from_a_delivery_that_is_not_proven() {
    let walked = verify_and_parse(&*whatsapp(), &post(b"no JSON", Some(SIGNATURE)));
    assert_eq!(walked, Err(Rejected::Signature(SignatureError::Wrong)));
    assert_eq!(verify_and_parse(&*whatsapp(), &post(BODY, Some(SIGNATURE))).map(|events| events.len()), Ok(1));
}

#[test]
fn the_challenge_comes_back_verbatim_to_who_knows_the_token() {
    let asked =
        get("/webhooks/whatsapp/1?hub.mode=subscribe&hub.challenge=1158%2B201444&hub.verify_token=verify-token");
    assert_eq!(whatsapp().handshake(&asked), Some(RawResponse::text(200, "1158+201444")));
}

#[test]
fn a_challenge_with_another_token_is_forbidden() {
    let queries = [
        "?hub.mode=subscribe&hub.challenge=1&hub.verify_token=verify-toke",
        "?hub.mode=subscribe&hub.challenge=1",
        "?hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=verify-token",
        "?hub.mode=subscribe&hub.verify_token=verify-token",
        "?%ff&&==",
        "",
    ];
    for query in queries {
        let answer = whatsapp().handshake(&get(&format!("/webhooks/whatsapp/1{query}")));
        assert_eq!(answer, Some(RawResponse::text(403, "")), "{query}");
    }
}

#[test]
fn a_delivery_is_no_challenge() {
    assert_eq!(whatsapp().handshake(&post(BODY, Some(SIGNATURE))), None);
}
