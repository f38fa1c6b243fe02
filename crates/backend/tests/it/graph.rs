//! A stand-in for Meta's Graph API, for X and for Twilio: takes messages, remembers them, and fails as it is told to.
//! Written against HTTP itself, so that it can break off in the middle.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use backend::test_desk::{TestDesk, next_id};
use domain::channel::{Channel, ChannelKind};
use domain::id::FlowId;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// How the next request is answered.
#[derive(Clone)]
pub enum Answer {
    Takes,
    /// With this status and this error code of Meta's.
    Refuses {
        status: u16,
        code: i64,
    },
    /// "Too much": come back after so many seconds.
    Limits {
        code: i64,
        retry_after: u64,
    },
    /// Takes the message, and takes so many more of X's in this quarter of an hour, which is over in ten minutes.
    Leaves(u32),
    /// Reads the request and breaks off: whether the message was taken, nobody knows.
    HangsUp,
    /// A gateway in front of it answers, without a word from Meta.
    IsDown,
    /// Takes the message, and answers once it is told to go on.
    Waits(Arc<Notify>),
}

#[derive(Default)]
struct State {
    answers: VecDeque<Answer>,
    taken: Vec<(String, Value)>,
    requests: usize,
}

/// The stand-in; it ends with the test.
pub struct Graph {
    port: u16,
    state: Arc<Mutex<State>>,
    asked: Arc<Notify>,
}

impl Graph {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let state: Arc<Mutex<State>> = Arc::default();
        let asked = Arc::new(Notify::new());
        let shared = (Arc::clone(&state), Arc::clone(&asked));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared.0), Arc::clone(&shared.1)));
            }
        });
        Self { port, state, asked }
    }

    /// A WhatsApp channel that speaks to this stand-in.
    pub async fn channel(&self, desk: &TestDesk, flow: Option<FlowId>) -> Channel {
        let settings = json!({
            "phone_number_id": backend::test_desk::PHONE_NUMBER_ID,
            "access_token": "EAAtoken",
            "app_secret": backend::test_desk::APP_SECRET,
            "verify_token": "verify-token",
            "base_url": self.url(),
        });
        desk.channel(ChannelKind::WhatsApp, "Acme WhatsApp", &settings.to_string(), flow).await
    }

    /// A channel of X that speaks to this stand-in.
    pub async fn x_channel(&self, desk: &TestDesk) -> Channel {
        let settings = json!({
            "user_id": "222",
            "consumer_secret": "consumer-secret",
            "access_token": "user-token",
            "base_url": self.url(),
        });
        desk.channel(ChannelKind::X, "Acme X", &settings.to_string(), None).await
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The next request is answered so, then the ones after it as they were told before.
    pub fn next(&self, answer: Answer) {
        self.state.lock().expect("no test panics in it").answers.push_back(answer);
    }

    /// Waits until a request has come.
    pub async fn is_asked(&self) {
        self.asked.notified().await;
    }

    /// What was taken: the id it was given, and the request.
    pub fn taken(&self) -> Vec<(String, Value)> {
        self.state.lock().expect("no test panics in it").taken.clone()
    }

    /// The words of the texts that were taken.
    pub fn texts(&self) -> Vec<String> {
        let words = |body: &Value| body["text"]["body"].as_str().map(str::to_owned);
        self.taken().iter().filter_map(|(_, body)| words(body)).collect()
    }

    /// How many requests came, taken or not.
    pub fn requests(&self) -> usize {
        self.state.lock().expect("no test panics in it").requests
    }
}

async fn serve(stream: TcpStream, state: Arc<Mutex<State>>, asked: Arc<Notify>) {
    let mut stream = BufReader::new(stream);
    let Some(body) = read_request(&mut stream).await else { return };
    let answer = {
        let mut state = state.lock().expect("no test panics in it");
        state.requests += 1;
        state.answers.pop_front().unwrap_or(Answer::Takes)
    };
    asked.notify_one();
    let error = |code: i64| json!({ "error": { "message": "no", "code": code }, "code": code }).to_string();
    let (status, headers, text) = match answer {
        Answer::HangsUp => return,
        Answer::IsDown => (502, String::new(), "Bad Gateway".to_owned()),
        Answer::Refuses { status, code } => (status, String::new(), error(code)),
        Answer::Limits { code, retry_after } => (400, format!("Retry-After: {retry_after}\r\n"), error(code)),
        // Somebody asks who we are.
        Answer::Takes if body.is_null() => (200, String::new(), "{}".to_owned()),
        Answer::Takes => (200, String::new(), take(&state, body)),
        Answer::Leaves(sends) => {
            let date = "Date: Sun, 22 Nov 2026 10:00:00 GMT\r\nx-rate-limit-reset: 1795342200";
            (200, format!("{date}\r\nx-rate-limit-remaining: {sends}\r\n"), take(&state, body))
        }
        Answer::Waits(go_on) => {
            let text = take(&state, body);
            go_on.notified().await;
            (200, String::new(), text)
        }
    };
    let length = text.len();
    let answer = format!(
        "HTTP/1.1 {status} -\r\n{headers}Content-Type: application/json\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{text}"
    );
    let _ = stream.get_mut().write_all(answer.as_bytes()).await;
}

fn take(state: &Mutex<State>, body: Value) -> String {
    let id = next_id("wamid.OUT");
    let text = json!({
        "messaging_product": "whatsapp",
        "messages": [{ "id": id }],
        "message_id": id,
        "data": { "dm_event_id": id },
        "sid": id,
    })
    .to_string();
    state.lock().expect("no test panics in it").taken.push((id, body));
    text
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        match line.trim_end().to_ascii_lowercase().split_once(": ") {
            Some(("content-length", count)) => length = count.parse().ok()?,
            Some(_) => {}
            None if line.trim_end().is_empty() => break,
            None => {}
        }
    }
    if length == 0 {
        return Some(Value::Null);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    // What is no JSON is a form.
    let form = || Value::String(String::from_utf8_lossy(&body).into_owned());
    Some(serde_json::from_slice(&body).unwrap_or_else(|_| form()))
}
