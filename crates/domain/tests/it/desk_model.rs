//! A model of the server, as far as a desk can tell: rooms, transcripts, the log and what one viewer hears of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::change::{Actor, Change, Event, HandOffReason, ReturnReason};
use domain::channel::Channel;
use domain::customer::Customer;
use domain::delivery::Delivery;
use domain::desk::{Cursor, Gathered, ListQuery, Page, RoomView, Snapshot, Taken, entry_of};
use domain::episode::{self, Episode, OpenedBy, Outcome};
use domain::id::{CustomerId, EpisodeId, FeedbackId, FileId, MessageId, PersonId, RoomId};
use domain::live::{Counts, Frame};
use domain::media::{FileState, MediaKind, StoredFile};
use domain::message::{Attachment, Author, Content, Entry, Message, Note, Reacting, What};
use domain::permission;
use domain::person::Person;
use domain::policy::Policy;
use domain::room::{LiveHandler, Room, Section};
use domain::team::Team;
use domain::timestamp::{Timestamp, minutes};

use crate::cast::{MORNING, SALES, SUPPORT, bea, customer, everybody, said, web, whatsapp};

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
        let channel = self.channels[usize::from(number.is_multiple_of(2))].clone();
        let customer = Customer { id: CustomerId::from_number(number), ..customer() };
        let id = RoomId::from_number(number);
        let episode = EpisodeId::from_number(self.new_number());
        let room = Room::begin(id, &channel, &customer, episode, self.now);
        let thread = Thread { room, customer, entries: Vec::new(), episodes: Vec::new(), before_status: None };
        self.threads.insert(id, thread);
        let opened = self.episode_opened(id);
        self.change(id, vec![opened, Change::MessageAdded(said(number, "hello"))]);
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
                Change::CustomerChanged { name, opted_out } => {
                    thread.customer.name.clone_from(name);
                    thread.customer.opted_out = *opted_out;
                }
                Change::CustomerDescribed { tags, .. } => thread.customer.tags.clone_from(tags),
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
        Page { query: query.clone(), rooms, seen, next }
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
            gathered: Gathered::default(),
        })
    }

    pub fn earlier(&self, id: RoomId, before: u32) -> (Vec<Entry>, bool) {
        let end = (before as usize - 1).min(self.threads[&id].entries.len());
        let first = end.saturating_sub(ENTRIES);
        (self.threads[&id].entries[first..end].to_vec(), first > 0)
    }

    fn episode_opened(&mut self, id: RoomId) -> Change {
        let episode = EpisodeId::from_number(self.new_number());
        let room = self.room(id);
        let handler = if room.channel == web().id { LiveHandler::Bot } else { LiveHandler::Queue };
        let by = OpenedBy::Customer;
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

    /// Something that can happen in the room as it is; `pick` says what.
    pub fn possible(&mut self, id: RoomId, pick: usize, who: &Person, other: &Person) -> Vec<Change> {
        let number = self.new_number();
        let message = MessageId::from_number(number);
        let (opened, rule) = (self.episode_opened(id), self.rule());
        let thread = &self.threads[&id];
        let room = &thread.room;
        let (by, at) = (who.id, self.now);
        let comment = Some("so be it".to_string());
        let says = |author: Author| {
            let delivery = (!author.is_customer()).then_some(Delivery::Waiting);
            let content = if number.is_multiple_of(2) { two_files() } else { Content::Text("words".into()) };
            // Some of what customers say is heard of late.
            let late_seconds = if author.is_customer() && number.is_multiple_of(3) { 90 } else { 0 };
            Change::MessageAdded(Message { author, delivery, content, late_seconds, ..said(number, "") })
        };
        let mut possible = vec![
            vec![Change::NoteAdded(Note { id: message, by, text: "hm".into() })],
            vec![Change::PictureArrived { picture: FileId::from_number(number) }],
            vec![Change::CustomerChanged { name: format!("Carla {number}"), opted_out: number.is_multiple_of(3) }],
            vec![if room.blocked {
                Change::CustomerUnblocked { by: Actor::Person(by) }
            } else {
                Change::CustomerBlocked { by: Actor::Person(by) }
            }],
            vec![Change::FieldsCollected { fields: vec![("order".into(), number.to_string())] }],
            vec![Customer { tags: vec![number.to_string()], ..thread.customer.clone() }.described()],
            vec![Change::FeedbackGiven { id: FeedbackId::from_number(number), score: 3, comment: None }],
            vec![Change::Seen { person: bea().id, messages: room.customer_messages }],
        ];
        if let Some(sent) = last_sent(&thread.entries) {
            possible.push(vec![Change::DeliveryChanged { message: sent, delivery: Delivery::Delivered }]);
            possible.push(vec![Change::DeliveryChanged { message: sent, delivery: Delivery::Read }]);
        }
        possible.extend(alterations(&thread.entries, pick, number).into_iter().map(|change| vec![change]));
        if let Some(before) = &thread.before_status {
            possible.push(vec![Change::Undone { by, before: Box::new(before.clone()) }]);
        }
        if room.is_archived() {
            let episode = EpisodeId::from_number(number);
            possible.extend([
                vec![opened, says(Author::Customer)],
                vec![Change::Reopened { by }],
                vec![Change::ReopenedAnew { by, episode, number: room.episode_number + 1, expires_after_millis: rule }],
                vec![Change::OutcomeCorrected { by, outcome: Outcome::Abandoned, comment }],
            ]);
            return possible.swap_remove(pick % possible.len());
        }
        let (outcome, reason) = (Outcome::Resolved, ReturnReason::Given);
        possible.extend([
            vec![says(Author::Customer)],
            vec![says(Author::Switchboard)],
            vec![Change::Assigned { to: other.id, by: Actor::Person(by), note: None, stays: number.is_multiple_of(2) }],
            vec![Change::Closed { outcome, by, comment: comment.clone(), reason: comment.clone(), feedback: true }],
            vec![Change::Expired { unanswered: room.waiting_since.is_some() }],
            vec![if room.critical {
                Change::ClearedCritical { by, comment }
            } else {
                Change::MarkedCritical { by, comment, feedback: false }
            }],
        ]);
        match (room.section(), room.agent()) {
            (Section::Live, _) if room.is_with_bot() => possible.extend([
                vec![says(Author::Bot("Robo".into()))],
                vec![Change::HandedOff { reason: HandOffReason::Asked, team: Some(SALES) }],
                vec![Change::Entered { by }],
            ]),
            (Section::Live | Section::Archived, _) => {
                possible.extend([vec![Change::Entered { by }], vec![Change::ReturnedToBot { by }]]);
            }
            (Section::Assigned, holder) => possible.extend([
                vec![says(Author::Person(holder.unwrap_or(by)))],
                vec![Change::ReturnedToQueue { by: Actor::Person(by), team: Some(SUPPORT), reason }],
                vec![Change::ReturnedToBot { by }],
                vec![Change::TakeOverRequested { by: other.id }],
                vec![Change::TakeOverDeclined { by, to: other.id }],
                vec![Change::Snoozed { by, until: at.plus(minutes(60)) }],
                vec![Change::Woken { by: Actor::Person(by) }],
                vec![if room.is_own(by) { Change::Left { person: by } } else { Change::Joined { person: by } }],
                match room.is_own(bea().id) {
                    true => vec![Change::Left { person: bea().id }],
                    false => vec![Change::BroughtIn { person: bea().id, by }],
                },
            ]),
        }
        possible.swap_remove(pick % possible.len())
    }

    /// The rooms the viewer sees.
    pub fn visible(&self) -> BTreeSet<RoomId> {
        self.threads.values().filter(|thread| self.sees(&thread.room)).map(|thread| thread.room.id).collect()
    }
}

/// What can happen to one of the messages; `pick` says to which.
fn alterations(entries: &[Entry], pick: usize, number: u128) -> Vec<Change> {
    let messages: Vec<MessageId> = entries.iter().filter_map(|entry| entry.what.message_id()).collect();
    let Some(&message) = messages.get(pick % messages.len().max(1)) else { return Vec::new() };
    let by = if number.is_multiple_of(3) { Reacting::OurSide } else { Reacting::Customer };
    let reacted = |emoji: Option<String>| Change::Reacted { message, by, emoji };
    let file = if number.is_multiple_of(2) {
        FileState::Lost { reason: number.to_string() }
    } else {
        let id = FileId::from_number(number);
        FileState::Here(StoredFile { id, name: "cat.png".into(), mime: "image/png".into(), bytes: 3_000 })
    };
    vec![
        Change::MessageEdited { message, content: Content::Text(format!("other words {number}")) },
        Change::MessageDeleted { message },
        Change::PartDeleted { message, content: two_files().without_part(0).expect("one is left") },
        reacted(Some("👍".into())),
        reacted(None),
        Change::FileArrived { message, place: u16::from(number.is_multiple_of(5)), file: file.clone() },
        Change::AlbumGrew {
            message,
            place: 2,
            files: vec![Attachment::new(MediaKind::Photo, file)],
            text: format!("album {number}"),
        },
    ]
}

fn two_files() -> Content {
    let coming = |kind| Attachment::new(kind, FileState::Coming);
    Content::Files { text: "look".into(), files: vec![coming(MediaKind::Photo), coming(MediaKind::Document)] }
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

fn last_sent(entries: &[Entry]) -> Option<MessageId> {
    entries.iter().rev().find_map(|entry| match &entry.what {
        What::Message(Message { id, delivery: Some(_), .. }) => Some(*id),
        What::Message(_) | What::Note(_) | What::Line(_) => None,
    })
}

/// A reply of `me`, as the composer makes it.
pub fn reply_of(me: &Person, id: MessageId) -> What {
    let content = Content::Text("on its way".into());
    What::Message(Message::new(id, Author::Person(me.id), content, Some(Delivery::Waiting)))
}
