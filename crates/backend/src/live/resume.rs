//! One browser's stream: what it missed, then what happens.

use std::collections::VecDeque;
use std::sync::Arc;

use domain::id::PersonId;
use domain::live::Frame;
use tokio::sync::mpsc;

use crate::backend::Backend;
use crate::counters;
use crate::error::{Error, Result};
use crate::live::{Hub, Item, QUEUE, Sight, Viewer, event_text, gone, sight, text_of};
use crate::log;

/// How many events are read from the log at a time.
const PAGE: u64 = 500;

/// A browser's place in the hub. Dropping it closes the place.
pub struct Subscription {
    pub(super) id: u64,
    hub: Hub,
    backlog: VecDeque<Item>,
    queue: mpsc::Receiver<Item>,
    /// Everything up to here was in the backlog.
    replayed: u64,
}

impl Backend {
    /// Opens a stream for `person` that begins after event `after`. What was missed ends with the counts and with who looks
    /// at which room, as they are now: those that were told meanwhile were of the moment.
    ///
    /// # Errors
    /// The person is gone, or the log cannot be read.
    pub async fn subscribe(&self, person: PersonId, session: &str, after: u64) -> Result<Subscription> {
        let mut subscription = self.resume(person, session, after).await?;
        let counts = self.counts(person).await?;
        subscription.backlog.push_back(Item { seq: 0, text: counts });
        let viewing = self.hub().viewing(&subscription);
        subscription.backlog.extend(viewing.into_iter().map(|text| Item { seq: 0, text }));
        Ok(subscription)
    }

    /// As [`Self::subscribe`], for whoever waits until there is news and asks for [`Self::counts`] then.
    ///
    /// # Errors
    /// The person is gone, or the log cannot be read.
    pub async fn resume(&self, person: PersonId, session: &str, after: u64) -> Result<Subscription> {
        // The place is taken before the log is read, so that nothing falls between.
        let mut subscription = self.hub().register(person, session)?;
        // The queue may hold something for whoever just came.
        self.jobs().notify_one();
        if log::can_resume(&self.store().read, after).await? {
            self.replay(&mut subscription, after).await?;
        } else {
            subscription.backlog.push_back(Item { seq: 0, text: text_of(&Frame::StartOver) });
        }
        let missed = self.directory().people.get(&person).and_then(|me| self.workshop().missed.take_for(me));
        subscription.backlog.extend(missed.map(|frame| Item { seq: 0, text: text_of(&frame) }));
        Ok(subscription)
    }

    /// How many rooms `person` may see in each section now, as a frame.
    ///
    /// # Errors
    /// The person is gone, or the counters cannot be read.
    pub async fn counts(&self, person: PersonId) -> Result<Arc<str>> {
        let directory = self.directory();
        let me = directory.people.get(&person).ok_or(Error::SignIn)?;
        self.look().await;
        Ok(text_of(&Frame::Counts(counters::of(self.store(), self.hub(), me, &directory.policy).await?)))
    }

    async fn replay(&self, subscription: &mut Subscription, after: u64) -> Result<()> {
        subscription.replayed = after;
        loop {
            let page = log::after(&self.store().read, subscription.replayed, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            let last = last.event.seq;
            let directory = self.directory();
            subscription.hub.with_viewer(subscription.id, |viewer| {
                for told in &page {
                    let seq = told.event.seq;
                    let text = match &told.event.room {
                        None => event_text(told),
                        Some(room) => match sight(viewer, told, &room.scope(), &directory) {
                            Sight::Sees => event_text(told),
                            Sight::Loses => text_of(&gone(viewer, told, room.id)),
                            Sight::Nothing => continue,
                        },
                    };
                    subscription.backlog.push_back(Item { seq, text });
                }
            });
            subscription.replayed = last;
        }
    }
}

impl Subscription {
    /// The next frame, as JSON. `None` when this place was closed: too slow, signed out, or shutting down.
    pub async fn next(&mut self) -> Option<Arc<str>> {
        if let Some(item) = self.backlog.pop_front() {
            return Some(item.text);
        }
        loop {
            let item = self.queue.recv().await?;
            if item.seq == 0 || item.seq > self.replayed {
                return Some(item.text);
            }
        }
    }

    /// What waits already, without waiting for more.
    pub fn take_waiting(&mut self) -> Vec<Arc<str>> {
        let mut waiting: Vec<_> = self.backlog.drain(..).map(|item| item.text).collect();
        while let Ok(item) = self.queue.try_recv() {
            if item.seq == 0 || item.seq > self.replayed {
                waiting.push(item.text);
            }
        }
        waiting
    }

    /// A heartbeat that is true once everything returned by [`Self::take_waiting`] afterwards has been sent.
    #[must_use]
    pub fn heartbeat(&self) -> Arc<str> {
        text_of(&Frame::Heartbeat { seq: self.hub.head() })
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let directory = self.hub.directory.get();
        let mut state = self.hub.lock();
        if let Some(room) = state.remove_viewer(self.id).and_then(|viewer| viewer.viewing) {
            state.tell_viewing(room, &directory);
        }
    }
}

impl Hub {
    fn register(&self, person: PersonId, session: &str) -> Result<Subscription> {
        let directory = self.directory.get();
        let known = directory.people.get(&person).filter(|person| person.active).ok_or(Error::SignIn)?;
        let (sender, queue) = mpsc::channel(QUEUE);
        let mut state = self.lock();
        state.next_viewer += 1;
        let id = state.next_viewer;
        let viewer = Viewer {
            person,
            session: session.into(),
            role: known.role,
            teams: known.teams.clone(),
            queue: sender,
            viewing: None,
        };
        state.viewers.insert(id, viewer);
        drop(state);
        Ok(Subscription { id, hub: self.clone(), backlog: VecDeque::new(), queue, replayed: 0 })
    }

    fn with_viewer(&self, id: u64, work: impl FnOnce(&Viewer)) {
        if let Some(viewer) = self.lock().viewers.get(&id) {
            work(viewer);
        }
    }
}
