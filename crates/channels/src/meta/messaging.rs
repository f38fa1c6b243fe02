//! The messages of Messenger and Instagram: one format, read here for both. One body holds entries, an entry holds
//! lists of events. Every level is read by itself, so that one broken event never hides the others.
//! <https://developers.facebook.com/docs/messenger-platform/reference/webhook-events>

mod attachment;
mod content;
mod errors;
mod event;
mod marks;
mod message;
mod outbound;
mod send;
mod template;
mod wire;

use domain::timestamp::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::codec::ParseError;
use crate::inbound::{Inbound, InboundEvent, Topic};
use crate::wire::{Event, as_delivery, nameless, place, read_or_keep, unreadable};
use crate::words::{present, readable};
use wire::{Entry, Envelope, FieldChange};

pub(crate) use errors::{meaning, meaning_on_messenger};
pub(crate) use outbound::{CHOICE_ID_MAX, Product};
pub(crate) use send::Sender;

/// Whose deliveries are read.
pub(crate) struct Reader<'a> {
    pub product: Product,
    /// The page or account, as deliveries name it.
    pub account: &'a str,
}

/// A delivery of one entry.
#[derive(Serialize)]
struct Alone<'a> {
    object: &'static str,
    entry: [&'a RawValue; 1],
}

impl Reader<'_> {
    /// Everything `body` says about the account, in its order.
    pub fn parse(&self, body: &[u8]) -> Result<Vec<Event>, ParseError> {
        let envelope: Envelope<'_> =
            serde_json::from_slice(body).map_err(|error| ParseError { reason: place(&error) })?;
        if envelope.object.is_some_and(|object| object.0 != self.product.object()) {
            let reason = format!("the delivery is about something other than {}", self.product.label());
            return Err(ParseError { reason });
        }
        let mut events = Vec::new();
        for raw in envelope.entry {
            read_or_keep(raw, "an entry", &mut events, |entry, events| self.read_entry(raw, entry, events));
        }
        Ok(events)
    }

    fn read_entry(&self, raw: &RawValue, entry: Entry<'_>, events: &mut Vec<Event>) {
        if let Some(id) = present(entry.id.as_ref()).filter(|id| *id != self.account) {
            events.push(Ok(self.elsewhere(id, raw, entry.time)));
            return;
        }
        if entry.messaging.is_none() && entry.standby.is_none() && entry.changes.is_none() {
            events.push(Err(unreadable("an entry without events", raw)));
        }
        for raw in entry.messaging.into_iter().flatten() {
            self.read_event(raw, entry.time, events);
        }
        for raw in entry.standby.into_iter().flatten() {
            self.read_standby(raw, entry.time, events);
        }
        for raw in entry.changes.into_iter().flatten() {
            read_or_keep(raw, "a change", events, |change, events| self.read_change(&change, entry.time, events));
        }
    }

    /// An entry of another page or account, as a delivery of its own.
    fn elsewhere(&self, account: &str, entry: &RawValue, at: Option<Timestamp>) -> InboundEvent {
        let delivery = as_delivery(&Alone { object: self.product.object(), entry: [entry] });
        nameless("elsewhere", entry, at, Inbound::Elsewhere { account: account.into(), delivery })
    }

    /// The same events come as changes when Meta's dashboard tests them.
    fn read_change(&self, change: &FieldChange<'_>, at: Option<Timestamp>, events: &mut Vec<Event>) {
        let field = change.field.0.as_str();
        if field.starts_with("messag") {
            self.read_event(change.value, at, events);
        } else if field == "standby" {
            self.read_standby(change.value, at, events);
        } else {
            events.push(Ok(nameless(field, change.value, at, Inbound::Unsupported { label: readable(field) })));
        }
    }

    /// Another app holds the thread while events stand by; what the customer says is worth seeing all the same.
    /// <https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/standby>
    fn read_standby(&self, raw: &RawValue, at: Option<Timestamp>, events: &mut Vec<Event>) {
        let before = events.len();
        self.read_event(raw, at, events);
        for event in events.iter_mut().skip(before) {
            if let Ok(InboundEvent { what: Inbound::Message { message, .. }, .. }) = event {
                message.about = Some(Topic::Standby);
            }
        }
    }

    fn read_event(&self, raw: &RawValue, at: Option<Timestamp>, events: &mut Vec<Event>) {
        read_or_keep(raw, "an event", events, |wire, events| match event::read(self, at, wire, raw) {
            Ok(read) => events.extend(read.into_iter().map(Ok)),
            Err(reason) => events.push(Err(unreadable(reason, raw))),
        });
    }
}
