//! Who an update is about: the chat. In private it is one person; a group is a customer of many heads.

use super::wire::{WireChat, WireUser};
use crate::identity::Actor;
use crate::telegram::address::Chat;
use crate::words::{Words, present};

/// The chat of an update, and the customer in it with what `user` adds.
pub(super) fn find(
    chat: Option<&WireChat>,
    business: Option<&Words>,
    user: Option<&WireUser>,
) -> Result<(Chat, Actor), &'static str> {
    let wire = chat.ok_or("it names no chat")?;
    let chat = Chat { id: wire.id.ok_or("it names no chat")?, business: present(business).map(str::to_owned) };
    // In a group the user is one of many; in a business chat it may be us.
    let user = user.filter(|user| user.id == wire.id);
    let title = present(wire.title.as_ref()).map(str::to_owned);
    let name = title
        .or_else(|| full_name(wire.first_name.as_ref(), wire.last_name.as_ref()))
        .or_else(|| user.and_then(|user| full_name(user.first_name.as_ref(), user.last_name.as_ref())));
    let username = wire.username.as_ref().or(user.and_then(|user| user.username.as_ref()));
    let actor = Actor {
        ids: vec![chat.name()],
        name,
        username: present(username).map(str::to_owned),
        // Telegram tells nobody's number; a customer may pass on a card.
        phone: None,
    };
    Ok((chat, actor))
}

pub(super) fn full_name(first: Option<&Words>, last: Option<&Words>) -> Option<String> {
    let names: Vec<&str> = [first, last].into_iter().filter_map(present).collect();
    Some(names.join(" ")).filter(|name| !name.is_empty())
}

/// Whether people talk there with nobody else.
pub(super) fn is_private(chat: &WireChat) -> bool {
    present(chat.kind.as_ref()).is_none_or(|kind| kind == "private")
}
