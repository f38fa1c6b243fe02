//! Customers: people on one channel.

use domain::id::{ChannelId, ContactId, CustomerId};
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CustomerId,
    pub channel: ChannelId,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The name the channel gave, while a contact's stands in its place.
    #[sea_orm(column_type = "Text")]
    pub channel_name: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub phone: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub email: Option<String>,
    pub contact: Option<ContactId>,
    /// Collected fields as a JSON object.
    #[sea_orm(column_type = "Text")]
    pub fields: String,
    /// A JSON list.
    #[sea_orm(column_type = "Text")]
    pub tags: String,
    pub opted_out: bool,
    /// When they last said whether they want to hear from us; none where they never did.
    pub opted_at: Option<Timestamp>,
    pub blocked: bool,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
