//! Calls of the Bot API out, and what its answers mean.

use std::time::Duration;

use channels::error::{ChannelError, Scope};
use channels::files::{FileRef, OutboundFile};
use channels::http::{Http, HttpLimits};
use channels::identity::{ExternalId, ProviderId};
use channels::inbound::{Inbound, InboundEvent};
use channels::outbound::{OutboundMessage, Piece, ProviderSend, Receipt, Recipient, Signal};
use channels::plan::plan;
use domain::id::FileId;
use domain::media::{FileState, MediaKind, StoredFile};
use domain::message::{Attachment, Choice, Content};
use futures::TryStreamExt;
use serde_json::{Value, json};

use super::nowhere;
use crate::desk::{BOT_TOKEN, NOW, OneFile, answer, choices, http, telegram_at, tools, tools_with, webhook};
use crate::stand_in::{Reply, StandIn};

const ANA: &str = "5000000077";
const SENT: &str = r#"{"ok":true,"result":{"message_id":18,"date":1795300061,"chat":{"id":5000000077,"type":"private"},"text":"Olá"}}"#;

fn http_answering_within(answer: Duration) -> Http {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Http::new(HttpLimits { connect: Duration::from_secs(5), answer, answer_max: 64 * 1024 }).expect("a client")
}

fn to(id: &str) -> Recipient {
    Recipient { ids: vec![ExternalId(id.into())] }
}

fn planned(content: Content) -> Vec<ProviderSend> {
    let message = OutboundMessage { to: to(ANA), ..answer(content) };
    plan(&nowhere().limits(), &message, NOW, None).expect("there is no window")
}

fn hello() -> ProviderSend {
    planned(Content::Text("Olá".into())).remove(0)
}

async fn answered(status: u16, body: &str) -> Result<Receipt, ChannelError> {
    let telegram = StandIn::answering(Reply::new(status, "", body)).await;
    telegram_at(&telegram.base_url).send(tools(&http()), &hello()).await
}

async fn failed(status: u16, body: &str) -> ChannelError {
    answered(status, body).await.expect_err("must fail")
}

#[tokio::test]
async fn a_message_leaves_once_and_comes_back_with_the_name_that_reactions_will_use() {
    let telegram = StandIn::answering(Reply::new(200, "", SENT)).await;
    let receipt = telegram_at(&telegram.base_url).send(tools(&http()), &hello()).await.expect("is taken");
    assert_eq!(receipt.ids, [ProviderId("5000000077:18".into())]);

    let [asked] = &telegram.asked()[..] else { panic!("not one request") };
    let path = format!("post /bot{}/sendmessage http/1.1", BOT_TOKEN.to_lowercase());
    assert!(asked.head.starts_with(&path), "{}", asked.head);
    assert!(!asked.head.contains("authorization"));
    assert_eq!(asked.body, json!({"chat_id": 5_000_000_077_i64, "text": "Olá"}));
}

#[tokio::test]
async fn a_reaction_in_a_business_accounts_chat_is_refused_and_not_put_on_another_message() {
    let telegram = StandIn::answering(Reply::new(200, "", r#"{"ok":true,"result":true}"#)).await;
    let target = ProviderId("5000000077@conn1:45".into());
    let reaction = Signal::Reaction { to: to("5000000077@conn1"), target, emoji: Some("👍".into()) };
    let refused = telegram_at(&telegram.base_url).signal(&http(), &reaction).await;
    assert!(matches!(refused, Err(ChannelError::Unsupported { .. })), "{refused:?}");
    assert!(telegram.asked().is_empty());
}

#[tokio::test]
async fn what_was_read_is_marked_in_a_business_accounts_chat_and_nothing_is_asked_elsewhere() {
    let telegram = StandIn::answering(Reply::new(200, "", r#"{"ok":true,"result":true}"#)).await;
    let read = |chat: &str| Signal::Read { to: to(chat), up_to: ProviderId(format!("{chat}:17")) };
    let refused = telegram_at(&telegram.base_url).signal(&http(), &read(ANA)).await;
    assert!(matches!(refused, Err(ChannelError::Unsupported { .. })), "{refused:?}");
    assert!(telegram.asked().is_empty());

    assert_eq!(telegram_at(&telegram.base_url).signal(&http(), &read("77@conn1")).await, Ok(()));
    let [asked] = &telegram.asked()[..] else { panic!("not one request") };
    assert_eq!(asked.body, json!({"business_connection_id": "conn1", "chat_id": 77, "message_id": 17}));
}

#[tokio::test]
async fn a_file_streams_with_its_words_its_name_and_its_type() {
    let telegram = StandIn::answering(Reply::new(200, "", SENT)).await;
    let file = OutboundFile {
        kind: MediaKind::Photo,
        id: FileId::from_number(1),
        name: "loja.jpg".into(),
        mime: "image/jpeg".into(),
        bytes: 11,
    };
    let send = ProviderSend { piece: Piece::File { file, caption: Some("A loja".into()) }, ..hello() };
    let (http, content) = (http(), OneFile(b"eleven byte"));
    let receipt = telegram_at(&telegram.base_url).send(tools_with(&http, &content), &send).await.expect("is taken");
    assert_eq!(receipt.ids, [ProviderId("5000000077:18".into())]);

    let [asked] = &telegram.asked()[..] else { panic!("not one request") };
    assert!(asked.head.contains("/sendphoto http/1.1"), "{}", asked.head);
    assert!(asked.head.contains("content-type: multipart/form-data"), "{}", asked.head);
    for part in [
        "name=\"chat_id\"\r\n\r\n5000000077\r\n",
        "name=\"caption\"\r\n\r\nA loja\r\n",
        "name=\"photo\"; filename=\"loja.jpg\"\r\nContent-Type: image/jpeg\r\n\r\neleven byte\r\n",
    ] {
        assert!(asked.text().contains(part), "{part} is not in {}", asked.text());
    }
}

const ALBUM: &str =
    r#"{"ok":true,"result":[{"message_id":18,"media_group_id":"13"},{"message_id":19,"media_group_id":"13"}]}"#;

fn photos(count: u128) -> Content {
    let photo = |number| {
        let (id, name, mime) = (FileId::from_number(number), format!("{number}.jpg"), "image/jpeg".into());
        Attachment::new(MediaKind::Photo, FileState::Here(StoredFile { id, name, mime, bytes: 11 }))
    };
    Content::Files { text: "A loja".into(), files: (1..=count).map(photo).collect() }
}

#[tokio::test]
async fn photos_that_were_sent_together_leave_in_one_request_and_each_has_its_name() {
    let telegram = StandIn::answering(Reply::new(200, "", ALBUM)).await;
    let [send] = &planned(photos(2))[..] else { panic!("not one request") };
    let send = ProviderSend { reply_to: Some(ProviderId("5000000077:12".into())), ..send.clone() };
    let (http, content) = (http(), OneFile(b"eleven byte"));

    let receipt = telegram_at(&telegram.base_url).send(tools_with(&http, &content), &send).await.expect("is taken");

    assert_eq!(receipt.ids, ["5000000077:18", "5000000077:19"].map(|id| ProviderId(id.into())));
    let [asked] = &telegram.asked()[..] else { panic!("not one request") };
    assert!(asked.head.contains("/sendmediagroup http/1.1"), "{}", asked.head);
    for part in [
        "name=\"chat_id\"\r\n\r\n5000000077\r\n",
        "name=\"media\"\r\n\r\n[{\"caption\":\"A loja\",\"media\":\"attach://file1\",\"type\":\"photo\"},{\"media\":\"attach://file2\",\"type\":\"photo\"}]\r\n",
        "name=\"reply_parameters\"\r\n\r\n{\"allow_sending_without_reply\":true,\"message_id\":12}\r\n",
        "name=\"file1\"; filename=\"1.jpg\"\r\nContent-Type: image/jpeg\r\n\r\neleven byte\r\n",
        "name=\"file2\"; filename=\"2.jpg\"\r\nContent-Type: image/jpeg\r\n\r\neleven byte\r\n",
    ] {
        assert!(asked.text().contains(part), "{part} is not in {}", asked.text());
    }
}

#[tokio::test]
async fn an_album_whose_outcome_is_not_known_is_not_sent_again() {
    for reply in [Reply::HangUp, Reply::new(200, "", r#"{"ok":true,"result":[]}"#)] {
        let telegram = StandIn::answering(reply).await;
        let (http, content) = (http(), OneFile(b"eleven byte"));
        let outcome = telegram_at(&telegram.base_url).send(tools_with(&http, &content), &planned(photos(2))[0]).await;
        assert_eq!(outcome, Err(ChannelError::OutcomeUnknown));
        assert_eq!(telegram.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_press_is_answered_by_what_it_brought() {
    let press = br#"{"update_id":1,"callback_query":{"id":"cq1","from":{"id":77},"message":{"message_id":12,"chat":{"id":77}},"data":"1"}}"#;
    let events = nowhere().parse(press).expect("an update");
    let [Ok(InboundEvent { what: Inbound::Message { message, .. }, .. })] = &events[..] else { panic!("{events:?}") };
    let button = message.pressed.clone().expect("Telegram waits for an answer");

    let telegram = StandIn::answering(Reply::new(200, "", r#"{"ok":true,"result":true}"#)).await;
    telegram_at(&telegram.base_url).signal(&http(), &Signal::Pressed { button }).await.expect("is taken");
    assert_eq!(telegram.asked()[0].body, json!({"callback_query_id": "cq1"}));
}

#[test]
fn a_question_with_answers_has_buttons_whose_data_fits_64_bytes() {
    let ask = |titles: &[&str]| planned(Content::Choices { text: "Ok?".into(), choices: choices(titles) });
    assert!(matches!(&ask(&["Sim", "Não", "Talvez", "Outro"])[0].piece, Piece::Buttons { .. }));
    let id = |id: String| {
        let choices = vec![Choice { id, title: "Sim".into() }];
        planned(Content::Choices { text: "Ok?".into(), choices }).remove(0).piece
    };
    assert!(matches!(id("ä".repeat(32)), Piece::Buttons { .. }));
    assert!(matches!(id("ä".repeat(33)), Piece::Text(_)));
}

#[test]
fn a_long_text_is_cut_by_utf16_as_telegram_counts() {
    let sent = planned(Content::Text("🙂".repeat(2_049)));
    assert_eq!(sent.len(), 2);
    assert!(matches!(&sent[0].piece, Piece::Text(text) if text.encode_utf16().count() == 4_096));
}

#[tokio::test]
async fn a_refusal_says_what_follows_from_it() {
    let body = |code: u16, words: &str| json!({"ok": false, "error_code": code, "description": words}).to_string();
    assert_eq!(failed(401, &body(401, "Unauthorized")).await, ChannelError::AuthExpired);
    let blocked = body(403, "Forbidden: bot was blocked by the user");
    assert_eq!(failed(403, &blocked).await, ChannelError::RecipientBlocked);
    let gone = ChannelError::RecipientUnreachable { detail: "Telegram says: Bad Request: chat not found.".into() };
    assert_eq!(failed(400, &body(400, "Bad Request: chat not found")).await, gone);
    assert!(failed(502, "<html>").await.is_retryable());
}

#[tokio::test]
async fn a_limit_says_in_its_body_how_long_to_wait() {
    let limited = |retry_after| ChannelError::RateLimited { retry_after, scope: Scope::Channel };
    let body = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}"#;
    assert_eq!(failed(429, body).await, limited(Some(Duration::from_secs(7))));
    assert_eq!(failed(429, r#"{"ok":false,"error_code":429}"#).await, limited(None));
    assert_eq!(failed(429, "slow down").await, limited(None));
}

#[tokio::test]
async fn a_limit_met_in_a_group_is_the_groups_alone() {
    let body = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}"#;
    let telegram = StandIn::answering(Reply::new(429, "", body)).await;
    let to = Recipient { ids: vec![ExternalId("-1001987654321".into())] };
    let outcome = telegram_at(&telegram.base_url).send(tools(&http()), &ProviderSend { to, ..hello() }).await;
    let retry_after = Some(Duration::from_secs(7));
    assert_eq!(outcome, Err(ChannelError::RateLimited { retry_after, scope: Scope::Recipient }));
}

#[tokio::test]
async fn a_group_that_got_another_number_is_written_to_there_and_remembered() {
    let moved = r#"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001987654321}}"#;
    let telegram = StandIn::answering_in_turn(|_| vec![Reply::new(400, "", moved), Reply::new(200, "", SENT)]).await;
    let send = ProviderSend { to: to("-987654321"), ..hello() };
    let receipt = telegram_at(&telegram.base_url).send(tools(&http()), &send).await.expect("is taken there");
    assert_eq!(receipt.recipient, [ExternalId("-1001987654321".into())]);
    assert_eq!(receipt.ids, [ProviderId("-1001987654321:18".into())]);
    let chats: Vec<Value> = telegram.asked().iter().map(|asked| asked.body["chat_id"].clone()).collect();
    assert_eq!(chats, [json!(-987_654_321), json!(-1_001_987_654_321_i64)]);
}

#[tokio::test]
async fn an_answer_to_a_message_that_is_gone_is_sent_all_the_same() {
    let gone = r#"{"ok":false,"error_code":400,"description":"Bad Request: message to be replied not found"}"#;
    let telegram = StandIn::answering_in_turn(|_| vec![Reply::new(400, "", gone), Reply::new(200, "", SENT)]).await;
    let send = ProviderSend { reply_to: Some(ProviderId("5000000077:12".into())), ..hello() };
    telegram_at(&telegram.base_url).send(tools(&http()), &send).await.expect("is taken");
    let answers: Vec<bool> = telegram.asked().iter().map(|asked| asked.body["reply_parameters"].is_object()).collect();
    assert_eq!(answers, [true, false]);
    // Without anything to leave out it is not tried again.
    let telegram = StandIn::answering(Reply::new(400, "", gone)).await;
    assert!(telegram_at(&telegram.base_url).send(tools(&http()), &hello()).await.is_err());
    assert_eq!(telegram.asked().len(), 1);
}

#[tokio::test]
async fn what_is_already_so_is_a_success() {
    let same = r#"{"ok":false,"error_code":400,"description":"Bad Request: message is not modified"}"#;
    let telegram = StandIn::answering(Reply::new(400, "", same)).await;
    let typing = Signal::Typing { to: to(ANA), answering: ProviderId("5000000077:17".into()) };
    assert_eq!(telegram_at(&telegram.base_url).signal(&http(), &typing).await, Ok(()));
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_never_sent_again() {
    for body in ["", "<html>", "{}", r#"{"ok":true,"result":true}"#] {
        assert_eq!(answered(200, body).await, Err(ChannelError::OutcomeUnknown));
    }
}

#[tokio::test]
async fn silence_after_the_request_left_is_an_unknown_outcome() {
    for reply in [Reply::Silence, Reply::HangUp] {
        let telegram = StandIn::answering(reply).await;
        let adapter = telegram_at(&telegram.base_url);
        let impatient = http_answering_within(Duration::from_millis(100));
        assert_eq!(adapter.send(tools(&impatient), &hello()).await, Err(ChannelError::OutcomeUnknown));
        assert_eq!(telegram.asked().len(), 1);
    }
}

async fn fetched(replies: Vec<Reply>) -> (Result<(Option<String>, Vec<u8>), ChannelError>, StandIn) {
    let telegram = StandIn::answering_in_turn(|_| replies).await;
    let file = FileRef { mime: Some("image/jpeg".into()), ..FileRef::at("AgACphotoL") };
    let fetched = telegram_at(&telegram.base_url).fetch_file(&http(), &file).await;
    let read = match fetched {
        Ok(fetched) => {
            let mime = fetched.mime;
            let pieces: Result<Vec<_>, _> = fetched.content.try_collect().await;
            pieces.map(|pieces| (mime, pieces.concat()))
        }
        Err(error) => Err(error),
    };
    (read, telegram)
}

const FOUND: &str = r#"{"ok":true,"result":{"file_id":"AgACphotoL","file_unique_id":"u","file_size":5,"file_path":"photos/file_1.jpg"}}"#;

#[tokio::test]
async fn a_file_is_found_and_then_fetched() {
    let content = Reply::new(200, "content-type: application/octet-stream\r\n", "photo");
    let (read, telegram) = fetched(vec![Reply::new(200, "", FOUND), content]).await;
    assert_eq!(read, Ok((Some("image/jpeg".into()), b"photo".to_vec())));
    let heads: Vec<String> = telegram.asked().into_iter().map(|asked| asked.head).collect();
    assert_eq!(telegram.asked()[0].body, json!({"file_id": "AgACphotoL"}));
    assert!(heads[1].starts_with(&format!("get /file/bot{}/photos/file_1.jpg", BOT_TOKEN.to_lowercase())), "{heads:?}");
}

#[tokio::test]
async fn a_file_that_cannot_be_had_says_why() {
    let big = r#"{"ok":false,"error_code":400,"description":"Bad Request: file is too big"}"#;
    let (read, _) = fetched(vec![Reply::new(400, "", big)]).await;
    let words = read.expect_err("is too big").words();
    assert!(words.contains("20 MB"), "{words}");
    for status in [403, 404, 410] {
        let (read, _) = fetched(vec![Reply::new(200, "", FOUND), Reply::new(status, "", "")]).await;
        assert!(matches!(read, Err(ChannelError::MediaRejected { .. })), "{status} {read:?}");
    }
    let (read, _) = fetched(vec![Reply::HangUp]).await;
    assert!(read.expect_err("must fail").is_retryable());
    let away = Reply::new(302, "location: http://127.0.0.1:9/elsewhere\r\n", "");
    let (read, _) = fetched(vec![Reply::new(200, "", FOUND), away]).await;
    assert!(read.is_err(), "a file is fetched from Telegram alone");
}

#[tokio::test]
async fn a_picture_is_the_largest_of_the_newest() {
    let photos = r#"{"ok":true,"result":{"total_count":3,"photos":[[{"file_id":"S","file_size":1},{"file_id":"L","file_size":9}]]}}"#;
    let telegram = StandIn::answering(Reply::new(200, "", photos)).await;
    let profile = telegram_at(&telegram.base_url).fetch_profile(&http(), &ExternalId(ANA.into())).await;
    let picture = profile.expect("is told").and_then(|profile| profile.picture).expect("there is one");
    assert_eq!((picture.handle.as_str(), picture.bytes), ("L", Some(9)));
    assert_eq!(telegram.asked()[0].body, json!({"user_id": 5_000_000_077_i64, "limit": 1}));
    let group = telegram_at(&telegram.base_url).fetch_profile(&http(), &ExternalId("-1001987654321".into())).await;
    assert_eq!(group, Ok(None));
}

#[tokio::test]
async fn the_test_tells_who_the_bot_is_and_where_it_delivers() {
    let me = Reply::new(
        200,
        "",
        r#"{"ok":true,"result":{"id":110201543,"is_bot":true,"first_name":"Acme","username":"acme_bot"}}"#,
    );
    let hook = Reply::new(200, "", r#"{"ok":true,"result":{"url":"","pending_update_count":0}}"#);
    let telegram = StandIn::answering_in_turn(|_| vec![me, hook]).await;
    let account = telegram_at(&telegram.base_url).test(&http()).await.expect("is known");
    assert_eq!(account.name, "@acme_bot");
    assert_eq!(account.remarks, ["Telegram delivers this bot's messages nowhere yet."]);
}

#[tokio::test]
async fn telegram_is_told_where_to_deliver_what_and_with_which_secret() {
    let telegram = StandIn::answering(Reply::new(200, "", r#"{"ok":true,"result":true}"#)).await;
    telegram_at(&telegram.base_url).subscribe(&http()).await.expect("is taken");
    let [asked] = &telegram.asked()[..] else { panic!("not one request") };
    assert!(asked.head.contains("/setwebhook "), "{}", asked.head);
    let fixture = include_str!("../../../fixtures/telegram/outbound/subscribe.json");
    let expected: Value = serde_json::from_str(fixture).expect("the fixture is JSON");
    assert_eq!(asked.body, expected["parameters"]);
    assert_eq!(asked.body["url"], webhook("telegram").as_str());
}

#[tokio::test]
async fn no_error_tells_the_token_or_an_address() {
    let telegram = StandIn::answering(Reply::HangUp).await;
    let errors = [
        telegram_at(&telegram.base_url).send(tools(&http()), &hello()).await.expect_err("must fail"),
        nowhere().send(tools(&http()), &hello()).await.expect_err("must fail"),
        nowhere().test(&http()).await.expect_err("must fail"),
        nowhere().fetch_file(&http(), &FileRef::at("x")).await.err().expect("must fail"),
        failed(404, "").await,
    ];
    for error in errors {
        let told = format!("{error} {error:?} {}", error.words());
        assert!(!["AAHdqTcv", "hook-secret", "127.0.0.1", ANA].iter().any(|secret| told.contains(secret)), "{told}");
    }
}

#[tokio::test]
async fn somebody_of_another_channel_is_not_written_to() {
    for id in ["", "BR.1349", "wamid"] {
        let send = ProviderSend { to: to(id), ..hello() };
        let refused = nowhere().send(tools(&http()), &send).await.expect_err("must fail");
        assert!(matches!(refused, ChannelError::InvalidContent { .. }), "{id}");
    }
}
