//! News about messages we sent. It may come in any order, repeated, and before we know the provider's id.

use std::time::Duration;

use ::channels::error::ChannelError;
use ::channels::inbound::{Status, Target};
use ::channels::outbound::SendKey;
use ::channels::plan::Limits;
use domain::channel::Channel;
use domain::delivery::Delivery;
use domain::id::ChannelId;
use domain::message::{Message, What};
use domain::room::Room;
use domain::timestamp::Timestamp;

use crate::customers;
use crate::error::Result;
use crate::inbound::{echoes, ours};
use crate::jobs::{Work, providers, queue};
use crate::messages;
use crate::messages::rows as entries;
use crate::rooms::rows as room_rows;
use crate::writer::Tx;

/// News of a message nobody knows yet is looked at again after this long: the answer to its send may be on its way.
const PAUSE: Duration = Duration::from_secs(2);

/// Moves the message forward, if the news is news. It happened at `at`.
pub(super) async fn take(
    tx: &mut Tx<'_>,
    channel: &Channel,
    limits: &Limits,
    status: &Status,
    at: Timestamp,
) -> Result<()> {
    let target = match &status.target {
        Target::Message(target) => target,
        Target::UpTo(until) => {
            up_to(tx, channel, status, *until).await?;
            return follow(tx, channel, status, at).await;
        }
    };
    if let Some(Keyed { key, room, message }) = by_key(tx, channel.id, status.key).await? {
        // Whoever gives our keys back makes one message of each request.
        ours::is_called(tx, &room, key, target, echoes::spot_of(limits, &message, key)).await?;
    }
    if !messages::hear_of(tx, channel.id, &target.0, &status.delivery).await? {
        let (provider_id, delivery) = (target.0.clone(), status.delivery.clone());
        let run_at = tx.now.plus(PAUSE);
        queue::add(tx, &Work::Inform { channel: channel.id, provider_id, delivery }, run_at).await?;
    }
    follow(tx, channel, status, at).await
}

/// How far back a message may be for news that names none: what is older was settled long ago.
const RECENT: u64 = 200;

/// Moves every message forward that left for the customer up to then.
async fn up_to(tx: &mut Tx<'_>, channel: &Channel, status: &Status, until: Timestamp) -> Result<()> {
    let Some(actor) = &status.customer else { return Ok(()) };
    let Some(customer) = customers::find(tx, channel.id, &actor.ids).await? else { return Ok(()) };
    let Some(room) = room_rows::find_of_customer(tx.db, channel.id, customer.id).await? else { return Ok(()) };
    for entry in entries::list_before(tx.db, room.id, room.last_position + 1, RECENT).await? {
        // What has not left yet cannot have been seen, whatever the clocks say.
        let left = |message: &Message| matches!(message.delivery, Some(Delivery::Sent | Delivery::Delivered));
        if let What::Message(message) = &entry.what
            && entry.at <= until
            && left(message)
        {
            messages::advance(tx, room.id, message.id, status.delivery.clone()).await?;
        }
    }
    Ok(())
}

/// A message that was sent with a key.
struct Keyed {
    key: SendKey,
    room: Room,
    message: Message,
}

/// The message of this channel that was sent with the key.
async fn by_key(tx: &Tx<'_>, channel: ChannelId, key: Option<SendKey>) -> Result<Option<Keyed>> {
    let Some(key) = key else { return Ok(None) };
    let Some((id, entry)) = entries::find(tx.db, key.message).await? else { return Ok(None) };
    let What::Message(message) = entry.what else { return Ok(None) };
    let room = room_rows::find(tx.db, id).await?;
    Ok(room.filter(|room| room.channel == channel).map(|room| Keyed { key, room, message }))
}

/// What a failure means beyond its message.
async fn follow(tx: &mut Tx<'_>, channel: &Channel, status: &Status, at: Timestamp) -> Result<()> {
    let Some(error) = &status.error else { return Ok(()) };
    if error.needs_admin() {
        providers::note_trouble(tx, channel.id, &error.words()).await?;
    }
    if let (ChannelError::OptedOut, Some(actor)) = (error, &status.customer)
        && let Some(customer) = customers::find(tx, channel.id, &actor.ids).await?
    {
        customers::set_opted_out(tx, channel.id, customer, true, at).await?;
    }
    Ok(())
}
