//! Customers and the ids they are known by, as rows. Asks and stores; never judges.

use ::channels::identity::ExternalId;
use domain::change::Change;
use domain::customer::Customer;
use domain::id::{ChannelId, CustomerId};
use domain::room::Room;
use domain::timestamp::Timestamp;
use entity::{customer, identity};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, Iterable, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::error::Result;
use crate::rooms::to_customer;

/// The customer, if there is one.
pub(crate) async fn find(db: &impl ConnectionTrait, id: CustomerId) -> Result<Option<Customer>> {
    customer::Entity::find_by_id(id).one(db).await?.map(to_customer).transpose()
}

/// Those of `ids` that there are.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = CustomerId>,
) -> Result<Vec<Customer>> {
    let rows = customer::Entity::find().filter(customer::Column::Id.is_in(ids)).all(db).await?;
    rows.into_iter().map(to_customer).collect()
}

/// Everybody known by one of `ids`, oldest first.
pub(crate) async fn list_by_ids(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    ids: &[ExternalId],
) -> Result<Vec<Customer>> {
    let named: Vec<_> = identity::Entity::find()
        .filter(identity::Column::Channel.eq(channel))
        .filter(identity::Column::Identity.is_in(ids.iter().map(|id| id.0.as_str())))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.customer)
        .collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let rows = customer::Entity::find()
        .filter(customer::Column::Id.is_in(named))
        .order_by_asc(customer::Column::CreatedAt)
        .order_by_asc(customer::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(to_customer).collect()
}

/// The ids the customer is known by.
pub(crate) async fn list_ids(db: &impl ConnectionTrait, customer: CustomerId) -> Result<Vec<ExternalId>> {
    let rows = identity::Entity::find()
        .filter(identity::Column::Customer.eq(customer))
        .order_by_desc(identity::Column::Identity)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| ExternalId(row.identity)).collect())
}

pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    customer: &Customer,
    now: Timestamp,
) -> Result<()> {
    let row = customer::ActiveModel { channel: Set(channel), created_at: Set(now), ..to_row(customer)? };
    customer::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Writes what is another of the customer than when they were `read`, and nothing else: another process may just have saved
/// them as a contact.
pub(crate) async fn update(db: &impl ConnectionTrait, read: &Customer, customer: &Customer) -> Result<()> {
    if customer == read {
        return Ok(());
    }
    let (mut row, before) = (to_row(customer)?, to_row(read)?);
    for column in customer::Column::iter().filter(|column| !matches!(column, customer::Column::Id)) {
        if row.get(column) == before.get(column) {
            row.not_set(column);
        }
    }
    customer::Entity::update(row).exec(db).await?;
    Ok(())
}

/// When the customer last said whether they want to hear from us, as far as that is known.
pub(crate) async fn opted_at(db: &impl ConnectionTrait, id: CustomerId) -> Result<Option<Timestamp>> {
    let known = customer::Entity::find_by_id(id).select_only().column(customer::Column::OptedAt);
    Ok(known.into_tuple::<Option<Timestamp>>().one(db).await?.flatten())
}

/// Notes that the customer said at this moment whether they want to hear from us; false when they said it anew since.
pub(crate) async fn note_opted(db: &impl ConnectionTrait, id: CustomerId, at: Timestamp) -> Result<bool> {
    let is_earlier = customer::Column::OptedAt.is_null().or(customer::Column::OptedAt.lte(at));
    let noted = customer::Entity::update_many()
        .col_expr(customer::Column::OptedAt, Expr::value(at))
        .filter(customer::Column::Id.eq(id))
        .filter(is_earlier)
        .exec(db)
        .await?;
    Ok(noted.rows_affected > 0)
}

/// Keeps with the customer what `change`, which left their room as `room`, says of them.
pub(crate) async fn follow(db: &impl ConnectionTrait, room: &Room, change: &Change) -> Result<()> {
    if matches!(change, Change::CustomerBlocked { .. } | Change::CustomerUnblocked { .. }) {
        let row = customer::ActiveModel { id: Set(room.customer), blocked: Set(room.blocked), ..Default::default() };
        customer::Entity::update(row).exec(db).await?;
    }
    Ok(())
}

fn to_row(customer: &Customer) -> Result<customer::ActiveModel> {
    Ok(customer::ActiveModel {
        id: Set(customer.id),
        name: Set(customer.name.clone()),
        channel_name: Set(customer.channel_name.clone()),
        phone: Set(customer.phone.clone()),
        email: Set(customer.email.clone()),
        contact: Set(customer.contact),
        fields: Set(serde_json::to_string(&customer.fields)?),
        tags: Set(serde_json::to_string(&customer.tags)?),
        opted_out: Set(customer.opted_out),
        blocked: Set(customer.blocked),
        ..Default::default()
    })
}

/// Takes `ids` for the customer; false when somebody has one of them already.
pub(crate) async fn claim_ids(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    customer: CustomerId,
    ids: &[ExternalId],
) -> Result<bool> {
    Ok(insert_ids(db, channel, customer, ids).await? == ids.len() as u64)
}

/// Takes those of `ids` for the customer that nobody has yet.
pub(crate) async fn add_ids(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    customer: CustomerId,
    ids: &[ExternalId],
) -> Result<()> {
    insert_ids(db, channel, customer, ids).await.map(drop)
}

async fn insert_ids(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    customer: CustomerId,
    ids: &[ExternalId],
) -> Result<u64> {
    if ids.is_empty() {
        return Ok(0);
    }
    let rows = ids.iter().map(|id| identity::ActiveModel {
        channel: Set(channel),
        identity: Set(id.0.clone()),
        customer: Set(customer),
    });
    let key = [identity::Column::Channel, identity::Column::Identity];
    let inserted = identity::Entity::insert_many(rows)
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(inserted)
}

/// Whatever named `from` names `to`.
pub(crate) async fn move_ids(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    from: CustomerId,
    to: CustomerId,
) -> Result<()> {
    identity::Entity::update_many()
        .col_expr(identity::Column::Customer, Expr::value(to))
        .filter(identity::Column::Channel.eq(channel))
        .filter(identity::Column::Customer.eq(from))
        .exec(db)
        .await?;
    Ok(())
}

/// Nobody is known by `ids` any more.
pub(crate) async fn forget_ids(db: &impl ConnectionTrait, channel: ChannelId, ids: &[ExternalId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    identity::Entity::delete_many()
        .filter(identity::Column::Channel.eq(channel))
        .filter(identity::Column::Identity.is_in(ids.iter().map(|id| id.0.as_str())))
        .exec(db)
        .await?;
    Ok(())
}
