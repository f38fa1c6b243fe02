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

use crate::codec::{ParseError, fingerprint};
use crate::inbound::{Inbound, InboundEvent};
use crate::wire::{Event, as_delivery, nameless, place, read_or_keep, unreadable};
use crate::words::present;
use wire::{ChangeValue, Envelope, EnvelopeEntry, FieldChange, RawList, WireContact};

const OBJECT: &str = "whatsapp_business_account";

/// Everything `body` says about the number `phone_number_id`, and about the business account that has it, in its order.
pub(super) fn parse(phone_number_id: &str, account: Option<&str>, body: &[u8]) -> Result<Vec<Event>, ParseError> {
    let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(|error| ParseError { reason: place(&error) })?;
    if envelope.object.is_some_and(|object| object.0 != OBJECT) {
        return Err(ParseError { reason: "the delivery is about something other than WhatsApp".into() });
    }
    let mut events = Vec::new();
    for raw in envelope.entry {
        read_or_keep(raw, "an entry", &mut events, |entry: EnvelopeEntry<'_>, events| {
            let (named, at) = (present(entry.id.as_ref()), entry.time);
            let frame =
                Frame { phone_number_id, ours: account, account: named, at, passed_on: entry.passed_on == Some(true) };
            let mut of_account = Vec::new();
            for raw in entry.changes {
                read_or_keep(raw, "a change", events, |change, events| {
                    read_change(&frame, raw, &change, &mut of_account, events);
                });
            }
            events.extend(frame.pass_on(of_account).map(Ok));
        });
    }
    Ok(events)
}

/// What holds for every event of an entry.
struct Frame<'a> {
    phone_number_id: &'a str,
    /// The business account that has our number, if it is known.
    ours: Option<&'a str>,
    /// The business account that the entry is about.
    account: Option<&'a str>,
    /// The time of events that have none of their own.
    at: Option<Timestamp>,
    passed_on: bool,
}

impl Frame<'_> {
    /// Changes as a delivery of their own.
    fn alone(&self, passed_on: bool, changes: Vec<&RawValue>) -> String {
        let time = self.at.map(|at| at.0 / 1_000);
        as_delivery(&Alone { object: OBJECT, entry: [AloneEntry { id: self.account, passed_on, time, changes }] })
    }

    /// A change of another number.
    fn elsewhere(&self, number: &str, change: &RawValue) -> InboundEvent {
        let what = Inbound::Elsewhere { account: number.into(), delivery: self.alone(false, vec![change]) };
        nameless("elsewhere", change, self.at, what)
    }

    /// Whether the entry is about a business account that is not ours.
    fn is_foreign(&self) -> bool {
        !self.passed_on && self.ours.zip(self.account).is_some_and(|(ours, account)| ours != account)
    }

    /// The changes that name no number, for the other numbers of their business account.
    fn pass_on(&self, changes: Vec<&RawValue>) -> Option<InboundEvent> {
        let account = self.account.filter(|_| !self.passed_on && !changes.is_empty())?.to_owned();
        let delivery = self.alone(true, changes);
        let dedupe = format!("everywhere:{}", fingerprint(delivery.as_bytes()));
        let what = if self.is_foreign() {
            Inbound::Elsewhere { account, delivery }
        } else {
            Inbound::Everywhere { account, delivery }
        };
        Some(InboundEvent { dedupe, at: self.at, what })
    }
}

/// A delivery of changes that belong together.
#[derive(Serialize)]
struct Alone<'a> {
    object: &'static str,
    entry: [AloneEntry<'a>; 1],
}

#[derive(Serialize)]
struct AloneEntry<'a> {
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    passed_on: bool,
    time: Option<i64>,
    changes: Vec<&'a RawValue>,
}

/// Reads one change. What names no number goes to `of_account`, too, and is read here only where the account is ours.
fn read_change<'a>(
    frame: &Frame<'_>,
    raw: &'a RawValue,
    change: &FieldChange<'_>,
    of_account: &mut Vec<&'a RawValue>,
    events: &mut Vec<Event>,
) {
    let field = change.field.0.as_str();
    match field {
        "messages" | "smb_message_echoes" | "user_id_update" | "user_preferences" => {
            read_or_keep(change.value, "a change's value", events, |value: ChangeValue<'_>, events| {
                let number = value.number();
                // The customers of a business account are the same for all of its numbers.
                let is_of_account = number.is_none() && field.starts_with("user_");
                of_account.extend(Some(raw).filter(|_| is_of_account));
                match number.filter(|number| *number != frame.phone_number_id) {
                    Some(number) => events.push(Ok(frame.elsewhere(number, raw))),
                    None if is_of_account && frame.is_foreign() => {}
                    None => read_lists(frame, value, events),
                }
            });
        }
        field => {
            of_account.push(raw);
            if !frame.is_foreign() {
                events.push(Ok(news::read(field, change.value, frame.at)));
            }
        }
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
