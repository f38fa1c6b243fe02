//! The parts in which messages leave, as rows: which one a provider's id names, and how far it came. Asks and stores;
//! never judges.

use ::channels::outbound::SendKey;
use domain::delivery::Delivery;
use domain::id::{ChannelId, MessageId, RoomId};
use entity::provider_message::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::error::Result;

/// What a provider's id names.
pub(crate) struct Named {
    pub room: RoomId,
    pub message: MessageId,
    /// Which part of ours, and how far it came; `None` where the id names the whole message.
    pub part: Option<Part>,
}

/// A part that has left.
pub(crate) struct Part {
    /// How many the message has.
    pub parts: u16,
    pub stage: Delivery,
}

/// Notes that the provider calls this part so. What was told of the part before its number was known stays; what became
/// of it before it had a message is for the caller, and forgotten here.
pub(crate) async fn claim(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    provider_id: &str,
    room: RoomId,
    key: SendKey,
) -> Result<()> {
    let (part, parts) = (Some(i32::from(key.part)), Some(i32::from(key.parts)));
    let row = ActiveModel {
        channel: Set(channel),
        provider_id: Set(provider_id.into()),
        room: Set(room),
        message: Set(key.message),
        part: Set(part),
        parts: Set(parts),
        stage: Set(None),
        mark: Set(None),
    };
    let inserted = Entity::insert(row)
        .on_conflict(OnConflict::columns([Column::Channel, Column::ProviderId]).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    if inserted == 0 {
        Entity::update_many()
            .col_expr(Column::Room, Expr::value(room))
            .col_expr(Column::Message, Expr::value(key.message))
            .col_expr(Column::Part, Expr::value(part))
            .col_expr(Column::Parts, Expr::value(parts))
            .col_expr(Column::Mark, Expr::value(None::<String>))
            .filter(Column::Channel.eq(channel))
            .filter(Column::ProviderId.eq(provider_id))
            .filter(Column::Message.eq(key.message).or(Column::Mark.is_not_null()))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// What the provider means by this id.
pub(crate) async fn find(db: &impl ConnectionTrait, channel: ChannelId, provider_id: &str) -> Result<Option<Named>> {
    let row = Entity::find_by_id((channel, provider_id.to_owned())).one(db).await?;
    Ok(row.filter(|row| row.mark.is_none()).map(|row| {
        let part = number(row.parts).map(|parts| Part { parts, stage: stage(&row) });
        Named { room: row.room, message: row.message, part }
    }))
}

/// Writes down how far a part came.
pub(crate) async fn set_stage(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    provider_id: &str,
    stage: &Delivery,
) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Stage, Expr::value(stage.word()))
        .filter(Column::Channel.eq(channel))
        .filter(Column::ProviderId.eq(provider_id))
        .exec(db)
        .await?;
    Ok(())
}

/// Those of the message's `parts` parts that have left, by their numbers from 1, and how far each came. One that was sent
/// again is there more than once.
pub(crate) async fn list(db: &impl ConnectionTrait, message: MessageId, parts: u16) -> Result<Vec<(u16, Delivery)>> {
    let rows =
        Entity::find().filter(Column::Message.eq(message)).filter(Column::Parts.eq(i32::from(parts))).all(db).await?;
    Ok(rows.iter().filter_map(|row| Some((number(row.part)?, stage(row)))).collect())
}

fn number(column: Option<i32>) -> Option<u16> {
    column.and_then(|number| u16::try_from(number).ok())
}

/// What has an id of the provider's has left.
fn stage(row: &Model) -> Delivery {
    row.stage.as_deref().and_then(|word| Delivery::from_word(word, None)).unwrap_or(Delivery::Sent)
}
