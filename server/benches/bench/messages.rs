//! How long a message takes: from a provider to the disk and to every screen, and from an agent to the disk.

use anyhow::Result;
use serde_json::json;
use uuid::Uuid;

use crate::figure::Figure;
use crate::load::{self, Listeners, marked};
use crate::rig::whatsapp;
use crate::stage::{FAN_OUT, Stage};

pub const WEBHOOK_TO_200: &str = "webhook_to_200";
pub const WEBHOOK_TO_SOCKET: &str = "webhook_to_socket";
pub const SEND_TO_ACK: &str = "send_to_ack";

const WEBHOOKS_PER_SECOND: u32 = 500;
const CUSTOMERS: usize = 500;

const SENDS_PER_SECOND: u32 = 100;
const ROOMS: usize = 40;

const SECONDS: usize = 12;
/// Of these, not measured.
const WARM_UP_SECONDS: usize = 2;

pub async fn figures() -> Result<Vec<Figure>> {
    let stage = Stage::set().await?;
    let mut figures = webhooks(&stage).await?;
    figures.push(sends(&stage).await?);
    Ok(figures)
}

async fn webhooks(stage: &Stage) -> Result<Vec<Figure>> {
    let host = stage.switchboard.host();
    let (count, warm_up) = counts(WEBHOOKS_PER_SECOND);
    let requests = (0..count).map(|number| {
        let customer = number % CUSTOMERS;
        let name = format!("Ana Lima {customer}");
        let body = whatsapp::text_delivery(customer, &name, &format!("wamid.LOAD{number}"), &marked(number));
        whatsapp::signed(&stage.whatsapp, body).to_bytes(&host)
    });
    let requests = requests.collect();
    let listeners = Listeners::start(stage.sockets().await?, count);
    let fired = load::fire(&host, WEBHOOKS_PER_SECOND, 64, requests).await?;
    let load = format!("{WEBHOOKS_PER_SECOND} signed WhatsApp webhooks/s of {CUSTOMERS} customers, fan-out {FAN_OUT}");
    let heard = listeners.finish(&fired, warm_up).await;
    Ok(vec![
        Figure::of_latency(WEBHOOK_TO_200, &fired.latencies(warm_up), (10.0, 50.0), load.clone()),
        Figure::of_latency(WEBHOOK_TO_SOCKET, &heard, (15.0, 60.0), load),
    ])
}

async fn sends(stage: &Stage) -> Result<Figure> {
    let host = stage.switchboard.host();
    let admin = &stage.people[0];
    let rooms = admin.hold_rooms(&stage.switchboard, ROOMS).await?;
    let (count, warm_up) = counts(SENDS_PER_SECOND);
    let requests = (0..count).map(|number| {
        let arguments =
            json!({ "room": rooms[number % rooms.len()], "id": Uuid::now_v7(), "message": { "text": marked(number) } });
        admin.request("send_message", &arguments).to_bytes(&host)
    });
    let requests = requests.collect();
    let listeners = Listeners::start(stage.sockets().await?, count);
    let fired = load::fire(&host, SENDS_PER_SECOND, 32, requests).await?;
    drop(listeners.finish(&fired, warm_up).await);
    let load =
        format!("{SENDS_PER_SECOND} sends/s into {ROOMS} WhatsApp rooms, fan-out {FAN_OUT}, delivered to a stand-in");
    Ok(Figure::of_latency(SEND_TO_ACK, &fired.latencies(warm_up), (15.0, 60.0), load))
}

/// How many requests a run has, and how many of them are not measured.
fn counts(per_second: u32) -> (usize, usize) {
    let per_second = per_second as usize;
    (per_second * SECONDS, per_second * WARM_UP_SECONDS)
}
