//! Reads a delivery level by level, so that one broken event never hides the others, and says where reading failed without
//! quoting what could not be read.

use domain::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::codec::fingerprint;
use crate::inbound::{Inbound, InboundEvent, Unreadable};

/// One event of a delivery, or what is kept of it.
pub(crate) type Event = Result<InboundEvent, Unreadable>;

/// Hands `raw` to `read` in Meta's own type, or keeps it as unreadable.
pub(crate) fn read_or_keep<'a, T: Deserialize<'a>>(
    raw: &'a RawValue,
    what: &str,
    events: &mut Vec<Event>,
    read: impl FnOnce(T, &mut Vec<Event>),
) {
    match serde_json::from_str(raw.get()) {
        Ok(wire) => read(wire, events),
        Err(error) => events.push(Err(unreadable(&format!("{what}: {}", place(&error)), raw))),
    }
}

pub(crate) fn unreadable(reason: &str, raw: &RawValue) -> Unreadable {
    Unreadable { reason: reason.into(), raw: raw.get().into() }
}

/// Where reading failed. Never serde's own words: they quote the customer's.
pub(crate) fn place(error: &serde_json::Error) -> String {
    let kind = if error.is_data() { "an unexpected shape" } else { "not JSON" };
    format!("{kind} at line {} column {}", error.line(), error.column())
}

/// An event about nobody and nothing with an id of its own: its bytes and its time tell it from others.
pub(crate) fn nameless(word: &str, raw: &RawValue, at: Option<Timestamp>, what: Inbound) -> InboundEvent {
    let seconds = at.map_or(0, |at| at.0 / 1_000);
    InboundEvent { dedupe: format!("{word}:{seconds}:{}", fingerprint(raw.get().as_bytes())), at, what }
}
