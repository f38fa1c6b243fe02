//! Episodes follow what happens to their room.

use std::collections::BTreeMap;

use domain::change::Change;
use domain::episode::{self, Episode};
use domain::id::{EpisodeId, RoomId};
use domain::room::Room;
use entity::episode::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::error::Result;
use crate::writer::Tx;

/// Writes what `change`, which made `before` into `room`, says of an episode.
pub(crate) async fn follow(tx: &Tx<'_>, before: &Room, room: &Room, change: &Change) -> Result<()> {
    if !may_concern(before, change) {
        return Ok(());
    }
    let known = find(tx.db, room.episode).await?;
    let mut episodes: Vec<Episode> = known.iter().cloned().collect();
    episode::follow(&mut episodes, before, room, change, tx.now);
    let Some(episode) = episodes.into_iter().next() else { return Ok(()) };
    match known {
        None => Entity::insert(to_row(room.id, episode)).exec_without_returning(tx.db).await.map(drop)?,
        Some(known) if known != episode => to_row(room.id, episode).reset_all().update(tx.db).await.map(drop)?,
        Some(_) => {}
    }
    Ok(())
}

/// Most changes are words, and words are no episode's business but for a person's first ones: no row is read for them.
fn may_concern(before: &Room, change: &Change) -> bool {
    match change {
        Change::MessageAdded(message) => message.author.is_person() && before.waiting_since.is_some(),
        change => change.is_line(),
    }
}

fn to_row(room: RoomId, episode: Episode) -> ActiveModel {
    ActiveModel {
        id: Set(episode.id),
        room: Set(room),
        number: Set(i32::try_from(episode.number).unwrap_or(i32::MAX)),
        opened_at: Set(episode.opened_at),
        opened_by: Set(episode.opened_by),
        agent: Set(episode.agent),
        team: Set(episode.team),
        first_human_reply_at: Set(episode.first_human_reply_at),
        closed_at: Set(episode.closed_at),
        outcome: Set(episode.outcome),
        unanswered: Set(episode.unanswered),
        closed_by: Set(episode.closed_by),
        comment: Set(episode.comment),
        reason: Set(episode.reason),
        was_critical: Set(episode.was_critical),
        feedback_score: Set(episode.feedback_score.map(i32::from)),
        feedback_comment: Set(episode.feedback_comment),
    }
}

/// The episode, if there is one.
pub(crate) async fn find(db: &impl ConnectionTrait, id: EpisodeId) -> Result<Option<Episode>> {
    Ok(Entity::find_by_id(id).one(db).await?.map(to_episode))
}

/// Those of `ids` that there are.
pub(crate) async fn list_of(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = EpisodeId>,
) -> Result<Vec<Episode>> {
    let rows = Entity::find().filter(Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(to_episode).collect())
}

/// A room's last episodes, newest first.
pub(crate) async fn list(db: &impl ConnectionTrait, room: RoomId) -> Result<Vec<Episode>> {
    let rows = Entity::find().filter(Column::Room.eq(room)).order_by_desc(Column::Number).limit(20).all(db).await?;
    Ok(rows.into_iter().map(to_episode).collect())
}

/// All episodes of each of `rooms`, oldest first.
pub(crate) async fn list_of_rooms(
    db: &impl ConnectionTrait,
    rooms: impl IntoIterator<Item = RoomId>,
) -> Result<BTreeMap<RoomId, Vec<Episode>>> {
    let mut episodes: BTreeMap<RoomId, Vec<Episode>> = BTreeMap::new();
    for row in Entity::find().filter(Column::Room.is_in(rooms)).order_by_asc(Column::Number).all(db).await? {
        episodes.entry(row.room).or_default().push(to_episode(row));
    }
    Ok(episodes)
}

fn to_episode(row: Model) -> Episode {
    Episode {
        id: row.id,
        number: u32::try_from(row.number).unwrap_or(0),
        opened_at: row.opened_at,
        opened_by: row.opened_by,
        agent: row.agent,
        team: row.team,
        first_human_reply_at: row.first_human_reply_at,
        closed_at: row.closed_at,
        outcome: row.outcome,
        unanswered: row.unanswered,
        closed_by: row.closed_by,
        comment: row.comment,
        reason: row.reason,
        was_critical: row.was_critical,
        feedback_score: row.feedback_score.and_then(|score| u8::try_from(score).ok()),
        feedback_comment: row.feedback_comment,
    }
}
