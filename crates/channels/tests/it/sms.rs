//! What Twilio posts, and the proof that it did. The signatures here were made by Twilio's own SDK for Node
//! (`getExpectedTwilioSignature`), not by us.

use channels::codec::{RawRequest, RawResponse, Rejected, SignatureError, verify_and_parse};
use channels::inbound::{Inbound, InboundEvent, Unreadable};
use domain::message::Content;
use insta::assert_snapshot;

use crate::desk::{post_with, sms, sms_from, sms_knocked_at};
use crate::inbound::line;

const TEXT: &[u8] = include_bytes!("../../fixtures/sms/text.form");
const SIGNATURE: &str = "F/B6TQ063eLv6KfIUI2SyZxhlyg=";
/// With the token that is being replaced.
const OLD_SIGNATURE: &str = "VgzomRfunrRsiZvpv9XtQid/yY8=";
/// With a token of somebody else's.
const FOREIGN_SIGNATURE: &str = "wmpttlMLzTK6/gwf3I9W+IJzvg8=";
/// Over the same address with `:443`.
const SIGNATURE_WITH_PORT: &str = "i+9/S03m9z6k/mtsXeVFlKldMY0=";
/// Over the same address with `?shop=a%20b&x=1`.
const SIGNATURE_WITH_QUERY: &str = "Kp69TynjVhruOuSth9vUakDEA4M=";
/// Over the same address on `desc.example`.
const SIGNATURE_OF_ANOTHER_HOST: &str = "8FM11cuUAnLOdVLx2QIlYkvjXEw=";
/// Over the same address on port 8443.
const SIGNATURE_WITH_8443: &str = "IXRi2qxyEM61eRgSPqTqPnm2EC0=";

fn signed(body: &[u8], signature: &str) -> RawRequest {
    post_with("sms", body, &[("X-Twilio-Signature", signature)])
}

#[test]
fn a_signed_delivery_is_taken_under_the_new_and_the_old_token() {
    assert_eq!(sms().verify(&signed(TEXT, SIGNATURE)), Ok(()));
    assert_eq!(sms().verify(&signed(TEXT, OLD_SIGNATURE)), Ok(()));
}

#[test]
fn a_foreign_signature_or_none_is_refused() {
    assert_eq!(sms().verify(&signed(TEXT, FOREIGN_SIGNATURE)), Err(SignatureError::Wrong));
    assert_eq!(sms().verify(&signed(TEXT, SIGNATURE_OF_ANOTHER_HOST)), Err(SignatureError::Wrong));
    assert_eq!(sms().verify(&post_with("sms", TEXT, &[])), Err(SignatureError::Missing));
    for malformed in ["", "F/B6TQ063eLv6KfIUI2SyZxhlyg", "sha1=F/B6TQ063eLv6KfIUI2SyZxhlyg="] {
        assert_eq!(sms().verify(&signed(TEXT, malformed)), Err(SignatureError::Malformed), "{malformed}");
    }
}

#[test]
fn the_address_may_be_signed_with_its_port_and_is_never_the_requests_own() {
    assert_eq!(sms().verify(&signed(TEXT, SIGNATURE_WITH_PORT)), Ok(()));
    let elsewhere = [("Host", "desc.example"), ("X-Twilio-Signature", SIGNATURE_OF_ANOTHER_HOST)];
    assert_eq!(sms().verify(&post_with("sms", TEXT, &elsewhere)), Err(SignatureError::Wrong));
    let odd = sms_knocked_at("https://desk.example:8443");
    assert_eq!(odd.verify(&signed(TEXT, SIGNATURE_WITH_8443)), Ok(()));
    assert_eq!(odd.verify(&signed(TEXT, SIGNATURE)), Ok(()));
    assert_eq!(sms().verify(&signed(TEXT, SIGNATURE_WITH_8443)), Err(SignatureError::Wrong));
}

#[test]
fn the_query_of_the_address_is_signed_as_it_came() {
    let mut request = signed(TEXT, SIGNATURE_WITH_QUERY);
    assert_eq!(sms().verify(&request), Err(SignatureError::Wrong));
    request.path_query.push_str("?shop=a%20b&x=1");
    assert_eq!(sms().verify(&request), Ok(()));
    request.path_query.push('1');
    assert_eq!(sms().verify(&request), Err(SignatureError::Wrong));
}

#[test]
fn a_repeated_name_is_signed_with_each_of_its_values_once() {
    // {MessageSid: 'SM1', A: ['z', 'b', 'b'], a: '', B: ' x '}
    let signature = "7HIFOtX99n5XSpAILsgyuJh9/BE=";
    assert_eq!(sms().verify(&signed(b"A=z&MessageSid=SM1&a=&A=b&B=+x+&A=b", signature)), Ok(()));
    assert_eq!(sms().verify(&signed(b"A=z&MessageSid=SM1&a=&A=b&B=x&A=b", signature)), Err(SignatureError::Wrong));
    assert_eq!(sms().verify(&signed(b"A=z&MessageSid=SM1&a=&B=+x+", signature)), Err(SignatureError::Wrong));
}

#[test]
fn one_flipped_byte_anywhere_is_refused() {
    let sms = sms();
    for place in 0..TEXT.len() {
        let mut body = TEXT.to_vec();
        body[place] ^= 1;
        // A few signs are written in two ways and mean the same; what is read is the same, too.
        if sms.verify(&signed(&body, SIGNATURE)).is_ok() {
            assert_eq!(sms.parse(&body), sms.parse(TEXT), "byte {place}");
        }
    }
    for place in 0..SIGNATURE.len() {
        let mut signature = SIGNATURE.as_bytes().to_vec();
        signature[place] ^= 1;
        let signature = String::from_utf8(signature).expect("still ASCII");
        assert!(sms.verify(&signed(TEXT, &signature)).is_err(), "byte {place}");
    }
}

#[test]
fn a_field_added_or_taken_away_is_refused() {
    let longer = [TEXT, b"&New=1"].concat();
    assert_eq!(sms().verify(&signed(&longer, SIGNATURE)), Err(SignatureError::Wrong));
    let shorter = TEXT.strip_suffix(b"&ApiVersion=2010-04-01").expect("the last field");
    assert_eq!(sms().verify(&signed(shorter, SIGNATURE)), Err(SignatureError::Wrong));
}

#[test]
fn nothing_is_read_from_a_delivery_that_is_not_proven() {
    let walked = verify_and_parse(&*sms(), &signed(b"no form", SIGNATURE));
    assert_eq!(walked, Err(Rejected::Signature(SignatureError::Wrong)));
    assert_eq!(verify_and_parse(&*sms(), &signed(TEXT, SIGNATURE)).map(|events| events.len()), Ok(1));
}

#[test]
fn twilio_is_answered_with_nothing_to_say() {
    let nothing = RawResponse { status: 200, content_type: "text/xml", body: "<Response/>".into() };
    assert_eq!(sms().acknowledgement(), nothing);
}

macro_rules! reads {
    ($sms:expr; $($test:ident: $($fixture:literal),+;)+) => {$(
        #[test]
        fn $test() {
            $(
                let events = $sms.parse(include_bytes!(concat!("../../fixtures/sms/", $fixture, ".form")));
                let lines: Vec<_> = events.expect("a delivery").iter().map(line).collect();
                assert_snapshot!($fixture, lines.join("\n"));
            )+
        }
    )+};
}

reads! { sms();
    a_text_is_read_with_its_accents_and_its_smile: "text";
    pictures_sounds_and_cards_are_files: "media";
    who_stops_opts_out_and_is_heard_all_the_same: "stop", "stop_by_word";
    who_starts_opts_in_and_who_asks_for_help_does_neither: "start", "help";
    what_is_for_another_number_is_kept_apart: "other_number";
    an_empty_message_is_still_one: "empty";
    news_of_our_messages_is_a_delivery: "status_queued", "status_sent", "status_delivered", "status_read";
    a_failure_has_its_reason_in_words: "status_undelivered", "status_failed", "status_canceled";
    a_status_new_to_us_is_named: "status_new";
}

reads! { sms_from("rcs:acme_agent");
    a_pressed_button_is_a_pick_that_answers_a_message: "rcs_pick";
    words_may_answer_a_message: "rcs_reply";
    a_place_is_on_the_map: "rcs_place";
}

#[test]
fn a_body_that_names_no_message_is_refused_without_quoting_it() {
    for body in ["", "secret", "{\"secret\":1}", "Body=secret", "MessageSid=&Body=secret", "\u{0}\u{1}"] {
        let refused = sms().parse(body.as_bytes()).expect_err("must be refused");
        assert!(!refused.reason.contains("secret"), "{refused}");
    }
}

fn only(sms: &dyn channels::adapter::Adapter, body: &str) -> Result<InboundEvent, Unreadable> {
    let mut events = sms.parse(body.as_bytes()).expect("a delivery");
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

#[test]
fn what_is_about_another_account_or_nobody_is_kept_for_an_admin_to_see() {
    for body in [
        "MessageSid=SM1&From=%2B1555&Body=hi&AccountSid=AC00000000000000000000000000000009",
        "MessageSid=SM1&Body=hi",
        "MessageSid=SM1&From=%2B5511900000001&NumMedia=1",
    ] {
        assert_eq!(only(&*sms(), body).expect_err("is unreadable").raw, body);
    }
}

#[test]
fn a_messaging_service_takes_what_comes_through_any_of_its_numbers() {
    let service = sms_from("MG00000000000000000000000000000002");
    let mine = "MessageSid=SM1&From=%2B5511900000001&To=%2B15550002222&Body=hi&MessagingServiceSid=MG00000000000000000000000000000002";
    assert!(only(&*service, mine).is_ok());
    let other = mine.replace("MG00000000000000000000000000000002", "MG00000000000000000000000000000003");
    assert!(only(&*service, &other).is_err());
}

#[test]
fn a_repeat_has_the_same_key_and_each_step_of_a_message_its_own() {
    let key = |body: &str| only(&*sms(), body).expect("an event").dedupe;
    assert_eq!(key("MessageSid=SM1&From=%2B1555&Body=hi"), key("MessageSid=SM1&From=%2B1555&Body=hi&New=1"));
    let status = |word: &str| key(&format!("MessageSid=SM1&To=%2B1555&MessageStatus={word}"));
    assert_eq!(status("sent"), status("sent"));
    assert_ne!(status("sent"), status("delivered"));
    assert_ne!(status("sent"), key("MessageSid=SM1&From=%2B1555&Body=hi"));
}

#[test]
fn a_character_that_no_database_keeps_is_dropped() {
    let event = only(&*sms(), "MessageSid=SM1&From=%2B1555&Body=a%00b").expect("an event");
    let Inbound::Message { message, .. } = event.what else { panic!("no message: {event:?}") };
    assert_eq!(message.content, Content::Text("ab".into()));
}

#[test]
fn a_number_is_the_same_customer_however_it_is_written() {
    let known = |phone: &str| sms().identity_of(phone).map(|id| id.0);
    assert_eq!(known("+55 (11) 90000-0001").as_deref(), Some("+5511900000001"));
    assert_eq!(known("5511900000001").as_deref(), Some("+5511900000001"));
    for bad in ["", "12345", "Ana", "+5511900000001x", "+5511900000001112"] {
        assert_eq!(known(bad), None, "{bad}");
    }
}
