//! What a customer said, on its way into their room.

use domain::channel::Channel;
use domain::customer::Customer;
use domain::id::MessageId;
use domain::message::{Author, Content, Message};
use domain::room::{Room, customer_writes};

use crate::clock::new_id;
use crate::error::Result;
use crate::feedback::Answer;
use crate::writer::Tx;

/// What the customer said, and the request for feedback it answers, if it answers one.
pub(super) struct Words {
    pub id: MessageId,
    pub content: Content,
    pub answer: Option<Answer>,
}

/// The customer's room on the channel, or one that is about to begin.
pub(super) async fn room_of(tx: &Tx<'_>, channel: &Channel, customer: &Customer) -> Result<Room> {
    let room = tx.room_of(channel.id, customer.id).await?;
    Ok(room.unwrap_or_else(|| Room::begin(new_id(), channel, customer, new_id(), tx.now)))
}

/// Takes the words into the room, and what follows from them.
pub(super) async fn take(tx: &mut Tx<'_>, channel: &Channel, room: &mut Room, words: Words) -> Result<()> {
    let (content, given) = match words.answer {
        Some(answer) => (answer.to_content(), answer.keep(tx, room).await?),
        None => (words.content, None),
    };
    let message = Message::new(words.id, Author::Customer, content, None);
    let changes = customer_writes(room, channel, message, new_id()).into_iter().chain(given).collect();
    tx.change(room, changes).await
}
