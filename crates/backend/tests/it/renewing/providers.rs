//! Whose token can be renewed: each provider's in its own way, and all of them when it is refused.

use std::sync::{Arc, Mutex};

use backend::channels;
use backend::test_desk::TestDesk;
use domain::channel::ChannelKind;
use domain::timestamp::minutes;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// How many tokens it gave, and which one it takes.
#[derive(Default)]
struct State {
    given: usize,
    good: String,
    /// What it says to whoever asks for a token.
    refusal: Option<&'static str>,
}

/// A provider that gives a new token wherever one may be asked for, and takes the newest alone.
async fn provider() -> (String, Arc<Mutex<State>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = format!("http://{}", listener.local_addr().expect("it has an address"));
    let state = Arc::new(Mutex::new(State { given: 0, good: "token-0".into(), refusal: None }));
    let shared = Arc::clone(&state);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            while !is_whole(&request) && stream.read_buf(&mut request).await.is_ok_and(|read| read > 0) {}
            let (status, body) = answer(&shared, &String::from_utf8_lossy(&request));
            let length = body.len();
            let head = format!("HTTP/1.1 {status} -\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
            let _ = stream.write_all(head.as_bytes()).await;
        }
    });
    (address, state)
}

/// Whether the body has come as far as the head says.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

fn answer(state: &Mutex<State>, request: &str) -> (u16, String) {
    let mut state = state.lock().expect("no test panics in it");
    let path = request.split(' ').nth(1).unwrap_or_default();
    if let Some(refusal) = state.refusal.filter(|_| path.contains("token")) {
        return (400, refusal.into());
    }
    if path.contains("token") {
        state.given += 1;
        state.good = format!("token-{}", state.given);
        return (200, json!({ "access_token": state.good, "expires_in": 5_184_000 }).to_string());
    }
    let is_good = request.to_lowercase().contains(&format!("authorization: bearer {}\r", state.good));
    if !is_good {
        return (401, json!({ "error": { "code": 190, "message": "no" } }).to_string());
    }
    let me = json!({ "id": "222", "user_id": "222", "username": "acme", "data": { "id": "222", "username": "acme" } });
    (200, me.to_string())
}

fn settings(kind: ChannelKind, base_url: &str) -> Value {
    match kind {
        ChannelKind::X => json!({
            "user_id": "222", "consumer_secret": "secret", "access_token": "token-0", "refresh_token": "refresh",
            "access_token_expires_at": "1796000000", "client_id": "client", "base_url": base_url,
        }),
        ChannelKind::Instagram => json!({
            "account_id": "222", "access_token": "token-0", "app_secret": "secret", "verify_token": "verify-token",
            "access_token_expires_at": "Fri, 01 Jan 2027 00:00:00 GMT", "base_url": base_url,
        }),
        _ => {
            let key = include_str!("../../../../channels/fixtures/google/service_account.json");
            let mut key: Value = serde_json::from_str(key).expect("the fixture is JSON");
            key["token_uri"] = format!("{base_url}/token").into();
            json!({
                "agent_id": "acme@rbm.goog", "client_token": "secret", "service_account": key.to_string(),
                "base_url": base_url,
            })
        }
    }
}

#[tokio::test]
async fn every_provider_that_renews_a_token_does_so_when_it_is_refused() {
    for (kind, at_first) in [(ChannelKind::X, 0), (ChannelKind::Instagram, 0), (ChannelKind::Google, 1)] {
        let (desk, (address, state)) = (TestDesk::new().await, provider().await);
        let given = || state.lock().expect("no test panics in it").given;
        let priya = desk.admin("priya").await;
        let channel = desk.channel(kind, "Acme", &settings(kind, &address).to_string(), None).await;
        channels::test(&desk.backend, &priya, channel.id).await.expect("the token is good");
        assert_eq!(given(), at_first, "{kind:?}");

        state.lock().expect("no test panics in it").good = "none".into();
        desk.later(minutes(11));
        channels::test(&desk.backend, &priya, channel.id).await.expect("a new one is good");
        assert_eq!(given(), at_first + 1, "{kind:?}");

        state.lock().expect("no test panics in it").good = "none".into();
        let words = channels::test(&desk.backend, &priya, channel.id).await.expect_err("it was renewed just now");
        assert!(words.to_string().contains("is not accepted by the provider"), "{kind:?}: {words}");
        assert_eq!(given(), at_first + 1, "{kind:?}");
    }
}

#[tokio::test]
async fn a_key_that_google_refuses_is_named_with_googles_words() {
    let (desk, (address, state)) = (TestDesk::new().await, provider().await);
    state.lock().expect("no test panics in it").refusal = Some(r#"{"error":"invalid_grant"}"#);
    let priya = desk.admin("priya").await;
    let settings = settings(ChannelKind::Google, &address).to_string();
    let channel = desk.channel(ChannelKind::Google, "Acme", &settings, None).await;

    let words = channels::test(&desk.backend, &priya, channel.id).await.expect_err("Google refuses it").to_string();

    assert!(words.starts_with("The service_account is refused by Google, which says \"invalid_grant\""), "{words}");
    let trouble = channels::list(&desk.backend, &priya).await.expect("an admin may").remove(0).last_error;
    assert!(trouble.is_some_and(|words| words.contains("its service account is refused by Google")));
}
