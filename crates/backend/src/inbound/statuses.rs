//! News about messages we sent. It may come in any order, repeated, and before we know the provider's id.

use std::time::Duration;

use ::channels::error::ChannelError;
use ::channels::inbound::Status;
use ::channels::outbound::SendKey;
use domain::channel::Channel;
use domain::delivery::Delivery;
use domain::id::{ChannelId, RoomId};

use crate::customers;
use crate::error::Result;
use crate::jobs::{Work, providers, queue};
use crate::messages;
use crate::messages::rows as entries;
use crate::rooms::rows as room_rows;
use crate::writer::Tx;

/// News of a message nobody knows yet is looked at again after this long: the answer to its send may be on its way.
const PAUSE: Duration = Duration::from_secs(2);

/// Moves the message forward, if the news is news.
pub(super) async fn take(tx: &mut Tx<'_>, channel: &Channel, status: &Status) -> Result<()> {
    if let Some((key, room)) = by_key(tx, channel.id, status.key).await? {
        entries::claim_provider_id(tx.db, channel.id, &status.target.0, room, key.message).await?;
        // Parts leave in order, so the last one speaks for all, except that any failed part fails the message.
        if key.is_last() || matches!(status.delivery, Delivery::Failed { .. }) {
            messages::advance(tx, room, key.message, status.delivery.clone()).await?;
        }
    } else if !learn(tx, channel.id, &status.target.0, &status.delivery).await? {
        let (provider_id, delivery) = (status.target.0.clone(), status.delivery.clone());
        let run_at = tx.now.plus(PAUSE);
        queue::add(tx, &Work::Inform { channel: channel.id, provider_id, delivery }, run_at).await?;
    }
    follow(tx, channel, status).await
}

/// Moves the message that the provider calls `provider_id` forward; false when there is none.
pub(crate) async fn learn(tx: &mut Tx<'_>, channel: ChannelId, provider_id: &str, delivery: &Delivery) -> Result<bool> {
    let found = entries::find_by_provider_id(tx.db, channel, provider_id).await?;
    let Some((room, message)) = found else { return Ok(false) };
    messages::advance(tx, room, message, delivery.clone()).await?;
    Ok(true)
}

/// The message of this channel that was sent with the key.
async fn by_key(tx: &Tx<'_>, channel: ChannelId, key: Option<SendKey>) -> Result<Option<(SendKey, RoomId)>> {
    let Some(key) = key else { return Ok(None) };
    let Some((id, _)) = entries::find(tx.db, key.message).await? else { return Ok(None) };
    let room = room_rows::find(tx.db, id).await?;
    Ok(room.filter(|room| room.channel == channel).map(|room| (key, room.id)))
}

/// What a failure means beyond its message.
async fn follow(tx: &mut Tx<'_>, channel: &Channel, status: &Status) -> Result<()> {
    let Some(error) = &status.error else { return Ok(()) };
    if error.needs_admin() {
        providers::note_trouble(tx, channel.id, &error.words()).await?;
    }
    if let (ChannelError::OptedOut, Some(actor)) = (error, &status.customer)
        && let Some(customer) = customers::find(tx, channel.id, &actor.ids).await?
    {
        customers::set_opted_out(tx, channel.id, customer, true).await?;
    }
    Ok(())
}
