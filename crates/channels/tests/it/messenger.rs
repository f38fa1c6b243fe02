//! Messenger: what a page hears, and how it speaks. The signatures here were made by openssl, not by us.

use std::time::Duration;

use channels::adapter::Subscribed;
use channels::codec::{RawResponse, SignatureError};
use channels::error::{ChannelError, Scope};
use channels::files::FileRef;
use channels::http::{Http, HttpLimits};
use channels::identity::{ExternalId, ProviderId};
use channels::inbound::{InboundEvent, Unreadable};
use channels::outbound::{Author, OutboundMessage, Piece, ProviderSend, Receipt, Recipient, Signal};
use channels::plan::plan;
use domain::id::FileId;
use domain::media::{FileState, MediaKind, StoredFile};
use domain::message::{Attachment, Content};
use domain::refused::Refused;
use domain::timestamp::{Timestamp, hours, minutes};
use futures::TryStreamExt;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::desk::{A_MINUTE_AGO, NOW, OneFile, answer, choices, get, http, messenger_at, post_with, tools, tools_with};
use crate::inbound::line;
use crate::stand_in::{Reply, StandIn};

const NOWHERE: &str = "http://127.0.0.1:1";
const BODY: &[u8] = include_bytes!("../../fixtures/messenger/text.json");
/// `openssl dgst -sha256 -hmac app-secret crates/channels/fixtures/messenger/text.json`
const SIGNATURE: &str = "sha256=56c8382c800c28b4fdc8f93fbc7f9ac9f500da72ba767856cf7af0bb0bf4bd69";
/// `openssl dgst -sha256 -hmac old-app-secret crates/channels/fixtures/messenger/text.json`
const OLD_SIGNATURE: &str = "sha256=29a34578ce6a1a592a9004663a047f8a1474b6468625a77e0e2ccd34dde4ccfd";
/// `openssl dgst -sha256 -hmac somebody-else crates/channels/fixtures/messenger/text.json`
const FOREIGN_SIGNATURE: &str = "sha256=dede7bf44371189ec006c883dbdb1f52b65216014eef127a068ebf865a20f517";
const ACCEPTED: &str = r#"{"recipient_id":"7100000000000001","message_id":"m_OUT01"}"#;

fn read(body: &[u8]) -> Vec<Result<InboundEvent, Unreadable>> {
    messenger_at(NOWHERE).parse(body).expect("the fixture is a delivery")
}

macro_rules! reads {
    ($($test:ident: $fixture:literal),+ $(,)?) => {$(
        #[test]
        fn $test() {
            let events = read(include_bytes!(concat!("../../fixtures/messenger/", $fixture, ".json")));
            assert_snapshot!($fixture, events.iter().map(line).collect::<Vec<_>>().join("\n"));
        }
    )+};
}

reads! {
    a_text_is_read_with_its_accents_and_its_smile: "text",
    every_file_comes_along_and_a_sticker_counts_once: "files",
    what_is_passed_on_is_shown_and_what_we_do_not_know_is_named: "shared",
    quick_replies_and_buttons_are_picks: "picks",
    a_message_may_answer_another_or_come_from_an_advertisement: "about",
    reactions_and_edits_are_no_messages: "marks",
    delivered_and_read_name_messages_or_a_moment: "statuses",
    what_we_sent_comes_back_as_sent_and_what_others_sent_as_an_echo: "echoes",
    news_about_the_thread_is_no_message_and_another_app_may_hold_it: "thread",
    one_broken_event_does_not_hide_the_others: "broken_event",
    what_is_for_another_page_is_kept_apart: "other_page",
}

fn keys(fixture: &str) -> Vec<String> {
    let path = format!("{}/fixtures/messenger/{fixture}.json", env!("CARGO_MANIFEST_DIR"));
    read(&std::fs::read(path).expect("the fixture is there")).into_iter().flatten().map(|event| event.dedupe).collect()
}

#[test]
fn a_repeated_delivery_has_the_same_keys_and_no_key_twice() {
    for fixture in ["files", "shared", "picks", "about", "marks", "statuses", "echoes"] {
        let mut once = keys(fixture);
        assert_eq!(once, keys(fixture));
        once.sort();
        once.dedup();
        assert_eq!(once.len(), keys(fixture).len(), "{fixture}");
    }
}

#[test]
fn the_same_message_in_both_forms_is_one() {
    let twice = keys("thread").into_iter().filter(|key| key == "message:m_IN06");
    assert_eq!(twice.count(), 2);
}

#[test]
fn a_body_that_is_no_delivery_is_refused_without_quoting_it() {
    for body in ["", "{", "[]", "7", "\"secret\"", r#"{"entry": "secret"}"#, r#"{"object": "instagram", "entry": []}"#]
    {
        let refused = messenger_at(NOWHERE).parse(body.as_bytes()).expect_err("must be refused");
        assert!(!refused.reason.contains("secret"), "{refused}");
    }
    assert_eq!(read(br#"{"object":"page","entry":[]}"#), []);
}

fn verify(body: &[u8], signature: &str) -> Result<(), SignatureError> {
    messenger_at(NOWHERE).verify(&post_with("messenger", body, &[("X-Hub-Signature-256", signature)]))
}

#[test]
fn only_meta_is_heard_under_the_new_and_the_old_secret() {
    assert_eq!(verify(BODY, SIGNATURE), Ok(()));
    assert_eq!(verify(BODY, OLD_SIGNATURE), Ok(()));
    assert_eq!(verify(BODY, FOREIGN_SIGNATURE), Err(SignatureError::Wrong));
    assert_eq!(verify(BODY, SIGNATURE.trim_start_matches("sha256=")), Err(SignatureError::Malformed));
    let unsigned = messenger_at(NOWHERE).verify(&post_with("messenger", BODY, &[]));
    assert_eq!(unsigned, Err(SignatureError::Missing));
}

#[test]
fn one_flipped_byte_or_a_body_written_anew_is_refused() {
    for place in 0..BODY.len() {
        let mut body = BODY.to_vec();
        body[place] ^= 1;
        assert_eq!(verify(&body, SIGNATURE), Err(SignatureError::Wrong), "byte {place}");
    }
    let anew = serde_json::from_slice::<Value>(BODY).expect("the fixture is JSON").to_string();
    assert_eq!(verify(anew.as_bytes(), SIGNATURE), Err(SignatureError::Wrong));
}

#[test]
fn the_challenge_comes_back_verbatim_to_who_knows_the_token() {
    let ask = |token| {
        let query = format!("?hub.mode=subscribe&hub.challenge=1158%2B201444&hub.verify_token={token}");
        messenger_at(NOWHERE).handshake(&get(&format!("/webhooks/messenger/1{query}")))
    };
    assert_eq!(ask("verify-token"), Some(RawResponse::text(200, "1158+201444")));
    assert_eq!(ask("another"), Some(RawResponse::text(403, "")));
}

fn sends(content: Content) -> Vec<ProviderSend> {
    let message = OutboundMessage { to: ana(), ..answer(content) };
    plan(&messenger_at(NOWHERE).limits(), &message, NOW, A_MINUTE_AGO).expect("can be planned")
}

fn ana() -> Recipient {
    Recipient { ids: vec![ExternalId("7100000000000001".into())] }
}

fn hello() -> ProviderSend {
    sends(Content::Text("Olá".into())).remove(0)
}

fn answering() -> ProviderSend {
    ProviderSend { reply_to: Some(ProviderId("m_IN01".into())), ..hello() }
}

fn jacket() -> Content {
    let file = StoredFile { id: FileId::from_number(7), name: "jacket.png".into(), mime: "image/png".into(), bytes: 9 };
    let files = vec![Attachment::new(MediaKind::Photo, FileState::Here(file))];
    Content::Files { text: "This one?".into(), files }
}

async fn send(meta: &StandIn, send: &ProviderSend) -> Result<Receipt, ChannelError> {
    let (http, file) = (http(), OneFile(b"png bytes"));
    messenger_at(&meta.base_url).send(tools_with(&http, &file), send).await
}

fn error(code: i64, subcode: i64) -> Reply {
    let error = json!({"error": {"message": "(#1) x", "code": code, "error_subcode": subcode}});
    Reply::new(400, "", &error.to_string())
}

async fn failed(reply: Reply) -> ChannelError {
    send(&StandIn::answering(reply).await, &hello()).await.expect_err("must fail")
}

#[tokio::test]
async fn a_message_leaves_once_with_its_key_and_its_token_and_comes_back_with_its_id() {
    let meta = StandIn::answering(Reply::new(200, "", ACCEPTED)).await;
    let receipt = send(&meta, &hello()).await.expect("is taken");
    assert_eq!(receipt.ids, [ProviderId("m_OUT01".into())]);
    assert_eq!(receipt.recipient, ana().ids);
    let [asked] = &meta.asked()[..] else { panic!("not one request") };
    assert!(asked.head.starts_with("post /v26.0/600000000000001/messages http/1.1"), "{}", asked.head);
    assert!(asked.head.contains("authorization: bearer eaatoken"));
    assert_eq!(asked.body["message"]["metadata"], "01939d3c-7a00-7000-8000-000000000001:1/1");
}

#[tokio::test]
async fn a_photo_is_uploaded_as_it_streams_and_its_words_follow_it() {
    let [photo, words] = &sends(jacket())[..] else { panic!("not two pieces") };
    assert!(matches!((&photo.piece, &words.piece), (Piece::File { caption: None, .. }, Piece::Text(_))));
    let uploaded = Reply::new(200, "", r#"{"attachment_id":"5500000000000001"}"#);
    let meta = StandIn::answering_in_turn(|_| vec![uploaded, Reply::new(200, "", ACCEPTED)]).await;
    send(&meta, photo).await.expect("is taken");
    let [upload, message] = &meta.asked()[..] else { panic!("not two requests") };
    assert!(upload.head.starts_with("post /v26.0/600000000000001/message_attachments http/1.1"), "{}", upload.head);
    assert!(upload.head.contains("content-type: multipart/form-data"), "{}", upload.head);
    let form = String::from_utf8_lossy(&upload.bytes);
    for part in ["name=\"message\"", "\"is_reusable\":true", "filename=\"jacket.png\"", "image/png", "png bytes"] {
        assert!(form.contains(part), "{part} in {form}");
    }
    assert_eq!(message.body["message"]["attachment"]["payload"], json!({"attachment_id": "5500000000000001"}));
}

#[tokio::test]
async fn an_upload_that_broke_off_is_tried_again_and_nothing_was_said() {
    for reply in [Reply::HangUp, Reply::new(200, "", "{}"), Reply::new(503, "", "")] {
        let meta = StandIn::answering(reply).await;
        let error = send(&meta, &sends(jacket())[0]).await.expect_err("must fail");
        assert!(error.is_retryable(), "{error:?}");
        assert_eq!(meta.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_file_that_is_not_here_is_not_sent() {
    let outcome = messenger_at(NOWHERE).send(tools(&http()), &sends(jacket())[0]).await;
    assert!(matches!(outcome, Err(ChannelError::MediaRejected { .. })));
}

#[tokio::test]
async fn an_answer_that_is_refused_for_what_it_answers_is_sent_without() {
    let meta = StandIn::answering_in_turn(|_| vec![error(100, 0), Reply::new(200, "", ACCEPTED)]).await;
    send(&meta, &answering()).await.expect("is taken");
    let bodies: Vec<Value> = meta.asked().into_iter().map(|asked| asked.body["reply_to"].clone()).collect();
    assert_eq!(bodies, [json!({"mid": "m_IN01"}), Value::Null]);
}

#[tokio::test]
async fn nothing_is_sent_twice_when_it_may_have_arrived_or_the_answer_is_not_at_fault() {
    for reply in [Reply::HangUp, error(1, 0), error(100, 2_018_001), error(10, 2_018_278), Reply::new(400, "", "x")] {
        let meta = StandIn::answering(reply).await;
        send(&meta, &answering()).await.expect_err("must fail");
        assert_eq!(meta.asked().len(), 1);
    }
    let meta = StandIn::answering(error(100, 0)).await;
    send(&meta, &hello()).await.expect_err("must fail");
    assert_eq!(meta.asked().len(), 1);
}

#[tokio::test]
async fn a_refusal_is_read_from_its_code() {
    assert_eq!(failed(error(190, 463)).await, ChannelError::AuthExpired);
    let over = ChannelError::OutsideWindow { templates: true };
    assert_eq!(failed(error(10, 2_018_278)).await, over);
    assert_eq!(failed(error(551, 1_545_041)).await, ChannelError::RecipientBlocked);
    assert!(matches!(failed(error(100, 2_018_001)).await, ChannelError::RecipientUnreachable { .. }));
    assert!(failed(error(1_200, 0)).await.is_retryable());
    let limited = |retry_after| ChannelError::RateLimited { retry_after, scope: Scope::Channel };
    assert_eq!(failed(Reply::new(429, "retry-after: 30\r\n", "")).await, limited(Some(Duration::from_secs(30))));
    assert_eq!(failed(Reply::new(429, "", "slow down")).await, limited(None));
    assert_eq!(failed(error(613, 0)).await, limited(None));
}

#[tokio::test]
async fn silence_or_an_unreadable_success_is_an_unknown_outcome() {
    for reply in [Reply::HangUp, Reply::new(200, "", "{}"), Reply::new(200, "", "<html>")] {
        assert_eq!(failed(reply).await, ChannelError::OutcomeUnknown);
    }
    let meta = StandIn::answering(Reply::Silence).await;
    let limits = HttpLimits { answer: Duration::from_millis(100), ..HttpLimits::default() };
    http();
    let impatient = Http::new(HttpLimits { connect: Duration::from_millis(100), ..limits }).expect("a client");
    let outcome = messenger_at(&meta.base_url).send(tools(&impatient), &hello()).await;
    assert_eq!(outcome, Err(ChannelError::OutcomeUnknown));
    assert_eq!(meta.asked().len(), 1);
}

fn written_after(silence: Duration, author: Author) -> Result<bool, Refused> {
    let message = OutboundMessage { author, ..answer(Content::Text("hi".into())) };
    let wrote = Timestamp(1_795_300_000_000);
    let planned = plan(&messenger_at(NOWHERE).limits(), &message, wrote.plus(silence), Some(wrote));
    planned.map(|planned| planned[0].by_person_late)
}

#[test]
fn after_a_day_only_people_may_write_and_after_a_week_nobody() {
    let templates = true;
    let closed = Err(Refused::WindowClosed { hours: 24, templates });
    let over = Err(Refused::WindowClosed { hours: 7 * 24, templates });
    for author in [Author::Bot, Author::Switchboard] {
        assert_eq!(written_after(hours(24) - minutes(1), author), Ok(false));
        assert_eq!(written_after(hours(24) + minutes(1), author), closed);
        assert_eq!(written_after(hours(25), author), closed);
    }
    assert_eq!(written_after(hours(24) - minutes(1), Author::Person), Ok(false));
    assert_eq!(written_after(hours(24) + minutes(1), Author::Person), Ok(true));
    assert_eq!(written_after(hours(25), Author::Person), Ok(true));
    assert_eq!(written_after(hours(7 * 24) - minutes(1), Author::Person), Ok(true));
    assert_eq!(written_after(hours(7 * 24) + minutes(1), Author::Person), over);
}

#[tokio::test]
async fn what_a_person_writes_after_a_day_says_that_a_person_wrote_it() {
    let meta = StandIn::answering(Reply::new(200, "", ACCEPTED)).await;
    send(&meta, &ProviderSend { by_person_late: true, ..hello() }).await.expect("is taken");
    let body = &meta.asked()[0].body;
    assert_eq!((&body["messaging_type"], &body["tag"]), (&json!("MESSAGE_TAG"), &json!("HUMAN_AGENT")));
}

#[test]
fn thirteen_answers_are_quick_replies_and_fourteen_are_numbered() {
    let titles: Vec<String> = (1..=14).map(|number| format!("Answer {number}")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let ask =
        |count| sends(Content::Choices { text: "Ok?".into(), choices: choices(&titles[..count]) }).remove(0).piece;
    assert!(matches!(ask(13), Piece::Buttons { .. }));
    assert!(matches!(ask(14), Piece::Text(_)));
}

#[tokio::test]
async fn typing_and_reading_are_shown_and_a_reaction_is_nothing_a_page_can_give() {
    let meta = StandIn::answering(Reply::new(200, "", r#"{"recipient_id":"7100000000000001"}"#)).await;
    let (http, messenger) = (http(), messenger_at(&meta.base_url));
    let id = ProviderId("m_IN01".into());
    messenger.signal(&http, &Signal::Typing { to: ana(), answering: id.clone() }).await.expect("is taken");
    messenger.signal(&http, &Signal::Read { to: ana(), up_to: id.clone() }).await.expect("is taken");
    let actions: Vec<Value> = meta.asked().into_iter().map(|asked| asked.body["sender_action"].clone()).collect();
    assert_eq!(actions, ["typing_on", "mark_seen"]);
    let reaction = Signal::Reaction { to: ana(), target: id, emoji: Some("👍".into()) };
    assert!(matches!(messenger.signal(&http, &reaction).await, Err(ChannelError::Unsupported { .. })));
}

async fn fetched(reply: Reply) -> Result<Vec<u8>, ChannelError> {
    let meta = StandIn::answering(reply).await;
    let file = FileRef::at(format!("{}/v/t1/a.jpg?oh=1", meta.base_url));
    let fetched = messenger_at(&meta.base_url).fetch_file(&http(), &file).await?;
    assert!(!meta.asked()[0].head.contains("authorization"), "{}", meta.asked()[0].head);
    Ok(fetched.content.try_collect::<Vec<_>>().await?.concat())
}

#[tokio::test]
async fn a_file_is_fetched_at_its_signed_address_without_our_token() {
    assert_eq!(fetched(Reply::new(200, "content-type: image/jpeg\r\n", "jpeg")).await, Ok(b"jpeg".to_vec()));
}

#[tokio::test]
async fn a_file_that_is_gone_or_leads_into_our_network_is_lost_and_an_outage_is_not() {
    let inside = "location: http://169.254.169.254/latest/meta-data\r\n";
    for reply in
        [Reply::new(403, "", ""), Reply::new(404, "", ""), Reply::new(410, "", ""), Reply::new(302, inside, "")]
    {
        assert!(matches!(fetched(reply).await, Err(ChannelError::MediaRejected { .. })));
    }
    assert!(fetched(Reply::new(503, "", "")).await.expect_err("must fail").is_retryable());
    for handle in ["", "a.jpg", "file:///etc/passwd", "http://cdn.example/a.jpg", "https://127.0.0.1/a.jpg"] {
        let outcome = messenger_at(NOWHERE).fetch_file(&http(), &FileRef::at(handle)).await;
        assert!(matches!(outcome, Err(ChannelError::MediaRejected { .. })), "{handle}");
    }
}

#[tokio::test]
async fn who_wrote_is_told_or_is_a_facebook_user() {
    let profile = async |reply| {
        let meta = StandIn::answering(reply).await;
        messenger_at(&meta.base_url).fetch_profile(&http(), &ana().ids[0]).await
    };
    let told = json!({"first_name": "Ana", "last_name": "Lima", "profile_pic": "https://cdn.example/ana.jpg"});
    let ana = profile(Reply::new(200, "", &told.to_string())).await.expect("told").expect("somebody");
    assert_eq!(ana.name.as_deref(), Some("Ana Lima"));
    assert_eq!(ana.picture, Some(FileRef::at("https://cdn.example/ana.jpg")));
    for reply in [error(100, 33), error(200, 0), Reply::new(200, "", "{}")] {
        let nobody = profile(reply).await.expect("an answer").expect("somebody");
        assert_eq!(nobody.name.as_deref(), Some("Facebook user"));
    }
    assert!(profile(Reply::new(503, "", "")).await.is_err());
}

#[tokio::test]
async fn a_test_names_the_page_and_refuses_the_token_of_another() {
    let test = async |answer: Value| {
        let meta = StandIn::answering(Reply::new(200, "", &answer.to_string())).await;
        messenger_at(&meta.base_url).test(&http()).await
    };
    let account = test(json!({"id": "600000000000001", "name": "Acme Store"})).await.expect("is ours");
    assert_eq!(account.name, "Acme Store");
    let words = test(json!({"id": "600000000000002", "name": "Other Store"})).await.expect_err("is not ours").words();
    assert!(words.contains("Other Store") && words.contains("600000000000001"), "{words}");
}

#[tokio::test]
async fn subscribing_asks_for_everything_we_read() {
    let meta = StandIn::answering(Reply::new(200, "", r#"{"success":true}"#)).await;
    let told = messenger_at(&meta.base_url).subscribe(&http()).await.expect("is taken");
    assert!(matches!(told, Subscribed::ByHand(how) if how.contains("Messenger > Settings > Webhooks")), "{told:?}");
    let head = &meta.asked()[0].head;
    assert!(head.starts_with("post /v26.0/600000000000001/subscribed_apps?subscribed_fields=messages%2c"), "{head}");
    for field in ["message_echoes", "message_deliveries", "message_reads", "message_reactions", "message_edits"] {
        assert!(head.contains(field), "{field}");
    }
}
