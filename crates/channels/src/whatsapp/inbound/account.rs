//! What is about an account or an identity rather than about a message.

use domain::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::content::readable;
use super::wire::{UserIdUpdate, UserPreference, Words};
use super::{customer, nameless};
use crate::inbound::{Inbound, InboundEvent, Subscription};
use crate::whatsapp::errors::GraphError;

/// The parts of account news that an admin can use.
#[derive(Default, Deserialize)]
#[serde(default)]
struct News {
    event: Option<Words>,
    message_template_name: Option<Words>,
    message_template_language: Option<Words>,
    reason: Option<Words>,
    current_limit: Option<Words>,
}

/// News in a field of its own: known ones in words for an admin, the others by their name.
pub(super) fn alert(field: &str, raw: &RawValue, at: Option<Timestamp>) -> InboundEvent {
    let news: News = serde_json::from_str(raw.get()).unwrap_or_default();
    let event = customer::present(news.event.as_ref()).map(|event| readable(&event.to_lowercase()));
    let what = match (field, event) {
        ("account_update" | "phone_number_quality_update" | "message_template_status_update", Some(event)) => {
            Inbound::AccountAlert { words: words(field, &event, &news) }
        }
        _ => Inbound::Unsupported { label: readable(field) },
    };
    nameless(field, raw, at, what)
}

fn words(field: &str, event: &str, news: &News) -> String {
    let template = customer::present(news.message_template_name.as_ref()).map(|name| {
        let language = customer::present(news.message_template_language.as_ref()).unwrap_or("no language");
        format!("{name} ({language})")
    });
    let reason = customer::present(news.reason.as_ref()).filter(|reason| *reason != "NONE");
    let limit = customer::present(news.current_limit.as_ref()).map(|limit| format!("limit {limit}"));
    let details: Vec<String> =
        template.into_iter().chain([event.to_owned()]).chain(reason.map(str::to_owned)).chain(limit).collect();
    format!("{}: {}", readable(field), details.join(", "))
}

/// An error that belongs to no message.
pub(super) fn error(error: &GraphError, raw: &RawValue, at: Option<Timestamp>) -> InboundEvent {
    nameless("error", raw, at, Inbound::AccountAlert { words: error.classify(None).words() })
}

/// The business-scoped user id was renewed; the phone number, if there is one, stays.
pub(super) fn identity(update: UserIdUpdate) -> InboundEvent {
    let wa_id = customer::present(update.wa_id.as_ref());
    let (previous, current) = (update.user_id.previous.0, update.user_id.current.0);
    let seconds = update.timestamp.map_or(0, |at| at.0 / 1_000);
    InboundEvent {
        dedupe: format!("user_id:{previous}:{current}:{seconds}"),
        at: update.timestamp,
        what: Inbound::IdentityChanged {
            previous: customer::ids(Some(&previous), wa_id),
            current: customer::ids(Some(&current), wa_id),
        },
    }
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
