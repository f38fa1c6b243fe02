//! The live hub: tells every browser what it may see, in order, and knows who is looking and writing right now.
//!
//! Nothing here touches the database except a browser that resumes, which reads what it missed from the log, and one that
//! says it shows a room of which this process has not heard yet.

mod joined;
mod resume;
mod signs;
mod teller;
mod viewing;
mod visitors;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::change::Change;
use domain::desk::Taken;
use domain::id::{CustomerId, PersonId, RoomId, TeamId};
use domain::live::{Frame, Signal, Typist};
use domain::permission;
use domain::person::Role;
use domain::room::{Room, Scope, Section};
use tokio::sync::{Notify, mpsc};

use crate::directory::{Directory, Shared};
use crate::log::Told;

pub(crate) use joined::Joined;
pub use resume::Subscription;
pub(crate) use signs::Sign;
pub(crate) use teller::{LOOK, Teller};
pub use visitors::{VisitorNews, VisitorSubscription};

/// How many frames may wait for one browser. One that is slower is cut off and resumes by `seq`.
const QUEUE: usize = 256;

/// How many rooms the hub remembers the scope of, to know who may hear typing.
const REMEMBERED: usize = 20_000;

/// A colleague who typed this recently is still writing.
const COMPOSING: Duration = Duration::from_secs(120);

/// A frame on its way to one browser. Frames of the moment have `seq` 0.
#[derive(Clone, Debug)]
pub struct Item {
    pub seq: u64,
    pub text: Arc<str>,
}

/// The door to the hub.
#[derive(Clone)]
pub struct Hub {
    state: Arc<Mutex<State>>,
    head: Arc<AtomicU64>,
    directory: Arc<Shared>,
    pub(crate) counts_changed: Arc<Notify>,
    signs_noticed: Arc<Notify>,
}

#[derive(Default)]
struct State {
    next_viewer: u64,
    viewers: BTreeMap<u64, Viewer>,
    visitors: HashMap<CustomerId, Vec<(u64, mpsc::Sender<VisitorNews>)>>,
    rooms: HashMap<RoomId, (Scope, CustomerId)>,
    /// When a colleague last typed.
    composing: HashMap<RoomId, Instant>,
    stale_counts: HashSet<PersonId>,
    joined: HashMap<PersonId, Joined>,
    signs: BTreeSet<Sign>,
    /// Rooms at which others look than was told last.
    looked_at: BTreeSet<RoomId>,
    lookers_changed: Arc<Notify>,
}

/// One open socket of somebody who is signed in.
struct Viewer {
    person: PersonId,
    session: String,
    role: Role,
    teams: Vec<TeamId>,
    queue: mpsc::Sender<Item>,
    viewing: Option<RoomId>,
}

impl Hub {
    pub(crate) fn new(directory: Arc<Shared>) -> Self {
        let head = Arc::new(AtomicU64::new(0));
        Self { state: Arc::default(), head, directory, counts_changed: Arc::default(), signs_noticed: Arc::default() }
    }

    /// Everything up to this number has been put into the browsers' queues.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.head.load(Ordering::SeqCst)
    }

    pub(crate) fn set_head(&self, seq: u64) {
        self.head.fetch_max(seq, Ordering::SeqCst);
    }

    /// Who has a socket open: whom a message reaches at once.
    #[must_use]
    pub fn people_here(&self) -> BTreeSet<PersonId> {
        self.lock().viewers.values().map(|viewer| viewer.person).collect()
    }

    /// Tells committed events to everyone who may see them.
    pub(crate) fn tell(&self, told: Vec<Told>) {
        let Some(last) = told.last().map(|told| told.event.seq) else { return };
        let directory = self.directory.get();
        let mut state = self.lock();
        for told in &told {
            state.follow_joined(told);
            state.tell(told, &directory);
            self.notice_in(&mut state, told);
        }
        self.set_head(last);
        if !state.stale_counts.is_empty() {
            self.counts_changed.notify_one();
        }
    }

    /// A browser says what it shows or that somebody types there.
    pub fn signal(&self, subscription: &Subscription, signal: Signal) {
        let directory = self.directory.get();
        let mut held = self.lock();
        let state = &mut *held;
        let Some(viewer) = state.viewers.get_mut(&subscription.id) else { return };
        let person = viewer.person;
        match signal {
            Signal::Viewing { room } => {
                let left = std::mem::replace(&mut viewer.viewing, room);
                for room in [left, room].into_iter().flatten() {
                    state.tell_viewing(room, &directory);
                }
                if let Some(room) = room {
                    self.notice(state, Sign::Reads { room, holder: person });
                }
            }
            Signal::Typing { room, on } => {
                let sees = viewer.sees_room(room, &state.rooms, &directory);
                if sees {
                    state.tell_typing(room, Typist::Person(person), on, &directory);
                }
                if sees && on {
                    self.notice(state, Sign::Writes { room, holder: person });
                }
            }
        }
    }

    /// Somebody who is not at a console types: the customer or the bot.
    pub fn typing(&self, room: &Room, who: Typist, on: bool) {
        self.remember(room.id, room.scope(), room.customer);
        self.lock().tell_typing(room.id, who, on, &self.directory.get());
    }

    /// Whether a colleague is writing in the room.
    pub(crate) fn is_composing(&self, room: RoomId) -> bool {
        self.lock().composing.get(&room).is_some_and(|at| at.elapsed() < COMPOSING)
    }

    /// Whether this process has heard of the room.
    fn knows(&self, room: RoomId) -> bool {
        self.lock().rooms.contains_key(&room)
    }

    /// Remembers what decides who may hear about a room. What an event told is newer than what was read meanwhile.
    pub(crate) fn remember(&self, room: RoomId, scope: Scope, customer: CustomerId) {
        let directory = self.directory.get();
        let mut state = self.lock();
        if !state.rooms.contains_key(&room) {
            state.remember(room, scope, customer);
            // Who said before that they look at it.
            state.tell_viewing(room, &directory);
        }
    }

    /// Ends the sockets of one session, or of all of a person's sessions when none is named.
    pub(crate) fn sign_out(&self, person: PersonId, session: Option<&str>) {
        self.end(|viewer| viewer.person == person && session.is_none_or(|session| viewer.session == session));
    }

    /// Ends the sockets of all of a person's sessions but the one that `kept` names.
    pub(crate) fn sign_out_others(&self, person: PersonId, kept: &str) {
        self.end(|viewer| viewer.person == person && viewer.session != kept);
    }

    /// Ends the sockets of the person's sessions that are not among `kept`.
    pub(crate) fn keep_sessions(&self, person: PersonId, kept: &BTreeSet<String>) {
        self.end(|viewer| viewer.person == person && !kept.contains(&viewer.session));
    }

    fn end(&self, is_over: impl Fn(&Viewer) -> bool) {
        let text = text_of(&Frame::SignedOut);
        let mut state = self.lock();
        for viewer in state.remove_viewers(is_over) {
            let _ = viewer.queue.try_send(Item { seq: 0, text: Arc::clone(&text) });
        }
    }

    /// Whose counts have to be told again; the list is emptied.
    pub(crate) fn take_stale_counts(&self) -> HashSet<PersonId> {
        std::mem::take(&mut self.lock().stale_counts)
    }

    /// Sends a frame of the moment to all of a person's sockets.
    pub(crate) fn send_to(&self, person: PersonId, frame: &Frame) {
        let text = text_of(frame);
        self.lock().send(|viewer| viewer.person == person, 0, &text);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn tell(&mut self, told: &Told, directory: &Directory) {
        let sees_other_rooms = match &told.event.change {
            Change::PersonChanged(person) => self.check_rights(person.id, directory),
            change => matches!(change, Change::PolicyChanged(_) | Change::Unread),
        };
        let Some(room) = &told.event.room else {
            let text = event_text(told);
            self.send(|_| true, told.event.seq, &text);
            if told.event.change == Change::Unread {
                // A customer's browser reads its room again when it comes back.
                self.visitors.clear();
            }
            if sees_other_rooms {
                self.look_again();
            }
            return;
        };
        let scope = room.scope();
        let moved = told.before.is_some() || matches!(told.event.change, Change::EpisodeOpened { .. });
        let mut event = None;
        let mut slow = Vec::new();
        for (id, viewer) in &self.viewers {
            let text = match sight(viewer, told, &scope, directory) {
                Sight::Sees => Arc::clone(event.get_or_insert_with(|| event_text(told))),
                Sight::Loses => text_of(&gone(viewer, told, room.id)),
                Sight::Nothing => continue,
            };
            if moved {
                self.stale_counts.insert(viewer.person);
            }
            if viewer.queue.try_send(Item { seq: told.event.seq, text }).is_err() {
                slow.push(*id);
            }
        }
        self.cut_off(&slow);
        self.tell_visitors(told, room.customer);
        self.remember(room.id, scope, room.customer);
        if moved {
            // Others may see it from now on, or no longer.
            self.look_changed(room.id);
        }
    }

    /// Somebody whose role or teams changed sees other rooms from now on: their browsers start over, and somebody
    /// deactivated is gone. False when nothing of it changed.
    fn check_rights(&mut self, person: PersonId, directory: &Directory) -> bool {
        let Some(now) = directory.people.get(&person) else { return false };
        let mut has_changed = false;
        let text = text_of(if now.active { &Frame::StartOver } else { &Frame::SignedOut });
        for viewer in self.viewers.values_mut().filter(|viewer| viewer.person == person) {
            if !now.active || viewer.role != now.role || viewer.teams != now.teams {
                let _ = viewer.queue.try_send(Item { seq: 0, text: Arc::clone(&text) });
                has_changed = true;
                viewer.role = now.role;
                viewer.teams.clone_from(&now.teams);
            }
        }
        if !now.active {
            self.remove_viewers(|viewer| viewer.person == person);
        }
        has_changed
    }

    fn tell_typing(&mut self, room: RoomId, who: Typist, on: bool, directory: &Directory) {
        let Some((scope, customer)) = self.rooms.get(&room).cloned() else { return };
        let text = text_of(&Frame::Typing { room, who, on });
        if on && matches!(who, Typist::Person(_)) {
            self.composing.retain(|_, at| at.elapsed() < COMPOSING);
            self.composing.insert(room, Instant::now());
        }
        let own = match who {
            Typist::Person(person) => Some(person),
            Typist::Customer | Typist::Bot => None,
        };
        self.send(|viewer| Some(viewer.person) != own && viewer.sees(&scope, directory), 0, &text);
        if who != Typist::Customer {
            self.tell_visitor(customer, &VisitorNews::Typing { who, on });
        }
    }

    fn send(&mut self, to: impl Fn(&Viewer) -> bool, seq: u64, text: &Arc<str>) {
        let mut slow = Vec::new();
        for (id, viewer) in self.viewers.iter().filter(|(_, viewer)| to(viewer)) {
            let item = Item { seq, text: Arc::clone(text) };
            // A frame of the moment is not worth a connection; an event is.
            if viewer.queue.try_send(item).is_err() && seq != 0 {
                slow.push(*id);
            }
        }
        self.cut_off(&slow);
    }

    /// Dropping the queue's sender closes the socket; the browser comes back and reads what it missed.
    fn cut_off(&mut self, slow: &[u64]) {
        for id in slow {
            self.remove_viewer(*id);
            metrics::counter!("switchboard_slow_readers_total").increment(1);
        }
    }

    fn remember(&mut self, room: RoomId, scope: Scope, customer: CustomerId) {
        if self.rooms.len() >= REMEMBERED && !self.rooms.contains_key(&room) {
            // Those at which somebody looks stay: that nobody does any more has to be told.
            let looked_at: HashSet<RoomId> = self.viewers.values().filter_map(|viewer| viewer.viewing).collect();
            self.rooms.retain(|room, _| looked_at.contains(room) || self.looked_at.contains(room));
        }
        self.rooms.insert(room, (scope, customer));
    }
}

impl Viewer {
    fn sees(&self, scope: &Scope, directory: &Directory) -> bool {
        directory.people.get(&self.person).is_some_and(|me| permission::may_see(me, &directory.policy, scope))
    }

    fn sees_room(&self, room: RoomId, known: &HashMap<RoomId, (Scope, CustomerId)>, directory: &Directory) -> bool {
        known.get(&room).is_some_and(|(scope, _)| self.sees(scope, directory))
    }
}

enum Sight {
    /// The room is visible after the change: the event, which carries the room whole, is for them.
    Sees,
    /// The change took the room out of their view.
    Loses,
    Nothing,
}

fn sight(viewer: &Viewer, told: &Told, scope: &Scope, directory: &Directory) -> Sight {
    if told.only.is_some_and(|person| person != viewer.person) {
        return Sight::Nothing;
    }
    if viewer.sees(scope, directory) {
        return Sight::Sees;
    }
    let saw = |before: &Scope| viewer.sees(before, directory) || has_looked_back(viewer, told, before, scope);
    if told.before.as_ref().is_some_and(saw) { Sight::Loses } else { Sight::Nothing }
}

/// Whether the viewer shows the room, and could only have been looking back at it: now that it is no longer archived, that
/// is over. Who claims to show a room that was never theirs to read hears no more than that.
fn has_looked_back(viewer: &Viewer, told: &Told, before: &Scope, after: &Scope) -> bool {
    let is_over = before.section == Section::Archived && after.section != Section::Archived;
    is_over && viewer.viewing.is_some() && viewer.viewing == told.event.room_id()
}

/// The room went out of this viewer's view; if they held it, they hear how.
fn gone(viewer: &Viewer, told: &Told, room: RoomId) -> Frame {
    let before = told.before.as_ref().filter(|before| before.section == Section::Assigned);
    let holder = before.and_then(|before| before.agent).filter(|holder| *holder == viewer.person);
    let taken = holder.and_then(|holder| Taken::from(holder, &told.event.change));
    Frame::Gone { seq: told.event.seq, room, taken }
}

fn event_text(told: &Told) -> Arc<str> {
    match &told.event.change {
        Change::Unread => text_of(&Frame::StartOver),
        _ => text_of(&Frame::Event((*told.event).clone())),
    }
}

fn text_of(frame: &Frame) -> Arc<str> {
    serde_json::to_string(frame).expect("frames have string keys only, so they always serialise").into()
}
