//! Instagram: what an account hears, and where it differs from a page. The signatures here were made by openssl.

use std::time::Duration;

use channels::adapter::{self, Adapter, Subscribed};
use channels::codec::{RawResponse, SignatureError};
use channels::error::{ChannelError, Scope};
use channels::files::FileRef;
use channels::identity::{ExternalId, ProviderId};
use channels::inbound::{InboundEvent, Unreadable};
use channels::outbound::{Author, OutboundMessage, Piece, ProviderSend, Receipt, Recipient, Signal};
use channels::plan::plan;
use domain::channel::ChannelKind;
use domain::id::FileId;
use domain::media::{FileState, MediaKind, StoredFile};
use domain::message::{Attachment, Content};
use domain::refused::Refused;
use domain::timestamp::{Timestamp, hours};
use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::desk::{
    A_MINUTE_AGO, NOW, answer, choices, get, http, instagram_at, instagram_with, post_with, tools, webhook,
};
use crate::inbound::line;
use crate::stand_in::{Reply, StandIn};

const NOWHERE: &str = "http://127.0.0.1:1";
const BODY: &[u8] = include_bytes!("../../fixtures/instagram/text.json");
/// `openssl dgst -sha256 -hmac app-secret crates/channels/fixtures/instagram/text.json`
const SIGNATURE: &str = "sha256=102db1af559c63037362f2b1175ce22b5dee9e5b3c2f4e97e61ddc04f7125a50";
/// `openssl dgst -sha256 -hmac old-app-secret crates/channels/fixtures/instagram/text.json`
const OTHER_SIGNATURE: &str = "sha256=342f7960307d91e4b1e45dda80a43dd84540f912bdd31b00581592acf7cbfc10";
/// `openssl dgst -sha256 -hmac somebody-else crates/channels/fixtures/instagram/text.json`
const FOREIGN_SIGNATURE: &str = "sha256=e946eec8c8208eff010cb846d2a42109aae647391ec042782bdf4e394d4d199d";
const ACCEPTED: &str = r#"{"recipient_id":"7200000000000001","message_id":"mid.out.1"}"#;

fn read(body: &[u8]) -> Vec<Result<InboundEvent, Unreadable>> {
    instagram_at(NOWHERE).parse(body).expect("the fixture is a delivery")
}

macro_rules! reads {
    ($($test:ident: $fixture:literal),+ $(,)?) => {$(
        #[test]
        fn $test() {
            let events = read(include_bytes!(concat!("../../fixtures/instagram/", $fixture, ".json")));
            assert_snapshot!($fixture, events.iter().map(line).collect::<Vec<_>>().join("\n"));
        }
    )+};
}

reads! {
    a_text_is_read_with_its_accents_and_its_smile: "text",
    every_file_comes_along: "files",
    stories_posts_and_reels_are_shown_and_what_cannot_be_is_named: "shared",
    a_message_may_answer_a_story_or_a_message: "about",
    reactions_edits_and_unsent_messages_are_no_messages: "marks",
    what_we_sent_comes_back_as_sent_and_what_others_sent_as_an_echo: "echoes",
    news_about_the_thread_is_no_message_and_another_app_may_hold_it: "thread",
    the_dashboards_tests_are_the_same_events: "twice",
    one_broken_event_does_not_hide_the_others: "broken_event",
}

fn keys(fixture: &str) -> Vec<String> {
    let path = format!("{}/fixtures/instagram/{fixture}.json", env!("CARGO_MANIFEST_DIR"));
    read(&std::fs::read(path).expect("the fixture is there")).into_iter().flatten().map(|event| event.dedupe).collect()
}

#[test]
fn a_repeated_delivery_has_the_same_keys_and_no_key_twice() {
    for fixture in ["files", "shared", "about", "marks", "echoes"] {
        let mut once = keys(fixture);
        assert_eq!(once, keys(fixture));
        once.sort();
        once.dedup();
        assert_eq!(once.len(), keys(fixture).len(), "{fixture}");
    }
}

#[test]
fn the_same_message_in_both_forms_is_one() {
    assert_eq!(keys("twice")[..2], ["message:aWdfZAG1faXRlbToxOk01", "message:aWdfZAG1faXRlbToxOk01"]);
}

#[test]
fn a_delivery_about_a_page_is_refused() {
    assert!(instagram_at(NOWHERE).parse(br#"{"object":"page","entry":[]}"#).is_err());
}

fn verify(body: &[u8], signature: &str) -> Result<(), SignatureError> {
    instagram_at(NOWHERE).verify(&post_with("instagram", body, &[("x-hub-signature-256", signature)]))
}

#[test]
fn only_meta_is_heard_whichever_of_its_two_secrets_it_signs_with() {
    assert_eq!(verify(BODY, SIGNATURE), Ok(()));
    assert_eq!(verify(BODY, OTHER_SIGNATURE), Ok(()));
    assert_eq!(verify(BODY, FOREIGN_SIGNATURE), Err(SignatureError::Wrong));
    assert_eq!(verify(BODY, "sha256=00"), Err(SignatureError::Malformed));
    assert_eq!(instagram_at(NOWHERE).verify(&post_with("instagram", BODY, &[])), Err(SignatureError::Missing));
    for place in 0..BODY.len() {
        let mut body = BODY.to_vec();
        body[place] ^= 1;
        assert_eq!(verify(&body, SIGNATURE), Err(SignatureError::Wrong), "byte {place}");
    }
    let anew = serde_json::from_slice::<Value>(BODY).expect("the fixture is JSON").to_string();
    assert_eq!(verify(anew.as_bytes(), SIGNATURE), Err(SignatureError::Wrong));
}

#[test]
fn the_challenge_comes_back_to_who_knows_the_token() {
    let ask = |token| {
        let query = format!("?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}");
        instagram_at(NOWHERE).handshake(&get(&format!("/webhooks/instagram/1{query}")))
    };
    assert_eq!(ask("verify-token"), Some(RawResponse::text(200, "1158201444")));
    assert_eq!(ask(""), Some(RawResponse::text(403, "")));
}

fn planned(content: Content) -> Vec<ProviderSend> {
    let to = Recipient { ids: vec![ExternalId("7200000000000001".into())] };
    let message = OutboundMessage { to, ..answer(content) };
    plan(&instagram_at(NOWHERE).limits(), &message, NOW, A_MINUTE_AGO).expect("can be planned")
}

fn hello() -> ProviderSend {
    planned(Content::Text("Yes".into())).remove(0)
}

fn texts(words: &str) -> Vec<String> {
    let pieces = planned(Content::Text(words.into())).into_iter().map(|send| send.piece);
    pieces.map(|piece| if let Piece::Text(text) = piece { text } else { panic!("{piece:?}") }).collect()
}

#[test]
fn a_text_has_at_most_a_thousand_bytes_however_many_smiles_that_is() {
    let exactly = "🙂".repeat(250);
    assert_eq!((exactly.len(), texts(&exactly)), (1_000, vec![exactly.clone()]));
    let more = "🙂".repeat(251);
    let parts = texts(&more);
    assert_eq!(parts.iter().map(String::len).collect::<Vec<_>>(), [1_000, 4]);
    assert_eq!(parts.concat(), more);
    let families = "👨‍👩‍👧‍👦".repeat(41);
    assert!(texts(&families).iter().all(|part| part.len() <= 1_000 && part.len() % "👨‍👩‍👧‍👦".len() == 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_part_of_a_text_fits_and_nothing_is_lost(words in "[a-zé🙂ß]{1,12}( [a-zé🙂]{1,12}|\n\n[a-z]{1,4}){0,400}") {
        let parts = texts(&words);
        prop_assert!(parts.iter().all(|part| part.len() <= 1_000));
        prop_assert_eq!(parts.concat(), words);
    }
}

#[test]
fn a_bot_is_silent_after_a_day_and_a_person_after_a_week() {
    let after = |silence, author| {
        let message = OutboundMessage { author, ..answer(Content::Text("hi".into())) };
        let wrote = Timestamp(1_795_300_000_000);
        let planned = plan(&instagram_at(NOWHERE).limits(), &message, wrote.plus(silence), Some(wrote));
        planned.map(|planned| planned[0].by_person_late)
    };
    let closed = |hours| Err(Refused::WindowClosed { hours, templates: false });
    assert_eq!(after(hours(25), Author::Bot), closed(24));
    assert_eq!(after(hours(25), Author::Person), Ok(true));
    assert_eq!(after(hours(24 * 7), Author::Person), closed(7 * 24));
}

#[test]
fn answers_to_pick_are_quick_replies() {
    let question = planned(Content::Choices { text: "Ok?".into(), choices: choices(&["Yes", "No"]) });
    assert!(matches!(&question[..], [ProviderSend { piece: Piece::Buttons { .. }, .. }]));
}

async fn send(meta: &StandIn, send: &ProviderSend) -> Result<Receipt, ChannelError> {
    instagram_at(&meta.base_url).send(tools(&http()), send).await
}

fn error(code: i64, subcode: i64) -> Reply {
    let error = json!({"error": {"message": "(#1) x", "code": code, "error_subcode": subcode}});
    Reply::new(400, "", &error.to_string())
}

async fn failed(reply: Reply) -> ChannelError {
    send(&StandIn::answering(reply).await, &hello()).await.expect_err("must fail")
}

#[tokio::test]
async fn a_message_leaves_in_the_name_of_the_account_and_comes_back_with_its_id() {
    let meta = StandIn::answering(Reply::new(200, "", ACCEPTED)).await;
    let receipt = send(&meta, &hello()).await.expect("is taken");
    assert_eq!(receipt.ids, [ProviderId("mid.out.1".into())]);
    let head = &meta.asked()[0].head;
    assert!(head.starts_with("post /v26.0/17840000000000001/messages http/1.1"), "{head}");
    assert!(head.contains("authorization: bearer igaatoken"));
}

#[tokio::test]
async fn through_a_page_it_leaves_in_the_name_of_the_page() {
    let meta = StandIn::answering(Reply::new(200, "", ACCEPTED)).await;
    by_page(&meta).send(tools(&http()), &hello()).await.expect("is taken");
    assert!(meta.asked()[0].head.starts_with("post /v26.0/600000000000001/messages http/1.1"));
}

fn by_page(meta: &StandIn) -> std::sync::Arc<dyn Adapter> {
    instagram_with(&json!({"login": "facebook", "page_id": "600000000000001", "base_url": meta.base_url}))
}

#[tokio::test]
async fn a_photo_is_fetched_where_it_is_lent_and_its_words_follow_it() {
    let file = StoredFile { id: FileId::from_number(7), name: "jacket.png".into(), mime: "image/png".into(), bytes: 9 };
    let files = vec![Attachment::new(MediaKind::Photo, FileState::Here(file))];
    let sends = planned(Content::Files { text: "This one?".into(), files });
    assert_eq!(sends.len(), 2);
    let meta = StandIn::answering(Reply::new(200, "", ACCEPTED)).await;
    send(&meta, &sends[0]).await.expect("is taken");
    let [asked] = &meta.asked()[..] else { panic!("not one request") };
    let url = asked.body["message"]["attachment"]["payload"]["url"].as_str().expect("an address");
    assert!(url.starts_with("https://desk.example/lent/"), "{url}");
}

#[tokio::test]
async fn what_is_not_documented_here_is_left_away_when_meta_refuses_it() {
    let meta = StandIn::answering_in_turn(|_| vec![error(100, 0), Reply::new(200, "", ACCEPTED)]).await;
    send(&meta, &hello()).await.expect("is taken");
    let messages: Vec<Value> = meta.asked().into_iter().map(|asked| asked.body["message"].clone()).collect();
    assert_eq!(messages[1], json!({"text": "Yes"}));
    for reply in [Reply::HangUp, error(2, 0), error(10, 2_534_022)] {
        let meta = StandIn::answering(reply).await;
        send(&meta, &hello()).await.expect_err("must fail");
        assert_eq!(meta.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_refusal_is_read_from_its_code() {
    assert_eq!(failed(error(190, 0)).await, ChannelError::AuthExpired);
    let over = ChannelError::OutsideWindow { templates: false };
    assert_eq!(over.words(), "The messaging window is closed: the customer must write first.");
    assert_eq!(failed(error(10, 2_534_022)).await, over);
    assert_eq!(failed(error(10, 2_018_278)).await, over);
    assert_eq!(failed(error(1_545_041, 0)).await, over);
    assert_eq!(failed(error(551, 1_545_041)).await, ChannelError::RecipientBlocked);
    let limited = |retry_after| ChannelError::RateLimited { retry_after, scope: Scope::Channel };
    assert_eq!(failed(error(4, 0)).await, limited(None));
    let wait = Some(Duration::from_secs(30));
    assert_eq!(failed(Reply::new(429, "retry-after: 30\r\n", "")).await, limited(wait));
    assert_eq!(failed(Reply::HangUp).await, ChannelError::OutcomeUnknown);
}

#[tokio::test]
async fn our_reaction_is_shown_and_taken_back() {
    let meta = StandIn::answering(Reply::new(200, "", "{}")).await;
    let (http, instagram, to) = (http(), instagram_at(&meta.base_url), hello().to);
    for emoji in [Some("❤"), None] {
        let (to, target, emoji) = (to.clone(), ProviderId("mid.1".into()), emoji.map(str::to_owned));
        instagram.signal(&http, &Signal::Reaction { to, target, emoji }).await.expect("is taken");
    }
    let actions: Vec<Value> = meta.asked().into_iter().map(|asked| asked.body["sender_action"].clone()).collect();
    assert_eq!(actions, ["react", "unreact"]);
}

#[tokio::test]
async fn a_file_that_expired_is_lost() {
    let meta = StandIn::answering(Reply::new(403, "", "")).await;
    let file = FileRef::at(format!("{}/?asset_id=1&signature=x", meta.base_url));
    let outcome = instagram_at(&meta.base_url).fetch_file(&http(), &file).await.map(|_| ());
    assert!(matches!(outcome, Err(ChannelError::MediaRejected { .. })));
}

#[tokio::test]
async fn who_wrote_is_told_or_is_an_instagram_user() {
    let profile = async |reply| {
        let meta = StandIn::answering(reply).await;
        instagram_at(&meta.base_url).fetch_profile(&http(), &ExternalId("7200000000000001".into())).await
    };
    let told = json!({"name": "Ana Lima", "username": "ana.lima", "profile_pic": "https://cdn.example/ana.jpg"});
    let ana = profile(Reply::new(200, "", &told.to_string())).await.expect("told").expect("somebody");
    assert_eq!((ana.name.as_deref(), ana.username.as_deref()), (Some("Ana Lima"), Some("ana.lima")));
    assert_eq!(ana.picture, Some(FileRef::at("https://cdn.example/ana.jpg")));
    let nobody = profile(error(100, 33)).await.expect("an answer").expect("somebody");
    assert_eq!(nobody.name.as_deref(), Some("Instagram user"));
}

#[tokio::test]
async fn a_test_knows_the_account_by_the_id_that_deliveries_name_it_by() {
    let ours = json!({"id": "28970000000000001", "user_id": "17840000000000001", "username": "acme"});
    let meta = StandIn::answering(Reply::new(200, "", &ours.to_string())).await;
    assert_eq!(instagram_at(&meta.base_url).test(&http()).await.expect("is ours").name, "@acme");
    assert!(meta.asked()[0].head.starts_with("get /v26.0/me?fields=user_id"));

    let linked = json!({"name": "Acme", "instagram_business_account": {"id": "17840000000000001", "username": "acme"}});
    let meta = StandIn::answering(Reply::new(200, "", &linked.to_string())).await;
    assert_eq!(by_page(&meta).test(&http()).await.expect("is ours").name, "@acme");

    for other in [json!({"user_id": "17840000000000002", "username": "other"}), json!({})] {
        let meta = StandIn::answering(Reply::new(200, "", &other.to_string())).await;
        let words = instagram_at(&meta.base_url).test(&http()).await.expect_err("is not ours").words();
        assert!(words.contains("17840000000000001"), "{words}");
    }
}

#[tokio::test]
async fn each_login_subscribes_in_its_own_way() {
    let meta = StandIn::answering(Reply::new(200, "", r#"{"success":true}"#)).await;
    let told = instagram_at(&meta.base_url).subscribe(&http()).await.expect("is taken");
    assert!(matches!(told, Subscribed::ByHand(how) if how.contains("Instagram > API setup > Webhooks")), "{told:?}");
    by_page(&meta).subscribe(&http()).await.expect("is taken");
    let heads: Vec<String> = meta.asked().into_iter().map(|asked| asked.head).collect();
    assert!(heads[0].starts_with("post /v26.0/17840000000000001/subscribed_apps?"), "{}", heads[0]);
    assert!(heads[0].contains("message_edit") && heads[0].contains("messaging_seen"));
    assert!(heads[1].starts_with("post /v26.0/600000000000001/subscribed_apps?"), "{}", heads[1]);
}

const RENEWED: &str = r#"{"access_token":"IGAAnew","token_type":"bearer","expires_in":5183944}"#;

#[tokio::test]
async fn a_token_is_renewed_a_month_before_it_ends() {
    let meta = StandIn::answering(Reply::new(200, "", RENEWED)).await;
    let ending = |ends: &str| instagram_with(&json!({"base_url": meta.base_url, "access_token_expires_at": ends}));
    // NOW is 21 November 2026.
    let later = ending("Fri, 01 Jan 2027 00:00:00 GMT");
    assert!(later.renewal_due_at().is_some_and(|due| due > NOW));
    let soon = ending("Tue, 01 Dec 2026 00:00:00 GMT");
    assert!(soon.renewal_due_at().is_some_and(|due| due < NOW));
    assert_eq!(soon.token_expires_at(), Some(Timestamp(1_796_083_200_000)));
    let changes: Value =
        serde_json::from_str(&soon.renew(&http(), NOW).await.expect("is renewed").expect("changes")).expect("JSON");
    assert!(meta.asked()[0].head.starts_with("get /refresh_access_token?grant_type=ig_refresh_token&access_token="));
    assert_eq!(changes["access_token"], "IGAAnew");
    let renewed = instagram_with(&changes).token_expires_at().expect("is known");
    let seconds = NOW.plus(Duration::from_secs(5_183_944)).0 / 1_000;
    assert_eq!(renewed, Timestamp(seconds * 1_000));
}

#[tokio::test]
async fn a_token_of_unknown_end_is_renewed_at_once_unless_it_is_too_young() {
    let renew = async |more: Value, reply| {
        let meta = StandIn::answering(reply).await;
        let mut settings = json!({"base_url": meta.base_url});
        settings.as_object_mut().expect("settings").extend(more.as_object().expect("settings").clone());
        instagram_with(&settings).renew(&http(), NOW).await
    };
    assert!(instagram_at(NOWHERE).renewal_due_at().is_some_and(|due| due < NOW));
    assert!(renew(json!({}), Reply::new(200, "", RENEWED)).await.expect("is renewed").is_some());
    assert_eq!(renew(json!({}), error(100, 0)).await, Ok(None));
    assert_eq!(renew(json!({}), error(190, 0)).await, Err(ChannelError::AuthExpired));
    let ending = json!({"access_token_expires_at": "Tue, 01 Dec 2026 00:00:00 GMT"});
    assert!(renew(ending.clone(), error(100, 0)).await.is_err());
    assert!(renew(ending, Reply::new(200, "", "{}")).await.expect_err("no token").is_retryable());
    let page = json!({"login": "facebook", "page_id": "600000000000001"});
    assert_eq!(instagram_with(&page).renewal_due_at(), None);
    assert_eq!(renew(page, Reply::HangUp).await, Ok(None));
}

#[tokio::test]
async fn no_error_tells_the_token() {
    let errors = [
        instagram_at(NOWHERE).renew(&http(), NOW).await.expect_err("must fail"),
        failed(Reply::new(418, "", "IGAAtoken")).await,
    ];
    for error in errors {
        let told = format!("{error} {error:?} {}", error.words());
        assert!(!told.contains("IGAAtoken") && !told.contains("127.0.0.1"), "{told}");
    }
}

#[test]
fn every_field_of_the_forms_is_a_setting_and_the_required_ones_are_missed_by_name() {
    for kind in [ChannelKind::Messenger, ChannelKind::Instagram] {
        let value = |name: &str| match name {
            "login" => "facebook",
            "base_url" => "https://graph.example",
            "graph_version" => "v26.0",
            "access_token_expires_at" => "Sun, 22 Nov 2026 10:00:00 GMT",
            _ => "600000000000001",
        };
        let fields = adapter::setup_fields(kind);
        let filled: Map<String, Value> =
            fields.iter().map(|field| (field.name.clone(), value(&field.name).into())).collect();
        let open = |settings: &Map<String, Value>| {
            adapter::open(kind, &json!(settings).to_string(), &webhook(kind.word())).map(|_| ())
        };
        assert_eq!(open(&filled), Ok(()));
        for field in fields.iter().filter(|field| field.is_required) {
            let mut without = filled.clone();
            without.remove(&field.name);
            assert_eq!(open(&without).expect_err("must be refused").field, field.name);
        }
    }
}
