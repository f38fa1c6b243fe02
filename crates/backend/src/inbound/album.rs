//! Albums: some messengers deliver one photo of an album after the other, each as a message of its own. Here an album is
//! one message, which grows.

use ::channels::inbound::InboundMessage;
use domain::change::Change;
use domain::id::MessageId;
use domain::message::{Message, What};
use domain::room::Room;

use crate::error::Result;
use crate::inbound::said;
use crate::messages::rows as entries;
use crate::messages::spots::{self, Spot};
use crate::writer::Tx;

/// The customer's message of this episode that `part` belongs to; `None` for the first part of an album, for what belongs
/// to none, and where the album was taken back or its episode is over.
pub(super) async fn find(tx: &Tx<'_>, room: &Room, part: &InboundMessage) -> Result<Option<Message>> {
    let Some(key) = key(part) else { return Ok(None) };
    if room.is_archived() {
        return Ok(None);
    }
    let known = entries::find_by_provider_id(tx.db, room.channel, &key).await?;
    let Some((_, begun)) = known.filter(|(place, _)| *place == room.id) else { return Ok(None) };
    let Some((_, entry)) = entries::find(tx.db, begun).await? else { return Ok(None) };
    match entry.what {
        What::Message(begun) if entry.episode == room.episode && begun.joined_by(&part.content).is_some() => {
            Ok(Some(begun))
        }
        What::Message(_) | What::Note(_) | What::Line(_) => Ok(None),
    }
}

/// Puts `part` beside what came of its album.
pub(super) async fn join(tx: &mut Tx<'_>, room: &mut Room, begun: &Message, part: &InboundMessage) -> Result<()> {
    let Some(grew @ Change::AlbumGrew { place, .. }) = begun.joined_by(&part.content) else { return Ok(()) };
    tx.change(room, vec![grew]).await?;
    spots::note(tx.db, room, begun.id, &part.id.0, Spot::Bare(place)).await?;
    said::fetch_later(tx, room, begun.id, place, &part.files).await
}

/// Remembers that `message` is what the later parts of its album belong to, and that `part` is the first of them.
pub(super) async fn remember(tx: &Tx<'_>, room: &Room, message: MessageId, part: &InboundMessage) -> Result<()> {
    if let Some(key) = key(part) {
        entries::claim_provider_id(tx.db, room.channel, &key, room.id, message).await?;
        spots::note(tx.db, room, message, &part.id.0, Spot::Bare(0)).await?;
    }
    Ok(())
}

/// An album's name among the ids of the channel's messages.
fn key(part: &InboundMessage) -> Option<String> {
    part.album.as_ref().map(|album| entries::of_ours(&format!("album:{album}")))
}
