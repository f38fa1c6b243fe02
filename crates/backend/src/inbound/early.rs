//! What became of a message before it came: providers keep no order. What was taken back is not shown at all, and other
//! words wait for the first ones.

use ::channels::files::FileRef;
use ::channels::identity::ProviderId;
use domain::id::{ChannelId, MessageId, RoomId};
use domain::message::Content;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::messages::rows as entries;
use crate::writer::Tx;

/// What is known of a message that has not come yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Early {
    Deleted,
    Edited(Edit),
}

/// Other words for a message, with where the provider keeps their files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Edit {
    pub content: Content,
    pub files: Vec<FileRef>,
}

/// What is to be done with a message that comes.
pub(super) enum Arrival {
    New,
    /// It is taken in, and then edited.
    Edited(Edit),
    /// It came before, or was taken back: nothing is shown of it.
    Over,
}

/// Keeps what became of `target` until it comes. What was taken back stays so.
pub(super) async fn keep(tx: &Tx<'_>, channel: ChannelId, target: &ProviderId, early: &Early) -> Result<()> {
    if find(tx, channel, &target.0).await? == Some(Early::Deleted) {
        return Ok(());
    }
    entries::keep_mark(tx.db, channel, &target.0, &serde_json::to_string(early)?).await
}

/// Notes the id of the message that comes.
pub(super) async fn claim(
    tx: &Tx<'_>,
    channel: ChannelId,
    id: &str,
    room: RoomId,
    message: MessageId,
) -> Result<Arrival> {
    if entries::claim_provider_id(tx.db, channel, id, room, message).await? {
        return Ok(Arrival::New);
    }
    match find(tx, channel, id).await? {
        Some(Early::Edited(edit)) => {
            entries::settle_mark(tx.db, channel, id, room, message).await?;
            Ok(Arrival::Edited(edit))
        }
        Some(Early::Deleted) | None => Ok(Arrival::Over),
    }
}

/// What became of the message that will come by this id.
pub(super) async fn find(tx: &Tx<'_>, channel: ChannelId, id: &str) -> Result<Option<Early>> {
    let mark = entries::find_mark(tx.db, channel, id).await?;
    Ok(mark.map(|mark| serde_json::from_str(&mark)).transpose()?)
}
