//! The log: what happened, in order, as it was told.

use domain::id::{PersonId, RoomId};
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub at: Timestamp,
    pub room: Option<RoomId>,
    /// Told to this person alone.
    pub only: Option<PersonId>,
    /// The scope the room had before, as JSON, when the change moved it.
    #[sea_orm(column_type = "Text")]
    pub before: Option<String>,
    /// The event as JSON.
    #[sea_orm(column_type = "Text")]
    pub event: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
