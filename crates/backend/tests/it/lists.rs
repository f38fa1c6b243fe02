//! A stand-in for X and for Twilio: it lists messages and templates, takes ours, and counts how often it is asked for its
//! messages.

use std::sync::{Arc, Mutex};

use backend::test_desk::TestDesk;
use domain::channel::{Channel, ChannelKind};
use domain::id::FlowId;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// X's id of the message that we send, a minute and a half after a test begins.
pub const OURS: &str = "2124473341178806272";

#[derive(Clone)]
pub struct Lists {
    address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    messages: Vec<Value>,
    templates: Vec<Value>,
    /// The list is refused so: a status and further headers.
    refuses: Option<(u16, &'static str)>,
    asked: usize,
    taken: Vec<String>,
}

impl Lists {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = format!("http://{}", listener.local_addr().expect("it has an address"));
        let lists = Self { address, state: Arc::default() };
        let shared = lists.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.serve(stream).await;
            }
        });
        lists
    }

    pub fn tells(&self, messages: Vec<Value>) {
        self.state.lock().expect("no test panics in it").messages = messages;
    }

    pub fn has_templates(&self, templates: Vec<Value>) {
        self.state.lock().expect("no test panics in it").templates = templates;
    }

    pub fn refuses(&self, how: Option<(u16, &'static str)>) {
        self.state.lock().expect("no test panics in it").refuses = how;
    }

    pub fn asked(&self) -> usize {
        self.state.lock().expect("no test panics in it").asked
    }

    /// What we sent, as it came.
    pub fn taken(&self) -> Vec<String> {
        self.state.lock().expect("no test panics in it").taken.clone()
    }

    pub async fn on_x(&self, desk: &TestDesk) -> Channel {
        let settings = json!({
            "user_id": "222", "consumer_secret": "consumer-secret", "access_token": "user-token",
            "base_url": self.address,
        });
        desk.channel(ChannelKind::X, "Acme on X", &settings.to_string(), None).await
    }

    pub async fn by_sms(&self, desk: &TestDesk) -> Channel {
        self.by_sms_with(desk, None).await
    }

    pub async fn by_sms_with(&self, desk: &TestDesk, flow: Option<FlowId>) -> Channel {
        let settings = json!({
            "account_sid": "AC00000000000000000000000000000001", "auth_token": "auth-token", "sender": "+15550001111",
            "base_url": self.address,
        });
        desk.channel(ChannelKind::Sms, "Acme SMS", &settings.to_string(), flow).await
    }

    async fn serve(&self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        let Some((line, body)) = read(&mut stream).await else { return };
        let (status, headers, answer) = self.answer(&line, body);
        let length = answer.len();
        let answer = format!(
            "HTTP/1.1 {status} -\r\n{headers}Content-Type: application/json\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{answer}"
        );
        let _ = stream.get_mut().write_all(answer.as_bytes()).await;
    }

    fn answer(&self, line: &str, body: String) -> (u16, &'static str, String) {
        let mut state = self.state.lock().expect("no test panics in it");
        if line.starts_with("POST") {
            state.taken.push(body);
            let sid = format!("SM{:032}", state.taken.len());
            let taken = json!({"sid": sid, "data": {"dm_conversation_id": "111-222", "dm_event_id": OURS}});
            return (201, "", taken.to_string());
        }
        if line.contains("/v1/Content?") {
            return (200, "", json!({"contents": state.templates, "meta": {"next_page_url": null}}).to_string());
        }
        // No file is there any more.
        if line.contains("/Media.json") {
            return (404, "", json!({"code": 20_404, "message": "The requested resource was not found"}).to_string());
        }
        if !line.contains("/dm_events?") && !line.contains("/Messages.json?") {
            return (200, "", "{}".into());
        }
        state.asked += 1;
        if let Some((status, headers)) = state.refuses {
            return (status, headers, "{}".into());
        }
        // What we sent by SMS is asked for as well, and there was nothing.
        let told = if line.contains("From=") { Vec::new() } else { state.messages.clone() };
        (200, "", json!({"messages": told, "next_page_uri": null, "data": told, "meta": {}}).to_string())
    }
}

/// A text of a customer's that Twilio lists, half a minute after a test begins.
pub fn received(text: &str) -> Value {
    received_with(text, 30, "0")
}

/// Such a text, so many seconds after a test begins, and with so many files. Its second tells it from others.
pub fn received_with(text: &str, second: u8, files: &str) -> Value {
    let at = format!("Sun, 22 Nov 2026 12:{:02}:{:02} +0000", second / 60, second % 60);
    json!({
        "sid": format!("SM0000000000000000000000000000a{second:03}"), "direction": "inbound", "from": "+5511900000001",
        "to": "+15550001111", "body": text, "status": "received", "num_media": files,
        "date_sent": at, "date_created": at,
    })
}

/// The first line of a request, and its body.
async fn read(stream: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let (mut first, mut length) = (String::new(), 0);
    stream.read_line(&mut first).await.ok()?;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some((first, String::from_utf8(body).ok()?))
}
