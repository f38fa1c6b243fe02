//! What leaves for X, and what its answers mean.

use std::time::Duration;

use channels::error::{ChannelError, Scope};
use channels::files::{FileRef, OutboundFile};
use channels::http::{Http, HttpLimits};
use channels::identity::{ExternalId, ProviderId};
use channels::outbound::{OutboundMessage, Piece, ProviderSend, Receipt, Recipient};
use channels::plan::plan;
use domain::id::FileId;
use domain::media::MediaKind;
use domain::message::Content;
use futures::TryStreamExt;
use serde_json::{Value, json};

use super::nowhere;
use crate::desk::{NOW, OneFile, answer, choices, http, tools, tools_with, x_at};
use crate::stand_in::{Asked, Reply, StandIn};

const ANA: &str = "1900000000000000111";
const SENT: &str = r#"{"data":{"dm_conversation_id":"222-1900000000000000111","dm_event_id":"1900000000000000555"}}"#;

fn http_answering_within(answer: Duration) -> Http {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Http::new(HttpLimits { connect: Duration::from_secs(5), answer, answer_max: 64 * 1024 }).expect("a client")
}

fn planned(content: Content) -> Vec<ProviderSend> {
    let to = Recipient { ids: vec![ExternalId(ANA.into())] };
    plan(&nowhere().limits(), &OutboundMessage { to, ..answer(content) }, NOW, None).expect("there is no window")
}

fn hello() -> ProviderSend {
    planned(Content::Text("Olá 🙂".into())).remove(0)
}

async fn answered(status: u16, headers: &str, body: &str) -> Result<Receipt, ChannelError> {
    let x = StandIn::answering(Reply::new(status, headers, body)).await;
    x_at(&x.base_url).send(tools(&http()), &hello()).await
}

async fn failed(status: u16, headers: &str, body: &str) -> ChannelError {
    answered(status, headers, body).await.expect_err("must fail")
}

#[tokio::test]
async fn a_message_leaves_once_with_its_token_and_comes_back_with_its_id() {
    let x = StandIn::answering(Reply::new(201, "", SENT)).await;
    let receipt = x_at(&x.base_url).send(tools(&http()), &hello()).await.expect("is taken");
    assert_eq!(receipt.ids, [ProviderId("1900000000000000555".into())]);
    let [asked] = &x.asked()[..] else { panic!("not one request") };
    assert!(
        asked.head.starts_with(&format!("post /2/dm_conversations/with/{ANA}/messages http/1.1")),
        "{}",
        asked.head
    );
    assert!(asked.head.contains("authorization: bearer user-token"));
    assert_eq!(asked.body, json!({"text": "Olá 🙂"}));
}

#[tokio::test]
async fn a_message_that_was_named_is_sent_whatever_errors_stand_beside() {
    let body = r#"{"data":{"dm_event_id":"1900000000000000555"},"errors":[{"title":"Field error","detail":"…"}]}"#;
    assert!(answered(201, "", body).await.is_ok());
    let none = r#"{"errors":[{"detail":"You do not have permission to DM one or more participants."}]}"#;
    assert_eq!(failed(200, "", none).await, ChannelError::RecipientBlocked);
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_never_sent_again() {
    for body in ["", "<html>", "{}", r#"{"data":{}}"#, r#"{"data":{"dm_event_id":""},"errors":[{}]}"#] {
        assert_eq!(answered(201, "", body).await, Err(ChannelError::OutcomeUnknown), "{body}");
    }
}

#[tokio::test]
async fn a_limit_ends_when_x_says() {
    let limited = |retry_after| ChannelError::RateLimited { retry_after, scope: Scope::Channel };
    let headers =
        "date: Sun, 22 Nov 2026 10:00:00 GMT\r\nx-rate-limit-remaining: 0\r\nx-rate-limit-reset: 1795342500\r\n";
    let problem = r#"{"title":"Too Many Requests","detail":"Too Many Requests","type":"about:blank","status":429}"#;
    assert_eq!(failed(429, headers, problem).await, limited(Some(Duration::from_secs(900))));
    assert_eq!(failed(429, "retry-after: 30\r\n", "").await, limited(Some(Duration::from_secs(30))));
    assert_eq!(failed(429, "", "slow down").await, limited(None));
}

#[tokio::test]
async fn a_refusal_says_what_follows_from_it() {
    assert_eq!(failed(401, "", r#"{"title":"Unauthorized","status":401}"#).await, ChannelError::AuthExpired);
    let closed = r#"{"errors":[{"code":349,"message":"You cannot send messages to this user."}]}"#;
    assert_eq!(failed(403, "", closed).await, ChannelError::RecipientBlocked);
    assert!(failed(503, "", "<html>").await.is_retryable());
}

#[tokio::test]
async fn silence_after_the_request_left_is_an_unknown_outcome() {
    for reply in [Reply::Silence, Reply::HangUp] {
        let x = StandIn::answering(reply).await;
        let impatient = http_answering_within(Duration::from_millis(100));
        assert_eq!(x_at(&x.base_url).send(tools(&impatient), &hello()).await, Err(ChannelError::OutcomeUnknown));
        assert_eq!(x.asked().len(), 1);
    }
}

fn with_file(kind: MediaKind, mime: &str, bytes: u64) -> ProviderSend {
    let file = OutboundFile { kind, id: FileId::from_number(1), name: "loja".into(), mime: mime.into(), bytes };
    ProviderSend { piece: Piece::File { file, caption: Some("A loja".into()) }, ..hello() }
}

async fn sent_with_file(
    send: &ProviderSend,
    content: &'static [u8],
    replies: Vec<Reply>,
) -> (Result<Receipt, ChannelError>, Vec<Asked>) {
    let x = StandIn::answering_in_turn(|_| replies).await;
    let content = OneFile(content);
    let sent = x_at(&x.base_url).send(tools_with(&http(), &content), send).await;
    (sent, x.asked())
}

fn paths(asked: &[Asked]) -> Vec<String> {
    let path = |asked: &Asked| asked.head.lines().next().unwrap_or_default().trim_end_matches(" http/1.1").to_owned();
    asked.iter().map(path).collect()
}

fn uploaded(more: &str) -> Reply {
    Reply::new(200, "", &format!(r#"{{"data":{{"id":"77","media_key":"3_77"{more}}}}}"#))
}

#[tokio::test]
async fn a_picture_is_handed_over_in_one_piece_and_then_named() {
    let send = with_file(MediaKind::Photo, "image/png", 11);
    let (sent, asked) = sent_with_file(&send, b"eleven byte", vec![uploaded(""), Reply::new(201, "", SENT)]).await;
    assert!(sent.is_ok(), "{sent:?}");
    assert_eq!(paths(&asked), ["post /2/media/upload", &format!("post /2/dm_conversations/with/{ANA}/messages")]);
    for part in [
        "name=\"media_category\"\r\n\r\ndm_image\r\n",
        "name=\"media_type\"\r\n\r\nimage/png\r\n",
        "name=\"media\"; filename=\"loja\"\r\nContent-Type: image/png\r\n\r\neleven byte\r\n",
    ] {
        assert!(asked[0].text().contains(part), "{part} is not in {}", asked[0].text());
    }
    assert_eq!(asked[1].body, json!({"text": "A loja", "attachments": [{"media_id": "77"}]}));
}

#[tokio::test]
async fn a_film_is_handed_over_in_parts_and_waited_for() {
    let pending = || uploaded(r#","processing_info":{"state":"in_progress","check_after_secs":0}"#);
    let replies = vec![
        uploaded(""),
        Reply::new(204, "", ""),
        Reply::new(204, "", ""),
        pending(),
        pending(),
        uploaded(r#","processing_info":{"state":"succeeded"}"#),
        Reply::new(201, "", SENT),
    ];
    static FILM: [u8; 4 * 1024 * 1024 + 5] = [b'x'; 4 * 1024 * 1024 + 5];
    let send = with_file(MediaKind::Video, "video/mp4", FILM.len() as u64);
    let (sent, asked) = sent_with_file(&send, &FILM, replies).await;
    assert!(sent.is_ok(), "{sent:?}");
    let status = "get /2/media/upload?command=status&media_id=77";
    let expected = [
        "post /2/media/upload/initialize",
        "post /2/media/upload/77/append",
        "post /2/media/upload/77/append",
        "post /2/media/upload/77/finalize",
        status,
        status,
        &format!("post /2/dm_conversations/with/{ANA}/messages"),
    ];
    assert_eq!(paths(&asked), expected);
    let fixture: Value =
        serde_json::from_str(include_str!("../../../fixtures/x/outbound/begin_upload.json")).expect("JSON");
    let fields = ["media_type", "media_category"].map(|field| asked[0].body[field] == fixture[field]);
    assert_eq!((fields, &asked[0].body["total_bytes"]), ([true, true], &json!(4 * 1024 * 1024 + 5)));
    assert!(asked[1].bytes.len() > 4 * 1024 * 1024 && asked[2].bytes.len() < 1024, "X takes no more than 5 MB at once");
    assert!(asked[2].text().contains("name=\"segment_index\"\r\n\r\n1\r\n"), "{}", asked[2].text());
}

#[tokio::test]
async fn a_file_that_x_cannot_work_through_is_refused_and_nothing_is_said() {
    let broken = uploaded(r#","processing_info":{"state":"failed","error":{"code":1,"message":"InvalidMedia."}}"#);
    let send = with_file(MediaKind::Photo, "image/png", 1);
    let (sent, asked) = sent_with_file(&send, b"x", vec![broken]).await;
    assert_eq!(sent, Err(ChannelError::MediaRejected { detail: "X says: InvalidMedia.".into() }));
    assert_eq!(asked.len(), 1);
}

#[tokio::test]
async fn nobody_waits_for_x_without_end() {
    let endless = uploaded(r#","processing_info":{"state":"pending","check_after_secs":0}"#);
    let send = with_file(MediaKind::Photo, "image/png", 1);
    let (sent, asked) = sent_with_file(&send, b"x", vec![endless]).await;
    assert!(sent.expect_err("must fail").is_retryable());
    assert_eq!(asked.len(), 21);
}

#[tokio::test]
async fn an_upload_whose_outcome_is_unknown_may_be_repeated_because_nobody_saw_it() {
    let send = with_file(MediaKind::Photo, "image/png", 1);
    let (sent, _) = sent_with_file(&send, b"x", vec![Reply::HangUp]).await;
    assert!(sent.expect_err("must fail").is_retryable());
}

#[test]
fn a_question_with_answers_is_numbered() {
    let sent = planned(Content::Choices { text: "Ok?".into(), choices: choices(&["Sim", "Não"]) });
    assert_eq!(sent[0].piece, Piece::Text("Ok?\n\n1. Sim\n2. Não".into()));
}

async fn fetched(handle: &str, reply: Reply) -> (Result<Vec<u8>, ChannelError>, Vec<Asked>) {
    let x = StandIn::answering(reply).await;
    let handle = handle.replace("{api}", &x.base_url);
    let read = match x_at(&x.base_url).fetch_file(&http(), &FileRef::at(handle)).await {
        Ok(fetched) => {
            let pieces: Result<Vec<_>, _> = fetched.content.try_collect().await;
            pieces.map(|pieces| pieces.concat())
        }
        Err(error) => Err(error),
    };
    (read, x.asked())
}

#[tokio::test]
async fn a_file_of_a_message_is_fetched_by_todays_door_with_the_accounts_token() {
    let address = "https://ton.x.com/1.1/ton/data/dm/1900000000000000003/77/abc.jpg";
    let (read, asked) = fetched(address, Reply::new(200, "content-type: image/jpeg\r\n", "photo")).await;
    assert_eq!(read, Ok(b"photo".to_vec()));
    assert_eq!(paths(&asked), ["get /2/dm_conversations/media/1900000000000000003/77/abc.jpg"]);
    assert!(asked[0].head.contains("authorization: bearer user-token"));
}

#[tokio::test]
async fn a_file_is_fetched_from_x_alone() {
    let reply = || Reply::new(200, "", "photo");
    for address in
        ["https://evil.example/a.jpg", "https://ton.x.com.evil.example/1/2/3", "http://127.0.0.1:1/a", "", "a"]
    {
        let (read, asked) = fetched(address, reply()).await;
        assert!(matches!(read, Err(ChannelError::MediaRejected { .. })), "{address}");
        assert!(asked.is_empty(), "{address}");
    }
    let away = Reply::new(302, "location: https://127.0.0.1:1/elsewhere\r\n", "");
    assert!(fetched("{api}/a.jpg", away).await.0.is_err());
    for status in [401, 403, 404, 410] {
        let (read, _) = fetched("{api}/a.jpg", Reply::new(status, "", "")).await;
        assert!(matches!(read, Err(ChannelError::MediaRejected { .. })), "{status}");
    }
}

#[tokio::test]
async fn no_error_tells_a_secret_or_an_address() {
    let x = StandIn::answering(Reply::HangUp).await;
    let errors = [
        x_at(&x.base_url).send(tools(&http()), &hello()).await.expect_err("must fail"),
        nowhere().send(tools(&http()), &hello()).await.expect_err("must fail"),
        nowhere().test(&http()).await.expect_err("must fail"),
        nowhere().subscribe(&http()).await.expect_err("must fail"),
        nowhere().renew(&http(), domain::timestamp::Timestamp(1_795_400_000_000)).await.expect_err("must fail"),
        failed(418, "", "user-token").await,
    ];
    for error in errors {
        let told = format!("{error} {error:?} {}", error.words());
        let secrets = ["user-token", "refresh-token", "client-secret", "app-token", "127.0.0.1", ANA];
        assert!(!secrets.iter().any(|secret| told.contains(secret)), "{told}");
    }
}
