//! Earlier chats of a saved contact. Whoever holds or joined one of its rooms reads those that are archived: the twin, as
//! rows, of `domain::permission::may_look_back`.

use std::cmp::Reverse;

use domain::id::{ContactId, PersonId, RoomId};
use domain::permission;
use domain::person::Person;
use domain::room::{Room, Section};
use entity::{customer, room};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::backend::Backend;
use crate::error::Result;
use crate::rooms::own::rooms_joined_by;
use crate::rooms::query::may_read;
use crate::rooms::rows;

/// So many customers of a contact are looked at, those who came last.
const CUSTOMERS: u64 = 50;

/// The archived rooms of the contact that the customer of room `id` is saved as, without that room, as far as `me` may read
/// them; the newest first.
///
/// # Errors
/// [`domain::refused::Refused::NotFound`] for a room one may not read.
pub async fn list_earlier(backend: &Backend, me: &Person, id: RoomId) -> Result<Vec<Room>> {
    let Some(contact) = may_read(backend, me, id).await?.contact else { return Ok(Vec::new()) };
    let db = &backend.store().read;
    let policy = &backend.directory().policy;
    let served = list_served(db, me.id, contact).await?;
    let customers = customer::Entity::find()
        .filter(customer::Column::Contact.eq(contact))
        .order_by_desc(customer::Column::CreatedAt)
        .limit(CUSTOMERS)
        .all(db)
        .await?;
    let mut earlier = Vec::new();
    let ids = customers.iter().map(|customer| customer.id);
    for row in room::Entity::find().filter(room::Column::Customer.is_in(ids)).all(db).await? {
        let room = rows::to_room(row)?;
        let may_read = permission::may_see(me, policy, &room.scope()) || permission::may_look_back(me, &room, &served);
        if room.id != id && room.is_archived() && may_read {
            earlier.push(room);
        }
    }
    earlier.sort_by_key(|room| Reverse(room.last_message_at));
    Ok(earlier)
}

/// Whether `me` looks back at `room`: see [`permission::may_look_back`].
pub(super) async fn may_look_back(db: &impl ConnectionTrait, me: &Person, room: &Room) -> Result<bool> {
    match room.contact.filter(|_| room.is_archived()) {
        Some(contact) => Ok(permission::may_look_back(me, room, &list_served(db, me.id, contact).await?)),
        None => Ok(false),
    }
}

/// The rooms of the contact that `me` holds or joined.
async fn list_served(db: &impl ConnectionTrait, me: PersonId, contact: ContactId) -> Result<Vec<Room>> {
    let mut served = Vec::new();
    // Each in the shape of an index.
    for own in [room::Column::Agent.eq(me), room::Column::Id.in_subquery(rooms_joined_by(me))] {
        let rows = room::Entity::find()
            .filter(room::Column::Section.eq(Section::Assigned))
            .filter(own)
            .filter(room::Column::Contact.eq(contact))
            .all(db)
            .await?;
        for row in rows {
            served.push(rows::to_room(row)?);
        }
    }
    Ok(served)
}
