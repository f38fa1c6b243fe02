//! Messages and notes: said once, in order, and followed on their way.

pub(crate) mod parts;
pub(crate) mod rows;
pub(crate) mod spots;

use std::sync::Arc;

use domain::change::Change;
use domain::channel::ChannelKind;
use domain::delivery::Delivery;
use domain::desk::entry_of;
use domain::id::{ChannelId, MessageId, PersonId, RoomId};
use domain::mention;
use domain::message::{Entry, NewMessage, Reply, What};
use domain::person::Person;
use domain::refused::Refused;
use domain::room::{self, Room};

use crate::backend::{Backend, active};
use crate::error::{Error, Result};
use crate::jobs::{Work, queue};
use crate::media;
use crate::rooms::rows as room_rows;
use crate::sweeper::expiry;
use crate::writer::{Command, Tx};

/// Sends `message` to the customer, with its files. The caller made `id`: the same call again gives the same entry.
///
/// # Errors
/// As [`domain::room::reply`] and [`Reply::check_files`]; [`Refused::SentDifferently`] when `id` was used for something
/// else; a file is gone, or another message has it.
pub async fn send(backend: &Backend, me: &Person, room: RoomId, id: MessageId, message: NewMessage) -> Result<Entry> {
    expiry::run(backend, Send { me: me.id, room, id, message }).await
}

/// Adds a private note. The caller made `id`, as for [`send`].
///
/// # Errors
/// As [`domain::room::note`] and [`domain::mention::check`]; [`Refused::SentDifferently`] when `id` was used for other words.
pub async fn add_note(backend: &Backend, me: &Person, room: RoomId, id: MessageId, text: String) -> Result<Entry> {
    expiry::run(backend, AddNote { me: me.id, room, id, text }).await
}

struct Send {
    me: PersonId,
    room: RoomId,
    id: MessageId,
    message: NewMessage,
}

impl Command for Send {
    type Output = Entry;

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Entry> {
        let mut room = expiry::meet(tx, self.room).await?;
        if let Some((place, entry)) = rows::find(tx.db, self.id).await? {
            let reply = self.check(tx, &room).await?;
            let says_it = matches!(&entry.what, What::Message(message) if reply.is_said_by(message));
            return if place == room.id && says_it { Ok(entry) } else { Err(Refused::SentDifferently.into()) };
        }
        let directory = Arc::clone(&tx.directory);
        let me = active(&directory, self.me)?;
        // Before anything is said of the words: a room that is not theirs tells nothing.
        room::may_reply(&room, me, &directory.policy, tx.now)?;
        let reply = self.check(tx, &room).await?;
        let change = room::reply(&room, me, self.id, reply, &directory.policy, tx.now)?;
        media::attach_all(tx, room.id, &self.message.files).await?;
        tx.change(&mut room, vec![change]).await?;
        tx.last_entry().ok_or_else(|| Error::World("a message left no entry".into()))
    }
}

impl Send {
    /// What is to be said, once it passed every rule about it.
    async fn check(&self, tx: &Tx<'_>, room: &Room) -> Result<Reply> {
        let NewMessage { text, files, reply_to } = &self.message;
        let reply = Reply::check_files(room.kind, text, media::attachments(tx.db, files).await?)?;
        let Some(answered) = reply_to else { return Ok(reply) };
        check_answered(tx, room.id, *answered).await?;
        Ok(reply.answering(room.kind, *answered)?)
    }
}

/// Whether `answered` is a message of `room`: only such a one can be named as the one that another answers.
///
/// # Errors
/// It is not, or the rows cannot be read.
pub(crate) async fn check_answered(tx: &Tx<'_>, room: RoomId, answered: MessageId) -> Result<()> {
    let known = rows::find(tx.db, answered).await?.filter(|(place, _)| *place == room);
    if matches!(known, Some((_, Entry { what: What::Message(_), .. }))) {
        Ok(())
    } else {
        Err(Refused::invalid("answer", "must be to a message of this chat").into())
    }
}

struct AddNote {
    me: PersonId,
    room: RoomId,
    id: MessageId,
    text: String,
}

impl Command for AddNote {
    type Output = Entry;

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Entry> {
        if let Some((room, entry)) = rows::find(tx.db, self.id).await? {
            let says_it =
                matches!(&entry.what, What::Note(note) if note.text == self.text.trim() && note.by == self.me);
            return if room == self.room && says_it { Ok(entry) } else { Err(Refused::SentDifferently.into()) };
        }
        let mut room = expiry::meet(tx, self.room).await?;
        let directory = Arc::clone(&tx.directory);
        let me = active(&directory, self.me)?;
        let change = room::note(&room, me, self.id, &self.text, &directory.policy)?;
        mention::check(&room, &change, &directory.people, &directory.policy, tx.now)?;
        tx.change(&mut room, vec![change]).await?;
        tx.last_entry().ok_or_else(|| Error::World("a note left no entry".into()))
    }
}

/// Puts a sign on a message of the customer's, or takes it away. The screens show it at once, the customer soon after.
///
/// # Errors
/// As [`domain::room::react`].
pub async fn react(backend: &Backend, me: &Person, room: RoomId, id: MessageId, emoji: Option<String>) -> Result<()> {
    expiry::run(backend, React { me: me.id, room, id, emoji }).await
}

struct React {
    me: PersonId,
    room: RoomId,
    id: MessageId,
    emoji: Option<String>,
}

impl Command for React {
    type Output = ();

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let (place, entry) = rows::find(tx.db, self.id).await?.ok_or(Refused::NotFound)?;
        let mut room = expiry::meet(tx, self.room).await?;
        let What::Message(message) = entry.what else { return Err(Refused::NotFound.into()) };
        let directory = Arc::clone(&tx.directory);
        let me = active(&directory, self.me)?;
        let change = room::react(&room, me, &message, self.emoji.clone(), &directory.policy, tx.now)?;
        if place != room.id {
            return Err(Refused::NotFound.into());
        }
        if !message.would_take(&change) {
            return Ok(());
        }
        tx.change(&mut room, vec![change]).await?;
        // A visitor's browser hears of it as any other does.
        if room.kind == ChannelKind::Web {
            return Ok(());
        }
        let work = Work::React { room: room.id, message: self.id, emoji: self.emoji.clone() };
        queue::add_for_provider(tx, room.channel, &work).await
    }
}

/// Sends what of a failed or unconfirmed message did not arrive again, because a person asked for it: parts of it that
/// have left stay where they are.
///
/// # Errors
/// The message is not one that may be retried, or one may not write in the room.
pub async fn retry(backend: &Backend, me: &Person, room: RoomId, id: MessageId) -> Result<()> {
    expiry::run(backend, Retry { me: me.id, room, id }).await
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
        let mut card = expiry::meet(tx, room).await?;
        let directory = Arc::clone(&tx.directory);
        let me = active(&directory, self.me)?;
        room::may_retry(&card, me, &entry, &directory.policy, tx.now)?;
        if room != self.room {
            return Err(Refused::NotFound.into());
        }
        let change = Change::DeliveryChanged { message: self.id, delivery: Delivery::Waiting };
        tx.change(&mut card, vec![change]).await?;
        let deliver = Work::Deliver { room, message: self.id, sent_parts: 0, asked: true, faltered: 0 };
        queue::add_for_provider(tx, card.channel, &deliver).await
    }
}

/// Takes in what the provider tells of the message, or the part of one, that it calls `provider_id`; false when it names
/// none. A part that fails fails its message; anything else is news of the message once all its parts have left.
///
/// # Errors
/// The rows cannot be written.
pub(crate) async fn hear_of(tx: &mut Tx<'_>, channel: ChannelId, provider_id: &str, news: &Delivery) -> Result<bool> {
    let Some(named) = parts::find(tx.db, channel, provider_id).await? else { return Ok(false) };
    let (room, message) = (named.room, named.message);
    let Some(part) = named.part else {
        advance(tx, room, message, news.clone()).await?;
        return Ok(true);
    };
    let is_news = part.stage.accepts(news);
    if is_news {
        parts::set_stage(tx.db, channel, provider_id, news).await?;
    }
    let of_the_whole = match news {
        // Told once more, it may be of a part that was sent again since.
        Delivery::Failed { .. } => is_news.then(|| news.clone()),
        _ => Delivery::of_parts(part.parts, &parts::list(tx.db, message, part.parts).await?),
    };
    if let Some(news) = of_the_whole {
        advance(tx, room, message, news).await?;
    }
    Ok(true)
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

/// A message that failed is on its way once more, because an admin has its work tried again.
///
/// # Errors
/// The rows cannot be written.
pub(crate) async fn wait_again(tx: &mut Tx<'_>, id: MessageId) -> Result<()> {
    let Some((room, Entry { what: What::Message(message), .. })) = rows::find(tx.db, id).await? else { return Ok(()) };
    let Some(mut card) = room_rows::find(tx.db, room).await? else { return Ok(()) };
    if !matches!(message.delivery, Some(Delivery::Failed { .. })) {
        return Ok(());
    }
    let change = Change::DeliveryChanged { message: id, delivery: Delivery::Waiting };
    tx.change(&mut card, vec![change]).await
}

/// The entry that the last change of this command left.
impl Tx<'_> {
    pub(crate) fn last_entry(&self) -> Option<Entry> {
        self.last_event().and_then(entry_of)
    }
}
