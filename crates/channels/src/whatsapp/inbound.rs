//! Reads Meta's deliveries: one body holds entries, an entry holds changes, a change holds lists of events.
//! Every level is read by itself, so that one broken event never hides the others.

mod account;
mod content;
pub(super) mod customer;
mod message;
mod news;
mod status;
pub(super) mod wire;

use domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::codec::ParseError;
use crate::inbound::{Inbound, InboundEvent};
use crate::wire::{Event, as_delivery, nameless, place, read_or_keep, unreadable};
use crate::words::Words;
use wire::{ChangeValue, Envelope, EnvelopeEntry, FieldChange, RawList, WireContact};

const OBJECT: &str = "whatsapp_business_account";

/// Everything `body` says about the number `phone_number_id`, in its order.
pub(super) fn parse(phone_number_id: &str, body: &[u8]) -> Result<Vec<Event>, ParseError> {
    let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(|error| ParseError { reason: place(&error) })?;
    if envelope.object.is_some_and(|object| object.0 != OBJECT) {
        return Err(ParseError { reason: "the delivery is about something other than WhatsApp".into() });
    }
    let mut events = Vec::new();
    for raw in envelope.entry {
        read_or_keep(raw, "an entry", &mut events, |entry: EnvelopeEntry<'_>, events| {
            let frame = Frame { phone_number_id, account: entry.id.as_ref(), at: entry.time };
            for raw in entry.changes {
                read_or_keep(raw, "a change", events, |change, events| read_change(&frame, raw, &change, events));
            }
        });
    }
    Ok(events)
}

/// What holds for every event of an entry.
struct Frame<'a> {
    phone_number_id: &'a str,
    /// The business account that has the number.
    account: Option<&'a Words>,
    /// The time of events that have none of their own.
    at: Option<Timestamp>,
}

impl Frame<'_> {
    /// A change of another number, as a delivery of its own.
    fn elsewhere(&self, number: &str, change: &RawValue) -> InboundEvent {
        let (id, time) = (self.account.map(|id| id.0.as_str()), self.at.map(|at| at.0 / 1_000));
        let delivery = Alone { object: OBJECT, entry: [AloneEntry { id, time, changes: [change] }] };
        let what = Inbound::Elsewhere { account: number.into(), delivery: as_delivery(&delivery) };
        nameless("elsewhere", change, self.at, what)
    }
}

/// A delivery of one change.
#[derive(Serialize)]
struct Alone<'a> {
    object: &'static str,
    entry: [AloneEntry<'a>; 1],
}

#[derive(Serialize)]
struct AloneEntry<'a> {
    id: Option<&'a str>,
    time: Option<i64>,
    changes: [&'a RawValue; 1],
}

fn read_change(frame: &Frame<'_>, raw: &RawValue, change: &FieldChange<'_>, events: &mut Vec<Event>) {
    match change.field.0.as_str() {
        "messages" | "smb_message_echoes" | "user_id_update" | "user_preferences" => {
            read_or_keep(change.value, "a change's value", events, |value: ChangeValue<'_>, events| {
                match value.number().filter(|number| *number != frame.phone_number_id) {
                    Some(number) => events.push(Ok(frame.elsewhere(number, raw))),
                    None => read_lists(frame, value, events),
                }
            });
        }
        field => events.push(Ok(news::read(field, change.value, frame.at))),
    }
}

fn read_lists(frame: &Frame<'_>, value: ChangeValue<'_>, events: &mut Vec<Event>) {
    let contacts = value.contacts.into_iter().flatten();
    // A contact only adds a name and further ids; one that is broken costs no more than these.
    let contacts: Vec<WireContact> = contacts.filter_map(|raw| serde_json::from_str(raw.get()).ok()).collect();
    each(value.messages, "a message", events, |_, message| message::received(message, &contacts));
    each(value.message_echoes, "an echo", events, |_, message| message::echoed(message, &contacts));
    each(value.statuses, "a status", events, |_, status| status::read(&status));
    each(value.errors, "an error", events, |raw, error| Ok(account::error(&error, raw, frame.at)));
    each(value.user_id_update, "a changed identity", events, |_, update| account::identity(&update));
    each(value.user_preferences, "a preference", events, |raw, preference| account::preference(preference, raw));
}

/// Reads each event of a list with `to_event`, which may find that something it needs is missing.
fn each<'a, T: Deserialize<'a>>(
    list: RawList<'a>,
    what: &str,
    events: &mut Vec<Event>,
    to_event: impl Fn(&RawValue, T) -> Result<InboundEvent, &'static str>,
) {
    for raw in list.into_iter().flatten() {
        read_or_keep(raw, what, events, |wire, events| {
            events.push(to_event(raw, wire).map_err(|reason| unreadable(reason, raw)));
        });
    }
}
