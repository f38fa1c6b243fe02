//! Reads Telegram's deliveries: one body is one update, which holds its number and one thing that happened.
//! <https://core.telegram.org/bots/api#update>

mod content;
mod customer;
mod marks;
mod message;
mod pressed;
mod wire;

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::codec::ParseError;
use crate::inbound::{Inbound, InboundEvent};
use crate::wire::{Event, by_bytes, place, read_or_keep, unreadable};
use crate::words::{Words, readable};

const NUMBER: &str = "update_id";

/// Everything `body` says to the bot `ours`.
pub(super) fn parse(ours: Option<i64>, body: &[u8]) -> Result<Vec<Event>, ParseError> {
    let update: BTreeMap<Words, &RawValue> =
        serde_json::from_slice(body).map_err(|error| ParseError { reason: place(&error) })?;
    let number = update.get(NUMBER).and_then(|raw| serde_json::from_str(raw.get()).ok());
    let number = number.ok_or_else(|| ParseError { reason: "the delivery is no update of Telegram's".into() })?;
    let mut events = Vec::new();
    for (kind, raw) in update {
        if kind.as_str() != NUMBER {
            read(&Frame { ours, number, raw }, kind.as_str(), &mut events);
        }
    }
    Ok(events)
}

/// One thing that happened, unread, and the number of its update.
#[derive(Clone, Copy)]
struct Frame<'a> {
    /// The bot's own number among Telegram's users.
    ours: Option<i64>,
    number: i64,
    raw: &'a RawValue,
}

impl Frame<'_> {
    /// The key of an event that has no id of its own. An update's number is the bot's and never used twice.
    fn once(&self, word: &str) -> String {
        format!("{word}:{}", self.number)
    }
}

fn read(frame: &Frame<'_>, kind: &str, events: &mut Vec<Event>) {
    match kind {
        "message" | "business_message" => one(frame, "a message", events, message::written),
        "edited_message" | "edited_business_message" => one(frame, "an edit", events, message::edited),
        "callback_query" => one(frame, "a pressed button", events, |_, wire| pressed::read(wire)),
        "message_reaction" => one(frame, "a reaction", events, |frame, wire| marks::reaction(frame, wire)),
        "my_chat_member" => one(frame, "a membership", events, |frame, wire| marks::membership(frame, wire)),
        "business_connection" => one(frame, "a business account", events, |frame, wire| marks::business(frame, wire)),
        "deleted_business_messages" => {
            read_or_keep(frame.raw, "deletions", events, |wire, events| marks::deletions(frame, wire, events));
        }
        // An update that we did not ask for.
        other => {
            let words =
                serde_json::from_str(frame.raw.get()).map(|value| content::words_in(&value)).unwrap_or_default();
            let what = Inbound::Unsupported { label: content::labelled(&readable(other), &words) };
            events.push(Ok(InboundEvent { dedupe: by_bytes(&frame.once("update"), frame.raw), at: None, what }));
        }
    }
}

/// Reads the one event of an update with `to_event`, which may find that something it needs is missing.
fn one<'a, T: serde::Deserialize<'a>>(
    frame: &Frame<'a>,
    what: &str,
    events: &mut Vec<Event>,
    to_event: impl FnOnce(&Frame<'a>, T) -> Result<InboundEvent, &'static str>,
) {
    read_or_keep(frame.raw, what, events, |wire, events| {
        events.push(to_event(frame, wire).map_err(|reason| unreadable(reason, frame.raw)));
    });
}
