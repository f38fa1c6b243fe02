//! Killing the server under load, again and again: whatever was acknowledged is there exactly once afterwards.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use uuid::Uuid;

use super::console::{Console, first_page};
use super::http::Connection;
use super::process::{PATIENCE, Switchboard};
use super::rows::Audit;
use super::visitor::Visitor;
use super::whatsapp::{self, Graph};

/// Acknowledged messages of a round before the kill, at most; the number is drawn anew each time.
const ROUND_MOST: u64 = 120;

const WEBHOOKS: usize = 4;
const VISITORS: usize = 3;
const AGENTS: usize = 2;

/// The rooms in which each agent writes by turns, all held by the admin's account: no customer is written to faster than
/// WhatsApp allows, so that what is left to do after the kills is little.
const ROOMS_EACH: usize = 16;

/// What a run of kills showed.
pub struct Verdict {
    /// Messages that the server said it had.
    pub acknowledged: usize,
    /// Events in the log at the end.
    pub events: i64,
    /// Everything that is not as it must be, in words. Nothing, if all is well.
    pub faults: Vec<String>,
}

/// Kills the server `kills` times, each time at a random moment under load, then looks at the rows.
pub async fn kill_under_load(server: Option<&str>, kills: u32) -> Result<Verdict> {
    let graph = Graph::start().await?;
    let mut switchboard = Switchboard::new(server).await?;
    switchboard.set_up().await?;
    let whatsapp = switchboard.add_channel("whatsapp", &whatsapp::settings(&graph.base_url())).await?;
    switchboard.start().await?;
    let mut speakers = make_speakers(&switchboard, &whatsapp).await?;
    for _ in 0..kills {
        speakers = round(&mut switchboard, speakers, 1 + random() % ROUND_MOST).await?;
        switchboard.start().await?;
    }
    for speaker in &mut speakers {
        speaker.finish(&switchboard).await?;
    }
    let rows = switchboard.database().open().await?;
    rows.wait_until_settled().await?;
    switchboard.stop().await?;
    let mut audit = rows.audit().await?;
    let acknowledged = speakers.iter().map(|speaker| speaker.acknowledged.len()).sum();
    let mut faults = std::mem::take(&mut audit.faults);
    for speaker in &speakers {
        speaker.check(&audit, &mut faults);
    }
    let mut sent: HashMap<(String, String), u32> = HashMap::new();
    for message in graph.sent() {
        *sent.entry(message).or_default() += 1;
    }
    let doubled = sent.into_iter().filter(|(_, times)| *times > 1);
    faults.extend(doubled.map(|((to, text), times)| format!("{to} was sent {text:?} {times} times")));
    Ok(Verdict { acknowledged, events: audit.head, faults })
}

/// Bits nobody can foresee.
fn random() -> u64 {
    Uuid::now_v7().as_u64_pair().1 >> 2
}

/// Everybody speaks until `most` messages were acknowledged; then the server is killed in the middle of their words.
async fn round(switchboard: &mut Switchboard, speakers: Vec<Speaker>, most: u64) -> Result<Vec<Speaker>> {
    let (count, mut counted) = watch::channel(0_u64);
    let mut speaking = JoinSet::new();
    for mut speaker in speakers {
        let (host, count) = (switchboard.host(), count.clone());
        speaking.spawn(async move {
            speaker.speak(&host, &count).await;
            speaker
        });
    }
    timeout(PATIENCE, counted.wait_for(|count| *count >= most)).await.context("nothing is acknowledged any more")??;
    switchboard.kill().await?;
    Ok(speaking.join_all().await)
}

async fn make_speakers(switchboard: &Switchboard, whatsapp: &str) -> Result<Vec<Speaker>> {
    let console = Console::admin(switchboard).await?;
    for number in 0..AGENTS * ROOMS_EACH {
        let delivery = whatsapp::text_delivery(number, "Ana Lima", &format!("wamid.OPEN{number}"), "I need help");
        let answer = switchboard.ask(whatsapp::signed(whatsapp, delivery)).await?;
        ensure!(answer.status == 200, "a webhook was answered {}", answer.status);
    }
    let held = console.hold_rooms(switchboard, AGENTS * ROOMS_EACH).await?;
    let desk = console.get(switchboard, "load_desk", &first_page("live")).await?;
    let website = desk["channels"].as_array().and_then(|list| list.iter().find(|channel| channel["kind"] == "web"));
    let website = website.and_then(|channel| channel["id"].as_str()).context("setting up makes a web channel")?;
    let mut voices = Vec::new();
    for number in 0..WEBHOOKS {
        voices.push(Voice::Webhook { channel: whatsapp.to_owned(), customer: 100 + number });
    }
    for number in 0..VISITORS {
        voices.push(Voice::Visitor(Visitor::open(switchboard, website, number).await?));
    }
    voices
        .extend(held.chunks(ROOMS_EACH).map(|rooms| Voice::Agent { console: console.clone(), rooms: rooms.to_vec() }));
    Ok(voices.into_iter().enumerate().map(|(number, voice)| Speaker::new(number, voice)).collect())
}

/// Through which door somebody speaks.
enum Voice {
    Webhook { channel: String, customer: usize },
    Visitor(Visitor),
    Agent { console: Console, rooms: Vec<String> },
}

/// Somebody who says one thing after the other, and says again what may not have been heard.
struct Speaker {
    number: usize,
    voice: Voice,
    said: u32,
    acknowledged: Vec<Words>,
    /// The answer never came: it may be there or not.
    unsure: Option<Words>,
    refused: Vec<String>,
}

#[derive(Clone)]
struct Words {
    /// The message's id: the sender's own, or the provider's.
    id: String,
    /// Which of the speaker's words they are, from 1.
    turn: u32,
    text: String,
}

impl Speaker {
    fn new(number: usize, voice: Voice) -> Self {
        Self { number, voice, said: 0, acknowledged: Vec::new(), unsure: None, refused: Vec::new() }
    }

    /// Speaks until the connection ends. First comes what was left unsure, and the last words once more: providers and
    /// browsers do the same.
    async fn speak(&mut self, host: &str, count: &watch::Sender<u64>) {
        let Ok(mut connection) = Connection::open(host).await else { return };
        if let Some(words) = self.acknowledged.last().cloned() {
            match connection.exchange(&self.request(host, &words)).await {
                Ok(answer) if answer.status == 200 => {}
                Ok(answer) => self.refused.push(format!("{} the second time: {}", answer.status, answer.text())),
                Err(_) => return,
            }
        }
        loop {
            let words = self.unsure.take().unwrap_or_else(|| self.next_words());
            match connection.exchange(&self.request(host, &words)).await {
                Ok(answer) if answer.status == 200 => {
                    self.acknowledged.push(words);
                    count.send_modify(|count| *count += 1);
                }
                // Too quick for one visitor: silent until the next round.
                Ok(answer) if matches!(answer.status, 429 | 503) => {
                    self.unsure = Some(words);
                    return;
                }
                Ok(answer) => self.refused.push(format!("{}: {}", answer.status, answer.text())),
                Err(_) => {
                    self.unsure = Some(words);
                    return;
                }
            }
        }
    }

    /// Says what is still unsure.
    async fn finish(&mut self, switchboard: &Switchboard) -> Result<()> {
        let Some(words) = self.unsure.take() else { return Ok(()) };
        let host = switchboard.host();
        let answer = Connection::open(&host).await?.exchange(&self.request(&host, &words)).await?;
        ensure!(answer.status == 200, "the last words were answered {}: {}", answer.status, answer.text());
        self.acknowledged.push(words);
        Ok(())
    }

    fn next_words(&mut self) -> Words {
        self.said += 1;
        let id = match self.voice {
            Voice::Webhook { .. } => format!("wamid.IN{}x{}", self.number, self.said),
            Voice::Visitor(_) | Voice::Agent { .. } => Uuid::now_v7().to_string(),
        };
        Words { id, turn: self.said, text: format!("words {} of speaker {}", self.said, self.number) }
    }

    fn request(&self, host: &str, Words { id, turn, text }: &Words) -> Vec<u8> {
        let request = match &self.voice {
            Voice::Webhook { channel, customer } => {
                whatsapp::signed(channel, whatsapp::text_delivery(*customer, "Bia Reis", id, text))
            }
            Voice::Visitor(visitor) => visitor.message(id, text),
            Voice::Agent { console, rooms } => {
                let room = &rooms[*turn as usize % rooms.len()];
                console.request("send_message", &json!({ "room": room, "id": id, "message": { "text": text } }))
            }
        };
        request.to_bytes(host)
    }

    /// Everything acknowledged is there once, and nothing was refused.
    fn check(&self, audit: &Audit, faults: &mut Vec<String>) {
        faults.extend(self.refused.iter().map(|answer| format!("speaker {} was refused: {answer}", self.number)));
        for Words { id, text, .. } in &self.acknowledged {
            let times = audit.texts.get(text).copied().unwrap_or(0);
            if times != 1 {
                faults.push(format!("{text:?} is there {times} times"));
            }
            if !matches!(self.voice, Voice::Webhook { .. }) && audit.messages.get(id) != Some(&1) {
                faults.push(format!("message {id} is not there once"));
            }
        }
    }
}
