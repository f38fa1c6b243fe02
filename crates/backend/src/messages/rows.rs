//! Transcript entries as rows. Asks and stores; never judges.

use std::collections::BTreeMap;

use domain::change::{Change, Event};
use domain::delivery::Delivery;
use domain::desk::{Gather, entry_of};
use domain::id::{ChannelId, MessageId, RoomId};
use domain::message::{Attachment, Entry, Message, Note, What};
use domain::refused::Refused;
use domain::room::Room;
use entity::{entry, provider_message};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::error::Result;
use crate::media;
use crate::messages::spots::{self, Spot};
use crate::rooms::rows::{signed, unsigned};

/// How many entries count as the newest.
const NEWEST: u64 = 60;

/// Writes the transcript entry that `event` leaves, if it leaves one, and gives the id of the message or note in it.
pub(crate) async fn insert_entry_of(db: &impl ConnectionTrait, event: &Event) -> Result<Option<MessageId>> {
    let (Some(room), Some(mut entry)) = (event.room_id(), entry_of(event)) else { return Ok(None) };
    let (message, delivery) = match &mut entry.what {
        What::Message(Message { id, delivery, .. }) => (Some(*id), delivery.take()),
        What::Note(Note { id, .. }) => (Some(*id), None),
        What::Line(_) => (None, None),
    };
    let row = entry::ActiveModel {
        room: Set(room),
        position: Set(signed(entry.position)),
        message: Set(message),
        episode: Set(entry.episode),
        at: Set(entry.at),
        what: Set(serde_json::to_string(&entry.what)?),
        delivery: Set(delivery.as_ref().map(|delivery| delivery.word().to_owned())),
        delivery_reason: Set(delivery.and_then(|delivery| delivery.reason())),
    };
    // Whoever wrote into the room through another process at this moment was quicker, or said this very message.
    let once = OnConflict::new().do_nothing().to_owned();
    if entry::Entity::insert(row).on_conflict(once).exec_without_returning(db).await? == 0 {
        return Err(Refused::Changed.into());
    }
    Ok(message)
}

/// The message or note, with the room it is in.
pub(crate) async fn find(db: &impl ConnectionTrait, id: MessageId) -> Result<Option<(RoomId, Entry)>> {
    let row = entry::Entity::find().filter(entry::Column::Message.eq(id)).one(db).await?;
    row.map(|row| Ok((row.room, read(&row)?))).transpose()
}

/// Those of `ids` that a transcript has.
pub(crate) async fn list_said(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = MessageId>,
) -> Result<Vec<MessageId>> {
    let said: Vec<Option<MessageId>> = entry::Entity::find()
        .select_only()
        .column(entry::Column::Message)
        .filter(entry::Column::Message.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(said.into_iter().flatten().collect())
}

/// At most `limit` entries before `before`, oldest first.
pub(crate) async fn list_before(
    db: &impl ConnectionTrait,
    room: RoomId,
    before: u32,
    limit: u64,
) -> Result<Vec<Entry>> {
    let rows = entry::Entity::find()
        .filter(entry::Column::Room.eq(room))
        .filter(entry::Column::Position.lt(signed(before)))
        .order_by_desc(entry::Column::Position)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows.into_iter().rev().map(to_entry).collect())
}

/// At most `limit` entries after `after`, oldest first.
pub(crate) async fn list_after(db: &impl ConnectionTrait, room: RoomId, after: u32, limit: u64) -> Result<Vec<Entry>> {
    let rows = entry::Entity::find()
        .filter(entry::Column::Room.eq(room))
        .filter(entry::Column::Position.gt(signed(after)))
        .order_by_asc(entry::Column::Position)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(to_entry).collect())
}

/// At most `limit` notes or files before `before`, oldest first.
pub(crate) async fn list_gathered(
    db: &impl ConnectionTrait,
    room: RoomId,
    what: Gather,
    before: u32,
    limit: u64,
) -> Result<Vec<Entry>> {
    // Within words a quotation mark is escaped, so that no words look like this. Each has an index with the same words.
    let is_one = match what {
        Gather::Notes => r#"what LIKE '{"note":%'"#,
        Gather::Files => r#"what LIKE '{"message":%"content":{"files":{%'"#,
    };
    let rows = entry::Entity::find()
        .filter(entry::Column::Room.eq(room))
        .filter(entry::Column::Position.lt(signed(before)))
        .filter(Expr::cust(is_one))
        .order_by_desc(entry::Column::Position)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows.into_iter().rev().map(to_entry).collect())
}

/// Does to the stored message what `change` did to it, if it did something, with the fold that browsers use. What a
/// deleted message carried is nobody's any more.
pub(crate) async fn alter(db: &impl ConnectionTrait, change: &Change) -> Result<()> {
    let Some(id) = change.altered() else { return Ok(()) };
    if let Change::DeliveryChanged { delivery, .. } = change {
        return set_delivery(db, id, delivery).await;
    }
    let Some((room, entry)) = find(db, id).await? else { return Ok(()) };
    let What::Message(mut message) = entry.what else { return Ok(()) };
    match change {
        Change::MessageDeleted { .. } => media::detach(db, message.content.files()).await?,
        Change::PartDeleted { content, .. } => {
            let is_left = |file: &Attachment| content.files().iter().any(|left| left.file == file.file);
            let gone: Vec<Attachment> = message.content.files().iter().filter(|file| !is_left(file)).cloned().collect();
            media::detach(db, &gone).await?;
        }
        _ => {}
    }
    message.take(change);
    message.delivery = None;
    let row = entry::ActiveModel {
        room: Set(room),
        position: Set(signed(entry.position)),
        what: Set(serde_json::to_string(&What::Message(message))?),
        ..Default::default()
    };
    entry::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Writes how far a message came.
async fn set_delivery(db: &impl ConnectionTrait, id: MessageId, delivery: &Delivery) -> Result<()> {
    entry::Entity::update_many()
        .col_expr(entry::Column::Delivery, Expr::value(delivery.word()))
        .col_expr(entry::Column::DeliveryReason, Expr::value(delivery.reason()))
        .filter(entry::Column::Message.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Notes the id a provider knows a message by; false when that id already has a message.
pub(crate) async fn claim_provider_id(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    provider_id: &str,
    room: RoomId,
    message: MessageId,
) -> Result<bool> {
    let row = provider_message::ActiveModel {
        channel: Set(channel),
        provider_id: Set(provider_id.into()),
        room: Set(room),
        message: Set(message),
        part: Set(None),
        parts: Set(None),
        stage: Set(None),
        mark: Set(None),
    };
    let key = [provider_message::Column::Channel, provider_message::Column::ProviderId];
    let inserted = provider_message::Entity::insert(row)
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(inserted == 1)
}

/// Of a message that has not come, nobody knows the room.
const NOWHERE: RoomId = RoomId::from_number(0);
const NOBODY: MessageId = MessageId::from_number(0);

/// Notes the id of news that there is no room to show in; false when it had come before.
pub(crate) async fn claim_unplaced(db: &impl ConnectionTrait, channel: ChannelId, provider_id: &str) -> Result<bool> {
    claim_provider_id(db, channel, provider_id, NOWHERE, NOBODY).await
}

/// Keeps what became of a message that will come by this id, in the place of what was kept before.
pub(crate) async fn keep_mark(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    provider_id: &str,
    mark: &str,
) -> Result<()> {
    let row = provider_message::ActiveModel {
        channel: Set(channel),
        provider_id: Set(provider_id.into()),
        room: Set(NOWHERE),
        message: Set(NOBODY),
        part: Set(None),
        parts: Set(None),
        stage: Set(None),
        mark: Set(Some(mark.into())),
    };
    let marked = Expr::col((provider_message::Entity, provider_message::Column::Mark));
    let mut conflict = OnConflict::columns([provider_message::Column::Channel, provider_message::Column::ProviderId]);
    conflict.update_column(provider_message::Column::Mark).action_and_where(marked.is_not_null());
    provider_message::Entity::insert(row).on_conflict(conflict).exec_without_returning(db).await?;
    Ok(())
}

/// What became of the message that will come by this id.
pub(crate) async fn find_mark(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    provider_id: &str,
) -> Result<Option<String>> {
    let key = (channel, provider_id.to_owned());
    let row = provider_message::Entity::find_by_id(key).one(db).await?;
    Ok(row.and_then(|row| row.mark))
}

/// The message has come: its id names it from now on.
pub(crate) async fn settle_mark(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    provider_id: &str,
    room: RoomId,
    message: MessageId,
) -> Result<()> {
    let row = provider_message::ActiveModel {
        channel: Set(channel),
        provider_id: Set(provider_id.into()),
        room: Set(room),
        message: Set(message),
        mark: Set(None),
        ..Default::default()
    };
    provider_message::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Which message a provider id names; `None` for one that has not come.
pub(crate) async fn find_by_provider_id(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    provider_id: &str,
) -> Result<Option<(RoomId, MessageId)>> {
    let key = (channel, provider_id.to_owned());
    let row = provider_message::Entity::find_by_id(key).one(db).await?;
    Ok(row.filter(|row| row.mark.is_none()).map(|row| (row.room, row.message)))
}

/// The newest entries of the room, oldest first.
pub(crate) async fn list_newest(db: &impl ConnectionTrait, room: &Room) -> Result<Vec<Entry>> {
    list_before(db, room.id, room.last_position + 1, NEWEST).await
}

/// The newest message of the room's customer with its position, if it is among the room's newest entries.
pub(crate) async fn find_newest_of_customer(
    db: &impl ConnectionTrait,
    room: &Room,
) -> Result<Option<(u32, MessageId)>> {
    let newest = list_newest(db, room).await?;
    Ok(newest.iter().rev().find_map(|entry| match &entry.what {
        What::Message(message) if message.author.is_customer() => Some((entry.position, message.id)),
        What::Message(_) | What::Note(_) | What::Line(_) => None,
    }))
}

/// The id by which a provider knows the message; that of its first part, when it left in several, and of what was sent
/// again rather than of what failed.
pub(crate) async fn find_provider_id(db: &impl ConnectionTrait, message: MessageId) -> Result<Option<String>> {
    let known = list_provider_ids(db, message).await?;
    let best = known.iter().position(|named| !named.has_failed).unwrap_or_default();
    Ok(known.into_iter().nth(best).map(|named| named.id))
}

/// Whether something of the message has left, and did not fail.
pub(crate) async fn has_left(db: &impl ConnectionTrait, message: MessageId) -> Result<bool> {
    Ok(list_provider_ids(db, message).await?.iter().any(|named| !named.has_failed))
}

/// An id by which a provider knows a message, or a part of it.
pub(crate) struct Named {
    pub id: String,
    /// The part that it names; `None` where it names the whole.
    pub spot: Option<Spot>,
    /// Whether what it names did not arrive.
    pub has_failed: bool,
}

/// Every id by which a provider knows the message, in the order in which its parts left; of one part the shorter ones first,
/// and of one length by their letters, so that numbers stand in their order.
pub(crate) async fn list_provider_ids(db: &impl ConnectionTrait, message: MessageId) -> Result<Vec<Named>> {
    let ids: Vec<(String, Option<i32>, Option<String>)> = provider_message::Entity::find()
        .select_only()
        .column(provider_message::Column::ProviderId)
        .column(provider_message::Column::Part)
        .column(provider_message::Column::Stage)
        .filter(provider_message::Column::Message.eq(message))
        .into_tuple()
        .all(db)
        .await?;
    let spots: BTreeMap<&str, Spot> = ids.iter().filter_map(|(id, ..)| spots::find_in(id)).collect();
    let mut of_message: Vec<_> = ids.iter().filter(|(id, ..)| !id.starts_with(OF_OURS)).collect();
    of_message.sort_by_key(|(id, left, _)| (*left, id.len(), id));
    let failed = Delivery::Failed { reason: String::new() };
    let named = |(id, _, stage): &(String, Option<i32>, Option<String>)| Named {
        id: id.clone(),
        spot: spots.get(id.as_str()).copied(),
        has_failed: stage.as_deref() == Some(failed.word()),
    };
    Ok(of_message.into_iter().map(named).collect())
}

/// What our own notes among the ids of the channel's messages begin with. No provider's id does: blank around those is no
/// part of them.
pub(super) const OF_OURS: char = ' ';

/// The name of a note of ours among the ids of the channel's messages.
pub(crate) fn of_ours(name: &str) -> String {
    format!("{OF_OURS}{name}")
}

/// An entry for those who show it: what a newer version said stands there, as something that this one cannot show.
pub(crate) fn to_entry(row: entry::Model) -> Entry {
    read(&row).unwrap_or_else(|error| {
        tracing::warn!(room = %row.room, position = row.position, %error, "an entry cannot be read by this version");
        let what = What::Line(Box::new(Change::Unread));
        Entry { position: unsigned(row.position), episode: row.episode, at: row.at, what }
    })
}

/// An entry for those who work with it: what they cannot read is not theirs to finish.
fn read(row: &entry::Model) -> Result<Entry> {
    let mut what: What = serde_json::from_str(&row.what)?;
    if let What::Message(message) = &mut what {
        message.delivery =
            row.delivery.as_deref().and_then(|word| Delivery::from_word(word, row.delivery_reason.clone()));
    }
    Ok(Entry { position: unsigned(row.position), episode: row.episode, at: row.at, what })
}
