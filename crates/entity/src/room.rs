//! Rooms: where they are, who answers, and what a list shows of them.

use domain::channel::ChannelKind;
use domain::episode::Outcome;
use domain::id::{ChannelId, ContactId, CustomerId, EpisodeId, FileId, PersonId, RoomId, TeamId};
use domain::room::{LiveHandler, Section};
use domain::timestamp::Timestamp;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rooms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoomId,
    pub channel: ChannelId,
    pub kind: ChannelKind,
    pub customer: CustomerId,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    pub picture: Option<FileId>,
    pub contact: Option<ContactId>,
    pub opted_out: bool,
    /// As the customer's row has it, in the same transaction.
    pub blocked: bool,
    pub section: Section,
    /// Set in Live rooms only.
    pub handler: Option<LiveHandler>,
    /// Who holds it, or held it when it was archived.
    pub agent: Option<PersonId>,
    /// Since when it is assigned or archived.
    pub since: Option<Timestamp>,
    /// Set in archived rooms only.
    pub outcome: Option<Outcome>,
    pub unanswered: bool,
    pub closed_by: Option<PersonId>,
    pub critical: bool,
    pub team: Option<TeamId>,
    /// Person ids as a JSON list; `participant` has them as rows.
    #[sea_orm(column_type = "Text")]
    pub participants: String,
    pub episode: EpisodeId,
    pub episode_number: i32,
    pub episode_opened_at: Timestamp,
    /// Compare-and-set guard.
    pub version: i64,
    pub handler_epoch: i32,
    pub last_position: i32,
    /// As JSON.
    #[sea_orm(column_type = "Text")]
    pub preview: Option<String>,
    pub last_message_at: Timestamp,
    pub last_customer_at: Option<Timestamp>,
    pub waiting_since: Option<Timestamp>,
    /// `waiting_since`, or the largest number: the sort key of "longest wait".
    pub waiting_key: i64,
    pub addressed_at: Timestamp,
    pub expires_after_millis: Option<i64>,
    /// What the sweeper asks.
    pub expires_at: Option<Timestamp>,
    pub snoozed_until: Option<Timestamp>,
    pub returned_by: Option<PersonId>,
    /// Who asked for it and waits for the answer.
    pub take_over_by: Option<PersonId>,
    pub take_over_at: Option<Timestamp>,
    pub restore_pending: Option<PersonId>,
    pub restored_by: Option<PersonId>,
    pub customer_messages: i32,
    /// Those of earlier episodes.
    pub earlier_messages: i32,
    /// The room before its last status change, as JSON, while that can be undone.
    #[sea_orm(column_type = "Text")]
    pub undo: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
