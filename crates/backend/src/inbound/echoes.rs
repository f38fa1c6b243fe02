//! What our side wrote, as the provider tells of it: in the provider's own app, or through us. Some providers tell of both,
//! and not always after they have answered the send.

use std::collections::BTreeSet;

use ::channels::identity::{Actor, ProviderId};
use ::channels::inbound::{InboundMessage, Through};
use ::channels::outbound::SendKey;
use ::channels::plan::{Limits, Share, shares};
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
use crate::messages::spots::Spot;
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
    spot: Option<Spot>,
    /// Whether none leaves after it.
    is_last: bool,
}

/// The part has left. Parts leave in their order, so the last one speaks for all.
async fn left(tx: &mut Tx<'_>, room: &Room, part: &Part, provider_id: &ProviderId) -> Result<()> {
    ours::is_called(tx, room, part.key, provider_id, part.spot).await?;
    if part.is_last {
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
        // What failed may have left once more.
        let place = |spot: Option<Spot>| spot.map_or(0, Spot::place);
        let has_left = known.iter().filter(|named| !named.has_failed).map(|named| place(named.spot));
        let has_left: BTreeSet<u16> = has_left.collect();
        let count = told.len();
        let unknown = (1..).zip(&told).filter(|(_, told)| !has_left.contains(&place(told.spot)));
        for (number, Told { key, spot, content }) in unknown {
            let part = Part { key: *key, spot: *spot, is_last: number == count };
            if says_the_same(content, echo) {
                return Ok(Some(part));
            }
            next = next.or(Some(part));
        }
    }
    Ok(next.filter(|_| through == Through::Us))
}

/// Which file or text of the message left with the key, or which files of an album that is one message there; `None` where it
/// is all of it.
pub(super) fn spot_of(limits: &Limits, message: &Message, key: SendKey) -> Option<Spot> {
    told(limits, message).into_iter().find(|told| told.key == key).and_then(|told| told.spot)
}

/// What the provider would tell of one file or text of a message.
struct Told {
    /// Of the request that carries it.
    key: SendKey,
    spot: Option<Spot>,
    content: Content,
}

/// What the provider would tell of the message, in the order in which it leaves.
fn told(limits: &Limits, message: &Message) -> Vec<Told> {
    let shares = shares(limits, message.id, &message.content).unwrap_or_default();
    let told = |Share { key, places, piece }: Share| {
        let spots = ours::spots(&piece, &places).into_iter().map(Some).chain(std::iter::repeat(None));
        piece.told().into_iter().zip(spots).map(move |(content, spot)| Told { key, spot, content })
    };
    shares.into_iter().flat_map(told).collect()
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
