//! The open interface: what another server posts, and what it is posted.

use channels::codec::{SignatureError, verify_and_parse};
use channels::error::ChannelError;
use channels::http::{Http, HttpLimits};
use channels::identity::ProviderId;
use channels::outbound::{OutboundMessage, Signal};
use channels::plan::plan;
use domain::id::FileId;
use domain::media::{FileState, MediaKind, StoredFile};
use domain::message::{Attachment, Choice, Content, Place};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::desk::{NOW, answer, api_at, post_with, tools};
use crate::inbound::line;
use crate::stand_in::{Reply, StandIn};

const EVENTS: &[u8] = include_bytes!("../../fixtures/api/events.json");
/// `openssl dgst -sha256 -hmac a-secret-of-the-other-server crates/channels/fixtures/api/events.json`
const SIGNATURE: &str = "sha256=e0c14bc3a021baedce9dcaf8e56efb582d7765d90c7c14e0860fb7acd8502d80";

fn http() -> Http {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Http::new(HttpLimits::default()).expect("a client")
}

#[test]
fn everything_the_description_names_is_read_and_the_rest_is_kept_as_unreadable() {
    let request = post_with("api", EVENTS, &[("X-Switchboard-Signature", SIGNATURE)]);
    let events = verify_and_parse(&*api_at("http://127.0.0.1:1"), &request).expect("a signed delivery");
    assert_snapshot!("api_events", events.iter().map(line).collect::<Vec<_>>().join("\n"));
}

#[test]
fn what_our_side_wrote_elsewhere_is_read_as_that() {
    let echo = include_bytes!("../../fixtures/api/echo.json");
    let events = api_at("http://127.0.0.1:1").parse(echo).expect("a delivery");
    assert_snapshot!("api_echo", events.iter().map(line).collect::<Vec<_>>().join("\n"));
}

#[test]
fn only_who_knows_the_secret_is_heard() {
    let verify = |headers: &[(&str, &str)]| api_at("http://127.0.0.1:1").verify(&post_with("api", EVENTS, headers));
    assert_eq!(verify(&[("authorization", "Bearer a-secret-of-the-other-server")]), Ok(()));
    assert_eq!(verify(&[("authorization", "Bearer a-secret-of-somebody-else")]), Err(SignatureError::Wrong));
    assert_eq!(verify(&[]), Err(SignatureError::Missing));
    assert_eq!(verify(&[("x-switchboard-signature", "sha256=00")]), Err(SignatureError::Wrong));
    let flipped = SIGNATURE.replace(SIGNATURE.chars().last().expect("it has letters"), "x");
    assert_eq!(verify(&[("x-switchboard-signature", &flipped)]), Err(SignatureError::Wrong));
}

#[test]
fn one_flipped_byte_or_the_same_written_anew_is_refused() {
    let api = api_at("http://127.0.0.1:1");
    let verify = |body: &[u8]| api.verify(&post_with("api", body, &[("X-Switchboard-Signature", SIGNATURE)]));
    for place in 0..EVENTS.len() {
        let mut body = EVENTS.to_vec();
        body[place] ^= 1;
        assert_eq!(verify(&body), Err(SignatureError::Wrong), "byte {place}");
    }
    let anew = serde_json::from_slice::<Value>(EVENTS).expect("the fixture is JSON").to_string();
    assert_eq!(verify(anew.as_bytes()), Err(SignatureError::Wrong));
}

#[test]
fn a_body_that_is_no_delivery_is_refused_with_the_place_and_without_its_words() {
    for body in ["", "[]", r#"{"events":{}}"#, r#"{"secret words"}"#] {
        let refused = api_at("http://127.0.0.1:1").parse(body.as_bytes()).expect_err("must be refused");
        assert!(refused.reason.starts_with("must be a JSON object") && !refused.reason.contains("secret"), "{refused}");
    }
}

#[tokio::test]
async fn a_question_is_posted_signed_and_the_answer_names_it() {
    let there = StandIn::answering(Reply::new(200, "", r#"{"id":"x-1"}"#)).await;
    let adapter = api_at(&there.base_url);
    let choices = vec![Choice { id: "yes".into(), title: "Yes".into() }];
    let question = answer(Content::Choices { text: "Ok?".into(), choices });
    let sends = plan(&adapter.limits(), &question, NOW, None).expect("there is no window");

    let receipt = adapter.send(tools(&http()), &sends[0]).await.expect("is taken");

    assert_eq!(receipt.ids, [ProviderId("x-1".into())]);
    let [asked] = &there.asked()[..] else { panic!("not one request") };
    assert!(asked.head.contains("x-switchboard-signature: sha256="), "{}", asked.head);
    assert_eq!(asked.body["message"]["choices"], json!([{"id": "yes", "title": "Yes"}]));
    assert_eq!(asked.body["message"]["id"], "01939d3c-7a00-7000-8000-000000000001:1/1");
}

#[tokio::test]
async fn files_places_answers_and_signs_are_posted_in_the_form_of_the_description() {
    let there = StandIn::answering(Reply::new(200, "", "{}")).await;
    let adapter = api_at(&there.base_url);
    let stored = StoredFile { id: FileId::from_number(1), name: "hi.ogg".into(), mime: "audio/ogg".into(), bytes: 3 };
    let voice = Attachment::new(MediaKind::Voice, FileState::Here(stored));
    let files = Content::Files { text: "listen".into(), files: vec![voice] };
    let place = Place { name: Some("Shop".into()), ..Place::at(-23.5, -46.6).expect("on earth") };
    let about = Some(ProviderId("m-1".into()));
    for content in [files, Content::Place(place)] {
        let message = OutboundMessage { reply_to: about.clone(), ..answer(content) };
        let send = plan(&adapter.limits(), &message, NOW, None).expect("there is no window").remove(0);
        adapter.send(tools(&http()), &send).await.expect("is taken");
    }
    let (to, target) = (answer(Content::Text(String::new())).to, ProviderId("m-1".into()));
    for signal in [
        Signal::Reaction { to: to.clone(), target: target.clone(), emoji: Some("👍".into()) },
        Signal::Read { to: to.clone(), up_to: target.clone() },
        Signal::Typing { to, answering: target },
    ] {
        adapter.signal(&http(), &signal).await.expect("is taken");
    }

    let posted: Vec<_> = there.asked().into_iter().map(|asked| asked.body).collect();
    assert_eq!(posted[0]["message"]["files"][0]["kind"], "voice");
    assert_eq!((&posted[0]["message"]["text"], &posted[0]["message"]["reply_to"]), (&json!("listen"), &json!("m-1")));
    assert_eq!(
        (&posted[1]["message"]["place"]["name"], &posted[1]["message"]["reply_to"]),
        (&json!("Shop"), &json!("m-1"))
    );
    let named = json!({ "id": "m-1" });
    let signs: Vec<_> = posted[2..].iter().map(|body| (&body["type"], &body["message"], &body["emoji"])).collect();
    let expected = [
        (&json!("reaction"), &named, &json!("👍")),
        (&json!("read"), &named, &Value::Null),
        (&json!("typing"), &Value::Null, &Value::Null),
    ];
    assert_eq!(signs, expected);
}

#[tokio::test]
async fn without_an_id_of_theirs_ours_names_the_message() {
    let there = StandIn::answering(Reply::new(204, "", "")).await;
    let adapter = api_at(&there.base_url);
    let sends = plan(&adapter.limits(), &answer(Content::Text("hi".into())), NOW, None).expect("there is no window");
    let receipt = adapter.send(tools(&http()), &sends[0]).await.expect("is taken");
    assert_eq!(receipt.ids, [ProviderId("01939d3c-7a00-7000-8000-000000000001:1/1".into())]);
}

#[tokio::test]
async fn a_status_says_what_follows_and_the_reason_is_for_the_agent() {
    let refused = |status: u16, headers: &'static str| async move {
        let there = StandIn::answering(Reply::new(status, headers, r#"{"reason":"No such user."}"#)).await;
        let typing = Signal::Typing { to: answer(Content::Text(String::new())).to, answering: ProviderId("m".into()) };
        api_at(&there.base_url).signal(&http(), &typing).await.expect_err("must fail")
    };
    assert_eq!(refused(401, "").await, ChannelError::AuthExpired);
    assert_eq!(refused(404, "").await, ChannelError::RecipientUnreachable { detail: "No such user.".into() });
    assert_eq!(refused(429, "retry-after: 7\r\n").await.retry_after().map(|wait| wait.as_secs()), Some(7));
    assert!(refused(503, "").await.is_retryable());
    assert_eq!(refused(504, "").await, ChannelError::OutcomeUnknown);
}

#[test]
fn the_description_is_a_document_that_names_the_door() {
    let description: Value = serde_json::from_str(channels::api::DESCRIPTION).expect("it is JSON");
    assert!(description["paths"]["/webhooks/api/{channel}"]["post"].is_object());
}
