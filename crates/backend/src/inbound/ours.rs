//! What a provider calls what we sent: from then on it may speak of it, and it may have done so before.

use ::channels::identity::ProviderId;
use ::channels::outbound::{AlbumForm, Piece, SendKey};
use domain::room::Room;

use crate::error::Result;
use crate::inbound::early::{self, Early};
use crate::inbound::marks::{self, Mark};
use crate::messages::parts;
use crate::messages::spots::{self, Spot};
use crate::writer::Tx;

/// Which files and texts of its message the ids of a request name, in their order, by the `places` that it carries; none where
/// they name the whole message.
pub(crate) fn spots(piece: &Piece, places: &[u16]) -> Vec<Spot> {
    if let (Piece::Album { form: AlbumForm::OneMessage, .. }, [first, .., last]) = (piece, places) {
        return vec![Spot::Together(*first, *last)];
    }
    let spot = |(number, place): (usize, &u16)| match (number, piece.has_caption()) {
        (0, true) => Spot::Captioned(*place),
        _ => Spot::Bare(*place),
    };
    places.iter().enumerate().map(spot).collect()
}

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
        spots::note(tx.db, room, key.message, &id.0, spot).await?;
    }
    match &early {
        Some(Early::Deleted) => marks::change(tx, room.id, key.message, id, Mark::Deleted).await,
        Some(Early::Edited(edit)) => marks::change(tx, room.id, key.message, id, Mark::of(edit)).await,
        None => Ok(()),
    }
}
