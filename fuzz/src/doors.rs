//! What stands before a delivery is read: the questions that providers ask of a door, and the proofs they give.

use std::sync::Arc;

use bytes::Bytes;
use channels::adapter::Adapter;
use channels::codec::{Method, RawRequest};

use crate::deliveries::{API, BUSINESS_MESSAGES, GOOGLE, INSTAGRAM, MESSENGER, SMS, TELEGRAM, WHATSAPP, X};

/// Where providers put their proofs.
const HEADERS: [&str; 7] = [
    "x-hub-signature-256",
    "x-twitter-webhooks-signature",
    "x-twilio-signature",
    "x-goog-signature",
    "x-telegram-bot-api-secret-token",
    "x-switchboard-signature",
    "authorization",
];

/// The first line is the query, the second the proof, the rest the body.
pub fn knock(input: &[u8]) {
    let mut lines = input.splitn(3, |byte| *byte == b'\n');
    let mut text = || String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let (query, proof) = (text(), text());
    let body = Bytes::copy_from_slice(lines.next().unwrap_or_default());
    let headers: Vec<_> = HEADERS.iter().map(|name| ((*name).to_owned(), proof.clone())).collect();
    for method in [Method::Get, Method::Post] {
        let path_query = format!("/webhooks/a/b?{query}");
        let request = RawRequest { method, path_query, headers: headers.clone(), body: body.clone() };
        for adapter in [&WHATSAPP, &MESSENGER, &INSTAGRAM, &TELEGRAM, &X, &SMS, &GOOGLE, &BUSINESS_MESSAGES, &API] {
            open(adapter, &request);
        }
    }
}

fn open(adapter: &Arc<dyn Adapter>, request: &RawRequest) {
    let answer = adapter.handshake(request);
    assert_eq!(adapter.handshake(request), answer, "the same question has the same answer");
    if let Some(answer) = answer {
        assert!([200, 400, 403].contains(&answer.status), "{answer:?}");
        assert!(answer.status == 200 || answer.body.is_empty(), "who is turned away is told nothing: {answer:?}");
    }
    let proof = adapter.verify(request);
    assert_eq!(adapter.verify(request), proof, "the same bytes are the same proof");
    if proof.is_ok() {
        drop(adapter.parse(&request.body));
    }
}
