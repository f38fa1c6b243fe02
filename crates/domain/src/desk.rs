//! The browser's picture of everything this person may see, and the fold that keeps it true.
//!
//! Plain data: [`Desk::apply`] takes what the live socket tells and never asks anybody.

mod gathered;
mod held;
mod list;
mod looking_back;
mod mentions;
mod news;
mod proposal;
mod snapshot;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use crate::change::{Change, Event};
use crate::channel::Channel;
use crate::id::{ChannelId, MessageId, PersonId, RoomId, TeamId};
use crate::live::{Counts, Frame};
use crate::mention::Mention;
use crate::message::{Entry, Message, Note, What};
use crate::person::Person;
use crate::policy::Policy;
use crate::room::Room;
use crate::seen::Seen;
use crate::team::Team;
use crate::timestamp::Timestamp;
use proposal::{Ends, Proposal};
use snapshot::by_id;

pub use gathered::{Gather, Gathered};
pub use list::{Cursor, ListQuery, RoomList, Sort, Whose};
pub use news::{News, Taken};
pub use snapshot::{Page, RoomView, Snapshot, entry_of};

/// How many recent events are kept to bring a room up to date that was loaded while they arrived.
const RECENT: usize = 512;

/// What a frame asks the browser to do beyond redrawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing: the fold did it all.
    Draw,
    /// The open room has a hole: load it again.
    LoadRoom(RoomId),
    /// Load the desk again.
    StartOver,
    /// The session is over.
    SignIn,
}

/// A message or note of one's own that the server has not told back yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    pub room: RoomId,
    pub at: Timestamp,
    pub what: What,
    /// Why it did not go, in words; the draft's words are still here.
    pub problem: Option<String>,
}

impl Outgoing {
    /// The id of the message or note.
    #[must_use]
    pub fn id(&self) -> Option<MessageId> {
        self.what.message_id()
    }
}

/// Everything this person may see, as far as it is loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct Desk {
    pub me: Person,
    pub policy: Policy,
    pub people: BTreeMap<PersonId, Person>,
    pub teams: BTreeMap<TeamId, Team>,
    pub channels: BTreeMap<ChannelId, Channel>,
    pub counts: Counts,
    pub list: RoomList,
    pub open: Option<RoomView>,
    pub outbox: Vec<Outgoing>,
    /// The last `seq` that is in the picture; a reconnecting socket asks for what came after it.
    pub seq: u64,
    /// As they are shown: what the server told, and on top of it what is proposed.
    rooms: HashMap<RoomId, Room>,
    proposals: HashMap<RoomId, Proposal>,
    seen: HashMap<RoomId, Seen>,
    /// Where colleagues named this person since they looked there last.
    mentions: HashMap<RoomId, Mention>,
    /// Rooms that went out of view: a page that was read before they went does not bring them back.
    gone: HashSet<RoomId>,
    recent: VecDeque<Event>,
}

impl Desk {
    /// The desk as the server first gave it.
    #[must_use]
    pub fn new(snapshot: Snapshot) -> Self {
        let mut desk = Self {
            policy: snapshot.policy,
            people: by_id(snapshot.people, |person| person.id),
            teams: by_id(snapshot.teams, |team| team.id),
            channels: by_id(snapshot.channels, |channel| channel.id),
            counts: snapshot.counts,
            list: RoomList::new(snapshot.page.query.clone()),
            open: None,
            outbox: Vec::new(),
            seq: snapshot.seq,
            me: snapshot.me,
            rooms: HashMap::new(),
            proposals: HashMap::new(),
            seen: HashMap::new(),
            mentions: HashMap::new(),
            gone: HashSet::new(),
            recent: VecDeque::new(),
        };
        desk.add_page(snapshot.page);
        desk.mentions.extend(snapshot.mentions.into_iter().map(|mention| (mention.room, mention)));
        desk
    }

    /// The room, as far as it is loaded.
    #[must_use]
    pub fn room(&self, id: RoomId) -> Option<&Room> {
        self.rooms.get(&id)
    }

    /// The name of a person, also of one who has left.
    #[must_use]
    pub fn name_of(&self, person: PersonId) -> &str {
        self.people.get(&person).map_or("Somebody", |person| &person.name)
    }

    /// Takes a further page of the list. A page of another query than the present one is of no use and is dropped.
    pub fn add_page(&mut self, page: Page) {
        let fits = page.query == self.list.query;
        for (room, messages) in page.seen {
            self.take_seen(room, Seen { messages, marks: 0 });
        }
        for (room, marks) in page.marks {
            self.take_seen(room, Seen { messages: 0, marks });
        }
        for room in page.rooms {
            if !self.gone.contains(&room.id) {
                self.take_room(room);
            }
        }
        if fits {
            self.list.next = page.next;
            self.list.loaded = true;
        }
        self.relist();
    }

    /// Changes which rooms are listed; the first page has to be loaded then.
    pub fn show_list(&mut self, query: ListQuery) {
        if query != self.list.query {
            self.list = RoomList::new(query);
        }
    }

    /// Opens a room that was just loaded and brings it up to date with what arrived meanwhile.
    pub fn open(&mut self, view: RoomView) -> Next {
        let id = view.room.id;
        let loaded_version = view.room.version;
        // Whoever only looks back at it is not told what happens there.
        if self.gone.contains(&id) && self.sees(&view.room) {
            return Next::LoadRoom(id);
        }
        self.take_seen(id, Seen { messages: view.seen, marks: view.marks });
        self.take_room(view.room.clone());
        self.open = Some(view);
        let missed: Vec<Event> = self
            .recent
            .iter()
            .filter(|event| event.room.as_ref().is_some_and(|room| room.id == id && room.version > loaded_version))
            .cloned()
            .collect();
        for event in &missed {
            if self.fold_open(event) != Next::Draw {
                return Next::LoadRoom(id);
            }
        }
        self.forget_told(id);
        // It was asked for before the room went out of view and came back: what is in between was never told.
        let known = self.rooms.get(&id).map(|room| room.version);
        if known > self.open.as_ref().map(|view| view.room.version) { Next::LoadRoom(id) } else { Next::Draw }
    }

    /// Puts earlier entries of the open room before the ones it has, and does to them what was told while they were on
    /// their way.
    pub fn add_earlier(&mut self, room: RoomId, mut earlier: Vec<Entry>, has_earlier: bool) {
        let Some(view) = self.open.as_mut().filter(|view| view.room.id == room) else { return };
        for event in self.recent.iter().filter(|event| event.room_id() == Some(room)) {
            snapshot::alter(&mut earlier, &event.change);
        }
        view.add_earlier(earlier, has_earlier);
    }

    /// Takes what the socket told, in its order. What is already in the picture changes nothing.
    pub fn apply(&mut self, frame: Frame) -> Next {
        match frame {
            Frame::Event(event) => self.apply_event(event),
            Frame::Arrived { seq, .. } | Frame::Gone { seq, .. } if seq < self.seq => Next::Draw,
            Frame::Arrived { seq, room } => {
                self.advance(seq);
                self.arrive(*room)
            }
            Frame::Gone { seq, room, .. } => {
                self.advance(seq);
                self.lose(room)
            }
            Frame::Counts(counts) => {
                self.counts = counts;
                Next::Draw
            }
            Frame::Heartbeat { seq } => {
                self.advance(seq);
                Next::Draw
            }
            Frame::StartOver => Next::StartOver,
            Frame::SignedOut => Next::SignIn,
            Frame::Hello { .. }
            | Frame::Typing { .. }
            | Frame::Viewing { .. }
            | Frame::Expiring { .. }
            | Frame::ExpiredMeanwhile { .. } => Next::Draw,
        }
    }

    /// Shows a change of one's own before the server has answered. It stands, whatever pages and words arrive, until the
    /// server tells it, answers it or refuses it, or tells that somebody was quicker.
    pub fn propose(&mut self, room: RoomId, change: &Change, now: Timestamp) {
        let Some(known) = self.rooms.get(&room) else { return };
        let proposal = self.proposals.entry(room).or_insert_with(|| Proposal::on(known.clone()));
        proposal.changes.push((change.clone(), now));
        self.rooms.insert(room, proposal.shown());
        self.relist();
    }

    /// The server did what was proposed and answered with the room as it is now.
    pub fn settle(&mut self, answer: Room, change: &Change) {
        let id = answer.id;
        if !self.gone.contains(&id) {
            self.take_room(answer);
        }
        self.withdraw(id, |proposed| proposed == change);
        self.relist();
    }

    /// Takes a proposed change back, after a refusal: the room is as the server has it.
    pub fn retract(&mut self, room: RoomId, change: &Change) {
        self.withdraw(room, |proposed| proposed == change);
        self.relist();
    }

    /// Shows a message or note of one's own as waiting, until the server tells it back.
    pub fn put_out(&mut self, outgoing: Outgoing) {
        let id = outgoing.id();
        self.outbox.retain(|other| other.id() != id);
        self.outbox.push(outgoing);
    }

    fn apply_event(&mut self, event: Event) -> Next {
        if event.seq <= self.seq && self.seq != 0 {
            return Next::Draw;
        }
        self.advance(event.seq);
        match &event.change {
            Change::PersonChanged(person) => {
                self.people.insert(person.id, person.clone());
                if person.id == self.me.id {
                    let before = std::mem::replace(&mut self.me, person.clone());
                    if !before.has_rights_of(person) {
                        return Next::StartOver;
                    }
                }
            }
            Change::TeamChanged(team) if team.removed => drop(self.teams.remove(&team.id)),
            Change::TeamChanged(team) => drop(self.teams.insert(team.id, team.clone())),
            Change::ChannelChanged(channel) => {
                self.channels.insert(channel.id, channel.clone());
            }
            Change::PolicyChanged(policy) => {
                self.policy = (**policy).clone();
                return Next::StartOver;
            }
            Change::Seen { person, messages, marks } if *person == self.me.id => {
                if let Some(id) = event.room_id() {
                    self.take_seen(id, Seen { messages: *messages, marks: *marks });
                }
            }
            Change::MessageAdded(Message { id, .. }) | Change::NoteAdded(Note { id, .. }) => {
                self.outbox.retain(|outgoing| outgoing.id() != Some(*id));
            }
            _ => {}
        }
        self.take_mention(&event);
        let next = self.fold_open(&event);
        if let Some(room) = &event.room {
            self.gone.remove(&room.id);
            let ends = self.proposals.get(&room.id).map(|proposal| proposal.ends_with(&event.change, room));
            self.take_room((**room).clone());
            self.withdraw(room.id, |change| match ends {
                Some(Ends::Told) => *change == event.change,
                Some(Ends::All) => true,
                Some(Ends::Nothing) | None => false,
            });
            self.relist();
        }
        self.recent.push_back(event);
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        next
    }

    /// Folds an event into the open transcript.
    fn fold_open(&mut self, event: &Event) -> Next {
        let (Some(view), Some(room)) = (self.open.as_mut(), event.room.as_ref()) else { return Next::Draw };
        if view.room.id != room.id {
            return self.look_back_after_change(room);
        }
        if room.version <= view.room.version {
            return Next::Draw;
        }
        if room.version != view.room.version + 1 {
            return Next::LoadRoom(room.id);
        }
        view.take(event);
        Next::Draw
    }

    /// A room came into view. An open transcript of it has missed what happened out of view.
    fn arrive(&mut self, room: Room) -> Next {
        let is_behind = |view: &RoomView| view.room.id == room.id && view.room.version < room.version;
        let next = if self.open.as_ref().is_some_and(is_behind) { Next::LoadRoom(room.id) } else { Next::Draw };
        self.gone.remove(&room.id);
        self.take_room(room);
        self.relist();
        next
    }

    /// A room went out of view, its transcript with it. The words one wrote there stay in the outbox.
    fn lose(&mut self, room: RoomId) -> Next {
        let next = self.look_back_after_loss(room);
        self.rooms.remove(&room);
        self.proposals.remove(&room);
        self.gone.insert(room);
        self.open.take_if(|view| view.room.id == room);
        self.relist();
        next
    }

    /// Keeps the newer of what is known and what came.
    fn take_room(&mut self, room: Room) {
        let newer = self.rooms.get(&room.id).is_none_or(|known| known.version <= room.version);
        if !newer {
            return;
        }
        let shown = match self.proposals.get_mut(&room.id) {
            Some(proposal) => {
                proposal.told = room;
                proposal.shown()
            }
            None => room,
        };
        self.rooms.insert(shown.id, shown);
    }

    /// Forgets the proposed changes that are over.
    fn withdraw(&mut self, room: RoomId, is_over: impl Fn(&Change) -> bool) {
        let Some(mut proposal) = self.proposals.remove(&room) else { return };
        proposal.changes.retain(|(change, _)| !is_over(change));
        self.rooms.insert(room, proposal.shown());
        if !proposal.changes.is_empty() {
            self.proposals.insert(room, proposal);
        }
    }

    fn take_seen(&mut self, room: RoomId, seen: Seen) {
        let known = self.seen.entry(room).or_default();
        *known = known.with(seen);
    }

    /// Drops from the outbox what the open transcript already shows.
    fn forget_told(&mut self, room: RoomId) {
        let Some(view) = self.open.as_ref().filter(|view| view.room.id == room) else { return };
        self.outbox.retain(|outgoing| outgoing.room != room || !view.has(outgoing.id()));
    }

    fn advance(&mut self, seq: u64) {
        self.seq = self.seq.max(seq);
    }
}
