//! Which teams a line of the audit trail concerns: their managers read it.

use domain::id::{AuditId, TeamId};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_teams")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub team: TeamId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: AuditId,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
