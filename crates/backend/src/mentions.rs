//! Who was named in a room and has not looked there since, kept until they do or it is long ago.

use domain::change::Change;
use domain::desk::Page;
use domain::id::{PersonId, RoomId};
use domain::mention::{self, Mention};
use domain::person::Person;
use domain::policy::Policy;
use domain::room::Room;
use domain::timestamp::Timestamp;
use entity::mention::{ActiveModel, Column, Entity};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::error::Result;
use crate::rooms::own;
use crate::writer::Tx;

/// More than anybody follows up: of those with more, the latest are shown.
const SHOWN: u64 = 100;

/// Keeps whom `change` names in the room, which it left like this.
pub(crate) async fn follow(tx: &Tx<'_>, room: &Room, change: &Change) -> Result<()> {
    let Some((by, named)) = mention::told(room, change, &tx.directory.people, &tx.directory.policy) else {
        return Ok(());
    };
    for person in named {
        let row = ActiveModel { person: Set(person.id), room: Set(room.id), by: Set(by), at: Set(tx.now) };
        let latest =
            OnConflict::columns([Column::Person, Column::Room]).update_columns([Column::By, Column::At]).to_owned();
        Entity::insert(row).on_conflict(latest).exec_without_returning(tx.db).await?;
    }
    Ok(())
}

/// `person` looks at the room; false when nobody had named them there.
pub(crate) async fn forget(db: &impl ConnectionTrait, person: PersonId, room: RoomId) -> Result<bool> {
    Ok(Entity::delete_by_id((person, room)).exec(db).await?.rows_affected > 0)
}

/// Drops those that nobody looked after since `long_ago`.
pub(crate) async fn forget_old(db: &impl ConnectionTrait, long_ago: Timestamp) -> Result<()> {
    Entity::delete_many().filter(Column::At.lt(long_ago)).exec(db).await?;
    Ok(())
}

/// Where `me` was named, of the rooms that they see by now; those rooms come into the first page.
///
/// # Errors
/// The database cannot be read.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    me: &Person,
    policy: &Policy,
    page: &mut Page,
) -> Result<Vec<Mention>> {
    let latest = Entity::find().filter(Column::Person.eq(me.id)).order_by_desc(Column::At).limit(SHOWN);
    let mut mentions: Vec<Mention> = latest.all(db).await?.into_iter().map(to_mention).collect();
    own::add_visible(db, me, policy, mentions.iter().map(|mention| mention.room), page).await?;
    mentions.retain(|mention| page.rooms.iter().any(|room| room.id == mention.room));
    Ok(mentions)
}

fn to_mention(row: entity::mention::Model) -> Mention {
    Mention { room: row.room, by: row.by, at: row.at }
}
