//! How many messages a second can be saved and told before anybody waits too long.

use anyhow::Result;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::figure::{FSYNC, Figure, Latencies};
use crate::load::{self, Listeners, marked};
use crate::rig::http::Connection;
use crate::rig::visitor::{Visitor, opening};
use crate::stage::{FAN_OUT, Stage};

pub const DURABLE_THROUGHPUT: &str = "durable_throughput";

/// The rate that must hold.
const TARGET: u32 = 3_000;
/// What the slowest of a hundred may take, to the acknowledgement and to the screens.
const P99_MOST: f64 = 100.0;
const STEP: u32 = 1_000;
const MOST: u32 = 6_000;

const SECONDS: u32 = 6;
/// Of these, not measured.
const WARM_UP_SECONDS: u32 = 1;

/// One visitor may write 60 messages at once; so many visitors may write the most that is tried.
const VISITORS: u32 = MOST * SECONDS / 60;

pub async fn figures() -> Result<Vec<Figure>> {
    let mut stage = Stage::set().await?;
    let visitors = open_chats(&stage).await?;
    let mut held = None;
    let mut missed = String::from("nothing higher was tried");
    for per_second in (STEP..=MOST).step_by(STEP as usize) {
        let (acknowledged, heard) = step(&stage, &visitors, per_second).await?;
        let words = format!("{per_second}/s: ack {}, screens {}", in_words(&acknowledged), in_words(&heard));
        if !holds(&acknowledged) || !holds(&heard) {
            missed = words;
            break;
        }
        held = Some((per_second, acknowledged.percentile(99), words));
        // What one visitor may write is counted in memory.
        stage.switchboard.stop().await?;
        stage.switchboard.start().await?;
    }
    let (per_second, p99, words) = held.unwrap_or((0, None, "no rate held".into()));
    Ok(vec![Figure {
        name: DURABLE_THROUGHPUT,
        p50: Some(f64::from(per_second)),
        p99: None,
        unit: "messages/s",
        load: format!("web chat, {VISITORS} visitors, fan-out {FAN_OUT}, {}; {missed}", words),
        durability: Some(FSYNC),
        target: format!(">= {TARGET} with p99 <= {P99_MOST} ms").into(),
        met: per_second >= TARGET && p99.is_some(),
    }])
}

fn holds(latencies: &Latencies) -> bool {
    latencies.missing() == 0 && latencies.percentile(99).is_some_and(|p99| p99 <= P99_MOST)
}

fn in_words(latencies: &Latencies) -> String {
    let value = |percent| latencies.percentile(percent).map_or("-".into(), |value| value.to_string());
    let missing = match latencies.missing() {
        0 => String::new(),
        missing => format!(", {missing} missing"),
    };
    format!("p50 {} p99 {} ms{missing}", value(50), value(99))
}

/// One rate: how long acknowledgements took, and how long until everybody saw.
async fn step(stage: &Stage, visitors: &[Visitor], per_second: u32) -> Result<(Latencies, Latencies)> {
    let host = stage.switchboard.host();
    let (count, warm_up) = ((per_second * SECONDS) as usize, (per_second * WARM_UP_SECONDS) as usize);
    let requests = (0..count).map(|number| {
        let visitor = &visitors[number % visitors.len()];
        visitor.message(&Uuid::now_v7().to_string(), &marked(number)).to_bytes(&host)
    });
    let requests = requests.collect();
    let listeners = Listeners::start(stage.sockets().await?, count);
    let fired = load::fire(&host, per_second, 256, requests).await?;
    let heard = listeners.finish(&fired, warm_up).await;
    Ok((fired.latencies(warm_up), heard))
}

async fn open_chats(stage: &Stage) -> Result<Vec<Visitor>> {
    let lanes = 8;
    let mut opening_lanes = JoinSet::new();
    for lane in 0..lanes {
        let (host, channel) = (stage.switchboard.host(), stage.web.clone());
        opening_lanes.spawn(async move {
            let mut connection = Connection::open(&host).await?;
            let mut visitors = Vec::new();
            for number in (lane..VISITORS as usize).step_by(lanes) {
                let answer = connection.exchange(&opening(&channel, number).to_bytes(&host)).await?;
                visitors.push(Visitor::of_answer(answer.status, &answer.json())?);
            }
            anyhow::Ok(visitors)
        });
    }
    let mut visitors = Vec::new();
    while let Some(opened) = opening_lanes.join_next().await {
        visitors.extend(opened??);
    }
    Ok(visitors)
}
