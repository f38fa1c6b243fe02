//! What a provider tells besides new words of the customer: what our side wrote elsewhere, and what became of words
//! that stand there already. None of it opens a room or makes a bot answer.

use ::channels::identity::Actor;
use ::channels::inbound::InboundMessage;
use domain::change::Change;
use domain::channel::Channel;
use domain::delivery::Delivery;
use domain::message::{Author, Content, Message};

use crate::clock::new_id;
use crate::customers;
use crate::error::Result;
use crate::messages::rows as entries;
use crate::rooms::rows as room_rows;
use crate::writer::Tx;

/// Our side wrote in the provider's own app. A thread that began there is shown once the customer answers.
pub(super) async fn echo(tx: &mut Tx<'_>, channel: &Channel, customer: &Actor, message: &InboundMessage) -> Result<()> {
    add(tx, channel, customer, &message.id.0, message.content.clone(), Some(Delivery::Sent)).await
}

/// The customer changed, deleted or marked something. `once` is the same for every repeat of this news.
pub(super) async fn mark(
    tx: &mut Tx<'_>,
    channel: &Channel,
    customer: &Actor,
    once: &str,
    label: String,
) -> Result<()> {
    add(tx, channel, customer, once, Content::Unsupported { label }, None).await
}

async fn add(
    tx: &mut Tx<'_>,
    channel: &Channel,
    customer: &Actor,
    once: &str,
    content: Content,
    delivery: Option<Delivery>,
) -> Result<()> {
    let Some(customer) = customers::find(tx, channel.id, &customer.ids).await? else { return Ok(()) };
    let Some(mut room) = room_rows::find_of_customer(tx.db, channel.id, customer.id).await? else { return Ok(()) };
    let id = new_id();
    if customer.blocked || !entries::claim_provider_id(tx.db, channel.id, once, room.id, id).await? {
        return Ok(());
    }
    let message = Message::new(id, Author::Switchboard, content, delivery);
    tx.change(&mut room, vec![Change::MessageAdded(message)]).await
}
