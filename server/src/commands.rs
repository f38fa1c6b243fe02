//! The commands that do one thing and stop.

use std::io::Read;

use anyhow::Context;
use backend::{Backend, channels, setup as first_run};
use domain::channel::ChannelKind;
use domain::id::ChannelId;

use crate::config::{Admin, ChannelCommand, Settings};

/// `switchboard setup`: makes the first admin; the password comes on standard input.
///
/// # Errors
/// There are people already, or a field breaks its rule.
pub async fn setup(settings: &Settings, admin: Admin) -> anyhow::Result<()> {
    let backend = Backend::start(settings.backend.clone()).await?;
    let password = read_input()?;
    let person = first_run::name_admin(&backend, &admin.name, &admin.email, password.trim_end_matches('\n')).await?;
    say(&format!("{} can sign in at {}", person.email, settings.backend.public_url));
    Ok(())
}

/// `switchboard channel …`.
///
/// # Errors
/// The settings break a rule (the message names the field), or the channel does not exist.
pub async fn channel(settings: &Settings, command: ChannelCommand) -> anyhow::Result<()> {
    let backend = Backend::start(settings.backend.clone()).await?;
    match command {
        ChannelCommand::Add { kind, name, bot } => {
            let kind = ChannelKind::from_word(&kind).with_context(|| format!("there is no channel kind `{kind}`"))?;
            let settings_json = read_input()?;
            let channel = channels::add(&backend, kind, &name, &settings_json).await?;
            if bot {
                give_bot(&backend, channel.id).await?;
            }
            say(&format!("{} {}", channel.id, channels::to_give(&backend, kind, channel.id)));
        }
        ChannelCommand::List => {
            for channel in backend.directory().channels.values() {
                let paused = if channel.paused { " (paused)" } else { "" };
                let to_give = channels::to_give(&backend, channel.kind, channel.id);
                say(&format!("{} {}{paused} {to_give}", channel.id, channel.name));
            }
        }
        ChannelCommand::Remove { id } => {
            let id: ChannelId = id.parse().context("the id is not a channel's id")?;
            channels::remove(&backend, id).await?;
            say("The channel is removed. Its rooms stay.");
        }
    }
    Ok(())
}

/// Lets the bot that answers elsewhere already answer on `channel` too.
async fn give_bot(backend: &Backend, channel: ChannelId) -> anyhow::Result<()> {
    let directory = backend.directory();
    let answering = directory.channels.values().find(|channel| channel.flow.is_some());
    let answering = answering.context("no channel has a bot whose flow could be used")?;
    channels::give_flow(backend, channel, answering.flow, answering.bot_name.clone()).await?;
    Ok(())
}

/// `switchboard migrate`.
///
/// # Errors
/// The database cannot be reached, or is of a newer version.
pub async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    // Starting brings the schema up to date; there is nothing else to do.
    Backend::start(settings.backend.clone()).await?;
    say("The database has this version's schema.");
    Ok(())
}

fn read_input() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("reading standard input")?;
    Ok(text)
}

#[expect(clippy::print_stdout, reason = "what a command line program answers belongs on standard output")]
fn say(words: &str) {
    println!("{words}");
}
