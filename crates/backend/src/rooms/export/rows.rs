//! What an export asks of rows. Asks; never judges.

use std::collections::BTreeMap;

use domain::id::{EpisodeId, RoomId};
use domain::room::Room;
use entity::{entry, room};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::error::Result;
use crate::rooms::rows::to_room;

/// Those of `ids` that there are, in their order.
pub(super) async fn list(db: &impl ConnectionTrait, ids: &[RoomId]) -> Result<Vec<Room>> {
    let rows = room::Entity::find().filter(room::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    let mut rooms = BTreeMap::new();
    for row in rows {
        rooms.insert(row.id, to_room(row)?);
    }
    Ok(ids.iter().filter_map(|id| rooms.remove(id)).collect())
}

/// How many messages there are in each case of `rooms`, notes and lines left out; those without any are not named.
pub(super) async fn count_messages(
    db: &impl ConnectionTrait,
    rooms: impl IntoIterator<Item = RoomId>,
) -> Result<BTreeMap<EpisodeId, u64>> {
    let counted: Vec<(EpisodeId, i64)> = entry::Entity::find()
        .select_only()
        .column(entry::Column::Episode)
        .column_as(entry::Column::Position.count(), "messages")
        .filter(entry::Column::Room.is_in(rooms))
        // Within words a quotation mark is escaped, so that no words look like this.
        .filter(Expr::cust(r#"what LIKE '{"message":%'"#))
        .group_by(entry::Column::Episode)
        .into_tuple()
        .all(db)
        .await?;
    Ok(counted.into_iter().map(|(episode, messages)| (episode, u64::try_from(messages).unwrap_or(0))).collect())
}
