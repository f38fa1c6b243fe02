//! What a delivery says once its provider's codec has read it: what is to be done, and what an admin has to know.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ::channels::adapter::Adapter;
use ::channels::codec::ParseError;
use ::channels::inbound::{Inbound, InboundEvent, Unreadable};
use ::channels::plan::Limits;
use domain::channel::ChannelKind;
use domain::id::{ChannelId, WebhookId};
use domain::timestamp::Timestamp;
use entity::webhook;

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::inbound::elsewhere::{Moved, Siblings};
use crate::inbound::rows;
use crate::jobs::providers;

/// The longest account of what was wrong with a delivery, in characters.
const PROBLEM_MAX: usize = 1_000;

/// The adapters of the channels that a batch of deliveries is for.
type Adapters = BTreeMap<ChannelId, Arc<dyn Adapter>>;

/// Opens the channels that these deliveries are for; one that cannot be used is left out.
///
/// # Errors
/// The rows cannot be read just now.
pub(super) async fn open_all(backend: &Backend, waiting: &[webhook::Model]) -> Result<Adapters> {
    let channels: BTreeSet<_> = waiting.iter().map(|kept| kept.channel).collect();
    let mut adapters = Adapters::new();
    for channel in channels {
        match providers::open(backend, channel).await {
            Ok(Some(adapter)) => drop(adapters.insert(channel, adapter)),
            Ok(None) => {}
            // Were they only left for later, those that come after would overtake them.
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => tracing::warn!(%channel, %error, "a channel's settings cannot be used"),
        }
    }
    Ok(adapters)
}

/// A delivery as its provider's codec reads it.
pub(super) struct Read {
    pub id: WebhookId,
    pub channel: ChannelId,
    pub received_at: Timestamp,
    /// `None` when the channel cannot be used now.
    pub parsed: Option<Parsed>,
    kind: Option<ChannelKind>,
    pub limits: Option<Limits>,
}

type Parsed = std::result::Result<Vec<std::result::Result<InboundEvent, Unreadable>>, ParseError>;

impl Read {
    pub fn of(adapters: &Adapters, kept: webhook::Model) -> Self {
        let adapter = adapters.get(&kept.channel);
        let parsed = adapter.map(|adapter| adapter.parse(&kept.body));
        let (kind, limits) = (adapter.map(|adapter| adapter.kind()), adapter.map(|adapter| adapter.limits()));
        Self { id: kept.id, channel: kept.channel, received_at: kept.received_at, parsed, kind, limits }
    }

    pub fn kind_of_what_is_elsewhere(&self) -> Option<ChannelKind> {
        let mut events = self.parsed.as_ref()?.as_ref().ok()?.iter().flatten();
        let is_elsewhere = |what: &Inbound| matches!(what, Inbound::Elsewhere { .. } | Inbound::Everywhere { .. });
        let has_any = events.any(|event| is_elsewhere(&event.what));
        self.kind.filter(|_| has_any)
    }
}

/// What a delivery says, and what of it is for an admin.
#[derive(Clone, Default)]
pub(super) struct Reading {
    pub events: Vec<InboundEvent>,
    /// What is for other channels.
    pub moved: Vec<Moved>,
    pub problems: Vec<String>,
    /// What the provider tells about the channel's account and its templates.
    pub alerts: Vec<String>,
    /// Why nothing gets through the channel any more.
    pub stopped: Option<String>,
}

impl Reading {
    pub fn of(
        channel: ChannelId,
        parsed: Vec<std::result::Result<InboundEvent, Unreadable>>,
        siblings: &Siblings,
        received_at: Timestamp,
    ) -> Self {
        let mut reading = Self::default();
        for event in parsed {
            match event {
                Ok(InboundEvent { what: Inbound::AccountAlert { words, stops }, .. }) => {
                    reading.alerts.push(words.clone());
                    reading.stopped = stops.then_some(words).or(reading.stopped);
                }
                Ok(InboundEvent { what: Inbound::Elsewhere { account, delivery }, .. }) => {
                    let moved = siblings.moved(channel, &account, &delivery);
                    if moved.is_empty() {
                        reading.problems.push(format!(
                            "not taken in: it is about the account {account}, and no channel of the same app has that"
                        ));
                    }
                    reading.moved.extend(moved);
                }
                Ok(InboundEvent { what: Inbound::Everywhere { account, delivery }, .. }) => {
                    reading.moved.extend(siblings.moved(channel, &account, &delivery));
                }
                Ok(mut event) => {
                    // However long it waited to be read: it was said by the time it came.
                    if matches!(event.what, Inbound::Subscription { .. }) {
                        event.at.get_or_insert(received_at);
                    }
                    if let Inbound::TemplateChanged { name, language, words } = &event.what {
                        let of = if language.is_empty() { String::new() } else { format!(" ({language})") };
                        reading.alerts.push(format!("Template {name}{of}: {words}"));
                    }
                    reading.events.push(event);
                }
                Err(unreadable) => reading.problems.push(format!("unreadable in part: {}", unreadable.reason)),
            }
        }
        reading
    }

    pub fn problem(&self) -> Option<String> {
        let words = [self.problems.as_slice(), self.alerts.as_slice()].concat().join("; ");
        // What was read well is no trouble with reading.
        let begins = if self.problems.is_empty() { rows::ALERT } else { "" };
        (!words.is_empty()).then(|| begins.chars().chain(words.chars()).take(PROBLEM_MAX).collect())
    }
}

/// Deliveries that were begun one after the other. Where the storage does not take one, it takes none of those behind: they
/// would overtake it.
#[derive(Clone, Default)]
pub(super) struct Line(Arc<AtomicBool>);

impl Line {
    pub fn note(&self, error: &Error) {
        self.0.fetch_or(error.is_passing(), Ordering::SeqCst);
    }

    pub fn check(&self) -> Result<()> {
        if self.0.load(Ordering::SeqCst) { Err(Error::Busy) } else { Ok(()) }
    }
}
