//! What a channel needs by the clock: its access token renewed before it ends, and what its provider may not have
//! delivered asked for. Beside the sweeper, which must not wait for a provider.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::channel::Channel;
use domain::id::ChannelId;
use domain::timestamp::{Timestamp, hours, minutes};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::backend::Backend;
use crate::error::Result;
use crate::inbound;
use crate::jobs::providers;

/// Channels are looked after this often.
const EVERY: Duration = minutes(1);

/// What was missed is asked for this often.
const ASKED_EVERY: Duration = minutes(5);

/// After a start: what was missed while nobody was here, as far as providers tell.
const FIRST_LOOK: Duration = hours(24);

/// How far a later look reaches back before the one before it: clocks differ, and lists lag.
const OVERLAP: Duration = minutes(10);

/// When each channel's provider was last asked.
#[derive(Default)]
pub(crate) struct Asked(Mutex<HashMap<ChannelId, Timestamp>>);

impl Asked {
    /// Since when to ask, if it is time to.
    fn due(&self, channel: ChannelId, now: Timestamp) -> Option<Timestamp> {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = |at: Timestamp, span: Duration| {
            Timestamp(at.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
        };
        let since = match asked.get(&channel) {
            None => before(now, FIRST_LOOK),
            Some(last) if now.since(*last) >= ASKED_EVERY => before(*last, OVERLAP),
            Some(_) => return None,
        };
        asked.insert(channel, now);
        Some(since)
    }
}

/// Looks after the channels until it is stopped.
pub(super) async fn run(backend: Backend, stop: CancellationToken) {
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
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
    let Some(adapter) = providers::ready(backend, channel.id).await? else { return Ok(()) };
    let Some(since) = backend.workshop().asked.due(channel.id, backend.now()) else { return Ok(()) };
    let http = backend.workshop().providers.http()?;
    match adapter.catch_up(http, since).await {
        Ok(missed) => inbound::take_missed(backend, channel.id, missed).await,
        Err(error) => {
            tracing::warn!(channel = %channel.id, %error, "what was missed could not be asked for");
            Ok(())
        }
    }
}
