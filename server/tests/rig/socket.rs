//! The browser's end of a WebSocket, as bytes: the server's frames are never masked and never split.

use std::io;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::http::{Answer, Connection, Request};

/// What the server said.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard<'a> {
    Text(&'a [u8]),
    Closed(u16),
}

/// An open socket.
pub struct Socket {
    pub stream: TcpStream,
    buffer: Vec<u8>,
    /// Where the next frame begins in the buffer.
    next: usize,
}

const TEXT: u8 = 1;
const CLOSE: u8 = 8;

impl Socket {
    /// Asks for an upgrade with `request`'s path and headers.
    ///
    /// # Errors
    /// The connection failed; the inner error is the answer of a server that refuses.
    pub async fn open(host: &str, request: Request) -> io::Result<Result<Self, Answer>> {
        let mut connection = Connection::open(host).await?;
        let request = request
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        let answer = connection.exchange(&request.to_bytes(host)).await?;
        if answer.status != 101 {
            return Ok(Err(answer));
        }
        let (stream, buffer) = connection.into_parts();
        Ok(Ok(Self { stream, buffer, next: 0 }))
    }

    /// The next thing the server says.
    pub async fn hear(&mut self) -> io::Result<Heard<'_>> {
        let (kind, start, end) = loop {
            if let Some(frame) = frame(&self.buffer[self.next..]) {
                let (kind, start, end) = (frame.kind, self.next + frame.start, self.next + frame.end);
                if matches!(kind, TEXT | CLOSE) {
                    break (kind, start, end);
                }
                self.next = end;
                continue;
            }
            self.buffer.drain(..self.next);
            self.next = 0;
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        };
        self.next = end;
        let payload = &self.buffer[start..end];
        Ok(match (kind, payload) {
            (CLOSE, [high, low, ..]) => Heard::Closed(u16::from_be_bytes([*high, *low])),
            (CLOSE, _) => Heard::Closed(0),
            _ => Heard::Text(payload),
        })
    }
}

struct Frame {
    kind: u8,
    start: usize,
    end: usize,
}

/// The first frame of `bytes`, once it is there whole.
fn frame(bytes: &[u8]) -> Option<Frame> {
    let (&first, &second) = (bytes.first()?, bytes.get(1)?);
    let (start, length) = match second & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        length => (2, usize::from(length)),
    };
    let end = start + length;
    (bytes.len() >= end).then_some(Frame { kind: first & 0x0f, start, end })
}
