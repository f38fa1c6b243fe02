//! A customer who is writing, as their provider tells: shown while it is fresh, and never written down.

use std::time::Duration;

use ::channels::identity::Actor;
use ::channels::inbound::{Inbound, InboundEvent};
use domain::id::ChannelId;
use domain::live::Typist;
use domain::timestamp::Timestamp;

use crate::backend::Backend;
use crate::customers::rows as customer_rows;
use crate::error::Result;
use crate::rooms::rows as room_rows;

/// What came longer ago is of a moment that has passed.
const FRESH: Duration = Duration::from_secs(10);

/// Who began or ended to write.
pub(super) struct Typing {
    customer: Actor,
    on: bool,
}

impl Typing {
    /// What `events` tell of it, if they came just now.
    pub fn among(events: &[InboundEvent], received_at: Timestamp, now: Timestamp) -> Vec<Self> {
        let is_fresh = now.since(received_at) < FRESH;
        let typing = events.iter().filter_map(|event| match &event.what {
            Inbound::Typing { customer, on } => Some(Self { customer: customer.clone(), on: *on }),
            _ => None,
        });
        typing.filter(|_| is_fresh).collect()
    }

    /// Shows it to whoever sees the room. Nobody is made a customer by it, and no room begins.
    pub async fn show(&self, backend: &Backend, channel: ChannelId) -> Result<()> {
        let db = &backend.store().read;
        let known = customer_rows::list_by_ids(db, channel, &self.customer.ids).await?;
        let Some(customer) = known.into_iter().find(|customer| !customer.blocked) else { return Ok(()) };
        if let Some(room) = room_rows::find_of_customer(db, channel, customer.id).await? {
            backend.hub().typing(&room, Typist::Customer, self.on);
        }
        Ok(())
    }
}
