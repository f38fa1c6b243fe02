//! Unsent words, by person, room and mode.

use domain::id::{PersonId, RoomId};
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "drafts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub room: RoomId,
    /// `reply` or `note`.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub mode: String,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub updated_at: Timestamp,
    /// Since when their writer may not work in the room any more, and the words are for admins to take.
    pub left_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
