//! What a console knows of the rooms one holds or joined from its first moment, whichever list it begins with.

use domain::desk::Page;
use domain::id::PersonId;
use domain::room::Section;
use entity::{participant, room, seen};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::error::Result;
use crate::rooms::rows::{self, unsigned};

/// More than anybody counts: beyond it the browser says only that there are many.
const UNREAD_MAX: u64 = 100;

/// Adds to a first page what the browser counts as unread: the open rooms of `me` that are not put off and in which somebody wrote what they have
/// not seen, at most [`UNREAD_MAX`] of those they hold and as many that they joined, and how much they have seen of all.
///
/// # Errors
/// The database cannot be read.
pub(crate) async fn add(db: &impl ConnectionTrait, me: PersonId, page: &mut Page) -> Result<()> {
    for own in [held(me), joined(me)] {
        let unread = room::Entity::find()
            .filter(own.clone())
            .filter(room::Column::SnoozedUntil.is_null())
            .filter(room::Column::CustomerMessages.into_expr().gt(Expr::col(room::Column::EarlierMessages)))
            .filter(Expr::exists(has_seen_all(me)).not())
            .order_by_desc(room::Column::LastMessageAt)
            .limit(UNREAD_MAX);
        for row in unread.all(db).await? {
            let room = rows::to_room(row)?;
            if page.rooms.iter().all(|other| other.id != room.id) {
                page.rooms.push(room);
            }
        }
        let ids = Query::select().column(room::Column::Id).from(room::Entity).cond_where(own).to_owned();
        let of_own = seen::Column::Room.in_subquery(ids);
        let seen = seen::Entity::find().filter(seen::Column::Person.eq(me)).filter(of_own).all(db).await?;
        page.seen.extend(seen.into_iter().map(|row| (row.room, unsigned(row.messages))));
    }
    Ok(())
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
