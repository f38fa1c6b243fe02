//! A snapshot plus what the socket tells equals a later snapshot, however pages, rooms and frames interleave.

use std::collections::{BTreeSet, VecDeque};

use domain::change::Change;
use domain::desk::{Cursor, Desk, ListQuery, Next, Outgoing, Page, RoomView, Sort, Whose};
use domain::id::{MessageId, RoomId};
use domain::message::{Entry, What};
use domain::person::{Availability, Person};
use domain::room::{Room, Section};
use domain::team::Team;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::cast::{SALES, ana, ben, everybody, priya, tom};
use crate::desk_model::{Server, reply_of};

const ROOMS: u128 = 10;

#[derive(Clone, Debug)]
enum Act {
    /// Something happens in a room.
    Happens {
        room: Index,
        what: usize,
        who: Index,
        other: Index,
        after: i64,
    },
    /// A person, a team or a channel changes.
    DirectoryChanges(u8),
    /// The socket delivers so many frames.
    Told(usize),
    /// The last frames come once more.
    ToldAgain(usize),
    AskForRoom(Index),
    AskForEarlier,
    AskForPage,
    ShowList(Index),
    /// The oldest question is answered, as the server knew it when asked.
    Answered,
    Click {
        room: Index,
        what: usize,
    },
    Allowed,
    Refused,
    Send {
        room: Index,
        reaches: bool,
    },
    MarkSeen(Index),
}

fn acts() -> impl Strategy<Value = Act> {
    let index = any::<Index>;
    prop_oneof![
        12 => (index(), 0_usize..64, index(), index(), prop::sample::select(vec![0, 1, 1_000, 60_000]))
            .prop_map(|(room, what, who, other, after)| Act::Happens { room, what, who, other, after }),
        1 => (0_u8..4).prop_map(Act::DirectoryChanges),
        6 => (1_usize..6).prop_map(Act::Told),
        1 => (1_usize..12).prop_map(Act::ToldAgain),
        3 => index().prop_map(Act::AskForRoom),
        2 => Just(Act::AskForEarlier),
        3 => Just(Act::AskForPage),
        1 => index().prop_map(Act::ShowList),
        6 => Just(Act::Answered),
        1 => (index(), 0_usize..64).prop_map(|(room, what)| Act::Click { room, what }),
        1 => Just(Act::Allowed),
        1 => Just(Act::Refused),
        1 => (index(), any::<bool>()).prop_map(|(room, reaches)| Act::Send { room, reaches }),
        1 => index().prop_map(Act::MarkSeen),
    ]
}

/// An answer that is on its way to the browser.
enum Answer {
    Room(RoomId, Option<Box<RoomView>>),
    Earlier(RoomId, Vec<Entry>, bool),
    Page(Page),
}

/// A browser and the server it talks to.
struct Browser {
    server: Server,
    desk: Desk,
    told: usize,
    answers: VecDeque<Answer>,
    clicked: Option<(RoomId, Change)>,
    unsent: BTreeSet<MessageId>,
    /// Rooms whose unread count the browser can know: they came with a page or were opened.
    loaded: BTreeSet<RoomId>,
}

impl Browser {
    fn new(me: &Person, lag: u64) -> Self {
        let mut server = Server::new(me, ROOMS - 2);
        for (number, sender) in [(ROOMS - 1, ana()), (ROOMS, ben())] {
            server.invite(number, &sender);
        }
        let snapshot = server.snapshot(&ListQuery::of(Section::Live), lag);
        let told = usize::try_from(snapshot.seq).expect("a small number");
        let loaded = snapshot.page.rooms.iter().map(|room| room.id).collect();
        let desk = Desk::new(snapshot);
        let (answers, unsent) = (VecDeque::new(), BTreeSet::new());
        Self { server, desk, told, answers, clicked: None, unsent, loaded }
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Happens { room, what, who, other, after } => {
                self.server.later(*after);
                let (people, id) = (everybody(), pick_room(*room));
                let changes = self.server.possible(id, *what, who.get(&people), other.get(&people));
                self.server.change(id, changes);
            }
            Act::DirectoryChanges(what) => self.directory_changes(*what),
            Act::Told(count) => self.hear(*count),
            Act::ToldAgain(count) => {
                for at in self.told.saturating_sub(*count)..self.told {
                    self.take(at);
                }
            }
            Act::AskForRoom(room) => {
                let id = pick_room(*room);
                self.answers.push_back(Answer::Room(id, self.server.view(id).map(Box::new)));
            }
            Act::AskForEarlier => self.ask_for_earlier(),
            Act::AskForPage => self.ask_for_page(),
            Act::ShowList(query) => {
                let queries = queries();
                self.desk.show_list(query.get(&queries).clone());
                self.ask_for_page();
            }
            Act::Answered => self.hear_answer(),
            Act::Click { room, what } => self.click(pick_room(*room), *what),
            Act::Allowed => self.be_allowed(),
            Act::Refused => self.be_refused(),
            Act::Send { room, reaches } => self.send(pick_room(*room), *reaches),
            Act::MarkSeen(room) => self.mark_seen(pick_room(*room)),
        }
    }

    fn directory_changes(&mut self, what: u8) {
        let number = self.server.new_number();
        let change = match what {
            0 => {
                let someone = self.server.people[&everybody()[4].id].clone();
                Change::PersonChanged(Person { availability: Availability::Away, name: number.to_string(), ..someone })
            }
            1 => {
                let mut team = self.server.teams.values().next().expect("a team").clone();
                team.name = number.to_string();
                Change::TeamChanged(team)
            }
            2 => {
                // It comes and goes.
                let removed = self.server.teams.contains_key(&SALES);
                Change::TeamChanged(Team { removed, ..Team::new(SALES, number.to_string()) })
            }
            _ => {
                let mut channel = self.server.channels[0].clone();
                channel.name = number.to_string();
                Change::ChannelChanged(channel)
            }
        };
        self.server.tell(change);
    }

    fn hear(&mut self, count: usize) {
        let end = (self.told + count).min(self.server.log.len());
        while self.told < end {
            self.told += 1;
            self.take(self.told - 1);
        }
    }

    fn take(&mut self, at: usize) {
        let next = self.desk.apply(self.server.log[at].clone());
        self.follow(next);
    }

    /// Does what the fold asks for.
    fn follow(&mut self, next: Next) {
        match next {
            Next::Draw => {}
            Next::LoadRoom(id) => self.answers.push_back(Answer::Room(id, self.server.view(id).map(Box::new))),
            Next::StartOver | Next::SignIn => panic!("nobody said so"),
        }
    }

    fn ask_for_earlier(&mut self) {
        let Some(view) = &self.desk.open else { return };
        let Some(first) = view.entries.first() else { return };
        let (entries, has_earlier) = self.server.earlier(view.room.id, first.position);
        self.answers.push_back(Answer::Earlier(view.room.id, entries, has_earlier));
    }

    fn ask_for_page(&mut self) {
        let list = &self.desk.list;
        if !(list.loaded && list.next.is_none()) {
            self.answers.push_back(Answer::Page(self.server.page(&list.query, list.next)));
        }
    }

    fn hear_answer(&mut self) {
        match self.answers.pop_front() {
            Some(Answer::Room(id, Some(view))) => {
                self.loaded.insert(id);
                let next = self.desk.open(*view);
                self.follow(next);
            }
            Some(Answer::Room(_, None)) | None => {}
            Some(Answer::Earlier(id, entries, has_earlier)) => self.desk.add_earlier(id, entries, has_earlier),
            Some(Answer::Page(page)) => {
                self.loaded.extend(page.rooms.iter().map(|room| room.id));
                self.desk.add_page(page);
            }
        }
    }

    fn click(&mut self, id: RoomId, what: usize) {
        let Some(known) = self.desk.room(id).filter(|_| self.clicked.is_none()).cloned() else { return };
        let me = self.server.me.clone();
        let change = match (known.section(), what % 3) {
            (Section::Live, _) => Change::Entered { by: me.id },
            (Section::Archived, _) => Change::Reopened { by: me.id },
            (_, 0) => Change::MarkedCritical { by: me.id, comment: None, feedback: false },
            (_, 1) => Change::ReturnedToBot { by: me.id },
            (_, _) => Change::Joined { person: me.id },
        };
        self.desk.propose(id, &change, self.server.now);
        self.clicked = Some((id, change));
    }

    fn be_refused(&mut self) {
        if let Some((id, change)) = self.clicked.take() {
            self.desk.retract(id, &change);
        }
    }

    /// The server does what was clicked, if the room is still where it was; its answer overtakes the socket.
    fn be_allowed(&mut self) {
        let Some((id, change)) = self.clicked.take() else { return };
        let room = self.server.room(id);
        let may = self.server.sees(room) && self.desk.room(id).is_some_and(|known| known.version == room.version);
        if !may {
            return self.desk.retract(id, &change);
        }
        self.server.change(id, vec![change.clone()]);
        if self.server.sees(self.server.room(id)) {
            self.desk.settle(self.server.room(id).clone(), &change);
        } else {
            self.desk.retract(id, &change);
        }
    }

    fn send(&mut self, room: RoomId, reaches: bool) {
        let id = MessageId::from_number(self.server.new_number());
        let what = reply_of(&self.server.me, id);
        let at = self.server.now;
        self.desk.put_out(Outgoing { room, at, what: what.clone(), problem: None });
        let What::Message(message) = what else { unreachable!("a reply is a message") };
        let is_heard = self.server.sees(self.server.room(room));
        if reaches {
            self.server.change(room, vec![Change::MessageAdded(message)]);
        }
        if !(reaches && is_heard) {
            self.unsent.insert(id);
        }
    }

    fn mark_seen(&mut self, id: RoomId) {
        if self.loaded.contains(&id) && self.server.sees(self.server.room(id)) {
            let messages = self.server.room(id).customer_messages;
            self.server.seen.insert(id, messages);
            self.server.change(id, vec![Change::Seen { person: self.server.me.id, messages, marks: 0 }]);
        }
    }

    fn settle(&mut self) {
        self.be_refused();
        self.hear(usize::MAX - self.told);
        while !self.answers.is_empty() {
            self.hear_answer();
        }
    }

    fn check(&self) {
        let (server, desk) = (&self.server, &self.desk);
        assert_eq!(desk.seq, server.seq());
        assert_eq!((&desk.people, &desk.teams), (&server.people, &server.teams));
        assert!(server.channels.iter().all(|channel| desk.channels.get(&channel.id) == Some(channel)));
        let visible = server.visible();
        for id in server.threads.keys() {
            match desk.room(*id) {
                Some(known) => assert_eq!(known, server.room(*id)),
                None => continue,
            }
            assert!(visible.contains(id), "{id} is out of view");
        }
        self.check_list();
        self.check_open();
        let unsent: BTreeSet<_> = desk.outbox.iter().filter_map(Outgoing::id).collect();
        assert!(unsent.is_subset(&self.unsent), "told messages are still waiting");
        let lost = self.unsent.difference(&unsent).filter(|id| !self.shows(**id)).count();
        assert_eq!(lost, 0, "an unsent message is lost");
    }

    fn check_list(&self) {
        let list = &self.desk.list;
        if !list.loaded {
            return;
        }
        let sort = list.query.sort;
        let is_loaded = |room: &Room| list.next.is_none_or(|end| Cursor::of(room, sort).cmp_in(&end, sort).is_le());
        let expected: Vec<Room> = self.server.listed(&list.query).into_iter().filter(is_loaded).collect();
        assert_eq!(list.order, expected.iter().map(|room| room.id).collect::<Vec<_>>(), "{:?}", list.query);
        for room in expected {
            let seen = self.server.seen.get(&room.id).copied().unwrap_or(0);
            let is_counted = room.is_own(self.server.me.id) && !room.is_archived() || room.is_queued();
            let unread = if is_counted { room.customer_messages - seen.max(room.earlier_messages) } else { 0 };
            assert_eq!(self.desk.unread(&room), unread);
        }
    }

    fn check_open(&self) {
        let Some(view) = &self.desk.open else { return };
        let thread = &self.server.threads[&view.room.id];
        assert!(self.server.sees(&thread.room), "the open room is out of view");
        assert_eq!(view.room, thread.room);
        assert_eq!(view.customer, thread.customer);
        assert_eq!(view.episodes, thread.episodes);
        let first = view.entries.first().expect("every room has entries").position;
        assert_eq!(view.entries, thread.entries[first as usize - 1..]);
        assert_eq!(view.has_earlier, first > 1);
    }

    /// Whether the message of mine was told after all, when the room came into view.
    fn shows(&self, id: MessageId) -> bool {
        let mut entries = self.server.threads.values().flat_map(|thread| &thread.entries);
        entries.any(|entry| matches!(&entry.what, What::Message(message) if message.id == id))
    }
}

fn pick_room(index: Index) -> RoomId {
    RoomId::from_number(1 + u128::try_from(index.index(ROOMS as usize)).expect("a small number"))
}

fn queries() -> Vec<ListQuery> {
    let mine = |section| ListQuery { whose: Whose::Mine, ..ListQuery::of(section) };
    let waiting = |section| ListQuery { sort: Sort::LongestWait, ..ListQuery::of(section) };
    let every = Section::ALL.into_iter().flat_map(|section| [ListQuery::of(section), mine(section), waiting(section)]);
    every.chain([ListQuery { channel: Some(crate::cast::web().id), ..ListQuery::of(Section::Live) }]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_snapshot_plus_events_equals_a_later_snapshot(
        me in prop::sample::select(vec![priya(), tom(), ana()]),
        lag in 0_u64..6,
        acts in prop::collection::vec(acts(), 1..80),
    ) {
        let mut browser = Browser::new(&me, lag);
        for act in &acts {
            browser.act(act);
        }
        browser.settle();
        browser.check();
    }
}
