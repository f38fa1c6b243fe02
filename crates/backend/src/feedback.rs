//! Requests for feedback and their answers: asked once an episode, answered by form, by button or by a bare score.

use domain::change::Change;
use domain::feedback::score;
use domain::id::{EpisodeId, FeedbackId, RoomId};
use domain::message::Content;
use domain::policy::FEEDBACK_OPEN;
use domain::room::Room;
use domain::timestamp::Timestamp;
use entity::{episode, feedback};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::clock::new_id;
use crate::error::Result;
use crate::writer::Tx;

/// A request that was sent and may still be answered.
pub(crate) struct Request {
    pub id: FeedbackId,
    episode: EpisodeId,
    is_answered: bool,
}

/// What the customer says to a request.
pub(crate) struct Answer {
    pub request: Request,
    pub score: u8,
    pub comment: Option<String>,
}

/// Notes that the episode was asked; `None` when it had been before.
pub(crate) async fn ask(
    db: &impl ConnectionTrait,
    room: RoomId,
    episode: EpisodeId,
    now: Timestamp,
) -> Result<Option<FeedbackId>> {
    let id = new_id();
    let row = feedback::ActiveModel {
        id: Set(id),
        room: Set(room),
        episode: Set(episode),
        asked_at: Set(now),
        answered_at: Set(None),
        score: Set(None),
        comment: Set(None),
    };
    let asked = feedback::Entity::insert(row)
        .on_conflict(OnConflict::column(feedback::Column::Episode).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok((asked == 1).then_some(id))
}

/// The request `id` of the room, while it can be answered.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    room: RoomId,
    id: FeedbackId,
    now: Timestamp,
) -> Result<Option<Request>> {
    let row = feedback::Entity::find_by_id(id).filter(feedback::Column::Room.eq(room)).one(db).await?;
    Ok(row.filter(|row| is_open(row, now)).map(to_request))
}

/// What `content` answers, on a channel without a form: a button under the request, at any time while it is open; a
/// bare score only right after it, because later a "5" may mean anything.
pub(crate) async fn find_answer(
    db: &impl ConnectionTrait,
    room: &Room,
    content: &Content,
    now: Timestamp,
) -> Result<Option<Answer>> {
    let (score, is_button) = match content {
        Content::Picked { id, .. } if id.starts_with("feedback:") => (score(id), true),
        Content::Text(text) if room.is_archived() => (score(text), false),
        _ => return Ok(None),
    };
    let Some(score) = score else { return Ok(None) };
    let newest = feedback::Entity::find()
        .filter(feedback::Column::Room.eq(room.id))
        .order_by_desc(feedback::Column::AskedAt)
        .one(db)
        .await?;
    let request = newest.filter(|row| is_open(row, now)).map(to_request);
    let fits = |request: &Request| is_button || (request.episode == room.episode && !request.is_answered);
    Ok(request.filter(fits).map(|request| Answer { request, score, comment: None }))
}

impl Answer {
    /// What the transcript shows.
    pub(crate) fn to_content(&self) -> Content {
        Content::FeedbackAnswer { id: self.request.id, score: self.score, comment: self.comment.clone() }
    }

    /// Keeps the answer; a second one takes the place of the first. Gives what happens in the room besides the words:
    /// nothing when the answer is about an earlier episode than the present one.
    pub(crate) async fn keep(&self, tx: &Tx<'_>, room: &Room) -> Result<Option<Change>> {
        let (score, comment) = (Some(i32::from(self.score)), self.comment.clone());
        let row = feedback::ActiveModel {
            id: Set(self.request.id),
            answered_at: Set(Some(tx.now)),
            score: Set(score),
            comment: Set(comment.clone()),
            ..Default::default()
        };
        row.update(tx.db).await?;
        if self.request.episode == room.episode {
            let (id, score) = (self.request.id, self.score);
            return Ok(Some(Change::FeedbackGiven { id, score, comment }));
        }
        let row = episode::ActiveModel {
            id: Set(self.request.episode),
            feedback_score: Set(score),
            feedback_comment: Set(comment),
            ..Default::default()
        };
        row.update(tx.db).await?;
        Ok(None)
    }
}

fn is_open(row: &feedback::Model, now: Timestamp) -> bool {
    now.since(row.asked_at) < FEEDBACK_OPEN
}

fn to_request(row: feedback::Model) -> Request {
    Request { id: row.id, episode: row.episode, is_answered: row.answered_at.is_some() }
}
