//! What the process holds in memory: doing nothing, and for every open socket.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::figure::Figure;
use crate::rig::console::{Console, first_page};
use crate::rig::http::Request;
use crate::rig::process::Switchboard;

pub const IDLE_RSS: &str = "idle_rss";
pub const SOCKET_RSS: &str = "socket_rss";

const SOCKETS: u32 = 2_000;

/// Until what a start leaves behind has gone.
const SETTLE: Duration = Duration::from_secs(3);

pub async fn figures() -> Result<Vec<Figure>> {
    let switchboard = Switchboard::running(None).await?;
    let console = Console::admin(&switchboard).await?;
    switchboard.ask(Request::get("/assigned").header("Cookie", console.cookie())).await?;
    let desk: Value = console.get(&switchboard, "load_desk", &first_page("live")).await?;
    let seq = desk["seq"].as_u64().context("a desk has a seq")?;
    tokio::time::sleep(SETTLE).await;
    let idle = resident_bytes(&switchboard)?;
    let mut sockets = Vec::new();
    for _ in 0..SOCKETS {
        sockets.push(console.live(seq).await?);
    }
    tokio::time::sleep(SETTLE).await;
    let with_sockets = resident_bytes(&switchboard)?;
    let each = (with_sockets - idle) / f64::from(SOCKETS);
    Ok(vec![
        Figure::at_most(IDLE_RSS, idle / 1e6, "MB", 60.0, "after a sign-in and a page".into()),
        Figure::at_most(SOCKET_RSS, each / 1e3, "kB", 12.0, format!("{SOCKETS} idle sockets, each")),
    ])
}

fn resident_bytes(switchboard: &Switchboard) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", switchboard.pid()?))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("a process has a VmRSS")?;
    let kibibytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes * 1_024.0)
}
