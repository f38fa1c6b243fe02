//! A button under one of our messages was pressed. Telegram shows the customer that something is going on until the press
//! is answered.

use super::customer;
use super::wire::{Asked, CallbackQuery, WireChat};
use crate::identity::ProviderId;
use crate::inbound::{Inbound, InboundEvent, InboundMessage, Topic};
use crate::words::{Words, present};
use domain::message::Content;

pub(super) fn read(query: CallbackQuery) -> Result<InboundEvent, &'static str> {
    let press = present(query.id.as_ref()).ok_or("it has no id")?.to_owned();
    let asked = query.message.unwrap_or_default();
    // Whoever pressed it in a message that was passed on is written to in private.
    let own = query.from.as_ref().map(|user| WireChat { id: user.id, ..WireChat::default() });
    let chat = asked.chat.as_ref().or(own.as_ref());
    let (chat, customer) = customer::find(chat, asked.business_connection_id.as_ref(), query.from.as_ref())?;
    let data = present(query.data.as_ref());
    let content = match data {
        Some(data) => Content::Picked { id: data.into(), title: title(&asked, data).into() },
        None => Content::Unsupported { label: "Pressed button".into() },
    };
    let about = asked.message_id.map(|number| Topic::Message(chat.message(number)));
    let dedupe = format!("pressed:{press}");
    let id = ProviderId(format!("{}:{dedupe}", chat.name()));
    let message = InboundMessage { about, pressed: Some(press), ..InboundMessage::new(id, content) };
    Ok(InboundEvent { dedupe, at: None, what: Inbound::Message { customer, message } })
}

/// The words on the button; its data when they are not told.
fn title<'a>(asked: &'a Asked, data: &'a str) -> &'a str {
    let buttons = asked.reply_markup.iter().flat_map(|keyboard| keyboard.inline_keyboard.iter().flatten());
    let is_pressed = |known: Option<&Words>| present(known) == Some(data);
    let mut pressed = buttons.filter(|button| is_pressed(button.callback_data.as_ref()));
    pressed.next().and_then(|button| present(button.text.as_ref())).unwrap_or(data)
}
