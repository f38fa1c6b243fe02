//! The `switchboard` program: reads its settings and runs one command.

mod config;
mod limit;
mod reply;
mod security;
mod site;

mod export;
mod files;
mod health;
mod live;
mod pages;
mod sign_in;
mod transcript;
mod webhooks;
mod widget;

mod router;
mod serve;

mod commands;
mod demo;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::config::{Arguments, Command};

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_env_filter(EnvFilter::try_new(&arguments.log)?).with_writer(std::io::stderr).init();
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| anyhow::anyhow!("another TLS provider was installed before"))?;
    // A machine with one core still needs several workers: a page being rendered must not hold up a webhook.
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).max(4);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build()?;
    runtime.block_on(async {
        match arguments.command.clone().unwrap_or(Command::Serve) {
            Command::Serve => serve::run(&arguments.settings()?, None).await,
            Command::Demo => demo::run(&arguments.settings()?).await,
            Command::Setup(admin) => commands::setup(&arguments.settings()?, admin).await,
            Command::Channel(channel) => commands::channel(&arguments.settings()?, channel).await,
            Command::Migrate => commands::migrate(&arguments.settings()?).await,
        }
    })
}
