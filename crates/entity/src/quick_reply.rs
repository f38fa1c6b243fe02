//! Words that people keep ready: one's own, a team's, or everybody's.

use domain::id::{PersonId, QuickReplyId, TeamId};
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quick_replies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QuickReplyId,
    /// Whose it is; it is everybody's without a person and a team.
    pub person: Option<PersonId>,
    /// Which team's it is.
    pub team: Option<TeamId>,
    #[sea_orm(column_type = "Text")]
    pub shortcut: String,
    /// The shortcut as no other of the same person, of the same team or of everybody has it.
    #[sea_orm(column_type = "Text")]
    pub known_as: String,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
