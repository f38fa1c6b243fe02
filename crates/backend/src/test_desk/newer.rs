//! What a newer version of the program beside this one writes, and this one cannot read.

use domain::id::{ChannelId, JobId, RoomId};
use entity::{entry, event, job, log_head};
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::clock::new_id;
use crate::error::Result;
use crate::log;
use crate::messages::rows as entries;
use crate::test_desk::TestDesk;
use crate::writer::{Command, Tx};

impl TestDesk {
    /// It has something new happen.
    pub async fn newer_version_tells(&self) {
        self.backend.run(Newer::Event).await.expect("a row of a test can be saved");
    }

    /// It keeps what stands in `room` in other words: `to` instead of `from`.
    pub async fn newer_version_rewrites(&self, room: RoomId, from: &str, to: &str) {
        let rewrite = Newer::Entries { room, from: from.into(), to: to.into() };
        self.backend.run(rewrite).await.expect("a row of a test can be saved");
    }

    /// It notes of a message that has not come something this one cannot read.
    pub async fn newer_version_marks(&self, channel: ChannelId, provider_id: &str) {
        let mark = Newer::Mark { channel, provider_id: provider_id.into() };
        self.backend.run(mark).await.expect("a row of a test can be saved");
    }

    /// It leaves work of a new kind.
    pub async fn newer_version_plans(&self) -> JobId {
        let id = new_id();
        self.backend.run(Newer::Job(id)).await.expect("a row of a test can be saved");
        id
    }
}

enum Newer {
    Event,
    Entries { room: RoomId, from: String, to: String },
    Job(JobId),
    Mark { channel: ChannelId, provider_id: String },
}

impl Command for Newer {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        match self {
            Self::Event => {
                let seq = i64::try_from(log::head(tx.db).await?).unwrap_or(i64::MAX) + 1;
                let row = event::ActiveModel {
                    seq: Set(seq),
                    at: Set(tx.now),
                    room: Set(None),
                    only: Set(None),
                    before: Set(None),
                    event: Set(format!(r#"{{"seq":{seq},"change":{{"teleported":{{}}}}}}"#)),
                };
                event::Entity::insert(row).exec_without_returning(tx.db).await?;
                log_head::Entity::update_many()
                    .col_expr(log_head::Column::Seq, Expr::value(seq))
                    .filter(log_head::Column::Id.eq(1))
                    .exec(tx.db)
                    .await?;
            }
            Self::Entries { room, from, to } => {
                let (from, to) = (from.as_str().into(), to.as_str().into());
                let renamed = Func::cust("replace").args([Expr::col(entry::Column::What), from, to]);
                entry::Entity::update_many()
                    .col_expr(entry::Column::What, renamed.into())
                    .filter(entry::Column::Room.eq(*room))
                    .exec(tx.db)
                    .await?;
            }
            Self::Mark { channel, provider_id } => {
                entries::keep_mark(tx.db, *channel, provider_id, r#"{"teleported":{}}"#).await?;
            }
            Self::Job(id) => {
                let row = job::ActiveModel {
                    id: Set(*id),
                    lane: Set("test".into()),
                    kind: Set("teleport".into()),
                    work: Set(r#"{"teleport":{}}"#.into()),
                    run_at: Set(tx.now),
                    attempts: Set(0),
                    leased_until: Set(None),
                    given_up_at: Set(None),
                    problem: Set(None),
                    created_at: Set(tx.now),
                    channel: Set(None),
                    counted_from: Set(None),
                };
                job::Entity::insert(row).exec_without_returning(tx.db).await?;
            }
        }
        Ok(())
    }
}
