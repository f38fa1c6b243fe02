//! What a channel needs by the clock: its access token renewed before it ends, and what its provider may not have
//! delivered asked for. Beside the sweeper, which must not wait for a provider.

use std::time::Duration;

use ::channels::missed::has_to_be_asked;
use domain::channel::Channel;
use domain::timestamp::minutes;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::jobs::{catch_up, providers};

/// Channels are looked after this often.
const EVERY: Duration = minutes(1);

/// Looks after the channels until it is stopped.
pub(super) async fn run(backend: Backend, stop: CancellationToken) {
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ask_what_was_missed(&backend).await;
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = stop.cancelled() => return,
        }
        tokio::select! {
            () = look_after(&backend) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Nobody was here for a while.
async fn ask_what_was_missed(backend: &Backend) {
    for channel in backend.directory().channels.values().filter(|channel| has_to_be_asked(channel.kind)) {
        if let Err(error) = catch_up::at_once(backend, channel.id).await {
            tracing::warn!(channel = %channel.id, %error, "what was missed is asked for later");
        }
    }
}

/// Looks after each channel once. What fails at one does not keep the others waiting for nothing.
pub async fn look_after(backend: &Backend) {
    let directory = backend.directory();
    for channel in directory.channels.values().filter(|channel| !channel.paused) {
        if let Err(error) = look_after_one(backend, channel).await {
            tracing::warn!(channel = %channel.id, %error, "a channel could not be looked after");
        }
    }
}

async fn look_after_one(backend: &Backend, channel: &Channel) -> Result<()> {
    if has_to_be_asked(channel.kind) {
        catch_up::begin(backend, channel.id).await?;
    }
    match providers::ready(backend, channel.id).await {
        // Somebody has just removed it.
        Ok(_) | Err(Error::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
