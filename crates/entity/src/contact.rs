//! Saved contacts.

use domain::id::ContactId;
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contacts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContactId,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub phone: Option<String>,
    /// What other spellings of the number have in common with it; none where it is too short to tell people apart.
    #[sea_orm(column_type = "Text")]
    pub phone_key: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub email: Option<String>,
    /// A JSON list.
    #[sea_orm(column_type = "Text")]
    pub tags: String,
    /// A JSON object.
    #[sea_orm(column_type = "Text")]
    pub fields: String,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
