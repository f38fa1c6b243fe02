//! Raw deliveries of providers, kept before anything is made of them.

use domain::id::{ChannelId, WebhookId};
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhooks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookId,
    pub channel: ChannelId,
    /// SHA-256 of the body in hex; unique per channel.
    #[sea_orm(column_type = "Text")]
    pub digest: String,
    pub received_at: Timestamp,
    pub body: Vec<u8>,
    pub processed_at: Option<Timestamp>,
    /// Why it could not be read, or not wholly.
    #[sea_orm(column_type = "Text")]
    pub problem: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
