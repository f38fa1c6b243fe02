//! What our side wrote, as the provider tells of it: in the provider's own app, or through us. Some providers tell of both,
//! and not always after they have answered the send.

use ::channels::identity::{Actor, ProviderId};
use ::channels::inbound::{InboundMessage, Through};
use ::channels::outbound::{Piece, SendKey};
use ::channels::plan::{Limits, pieces};
use domain::channel::Channel;
use domain::delivery::{Cause, Delay, Delivery};
use domain::message::{Content, Message, Place, What};
use domain::room::Room;

use crate::customers;
use crate::error::Result;
use crate::inbound::early::{self, Arrival};
use crate::inbound::marks::Mark;
use crate::inbound::{album, marks, ours, said};
use crate::messages;
use crate::messages::rows as entries;
use crate::rooms::rows as room_rows;
use crate::writer::Tx;

/// How far back a message may be whose own echo this is: it left just now.
const RECENT: u64 = 50;

/// Our side wrote. A thread that began in the provider's app is shown once the customer answers.
///
/// What left through us is known by its id once the provider has answered the send. An echo that is quicker than the
/// answer, and that the provider does not tell apart from what was written elsewhere, is taken for the oldest part on its
/// way that says exactly the same: whoever types the very same words elsewhere in that moment is not shown a second time.
/// To show such an echo would double ours whenever it is the quicker, which is far more often.
pub(super) async fn take(
    tx: &mut Tx<'_>,
    channel: &Channel,
    limits: &Limits,
    customer: &Actor,
    message: &InboundMessage,
    through: Through,
) -> Result<()> {
    let id = &message.id.0;
    if entries::find_by_provider_id(tx.db, channel.id, id).await?.is_some() {
        return Ok(());
    }
    let room = room_of(tx, channel, customer).await?;
    if let Some(room) = &room
        && let Some(ours) = on_its_way(tx, limits, room, &message.content, through).await?
    {
        return left(tx, room, &ours, &message.id).await;
    }
    if let Some(room) = room
        && let Some(begun) = album::find(tx, &room, message).await?
    {
        return grow(tx, room, &begun, message).await;
    }
    let added = marks::add(tx, channel, customer, id, message.content.clone(), Some(Delivery::Sent)).await?;
    match added {
        Some((room, id)) => {
            album::remember(tx, &room, id, message).await?;
            said::fetch_later(tx, &room, id, 0, &message.files).await
        }
        None => Ok(()),
    }
}

/// A later part of an album that our side sent elsewhere; the same part again is no second one.
async fn grow(tx: &mut Tx<'_>, mut room: Room, begun: &Message, part: &InboundMessage) -> Result<()> {
    match early::claim(tx, room.channel, &part.id.0, room.id, begun.id).await? {
        Arrival::Over => Ok(()),
        Arrival::New => album::join(tx, &mut room, begun, part).await,
        Arrival::Edited(edit) => {
            album::join(tx, &mut room, begun, part).await?;
            marks::change(tx, room.id, begun.id, &part.id, Mark::of(&edit)).await
        }
    }
}

/// The room of somebody who has one.
async fn room_of(tx: &Tx<'_>, channel: &Channel, customer: &Actor) -> Result<Option<Room>> {
    let Some(customer) = customers::find(tx, channel.id, &customer.ids).await? else { return Ok(None) };
    room_rows::find_of_customer(tx.db, channel.id, customer.id).await
}

/// A part of a message of ours, by its place among what it is at the provider.
struct Part {
    /// The request that carried it; that of an album carried several.
    key: SendKey,
    number: u16,
    count: u16,
}

/// The part has left. Parts leave in their order, so the last one speaks for all.
async fn left(tx: &mut Tx<'_>, room: &Room, part: &Part, provider_id: &ProviderId) -> Result<()> {
    let place = (part.count > 1).then_some(part.number);
    ours::is_called(tx, room, part.key, provider_id, place).await?;
    if part.number + 1 == part.count {
        messages::advance(tx, room.id, part.key.message, Delivery::Sent).await?;
    }
    Ok(())
}

/// The oldest part of a message of ours that says the same and of which nobody knows yet whether it left. Where the
/// provider says that it left through us, it may have changed the words.
async fn on_its_way(
    tx: &Tx<'_>,
    limits: &Limits,
    room: &Room,
    echo: &Content,
    through: Through,
) -> Result<Option<Part>> {
    if through == Through::Another {
        return Ok(None);
    }
    let mut next = None;
    for entry in entries::list_before(tx.db, room.id, room.last_position + 1, RECENT).await? {
        let What::Message(message) = entry.what else { continue };
        if !may_have_left(&message) {
            continue;
        }
        let told = told(limits, &message);
        let known = entries::list_provider_ids(tx.db, message.id).await?;
        let is_known = |number: u16| known.iter().any(|named| named.part.unwrap_or_default() == number);
        let count = u16::try_from(told.len()).unwrap_or(u16::MAX);
        for (number, (key, told)) in (0..count).zip(&told).filter(|(number, _)| !is_known(*number)) {
            let part = Part { key: *key, number, count };
            if says_the_same(told, echo) {
                return Ok(Some(part));
            }
            next = next.or(Some(part));
        }
    }
    Ok(next.filter(|_| through == Through::Us))
}

/// What the provider would tell of the message, in the order in which it leaves, each with the request that carries it.
fn told(limits: &Limits, message: &Message) -> Vec<(SendKey, Content)> {
    let pieces = pieces(limits, &message.content).unwrap_or_default();
    let parts = u16::try_from(pieces.len()).unwrap_or(u16::MAX);
    let keyed = |(part, piece): (u16, Piece)| {
        let key = SendKey { message: message.id, part, parts };
        piece.told().into_iter().map(move |told| (key, told))
    };
    (1..=parts).zip(pieces).flat_map(keyed).collect()
}

/// Whether a request may have carried it that is not answered yet, or was answered with an outage. What a channel holds back
/// has not left.
const fn may_have_left(message: &Message) -> bool {
    matches!(
        message.delivery,
        Some(Delivery::Waiting | Delivery::Unconfirmed | Delivery::Delayed(Delay { cause: Cause::Outage, .. }))
    )
}

/// Whether a provider that was sent `told` would tell of it as `echo`.
fn says_the_same(told: &Content, echo: &Content) -> bool {
    match (told, echo) {
        (Content::Text(told), Content::Text(echo)) => told.trim() == echo.trim(),
        (Content::Files { text: told, files }, Content::Files { text: echo, files: echoed }) => {
            told.trim() == echo.trim() && files.len() == echoed.len()
        }
        (Content::Place(told), Content::Place(echo)) => is_there(told, echo),
        _ => false,
    }
}

/// Providers round degrees, each in its own way.
const fn is_there(one: &Place, other: &Place) -> bool {
    const NEAR: u32 = 20;
    one.latitude_e6.abs_diff(other.latitude_e6) <= NEAR && one.longitude_e6.abs_diff(other.longitude_e6) <= NEAR
}
