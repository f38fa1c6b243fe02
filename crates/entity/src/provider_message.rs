//! Which of our messages a provider id names; its key keeps a repeated webhook from making a second message.

use domain::id::{ChannelId, MessageId, RoomId};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: ChannelId,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub provider_id: String,
    pub room: RoomId,
    pub message: MessageId,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
