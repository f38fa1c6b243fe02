//! Fifty kills under load on each database. What counts is what was lost: nothing.

use anyhow::{Context, Result};
use serde_json::json;

use crate::figure::{FSYNC, Figure};
use crate::rig::kill::kill_under_load;

pub const BOTH: &str = "kill9";
pub const SQLITE: &str = "kill9_sqlite";
pub const POSTGRES: &str = "kill9_postgres";

const KILLS: u32 = 50;

pub async fn on_sqlite() -> Result<Vec<Figure>> {
    figure(SQLITE, None, FSYNC).await
}

/// On the server that `TEST_DATABASE_URL` names, in a database of its own.
pub async fn on_postgres() -> Result<Vec<Figure>> {
    let server = std::env::var("TEST_DATABASE_URL").context("TEST_DATABASE_URL names no PostgreSQL server")?;
    figure(POSTGRES, Some(&server), "PostgreSQL, as its server is set").await
}

async fn figure(name: &'static str, server: Option<&str>, durability: &'static str) -> Result<Vec<Figure>> {
    let verdict = kill_under_load(server, KILLS).await?;
    for fault in verdict.faults.iter().take(20) {
        eprintln!("{name}: {fault}");
    }
    Ok(vec![Figure {
        name,
        p50: Some(verdict.faults.len() as f64),
        p99: None,
        unit: "faults",
        load: format!(
            "{KILLS} SIGKILLs under webhooks, visitors and agents; {} messages acknowledged, {} events",
            verdict.acknowledged, verdict.events
        ),
        durability: Some(durability),
        target: json!(0),
        met: verdict.faults.is_empty(),
    }])
}
