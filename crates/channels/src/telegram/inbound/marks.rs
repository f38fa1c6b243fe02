//! What happens besides messages: reactions, a bot blocked and let in again, business accounts, deletions.

use domain::message::Reacting;

use super::wire::{BusinessConnection, Deletions, Membership, WireReaction};
use super::{Frame, customer};
use crate::inbound::{Inbound, InboundEvent, Subscription};
use crate::wire::{Event, unreadable};
use crate::words::{present, readable};

/// What stands for a picture of the customer's own, which has no letters.
const OWN_PICTURE: &str = "✨";

/// A reaction is the whole set of signs that stands there now.
pub(super) fn reaction(frame: &Frame<'_>, reaction: WireReaction) -> Result<InboundEvent, &'static str> {
    let (chat, customer) = customer::find(reaction.chat.as_ref(), None, reaction.user.as_ref())?;
    let target = chat.message(reaction.message_id.ok_or("a reaction without its message")?);
    let signs = reaction.new_reaction.unwrap_or_default();
    let written = signs.iter().find_map(|sign| present(sign.emoji.as_ref()));
    let emoji = written.or_else(|| (!signs.is_empty()).then_some(OWN_PICTURE)).map(str::to_owned);
    let what = Inbound::Reaction { customer, target, emoji, by: Reacting::Customer };
    Ok(InboundEvent { dedupe: frame.once("reaction"), at: reaction.date, what })
}

/// What the bot is in a chat from now on.
pub(super) fn membership(frame: &Frame<'_>, membership: Membership) -> Result<InboundEvent, &'static str> {
    let chat = membership.chat.as_ref();
    let (_, customer) = customer::find(chat, None, None)?;
    let member = membership.new_chat_member.unwrap_or_default();
    let status = present(member.status.as_ref()).ok_or("a membership without its word")?;
    let is_private = chat.is_some_and(customer::is_private);
    let subscription = match status {
        "kicked" => Some(Subscription::Blocked),
        "left" if !is_private => Some(Subscription::Blocked),
        "member" | "administrator" => Some(Subscription::Unblocked),
        _ => None,
    };
    let what = match subscription {
        Some(subscription) => Inbound::Subscription { customer, subscription },
        None => Inbound::Unsupported { label: format!("Bot in the chat: {}", readable(status)) },
    };
    Ok(InboundEvent { dedupe: frame.once("membership"), at: membership.date, what })
}

/// A business account lends us its chats, or takes them back.
pub(super) fn business(frame: &Frame<'_>, connection: BusinessConnection) -> Result<InboundEvent, &'static str> {
    let user = connection.user.unwrap_or_default();
    let name = customer::full_name(user.first_name.as_ref(), user.last_name.as_ref());
    let name = name.or_else(|| present(user.username.as_ref()).map(str::to_owned)).unwrap_or_else(|| "Somebody".into());
    let may_reply = connection.rights.and_then(|rights| rights.can_reply).unwrap_or_default();
    let what = match (connection.is_enabled, may_reply) {
        (Some(true), true) => Inbound::Unsupported { label: format!("{name} connected a business account") },
        (Some(true), false) => Inbound::AccountAlert {
            words: format!(
                "{name} connected a Telegram business account, but the bot may not answer there: Telegram > Settings > \
                 Business > Chatbots."
            ),
            stops: false,
        },
        // Its own chats the bot still has.
        (Some(false), _) => Inbound::AccountAlert {
            words: format!("{name} disconnected a Telegram business account from the bot."),
            stops: false,
        },
        (None, _) => return Err("a business account without its state"),
    };
    Ok(InboundEvent { dedupe: frame.once("business"), at: connection.date, what })
}

/// Deletions come as one update for many messages.
pub(super) fn deletions(frame: &Frame<'_>, deletions: Deletions, events: &mut Vec<Event>) {
    let found = customer::find(deletions.chat.as_ref(), deletions.business_connection_id.as_ref(), None);
    for number in &deletions.message_ids {
        let event = found.clone().and_then(|(chat, customer)| {
            let target = chat.message(number.as_i64().ok_or("a deletion without its message")?);
            let dedupe = format!("deleted:{}", target.0);
            Ok(InboundEvent { dedupe, at: None, what: Inbound::Deleted { customer, target } })
        });
        events.push(event.map_err(|reason| unreadable(reason, frame.raw)));
    }
}
