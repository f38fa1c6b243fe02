//! `switchboard demo`: believable people and rooms, and a simulator that plays the customers of every messenger.

mod cast;

use std::sync::Arc;

use anyhow::Context;
use backend::{
    Backend, Clock, ManualClock, SystemClock, channels, demo, invitations, media, people, quick_replies, setup, teams,
};
use domain::channel::{ChannelKind, ChannelPlace};
use domain::id::{ChannelId, TeamId};
use domain::media::MediaKind;
use domain::person::{Availability, Person};
use domain::quick_reply::{QuickReplyScope, SaveQuickReply};
use simulator::{Channel, Known, Simulator};

use crate::config::Settings;
use crate::serve;
use cast::Entry;

/// Everybody of the demo signs in with it.
pub const PASSWORD: &str = "switchboard demo";

const WEB: &str = "Acme shop";

/// The demo's channels: those of messengers, and the shop's own.
struct Channels {
    played: Vec<(ChannelId, Entry)>,
    web: ChannelId,
    /// Whom the channels know: channel, id at the provider, name.
    people: Vec<(ChannelId, String, String)>,
}

/// Fills an empty data folder, then serves with the simulator at /simulator.
///
/// # Errors
/// The data folder holds something else than a demo, or the server cannot start.
pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    let own_base_url = format!("http://127.0.0.1:{}", settings.addr.port());
    let entries = cast::entries(&format!("{own_base_url}/simulator"));
    let channels = fill(settings, entries).await.context("filling the demo")?;
    let people = channels.people.into_iter();
    let played = channels.played.into_iter();
    let simulator = Simulator::new(simulator::Settings {
        own_base_url,
        public_base_url: settings.backend.public_url.clone(),
        channels: played
            .map(|(id, entry)| Channel { id: id.to_string(), name: entry.name.into(), account: entry.account })
            .collect(),
        people: people.map(|(channel, id, name)| Known { channel: channel.to_string(), id, name }).collect(),
        web_channels: vec![(channels.web.to_string(), WEB.into())],
    });
    tracing::info!("demo: sign in as priya@acme.example with the password \"{PASSWORD}\"");
    tracing::info!("demo: play the customers at {}/simulator", settings.backend.public_url);
    serve::run(settings, Some(simulator.router())).await
}

/// Gives the channels of the demo, making everything when the database is empty.
async fn fill(settings: &Settings, entries: Vec<Entry>) -> anyhow::Result<Channels> {
    let now = SystemClock.now();
    let clock = Arc::new(ManualClock::new(now));
    let backend = Backend::start(backend::Config { clock: clock.clone(), ..settings.backend.clone() }).await?;
    if !setup::is_needed(&backend).await? {
        return find(&backend, entries).await;
    }
    let priya = setup::create_admin(&backend, "Priya Raman", "priya@acme.example", PASSWORD).await?;
    for name in cast::TEAMS {
        teams::add(&backend, &priya, name).await?;
    }
    keep_quick_replies(&backend, &priya).await?;
    let mut channels = make_channels(&backend, &priya, entries).await?;
    let mut answering = vec![priya.id];
    for colleague in cast::COLLEAGUES {
        let teams = colleague.teams.iter().filter_map(|name| team_named(&backend, name)).collect();
        let token = invitations::create(&backend, &priya, colleague.email, colleague.role, teams).await?;
        let person = invitations::accept(&backend, &token, colleague.name, PASSWORD).await?;
        people::set_availability(&backend, &person, Availability::Online, Vec::new()).await?;
        answering.push(person.id);
    }
    // Most customers of this shop write by WhatsApp and on its page.
    let first = channels.played.first().map(|(id, _)| *id);
    let told_on = channels.played.iter().flat_map(|(id, _)| [Some(*id), Some(channels.web), first]).flatten();
    demo::tell(&backend, &clock, &told_on.collect::<Vec<_>>(), &answering, now).await?;
    backend.flush().await?;
    channels.people = demo::people(&backend).await?;
    Ok(channels)
}

async fn keep_quick_replies(backend: &Backend, priya: &Person) -> anyhow::Result<()> {
    for (team, shortcut, text) in cast::QUICK_REPLIES {
        let team = team.and_then(|name| team_named(backend, name));
        let scope = team.map_or(QuickReplyScope::Shared, QuickReplyScope::Team);
        let form = SaveQuickReply { shortcut: shortcut.into(), text: text.into(), scope, files: Vec::new() };
        quick_replies::add(backend, priya, &form).await?;
    }
    let cast::QuickReplyWithFile { shortcut, text, name, content } = cast::RETURNS;
    let content = futures::stream::iter([Ok(content.into())]);
    let file = media::put(backend, MediaKind::Document, name, content).await?;
    let form = SaveQuickReply {
        shortcut: shortcut.into(),
        text: text.into(),
        scope: QuickReplyScope::Shared,
        files: vec![file.id],
    };
    quick_replies::add(backend, priya, &form).await?;
    Ok(())
}

async fn make_channels(backend: &Backend, priya: &Person, entries: Vec<Entry>) -> anyhow::Result<Channels> {
    // Made with the first admin, with the standard flow.
    let first = backend.directory().channels.values().find(|channel| channel.kind == ChannelKind::Web).cloned();
    let web = first.context("setting up made no web channel")?;
    channels::rename(backend, priya, web.id, WEB).await?;
    let mut played = Vec::new();
    for entry in entries {
        let made = channels::add(backend, entry.kind, entry.name, &entry.settings.to_string()).await;
        let channel = made.with_context(|| format!("adding {}", entry.name))?;
        channels::use_flow(backend, priya, channel.id, web.flow, web.bot_name.clone()).await?;
        let place = ChannelPlace { team: team_named(backend, cast::team_of(entry.kind)), ..ChannelPlace::of(&channel) };
        channels::set_place(backend, priya, channel.id, place).await?;
        played.push((channel.id, entry));
    }
    Ok(Channels { played, web: web.id, people: Vec::new() })
}

fn team_named(backend: &Backend, name: &str) -> Option<TeamId> {
    backend.directory().teams.values().find(|team| team.is_named(name)).map(|team| team.id)
}

/// A demo of an earlier version may lack some of the messengers.
async fn find(backend: &Backend, entries: Vec<Entry>) -> anyhow::Result<Channels> {
    let directory = backend.directory();
    let named = |name: &str| directory.channels.values().find(|channel| channel.name == name).map(|channel| channel.id);
    let played: Vec<_> = entries.into_iter().filter_map(|entry| named(entry.name).map(|id| (id, entry))).collect();
    let web = named(WEB).filter(|_| !played.is_empty());
    let web = web.context("this data folder is not a demo's; name another with SWITCHBOARD_DATA")?;
    Ok(Channels { played, web, people: demo::people(backend).await? })
}
