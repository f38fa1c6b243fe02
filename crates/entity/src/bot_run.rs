//! Where the bot stands in its flow, by room.

use domain::id::{EpisodeId, RoomId};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bot_runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub room: RoomId,
    pub episode: EpisodeId,
    /// As JSON.
    #[sea_orm(column_type = "Text")]
    pub run: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
