//! Choices by a Messaging Service with an RCS sender: buttons, kept at Twilio once for the same choices, and numbered text
//! where there can be none.

use channels::error::ChannelError;
use channels::identity::ExternalId;
use channels::outbound::{Piece, ProviderSend, Receipt};
use channels::plan::plan;
use domain::message::Content;
use serde_json::{Value, json};

use crate::desk::{NOW, answer, choices, http, sms_of, tools};
use crate::stand_in::{Asked, Reply, StandIn};

const ACCEPTED: &str = r#"{"sid":"SM0000000000000000000000000000c001","status":"accepted"}"#;
const MADE: &str = r#"{"sid":"HX00000000000000000000000000000009"}"#;
const NONE: &str = r#"{"contents":[],"meta":{"next_page_url":null}}"#;

fn sends(text: &str, titles: &[&str]) -> Vec<ProviderSend> {
    let mut message = answer(Content::Choices { text: text.into(), choices: choices(titles) });
    message.to.ids = vec![ExternalId("+5511900000001".into())];
    plan(&sms_of(&rcs(), "http://127.0.0.1:1").limits(), &message, NOW, None).expect("there is no window")
}

fn rcs() -> Value {
    json!({ "sender": "MG00000000000000000000000000000002", "rcs": "yes" })
}

fn reply(status: u16, body: &str) -> Reply {
    Reply::new(status, "", body)
}

async fn asks(twilio: &StandIn, text: &str) -> Result<Receipt, ChannelError> {
    sms_of(&rcs(), &twilio.base_url).send(tools(&http()), &sends(text, &["Yes", "No"])[0]).await
}

/// What was asked, in words: to list, to make, or what a message says.
fn words(asked: &[Asked]) -> Vec<String> {
    let word = |asked: &Asked| {
        let form: Vec<(String, String)> = url::form_urlencoded::parse(&asked.bytes)
            .into_owned()
            .filter(|(name, _)| name != "StatusCallback")
            .collect();
        let said = |name: &str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        match (asked.head.starts_with("get "), asked.path().starts_with("/v1/")) {
            (true, _) => "list".to_owned(),
            (false, true) => "make".to_owned(),
            (false, false) => said("Body").or_else(|| said("ContentVariables")).unwrap_or_default(),
        }
    };
    asked.iter().map(word).collect()
}

#[tokio::test]
async fn the_same_choices_are_kept_once_whatever_is_asked_above_them() {
    let replies = [reply(200, NONE), reply(201, MADE), reply(201, ACCEPTED)];
    let twilio = StandIn::answering_in_turn(|_| replies.into()).await;

    asks(&twilio, "Ok?").await.expect("is taken");
    asks(&twilio, "Sure?").await.expect("is taken");

    let asked = twilio.asked();
    assert_eq!(words(&asked), ["list", "make", r#"{"1":"Ok?"}"#, r#"{"1":"Sure?"}"#]);
    assert!(asked[2].text().contains("ContentSid=HX00000000000000000000000000000009"), "{}", asked[2].text());
    assert!(asked.iter().all(|asked| asked.head.contains("authorization: basic ")));
    assert_eq!(asked[1].body["types"]["twilio/text"]["body"], "{{1}}\n\n1. Yes\n2. No");
}

#[tokio::test]
async fn choices_that_were_kept_before_are_found_by_their_name_and_are_no_templates() {
    let replies = [reply(200, NONE), reply(201, MADE), reply(201, ACCEPTED)];
    let before = StandIn::answering_in_turn(|_| replies.into()).await;
    asks(&before, "Ok?").await.expect("is taken");
    let kept = json!({
        "sid": "HX00000000000000000000000000000042", "friendly_name": before.asked()[1].body["friendly_name"],
        "types": before.asked()[1].body["types"],
    });
    let list = json!({ "contents": ["odd", kept] }).to_string();

    let twilio = StandIn::answering_in_turn(|_| vec![reply(200, &list), reply(201, ACCEPTED)]).await;
    asks(&twilio, "Ok?").await.expect("is taken");
    assert_eq!(words(&twilio.asked()), ["list", r#"{"1":"Ok?"}"#]);
    assert!(twilio.asked()[1].text().contains("ContentSid=HX00000000000000000000000000000042"));

    let twilio = StandIn::answering(reply(200, &list)).await;
    assert_eq!(sms_of(&rcs(), &twilio.base_url).list_templates(&http()).await, Ok(Vec::new()));
}

#[tokio::test]
async fn where_the_choices_cannot_be_kept_they_are_numbered() {
    for refusal in [reply(500, ""), reply(403, r#"{"code":20403,"status":403}"#), reply(201, "{}"), Reply::HangUp] {
        let replies = vec![reply(200, NONE), refusal, reply(201, ACCEPTED)];
        let twilio = StandIn::answering_in_turn(|_| replies).await;
        asks(&twilio, "Ok?").await.expect("is taken");
        assert_eq!(words(&twilio.asked()), ["list", "make", "Ok?\n\n1. Yes\n2. No"]);
    }
    let twilio = StandIn::answering_in_turn(|_| vec![reply(503, ""), reply(201, ACCEPTED)]).await;
    asks(&twilio, "Ok?").await.expect("is taken");
    assert_eq!(words(&twilio.asked()), ["list", "Ok?\n\n1. Yes\n2. No"]);
}

#[tokio::test]
async fn choices_that_twilio_lost_are_numbered_and_kept_anew_the_next_time() {
    let gone = r#"{"code":21655,"message":"The ContentSid is Invalid","status":400}"#;
    let replies = vec![
        reply(200, NONE),
        reply(201, MADE),
        reply(400, gone),
        reply(201, ACCEPTED),
        reply(201, MADE),
        reply(201, ACCEPTED),
    ];
    let twilio = StandIn::answering_in_turn(|_| replies).await;

    asks(&twilio, "Ok?").await.expect("is taken");
    asks(&twilio, "Sure?").await.expect("is taken");

    let numbered = "Ok?\n\n1. Yes\n2. No";
    assert_eq!(words(&twilio.asked()), ["list", "make", r#"{"1":"Ok?"}"#, numbered, "make", r#"{"1":"Sure?"}"#]);
}

#[tokio::test]
async fn a_question_whose_outcome_nobody_knows_is_not_asked_once_more() {
    for end in [reply(504, ""), reply(201, "<html>"), Reply::HangUp] {
        let twilio = StandIn::answering_in_turn(|_| vec![reply(200, NONE), reply(201, MADE), end]).await;
        assert_eq!(asks(&twilio, "Ok?").await, Err(ChannelError::OutcomeUnknown));
        assert_eq!(twilio.asked().len(), 3);
    }
    let replies = vec![reply(200, NONE), reply(201, MADE), reply(400, r#"{"code":21610,"status":400}"#)];
    let twilio = StandIn::answering_in_turn(|_| replies).await;
    assert_eq!(asks(&twilio, "Ok?").await, Err(ChannelError::OptedOut));
}

#[test]
fn what_no_button_takes_is_numbered_and_what_stands_above_too_long_goes_ahead() {
    let long = "a title of more than twenty letters";
    assert!(matches!(&sends("Ok?", &[long, "No"])[0].piece, Piece::Text(text) if text.contains("1. a title")));
    let eleven: Vec<String> = (1..=11).map(|number| format!("No. {number}")).collect();
    let eleven: Vec<&str> = eleven.iter().map(String::as_str).collect();
    assert!(matches!(&sends("Ok?", &eleven)[0].piece, Piece::Text(_)));
    let sends = sends(&"word ".repeat(250), &["Yes", "No"]);
    assert!(matches!((&sends[0].piece, &sends[1].piece), (Piece::Text(_), Piece::Buttons { .. })), "{sends:?}");
}
