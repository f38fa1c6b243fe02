//! Admins who are signing in at a provider, and what came of it. A row is kept until it expires, used or not.

use domain::id::{ChannelId, PersonId, SignInId};
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel_sign_ins")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SignInId,
    /// SHA-256 of the state that the browser carries, in hex.
    #[sea_orm(column_type = "Text", unique)]
    pub state_hash: String,
    /// Who began it, and may end it.
    pub person: PersonId,
    /// What it is for, sealed; nothing once it was used.
    #[sea_orm(column_type = "Text")]
    pub plan: Option<String>,
    /// The channel that has the tokens.
    pub channel: Option<ChannelId>,
    /// Why there are none, in words.
    #[sea_orm(column_type = "Text")]
    pub problem: Option<String>,
    pub expires_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
