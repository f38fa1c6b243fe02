//! Where customers came from before they said anything, until they do.

use domain::id::ChannelId;
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "origins")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: ChannelId,
    /// By which the provider knows them.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub identity: String,
    /// As JSON.
    #[sea_orm(column_type = "Text")]
    pub topic: String,
    pub at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
