//! `switchboard demo`: believable people and rooms, and a simulator that plays the customers.

use std::sync::Arc;

use anyhow::Context;
use backend::{Backend, Clock, ManualClock, SystemClock, channels, demo, invitations, people, setup};
use domain::channel::ChannelKind;
use domain::id::ChannelId;
use domain::person::{Availability, Person, Role};
use serde_json::json;
use simulator::{Account, Channel, Simulator, WhatsApp};

use crate::config::Settings;
use crate::serve;

/// Everybody of the demo signs in with it.
pub const PASSWORD: &str = "switchboard demo";

const WHATSAPP: &str = "Acme WhatsApp";
const WEB: &str = "Acme shop";
const PHONE_NUMBER_ID: &str = "100000000000001";
const APP_SECRET: &str = "demo-app-secret-known-to-the-simulator";
const ACCESS_TOKEN: &str = "demo-access-token-known-to-the-simulator";

/// Fills an empty data folder, then serves with the simulator at /simulator.
///
/// # Errors
/// The data folder holds something else than a demo, or the server cannot start.
pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    let (whatsapp, web) = fill(settings).await.context("filling the demo")?;
    let simulator = Simulator::new(simulator::Settings {
        own_base_url: format!("http://127.0.0.1:{}", settings.addr.port()),
        public_base_url: settings.backend.public_url.to_string().trim_end_matches('/').into(),
        channels: vec![Channel {
            id: whatsapp.to_string(),
            name: WHATSAPP.into(),
            account: Account::WhatsApp(WhatsApp {
                phone_number_id: PHONE_NUMBER_ID.into(),
                app_secret: APP_SECRET.into(),
                access_token: ACCESS_TOKEN.into(),
            }),
        }],
        web_channels: vec![(web.to_string(), WEB.into())],
    });
    tracing::info!("demo: sign in as priya@acme.example with the password \"{PASSWORD}\"");
    tracing::info!("demo: play the customers at {}/simulator", settings.backend.public_url);
    serve::run(settings, Some(simulator.router())).await
}

/// Gives the WhatsApp and the web channel of the demo, making everything when the database is empty.
async fn fill(settings: &Settings) -> anyhow::Result<(ChannelId, ChannelId)> {
    let now = SystemClock.now();
    let clock = Arc::new(ManualClock::new(now));
    let backend = Backend::start(backend::Config { clock: clock.clone(), ..settings.backend.clone() }).await?;
    if !setup::is_needed(&backend).await? {
        return find(&backend);
    }
    let priya = setup::create_admin(&backend, "Priya Raman", "priya@acme.example", PASSWORD).await?;
    let (whatsapp, web) = make_channels(&backend, settings, &priya).await?;
    let mut answering = vec![priya.id];
    for (name, email, role) in [
        ("Tom Becker", "tom@acme.example", Role::TeamManager),
        ("Maria Souza", "maria@acme.example", Role::Agent),
        ("Mo Haddad", "mo@acme.example", Role::Agent),
        ("Ines Duarte", "ines@acme.example", Role::Agent),
    ] {
        let teams = priya.teams.clone();
        let token = invitations::create(&backend, &priya, email, role, teams).await?;
        let person = invitations::accept(&backend, &token, name, PASSWORD).await?;
        people::set_availability(&backend, &person, Availability::Online).await?;
        answering.push(person.id);
    }
    demo::tell(&backend, &clock, &[whatsapp, web], &answering, now).await?;
    backend.flush().await?;
    Ok((whatsapp, web))
}

async fn make_channels(
    backend: &Backend,
    settings: &Settings,
    priya: &Person,
) -> anyhow::Result<(ChannelId, ChannelId)> {
    let provider = json!({
        "phone_number_id": PHONE_NUMBER_ID,
        "access_token": ACCESS_TOKEN,
        "app_secret": APP_SECRET,
        "verify_token": "demo-verify-token",
        "base_url": format!("http://127.0.0.1:{}/simulator/graph", settings.addr.port()),
    });
    let whatsapp = channels::add(backend, ChannelKind::WhatsApp, WHATSAPP, &provider.to_string()).await?;
    // Made with the first admin, with the standard flow.
    let first = backend.directory().channels.values().find(|channel| channel.kind == ChannelKind::Web).cloned();
    let web = first.context("setting up made no web channel")?;
    channels::rename(backend, priya, web.id, WEB).await?;
    channels::use_flow(backend, priya, whatsapp.id, web.flow, web.bot_name.clone()).await?;
    Ok((whatsapp.id, web.id))
}

fn find(backend: &Backend) -> anyhow::Result<(ChannelId, ChannelId)> {
    let directory = backend.directory();
    let named = |name: &str| directory.channels.values().find(|channel| channel.name == name).map(|channel| channel.id);
    named(WHATSAPP).zip(named(WEB)).context("this data folder is not a demo's; name another with SWITCHBOARD_DATA")
}
