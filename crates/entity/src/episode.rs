//! Runs of rooms from Live to Archived.

use domain::episode::{OpenedBy, Outcome};
use domain::id::{EpisodeId, PersonId, RoomId, TeamId};
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "episodes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EpisodeId,
    pub room: RoomId,
    pub number: i32,
    pub opened_at: Timestamp,
    pub opened_by: OpenedBy,
    pub agent: Option<PersonId>,
    pub team: Option<TeamId>,
    pub first_human_reply_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub outcome: Option<Outcome>,
    pub unanswered: bool,
    pub closed_by: Option<PersonId>,
    #[sea_orm(column_type = "Text")]
    pub comment: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    pub was_critical: bool,
    pub feedback_score: Option<i32>,
    #[sea_orm(column_type = "Text")]
    pub feedback_comment: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
