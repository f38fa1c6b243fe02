//! One event: who it is about, and which of its parts says what happened.

use std::collections::BTreeMap;

use domain::timestamp::Timestamp;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::wire::{Side, WireEvent};
use super::{Product, Reader, marks, message};
use crate::codec::fingerprint;
use crate::identity::{Actor, ExternalId};
use crate::inbound::{Inbound, InboundEvent};
use crate::words::{Words, present, readable};

/// What holds for everything that one event says.
pub(super) struct Frame<'a> {
    pub product: Product,
    pub raw: &'a RawValue,
    pub at: Option<Timestamp>,
    /// The person at the other end of the thread; `None` when the event names nobody.
    customer: Option<String>,
    /// Our side did it, here or elsewhere.
    pub is_ours: bool,
}

impl Frame<'_> {
    pub fn customer_id(&self) -> Result<&str, &'static str> {
        self.customer.as_deref().ok_or("it names nobody")
    }

    /// All that an event tells about the customer; the name is there for who asks.
    pub fn customer(&self) -> Result<Actor, &'static str> {
        let id = ExternalId(self.customer_id()?.into());
        Ok(Actor { ids: vec![id], name: None, username: None, phone: None })
    }

    /// An event with a key of its own.
    pub fn event(&self, dedupe: String, what: Inbound) -> InboundEvent {
        InboundEvent { dedupe, at: self.at, what }
    }

    /// A key for what has no id: the customer and the time tell it from others, or its bytes where it lacks them.
    pub fn key(&self, word: &str) -> String {
        match (&self.customer, self.at) {
            (Some(customer), Some(at)) => format!("{word}:{customer}:{}", at.0),
            _ => format!("{word}:{}", fingerprint(self.raw.get().as_bytes())),
        }
    }

    /// An event without an id.
    pub fn moment(&self, word: &str, what: Inbound) -> InboundEvent {
        self.event(self.key(word), what)
    }
}

/// Everything the event says; most say one thing.
pub(super) fn read(
    reader: &Reader<'_>,
    entry_at: Option<Timestamp>,
    wire: WireEvent,
    raw: &RawValue,
) -> Result<Vec<InboundEvent>, &'static str> {
    let frame = frame(reader, entry_at, &wire, raw);
    let referral = wire.referral;
    let one = |event: InboundEvent| vec![event];
    if let Some(message) = wire.message {
        message::read(&frame, message, referral).map(one)
    } else if let Some(edit) = wire.message_edit {
        message::edited(&frame, edit).map(one)
    } else if let Some(postback) = wire.postback {
        message::pressed(&frame, postback).map(one)
    } else if let Some(reaction) = wire.reaction {
        marks::reacted(&frame, reaction).map(one)
    } else if let Some(delivery) = wire.delivery {
        marks::delivered(&frame, delivery)
    } else if let Some(read) = wire.read {
        marks::seen(&frame, read).map(one)
    } else if let Some(opt_in) = wire.optin {
        marks::opted(&frame, &opt_in).map(one)
    } else if let Some(referral) = referral {
        Ok(one(marks::came(&frame, &referral)))
    } else if let Some(policy) = wire.policy_enforcement {
        Ok(one(marks::enforced(&frame, &policy)))
    } else {
        Ok(one(unknown(&frame)))
    }
}

fn frame<'a>(reader: &Reader<'_>, entry_at: Option<Timestamp>, wire: &WireEvent, raw: &'a RawValue) -> Frame<'a> {
    let id = |side: &Option<Side>| side.as_ref().and_then(|side| present(side.id.as_ref())).map(str::to_owned);
    let (sender, recipient) = (id(&wire.sender), id(&wire.recipient));
    let is_echo = wire.message.as_ref().is_some_and(|message| message.is_echo == Some(true));
    // Somebody may write to themselves to try things out.
    let account = Some(reader.account);
    let by_account = sender.as_deref() == account && recipient.as_deref() != account;
    let is_ours = is_echo || by_account;
    let customer = if is_ours { recipient } else { sender };
    Frame { product: reader.product, raw, at: wire.timestamp.or(entry_at), customer, is_ours }
}

/// The parts of an event that do not say what happened.
const FRAME: [&str; 3] = ["sender", "recipient", "timestamp"];

/// An event we have no word for, by the name of its part: "Pass thread control".
fn unknown(frame: &Frame<'_>) -> InboundEvent {
    let parts: BTreeMap<Words, IgnoredAny> = serde_json::from_str(frame.raw.get()).unwrap_or_default();
    let part = parts.keys().find(|part| !FRAME.contains(&part.as_str())).map_or("event", Words::as_str);
    let label = readable(part);
    frame.moment(part, Inbound::Unsupported { label })
}
