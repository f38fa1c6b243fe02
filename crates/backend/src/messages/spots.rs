//! Which file or text of a message an id of the provider's names, as rows. Asks and stores; never judges.

use domain::id::MessageId;
use domain::room::Room;
use sea_orm::ConnectionTrait;

use crate::error::Result;
use crate::messages::rows;

/// A file or text of a message by its place, counted from 0: first the files of the message, by their places, then its
/// texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    Bare(u16),
    /// A file beside which the words of the message stand: providers keep them as a part of it.
    Captioned(u16),
    /// The files from the first place to the last, which are one message there.
    Together(u16, u16),
}

impl Spot {
    /// Where it begins.
    pub const fn place(self) -> u16 {
        match self {
            Self::Bare(place) | Self::Captioned(place) | Self::Together(place, _) => place,
        }
    }
}

/// Notes that `provider_id` names this part of the message alone: `part:2:<id>`, `captioned:2:<id>` where the words of the
/// message stand beside it, and `together:0-2:<id>` for several files.
pub(crate) async fn note(
    db: &impl ConnectionTrait,
    room: &Room,
    message: MessageId,
    provider_id: &str,
    spot: Spot,
) -> Result<()> {
    let name = match spot {
        Spot::Bare(place) => format!("part:{place}:{provider_id}"),
        Spot::Captioned(place) => format!("captioned:{place}:{provider_id}"),
        Spot::Together(first, last) => format!("together:{first}-{last}:{provider_id}"),
    };
    rows::claim_provider_id(db, room.channel, &rows::of_ours(&name), room.id, message).await.map(drop)
}

/// What a note of ours among the ids of the channel's messages says of another.
pub(super) fn find_in(name: &str) -> Option<(&str, Spot)> {
    let mut words = name.strip_prefix(rows::OF_OURS)?.splitn(3, ':');
    let (kind, place, id) = (words.next()?, words.next()?, words.next()?);
    let (first, last) = place.split_once('-').unwrap_or((place, place));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    match kind {
        "part" => Some((id, Spot::Bare(first))),
        "captioned" => Some((id, Spot::Captioned(first))),
        "together" => Some((id, Spot::Together(first, last))),
        _ => None,
    }
}
