//! The benchmark: drives the real server from outside and prints one JSON line per figure.
//!
//! `cargo bench -p server --bench bench -- [NAME…]`; without names everything but the kills, which are asked for as
//! `kill9`. Load is open-loop: a request is due when it is due, and its latency counts from then.

#[path = "../../tests/rig/rig.rs"]
mod rig;

mod figure;
mod load;
mod stage;

mod messages;
mod throughput;

mod lists;
mod seed;

mod kills;
mod memory;

use std::future::Future;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::time::timeout;

use crate::figure::Figure;

/// No group of figures takes longer.
const LIMIT: Duration = Duration::from_secs(150);

/// Fifty kills on two databases.
const KILL_LIMIT: Duration = Duration::from_secs(900);

/// What was asked for on the command line.
struct Wanted(Vec<String>);

impl Wanted {
    fn any(&self, names: &[&str]) -> bool {
        self.0.is_empty() || names.iter().any(|name| self.0.iter().any(|wanted| wanted == name))
    }

    fn by_name(&self, names: &[&str]) -> bool {
        !self.0.is_empty() && self.any(names)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let names = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let wanted = Wanted(names.collect());
    let mut failed = raise_file_limit().is_err();
    if wanted.any(&[messages::WEBHOOK_TO_200, messages::WEBHOOK_TO_SOCKET, messages::SEND_TO_ACK]) {
        failed |= !measure(&wanted, LIMIT, messages::figures()).await;
    }
    if wanted.any(&[throughput::DURABLE_THROUGHPUT]) {
        failed |= !measure(&wanted, LIMIT, throughput::figures()).await;
    }
    if wanted.any(&[lists::SECTION_FIRST_PAGE, lists::START_TO_READY]) {
        failed |= !measure(&wanted, LIMIT, lists::figures()).await;
    }
    if wanted.any(&[memory::IDLE_RSS, memory::SOCKET_RSS]) {
        failed |= !measure(&wanted, LIMIT, memory::figures()).await;
    }
    let all_kills = wanted.by_name(&[kills::BOTH]);
    if all_kills || wanted.by_name(&[kills::SQLITE]) {
        failed |= !measure(&Wanted(Vec::new()), KILL_LIMIT, kills::on_sqlite()).await;
    }
    if all_kills || wanted.by_name(&[kills::POSTGRES]) {
        failed |= !measure(&Wanted(Vec::new()), KILL_LIMIT, kills::on_postgres()).await;
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Prints the wanted ones of the figures; false when they could not be measured.
async fn measure(wanted: &Wanted, limit: Duration, figures: impl Future<Output = Result<Vec<Figure>>>) -> bool {
    let measured = timeout(limit, Box::pin(figures)).await.context("took too long").and_then(|figures| figures);
    match measured {
        Ok(figures) => {
            figures.iter().filter(|figure| wanted.any(&[figure.name])).for_each(Figure::print);
            true
        }
        Err(error) => {
            eprintln!("not measured: {error:#}");
            false
        }
    }
}

/// Thousands of sockets need as many files, here and in the server, which inherits the limit.
fn raise_file_limit() -> Result<()> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).context("raising the limit of open files")
}
