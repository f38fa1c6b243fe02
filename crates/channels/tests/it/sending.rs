//! What leaves for Meta, and what its answers mean.

use std::time::Duration;

use channels::error::{ChannelError, Scope};
use channels::http::{Http, HttpLimits};
use channels::identity::{ExternalId, ProviderId};
use channels::outbound::{ProviderSend, Receipt, Signal};
use channels::plan::plan;
use domain::message::Content;
use serde_json::json;

use crate::desk::{A_MINUTE_AGO, NOW, answer, http, tools, whatsapp_at};
use crate::stand_in::{Reply, StandIn};

const ACCEPTED: &str = r#"{"messaging_product":"whatsapp","contacts":[{"input":"5511900000001","wa_id":"5511900000001","user_id":"BR.1349000000000000001"}],"messages":[{"id":"wamid.OUT1=","message_status":"accepted"}]}"#;

fn hello(base_url: &str) -> ProviderSend {
    let limits = whatsapp_at(base_url).limits();
    let planned = plan(&limits, &answer(Content::Text("Olá".into())), NOW, A_MINUTE_AGO);
    planned.expect("can be planned").remove(0)
}

async fn send_to(base_url: &str) -> Result<Receipt, ChannelError> {
    whatsapp_at(base_url).send(tools(&http()), &hello(base_url)).await
}

async fn answered(status: u16, headers: &str, body: &str) -> Result<Receipt, ChannelError> {
    let meta = StandIn::answering(Reply::new(status, headers, body)).await;
    send_to(&meta.base_url).await
}

async fn failed(status: u16, headers: &str, body: &str) -> ChannelError {
    answered(status, headers, body).await.expect_err("must fail")
}

#[tokio::test]
async fn a_message_leaves_once_with_its_key_and_its_token_and_comes_back_with_its_id() {
    let meta = StandIn::answering(Reply::new(200, "", ACCEPTED)).await;
    let receipt = send_to(&meta.base_url).await.expect("is taken");
    assert_eq!(receipt.ids, [ProviderId("wamid.OUT1=".into())]);
    assert_eq!(receipt.recipient, ["BR.1349000000000000001", "5511900000001"].map(|id| ExternalId(id.into())));

    let [asked] = &meta.asked()[..] else { panic!("not one request") };
    assert!(asked.head.starts_with("post /v26.0/801000000000002/messages http/1.1"), "{}", asked.head);
    assert!(asked.head.contains("authorization: bearer eaatoken"));
    assert!(asked.head.contains("content-type: application/json"));
    assert_eq!(asked.body["biz_opaque_callback_data"], "01939d3c-7a00-7000-8000-000000000001:1/1");
    assert_eq!(asked.body["to"], "5511900000001");
    assert_eq!(asked.body["text"], json!({"body": "Olá", "preview_url": false}));
}

#[tokio::test]
async fn typing_is_shown_below_the_message_being_answered() {
    let meta = StandIn::answering(Reply::new(200, "", r#"{"success":true}"#)).await;
    let typing =
        Signal::Typing { to: answer(Content::Text(String::new())).to, answering: ProviderId("wamid.IN1=".into()) };
    whatsapp_at(&meta.base_url).signal(&http(), &typing).await.expect("is taken");
    let expected = json!({
        "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN1=", "typing_indicator": {"type": "text"},
    });
    assert_eq!(meta.asked()[0].body, expected);
}

#[tokio::test]
async fn a_refusal_is_read_from_its_code_whatever_the_status() {
    let body = |code: i64| {
        json!({"error": {"message": "(#100) x", "code": code, "error_data": {"details": "Because."}}}).to_string()
    };
    assert_eq!(failed(401, "", &body(190)).await, ChannelError::AuthExpired);
    assert_eq!(failed(400, "", &body(131_047)).await, ChannelError::OutsideWindow { templates: true });
    assert_eq!(failed(500, "", &body(131_050)).await, ChannelError::OptedOut);
    assert!(failed(500, "", &body(131_000)).await.is_retryable());
    let unreachable = ChannelError::RecipientUnreachable { detail: "Meta says: Because (131026).".into() };
    assert_eq!(failed(400, "", &body(131_026)).await, unreachable);
}

#[tokio::test]
async fn a_limit_says_how_long_to_wait_if_meta_does() {
    let limited = |retry_after| ChannelError::RateLimited { retry_after, scope: Scope::Channel };
    let wait = Some(Duration::from_secs(30));
    assert_eq!(failed(429, "retry-after: 30\r\n", "").await, limited(wait));
    assert_eq!(failed(429, "", "slow down").await, limited(None));
    let body = r#"{"error":{"code":130429,"message":"Rate limit hit"}}"#;
    assert_eq!(failed(400, "retry-after: 30\r\n", body).await, limited(wait));
}

#[tokio::test]
async fn an_outage_is_tried_again() {
    assert!(failed(500, "", "<html>").await.is_retryable());
    assert!(failed(503, "", "").await.is_retryable());
}

#[tokio::test]
async fn no_connection_means_that_nothing_left() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base_url = format!("http://{}", listener.local_addr().expect("bound"));
    drop(listener);
    assert!(send_to(&base_url).await.expect_err("must fail").is_retryable());
}

#[tokio::test]
async fn silence_after_the_request_left_is_an_unknown_outcome() {
    let meta = StandIn::answering(Reply::Silence).await;
    let limits =
        HttpLimits { connect: Duration::from_millis(100), answer: Duration::from_millis(100), answer_max: 1_024 };
    http();
    let impatient = Http::new(limits).expect("a client");
    let outcome = whatsapp_at(&meta.base_url).send(tools(&impatient), &hello(&meta.base_url)).await;
    assert_eq!(outcome, Err(ChannelError::OutcomeUnknown));
    assert_eq!(meta.asked().len(), 1);
}

#[tokio::test]
async fn a_hang_up_after_the_request_left_is_an_unknown_outcome() {
    let meta = StandIn::answering(Reply::HangUp).await;
    assert_eq!(send_to(&meta.base_url).await, Err(ChannelError::OutcomeUnknown));
    assert_eq!(meta.asked().len(), 1);
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_never_sent_again() {
    let oversize = "x".repeat(65 * 1024);
    for body in ["", "<html>", "{}", r#"{"messages":[]}"#, &oversize] {
        assert_eq!(answered(200, "", body).await, Err(ChannelError::OutcomeUnknown));
    }
    let broken_off = Reply::Answer(format!("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n{ACCEPTED}"));
    let meta = StandIn::answering(broken_off).await;
    assert_eq!(send_to(&meta.base_url).await, Err(ChannelError::OutcomeUnknown));
}

#[tokio::test]
async fn an_oversize_refusal_is_read_by_its_status_alone() {
    assert!(failed(503, "", &"x".repeat(65 * 1024)).await.is_retryable());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = StandIn::answering(Reply::new(200, "", ACCEPTED)).await;
    for status in [301, 302, 307, 308] {
        let location = format!("location: {}/v26.0/801000000000002/messages\r\n", elsewhere.base_url);
        assert!(matches!(failed(status, &location, "").await, ChannelError::Rejected { .. }));
    }
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn no_error_tells_a_secret_or_an_address() {
    let meta = StandIn::answering(Reply::HangUp).await;
    let errors = [
        send_to(&meta.base_url).await.expect_err("must fail"),
        send_to("http://127.0.0.1:1").await.expect_err("must fail"),
        failed(418, "", "EAAtoken").await,
    ];
    for error in errors {
        let told = format!("{error} {error:?} {}", error.words());
        assert!(
            !["EAAtoken", "app-secret", "127.0.0.1", "5511900000001"].iter().any(|secret| told.contains(secret)),
            "{told}"
        );
    }
}
