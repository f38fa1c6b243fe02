//! What a send leaves in the rows.

use ::channels::identity::ExternalId;
use ::channels::outbound::{ProviderSend, Receipt, SendKey};
use domain::delivery::Delivery;
use domain::id::{ChannelId, MessageId, RoomId};
use domain::room::Room;

use crate::customers;
use crate::customers::rows as customer_rows;
use crate::error::Result;
use crate::inbound;
use crate::jobs::deliver::spend;
use crate::jobs::queue::{self, Lease};
use crate::jobs::{Work, providers};
use crate::messages;
use crate::messages::spots::Spot;
use crate::writer::{Command, Tx};

/// What the provider took, and what it answered.
pub(super) struct Taken {
    key: SendKey,
    receipt: Receipt,
    /// Which files and texts of the message its ids name, in their order; none when they name the whole.
    spots: Vec<Spot>,
}

impl Taken {
    /// The answer to a request.
    pub fn of(send: &ProviderSend, receipt: Receipt) -> Self {
        Self { key: send.key, receipt, spots: inbound::spots(&send.piece, &send.places) }
    }
}

/// The send is over: how it went, and the end of its job.
pub(super) struct Settle {
    pub lease: Lease,
    pub room: Room,
    pub message: MessageId,
    /// The part that left last.
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
        if let Some(taken) = &self.taken {
            keep(tx, &self.room, taken).await?;
        }
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
            customers::set_opted_out(tx, self.room.channel, customer, true, tx.now).await?;
        }
        Ok(())
    }
}

/// A part of the message has left.
pub(super) struct NotePart {
    pub lease: Lease,
    pub room: Room,
    pub taken: Taken,
}

impl Command for NotePart {
    type Output = ();

    fn room(&self) -> Option<RoomId> {
        Some(self.room.id)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let SendKey { message, part: sent_parts, .. } = self.taken.key;
        let room = self.room.id;
        let rest = Work::Deliver { room, message, sent_parts, asked: false, faltered: 0 };
        queue::set_work(tx, &self.lease, &rest).await?;
        keep(tx, &self.room, &self.taken).await
    }
}

/// The provider answered once more that it failed at the message. Gives how often by now.
pub(super) struct NoteFaltered {
    pub lease: Lease,
}

impl Command for NoteFaltered {
    type Output = u32;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<u32> {
        // Parts may have left since the job was taken.
        let Some(mut work) = queue::find(tx.db, self.lease.id).await? else { return Ok(0) };
        let Work::Deliver { faltered, .. } = &mut work else { return Ok(0) };
        *faltered += 1;
        let times = *faltered;
        queue::set_work(tx, &self.lease, &work).await?;
        Ok(times)
    }
}

/// Keeps the ids by which the provider will speak of the message, and what it told of the recipient.
async fn keep(tx: &mut Tx<'_>, room: &Room, taken: &Taken) -> Result<()> {
    let Taken { key, receipt: Receipt { ids, recipient, left }, spots } = taken;
    spend::correct(tx, room.channel, left).await?;
    let mut spots = spots.iter().copied();
    for id in ids {
        inbound::is_called(tx, room, *key, id, spots.next()).await?;
    }
    let recipient: &[ExternalId] = recipient;
    customer_rows::add_ids(tx.db, room.channel, room.customer, recipient).await
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
