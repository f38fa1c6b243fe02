//! One message, whoever wrote it: new words, an edit, a deletion, a reaction, or the system's own.

use super::wire::{System, WireContact, WireMessage, Words};
use super::{content, customer};
use crate::identity::{Actor, ProviderId};
use crate::inbound::{Inbound, InboundEvent, InboundMessage, Topic};

/// A message of the customer.
pub(super) fn received(message: WireMessage, contacts: &[WireContact]) -> Result<InboundEvent, &'static str> {
    let customer = customer::find(message.from_user_id.as_ref(), message.from.as_ref(), contacts)?;
    event(message, customer, |customer, message| Inbound::Message { customer, message })
}

/// A message that our side wrote in WhatsApp's own app.
pub(super) fn echoed(message: WireMessage, contacts: &[WireContact]) -> Result<InboundEvent, &'static str> {
    let customer = customer::find(message.to_user_id.as_ref(), message.to.as_ref(), contacts)?;
    event(message, customer, |customer, message| Inbound::Echo { customer, message })
}

fn event(
    message: WireMessage,
    customer: Actor,
    written: impl FnOnce(Actor, InboundMessage) -> Inbound,
) -> Result<InboundEvent, &'static str> {
    let id = customer::present(message.id.as_ref()).ok_or("it has no id")?.to_owned();
    let at = message.timestamp;
    let seconds = at.map_or(0, |at| at.0 / 1_000);
    let kind = message.kind.as_ref().map_or("", |kind| kind.0.as_str());
    let (dedupe, what) = match kind {
        // A message may be edited again and again.
        "edit" => (format!("edit:{id}:{seconds}"), edited(message, customer)?),
        "revoke" => (format!("revoke:{id}"), deleted(message, customer)?),
        "reaction" => (format!("reaction:{id}"), reacted(message, customer)?),
        "system" => (format!("system:{id}"), changed(&message.system.ok_or("it says nothing")?, customer)),
        _ => {
            let answered = message.context.as_ref().and_then(|context| context.id.clone()).map(provider_id);
            let content = content::read(&message)?;
            let about = answered.map(Topic::Message);
            let dedupe = format!("message:{id}");
            (dedupe, written(customer, InboundMessage { about, ..InboundMessage::new(ProviderId(id), content) }))
        }
    };
    Ok(InboundEvent { dedupe, at, what })
}

fn edited(message: WireMessage, customer: Actor) -> Result<Inbound, &'static str> {
    let edit = message.edit.ok_or("an edit without its words")?;
    let content = content::read(&edit.message)?;
    Ok(Inbound::Edited { customer, target: provider_id(edit.original_message_id), content })
}

fn deleted(message: WireMessage, customer: Actor) -> Result<Inbound, &'static str> {
    let revoke = message.revoke.ok_or("a deletion without its message")?;
    Ok(Inbound::Deleted { customer, target: provider_id(revoke.original_message_id) })
}

fn reacted(message: WireMessage, customer: Actor) -> Result<Inbound, &'static str> {
    let reaction = message.reaction.ok_or("a reaction without its message")?;
    // A reaction taken back comes as an empty emoji or as none.
    let emoji = reaction.emoji.map(|emoji| emoji.0).filter(|emoji| !emoji.is_empty());
    Ok(Inbound::Reaction { customer, target: provider_id(reaction.message_id), emoji })
}

/// The customer changed the number or the user id: what they were known by, and what they are known by now.
fn changed(system: &System, customer: Actor) -> Inbound {
    let kind = system.kind.as_ref().map_or("", |kind| kind.0.as_str());
    let current = customer::ids(customer::present(system.user_id.as_ref()), customer::present(system.wa_id.as_ref()));
    match kind {
        // Older payloads say `customer_changed_number`.
        "user_changed_number" | "customer_changed_number" | "user_changed_user_id" if !current.is_empty() => {
            Inbound::IdentityChanged { previous: customer.ids, current }
        }
        _ => Inbound::Unsupported {
            label: system.body.as_ref().map_or_else(|| content::readable(kind), |body| body.0.clone()),
        },
    }
}

fn provider_id(words: Words) -> ProviderId {
    ProviderId(words.0)
}
