//! Templates as rows. Asks and stores; never judges.

use domain::id::ChannelId;
use domain::template::Template;
use domain::timestamp::Timestamp;
use entity::template::{ActiveModel, Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::error::Result;

/// A channel's templates, by name and language, and when they were asked for.
pub(crate) async fn list(db: &impl ConnectionTrait, channel: ChannelId) -> Result<(Vec<Template>, Option<Timestamp>)> {
    let rows = Entity::find()
        .filter(Column::Channel.eq(channel))
        .order_by_asc(Column::Name)
        .order_by_asc(Column::Language)
        .all(db)
        .await?;
    let synced_at = rows.iter().map(|row| row.synced_at).min();
    let templates =
        rows.iter().map(|row| serde_json::from_str(&row.document)).collect::<std::result::Result<_, _>>()?;
    Ok((templates, synced_at))
}

/// The template of this name and language.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    name: &str,
    language: &str,
) -> Result<Option<Template>> {
    let row = Entity::find_by_id((channel, name.to_owned(), language.to_owned())).one(db).await?;
    Ok(row.map(|row| serde_json::from_str(&row.document)).transpose()?)
}

/// Puts these in the place of all that were known.
pub(super) async fn replace(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    templates: &[Template],
    now: Timestamp,
) -> Result<()> {
    Entity::delete_many().filter(Column::Channel.eq(channel)).exec(db).await?;
    let mut rows = Vec::with_capacity(templates.len());
    for template in templates {
        rows.push(ActiveModel {
            channel: Set(channel),
            name: Set(template.name.clone()),
            language: Set(template.language.clone()),
            document: Set(serde_json::to_string(template)?),
            synced_at: Set(now),
        });
    }
    // A database takes only so many values in one statement.
    for part in rows.chunks(100) {
        Entity::insert_many(part.to_vec()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// As if they had been asked for at `at`.
pub(super) async fn mark_old(db: &impl ConnectionTrait, channel: ChannelId, at: Timestamp) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::SyncedAt, Expr::value(at))
        .filter(Column::Channel.eq(channel))
        .exec(db)
        .await?;
    Ok(())
}
