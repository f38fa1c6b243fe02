//! One message, new or edited, in the bot's own chats or in those of a business account.

use super::content::{self, Said};
use super::wire::WireMessage;
use super::{Frame, customer};
use crate::identity::ProviderId;
use crate::inbound::{Inbound, InboundEvent, InboundMessage, Through, Topic};
use crate::telegram::address::Chat;
use crate::words::present;

/// A link to the bot may carry this many characters.
/// <https://core.telegram.org/bots/features#deep-linking>
const START: &str = "/start ";

pub(super) fn written(frame: &Frame<'_>, message: WireMessage) -> Result<InboundEvent, &'static str> {
    let at = message.date;
    let (chat, customer) =
        customer::find(message.chat.as_ref(), message.business_connection_id.as_ref(), message.from.as_ref())?;
    let number = message.message_id.ok_or("it has no id")?;
    let id = chat.message(number);
    if let Some(what) = moved(&chat, &message) {
        return Ok(InboundEvent { dedupe: format!("moved:{}", id.0), at, what });
    }
    let is_ours = is_ours(&chat, &message);
    let through = through(frame, &message);
    let about = about(&chat, &message);
    let album = present(message.media_group_id.as_ref()).map(|group| format!("{}:{group}", chat.name()));
    let Said { content, files } = content::read(&message);
    let dedupe = format!("message:{}", id.0);
    let message = InboundMessage { files, about, album, ..InboundMessage::new(id, content) };
    let what =
        if is_ours { Inbound::Echo { customer, message, through } } else { Inbound::Message { customer, message } };
    Ok(InboundEvent { dedupe, at, what })
}

/// Other words, or where somebody is by now: a live location comes as one edit after another.
pub(super) fn edited(frame: &Frame<'_>, message: WireMessage) -> Result<InboundEvent, &'static str> {
    let (chat, customer) =
        customer::find(message.chat.as_ref(), message.business_connection_id.as_ref(), message.from.as_ref())?;
    let target = chat.message(message.message_id.ok_or("it has no id")?);
    let Said { content, files } = content::read(&message);
    let at = message.edit_date.or(message.date);
    Ok(InboundEvent { dedupe: frame.once("edited"), at, what: Inbound::Edited { customer, target, content, files } })
}

/// In a chat of a business account, whoever is not the chat's other side is ours.
fn is_ours(chat: &Chat, message: &WireMessage) -> bool {
    let writer = message.from.as_ref().and_then(|from| from.id);
    chat.business.is_some() && writer.is_some_and(|writer| writer != chat.id)
}

/// Telegram names the bot that wrote for a business account; what its people write themselves has none.
/// <https://core.telegram.org/bots/api#message>
fn through(frame: &Frame<'_>, message: &WireMessage) -> Through {
    let bot = message.sender_business_bot.as_ref().map(|bot| bot.id);
    match bot {
        Some(bot) if bot.is_none() || frame.ours.is_none() => Through::Unknown,
        Some(bot) if bot == frame.ours => Through::Us,
        Some(_) | None => Through::Another,
    }
}

/// A group that grew into a larger kind has another number from then on.
fn moved(chat: &Chat, message: &WireMessage) -> Option<Inbound> {
    let named = |id: i64| vec![Chat { id, business: chat.business.clone() }.name()];
    let (previous, current) = match (message.migrate_to_chat_id, message.migrate_from_chat_id) {
        (Some(to), _) => (chat.id, to),
        (None, Some(from)) => (from, chat.id),
        (None, None) => return None,
    };
    Some(Inbound::IdentityChanged { previous: named(previous), current: named(current) })
}

fn about(chat: &Chat, message: &WireMessage) -> Option<Topic> {
    let link = present(message.text.as_ref()).and_then(|text| text.strip_prefix(START)).map(str::trim);
    let answered = || message.reply_to_message.as_ref().map(|answered| chat.message(answered.message_id));
    if let Some(link) = link.filter(|link| !link.is_empty()) {
        return Some(Topic::CameFrom(link.into()));
    }
    answered()
        .map(|answered: ProviderId| Topic::Message(answered))
        .or_else(|| message.reply_to_story.as_ref().map(|_| Topic::Story { url: None }))
        .or_else(|| message.forward_origin.as_ref().map(|_| Topic::Forwarded))
}
