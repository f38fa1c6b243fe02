//! Posts signed webhooks to our own server, again when it does not take them, as Meta does.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::play::{Posted, Stage};
use crate::simulator::{Simulator, WhatsAppPlay, now};
use crate::webhook;

/// Meta tries for days; a demo gives up sooner.
const TRIES: u32 = 6;

/// One webhook ready to be posted: what it is called in the log, where it goes, its bytes and their signature.
#[derive(Clone)]
pub struct Letter {
    what: String,
    url: String,
    signature: String,
    body: Vec<u8>,
    /// The customer's message it announces; that one has arrived once the letter is taken.
    announces: Option<(u32, String)>,
}

impl Letter {
    pub fn new(simulator: &Simulator, channel: &WhatsAppPlay, what: &str, content: &Value) -> Self {
        let body = webhook::bytes(content);
        Self {
            what: what.into(),
            url: format!("{}/webhooks/whatsapp/{}", simulator.settings().own_base_url, channel.channel_id),
            signature: webhook::signature(&channel.app_secret, &body),
            body,
            announces: None,
        }
    }

    pub fn announcing(self, customer: u32, message: &str) -> Self {
        Self { announces: Some((customer, message.into())), ..self }
    }
}

/// Posts once and answers with the status; a letter that was not taken is tried again beside everything else.
pub async fn post(simulator: &Simulator, letter: Letter, twice: bool) -> Option<u16> {
    let status = once(simulator, &letter).await;
    if twice {
        once(simulator, &letter).await;
    }
    if !is_taken(status) {
        let again = simulator.clone();
        simulator.spawn(async move { persist(&again, &letter).await });
    }
    status
}

/// Whether Meta is content: everything but 2xx comes again.
pub fn is_taken(status: Option<u16>) -> bool {
    status.is_some_and(|status| (200..300).contains(&status))
}

async fn persist(simulator: &Simulator, letter: &Letter) {
    for attempt in 1..TRIES {
        tokio::time::sleep(Duration::from_secs(1 << attempt)).await;
        if is_taken(once(simulator, letter).await) {
            return;
        }
    }
}

async fn once(simulator: &Simulator, letter: &Letter) -> Option<u16> {
    let started = Instant::now();
    let answer = simulator
        .client()
        .post(&letter.url)
        .header("Content-Type", "application/json")
        .header("X-Hub-Signature-256", &letter.signature)
        .body(letter.body.clone())
        .send()
        .await;
    let status = answer.ok().map(|answer| answer.status().as_u16());
    let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    simulator.change(|play| {
        play.log(Posted { at: now(), what: letter.what.clone(), status, millis });
        let Some((customer, message)) = &letter.announces else { return };
        let Some(customer) = play.customer_mut(*customer) else { return };
        if is_taken(status) {
            customer.advance(message, Stage::Delivered, None);
        } else {
            let answer = status.map_or_else(|| "no answer".into(), |status| status.to_string());
            customer.advance(message, Stage::Failed, Some(format!("webhook: {answer}")));
        }
    });
    status
}
