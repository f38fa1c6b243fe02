//! What the commands of a batch are about, read with one statement for all instead of one for each.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::customer::Customer;
use domain::id::{ChannelId, CustomerId, MessageId};
use domain::room::Room;
use sea_orm::ConnectionTrait;

use crate::customers::rows as customers;
use crate::error::Result;
use crate::messages::rows as entries;
use crate::rooms::rows as rooms;

/// What a command is sure to read: the customer who writes, their room, and whether they said this before.
#[derive(Clone, Copy, Debug)]
pub struct Reads {
    pub channel: ChannelId,
    pub customer: CustomerId,
    pub message: MessageId,
}

/// What was read ahead, and what has become of it since.
#[derive(Default)]
pub(super) struct Known {
    customers: HashMap<CustomerId, Customer>,
    /// Nothing where the customer has no room yet.
    rooms: HashMap<(ChannelId, CustomerId), Option<Room>>,
    /// Messages that no transcript has.
    unsaid: HashSet<MessageId>,
}

impl Known {
    /// Reads for the commands that say `reads`.
    pub async fn read(db: &impl ConnectionTrait, reads: &[Reads]) -> Result<Self> {
        let mut of_channels: BTreeMap<ChannelId, BTreeSet<CustomerId>> = BTreeMap::new();
        for read in reads {
            of_channels.entry(read.channel).or_default().insert(read.customer);
        }
        let mut known = Self::default();
        let named = customers::list(db, of_channels.values().flatten().copied()).await?;
        known.customers = named.into_iter().map(|customer| (customer.id, customer)).collect();
        for (channel, customers) in of_channels {
            known.rooms.extend(customers.iter().map(|customer| ((channel, *customer), None)));
            for room in rooms::list_of_customers(db, channel, customers).await? {
                known.note(&room);
            }
        }
        known.unsaid = reads.iter().map(|read| read.message).collect();
        for said in entries::list_said(db, known.unsaid.iter().copied()).await? {
            known.unsaid.remove(&said);
        }
        Ok(known)
    }

    pub fn customer(&self, id: CustomerId) -> Option<&Customer> {
        self.customers.get(&id)
    }

    /// `None` when it was not read, `Some(None)` when there is no such room.
    pub fn room_of(&self, channel: ChannelId, customer: CustomerId) -> Option<&Option<Room>> {
        self.rooms.get(&(channel, customer))
    }

    pub fn is_unsaid(&self, message: MessageId) -> bool {
        self.unsaid.contains(&message)
    }

    /// The room is like this now.
    pub fn note(&mut self, room: &Room) {
        if let Some(known) = self.rooms.get_mut(&(room.channel, room.customer)) {
            *known = Some(room.clone());
        }
    }

    /// A transcript has the message now.
    pub fn note_said(&mut self, message: MessageId) {
        self.unsaid.remove(&message);
    }
}
