//! A stand-in for X with one account: it takes messages from whoever shows its access token, and changes a refresh token,
//! or the code of a sign-in, for new tokens, once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use backend::inbound::{self, Knock};
use backend::test_desk::TestDesk;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use domain::channel::{Channel, ChannelKind};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Barrier, Notify, Semaphore};

const SECRET: &str = "consumer-secret";

/// How the next renewal is answered.
pub enum Renewing {
    /// With this status, and no token.
    Refuses(u16),
    /// With new tokens, once it is told to go on.
    Waits(Arc<Notify>),
    /// Never: the process that asked dies.
    Never,
}

struct State {
    access_token: String,
    refresh_token: String,
    /// No token is good enough.
    refuses_all: bool,
    /// Those who are refused wait for each other.
    meet: Option<Arc<Barrier>>,
    renewing: VecDeque<Renewing>,
    /// How often a renewal was asked for.
    renewals: usize,
    /// The code that its owner's browser brings back.
    code: Option<String>,
    /// How often somebody brought a code.
    codes: usize,
    /// The token that was shown, and the words.
    taken: Vec<(String, String)>,
}

/// The stand-in; it ends with the test.
pub struct XAccount {
    port: u16,
    state: Arc<Mutex<State>>,
    renewal_asked: Arc<Notify>,
    refused: Arc<Semaphore>,
}

impl XAccount {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let state = Arc::new(Mutex::new(State {
            access_token: "access-0".into(),
            refresh_token: "refresh-0".into(),
            refuses_all: false,
            meet: None,
            renewing: VecDeque::new(),
            renewals: 0,
            code: None,
            codes: 0,
            taken: Vec::new(),
        }));
        let account = Self { port, state, renewal_asked: Arc::default(), refused: Arc::new(Semaphore::new(0)) };
        let shared = (Arc::clone(&account.state), Arc::clone(&account.renewal_asked), Arc::clone(&account.refused));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (state, asked, refused) = shared.clone();
                tokio::spawn(serve(stream, state, asked, refused));
            }
        });
        account
    }

    /// A channel of this account, with the tokens it has at first; they end long after the test.
    pub async fn channel(&self, desk: &TestDesk) -> Channel {
        let settings = json!({
            "user_id": "222", "consumer_secret": SECRET, "access_token": "access-0", "refresh_token": "refresh-0",
            "access_token_expires_at": "1796000000", "client_id": "client",
            "base_url": self.base_url(),
        });
        desk.channel(ChannelKind::X, "Acme on X", &settings.to_string(), None).await
    }

    /// The access token in use is good no more.
    pub fn forgets_the_token(&self) {
        self.state.lock().expect("no test panics in it").access_token = "none".into();
    }

    /// As [`Self::forgets_the_token`], and two who show it learn it in the same moment.
    pub fn forgets_the_token_for_two_at_once(&self) {
        self.forgets_the_token();
        self.state.lock().expect("no test panics in it").meet = Some(Arc::new(Barrier::new(2)));
    }

    /// The account's owner signs in again and gets these.
    pub fn has_tokens(&self, access_token: &str, refresh_token: &str) {
        let mut state = self.state.lock().expect("no test panics in it");
        (state.access_token, state.refresh_token) = (access_token.into(), refresh_token.into());
    }

    pub fn refuses_everything(&self, refuses_all: bool) {
        self.state.lock().expect("no test panics in it").refuses_all = refuses_all;
    }

    pub fn next_renewal(&self, answer: Renewing) {
        self.state.lock().expect("no test panics in it").renewing.push_back(answer);
    }

    /// Waits until a renewal is asked for.
    pub async fn is_asked_to_renew(&self) {
        self.renewal_asked.notified().await;
    }

    /// Waits until so many more messages came that are refused.
    pub async fn has_refused(&self, messages: u32) {
        self.refused.acquire_many(messages).await.expect("it is never closed").forget();
    }

    /// The account's owner lets an app in, and the browser brings this back.
    pub fn gives_code(&self, code: &str) {
        self.state.lock().expect("no test panics in it").code = Some(code.into());
    }

    /// How often somebody brought a code.
    pub fn codes(&self) -> usize {
        self.state.lock().expect("no test panics in it").codes
    }

    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn renewals(&self) -> usize {
        self.state.lock().expect("no test panics in it").renewals
    }

    /// What was taken: with which token, and the words.
    pub fn taken(&self) -> Vec<(String, String)> {
        self.state.lock().expect("no test panics in it").taken.clone()
    }
}

/// Somebody writes to the account. Nothing is made of it until jobs run.
pub async fn writes(desk: &TestDesk, number: u32) {
    writes_as(desk, &format!("11{number}"), &format!("19000000000000000{number:02}"), "oi").await;
}

/// As [`writes`], under a certain id.
pub async fn writes_as(desk: &TestDesk, user: &str, id: &str, text: &str) {
    let message = json!({
        "type": "message_create", "id": id, "created_timestamp": "1795348800123",
        "message_create": {"target": {"recipient_id": "222"}, "sender_id": user, "message_data": {"text": text}},
    });
    let name = format!("Customer {}", user.trim_start_matches("11"));
    let who: Value = json!({"data": {"id": user, "name": name, "username": "somebody"}});
    let body = json!({"data": {
        "event_uuid": id, "filter": {"user_id": "222"}, "event_type": "dm.received", "tag": "switchboard",
        "payload": {"direct_message_events": [message], "users": {user: who}},
    }});
    let body = body.to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key may have any length");
    mac.update(body.as_bytes());
    let signature = format!("sha256={}", STANDARD.encode(mac.finalize().into_bytes()));
    let channel = desk.channel_of(ChannelKind::X);
    let knock = Knock {
        method: "POST".into(),
        path_query: format!("/webhooks/x/{}", channel.id),
        headers: vec![("x-twitter-webhooks-signature".into(), signature)],
        body: Bytes::from(body),
    };
    inbound::receive(&desk.backend, ChannelKind::X, channel.id, knock).await.expect("it is signed");
}

async fn serve(stream: TcpStream, state: Arc<Mutex<State>>, asked: Arc<Notify>, refused: Arc<Semaphore>) {
    let mut stream = BufReader::new(stream);
    let Some(request) = Request::read(&mut stream).await else { return };
    let answer = match request.path.split('?').next() {
        Some("/2/oauth2/token") if request.body.starts_with("grant_type=authorization_code") => {
            Some(let_in(&state, &request.body))
        }
        Some("/2/oauth2/token") => renew(&state, &asked, &request.body).await,
        Some("/2/users/me") => Some((200, r#"{"data":{"id":"222","username":"acme"}}"#.into())),
        _ => take(&state, &refused, &request).await,
    };
    let Some((status, body)) = answer else { return };
    let head = format!("HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    let _ = stream.get_mut().write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes()).await;
}

async fn renew(state: &Mutex<State>, asked: &Notify, form: &str) -> Option<(u16, String)> {
    let (answer, is_good) = {
        let mut state = state.lock().expect("no test panics in it");
        state.renewals += 1;
        let is_good = form.split('&').any(|field| field == format!("refresh_token={}", state.refresh_token));
        (state.renewing.pop_front(), is_good)
    };
    asked.notify_one();
    match answer {
        Some(Renewing::Never) => std::future::pending().await,
        Some(Renewing::Refuses(status)) => return Some((status, "{}".into())),
        Some(Renewing::Waits(go_on)) => go_on.notified().await,
        None => {}
    }
    if !is_good {
        return Some((400, r#"{"error":"invalid_request"}"#.into()));
    }
    let mut state = state.lock().expect("no test panics in it");
    let number = state.renewals;
    Some(grant(&mut state, number))
}

fn let_in(state: &Mutex<State>, form: &str) -> (u16, String) {
    let mut state = state.lock().expect("no test panics in it");
    state.codes += 1;
    let code = state.code.take();
    if code.is_none_or(|code| !form.contains(&format!("&code={code}&"))) {
        return (400, r#"{"error":"invalid_request","error_description":"The code was invalid."}"#.into());
    }
    grant(&mut state, 100)
}

fn grant(state: &mut State, number: usize) -> (u16, String) {
    (state.access_token, state.refresh_token) = (format!("access-{number}"), format!("refresh-{number}"));
    let tokens = json!({
        "token_type": "bearer", "expires_in": 7_200, "access_token": state.access_token,
        "refresh_token": state.refresh_token,
    });
    (200, tokens.to_string())
}

async fn take(state: &Mutex<State>, refused: &Semaphore, request: &Request) -> Option<(u16, String)> {
    let (is_good, meet) = {
        let state = state.lock().expect("no test panics in it");
        let is_known = request.bearer == state.access_token && !state.refuses_all;
        (is_known, state.meet.clone())
    };
    if !is_good {
        refused.add_permits(1);
        if let Some(meet) = meet {
            meet.wait().await;
        }
        return Some((401, r#"{"title":"Unauthorized","status":401}"#.into()));
    }
    let mut state = state.lock().expect("no test panics in it");
    let text = serde_json::from_str::<Value>(&request.body).unwrap_or_default()["text"].as_str()?.to_owned();
    state.taken.push((request.bearer.clone(), text));
    let id = format!("18000000000000000{:02}", state.taken.len());
    Some((201, json!({"data": {"dm_conversation_id": "111-222", "dm_event_id": id}}).to_string()))
}

struct Request {
    path: String,
    bearer: String,
    body: String,
}

impl Request {
    async fn read(stream: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut first = String::new();
        stream.read_line(&mut first).await.ok()?;
        let path = first.split(' ').nth(1)?.to_owned();
        let (mut length, mut bearer) = (0, String::new());
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.ok()?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().ok()?,
                "authorization" => bearer = value.trim_start_matches("Bearer ").into(),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        Some(Self { path, bearer, body: String::from_utf8(body).ok()? })
    }
}
