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
    /// Which part of a message of ours it names, from 1; none for the whole of one, and for the customer's.
    pub part: Option<i32>,
    /// How many parts that message has.
    pub parts: Option<i32>,
    /// How far the part came; none until the provider tells.
    #[sea_orm(column_type = "Text")]
    pub stage: Option<String>,
    /// What became of the message before it came itself, as JSON; then `room` and `message` name nothing yet.
    #[sea_orm(column_type = "Text")]
    pub mark: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
