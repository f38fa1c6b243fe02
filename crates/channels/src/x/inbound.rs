//! Reads X's deliveries of both shapes: the X Activity API tells one thing in `data`, the Account Activity API before it
//! told lists of the same things. <https://docs.x.com/x-api/activity/introduction>

pub(super) mod content;
pub(super) mod customer;
pub(super) mod message;
pub(super) mod news;
pub(super) mod wire;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::codec::ParseError;
use crate::inbound::{Inbound, InboundEvent};
use crate::wire::{Event, by_bytes, place, read_or_keep, unreadable};
use crate::words::{Words, present, readable};
use customer::Users;
use wire::Activity;

/// Lists and things by their names.
type Parts<'a> = BTreeMap<Words, &'a RawValue>;

/// Parts of a delivery that say something about it, and nothing that happened.
const ABOUT: [&str; 5] = ["apps", "data", "for_user_id", "user_has_blocked", "users"];

/// Everything `body` says to the account `ours`, in its order.
pub(super) fn parse(ours: &str, body: &[u8]) -> Result<Vec<Event>, ParseError> {
    let parts: Parts<'_> = serde_json::from_slice(body).map_err(|error| ParseError { reason: place(&error) })?;
    let mut events = Vec::new();
    if let Some(raw) = parts.get("data") {
        read_or_keep(raw, "an activity", &mut events, |activity, events| read_activity(ours, raw, &activity, events));
    } else if let Some(whole) = parts.get("for_user_id") {
        let account: Words = serde_json::from_str(whole.get()).unwrap_or_default();
        read_parts(ours, Some(&account), &parts, &mut events);
    } else {
        return Err(ParseError { reason: "the delivery is none of X's".into() });
    }
    Ok(events)
}

/// One thing that happened, as the X Activity API tells it.
fn read_activity(ours: &str, raw: &RawValue, activity: &Activity<'_>, events: &mut Vec<Event>) {
    let kind = present(activity.event_type.as_ref()).unwrap_or_default();
    if !is_for(ours, activity.filter.as_ref().and_then(|filter| filter.user_id.as_ref())) {
        events.push(Err(unreadable(FOREIGN, raw)));
        return;
    }
    let once = present(activity.event_uuid.as_ref()).map_or_else(|| by_bytes(kind, raw), |id| format!("{kind}:{id}"));
    let Some(payload) = activity.payload else {
        events.push(Err(unreadable("an activity without what happened", raw)));
        return;
    };
    if kind.starts_with("chat.") {
        each_one(payload, "an encrypted message", events, |wire| message::encrypted(ours, wire));
    } else if kind == "oauth.revoke" {
        events.push(Ok(news::revoked(once)));
    } else if kind.starts_with("dm.") {
        let before = events.len();
        read_or_keep(payload, "an activity's content", events, |parts: Parts<'_>, events| {
            read_parts(ours, None, &parts, events);
        });
        // A shape that X does not describe yet.
        if events.len() == before {
            events.push(Ok(nothing_we_know(once, kind)));
        }
    } else {
        events.push(Ok(nothing_we_know(once, kind)));
    }
}

fn nothing_we_know(dedupe: String, kind: &str) -> InboundEvent {
    InboundEvent { dedupe, at: None, what: Inbound::Unsupported { label: readable(kind) } }
}

const FOREIGN: &str = "it is about an account that is not this channel's";

fn is_for(ours: &str, account: Option<&Words>) -> bool {
    present(account).is_none_or(|account| account == ours)
}

/// Lists of things that happened.
fn read_parts(ours: &str, account: Option<&Words>, parts: &Parts<'_>, events: &mut Vec<Event>) {
    let users = parts.get("users").map(|raw| Users::read(raw)).unwrap_or_default();
    for (name, raw) in parts {
        if ABOUT.contains(&name.as_str()) {
            continue;
        }
        if !is_for(ours, account) {
            events.push(Err(unreadable(FOREIGN, raw)));
            continue;
        }
        let name = name.as_str();
        match name {
            "direct_message_events" => {
                each(raw, "a message", events, |raw, wire| message::read(ours, &users, raw, wire));
            }
            "direct_message_mark_read_events" => {
                each(raw, "a reading", events, |raw, wire| news::seen(ours, &users, raw, wire));
            }
            "direct_message_indicate_typing_events" => {
                each(raw, "a typing", events, |raw, wire| news::typing(ours, &users, raw, wire));
            }
            "user_event" => {
                let is_revoked = serde_json::from_str::<Parts<'_>>(raw.get()).is_ok_and(|it| it.contains_key("revoke"));
                let once = by_bytes(name, raw);
                events.push(Ok(if is_revoked { news::revoked(once) } else { nothing_we_know(once, name) }));
            }
            other => events.push(Ok(nothing_we_know(by_bytes(other, raw), other))),
        }
    }
}

/// Reads each event of a list with `to_event`, which may find that something it needs is missing.
fn each<'a, T: Deserialize<'a>>(
    list: &'a RawValue,
    what: &str,
    events: &mut Vec<Event>,
    to_event: impl Fn(&RawValue, T) -> Result<InboundEvent, &'static str>,
) {
    read_or_keep(list, what, events, |list: Vec<&'a RawValue>, events| {
        for raw in list {
            read_or_keep(raw, what, events, |wire, events| {
                events.push(to_event(raw, wire).map_err(|reason| unreadable(reason, raw)));
            });
        }
    });
}

fn each_one<'a, T: Deserialize<'a>>(
    raw: &'a RawValue,
    what: &str,
    events: &mut Vec<Event>,
    to_event: impl FnOnce(T) -> Result<InboundEvent, &'static str>,
) {
    read_or_keep(raw, what, events, |wire, events| {
        events.push(to_event(wire).map_err(|reason| unreadable(reason, raw)));
    });
}
