//! Requests for feedback and their answers.

use domain::id::{EpisodeId, FeedbackId, RoomId};
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "feedback")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FeedbackId,
    pub room: RoomId,
    /// At most one request an episode.
    #[sea_orm(unique)]
    pub episode: EpisodeId,
    pub asked_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    pub score: Option<i32>,
    #[sea_orm(column_type = "Text")]
    pub comment: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
