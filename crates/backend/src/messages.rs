//! Messages and notes: said once, in order, and followed on their way.

pub(crate) mod rows;

use std::sync::Arc;

use domain::change::Change;
use domain::delivery::Delivery;
use domain::desk::entry_of;
use domain::id::{MessageId, PersonId, RoomId};
use domain::message::{Entry, What};
use domain::person::Person;
use domain::refused::Refused;
use domain::room;

use crate::backend::{Backend, active};
use crate::error::{Error, Result};
use crate::jobs::{Work, queue};
use crate::rooms::rows as room_rows;
use crate::writer::{Command, Tx};

/// Sends `text` to the customer. The caller made `id`: the same call again gives the same entry.
///
/// # Errors
/// As [`domain::room::reply`]; [`Refused::SentDifferently`] when `id` was used for other words.
pub async fn send(backend: &Backend, me: &Person, room: RoomId, id: MessageId, text: String) -> Result<Entry> {
    backend.run(Say { me: me.id, room, id, text, kind: Kind::Reply }).await
}

/// Adds a private note. The caller made `id`, as for [`send`].
///
/// # Errors
/// As [`domain::room::note`]; [`Refused::SentDifferently`] when `id` was used for other words.
pub async fn add_note(backend: &Backend, me: &Person, room: RoomId, id: MessageId, text: String) -> Result<Entry> {
    backend.run(Say { me: me.id, room, id, text, kind: Kind::Note }).await
}

enum Kind {
    Reply,
    Note,
}

struct Say {
    me: PersonId,
    room: RoomId,
    id: MessageId,
    text: String,
    kind: Kind,
}

impl Command for Say {
    type Output = Entry;

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Entry> {
        if let Some((room, entry)) = rows::find(tx.db, self.id).await? {
            return self.same(room, entry);
        }
        let mut room = room_rows::find(tx.db, self.room).await?.ok_or(Refused::NotFound)?;
        let directory = Arc::clone(&tx.directory);
        let me = active(&directory, self.me)?;
        let change = match self.kind {
            Kind::Reply => room::reply(&room, me, self.id, &self.text, &directory.policy, tx.now)?,
            Kind::Note => room::note(&room, me, self.id, &self.text, &directory.policy)?,
        };
        tx.change(&mut room, vec![change]).await?;
        tx.last_entry().ok_or_else(|| Error::World("a message left no entry".into()))
    }
}

impl Say {
    /// The answer to the same send again: what the first one left, if it really was the same.
    fn same(&self, room: RoomId, entry: Entry) -> Result<Entry> {
        let text = self.text.trim();
        let same = room == self.room
            && match (&entry.what, &self.kind) {
                (What::Message(message), Kind::Reply) => message.content.text() == text,
                (What::Note(note), Kind::Note) => note.text == text && note.by == self.me,
                _ => false,
            };
        if same { Ok(entry) } else { Err(Refused::SentDifferently.into()) }
    }
}

/// Sends a failed or unconfirmed message again, because a person asked for it.
///
/// # Errors
/// The message is not one that may be retried, or one may not write in the room.
pub async fn retry(backend: &Backend, me: &Person, room: RoomId, id: MessageId) -> Result<()> {
    backend.run(Retry { me: me.id, room, id }).await
}

struct Retry {
    me: PersonId,
    room: RoomId,
    id: MessageId,
}

impl Command for Retry {
    type Output = ();

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let (room, entry) = rows::find(tx.db, self.id).await?.ok_or(Refused::NotFound)?;
        let mut card = room_rows::find(tx.db, room).await?.ok_or(Refused::NotFound)?;
        let directory = Arc::clone(&tx.directory);
        let me = active(&directory, self.me)?;
        room::may_retry(&card, me, &entry, &directory.policy, tx.now)?;
        if room != self.room {
            return Err(Refused::NotFound.into());
        }
        let change = Change::DeliveryChanged { message: self.id, delivery: Delivery::Waiting };
        tx.change(&mut card, vec![change]).await?;
        let now = tx.now;
        queue::add(tx, &Work::Deliver { room, message: self.id, sent_parts: 0 }, now).await
    }
}

/// Moves a message forward on its way, if `news` is news; late and repeated news changes nothing.
///
/// # Errors
/// The rows cannot be written.
pub(crate) async fn advance(tx: &mut Tx<'_>, room: RoomId, id: MessageId, news: Delivery) -> Result<bool> {
    let Some((_, entry)) = rows::find(tx.db, id).await? else { return Ok(false) };
    let What::Message(message) = entry.what else { return Ok(false) };
    if !message.delivery.as_ref().is_some_and(|known| known.accepts(&news)) {
        return Ok(false);
    }
    let mut card = room_rows::find(tx.db, room).await?.ok_or(Refused::NotFound)?;
    let follows = room::after_delivery(&card, &message, &news);
    let change = Change::DeliveryChanged { message: id, delivery: news };
    tx.change(&mut card, [change].into_iter().chain(follows).collect()).await?;
    Ok(true)
}

/// The entry that the last change of this command left.
impl Tx<'_> {
    pub(crate) fn last_entry(&self) -> Option<Entry> {
        self.last_event().and_then(entry_of)
    }
}
