//! A model of the server, as far as a desk can tell: rooms, transcripts, the log and what one viewer hears of it.

pub mod changes;

mod possible;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::change::{Change, Event};
use domain::channel::Channel;
use domain::customer::Customer;
use domain::delivery::Delivery;
use domain::desk::{Cursor, Gathered, ListQuery, Page, RoomView, Snapshot, Taken, entry_of};
use domain::episode::{self, Episode, OpenedBy};
use domain::id::{CustomerId, EpisodeId, MessageId, PersonId, RoomId};
use domain::live::{Counts, Frame};
use domain::message::{Author, Content, Entry, Message, What};
use domain::permission;
use domain::person::Person;
use domain::policy::Policy;
use domain::room::{LiveHandler, Room};
use domain::team::Team;
use domain::timestamp::Timestamp;

use crate::cast::{MORNING, SALES, SUPPORT, customer, everybody, said, template, web, whatsapp};

/// Small numbers, so that pages end and transcripts have an earlier part.
const PAGE: usize = 3;
const ENTRIES: usize = 4;

pub struct Thread {
    pub room: Room,
    pub customer: Customer,
    pub entries: Vec<Entry>,
    pub episodes: Vec<Episode>,
    before_status: Option<Room>,
}

pub struct Server {
    pub me: Person,
    pub policy: Policy,
    pub people: BTreeMap<PersonId, Person>,
    pub teams: BTreeMap<domain::id::TeamId, Team>,
    pub channels: Vec<Channel>,
    pub threads: BTreeMap<RoomId, Thread>,
    pub seen: HashMap<RoomId, u32>,
    pub now: Timestamp,
    /// What the viewer hears of each event; `log[0]` has number 1.
    pub log: Vec<Frame>,
    number: u128,
}

impl Server {
    /// A server with `count` rooms in which the customer wrote once.
    pub fn new(me: &Person, count: u128) -> Self {
        let teams = [(SUPPORT, "Support"), (SALES, "Sales")].map(|(id, name)| (id, Team::new(id, name)));
        let mut server = Self {
            me: me.clone(),
            policy: Policy::default(),
            people: everybody().into_iter().map(|person| (person.id, person)).collect(),
            teams: teams.into_iter().collect(),
            channels: vec![web(), whatsapp()],
            threads: BTreeMap::new(),
            seen: HashMap::new(),
            now: MORNING,
            log: Vec::new(),
            number: 1_000,
        };
        for number in 1..=count {
            server.open_room(number);
        }
        server
    }

    fn open_room(&mut self, number: u128) {
        let id = self.begin_room(number);
        let opened = self.episode_opened(id, OpenedBy::Customer);
        self.change(id, vec![opened, Change::MessageAdded(said(number, "hello"))]);
    }

    /// One more room, in which `me` begins the conversation: it waits for the customer's answer to a template.
    pub fn invite(&mut self, number: u128, me: &Person) {
        let id = self.begin_room(number);
        let episode = EpisodeId::from_number(self.new_number());
        let sent = Message { id: MessageId::from_number(self.new_number()), ..template_of(me.id) };
        self.change(id, vec![Change::Invited { by: me.id, episode }, Change::MessageAdded(sent)]);
    }

    fn begin_room(&mut self, number: u128) -> RoomId {
        let channel = self.channels[usize::from(number.is_multiple_of(2))].clone();
        let customer = Customer { id: CustomerId::from_number(number), ..customer() };
        let id = RoomId::from_number(number);
        let episode = EpisodeId::from_number(self.new_number());
        let room = Room::begin(id, &channel, &customer, episode, self.now);
        let thread = Thread { room, customer, entries: Vec::new(), episodes: Vec::new(), before_status: None };
        self.threads.insert(id, thread);
        id
    }

    pub fn new_number(&mut self) -> u128 {
        self.number += 1;
        self.number
    }

    pub fn later(&mut self, millis: i64) {
        self.now = Timestamp(self.now.0 + millis);
    }

    pub fn room(&self, id: RoomId) -> &Room {
        &self.threads[&id].room
    }

    pub fn sees(&self, room: &Room) -> bool {
        permission::may_see(&self.me, &self.policy, &room.scope())
    }

    pub fn seq(&self) -> u64 {
        self.log.len() as u64
    }

    /// Saves the changes and tells them.
    pub fn change(&mut self, id: RoomId, changes: Vec<Change>) {
        for change in changes {
            let now = self.now;
            let thread = self.threads.get_mut(&id).expect("a known room");
            let before = thread.room.clone();
            thread.room.apply(&change, now);
            episode::follow(&mut thread.episodes, &before, &thread.room, &change, now);
            match &change {
                Change::CustomerChanged { name, opted_out, described, .. } => {
                    thread.customer.name.clone_from(name);
                    thread.customer.opted_out = *opted_out;
                    if let Some(described) = described {
                        thread.customer.tags.clone_from(&described.tags);
                    }
                }
                Change::CustomerBlocked { .. } | Change::CustomerUnblocked { .. } => {
                    thread.customer.blocked = thread.room.blocked;
                }
                Change::FieldsCollected { fields } => thread.customer.fields.extend(fields.iter().cloned()),
                _ => {}
            }
            let is_status = matches!(
                change,
                Change::Closed { .. } | Change::MarkedCritical { .. } | Change::ClearedCritical { .. }
            );
            thread.before_status = is_status.then(|| before.clone());
            alter(&mut thread.entries, &change);
            let room = thread.room.clone();
            let position = change.is_entry().then_some(room.last_position);
            let seq = self.seq() + 1;
            let event = Event { seq, at: now, room: Some(Box::new(room.clone())), position, change };
            let thread = self.threads.get_mut(&id).expect("a known room");
            thread.entries.extend(entry_of(&event));
            let frame = self.frame(&before, event);
            self.log.push(frame);
        }
    }

    /// Tells a change that is about no room.
    pub fn tell(&mut self, change: Change) {
        match &change {
            Change::PersonChanged(person) => drop(self.people.insert(person.id, person.clone())),
            Change::TeamChanged(team) if team.removed => drop(self.teams.remove(&team.id)),
            Change::TeamChanged(team) => drop(self.teams.insert(team.id, team.clone())),
            Change::ChannelChanged(channel) => {
                let known = self.channels.iter_mut().find(|known| known.id == channel.id);
                known.expect("a known channel").clone_from(channel);
            }
            _ => {}
        }
        let event = Event { seq: self.seq() + 1, at: self.now, room: None, position: None, change };
        self.log.push(Frame::Event(event));
    }

    /// What the viewer hears: the event, the whole room, that it is gone, or nothing but the number.
    fn frame(&self, before: &Room, event: Event) -> Frame {
        let room = event.room.clone().expect("an event of a room");
        let seq = event.seq;
        let is_for_another = matches!(event.change, Change::Seen { person, .. } if person != self.me.id);
        let saw = before.version > 0 && self.sees(before);
        match (saw, self.sees(&room)) {
            _ if is_for_another => Frame::Heartbeat { seq },
            (_, true) if !saw && seq.is_multiple_of(2) => Frame::Arrived { seq, room },
            (_, true) => Frame::Event(event),
            (true, false) => {
                let taken = before.agent().filter(|holder| *holder == self.me.id);
                Frame::Gone { seq, room: room.id, taken: taken.and_then(|me| Taken::from(me, &event.change)) }
            }
            (false, false) => Frame::Heartbeat { seq },
        }
    }

    /// The visible rooms of a list, all of it, in order.
    pub fn listed(&self, query: &ListQuery) -> Vec<Room> {
        let rooms = self.threads.values().map(|thread| &thread.room);
        let mut rooms: Vec<Room> =
            rooms.filter(|room| self.sees(room) && query.has(room, self.me.id)).cloned().collect();
        rooms.sort_by(|a, b| Cursor::of(a, query.sort).cmp_in(&Cursor::of(b, query.sort), query.sort));
        rooms
    }

    pub fn page(&self, query: &ListQuery, after: Option<Cursor>) -> Page {
        let sort = query.sort;
        let is_after = |room: &Room| after.is_none_or(|after| Cursor::of(room, sort).cmp_in(&after, sort).is_gt());
        let mut rooms = self.listed(query);
        rooms.retain(is_after);
        let next = (rooms.len() > PAGE).then(|| Cursor::of(&rooms[PAGE - 1], sort));
        rooms.truncate(PAGE);
        let seen = rooms.iter().filter_map(|room| Some((room.id, *self.seen.get(&room.id)?))).collect();
        Page { query: query.clone(), rooms, seen, marks: Vec::new(), next }
    }

    /// The desk's beginning. Its number was read `lag` events before the rest.
    pub fn snapshot(&self, query: &ListQuery, lag: u64) -> Snapshot {
        Snapshot {
            seq: self.seq().saturating_sub(lag),
            me: self.me.clone(),
            policy: self.policy.clone(),
            people: self.people.values().cloned().collect(),
            teams: self.teams.values().cloned().collect(),
            channels: self.channels.clone(),
            counts: Counts::default(),
            page: self.page(query, None),
            mentions: Vec::new(),
        }
    }

    /// The room with its newest entries, if the viewer may see it.
    pub fn view(&self, id: RoomId) -> Option<RoomView> {
        let thread = &self.threads[&id];
        let first = thread.entries.len().saturating_sub(ENTRIES);
        self.sees(&thread.room).then(|| RoomView {
            room: thread.room.clone(),
            customer: thread.customer.clone(),
            contact: None,
            episodes: thread.episodes.clone(),
            entries: thread.entries[first..].to_vec(),
            has_earlier: first > 0,
            seen: self.seen.get(&id).copied().unwrap_or(0),
            marks: 0,
            gathered: Gathered::default(),
        })
    }

    pub fn earlier(&self, id: RoomId, before: u32) -> (Vec<Entry>, bool) {
        let end = (before as usize - 1).min(self.threads[&id].entries.len());
        let first = end.saturating_sub(ENTRIES);
        (self.threads[&id].entries[first..end].to_vec(), first > 0)
    }

    fn episode_opened(&mut self, id: RoomId, by: OpenedBy) -> Change {
        let episode = EpisodeId::from_number(self.new_number());
        let room = self.room(id);
        let handler = if room.channel == web().id { LiveHandler::Bot } else { LiveHandler::Queue };
        let expires_after_millis = self.rule();
        Change::EpisodeOpened {
            episode,
            number: room.episode_number + 1,
            by,
            handler,
            team: Some(SUPPORT),
            expires_after_millis,
        }
    }

    /// When rooms expire, as an admin chooses it anew all the time.
    fn rule(&self) -> Option<u64> {
        let hours = u64::try_from(self.number % 4).unwrap_or(0);
        (hours > 0).then_some(hours * 3_600_000)
    }

    /// The rooms the viewer sees.
    pub fn visible(&self) -> BTreeSet<RoomId> {
        self.threads.values().filter(|thread| self.sees(&thread.room)).map(|thread| thread.room.id).collect()
    }
}

fn alter(entries: &mut [Entry], change: &Change) {
    for entry in entries {
        if let What::Message(message) = &mut entry.what
            && change.altered() == Some(message.id)
        {
            message.take(change);
        }
    }
}

/// A reply of `me`, as the composer makes it.
pub fn reply_of(me: &Person, id: MessageId) -> What {
    let content = Content::Text("on its way".into());
    What::Message(Message::new(id, Author::Person(me.id), content, Some(Delivery::Waiting)))
}

/// A template that `person` sends.
fn template_of(person: PersonId) -> Message {
    let content = Content::Template(Box::new(template()));
    Message::new(MessageId::from_number(0), Author::Person(person), content, Some(Delivery::Waiting))
}
