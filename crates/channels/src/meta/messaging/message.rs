//! New words: of the customer, of our side elsewhere, in place of others; and the buttons that stand for words.

use domain::delivery::Delivery;
use domain::message::Content;

use super::content;
use super::event::Frame;
use super::marks::from;
use super::wire::{Edit, Postback, Referral, ReplyTo, WireMessage};
use crate::identity::ProviderId;
use crate::inbound::{Inbound, InboundEvent, InboundMessage, Status, Target, Topic};
use crate::outbound::SendKey;
use crate::words::present;

/// A message, an echo of one, or a message taken back.
pub(super) fn read(
    frame: &Frame<'_>,
    message: WireMessage,
    referral: Option<Referral>,
) -> Result<InboundEvent, &'static str> {
    let id = present(message.mid.as_ref()).ok_or("it has no id")?.to_owned();
    let customer = frame.customer()?;
    if message.is_deleted == Some(true) {
        let what = Inbound::Deleted { customer, target: ProviderId(id.clone()) };
        return Ok(frame.event(format!("deleted:{id}"), what));
    }
    if let Some(key) = our_key(frame, &message) {
        return Ok(left(frame, id, key));
    }
    let about = topic(message.reply_to.as_ref(), message.referral.as_ref().or(referral.as_ref()));
    let said = content::read(&message);
    let dedupe = format!("message:{id}");
    let message = InboundMessage { files: said.files, about, ..InboundMessage::new(ProviderId(id), said.content) };
    let what = if frame.is_ours {
        Inbound::Echo { customer, message, through: frame.product.through() }
    } else {
        Inbound::Message { customer, message }
    };
    Ok(frame.event(dedupe, what))
}

pub(super) fn edited(frame: &Frame<'_>, edit: Edit) -> Result<InboundEvent, &'static str> {
    let text = edit.text.ok_or("an edit without its words")?;
    let mid = edit.mid.0;
    // A message may be edited again and again.
    let count = present(edit.num_edit.as_ref()).map(str::to_owned);
    let count = count.unwrap_or_else(|| frame.at.map_or(0, |at| at.0).to_string());
    let what = Inbound::Edited {
        customer: frame.customer()?,
        target: ProviderId(mid.clone()),
        content: Content::Text(text.0),
        files: Vec::new(),
    };
    Ok(frame.event(format!("edit:{mid}:{count}"), what))
}

/// The customer pressed a button of ours: its words are the customer's now.
pub(super) fn pressed(frame: &Frame<'_>, postback: Postback) -> Result<InboundEvent, &'static str> {
    let customer = frame.customer()?;
    let (title, payload) = (present(postback.title.as_ref()), present(postback.payload.as_ref()));
    let title_or_payload = title.or(payload).ok_or("a button without its words")?;
    let content = Content::Picked { id: payload.unwrap_or(title_or_payload).into(), title: title_or_payload.into() };
    // Older apps of the customers send no id along; the moment stands for it.
    let id = present(postback.mid.as_ref()).map_or_else(|| frame.key("postback"), str::to_owned);
    let about = topic(None, postback.referral.as_ref());
    let dedupe = format!("message:{id}");
    let message = InboundMessage { about, ..InboundMessage::new(ProviderId(id), content) };
    Ok(frame.event(dedupe, Inbound::Message { customer, message }))
}

/// The key of a send of ours that is now echoed.
fn our_key(frame: &Frame<'_>, message: &WireMessage) -> Option<SendKey> {
    if !frame.is_ours {
        return None;
    }
    present(message.metadata.as_ref()).and_then(|key| key.parse().ok())
}

/// What we sent has left: the echo may be quicker than the answer to the send, and outlives one that got lost.
fn left(frame: &Frame<'_>, id: String, key: SendKey) -> InboundEvent {
    let dedupe = format!("status:{id}:sent");
    let customer = frame.customer().ok();
    let target = Target::Message(ProviderId(id));
    frame.event(
        dedupe,
        Inbound::Status(Status { target, key: Some(key), customer, delivery: Delivery::Sent, error: None }),
    )
}

fn topic(reply_to: Option<&ReplyTo>, referral: Option<&Referral>) -> Option<Topic> {
    let text = |words| present(words).map(str::to_owned);
    if let Some(reply_to) = reply_to {
        if let Some(mid) = text(reply_to.mid.as_ref()) {
            return Some(Topic::Message(ProviderId(mid)));
        }
        if let Some(story) = &reply_to.story {
            return Some(Topic::Story { url: text(story.url.as_ref()) });
        }
    }
    referral.map(from)
}
