//! One message, whoever wrote it: new words, an edit, a deletion, a reaction, or the system's own.

use domain::message::{Content, Reacting};

use super::content::{self, Said};
use super::customer;
use super::wire::{Context, Referral, System, WireContact, WireMessage};
use crate::identity::{Actor, ProviderId};
use crate::inbound::{Inbound, InboundEvent, InboundMessage, Through, Topic};
use crate::words::{Words, present, readable};

/// A message of the customer.
pub(super) fn received(message: WireMessage, contacts: &[WireContact]) -> Result<InboundEvent, &'static str> {
    let customer = customer::find(message.from_user_id.as_ref(), message.from.as_ref(), contacts)?;
    event(message, customer, By::Customer)
}

/// A message that our side wrote in WhatsApp's own app.
pub(super) fn echoed(message: WireMessage, contacts: &[WireContact]) -> Result<InboundEvent, &'static str> {
    let customer = customer::find(message.to_user_id.as_ref(), message.to.as_ref(), contacts)?;
    event(message, customer, By::OurSide)
}

/// Who wrote.
#[derive(Clone, Copy)]
enum By {
    Customer,
    OurSide,
}

fn event(message: WireMessage, customer: Actor, by: By) -> Result<InboundEvent, &'static str> {
    let id = present(message.id.as_ref()).ok_or("it has no id")?.to_owned();
    let at = message.timestamp;
    let seconds = at.map_or(0, |at| at.0 / 1_000);
    let kind = message.kind.as_ref().map_or("", |kind| kind.0.as_str());
    let (dedupe, what) = match kind {
        // A message may be edited again and again.
        "edit" => (format!("edit:{id}:{seconds}"), edited(message, customer)?),
        "revoke" => (format!("revoke:{id}"), deleted(message, customer)?),
        "reaction" => (format!("reaction:{id}"), reacted(message, customer, by)?),
        "system" => (format!("system:{id}"), changed(&message.system.ok_or("it says nothing")?, customer)),
        _ => {
            let Said { content, files } = content::read(&message)?;
            let about = topic(message.context.as_ref(), message.referral.as_ref());
            let dedupe = format!("message:{id}");
            let message = InboundMessage { files, about, ..InboundMessage::new(ProviderId(id), content) };
            let what = match by {
                By::Customer => Inbound::Message { customer, message },
                // Meta tells nobody of what leaves through its API; that has statuses.
                By::OurSide => Inbound::Echo { customer, message, through: Through::Another },
            };
            (dedupe, what)
        }
    };
    Ok(InboundEvent { dedupe, at, what })
}

/// What a message is about; the first that is known of what it may be.
fn topic(context: Option<&Context>, referral: Option<&Referral>) -> Option<Topic> {
    let product = context.and_then(|context| context.referred_product.as_ref());
    let product = product.and_then(|product| present(product.product_retailer_id.as_ref()));
    let answered = context.and_then(|context| present(context.id.as_ref()));
    let forwarded =
        context.is_some_and(|context| [context.forwarded, context.frequently_forwarded].contains(&Some(true)));
    // A question about a product names the catalogue's message as well, which says less.
    product
        .map(|product| Topic::Product(product.into()))
        .or_else(|| answered.map(|id| Topic::Message(ProviderId(id.into()))))
        .or_else(|| referral.map(|referral| Topic::CameFrom(came_from(referral))))
        .or_else(|| forwarded.then_some(Topic::Forwarded))
}

/// "Ad: Summer sale, https://fb.me/1".
fn came_from(referral: &Referral) -> String {
    let kind = present(referral.source_type.as_ref()).map_or_else(|| "Link".into(), readable);
    let words = present(referral.headline.as_ref()).or(present(referral.body.as_ref()));
    let details: Vec<&str> = words.into_iter().chain(present(referral.source_url.as_ref())).collect();
    if details.is_empty() { kind } else { format!("{kind}: {}", details.join(", ")) }
}

fn edited(message: WireMessage, customer: Actor) -> Result<Inbound, &'static str> {
    let edit = message.edit.ok_or("an edit without its words")?;
    let content = match content::read(&edit.message)?.content {
        // Only the words beside a file can be edited; the file is named again, but it is the one we have.
        Content::Files { text, .. } => Content::Files { text, files: Vec::new() },
        content => content,
    };
    Ok(Inbound::Edited { customer, target: provider_id(edit.original_message_id), content, files: Vec::new() })
}

fn deleted(message: WireMessage, customer: Actor) -> Result<Inbound, &'static str> {
    let revoke = message.revoke.ok_or("a deletion without its message")?;
    Ok(Inbound::Deleted { customer, target: provider_id(revoke.original_message_id) })
}

fn reacted(message: WireMessage, customer: Actor, by: By) -> Result<Inbound, &'static str> {
    let reaction = message.reaction.ok_or("a reaction without its message")?;
    // A reaction taken back comes as an empty emoji or as none.
    let emoji = reaction.emoji.map(|emoji| emoji.0).filter(|emoji| !emoji.is_empty());
    let by = match by {
        By::Customer => Reacting::Customer,
        By::OurSide => Reacting::OurSide,
    };
    Ok(Inbound::Reaction { customer, target: provider_id(reaction.message_id), emoji, by })
}

/// The customer changed the number or the user id: what they were known by, and what they are known by now.
fn changed(system: &System, customer: Actor) -> Inbound {
    let kind = system.kind.as_ref().map_or("", |kind| kind.0.as_str());
    let current = customer::ids(present(system.user_id.as_ref()), present(system.wa_id.as_ref()));
    match kind {
        // Older payloads say `customer_changed_number`.
        "user_changed_number" | "customer_changed_number" | "user_changed_user_id" if !current.is_empty() => {
            Inbound::IdentityChanged { previous: customer.ids, current }
        }
        _ => {
            Inbound::Unsupported { label: present(system.body.as_ref()).map_or_else(|| readable(kind), str::to_owned) }
        }
    }
}

fn provider_id(words: Words) -> ProviderId {
    ProviderId(words.0)
}
