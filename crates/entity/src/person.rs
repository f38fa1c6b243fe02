//! People who sign in.

use domain::id::PersonId;
use domain::person::{Availability, Role};
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "people")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonId,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// In lower case.
    #[sea_orm(column_type = "Text", unique)]
    pub email: String,
    pub role: Role,
    pub availability: Availability,
    pub capacity: i32,
    pub active: bool,
    /// argon2id, in PHC form.
    #[sea_orm(column_type = "Text")]
    pub password_hash: String,
    pub created_at: Timestamp,
    /// When a console of theirs was last seen open; kept now and then.
    pub last_here_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
