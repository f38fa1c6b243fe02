//! What a customer said, on its way into their room.

use std::time::Duration;

use ::channels::files::FileRef;
use ::channels::identity::ProviderId;
use ::channels::inbound::Topic;
use domain::channel::Channel;
use domain::customer::Customer;
use domain::id::MessageId;
use domain::message::{About, Author, Content, Message};
use domain::person::Person;
use domain::room::{Room, customer_returns, customer_writes, sticks_to};
use domain::timestamp::Timestamp;

use crate::clock::new_id;
use crate::error::Result;
use crate::feedback::Answer;
use crate::jobs::{self, Work, queue};
use crate::messages::rows as entries;
use crate::presence;
use crate::writer::Tx;

/// What the customer said, and the request for feedback it answers, if it answers one.
pub(super) struct Words {
    pub id: MessageId,
    pub content: Content,
    pub about: Option<About>,
    pub answer: Option<Answer>,
    /// When it was said, by the provider's clock, if that tells.
    pub at: Option<Timestamp>,
}

/// The customer's room on the channel, or one that is about to begin.
pub(super) async fn room_of(tx: &Tx<'_>, channel: &Channel, customer: &Customer) -> Result<Room> {
    let room = tx.room_of(channel.id, customer.id).await?;
    Ok(room.unwrap_or_else(|| Room::begin(new_id(), channel, customer, new_id(), tx.now)))
}

/// Takes the words into the room, and what follows from them.
pub(super) async fn take(tx: &mut Tx<'_>, channel: &Channel, room: &mut Room, words: Words) -> Result<()> {
    let (content, given) = match words.answer {
        Some(answer) => (answer.to_content(), answer.keep(tx, room).await?),
        None => (words.content, None),
    };
    // No clock of others is ahead of ours.
    let late = words.at.map_or(Duration::ZERO, |at| tx.now.since(at));
    let late_seconds = u32::try_from(late.as_secs()).unwrap_or(u32::MAX);
    let message =
        Message { about: words.about, late_seconds, ..Message::new(words.id, Author::Customer, content, None) };
    let changes = match find_owner(tx, room).await? {
        Some((owner, held)) => customer_returns(room, channel, message, new_id(), &owner, held),
        None => customer_writes(room, channel, message, new_id()),
    };
    tx.change(room, changes.into_iter().chain(given).collect()).await
}

/// Whom the room sticks to, if they have a console open, with how many rooms they hold.
async fn find_owner(tx: &Tx<'_>, room: &Room) -> Result<Option<(Person, u16)>> {
    let owner = sticks_to(room, &tx.directory.policy, tx.now).and_then(|owner| tx.directory.people.get(&owner));
    let Some(owner) = owner else { return Ok(None) };
    if !presence::was_just_here(tx.db, owner.id, tx.now).await? {
        return Ok(None);
    }
    Ok(Some((owner.clone(), jobs::count_held(tx.db, owner, tx.now).await?)))
}

/// Has files of a message fetched from the provider, the first of which is its `first`th. The message does not wait for
/// them.
pub(super) async fn fetch_later(
    tx: &mut Tx<'_>,
    room: &Room,
    message: MessageId,
    first: u16,
    files: &[FileRef],
) -> Result<()> {
    for (place, file) in (first..).zip(files) {
        let work = Work::Fetch { channel: room.channel, room: room.id, message, place, file: file.clone() };
        queue::add_for_provider(tx, room.channel, &work).await?;
    }
    Ok(())
}

/// What a message is about: a message of the customer's room that we know, or what the provider says.
pub(super) async fn about(tx: &Tx<'_>, room: &Room, topic: &Topic) -> Result<About> {
    Ok(match topic {
        Topic::Message(ProviderId(id)) => {
            let known = entries::find_by_provider_id(tx.db, room.channel, id).await?;
            known.filter(|(place, _)| *place == room.id).map_or(About::Unknown, |(_, message)| About::Message(message))
        }
        Topic::Story { url } => About::Story { url: url.clone() },
        Topic::Product(product) => About::Product(product.clone()),
        Topic::Forwarded => About::Forwarded,
        Topic::CameFrom(words) => About::CameFrom(words.clone()),
        Topic::Standby => About::Standby,
    })
}
