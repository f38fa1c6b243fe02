//! Episodes follow what happens to their room.

use domain::change::Change;
use domain::episode::{Episode, OpenedBy, Outcome};
use domain::id::RoomId;
use domain::message::Author;
use domain::room::{Room, State};
use entity::episode::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::error::Result;
use crate::writer::Tx;

/// Writes what `change`, which made `read` into `room`, says of an episode.
pub(crate) async fn follow(tx: &Tx<'_>, read: &Room, room: &Room, change: &Change) -> Result<()> {
    let blank = ActiveModel { id: Set(room.episode), ..Default::default() };
    let row = match change {
        Change::EpisodeOpened { by, .. } => return open(tx, room, *by).await,
        Change::ReopenedAnew { .. } => return open(tx, room, OpenedBy::Agent).await,
        Change::MessageAdded(message) => {
            if matches!(message.author, Author::Person(_)) && read.waiting_since.is_some() {
                note_first_reply(tx, room).await?;
            }
            return Ok(());
        }
        Change::Entered { .. } | Change::Assigned { .. } => ActiveModel { agent: Set(room.agent()), ..blank },
        Change::HandedOff { .. } | Change::ReturnedToQueue { .. } => ActiveModel { team: Set(room.team), ..blank },
        Change::MarkedCritical { .. } => ActiveModel { was_critical: Set(true), ..blank },
        Change::Closed { outcome, by, comment, .. } => ActiveModel {
            closed_at: Set(Some(tx.now)),
            outcome: Set(Some(*outcome)),
            closed_by: Set(Some(*by)),
            comment: Set(comment.clone()),
            ..blank
        },
        Change::Ended => ActiveModel { closed_at: Set(Some(tx.now)), outcome: Set(Some(Outcome::Resolved)), ..blank },
        Change::Expired { unanswered } => ActiveModel {
            closed_at: Set(Some(tx.now)),
            outcome: Set(Some(Outcome::Expired)),
            unanswered: Set(*unanswered),
            ..blank
        },
        Change::OutcomeCorrected { outcome, .. } => ActiveModel { outcome: Set(Some(*outcome)), ..blank },
        Change::Reopened { .. } | Change::Undone { .. } => again(room, blank),
        Change::FeedbackGiven { score, comment, .. } => ActiveModel {
            feedback_score: Set(Some(i32::from(*score))),
            feedback_comment: Set(comment.clone()),
            ..blank
        },
        _ => return Ok(()),
    };
    row.update(tx.db).await?;
    Ok(())
}

/// The episode goes on: as if it had not been closed.
fn again(room: &Room, row: ActiveModel) -> ActiveModel {
    if matches!(room.state, State::Archived { .. }) {
        return row;
    }
    ActiveModel {
        agent: Set(room.agent()),
        closed_at: Set(None),
        outcome: Set(None),
        closed_by: Set(None),
        comment: Set(None),
        was_critical: Set(room.critical),
        ..row
    }
}

async fn open(tx: &Tx<'_>, room: &Room, opened_by: OpenedBy) -> Result<()> {
    let row = ActiveModel {
        id: Set(room.episode),
        room: Set(room.id),
        number: Set(i32::try_from(room.episode_number).unwrap_or(i32::MAX)),
        opened_at: Set(tx.now),
        opened_by: Set(opened_by),
        agent: Set(room.agent()),
        team: Set(room.team),
        first_human_reply_at: Set(None),
        closed_at: Set(None),
        outcome: Set(None),
        unanswered: Set(false),
        closed_by: Set(None),
        comment: Set(None),
        was_critical: Set(false),
        feedback_score: Set(None),
        feedback_comment: Set(None),
    };
    Entity::insert(row).exec_without_returning(tx.db).await?;
    Ok(())
}

async fn note_first_reply(tx: &Tx<'_>, room: &Room) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::FirstHumanReplyAt, Expr::value(tx.now.0))
        .filter(Column::Id.eq(room.episode))
        .filter(Expr::col(Column::FirstHumanReplyAt).is_null())
        .exec(tx.db)
        .await?;
    Ok(())
}

/// A room's last episodes, newest first.
pub(crate) async fn list(db: &impl ConnectionTrait, room: RoomId) -> Result<Vec<Episode>> {
    let rows = Entity::find().filter(Column::Room.eq(room)).order_by_desc(Column::Number).limit(20).all(db).await?;
    Ok(rows.into_iter().map(to_episode).collect())
}

fn to_episode(row: Model) -> Episode {
    Episode {
        id: row.id,
        number: u32::try_from(row.number).unwrap_or(0),
        opened_at: row.opened_at,
        opened_by: row.opened_by,
        agent: row.agent,
        team: row.team,
        first_human_reply_at: row.first_human_reply_at,
        closed_at: row.closed_at,
        outcome: row.outcome,
        unanswered: row.unanswered,
        closed_by: row.closed_by,
        comment: row.comment,
        was_critical: row.was_critical,
        feedback_score: row.feedback_score.and_then(|score| u8::try_from(score).ok()),
        feedback_comment: row.feedback_comment,
    }
}
