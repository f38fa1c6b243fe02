//! Teams.

use domain::id::TeamId;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "teams")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TeamId,
    #[sea_orm(column_type = "Text", unique)]
    pub name: String,
    /// The name as no second team may have it; nothing where an earlier version wrote the row.
    #[sea_orm(column_type = "Text", unique)]
    pub known_as: Option<String>,
    /// What it does in its own way, as JSON; nothing where it follows the workspace.
    #[sea_orm(column_type = "Text")]
    pub rules: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
