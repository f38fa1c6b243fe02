//! Customers in the web chat: what happens in their own room, and nothing else.

use std::sync::Arc;

use domain::change::Event;
use domain::id::CustomerId;
use domain::live::Typist;
use tokio::sync::mpsc;

use crate::live::{Hub, QUEUE, State};
use crate::log::Told;

/// What a customer's browser hears. The door that speaks to it leaves out what is ours alone.
#[derive(Clone, Debug)]
pub enum VisitorNews {
    Event(Arc<Event>),
    Typing {
        who: Typist,
        on: bool,
    },
    /// Somebody of ours has read everything up to here.
    Seen {
        position: u32,
    },
}

/// A customer's open chat. Dropping it closes the place.
pub struct VisitorSubscription {
    id: u64,
    customer: CustomerId,
    hub: Hub,
    queue: mpsc::Receiver<VisitorNews>,
}

impl Hub {
    /// Opens a stream of what happens in `customer`'s room from now on.
    #[must_use]
    pub fn subscribe_visitor(&self, customer: CustomerId) -> VisitorSubscription {
        let (sender, queue) = mpsc::channel(QUEUE);
        let mut state = self.lock();
        state.next_viewer += 1;
        let id = state.next_viewer;
        state.visitors.entry(customer).or_default().push((id, sender));
        drop(state);
        VisitorSubscription { id, customer, hub: self.clone(), queue }
    }

    /// Tells a customer that everything they wrote up to `position` was read.
    pub(crate) fn tell_seen(&self, customer: CustomerId, position: u32) {
        self.lock().tell_visitor(customer, &VisitorNews::Seen { position });
    }
}

impl VisitorSubscription {
    /// The next news; `None` when the browser was too slow and has to come back.
    pub async fn next(&mut self) -> Option<VisitorNews> {
        self.queue.recv().await
    }
}

impl Drop for VisitorSubscription {
    fn drop(&mut self) {
        let mut state = self.hub.lock();
        if let Some(places) = state.visitors.get_mut(&self.customer) {
            places.retain(|(id, _)| *id != self.id);
            if places.is_empty() {
                state.visitors.remove(&self.customer);
            }
        }
    }
}

impl State {
    pub(super) fn tell_visitors(&mut self, told: &Told, customer: CustomerId) {
        if told.only.is_none() {
            self.tell_visitor(customer, &VisitorNews::Event(Arc::clone(&told.event)));
        }
    }

    pub(super) fn tell_visitor(&mut self, customer: CustomerId, news: &VisitorNews) {
        let Some(places) = self.visitors.get_mut(&customer) else { return };
        let moment = matches!(news, VisitorNews::Typing { .. } | VisitorNews::Seen { .. });
        places.retain(|(_, queue)| queue.try_send(news.clone()).is_ok() || moment);
    }
}
