//! Work that leaves the process, or waits for its time.

use domain::id::{ChannelId, JobId};
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    /// Jobs of one lane run one after the other, oldest first.
    #[sea_orm(column_type = "Text")]
    pub lane: String,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// What to do, as JSON.
    #[sea_orm(column_type = "Text")]
    pub work: String,
    pub run_at: Timestamp,
    pub attempts: i32,
    /// A worker has it until then.
    pub leased_until: Option<Timestamp>,
    /// Nobody tries any more; an admin may.
    pub given_up_at: Option<Timestamp>,
    /// Why the last attempt failed.
    #[sea_orm(column_type = "Text")]
    pub problem: Option<String>,
    pub created_at: Timestamp,
    /// The channel whose provider it needs.
    pub channel: Option<ChannelId>,
    /// From when on its age counts: since it last waited for an admin. From `created_at` on where there is none.
    pub counted_from: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
