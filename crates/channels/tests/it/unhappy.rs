//! What goes wrong at providers: silence, limits without a time, and a customer's files that cannot be had.

use std::sync::Arc;
use std::time::Duration;

use channels::adapter::Adapter;
use channels::error::{ChannelError, Scope};
use channels::files::{Fetched, FileRef};
use channels::http::{Http, HttpLimits};
use channels::identity::{ExternalId, ProviderId};
use channels::outbound::{OutboundMessage, ProviderSend, Recipient};
use channels::plan::plan;
use domain::message::Content;
use futures::TryStreamExt;

use crate::desk::{
    A_MINUTE_AGO, NOW, answer, api_at, http, instagram_at, messenger_at, sms_at, telegram_at, tools, x_at,
};
use crate::google_sending::google;
use crate::stand_in::{Reply, StandIn};

/// Those whose own tests do not ask the same of what they send.
const MESSENGERS: [&str; 4] = ["api", "instagram", "rcs", "business_messages"];

/// Those whose customers send files; WhatsApp, where a file is found first by its number, has its own tests.
const WITH_FILES: [&str; 8] = ["api", "instagram", "messenger", "rcs", "business_messages", "telegram", "x", "sms"];

async fn adapter(messenger: &str, base_url: &str) -> Arc<dyn Adapter> {
    match messenger {
        "api" => api_at(base_url),
        "instagram" => instagram_at(base_url),
        "messenger" => messenger_at(base_url),
        "telegram" => telegram_at(base_url),
        "x" => x_at(base_url),
        "sms" => sms_at(base_url),
        product => google(product, base_url).await,
    }
}

fn hello(adapter: &dyn Adapter, messenger: &str) -> ProviderSend {
    let id = if messenger == "rcs" { "+5511900000001" } else { "7200000000000001" };
    let to = Recipient { ids: vec![ExternalId(id.into())] };
    let message = OutboundMessage { to, ..answer(Content::Text("Olá".into())) };
    plan(&adapter.limits(), &message, NOW, A_MINUTE_AGO).expect("can be planned").remove(0)
}

async fn sent(messenger: &str, reply: Reply, http: &Http) -> Result<Vec<ProviderId>, ChannelError> {
    let there = StandIn::answering(reply).await;
    let adapter = adapter(messenger, &there.base_url).await;
    let receipt = adapter.send(tools(http), &hello(&*adapter, messenger)).await;
    receipt.map(|receipt| receipt.ids)
}

#[tokio::test]
async fn silence_after_the_request_left_is_sent_again_only_where_it_is_shown_once() {
    http();
    let limits =
        HttpLimits { connect: Duration::from_millis(100), answer: Duration::from_millis(100), answer_max: 1_024 };
    let impatient = Http::new(limits).expect("a client");
    for messenger in MESSENGERS {
        let error = sent(messenger, Reply::Silence, &impatient).await.expect_err("must fail");
        if matches!(messenger, "api" | "instagram") {
            assert_eq!(error, ChannelError::OutcomeUnknown, "{messenger}");
        } else {
            assert!(error.is_retryable(), "{messenger}: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_limit_that_names_no_time_is_one_all_the_same() {
    for messenger in MESSENGERS {
        let limited = ChannelError::RateLimited { retry_after: None, scope: Scope::Channel };
        assert_eq!(sent(messenger, Reply::new(429, "", "slow down"), &http()).await, Err(limited), "{messenger}");
    }
}

/// The provider's files, of which the customer's is answered so.
async fn keeper(messenger: &str, replies: Vec<Reply>) -> StandIn {
    // A bot asks first where its file is. <https://core.telegram.org/bots/api#getfile>
    let found = Reply::new(200, "", r#"{"ok":true,"result":{"file_id":"A","file_path":"photos/file_1.jpg"}}"#);
    let before = (messenger == "telegram").then_some(found);
    StandIn::answering_in_turn(|_| before.into_iter().chain(replies).collect()).await
}

async fn fetch(messenger: &str, there: &StandIn) -> Result<Fetched, ChannelError> {
    let file = FileRef::at(format!("{}/file", there.base_url));
    adapter(messenger, &there.base_url).await.fetch_file(&http(), &file).await
}

async fn fetched(messenger: &str, reply: Reply) -> Result<Fetched, ChannelError> {
    fetch(messenger, &keeper(messenger, vec![reply]).await).await
}

async fn content(fetched: Fetched) -> Result<Vec<u8>, ChannelError> {
    fetched.content.try_fold(Vec::new(), async |whole, chunk| Ok([whole, chunk.to_vec()].concat())).await
}

#[tokio::test]
async fn a_file_that_is_not_handed_over_expired_or_gone_is_lost_and_says_nothing_about_the_channel() {
    for messenger in WITH_FILES {
        for status in [401, 403, 404, 410] {
            let error = fetched(messenger, Reply::new(status, "", "")).await.map(drop).expect_err("must fail");
            assert!(matches!(error, ChannelError::MediaRejected { .. }), "{messenger} {status}: {error:?}");
            assert!(!error.needs_admin());
        }
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_had_just_now_is_asked_for_again() {
    for messenger in WITH_FILES {
        for reply in [Reply::new(429, "", ""), Reply::new(500, "", ""), Reply::HangUp] {
            let error = fetched(messenger, reply).await.map(drop).expect_err("must fail");
            assert!(error.is_retryable(), "{messenger}: {error:?}");
        }
    }
}

#[tokio::test]
async fn an_oversize_file_says_its_size_before_any_of_it_is_read_and_one_that_breaks_off_is_not_whole() {
    for messenger in WITH_FILES {
        let huge = Reply::Answer("HTTP/1.1 200 OK\r\ncontent-length: 900000000\r\n\r\nhello".into());
        let fetched = fetched(messenger, huge).await.expect("it is there");
        assert_eq!(fetched.bytes, Some(900_000_000), "{messenger}");
        assert!(content(fetched).await.expect_err("it broke off").is_retryable(), "{messenger}");
    }
}

#[tokio::test]
async fn a_redirect_is_followed_at_home_and_leads_to_nobody_in_our_own_network() {
    let elsewhere = StandIn::answering(Reply::new(200, "", "hello")).await;
    for messenger in WITH_FILES {
        let moved = vec![Reply::new(302, "location: /moved\r\n", ""), Reply::new(200, "", "hello")];
        let home = keeper(messenger, moved).await;
        let fetched_at_home = fetch(messenger, &home).await.expect("it is there");
        assert_eq!(content(fetched_at_home).await.expect("it is whole"), b"hello", "{messenger}");

        let location = format!("location: {}/file\r\n", elsewhere.base_url);
        for status in [301, 302, 303, 307, 308] {
            let error = fetched(messenger, Reply::new(status, &location, "")).await.map(drop).expect_err("must fail");
            assert!(matches!(error, ChannelError::MediaRejected { .. }), "{messenger} {status}: {error:?}");
        }
    }
    assert!(elsewhere.asked().is_empty());
}
