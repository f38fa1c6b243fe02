//! Files that quick replies keep: no message has them and no sweep drops them. What is put into a message is a copy.

use std::collections::HashMap;

use domain::id::{FileId, QuickReplyId, RoomId};
use domain::media::StoredFile;
use entity::file::{Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, UpdateMany};
use uuid::Uuid;

use super::{is_gone, to_file};
use crate::error::Result;

/// The room of what a quick reply keeps: none that is.
const NOWHERE: RoomId = RoomId::from_number(0);

/// Has the quick reply keep `files` in this order and no others, and gives them.
///
/// # Errors
/// One of them is a message's or another quick reply's, or not here.
pub(crate) async fn keep(db: &impl ConnectionTrait, reply: QuickReplyId, files: &[FileId]) -> Result<Vec<StoredFile>> {
    let others = let_go().filter(Column::QuickReply.eq(reply)).filter(Column::Id.is_not_in(files.iter().copied()));
    others.exec(db).await?;
    let is_free = Condition::any().add(Expr::col(Column::Room).is_null()).add(Column::QuickReply.eq(reply));
    for (place, file) in (0_i32..).zip(files) {
        let kept = Entity::update_many()
            .col_expr(Column::Room, Expr::value(NOWHERE))
            .col_expr(Column::QuickReply, Expr::value(reply))
            .col_expr(Column::Place, Expr::value(place))
            .filter(Column::Id.eq(*file))
            .filter(Column::Bytes.gt(0))
            .filter(is_free.clone());
        if kept.exec(db).await?.rows_affected != 1 {
            return Err(is_gone().into());
        }
    }
    let kept = Entity::find().filter(Column::QuickReply.eq(reply)).order_by_asc(Column::Place).all(db).await?;
    Ok(kept.into_iter().map(to_file).collect())
}

/// The quick reply keeps nothing any more; the sweep drops what it had.
pub(crate) async fn release(db: &impl ConnectionTrait, reply: QuickReplyId) -> Result<()> {
    let_go().filter(Column::QuickReply.eq(reply)).exec(db).await?;
    Ok(())
}

/// What those that the query `replies` finds keep, each in its order.
pub(crate) async fn kept_by(
    db: &impl ConnectionTrait,
    replies: SelectStatement,
) -> Result<HashMap<QuickReplyId, Vec<StoredFile>>> {
    let rows =
        Entity::find().filter(Column::QuickReply.in_subquery(replies)).order_by_asc(Column::Place).all(db).await?;
    let mut kept: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        if let Some(reply) = row.quick_reply {
            kept.entry(reply).or_default().push(to_file(row));
        }
    }
    Ok(kept)
}

/// From now on nobody reads them, and no message takes them.
fn let_go() -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::Room, Expr::value(None::<Uuid>))
        .col_expr(Column::QuickReply, Expr::value(None::<Uuid>))
        .col_expr(Column::Place, Expr::value(None::<i32>))
        .col_expr(Column::Bytes, Expr::value(0_i64))
}
