//! A new conversation: with somebody who never wrote here, or whose last one is over.

use std::sync::Arc;

use ::channels::identity::{Actor, ExternalId};
use domain::channel::Channel;
use domain::id::{ChannelId, EpisodeId, MessageId, PersonId, RoomId};
use domain::message::Entry;
use domain::person::Person;
use domain::refused::Refused;
use domain::room::{Room, invite, may_send_any};
use domain::template::ChosenTemplate;

use super::{same, say};
use crate::backend::{Backend, active};
use crate::clock::new_id;
use crate::customers;
use crate::error::{Error, Result};
use crate::jobs::providers;
use crate::messages::rows as entries;
use crate::rooms::rows as room_rows;
use crate::writer::{Command, Tx};

/// Where the conversation is, and the template in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    pub room: RoomId,
    pub entry: Entry,
}

/// Sends a template to a phone number. The room waits, archived, until the customer answers; the answer brings it to
/// Live. The caller made `id`: the same call again gives the same entry.
///
/// # Errors
/// `me` may send no templates, the channel has none or does not know people by their number, the number is none, there
/// is a conversation with its owner already, or what [`super::send`] refuses.
pub async fn begin(
    backend: &Backend,
    me: &Person,
    channel: ChannelId,
    phone: &str,
    name: Option<String>,
    id: MessageId,
    chosen: ChosenTemplate,
) -> Result<Begun> {
    let no_phone = || Refused::invalid("phone number", "must have its country code, like +55 11 91234 5678");
    let adapter = providers::open(backend, channel).await?;
    let customer = adapter.and_then(|adapter| adapter.identity_of(phone)).ok_or_else(no_phone)?;
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let actor = Actor { ids: vec![customer], name, username: None, phone: Some(format!("+{digits}")) };
    backend.run(Begin { me: me.id, channel, actor, id, chosen, fresh: new_id(), room: new_id() }).await
}

struct Begin {
    me: PersonId,
    channel: ChannelId,
    actor: Actor,
    id: MessageId,
    chosen: ChosenTemplate,
    fresh: EpisodeId,
    room: RoomId,
}

impl Command for Begin {
    type Output = Begun;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Begun> {
        if let Some((room, entry)) = entries::find(tx.db, self.id).await? {
            return Ok(Begun { room, entry: same(true, entry, &self.chosen)? });
        }
        let directory = Arc::clone(&tx.directory);
        let channel = directory.channels.get(&self.channel).ok_or(Refused::NotFound)?;
        let me = active(&directory, self.me)?;
        // Before anything is said of whom they want to write to.
        may_send_any(me, &directory.policy)?;
        let ids: &[ExternalId] = &self.actor.ids;
        let known = customers::find(tx, channel.id, ids).await?;
        let room = match &known {
            Some(customer) => room_rows::find_of_customer(tx.db, channel.id, customer.id).await?,
            None => None,
        };
        let mut room = match room {
            Some(room) if room.is_archived() => room,
            Some(_) => return Err(Refused::Already { what: "going on: the customer has an open chat".into() }.into()),
            None => self.make(tx, channel, me).await?,
        };
        let entry = say(tx, &mut room, self.me, self.id, &self.chosen).await?;
        Ok(Begun { room: room.id, entry })
    }
}

impl Begin {
    async fn make(&self, tx: &mut Tx<'_>, channel: &Channel, me: &Person) -> Result<Room> {
        let customer = customers::find_or_make(tx, channel.id, &self.actor).await?;
        let mut room = Room::begin(self.room, channel, &customer, self.fresh, tx.now);
        if room.blocked {
            return Err(Refused::Blocked.into());
        }
        if room.opted_out {
            return Err(Refused::OptedOut.into());
        }
        let change = invite(&room, me, self.fresh)?;
        tx.change(&mut room, vec![change]).await?;
        room_rows::find(tx.db, room.id).await?.ok_or_else(|| Error::World("a room that was made is not there".into()))
    }
}
