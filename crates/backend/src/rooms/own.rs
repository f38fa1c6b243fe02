//! What a console knows of the rooms one holds or joined from its first moment, whichever list it begins with.

use domain::desk::Page;
use domain::id::{PersonId, RoomId};
use domain::permission;
use domain::person::Person;
use domain::policy::Policy;
use domain::room::{Room, Section};
use entity::{participant, room, seen};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::error::Result;
use crate::rooms::query::parted;
use crate::rooms::rows;

/// More than anybody counts: beyond it the browser says only that there are many.
const UNREAD_MAX: u64 = 100;

/// Adds to a first page what the browser counts as unread: the open rooms of `me` that are not put off and in which somebody
/// wrote what they have not seen, at most [`UNREAD_MAX`] of those they hold and as many that they joined, and how much they
/// have seen of all. Beside them the rooms that they marked unread and may still see, as many at most.
///
/// # Errors
/// The database cannot be read.
pub(crate) async fn add(db: &impl ConnectionTrait, me: &Person, policy: &Policy, page: &mut Page) -> Result<()> {
    for own in [held(me.id), joined(me.id)] {
        let unread = room::Entity::find()
            .filter(own.clone())
            .filter(room::Column::SnoozedUntil.is_null())
            .filter(room::Column::CustomerMessages.into_expr().gt(Expr::col(room::Column::EarlierMessages)))
            .filter(Expr::exists(has_seen_all(me.id)).not())
            .order_by_desc(room::Column::LastMessageAt)
            .limit(UNREAD_MAX);
        for row in unread.all(db).await? {
            add_room(page, rows::to_room(row)?);
        }
        let ids = Query::select().column(room::Column::Id).from(room::Entity).cond_where(own).to_owned();
        let of_own = seen::Column::Room.in_subquery(ids);
        let seen = seen::Entity::find().filter(seen::Column::Person.eq(me.id)).filter(of_own).all(db).await?;
        add_seen(page, &seen);
    }
    add_marked(db, me, policy, page).await
}

async fn add_marked(db: &impl ConnectionTrait, me: &Person, policy: &Policy, page: &mut Page) -> Result<()> {
    let marked = seen::Entity::find()
        .filter(seen::Column::Person.eq(me.id))
        .filter(is_marked())
        .order_by_desc(seen::Column::Room)
        .limit(UNREAD_MAX);
    let marked = marked.all(db).await?;
    add_visible(db, me, policy, marked.iter().map(|row| row.room), page).await?;
    add_seen(page, &marked);
    Ok(())
}

/// Adds those of `ids` that `me` may see.
pub(crate) async fn add_visible(
    db: &impl ConnectionTrait,
    me: &Person,
    policy: &Policy,
    ids: impl Iterator<Item = RoomId>,
    page: &mut Page,
) -> Result<()> {
    for row in room::Entity::find().filter(room::Column::Id.is_in(ids)).all(db).await? {
        let room = rows::to_room(row)?;
        if permission::may_see(me, policy, &room.scope()) {
            add_room(page, room);
        }
    }
    Ok(())
}

fn add_room(page: &mut Page, room: Room) {
    if page.rooms.iter().all(|other| other.id != room.id) {
        page.rooms.push(room);
    }
}

fn add_seen(page: &mut Page, rows: &[seen::Model]) {
    let (seen, marks) = parted(rows);
    page.seen.extend(seen);
    page.marks.extend(marks);
}

/// As the index of these rows has it.
fn is_marked() -> SimpleExpr {
    Expr::cust("marks % 2 = 1")
}

/// In the shape of the index on section and agent.
fn held(me: PersonId) -> Condition {
    Condition::all().add(room::Column::Section.eq(Section::Assigned)).add(room::Column::Agent.eq(me))
}

fn joined(me: PersonId) -> Condition {
    let is_open = room::Column::Section.ne(Section::Archived);
    Condition::all().add(is_open).add(room::Column::Id.in_subquery(rooms_joined_by(me)))
}

/// The ids of the rooms that `person` joined, also of those that are archived by now.
pub(crate) fn rooms_joined_by(person: PersonId) -> SelectStatement {
    Query::select()
        .column(participant::Column::Room)
        .from(participant::Entity)
        .and_where(participant::Column::Person.eq(person))
        .to_owned()
}

/// Finds something where `me` has seen everything of the room around it.
fn has_seen_all(me: PersonId) -> SelectStatement {
    let of_room = Expr::col((seen::Entity, seen::Column::Room)).equals((room::Entity, room::Column::Id));
    let all = Expr::col((room::Entity, room::Column::CustomerMessages));
    Query::select()
        .expr(Expr::value(1))
        .from(seen::Entity)
        .and_where(seen::Column::Person.eq(me))
        .and_where(of_room)
        .and_where(Expr::col((seen::Entity, seen::Column::Messages)).gte(all))
        .to_owned()
}
