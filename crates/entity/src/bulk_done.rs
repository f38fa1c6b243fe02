//! Where a bulk action was done already, so that asking again for the same one does nothing twice.

use domain::id::{BulkId, RoomId};
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_done")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub bulk: BulkId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub room: RoomId,
    pub at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
