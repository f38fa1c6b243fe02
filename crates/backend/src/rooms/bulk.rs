//! Bulk actions: the ordinary commands, one for each room, in the Writer like all others. A room that refuses does not stop
//! the rest, and asking again for the same action does nothing twice.

use domain::audit::{Doer, Together};
use domain::bulk::{self, BulkAction, BulkResult, Chosen, MOST, Matching, Named};
use domain::desk::ListQuery;
use domain::id::{BulkId, PersonId, RoomId, TeamId};
use domain::permission::{may_act_in_bulk, may_reach_in_bulk};
use domain::person::Person;
use domain::refused::Refused;
use domain::room::Room;
use domain::timestamp::Timestamp;
use entity::bulk_done;
use futures::future::join_all;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::audit;
use crate::backend::{Backend, active};
use crate::error::{Error, Result};
use crate::rooms::status::{UndoStatus, UpdateStatus};
use crate::rooms::{assigning, load_page, returning_to_queue, rows};
use crate::sweeper::expiry;
use crate::writer::{Command, Tx};

/// How many rooms are put into the Writer's queue together; others' commands come in between.
const TOGETHER: usize = 50;

/// Does `action` in each of `rooms` and gives what came of it there, in their order. A room where the same action `id` was
/// done is answered with that, whatever became of it since.
///
/// # Errors
/// As [`bulk::check`], also where all that was asked for under this id is too much; or the server can save nothing, where
/// some may be done and asking again goes on.
pub async fn act_in_bulk(
    backend: &Backend,
    me: &Person,
    id: BulkId,
    action: BulkAction,
    rooms: Vec<Chosen>,
) -> Result<Vec<BulkResult>> {
    bulk::check(me, rooms.len())?;
    bulk::check(me, rooms.len() + count_elsewhere(backend, id, &rooms).await?)?;
    let mut results = Vec::with_capacity(rooms.len());
    for some in rooms.chunks(TOGETHER) {
        let outcomes = join_all(some.iter().map(|chosen| act(backend, me, id, &action, *chosen))).await;
        for (chosen, outcome) in some.iter().zip(outcomes) {
            let refused = match outcome {
                Ok(()) => None,
                Err(Error::Refused(refused)) => Some(refused),
                Err(error) => return Err(error),
            };
            results.push(BulkResult { room: chosen.room, refused });
        }
    }
    Ok(results)
}

async fn act(backend: &Backend, me: &Person, id: BulkId, action: &BulkAction, chosen: Chosen) -> Result<()> {
    let room = chosen.room;
    match action {
        BulkAction::UpdateStatus { .. } => {
            let update = action.status_update(chosen).ok_or(Refused::Changed)?;
            let command = UpdateStatus { me: me.id, room, update };
            expiry::run(backend, Once { id, me: me.id, room, action: action.clone(), command }).await
        }
        BulkAction::Assign { to } => {
            let command = assigning(me, room, *to, None);
            expiry::run(backend, Once { id, me: me.id, room, action: action.clone(), command }).await
        }
        BulkAction::ReturnToQueue { team } => {
            let command = returning_to_queue(me, room, *team);
            expiry::run(backend, Once { id, me: me.id, room, action: action.clone(), command }).await
        }
        BulkAction::Undo => {
            let command = UndoStatus { me: me.id, room };
            backend.run(Once { id, me: me.id, room, action: action.clone(), command }).await
        }
    }
}

/// A command about a room as part of a bulk action, which is done there once.
struct Once<C> {
    id: BulkId,
    me: PersonId,
    room: RoomId,
    action: BulkAction,
    command: C,
}

impl<C: Command<Output = Room>> Command for Once<C> {
    type Output = ();

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        if !note_done(tx.db, self.id, self.room, tx.now).await? {
            return Ok(());
        }
        let room = rows::find(tx.db, self.room).await?.ok_or(Refused::NotFound)?;
        let me = active(&tx.directory, self.me)?.clone();
        bulk::reach(&self.action, &room, &me, &tx.directory.policy)?;
        let after = self.command.run(tx).await?;
        let what = Together::of(&self.action, &tx.directory.people, &tx.directory.teams);
        let concerned: Vec<TeamId> = room.team.into_iter().chain(after.team).collect();
        audit::count(tx, &Doer::of(&me), self.id, what, &concerned).await
    }
}

/// Every room that the list of `query` shows, loaded or not, as far as a bulk action of `me` reaches.
///
/// # Errors
/// No permission, or the database cannot be read.
pub async fn list_matching(backend: &Backend, me: &Person, query: ListQuery) -> Result<Matching> {
    if !may_act_in_bulk(me) {
        return Err(Refused::not_allowed("change many chats at once").into());
    }
    let (mut rooms, mut after) = (Vec::new(), None);
    loop {
        let page = load_page(&backend.store().read, me, &backend.directory().policy, query.clone(), after).await?;
        let reached = page.rooms.into_iter().filter(|room| may_reach_in_bulk(me, room));
        rooms.extend(reached.map(|room| Named { chosen: Chosen::of(&room), name: room.name }));
        after = page.next;
        if after.is_none() || rooms.len() > MOST {
            break;
        }
    }
    let is_cut = rooms.len() > MOST;
    rooms.truncate(MOST);
    Ok(Matching { query, rooms, is_cut })
}

/// In how many other rooms the action was done.
async fn count_elsewhere(backend: &Backend, id: BulkId, rooms: &[Chosen]) -> Result<usize> {
    let here = rooms.iter().map(|chosen| chosen.room);
    let elsewhere = bulk_done::Entity::find()
        .filter(bulk_done::Column::Bulk.eq(id))
        .filter(bulk_done::Column::Room.is_not_in(here))
        .count(&backend.store().read)
        .await?;
    Ok(usize::try_from(elsewhere).unwrap_or(usize::MAX))
}

/// Notes that the action is done in the room; false when it was before.
async fn note_done(db: &impl ConnectionTrait, bulk: BulkId, room: RoomId, now: Timestamp) -> Result<bool> {
    let row = bulk_done::ActiveModel { bulk: Set(bulk), room: Set(room), at: Set(now) };
    let inserted = bulk_done::Entity::insert(row)
        .on_conflict(OnConflict::columns([bulk_done::Column::Bulk, bulk_done::Column::Room]).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(inserted == 1)
}

/// Forgets what was done before `long_ago`: nobody asks for it again.
pub(crate) async fn forget_done(db: &impl ConnectionTrait, long_ago: Timestamp) -> Result<()> {
    bulk_done::Entity::delete_many().filter(bulk_done::Column::At.lt(long_ago)).exec(db).await?;
    Ok(())
}
