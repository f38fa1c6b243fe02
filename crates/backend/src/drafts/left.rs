//! The unsent words of people who were deactivated, have a lesser role or left a team: admins take them over for a week.

use std::collections::{BTreeMap, BTreeSet};

use domain::audit::{Act, Doer};
use domain::draft::{DraftMode, LeftDraft};
use domain::id::{PersonId, RoomId};
use domain::permission;
use domain::person::Person;
use domain::policy::DRAFTS_KEPT;
use domain::refused::Refused;
use domain::room::Room;
use entity::draft::{Column, Entity};
use entity::room;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::audit;
use crate::backend::{Backend, active};
use crate::channels::administers;
use crate::drafts::{check_length, write};
use crate::error::Result;
use crate::rooms::rows;
use crate::writer::{Command, Tx};

/// The rooms in which `person` has unsent words and that they see.
pub(crate) async fn in_sight(tx: &Tx<'_>, person: &Person) -> Result<BTreeSet<RoomId>> {
    let written = Entity::find().select_only().column(Column::Room).filter(Column::Person.eq(person.id)).into_query();
    let rooms = room::Entity::find().filter(room::Column::Id.in_subquery(written)).all(tx.db).await?;
    let rooms = rooms.into_iter().map(rows::to_room).collect::<Result<Vec<Room>>>()?;
    let sees = |room: &Room| permission::may_see(person, &tx.directory.policy, &room.scope());
    Ok(rooms.into_iter().filter(sees).map(|room| room.id).collect())
}

/// After what `person` may do has changed: their words in rooms that were `before` in their sight and are not any more are
/// for admins to take, and all of them when they are deactivated. Those in sight are theirs alone.
pub(crate) async fn follow_rights(tx: &Tx<'_>, person: &Person, before: &BTreeSet<RoomId>) -> Result<()> {
    let own = in_sight(tx, person).await?;
    let lost = Column::Room.is_in(before.difference(&own).copied());
    let lost = if person.active { lost } else { Expr::value(true) };
    Entity::update_many()
        .col_expr(Column::LeftAt, Expr::value(tx.now))
        .filter(Column::Person.eq(person.id))
        .filter(Column::LeftAt.is_null())
        .filter(lost)
        .exec(tx.db)
        .await?;
    Entity::update_many()
        .col_expr(Column::LeftAt, Expr::value(None::<i64>))
        .filter(Column::Person.eq(person.id))
        .filter(Column::Room.is_in(own))
        .exec(tx.db)
        .await?;
    Ok(())
}

/// The most of what people left that is listed at once; whoever takes some sees the next.
const LISTED: u64 = 200;

/// What people who left had not sent, the newest first, at most [`LISTED`].
///
/// # Errors
/// `me` is no admin.
pub async fn list_left(backend: &Backend, me: &Person) -> Result<Vec<LeftDraft>> {
    administers(me)?;
    let db = &backend.store().read;
    let drafts = Entity::find()
        .filter(Column::LeftAt.is_not_null())
        .order_by_desc(Column::UpdatedAt)
        .limit(LISTED)
        .all(db)
        .await?;
    let names: Vec<(RoomId, String)> = room::Entity::find()
        .select_only()
        .column(room::Column::Id)
        .column(room::Column::Name)
        .filter(room::Column::Id.is_in(drafts.iter().map(|draft| draft.room)))
        .into_tuple()
        .all(db)
        .await?;
    let names: BTreeMap<_, _> = names.into_iter().collect();
    let left = drafts.into_iter().filter_map(|draft| {
        Some(LeftDraft {
            person: draft.person,
            room: draft.room,
            customer: names.get(&draft.room)?.clone(),
            mode: DraftMode::from_word(&draft.mode)?,
            text: draft.text,
            kept_until: draft.left_at?.plus(DRAFTS_KEPT),
        })
    });
    Ok(left.collect())
}

/// Moves what `person`, who left, had not sent in a room into the draft of `me`, before what stands there.
///
/// # Errors
/// `me` is no admin, nothing is there to be taken, or both together are too long to be kept.
pub async fn take_left(backend: &Backend, me: &Person, person: PersonId, room: RoomId, mode: DraftMode) -> Result<()> {
    administers(me)?;
    backend.run(TakeLeft { me: me.id, person, room, mode }).await
}

struct TakeLeft {
    me: PersonId,
    person: PersonId,
    room: RoomId,
    mode: DraftMode,
}

impl Command for TakeLeft {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let me = active(&tx.directory, self.me)?;
        administers(me)?;
        let of = |person: PersonId| Entity::find_by_id((person, self.room, self.mode.word().to_owned()));
        let left = of(self.person).filter(Column::LeftAt.is_not_null()).one(tx.db).await?;
        let left = left.ok_or_else(|| Refused::invalid("draft", "is not there any more"))?;
        let text = match of(self.me).one(tx.db).await? {
            Some(own) => format!("{}\n{}", left.text, own.text),
            None => left.text,
        };
        check_length(&text)?;
        Entity::delete_by_id((self.person, self.room, self.mode.word().to_owned())).exec(tx.db).await?;
        let left = tx.directory.people.get(&self.person);
        let (person, teams) = left.map(|left| (left.name.clone(), left.teams.clone())).unwrap_or_default();
        let customer = rows::find(tx.db, self.room).await?.map(|room| room.name).unwrap_or_default();
        audit::note(tx, &Doer::of(me), &teams, Act::UnsentWordsTaken { person, customer }).await?;
        write(tx, self.me, self.room, self.mode, &text).await
    }
}

/// Drops what nobody took.
pub(crate) async fn forget_left(tx: &Tx<'_>) -> Result<()> {
    Entity::delete_many().filter(Column::LeftAt.lte(tx.now.minus(DRAFTS_KEPT))).exec(tx.db).await?;
    Ok(())
}
