//! What leaves for Google, what its answers mean, and how we sign in. The signed claim was made by Node's own crypto.

use std::sync::Arc;
use std::time::Duration;

use channels::adapter::Adapter;
use channels::error::{ChannelError, Scope};
use channels::files::FileRef;
use channels::identity::{ExternalId, ProviderId};
use channels::outbound::{Author, OutboundMessage, ProviderSend, Recipient, Signal};
use channels::plan::plan;
use domain::id::FileId;
use domain::media::{FileState, MediaKind, StoredFile};
use domain::message::{Attachment, Content};
use domain::refused::Refused;
use domain::timestamp::{Timestamp, hours};
use serde_json::{Value, json};

use crate::desk::{A_MINUTE_AGO, NOW, answer, choices, google_with, http, tools};
use crate::stand_in::{Asked, Reply, StandIn};

const HOUR: i64 = 3_600_000;

/// An agent that is signed in.
pub async fn google(product: &str, base_url: &str) -> Arc<dyn Adapter> {
    let doors = StandIn::answering(Reply::new(200, "", r#"{"access_token":"ya29.token","expires_in":3599}"#)).await;
    let changes = google_with(product, base_url, &doors.base_url, None).renew(&http(), NOW).await.expect("signs in");
    google_with(product, base_url, &doors.base_url, changes.as_deref())
}

fn to(product: &str) -> Recipient {
    let id = if product == "rcs" { "+5511900000001" } else { "c-1" };
    Recipient { ids: vec![ExternalId(id.into())] }
}

fn planned(google: &dyn Adapter, product: &str, content: Content) -> Vec<ProviderSend> {
    let message = OutboundMessage { to: to(product), ..answer(content) };
    plan(&google.limits(), &message, NOW, A_MINUTE_AGO).expect("can be planned")
}

fn photo() -> Content {
    let id = FileId::from_number(0x0193_9d3c_7a00_7000_8000_0000_0000_00f1);
    let file = StoredFile { id, name: "a.jpg".into(), mime: "image/jpeg".into(), bytes: 9 };
    Content::Files { text: String::new(), files: vec![Attachment::new(MediaKind::Photo, FileState::Here(file))] }
}

fn with_words(content: Content, words: &str) -> Content {
    Content::Files { text: words.into(), files: content.files().to_vec() }
}

fn is_as_in(asked: &Asked, fixture: &str) {
    let fixture: Value = serde_json::from_str(fixture).expect("the fixture is JSON");
    let text = |field: &str| fixture[field].as_str().expect("a text").to_lowercase();
    let line = format!("{} {} http/1.1", text("method"), text("path"));
    assert_eq!(asked.head.lines().next(), Some(line.as_str()));
    assert!(asked.head.contains("authorization: bearer ya29.token"), "{}", asked.head);
    assert_eq!(asked.body, fixture["body"]);
}

macro_rules! sends {
    ($product:literal, $folder:literal; $($test:ident: $fixture:literal = $content:expr;)+) => {$(
        #[tokio::test]
        async fn $test() {
            let there = StandIn::answering(Reply::new(200, "", "{}")).await;
            let google = google($product, &there.base_url).await;
            let [send] = &planned(&*google, $product, $content)[..] else { panic!("more than one piece") };
            let receipt = google.send(tools(&http()), send).await.expect("is taken");
            assert_eq!(receipt.ids, [ProviderId("f2e5c9e7-8d0b-4e02-a736-f099bd2b3b59".into())]);
            is_as_in(&there.asked()[0], include_str!(concat!("../../fixtures/google/", $folder, $fixture, ".json")));
        }
    )+};
}

sends! { "rcs", "outbound/";
    a_text_leaves_with_an_id_of_its_own: "text" = Content::Text("Olá".into());
    answers_are_suggestions: "suggestions" =
        Content::Choices { text: "Ok?".into(), choices: choices(&["Sim", "Não"]) };
    a_file_is_fetched_by_google: "file" = photo();
}

sends! { "business_messages", "business_messages/outbound/";
    a_text_says_who_speaks: "text" = Content::Text("Olá".into());
    answers_are_suggestions_as_well: "suggestions" =
        Content::Choices { text: "Ok?".into(), choices: choices(&["Sim", "Não"]) };
    a_picture_is_fetched_by_google: "picture" = photo();
    a_picture_with_words_is_a_card: "card" = with_words(photo(), "A loja");
}

#[tokio::test]
async fn what_a_person_wrote_is_a_persons() {
    let there = StandIn::answering(Reply::new(200, "", "{}")).await;
    let google = google("business_messages", &there.base_url).await;
    let send = planned(&*google, "business_messages", Content::Text("Olá".into())).remove(0);

    let by_bia = ProviderSend { author: Author::Person, speaker: Some("Bia".into()), ..send };
    for _ in 0..2 {
        google.send(tools(&http()), &by_bia).await.expect("is taken");
    }

    let representative = json!({ "representativeType": "HUMAN", "displayName": "Bia" });
    let asked = there.asked();
    assert_eq!((&asked[1].body["representative"], &asked[1].body["suggestions"]), (&representative, &Value::Null));
    let joined = json!({ "eventType": "REPRESENTATIVE_JOINED", "representative": representative });
    assert_eq!(asked[0].body, joined);
    assert_eq!(asked[0].path(), asked[2].path(), "an event with the same id is shown once");
}

#[tokio::test]
async fn signs_are_shown_and_each_typing_is_a_new_one() {
    for (product, read, fixture) in [
        ("rcs", "MxA1", include_str!("../../fixtures/google/outbound/read.json")),
        ("business_messages", "m-1", include_str!("../../fixtures/google/business_messages/outbound/read.json")),
    ] {
        let there = StandIn::answering(Reply::new(200, "", "{}")).await;
        let google = google(product, &there.base_url).await;
        let seen = Signal::Read { to: to(product), up_to: ProviderId(read.into()) };
        google.signal(&http(), &seen).await.expect("is taken");
        is_as_in(&there.asked()[0], fixture);

        let typing = Signal::Typing { to: to(product), answering: ProviderId(read.into()) };
        google.signal(&http(), &typing).await.expect("is taken");
        google.signal(&http(), &typing).await.expect("is taken");
        let asked = there.asked();
        assert_ne!(asked[1].head.lines().next(), asked[2].head.lines().next());
        let kind = if product == "rcs" { "IS_TYPING" } else { "TYPING_STARTED" };
        assert_eq!(asked[1].body["eventType"], kind);

        let reaction = Signal::Reaction { to: to(product), target: ProviderId(read.into()), emoji: None };
        assert!(matches!(google.signal(&http(), &reaction).await, Err(ChannelError::Unsupported { .. })));
    }
}

async fn answered(reply: Reply) -> Result<Vec<ProviderId>, ChannelError> {
    let there = StandIn::answering(reply).await;
    let google = google("rcs", &there.base_url).await;
    let send = planned(&*google, "rcs", Content::Text("Olá".into())).remove(0);
    google.send(tools(&http()), &send).await.map(|receipt| receipt.ids)
}

#[tokio::test]
async fn what_may_have_arrived_is_sent_again_because_google_shows_it_once() {
    assert!(answered(Reply::HangUp).await.expect_err("must fail").is_retryable());
    assert!(answered(Reply::new(503, "", "")).await.expect_err("must fail").is_retryable());
    // It had arrived.
    assert_eq!(answered(Reply::new(409, "", "{}")).await.map(|ids| ids.len()), Ok(1));
    assert_eq!(answered(Reply::new(200, "", "<html>")).await.map(|ids| ids.len()), Ok(1));
}

#[tokio::test]
async fn a_refusal_says_what_follows() {
    let refused = |status: u16, said: &str| {
        answered(Reply::new(status, "retry-after: 30\r\n", &json!({"error": {"message": said}}).to_string()))
    };
    let unreachable = ChannelError::RecipientUnreachable { detail: "Google says: Not found (404).".into() };
    assert_eq!(refused(404, "Not found.").await, Err(unreachable));
    assert_eq!(refused(401, "").await, Err(ChannelError::AuthExpired));
    let wait = Some(Duration::from_secs(30));
    assert_eq!(refused(429, "").await, Err(ChannelError::RateLimited { retry_after: wait, scope: Scope::Channel }));
}

#[tokio::test]
async fn the_claim_is_signed_as_google_asks_and_the_token_is_kept() {
    let doors = StandIn::answering(Reply::new(200, "", r#"{"access_token":"ya29.token","expires_in":3599}"#)).await;
    // The claim names where it is for: it must be the very address in the key.
    let google = google_with("rcs", "http://127.0.0.1:1", &doors.base_url, None);
    assert_eq!((google.token_expires_at(), google.renewal_due_at()), (None, Some(Timestamp(0))));
    let changes = google.renew(&http(), NOW).await.expect("signs in").expect("a token");

    let [asked] = &doors.asked()[..] else { panic!("not one request") };
    assert!(asked.head.starts_with("post /token http/1.1"), "{}", asked.head);
    let form = asked.text();
    assert!(form.starts_with("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="), "{form}");

    let signed_in = google_with("rcs", "http://127.0.0.1:1", &doors.base_url, Some(&changes));
    assert_eq!(signed_in.token_expires_at(), Some(Timestamp(NOW.0 + 3_599_000)));
    assert_eq!(signed_in.renewal_due_at(), Some(Timestamp(NOW.0 + HOUR - 301_000)));
    let again = signed_in.renew(&http(), Timestamp(NOW.0 + HOUR - 300_000)).await.expect("signs in");
    assert!(again.is_some());
    assert!(!format!("{changes:?}").contains("PRIVATE KEY"));
}

#[tokio::test]
async fn a_token_of_another_key_is_not_used() {
    let doors = StandIn::answering(Reply::new(200, "", r#"{"access_token":"ya29.token","expires_in":3599}"#)).await;
    let changes = google_with("rcs", "http://127.0.0.1:1", &doors.base_url, None).renew(&http(), NOW).await;
    let changes = changes.expect("signs in").expect("a token");
    let elsewhere = google_with("rcs", "http://127.0.0.1:1", "http://127.0.0.1:2", Some(&changes));
    assert_eq!(elsewhere.token_expires_at(), None);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_and_a_new_one_is_asked_for() {
    let there = StandIn::answering(Reply::new(200, "", "{}")).await;
    let google = google_with("rcs", &there.base_url, "http://127.0.0.1:1", None);
    let send = planned(&*google, "rcs", Content::Text("Olá".into())).remove(0);
    assert_eq!(google.send(tools(&http()), &send).await.err(), Some(ChannelError::AuthExpired));
    assert!(there.asked().is_empty());
}

#[tokio::test]
async fn a_key_that_was_withdrawn_is_for_an_admin_and_an_outage_is_not() {
    let refused = |status: u16, body: &'static str| async move {
        let doors = StandIn::answering(Reply::new(status, "", body)).await;
        google_with("rcs", "http://127.0.0.1:1", &doors.base_url, None)
            .renew(&http(), NOW)
            .await
            .expect_err("must fail")
    };
    let rule = async |status, body| match refused(status, body).await {
        ChannelError::SettingRefused { field, rule } if field == "service_account" => rule,
        other => panic!("the key is not named: {other:?}"),
    };
    let gone = r#"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#;
    let words = rule(400, gone).await;
    assert!(words.starts_with("is refused by Google, which says \"Invalid JWT Signature\": the key or"), "{words}");
    let words = rule(401, r#"{"error":"unauthorized_client"}"#).await;
    assert!(words.starts_with("is refused by Google, which says \"unauthorized_client\": this service"), "{words}");
    assert_eq!(rule(401, "").await, "is refused by Google, which says status 401");
    let late = r#"{"error":"invalid_grant","error_description":"Invalid JWT: Check your iat and exp values."}"#;
    let words = refused(400, late).await;
    assert!(words.is_retryable() && words.words().contains("this server's clock"), "{words:?}");
    assert!(refused(503, "").await.is_retryable());
    for unusable in ["{}", r#"{"access_token":"","expires_in":1}"#, r#"{"access_token":"a b","expires_in":1}"#] {
        assert!(refused(200, unusable).await.is_retryable(), "{unusable}");
    }
}

#[tokio::test]
async fn a_test_depends_on_us_alone() {
    let test = |status: u16, said: &'static str| async move {
        let body = json!({"error": {"message": said}}).to_string();
        let there = StandIn::answering(Reply::new(status, "", &body)).await;
        let tested = google("rcs", &there.base_url).await.test(&http()).await;
        assert!(there.asked()[0].head.contains("/capabilities?requestid="), "{}", there.asked()[0].head);
        tested.map(|account| (account.name, account.remarks.len()))
    };
    let known = |remarks| Ok(("acme_agent@rbm.goog".to_owned(), remarks));
    assert_eq!(test(200, "").await, known(0));
    assert_eq!(test(404, "Not reachable.").await, known(0));
    assert_eq!(test(403, "Not launched on this carrier.").await, known(1));
    assert_eq!(test(401, "").await, Err(ChannelError::AuthExpired));
    let foreign = test(403, "The caller does not have permission.").await.expect_err("it is another project's key");
    assert!(foreign.words().contains("its service account is not this agent's"), "{foreign:?}");
    let retired = google("business_messages", "http://127.0.0.1:1").await.test(&http()).await.expect("nobody is asked");
    assert!(retired.remarks[0].contains("retired"), "{retired:?}");
}

#[tokio::test]
async fn business_messages_could_be_answered_for_thirty_days() {
    let google = google("business_messages", "http://127.0.0.1:1").await;
    let month = i64::try_from(hours(30 * 24).as_millis()).expect("small");
    let after = |silence: i64| {
        let message = answer(Content::Text("oi".into()));
        plan(&google.limits(), &message, Timestamp(NOW.0 + silence), Some(NOW)).map(|planned| planned.len())
    };
    assert_eq!(after(month - 1), Ok(1));
    assert_eq!(after(month), Err(Refused::WindowClosed { hours: 720, templates: false }));
}

#[tokio::test]
async fn a_file_is_fetched_without_telling_who_we_are() {
    let there = StandIn::answering_in_turn(|_| {
        vec![Reply::new(200, "", "pixels"), Reply::new(403, "", ""), Reply::new(404, "", "")]
    })
    .await;
    let google = google("rcs", &there.base_url).await;
    let file = FileRef { name: Some("caixa.jpg".into()), ..FileRef::at(format!("{}/f", there.base_url)) };
    let fetched = google.fetch_file(&http(), &file).await.map(|fetched| fetched.name);
    assert_eq!(fetched, Ok(Some("caixa.jpg".into())));
    assert!(!there.asked()[0].head.contains("authorization"), "{}", there.asked()[0].head);
    for _ in 0..2 {
        assert!(matches!(google.fetch_file(&http(), &file).await.map(drop), Err(ChannelError::MediaRejected { .. })));
    }
    for bad in ["", "http://example.com/a.jpg", "https://169.254.169.254/a"] {
        assert!(google.fetch_file(&http(), &FileRef::at(bad)).await.is_err(), "{bad}");
    }
}
