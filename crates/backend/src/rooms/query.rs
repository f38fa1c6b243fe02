//! What screens ask about rooms: pages of a list and one room whole. The list's filter is the twin of
//! `domain::permission::may_see`.

use domain::customer::Customer;
use domain::desk::{Cursor, Gather, Gathered, ListQuery, Page, RoomView, Sort, Whose};
use domain::id::{PersonId, RoomId};
use domain::message::Entry;
use domain::permission;
use domain::person::{Person, Role};
use domain::policy::{AgentsSeeLive, Policy};
use domain::refused::Refused;
use domain::room::{LiveHandler, Room, Section};
use domain::seen::Seen;
use entity::{customer, room, seen};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, SimpleExpr};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};

use crate::backend::Backend;
use crate::contacts::rows as contacts;
use crate::episodes;
use crate::error::Result;
use crate::messages::rows as entries;
use crate::rooms::history;
use crate::rooms::own::rooms_joined_by;
use crate::rooms::rows::{self, signed, unsigned};
use crate::sweeper::expiry;

/// Rooms on a page.
const PAGE: usize = 50;

/// Transcript entries in a view and in each earlier part.
const ENTRIES: u64 = 60;

/// Notes or files in each part that the side panel asks for.
const GATHERED: u64 = 20;

/// A room with its newest entries. Looking has no side effect: the bot goes on and nothing is marked read. Only a room that
/// is past its end is archived first.
///
/// # Errors
/// [`Refused::NotFound`] for a room one may not see.
pub async fn load(backend: &Backend, me: &Person, id: RoomId) -> Result<RoomView> {
    let db = &backend.store().read;
    let room = may_read(backend, me, id).await?;
    let row = customer::Entity::find_by_id(room.customer).one(db).await?.ok_or(Refused::NotFound)?;
    let contact = match row.contact {
        Some(id) => contacts::find(db, id).await?,
        None => None,
    };
    let seen = find_seen(db, me.id, id).await?;
    let entries = entries::list_before(db, id, room.last_position + 1, ENTRIES).await?;
    let has_earlier = entries.first().is_some_and(|entry| entry.position > 1);
    let episodes = episodes::list(db, id).await?;
    Ok(RoomView {
        room,
        customer: to_customer(row)?,
        contact,
        episodes,
        entries,
        has_earlier,
        seen: seen.messages,
        marks: seen.marks,
        gathered: Gathered::default(),
    })
}

/// The entries before position `before`, oldest first, and whether there are still earlier ones.
///
/// # Errors
/// [`Refused::NotFound`] for a room one may not see.
pub async fn earlier(backend: &Backend, me: &Person, id: RoomId, before: u32) -> Result<(Vec<Entry>, bool)> {
    may_read(backend, me, id).await?;
    let entries = entries::list_before(&backend.store().read, id, before, ENTRIES).await?;
    let has_earlier = entries.first().is_some_and(|entry| entry.position > 1);
    Ok((entries, has_earlier))
}

/// The newest notes or files of the room before position `before`, oldest first, and whether there are still earlier ones.
///
/// # Errors
/// [`Refused::NotFound`] for a room one may not see.
pub async fn gather(
    backend: &Backend,
    me: &Person,
    id: RoomId,
    what: Gather,
    before: Option<u32>,
) -> Result<(Vec<Entry>, bool)> {
    let room = may_read(backend, me, id).await?;
    let before = before.unwrap_or(room.last_position + 1);
    let mut found = entries::list_gathered(&backend.store().read, id, what, before, GATHERED + 1).await?;
    let has_earlier = found.len() as u64 > GATHERED;
    if has_earlier {
        found.remove(0);
    }
    Ok((found, has_earlier))
}

/// The room, for somebody who may see it or look back at it. Nobody finds one open that is past its end.
pub(crate) async fn may_read(backend: &Backend, me: &Person, id: RoomId) -> Result<Room> {
    let mut room = find_visible(backend, me, id).await?;
    if expiry::end_if_due(backend, &room).await {
        room = find_visible(backend, me, id).await?;
    }
    backend.hub().remember(id, room.scope(), room.customer);
    Ok(room)
}

async fn find_visible(backend: &Backend, me: &Person, id: RoomId) -> Result<Room> {
    let db = &backend.store().read;
    let room = rows::find(db, id).await?.ok_or(Refused::NotFound)?;
    let is_visible = permission::may_see(me, &backend.directory().policy, &room.scope())
        || history::may_look_back(db, me, &room).await?;
    if is_visible { Ok(room) } else { Err(Refused::NotFound.into()) }
}

/// Every room that `me` holds: who waits longest for them first.
///
/// # Errors
/// The database cannot be read.
pub async fn list_held(backend: &Backend, me: &Person) -> Result<Vec<Room>> {
    rows::list_held(&backend.store().read, me.id).await
}

/// A page of the list, after `after`.
pub(crate) async fn load_page(
    db: &impl ConnectionTrait,
    me: &Person,
    policy: &Policy,
    query: ListQuery,
    after: Option<Cursor>,
) -> Result<Page> {
    let mut rooms: Vec<Room> = Vec::new();
    for branch in branches(me, policy, &query) {
        rooms.extend(load_branch(db, &query, &branch, after).await?);
    }
    let sort = query.sort;
    rooms.sort_by(|a, b| Cursor::of(a, sort).cmp_in(&Cursor::of(b, sort), sort));
    rooms.dedup_by_key(|room| room.id);
    let next = (rooms.len() > PAGE).then(|| Cursor::of(&rooms[PAGE - 1], sort));
    rooms.truncate(PAGE);
    let (seen, marks) = load_seen(db, me.id, &rooms).await?;
    Ok(Page { query, rooms, seen, marks, next })
}

/// The ids of everything that a list shows, in its order. One statement reads them: a room that moves in the list while they
/// are read further is neither missed nor there twice.
pub(super) async fn list_all(
    db: &impl ConnectionTrait,
    me: &Person,
    policy: &Policy,
    query: &ListQuery,
) -> Result<Vec<RoomId>> {
    let visible = branches(me, policy, query).into_iter().fold(Condition::any(), Condition::add);
    if visible.is_empty() {
        return Ok(Vec::new());
    }
    let listed = in_order(query.sort)
        .filter(room::Column::Section.eq(query.section))
        .filter(put_off(query.whose))
        .filter(visible)
        .apply_if(query.channel, |listed, channel| listed.filter(room::Column::Channel.eq(channel)));
    Ok(listed.select_only().column(room::Column::Id).into_tuple().all(db).await?)
}

/// Those of `ids` that there are, in the order of a list.
pub(super) async fn list_in_order(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = RoomId>,
    sort: Sort,
) -> Result<Vec<RoomId>> {
    let rooms = in_order(sort).filter(room::Column::Id.is_in(ids));
    Ok(rooms.select_only().column(room::Column::Id).into_tuple().all(db).await?)
}

/// All rooms in the order of [`Cursor::cmp_in`].
fn in_order(sort: Sort) -> Select<room::Entity> {
    let (key, order) = sorted_by(sort);
    room::Entity::find()
        .order_by_desc(room::Column::Critical)
        .order_by(key, order.clone())
        .order_by(room::Column::Id, order)
}

const fn sorted_by(sort: Sort) -> (room::Column, Order) {
    match sort {
        Sort::Newest => (room::Column::LastMessageAt, Order::Desc),
        Sort::LongestWait => (room::Column::WaitingKey, Order::Asc),
    }
}

fn put_off(whose: Whose) -> SimpleExpr {
    match whose {
        Whose::Snoozed => room::Column::SnoozedUntil.is_not_null(),
        Whose::Everyone | Whose::Mine => room::Column::SnoozedUntil.is_null(),
    }
}

/// What one may see of a section, as conditions that each have an index of their own. Their union is exactly what
/// `permission::may_see` allows.
fn branches(me: &Person, policy: &Policy, query: &ListQuery) -> Vec<SimpleExpr> {
    let own = room::Column::Agent.eq(me.id);
    let joined = room::Column::Id.in_subquery(rooms_joined_by(me.id));
    let teams: Vec<SimpleExpr> = me.teams.iter().map(|team| room::Column::Team.eq(*team)).collect();
    let queued = room::Column::Handler.eq(LiveHandler::Queue);
    let all = Expr::value(true);
    if !me.active {
        return Vec::new();
    }
    let visible = match (me.role, query.section) {
        (Role::Admin, _) => vec![all],
        (Role::TeamManager, Section::Live) => [teams, vec![room::Column::Team.is_null(), joined.clone()]].concat(),
        (Role::TeamManager, Section::Assigned | Section::Archived) => {
            [teams, vec![own.clone(), joined.clone()]].concat()
        }
        (Role::Agent, Section::Live) => match policy.agents_see_live {
            AgentsSeeLive::None => vec![joined.clone()],
            AgentsSeeLive::QueueOfMyTeams => {
                let teams = teams.into_iter().map(|team| team.and(queued.clone()));
                teams.chain([joined.clone()]).collect()
            }
            AgentsSeeLive::All => vec![all],
        },
        (Role::Agent, Section::Assigned | Section::Archived) if policy.agents_see_team => {
            [teams, vec![own.clone(), joined.clone()]].concat()
        }
        (Role::Agent, Section::Assigned | Section::Archived) => vec![own.clone(), joined.clone()],
    };
    match query.whose {
        Whose::Everyone | Whose::Snoozed => visible,
        Whose::Mine => visible
            .into_iter()
            .flat_map(|branch| [branch.clone().and(own.clone()), branch.and(joined.clone())])
            .collect(),
    }
}

/// One branch's rooms after `after`, one more than a page. Critical rooms stand first, so they are asked for first.
async fn load_branch(
    db: &impl ConnectionTrait,
    query: &ListQuery,
    branch: &SimpleExpr,
    after: Option<Cursor>,
) -> Result<Vec<Room>> {
    let snoozed = put_off(query.whose);
    let mut found: Vec<Room> = Vec::new();
    for critical in [true, false] {
        let after = match after {
            Some(cursor) if cursor.critical == critical => Some(cursor),
            // Every critical room stands before an uncritical cursor.
            Some(cursor) if critical && !cursor.critical => continue,
            Some(_) | None => None,
        };
        let (key, order) = sorted_by(query.sort);
        let mut select = room::Entity::find()
            .filter(room::Column::Section.eq(query.section))
            .filter(room::Column::Critical.eq(critical))
            .filter(snoozed.clone())
            .filter(branch.clone())
            .order_by(key, order.clone())
            .order_by(room::Column::Id, order)
            .limit((PAGE + 1 - found.len()) as u64);
        if let Some(channel) = query.channel {
            select = select.filter(room::Column::Channel.eq(channel));
        }
        if let Some(cursor) = after {
            let here = Expr::tuple([Expr::col((room::Entity, key)), Expr::col((room::Entity, room::Column::Id))]);
            let there = Expr::tuple([Expr::value(cursor.key), Expr::value(cursor.room)]);
            select = select.filter(match query.sort {
                Sort::Newest => here.lt(there),
                Sort::LongestWait => here.gt(there),
            });
        }
        for row in select.all(db).await? {
            found.push(rows::to_room(row)?);
        }
        if found.len() > PAGE {
            break;
        }
    }
    Ok(found)
}

/// Numbers of rooms.
pub(super) type OfRooms = Vec<(RoomId, u32)>;

async fn load_seen(db: &impl ConnectionTrait, me: PersonId, rooms: &[Room]) -> Result<(OfRooms, OfRooms)> {
    let ids = rooms.iter().map(|room| room.id);
    let rows =
        seen::Entity::find().filter(seen::Column::Person.eq(me)).filter(seen::Column::Room.is_in(ids)).all(db).await?;
    Ok(parted(&rows))
}

/// How many messages were seen of each room, and how often those that ever were marked unread were.
pub(super) fn parted(rows: &[seen::Model]) -> (OfRooms, OfRooms) {
    let seen = rows.iter().map(|row| (row.room, unsigned(row.messages)));
    let marks = rows.iter().filter(|row| row.marks > 0).map(|row| (row.room, unsigned(row.marks)));
    (seen.collect(), marks.collect())
}

/// How much somebody has seen of the room.
pub(crate) async fn find_seen(db: &impl ConnectionTrait, person: PersonId, room: RoomId) -> Result<Seen> {
    let row = seen::Entity::find_by_id((person, room)).one(db).await?;
    Ok(row.map_or_else(Seen::default, |row| Seen { messages: unsigned(row.messages), marks: unsigned(row.marks) }))
}

/// Keeps how much somebody has seen of a room.
pub(super) async fn save_seen(db: &impl ConnectionTrait, person: PersonId, room: RoomId, seen: Seen) -> Result<()> {
    let (messages, marks) = (Set(signed(seen.messages)), Set(signed(seen.marks)));
    let row = seen::ActiveModel { person: Set(person), room: Set(room), messages, marks };
    let save = OnConflict::columns([seen::Column::Person, seen::Column::Room])
        .update_columns([seen::Column::Messages, seen::Column::Marks])
        .to_owned();
    seen::Entity::insert(row).on_conflict(save).exec_without_returning(db).await?;
    Ok(())
}

/// A customer's row.
pub(crate) fn to_customer(row: customer::Model) -> Result<Customer> {
    Ok(Customer {
        id: row.id,
        name: row.name,
        channel_name: row.channel_name,
        phone: row.phone,
        email: row.email,
        contact: row.contact,
        fields: serde_json::from_str(&row.fields)?,
        tags: serde_json::from_str(&row.tags)?,
        opted_out: row.opted_out,
        blocked: row.blocked,
    })
}
