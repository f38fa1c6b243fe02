//! How episodes end, and what is put right of it: status, undo, corrections (T9 to T12, T18).

use std::sync::Arc;

use domain::episode::Outcome;
use domain::feedback::{self, Way};
use domain::id::{PersonId, RoomId};
use domain::mention;
use domain::person::Person;
use domain::refused::Refused;
use domain::room::{self, Room, StatusUpdate};
use domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use crate::backend::{Backend, active};
use crate::error::Result;
use crate::rooms::{Facts, decide, going_on, rows};
use crate::sweeper::expiry;
use crate::templates;
use crate::writer::{Command, Tx};

/// T9 to T12.
///
/// # Errors
/// As [`domain::room::update_status`] and [`domain::mention::check`]; or the template that would ask for feedback cannot be
/// sent any more.
pub async fn update_status(backend: &Backend, me: &Person, room: RoomId, update: StatusUpdate) -> Result<Room> {
    expiry::run(backend, UpdateStatus { me: me.id, room, update }).await
}

pub(super) struct UpdateStatus {
    pub me: PersonId,
    pub room: RoomId,
    pub update: StatusUpdate,
}

/// What makes a status change undoable.
#[derive(Serialize, Deserialize)]
struct Undo {
    by: PersonId,
    at: Timestamp,
    before: Room,
    /// Who was in the room by then without being one it could be given to: they come back into it.
    #[serde(default)]
    outsiders: Vec<PersonId>,
}

impl Command for UpdateStatus {
    type Output = Room;

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Room> {
        let mut room = expiry::meet(tx, self.room).await?;
        let directory = Arc::clone(&tx.directory);
        let me = active(&directory, self.me)?;
        let channel = directory.channels.get(&room.channel).ok_or(Refused::NotFound)?;
        let change = room::update_status(&room, me, &self.update, channel, &directory.policy, tx.now)?;
        mention::check(&room, &change, &directory.people, &directory.policy, tx.now)?;
        if self.update.feedback
            && let Way::Template(template) = feedback::way(&room, channel, tx.now)?
        {
            // Whoever asks hears now that it cannot be sent, not an admin later.
            templates::find_feedback(tx, channel.id, template).await?;
        }
        // Words are not undone, and none is kept beside the transcript, where a deletion would not find it.
        let before = Room { preview: None, ..room.clone() };
        let outsiders = room::outsiders(&room, &directory.people);
        let undo = Undo { by: me.id, at: tx.now, before, outsiders };
        tx.change(&mut room, vec![change]).await?;
        rows::remember_undo(tx.db, self.room, &serde_json::to_string(&undo)?).await?;
        Ok(room)
    }
}

/// T18: takes one's last status change of the room back.
///
/// # Errors
/// As [`domain::room::undo`].
pub async fn undo(backend: &Backend, me: &Person, room: RoomId) -> Result<Room> {
    backend.run(UndoStatus { me: me.id, room }).await
}

pub(super) struct UndoStatus {
    pub me: PersonId,
    pub room: RoomId,
}

impl Command for UndoStatus {
    type Output = Room;

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Room> {
        let mut room = rows::find(tx.db, self.room).await?.ok_or(Refused::NotFound)?;
        let directory = Arc::clone(&tx.directory);
        let me = active(&directory, self.me)?;
        let undo = rows::find_undo(tx.db, self.room).await?.ok_or(Refused::TooLateToUndo)?;
        let undo: Undo = serde_json::from_str(&undo)?;
        if undo.by != me.id {
            return Err(Refused::TooLateToUndo.into());
        }
        let undone = room::undo(&room, me, &undo.before, undo.at, tx.now)?;
        let facts = Facts { directory: &directory, now: tx.now };
        let changes = going_on(&room, me, undone, &facts, &undo.outsiders);
        tx.change(&mut room, changes).await?;
        Ok(room)
    }
}

/// Puts the outcome of an archived episode right.
///
/// # Errors
/// As [`domain::room::correct_outcome`] and [`domain::mention::check`].
pub async fn correct_outcome(
    backend: &Backend,
    me: &Person,
    room: RoomId,
    outcome: Outcome,
    comment: Option<String>,
    reason: Option<String>,
) -> Result<Room> {
    decide(backend, me, room, move |room, me, facts| {
        let policy = &facts.directory.policy;
        let change = room::correct_outcome(room, me, outcome, comment.as_deref(), reason.as_deref(), policy)?;
        mention::check(room, &change, &facts.directory.people, &facts.directory.policy, facts.now)?;
        Ok(change)
    })
    .await
}
