//! What a send leaves in the rows.

use std::ops::Range;

use ::channels::identity::{ExternalId, ProviderId};
use ::channels::outbound::Receipt;
use domain::change::Change;
use domain::delivery::Delivery;
use domain::id::{ChannelId, MessageId, RoomId};
use domain::room::Room;

use crate::customers;
use crate::customers::rows as customer_rows;
use crate::error::Result;
use crate::jobs::deliver::spend;
use crate::jobs::queue::{self, Lease};
use crate::jobs::{Work, providers};
use crate::messages;
use crate::messages::rows as entries;
use crate::rooms::rows as room_rows;
use crate::writer::{Command, Tx};

/// What the provider took.
pub(super) struct Taken {
    receipt: Receipt,
    /// Which parts of the message its ids name, in their order; none when they name the whole.
    parts: Range<u16>,
}

impl Taken {
    /// The answer to the `number`th of several requests, which carry `counts` parts each.
    pub fn of(receipt: Receipt, counts: &[u16], number: usize) -> Self {
        let until = |number: usize| counts.iter().take(number).sum::<u16>();
        let is_whole = until(counts.len()) == 1;
        Self { receipt, parts: if is_whole { 0..0 } else { until(number)..until(number + 1) } }
    }
}

/// The send is over: how it went, and the end of its job.
pub(super) struct Settle {
    pub lease: Lease,
    pub room: Room,
    pub message: MessageId,
    pub taken: Option<Taken>,
    pub opted_out: bool,
    pub delivery: Delivery,
}

impl Command for Settle {
    type Output = ();

    fn room(&self) -> Option<RoomId> {
        Some(self.room.id)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let is_ours = queue::finish(tx, &self.lease).await?;
        keep(tx, &self.room, self.message, self.taken.as_ref()).await?;
        // That it left is true whoever has the job by now; anything else is for its worker to say.
        let is_sent = self.delivery == Delivery::Sent;
        if is_ours || is_sent {
            messages::advance(tx, self.room.id, self.message, self.delivery.clone()).await?;
        }
        if is_sent {
            providers::forget_trouble(tx, self.room.channel).await?;
            providers::note_sent(tx, self.room.channel).await?;
        }
        if self.opted_out
            && let Some(customer) = customer_rows::find(tx.db, self.room.customer).await?
        {
            customers::set_opted_out(tx, self.room.channel, customer, true).await?;
        }
        Ok(())
    }
}

/// A part of the message has left.
pub(super) struct NotePart {
    pub lease: Lease,
    pub room: Room,
    pub message: MessageId,
    pub taken: Taken,
    pub sent_parts: u16,
}

impl Command for NotePart {
    type Output = ();

    fn room(&self) -> Option<RoomId> {
        Some(self.room.id)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let (room, message, sent_parts) = (self.room.id, self.message, self.sent_parts);
        queue::set_work(tx, &self.lease, &Work::Deliver { room, message, sent_parts, asked: false }).await?;
        keep(tx, &self.room, self.message, Some(&self.taken)).await
    }
}

/// Keeps the ids by which the provider will speak of the message, and what it told of the recipient.
async fn keep(tx: &mut Tx<'_>, room: &Room, message: MessageId, taken: Option<&Taken>) -> Result<()> {
    let Some(Taken { receipt: Receipt { ids, recipient, left }, parts }) = taken else { return Ok(()) };
    spend::correct(tx, room.channel, left).await?;
    for ProviderId(id) in ids {
        entries::claim_provider_id(tx.db, room.channel, id, room.id, message).await?;
    }
    for (ProviderId(id), part) in ids.iter().zip(parts.clone()) {
        entries::note_part(tx.db, room, message, id, part).await?;
    }
    let recipient: &[ExternalId] = recipient;
    customer_rows::add_ids(tx.db, room.channel, room.customer, recipient).await
}

/// A failed message is on its way once more.
pub(super) struct WaitAgain {
    pub room: RoomId,
    pub message: MessageId,
}

impl Command for WaitAgain {
    type Output = ();

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let Some(mut room) = room_rows::find(tx.db, self.room).await? else { return Ok(()) };
        let change = Change::DeliveryChanged { message: self.message, delivery: Delivery::Waiting };
        tx.change(&mut room, vec![change]).await
    }
}

/// An admin has to look at the channel.
pub(crate) struct NoteTrouble {
    pub channel: ChannelId,
    pub words: String,
}

impl Command for NoteTrouble {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        providers::note_trouble(tx, self.channel, &self.words).await
    }
}
