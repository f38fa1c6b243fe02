//! Asking how it went, once the time to undo the status change is over.

use domain::change::Change;
use domain::delivery::Delivery;
use domain::feedback::{Way, choices, way};
use domain::id::{EpisodeId, FeedbackId, RoomId};
use domain::message::{Author, Content, Message};
use domain::refused::Refused;
use domain::room::Room;
use domain::template::SentTemplate;

use crate::backend::Backend;
use crate::clock::new_id;
use crate::error::{Error, Result};
use crate::feedback;
use crate::jobs::queue::{self, Lease};
use crate::jobs::runner::Failure;
use crate::rooms::rows as room_rows;
use crate::templates;
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
        let Some(mut room) = room_rows::find(tx.db, self.room).await? else { return Ok(()) };
        if !self.still_holds(&room) {
            return Ok(());
        }
        let template = match template(tx, &room).await {
            Ok(template) => template,
            Err(Error::Refused(refused)) => {
                tracing::info!(room = %room.id, "feedback was not asked: {refused}");
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let Some(id) = feedback::ask(tx.db, room.id, self.episode, tx.now).await? else { return Ok(()) };
        let question = match template {
            Some(template) => Content::Template(Box::new(template)),
            None => question(&room, id, &tx.directory.policy_in(room.team).feedback_question),
        };
        let delivery = Some(Delivery::first(room.kind));
        let message = Message::new(new_id(), Author::Switchboard, question, delivery);
        tx.change(&mut room, vec![Change::MessageAdded(message)]).await
    }
}

/// The template that asks, where the window is closed by now.
async fn template(tx: &Tx<'_>, room: &Room) -> Result<Option<SentTemplate>> {
    let channel = tx.directory.channels.get(&room.channel).ok_or(Refused::NotFound)?;
    match way(room, channel, tx.now)? {
        Way::Question => Ok(None),
        Way::Template(name) => templates::find_feedback(tx, channel.id, name).await.map(Some),
    }
}

impl Ask {
    /// Whether the room is still as the status change left it. One that was undone or followed by another took this
    /// job with it.
    fn still_holds(&self, room: &Room) -> bool {
        room.episode == self.episode && (room.critical || room.is_archived())
    }
}

fn question(room: &Room, id: FeedbackId, text: &str) -> Content {
    if room.kind.capabilities().feedback_form {
        Content::FeedbackRequest { id, text: text.into() }
    } else {
        Content::Choices { text: text.into(), choices: choices() }
    }
}
