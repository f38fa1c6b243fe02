//! A provider's API on this machine that answers what a test tells it to, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the stand-in does once it has read a request.
pub enum Reply {
    Answer(String),
    /// An answer whose body keeps coming for as long as somebody reads it.
    Endless,
    /// Reads the request and never answers.
    Silence,
    /// Reads the request and hangs up.
    HangUp,
}

impl Reply {
    /// An answer with this status, further header lines, and body.
    pub fn new(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        // Each connection is for one request; a client that knows does not try it again with the next.
        let close = "connection: close\r\n";
        Self::Answer(format!("HTTP/1.1 {status} Status\r\n{close}content-length: {length}\r\n{headers}\r\n{body}"))
    }
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Request line and headers, in lower case.
    pub head: String,
    line: String,
    /// The body, if it is JSON.
    pub body: Value,
    /// The body as it is.
    pub bytes: Vec<u8>,
}

impl Asked {
    /// What was asked for, with its query.
    pub fn path(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or_default()
    }

    /// The body as text: a form.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("the body is text")
    }
}

pub struct StandIn {
    pub base_url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl StandIn {
    /// Answers every request with `reply`.
    pub async fn answering(reply: Reply) -> Self {
        Self::answering_in_turn(|_| vec![reply]).await
    }

    /// Answers each request with the next of the replies, which may name the stand-in's address, and further ones with
    /// the last.
    pub async fn answering_in_turn(replies: impl FnOnce(&str) -> Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base_url = format!("http://{}", listener.local_addr().expect("bound"));
        let replies = replies(&base_url);
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let seen = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut silent = Vec::new();
            let mut count = 0;
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read(&mut stream).await;
                seen.lock().expect("not poisoned").push(request);
                let reply = replies.get(count).or(replies.last()).expect("there is a reply");
                count += 1;
                match reply {
                    Reply::Answer(answer) => drop(stream.write_all(answer.as_bytes()).await),
                    Reply::Endless => endless(stream).await,
                    Reply::Silence => silent.push(stream),
                    Reply::HangUp => {}
                }
            }
        });
        Self { base_url, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

async fn endless(mut stream: TcpStream) {
    let mut piece: &[u8] = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
    while stream.write_all(piece).await.is_ok() {
        piece = &[b'x'; 4 * 1024];
    }
}

async fn read(stream: &mut TcpStream) -> Asked {
    let mut bytes = Vec::with_capacity(64 * 1024);
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        more(stream, &mut bytes).await;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let (line, head) = (head.lines().next().unwrap_or_default().to_owned(), head.to_lowercase());
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    let whole = end + 4 + length.parse::<usize>().expect("a length");
    // A film is long; its head is looked at once.
    bytes.reserve(whole.saturating_sub(bytes.len()));
    while bytes.len() < whole {
        more(stream, &mut bytes).await;
    }
    let body = bytes.split_off(end + 4);
    Asked { head, line, body: serde_json::from_slice(&body).unwrap_or_default(), bytes: body }
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) {
    let count = stream.read_buf(bytes).await.expect("a readable request");
    assert!(count > 0, "the request broke off");
}
