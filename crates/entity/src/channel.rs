//! Configured connections to providers.

use domain::channel::ChannelKind;
use domain::id::{ChannelId, FlowId, TeamId};
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channels")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChannelId,
    pub kind: ChannelKind,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    pub team: Option<TeamId>,
    pub flow: Option<FlowId>,
    #[sea_orm(column_type = "Text")]
    pub bot_name: Option<String>,
    pub expires_after_millis: Option<i64>,
    pub feedback_on_resolve: bool,
    /// As JSON.
    #[sea_orm(column_type = "Text")]
    pub feedback_template: Option<String>,
    pub paused: bool,
    /// The provider settings, sealed.
    #[sea_orm(column_type = "Text")]
    pub settings: String,
    pub created_at: Timestamp,
    pub last_webhook_at: Option<Timestamp>,
    pub last_sent_at: Option<Timestamp>,
    #[sea_orm(column_type = "Text")]
    pub last_error: Option<String>,
    /// A process renews the access token until then.
    pub renewing_until: Option<Timestamp>,
    /// When the access token in the settings was got by renewing another.
    pub renewed_at: Option<Timestamp>,
    /// What was sent of each budget, as JSON.
    #[sea_orm(column_type = "Text")]
    pub spent: Option<String>,
    pub limited_until: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
