//! Transcripts: messages, notes and lines, by room and position.

use domain::id::{EpisodeId, MessageId, RoomId};
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub room: RoomId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The id of a message or note.
    pub message: Option<MessageId>,
    pub episode: EpisodeId,
    pub at: Timestamp,
    /// The entry as JSON, without its delivery.
    #[sea_orm(column_type = "Text")]
    pub what: String,
    /// The stage of an outgoing message.
    #[sea_orm(column_type = "Text")]
    pub delivery: Option<String>,
    /// Why it failed, or what it waits for until when.
    #[sea_orm(column_type = "Text")]
    pub delivery_reason: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
