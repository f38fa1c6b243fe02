//! A stand-in for a messenger behind the API channel: says what its customers write, and keeps their files for us.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use backend::inbound::{self, Knock};
use backend::test_desk::TestDesk;
use bytes::Bytes;
use domain::channel::{Channel, ChannelKind};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

const SECRET: &str = "what-the-other-server-signs-with";

pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";
pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n";

#[derive(Default)]
struct State {
    files: HashMap<String, Vec<u8>>,
    /// Statuses that the next requests get instead.
    refusals: VecDeque<u16>,
    /// What it answers to whatever is posted, instead of a new id.
    answer: Option<Value>,
    /// What was posted to it, in order.
    posted: Vec<Value>,
}

/// The stand-in; it ends with the test.
pub struct Shelf {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Shelf {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { port, state }
    }

    /// An API channel of this messenger.
    pub async fn channel(&self, desk: &TestDesk) -> Channel {
        let settings = json!({ "endpoint": self.url("/"), "secret": SECRET });
        desk.channel(ChannelKind::Api, "Acme messenger", &settings.to_string(), None).await
    }

    /// Has a file to hand over, and gives what a message says of it.
    pub fn keeps(&self, kind: &str, name: &str, content: &[u8]) -> Value {
        self.state.lock().expect("no test panics in it").files.insert(name.into(), content.to_vec());
        json!({ "url": self.url(&format!("/{name}")), "kind": kind, "name": name })
    }

    /// The next request is answered with this status.
    pub fn refuses(&self, status: u16) {
        self.state.lock().expect("no test panics in it").refusals.push_back(status);
    }

    /// From now on this is its answer to whatever is posted.
    pub fn answers(&self, answer: Value) {
        self.state.lock().expect("no test panics in it").answer = Some(answer);
    }

    /// What was posted to it, in order.
    pub fn posted(&self) -> Vec<Value> {
        self.state.lock().expect("no test panics in it").posted.clone()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

/// The messenger says that Ana wrote `message`. Nothing is made of it until jobs run.
pub async fn writes(desk: &TestDesk, message: Value) {
    says(desk, json!({ "type": "message", "customer": { "id": "ana", "name": "Ana" }, "message": message })).await;
}

/// The messenger says this.
pub async fn says(desk: &TestDesk, event: Value) {
    let channel = desk.channel_of(ChannelKind::Api);
    let knock = Knock {
        method: "POST".into(),
        path_query: format!("/webhooks/api/{}", channel.id),
        headers: vec![("Authorization".into(), format!("Bearer {SECRET}"))],
        body: Bytes::from(json!({ "events": [event] }).to_string()),
    };
    let answer = inbound::receive(&desk.backend, ChannelKind::Api, channel.id, knock).await.expect("it is proved");
    assert_eq!(answer.status, 200);
}

async fn serve(stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut stream = BufReader::new(stream);
    let Some((path, body)) = read_request(&mut stream).await else { return };
    let (status, content) = {
        let mut state = state.lock().expect("no test panics in it");
        let refusal = state.refusals.pop_front();
        let posted = serde_json::from_slice::<Value>(&body).ok();
        match (refusal, posted) {
            (Some(status), _) => (status, Vec::new()),
            (None, Some(posted)) => {
                state.posted.push(posted);
                let answer = state.answer.clone();
                let answer = answer.unwrap_or_else(|| json!({ "id": format!("theirs-{}", state.posted.len()) }));
                (200, answer.to_string().into_bytes())
            }
            (None, None) => state.files.get(name_in(&path)).map_or((404, Vec::new()), |content| (200, content.clone())),
        }
    };
    let head = format!("HTTP/1.1 {status} -\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", content.len());
    let _ = stream.get_mut().write_all(head.as_bytes()).await;
    let _ = stream.get_mut().write_all(&content).await;
}

/// The last word of a path, without its question.
fn name_in(path: &str) -> &str {
    let path = path.split('?').next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default()
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let mut first = String::new();
    stream.read_line(&mut first).await.ok()?;
    let path = first.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        match line.trim_end().to_ascii_lowercase().split_once(": ") {
            Some(("content-length", count)) => length = count.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some((path, body))
}
