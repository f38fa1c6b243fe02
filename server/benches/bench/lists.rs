//! What a large desk costs: the first page of a section, and starting.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::json;

use crate::figure::{Figure, Latencies};
use crate::rig::console::{Console, first_page};
use crate::rig::http::{Connection, Request};
use crate::rig::process::Switchboard;
use crate::seed;

pub const SECTION_FIRST_PAGE: &str = "section_first_page";
pub const START_TO_READY: &str = "start_to_ready";

/// How often each person asks for each section.
const TIMES: usize = 60;
/// Of these, not measured.
const WARM_UP: usize = 10;

const STARTS: usize = 10;

pub async fn figures() -> Result<Vec<Figure>> {
    let mut switchboard = Switchboard::running(None).await?;
    let admin = Console::admin(&switchboard).await?;
    let team_manager = admin.invite(&switchboard, "Tom", "team_manager", &json!([])).await?;
    let agent = admin.invite(&switchboard, "Maria", "agent", &json!([])).await?;
    switchboard.stop().await?;
    let empty = starts(&mut switchboard).await?;
    let rows = switchboard.database().open().await?;
    seed::seed(&rows).await?;
    let large = starts(&mut switchboard).await?;
    switchboard.start().await?;
    let people = [("admin", admin), ("team manager", team_manager), ("agent", agent)];
    let pages = first_pages(&switchboard, &people).await?;
    Ok(vec![pages, start_figure(&empty, &large)])
}

/// What each person waits for each section's first page, one request after the other.
async fn first_pages(switchboard: &Switchboard, people: &[(&str, Console)]) -> Result<Figure> {
    let host = switchboard.host();
    let mut connection = Connection::open(&host).await?;
    let mut all = Vec::new();
    let mut slowest = Vec::new();
    for (role, console) in people {
        let mut own = Vec::new();
        for section in ["live", "assigned", "archived"] {
            let request = console.request("load_page", &first_page(section)).to_bytes(&host);
            for number in 0..TIMES {
                let began = Instant::now();
                let answer = connection.exchange(&request).await?;
                let took = began.elapsed();
                ensure!(answer.status == 200, "a page was answered {}: {}", answer.status, answer.text());
                if number == 0 {
                    let rooms = answer.json()["rooms"].as_array().map_or(0, Vec::len);
                    ensure!(rooms == 50, "the {role}'s {section} page has {rooms} rooms");
                }
                if number >= WARM_UP {
                    own.push(Some(took));
                }
            }
        }
        slowest.push(format!("{role} p99 {}", Latencies::new(own.clone()).percentile(99).unwrap_or_default()));
        all.extend(own);
    }
    let load = format!(
        "{} rooms, {} messages, 50 rooms a page, asked over HTTP; {}",
        seed::ROOMS,
        seed::MESSAGES,
        slowest.join(", ")
    );
    let mut figure = Figure::of_latency(SECTION_FIRST_PAGE, &Latencies::new(all), (10.0, 10.0), load);
    figure.target = json!({ "p99": 10 });
    figure.durability = None;
    Ok(figure)
}

async fn starts(switchboard: &mut Switchboard) -> Result<Vec<Duration>> {
    let mut took = Vec::new();
    for _ in 0..STARTS {
        took.push(switchboard.start().await?);
        switchboard.ask(Request::get("/readyz")).await?;
        switchboard.stop().await?;
    }
    Ok(took)
}

fn start_figure(empty: &[Duration], large: &[Duration]) -> Figure {
    let latencies = |times: &[Duration]| Latencies::new(times.iter().copied().map(Some));
    let empty = latencies(empty);
    let load = format!(
        "{STARTS} starts with {} rooms and {} messages; with an empty desk p50 {} p99 {} ms",
        seed::ROOMS,
        seed::MESSAGES,
        empty.percentile(50).unwrap_or_default(),
        empty.percentile(99).unwrap_or_default()
    );
    let mut figure = Figure::of_latency(START_TO_READY, &latencies(large), (300.0, 300.0), load);
    figure.target = json!(300);
    figure.durability = None;
    figure
}
