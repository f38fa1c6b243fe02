//! Who looks at which room right now. Whoever looks at it as well hears of it at once, everybody else whose list may
//! show the room a moment later.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::id::{PersonId, RoomId};
use domain::live::{Frame, Signal};
use tokio::sync::Notify;

use crate::backend::Backend;
use crate::directory::Directory;
use crate::error::Result;
use crate::live::{Hub, Item, State, Subscription, Viewer, text_of};
use crate::rooms::rows;

/// Of so many rooms it is told at once who looks at them; of the rest the next time.
const AT_ONCE: usize = 64;

impl Backend {
    /// A browser says what it shows or that somebody types there. A room that this process has not heard of since it
    /// started is looked up, so that others hear of it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn hear(&self, subscription: &Subscription, signal: Signal) -> Result<()> {
        let unknown = signal.room().filter(|room| !self.hub().knows(*room));
        // Where the person looks no more is told also when nothing can be read.
        self.hub().signal(subscription, signal);
        if let Some(room) = unknown
            && let Some(found) = rows::find(&self.store().read, room).await?
        {
            self.hub().remember(room, found.scope(), found.customer);
        }
        Ok(())
    }
}

impl Hub {
    /// At which of the rooms that a browser may show colleagues look now, as frames.
    #[must_use]
    pub fn viewing(&self, subscription: &Subscription) -> Vec<Arc<str>> {
        let directory = self.directory.get();
        let state = self.lock();
        let Some(me) = state.viewers.get(&subscription.id) else { return Vec::new() };
        let mut looked_at: BTreeMap<RoomId, BTreeSet<PersonId>> = BTreeMap::new();
        for viewer in state.viewers.values().filter(|viewer| viewer.person != me.person) {
            let seen = |room: &RoomId| [me, viewer].iter().all(|one| one.sees_room(*room, &state.rooms, &directory));
            if let Some(room) = viewer.viewing.filter(seen) {
                looked_at.entry(room).or_default().insert(viewer.person);
            }
        }
        let frame = |(room, people): (_, BTreeSet<_>)| Frame::Viewing { room, people: people.into_iter().collect() };
        looked_at.into_iter().map(|looked| text_of(&frame(looked))).collect()
    }

    /// Is notified once others look at a room than was told.
    pub(crate) fn lookers_changed(&self) -> Arc<Notify> {
        Arc::clone(&self.lock().lookers_changed)
    }

    /// Tells everybody who may see them who looks at the rooms at which others look than was told last.
    pub fn tell_lookers(&self) {
        let directory = self.directory.get();
        let mut state = self.lock();
        for _ in 0..AT_ONCE {
            let Some(room) = state.looked_at.pop_first() else { return };
            state.tell_lookers(room, &directory);
        }
        state.lookers_changed.notify_one();
    }
}

impl State {
    /// Somebody came to the room or left it: whoever looks at it as well hears so at once.
    ///
    /// A browser may say that it shows any room: whoever does not see it neither counts nor hears who looks at it.
    pub(super) fn tell_viewing(&mut self, room: RoomId, directory: &Directory) {
        let people = self.lookers(room, directory);
        for person in people.clone() {
            let text = others(room, &people, person);
            self.send(|viewer| viewer.person == person && viewer.viewing == Some(room), 0, &text);
        }
        self.look_changed(room);
    }

    /// Who looks at the room has to be told again.
    pub(super) fn look_changed(&mut self, room: RoomId) {
        // Of a room that there is not, nobody hears.
        if self.rooms.contains_key(&room) {
            self.looked_at.insert(room);
            self.lookers_changed.notify_one();
        }
    }

    /// Others may see the rooms at which somebody looks: it has to be told again of all of them.
    pub(super) fn look_again(&mut self) {
        let looked_at: Vec<RoomId> = self.viewers.values().filter_map(|viewer| viewer.viewing).collect();
        looked_at.into_iter().for_each(|room| self.look_changed(room));
    }

    pub(super) fn remove_viewer(&mut self, id: u64) -> Option<Viewer> {
        let viewer = self.viewers.remove(&id)?;
        if let Some(room) = viewer.viewing {
            self.look_changed(room);
        }
        Some(viewer)
    }

    pub(super) fn remove_viewers(&mut self, goes: impl Fn(&Viewer) -> bool) -> Vec<Viewer> {
        let going: Vec<u64> = self.viewers.iter().filter(|(_, viewer)| goes(viewer)).map(|(id, _)| *id).collect();
        going.into_iter().filter_map(|id| self.remove_viewer(id)).collect()
    }

    fn lookers(&self, room: RoomId, directory: &Directory) -> BTreeSet<PersonId> {
        let looks = |viewer: &&Viewer| viewer.viewing == Some(room) && viewer.sees_room(room, &self.rooms, directory);
        self.viewers.values().filter(looks).map(|viewer| viewer.person).collect()
    }

    fn tell_lookers(&self, room: RoomId, directory: &Directory) {
        let people = self.lookers(room, directory);
        let everybody = text_of(&Frame::Viewing { room, people: people.iter().copied().collect() });
        for viewer in self.viewers.values().filter(|viewer| viewer.sees_room(room, &self.rooms, directory)) {
            let is_one = people.contains(&viewer.person);
            let text = if is_one { others(room, &people, viewer.person) } else { Arc::clone(&everybody) };
            // A browser that is too slow for what is of the moment hears the next of it.
            let _ = viewer.queue.try_send(Item { seq: 0, text });
        }
    }
}

/// Who looks at the room besides `person`.
fn others(room: RoomId, people: &BTreeSet<PersonId>, person: PersonId) -> Arc<str> {
    let others = people.iter().copied().filter(|other| *other != person).collect();
    text_of(&Frame::Viewing { room, people: others })
}
