//! What a provider calls what we sent: from then on it may speak of it, and it may have done so before.

use ::channels::identity::ProviderId;
use ::channels::outbound::SendKey;
use domain::room::Room;

use crate::error::Result;
use crate::inbound::early::{self, Early};
use crate::inbound::marks::{self, Mark};
use crate::messages::parts;
use crate::messages::rows::{self as entries, Spot};
use crate::writer::Tx;

/// The provider calls what left with `key` so; where that is one of several files and texts, `spot` says which. What
/// became of it before its id was known happens now.
///
/// # Errors
/// The rows cannot be written.
pub(crate) async fn is_called(
    tx: &mut Tx<'_>,
    room: &Room,
    key: SendKey,
    id: &ProviderId,
    spot: Option<Spot>,
) -> Result<()> {
    let early = early::find(tx, room.channel, &id.0).await?;
    parts::claim(tx.db, room.channel, &id.0, room.id, key).await?;
    if let Some(spot) = spot {
        entries::note_spot(tx.db, room, key.message, &id.0, spot).await?;
    }
    match &early {
        Some(Early::Deleted) => marks::change(tx, room.id, key.message, id, Mark::Deleted).await,
        Some(Early::Edited(edit)) => marks::change(tx, room.id, key.message, id, Mark::of(edit)).await,
        None => Ok(()),
    }
}
