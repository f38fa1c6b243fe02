//! What a provider did not deliver is asked for, and comes once.

use std::sync::{Arc, Mutex};

use backend::jobs;
use backend::test_desk::TestDesk;
use domain::channel::ChannelKind;
use domain::timestamp::minutes;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::transcript::{only_room, said};

/// A Twilio that lists these messages and counts how often it is asked.
async fn twilio(messages: Value) -> (String, Arc<Mutex<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = format!("http://{}", listener.local_addr().expect("it has an address"));
    let asked = Arc::<Mutex<usize>>::default();
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") && stream.read_buf(&mut head).await.is_ok_and(|read| read > 0) {}
            *count.lock().expect("no test panics in it") += 1;
            // What we sent ourselves is asked for as well, and there was nothing.
            let is_inbound = String::from_utf8_lossy(&head).lines().next().is_some_and(|line| line.contains("To="));
            let list = if is_inbound { messages.clone() } else { json!([]) };
            let body = json!({ "messages": list, "next_page_uri": null }).to_string();
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address, asked)
}

#[tokio::test]
async fn a_lost_sms_is_asked_for_and_comes_once() {
    let desk = TestDesk::new().await;
    let lost = json!([{
        "sid": "SM0000000000000000000000000000a011", "direction": "inbound", "from": "+5511900000001",
        "to": "+15550001111", "body": "are you there?", "status": "received", "num_media": "0",
        "date_sent": "Sun, 22 Nov 2026 11:00:00 +0000", "date_created": "Sun, 22 Nov 2026 11:00:00 +0000",
    }]);
    let (address, asked) = twilio(lost).await;
    let settings = json!({
        "account_sid": "AC00000000000000000000000000000001", "auth_token": "auth-token", "sender": "+15550001111",
        "base_url": address,
    });
    desk.channel(ChannelKind::Sms, "Acme SMS", &settings.to_string(), None).await;

    jobs::look_after(&desk.backend).await;
    let once = *asked.lock().expect("no test panics in it");
    jobs::look_after(&desk.backend).await;
    assert_eq!(*asked.lock().expect("no test panics in it"), once, "it was asked a moment ago");
    desk.later(minutes(6));
    jobs::look_after(&desk.backend).await;

    assert!(once > 0 && *asked.lock().expect("no test panics in it") > once);
    let room = only_room(&desk).await;
    assert_eq!(said(&desk, &room).await, ["customer: are you there?"]);
}
