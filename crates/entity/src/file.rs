//! Stored files.

use domain::id::{FileId, QuickReplyId, RoomId};
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "files")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FileId,
    /// Set once a message has it; of a quick reply's it is no room's.
    pub room: Option<RoomId>,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub mime: String,
    pub bytes: i64,
    pub created_at: Timestamp,
    /// Which quick reply keeps it.
    pub quick_reply: Option<QuickReplyId>,
    /// Which of that one's files it is.
    pub place: Option<i32>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
