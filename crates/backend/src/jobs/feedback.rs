//! Asking how it went, once the time to undo the closing is over.

use domain::change::Change;
use domain::delivery::Delivery;
use domain::feedback::choices;
use domain::id::{EpisodeId, FeedbackId, RoomId};
use domain::message::{Author, Content, Message};
use domain::room::{Room, State};
use domain::timestamp::Timestamp;

use crate::backend::Backend;
use crate::clock::new_id;
use crate::error::Result;
use crate::feedback;
use crate::jobs::queue::{self, Lease};
use crate::jobs::runner::Failure;
use crate::rooms::rows as room_rows;
use crate::writer::{Command, Tx};

pub(super) async fn run(
    backend: &Backend,
    lease: &Lease,
    room: RoomId,
    episode: EpisodeId,
) -> std::result::Result<(), Failure> {
    Ok(backend.run(Ask { lease: lease.clone(), room, episode }).await?)
}

struct Ask {
    lease: Lease,
    room: RoomId,
    episode: EpisodeId,
}

impl Command for Ask {
    type Output = ();

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        if !queue::finish(tx, &self.lease).await? {
            return Ok(());
        }
        let found = room_rows::find(tx.db, self.room).await?;
        let Some(mut room) = found.filter(|room| self.is_still_closed(room)) else { return Ok(()) };
        if room.opted_out || !room.window(tx.now).is_open() {
            tracing::info!(room = %room.id, "feedback was not asked: the customer cannot be written to any more");
            return Ok(());
        }
        let Some(id) = feedback::ask(tx.db, room.id, self.episode, tx.now).await? else { return Ok(()) };
        let message = Message {
            id: new_id(),
            author: Author::Switchboard,
            content: question(&room, id, &tx.directory.policy.feedback_question),
            delivery: Some(Delivery::first(room.kind)),
        };
        tx.change(&mut room, vec![Change::MessageAdded(message)]).await
    }
}

impl Ask {
    /// Whether the very closing that asked for feedback holds: it was not undone, nor followed by another.
    fn is_still_closed(&self, room: &Room) -> bool {
        let closed_at: Option<Timestamp> = match room.state {
            State::Archived { at, .. } => Some(at),
            State::Live { .. } | State::Assigned { .. } => None,
        };
        room.episode == self.episode && closed_at == Some(self.lease.created_at)
    }
}

fn question(room: &Room, id: FeedbackId, text: &str) -> Content {
    if room.kind.capabilities().feedback_form {
        Content::FeedbackRequest { id, text: text.into() }
    } else {
        Content::Choices { text: text.into(), choices: choices() }
    }
}
