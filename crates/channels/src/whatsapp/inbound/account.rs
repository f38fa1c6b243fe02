//! What is about an account or an identity rather than about a message.

use domain::timestamp::Timestamp;
use serde_json::value::RawValue;

use super::customer;
use super::wire::{UserIdUpdate, UserPreference};
use crate::inbound::{Inbound, InboundEvent, Subscription};
use crate::meta::errors::GraphError;
use crate::wire::nameless;
use crate::words::{present, readable};

/// An error that belongs to no message.
pub(super) fn error(error: &GraphError, raw: &RawValue, at: Option<Timestamp>) -> InboundEvent {
    let error = error.classify(None);
    nameless("error", raw, at, Inbound::AccountAlert { words: error.words(), stops: error.needs_admin() })
}

/// The business-scoped user id was renewed; the phone number, if there is one, stays.
pub(super) fn identity(update: &UserIdUpdate) -> Result<InboundEvent, &'static str> {
    let wa_id = present(update.wa_id.as_ref());
    let known = |id| present(Some(id)).ok_or("it names nobody");
    let (previous, current) = (known(&update.user_id.previous)?, known(&update.user_id.current)?);
    let seconds = update.timestamp.map_or(0, |at| at.0 / 1_000);
    let what = Inbound::IdentityChanged {
        previous: customer::ids(Some(previous), wa_id),
        current: customer::ids(Some(current), wa_id),
    };
    let dedupe = format!("user_id:{previous}:{current}:{seconds}");
    Ok(InboundEvent { dedupe, at: update.timestamp, what })
}

/// The customer stopped or resumed messages nobody asked for.
pub(super) fn preference(preference: UserPreference, raw: &RawValue) -> Result<InboundEvent, &'static str> {
    let customer = customer::find(preference.user_id.as_ref(), preference.wa_id.as_ref(), &[])?;
    let what = match preference.value.0.as_str() {
        "stop" => Inbound::Subscription { customer, subscription: Subscription::OptedOut },
        "resume" => Inbound::Subscription { customer, subscription: Subscription::OptedIn },
        other => Inbound::Unsupported { label: readable(other) },
    };
    Ok(nameless("preference", raw, preference.timestamp, what))
}
