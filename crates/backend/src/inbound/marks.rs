//! What became of words that stand there already. None of it opens a room or makes a bot answer.

use ::channels::files::FileRef;
use ::channels::identity::{Actor, ProviderId};
use domain::change::Change;
use domain::channel::Channel;
use domain::delivery::Delivery;
use domain::id::{MessageId, RoomId};
use domain::message::{Author, Content, Message, Reacting, What};
use domain::room::Room;

use crate::clock::new_id;
use crate::customers;
use crate::error::Result;
use crate::inbound::early::{self, Arrival, Early, Edit};
use crate::inbound::said;
use crate::messages::rows as entries;
use crate::messages::spots::Spot;
use crate::rooms::rows as room_rows;
use crate::writer::Tx;

/// What became of a message.
pub(super) enum Mark<'a> {
    /// With where the provider keeps the files of the content.
    Edited(&'a Content, &'a [FileRef]),
    Deleted,
    /// A sign of this side; `None` takes it away.
    Reacted(Reacting, Option<&'a str>),
}

/// What of a message an id of the provider's names.
#[derive(Clone, Copy)]
enum Named {
    Whole,
    /// One file of several, with the words of its own.
    File(u16),
    /// One file of several, with the words of the whole message beside it.
    Captioned(u16),
    /// The files from the first to the last, which are one message there.
    Together(u16, u16),
    /// A part of our words, which did not fit into one message there.
    Words,
}

impl<'a> Mark<'a> {
    pub fn of(edit: &'a Edit) -> Self {
        Self::Edited(&edit.content, &edit.files)
    }

    /// What waits for the message; a sign is for one that stands there.
    fn early(&self) -> Option<Early> {
        match self {
            Self::Edited(content, files) => {
                Some(Early::Edited(Edit { content: (*content).clone(), files: files.to_vec() }))
            }
            Self::Deleted => Some(Early::Deleted),
            Self::Reacted(..) => None,
        }
    }

    fn change(&self, message: &Message, named: Named) -> Change {
        let id = message.id;
        match (self, named) {
            (
                Self::Edited(Content::Files { text, .. } | Content::Text(text), _),
                Named::File(place) | Named::Captioned(place),
            ) => Change::MessageEdited { message: id, content: message.content.with_caption(place, text) },
            (Self::Edited(content, _), _) => {
                Change::MessageEdited { message: id, content: message.content.edited((*content).clone()) }
            }
            (Self::Deleted, Named::File(place)) => lost(id, message.content.without_part(place)),
            (Self::Deleted, Named::Together(first, last)) => lost(id, message.content.without_parts(first, last)),
            (Self::Deleted, Named::Captioned(place)) => lost(id, message.content.without_captioned_part(place)),
            (Self::Deleted, Named::Whole | Named::Words) => Change::MessageDeleted { message: id },
            (Self::Reacted(by, emoji), _) => Change::Reacted { message: id, by: *by, emoji: emoji.map(str::to_owned) },
        }
    }

    /// The mark in words, for one part of our words of several: where it stands among the others is not known any more.
    fn label_of_part(&self) -> Option<String> {
        match self {
            Self::Edited(content, _) => Some(format!("A part of a message was edited: {}", content.text())),
            Self::Deleted => Some("A part of a message was deleted".into()),
            // A sign is on the whole of it.
            Self::Reacted(..) => None,
        }
    }

    /// The mark in words, for a message we do not have; a sign that is taken from it says nothing.
    fn label(&self) -> Option<String> {
        Some(match self {
            Self::Edited(content, _) => format!("Edited by the customer: {}", content.text()),
            Self::Deleted => "A message was deleted by the customer".into(),
            Self::Reacted(Reacting::Customer, emoji) => format!("Reaction of the customer: {}", (*emoji)?),
            // Whoever left it knows.
            Self::Reacted(Reacting::OurSide, _) => return None,
        })
    }
}

/// A part of the message was taken back: this is left, if anything is.
fn lost(message: MessageId, left: Option<Content>) -> Change {
    match left {
        Some(content) => Change::PartDeleted { message, content },
        None => Change::MessageDeleted { message },
    }
}

/// The message `target` was changed, deleted or marked. `once` is the same for every repeat of this news. It happens to
/// the message itself, or to the file of it that `target` names; where it is one of several texts that our words became,
/// the news is shown in words. So it is where we do not have the message, and kept for when it comes.
pub(super) async fn mark(
    tx: &mut Tx<'_>,
    channel: &Channel,
    customer: &Actor,
    once: &str,
    target: &ProviderId,
    mark: Mark<'_>,
) -> Result<()> {
    let once = &entries::of_ours(once);
    let Some((room, message)) = entries::find_by_provider_id(tx.db, channel.id, &target.0).await? else {
        return mark_ahead(tx, channel, customer, once, target, &mark).await;
    };
    let Some((_, entry)) = entries::find(tx.db, message).await? else { return Ok(()) };
    let What::Message(message) = entry.what else { return Ok(()) };
    let named = named(tx, &message, target).await?;
    if let (Named::Words, Some(label)) = (named, mark.label_of_part()) {
        return add(tx, channel, customer, once, Content::Unsupported { label }, None).await.map(drop);
    }
    let is_blocked = customers::find(tx, channel.id, &customer.ids).await?.is_some_and(|customer| customer.blocked);
    if is_blocked || !entries::claim_provider_id(tx.db, channel.id, once, room, new_id()).await? {
        return Ok(());
    }
    happen(tx, room, &message, named, mark).await
}

/// The message has not come yet, or never will.
async fn mark_ahead(
    tx: &mut Tx<'_>,
    channel: &Channel,
    customer: &Actor,
    once: &str,
    target: &ProviderId,
    mark: &Mark<'_>,
) -> Result<()> {
    let Some(label) = mark.label() else { return Ok(()) };
    if entries::find_by_provider_id(tx.db, channel.id, once).await?.is_some() {
        return Ok(());
    }
    let shown = add(tx, channel, customer, once, Content::Unsupported { label }, None).await?;
    let Some(early) = mark.early() else { return Ok(()) };
    if shown.is_none() {
        entries::claim_unplaced(tx.db, channel.id, once).await?;
    }
    early::keep(tx, channel.id, target, &early).await
}

/// Has it happen to what the provider calls `target`, which stands in its room as `message`.
pub(super) async fn change(
    tx: &mut Tx<'_>,
    room: RoomId,
    message: MessageId,
    target: &ProviderId,
    mark: Mark<'_>,
) -> Result<()> {
    let Some((_, entry)) = entries::find(tx.db, message).await? else { return Ok(()) };
    let What::Message(message) = entry.what else { return Ok(()) };
    let named = named(tx, &message, target).await?;
    // The words that told of it when it came ahead are all there is to show.
    if matches!(named, Named::Words) {
        return Ok(());
    }
    happen(tx, room, &message, named, mark).await
}

async fn happen(tx: &mut Tx<'_>, room: RoomId, message: &Message, named: Named, mark: Mark<'_>) -> Result<()> {
    let Some(mut room) = room_rows::find(tx.db, room).await? else { return Ok(()) };
    let change = mark.change(message, named);
    if !message.would_take(&change) {
        return Ok(());
    }
    tx.change(&mut room, vec![change]).await?;
    match mark {
        Mark::Edited(_, files) if message.content.files().is_empty() => {
            said::fetch_later(tx, &room, message.id, 0, files).await
        }
        Mark::Edited(..) | Mark::Deleted | Mark::Reacted(..) => Ok(()),
    }
}

/// What of the message the provider calls so.
async fn named(tx: &Tx<'_>, message: &Message, target: &ProviderId) -> Result<Named> {
    let known = entries::list_provider_ids(tx.db, message.id).await?;
    let spot = known.into_iter().find(|named| named.id == target.0).and_then(|named| named.spot);
    let is_file = |place: u16| usize::from(place) < message.content.files().len();
    Ok(match spot {
        Some(Spot::Bare(place)) if is_file(place) => Named::File(place),
        Some(Spot::Captioned(place)) if is_file(place) => Named::Captioned(place),
        Some(Spot::Together(first, last)) => Named::Together(first, last),
        Some(Spot::Bare(_) | Spot::Captioned(_)) => Named::Words,
        None => Named::Whole,
    })
}

/// Adds what our side or the product says; gives where, when it was not there yet.
pub(super) async fn add(
    tx: &mut Tx<'_>,
    channel: &Channel,
    customer: &Actor,
    once: &str,
    content: Content,
    delivery: Option<Delivery>,
) -> Result<Option<(Room, MessageId)>> {
    let Some(customer) = customers::find(tx, channel.id, &customer.ids).await? else { return Ok(None) };
    let Some(mut room) = room_rows::find_of_customer(tx.db, channel.id, customer.id).await? else { return Ok(None) };
    if customer.blocked {
        return Ok(None);
    }
    let id = new_id();
    let edit = match early::claim(tx, channel.id, once, room.id, id).await? {
        Arrival::Over => return Ok(None),
        Arrival::New => None,
        Arrival::Edited(edit) => Some(edit),
    };
    let message = Message::new(id, Author::Switchboard, content, delivery);
    tx.change(&mut room, vec![Change::MessageAdded(message)]).await?;
    if let Some(edit) = edit {
        change(tx, room.id, id, &ProviderId(once.to_owned()), Mark::of(&edit)).await?;
    }
    Ok(Some((room, id)))
}
