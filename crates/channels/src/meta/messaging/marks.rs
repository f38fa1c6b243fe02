//! News about messages that stand there already, and about the thread: delivered, seen, reactions, where somebody came
//! from.

use domain::delivery::Delivery;
use domain::message::Reacting;

use super::event::Frame;
use super::wire::{self, OptIn, Policy, Reaction, Referral};
use crate::identity::ProviderId;
use crate::inbound::{Inbound, InboundEvent, Status, Subscription, Target, Topic};
use crate::words::{Words, present, readable};

pub(super) fn reacted(frame: &Frame<'_>, reaction: Reaction) -> Result<InboundEvent, &'static str> {
    let customer = frame.customer()?;
    let mid = reaction.mid.0;
    let key = frame.key(&format!("reaction:{mid}"));
    let is_taken_back = present(reaction.action.as_ref()) == Some("unreact");
    let sign = present(reaction.emoji.as_ref()).or_else(|| present(reaction.reaction.as_ref()).map(emoji));
    let emoji = sign.filter(|_| !is_taken_back).map(str::to_owned);
    let by = if frame.is_ours { Reacting::OurSide } else { Reacting::Customer };
    Ok(frame.event(key, Inbound::Reaction { customer, target: ProviderId(mid), emoji, by }))
}

/// Delivered, each by its id; by the moment where no id is given.
pub(super) fn delivered(frame: &Frame<'_>, delivery: wire::Delivery) -> Result<Vec<InboundEvent>, &'static str> {
    let mids = delivery.mids.unwrap_or_default();
    if mids.is_empty() {
        let until = delivery.watermark.ok_or("a delivery without its message")?;
        let key = format!("delivered:{}:{}", frame.customer_id()?, until.0);
        return Ok(vec![frame.event(key, status(frame, Target::UpTo(until), Delivery::Delivered))]);
    }
    let of_one = |mid: Words| {
        let dedupe = format!("status:{}:delivered", mid.0);
        frame.event(dedupe, status(frame, Target::Message(ProviderId(mid.0)), Delivery::Delivered))
    };
    Ok(mids.into_iter().map(of_one).collect())
}

pub(super) fn seen(frame: &Frame<'_>, read: wire::Read) -> Result<InboundEvent, &'static str> {
    if let Some(mid) = present(read.mid.as_ref()) {
        let target = Target::Message(ProviderId(mid.into()));
        return Ok(frame.event(format!("status:{mid}:read"), status(frame, target, Delivery::Read)));
    }
    let until = read.watermark.ok_or("a reading without its message")?;
    let key = format!("read:{}:{}", frame.customer_id()?, until.0);
    Ok(frame.event(key, status(frame, Target::UpTo(until), Delivery::Read)))
}

/// The customer agreed to be written to, or took that back.
pub(super) fn opted(frame: &Frame<'_>, opt_in: &OptIn) -> Result<InboundEvent, &'static str> {
    let customer = frame.customer()?;
    let subscription = match present(opt_in.notification_messages_status.as_ref()) {
        Some("STOP_NOTIFICATIONS") => Subscription::OptedOut,
        _ => Subscription::OptedIn,
    };
    Ok(frame.moment("optin", Inbound::Subscription { customer, subscription }))
}

/// The customer came to the thread by a link or an advertisement, and has said nothing yet.
/// <https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messaging_referrals>
pub(super) fn came(frame: &Frame<'_>, referral: &Referral) -> InboundEvent {
    let what = match frame.customer() {
        Ok(customer) => Inbound::Came { customer, topic: from(referral) },
        // Whoever writes by a plugin on a page has no id yet.
        Err(_) => Inbound::Unsupported { label: format!("Came from: {}", origin(referral)) },
    };
    frame.moment("referral", what)
}

/// What somebody is about who came so: a product, where one is named, or where they came from.
pub(super) fn from(referral: &Referral) -> Topic {
    let product = referral.product.as_ref().and_then(|product| present(product.id.as_ref()));
    product.map_or_else(|| Topic::CameFrom(origin(referral)), |product| Topic::Product(product.into()))
}

/// Where somebody came from, in words: "Advertisement: Winter sale".
fn origin(referral: &Referral) -> String {
    let source = match present(referral.source.as_ref()) {
        Some("ADS") => "Advertisement".into(),
        Some("SHORTLINK") => "Link".into(),
        Some(source) => readable(&source.to_lowercase()),
        None => "Link".into(),
    };
    let title = referral.ads_context_data.as_ref().and_then(|ad| present(ad.ad_title.as_ref()));
    let detail = title.or(present(referral.word.as_ref())).or(present(referral.ad_id.as_ref()));
    detail.map_or_else(|| source.clone(), |detail| format!("{source}: {detail}"))
}

/// Meta took something from the page, or gave it back.
pub(super) fn enforced(frame: &Frame<'_>, policy: &Policy) -> InboundEvent {
    let action = present(policy.action.as_ref()).unwrap_or("a decision");
    let reason = present(policy.reason.as_ref()).unwrap_or("no reason given");
    let words = format!("Meta on its policies: {action}, {reason}");
    frame.moment("policy", Inbound::AccountAlert { words, stops: action == "block" })
}

fn status(frame: &Frame<'_>, target: Target, delivery: Delivery) -> Inbound {
    Inbound::Status(Status { target, key: None, customer: frame.customer().ok(), delivery, error: None })
}

/// The sign that one of Meta's words for a reaction stands for.
fn emoji(reaction: &str) -> &str {
    match reaction {
        "love" => "❤",
        "smile" | "haha" => "😆",
        "angry" => "😠",
        "sad" => "😢",
        "wow" => "😮",
        "like" => "👍",
        "dislike" => "👎",
        other => other,
    }
}
