//! The audit trail: who did what to the workspace, and when.

use domain::id::{AuditId, BulkId, PersonId};
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditId,
    pub at: Timestamp,
    /// Nobody for the command line.
    pub person: Option<PersonId>,
    /// Whoever did it, as they were called then.
    #[sea_orm(column_type = "Text")]
    pub who: String,
    /// A `domain::audit::Act` as JSON.
    #[sea_orm(column_type = "Text")]
    pub act: String,
    /// The bulk action that the line counts the chats of; there is one line for each.
    pub bulk: Option<BulkId>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
