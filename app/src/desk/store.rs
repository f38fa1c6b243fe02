//! The desk as components see it: one signal for what is true, a few for what is of the moment.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use domain::desk::{Desk, ListQuery, Next, Outgoing, Snapshot, Taken};
use domain::id::{MessageId, PersonId, RoomId};
use domain::live::{Signal as Told, Typist};
use domain::person::Person;
use domain::refused::Refused;
use domain::room::Room;
use domain::timestamp::Timestamp;
use futures::channel::mpsc::UnboundedSender;
use futures::channel::oneshot;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::clock;
use crate::desk::toast::Toasts;
use crate::desk::{Attached, Unsent, api};
use crate::error::AppError;

/// How the tab hears of news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Not yet: the page has just come.
    Starting,
    /// By the socket.
    Up,
    /// By asking again and again, where sockets are blocked.
    Polling,
    /// Not at all, for now.
    Down,
}

/// How far the selected room is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Nothing is being loaded.
    Idle,
    Loading(RoomId),
    Failed(RoomId, AppError),
}

/// Somebody who is writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typing {
    pub room: RoomId,
    pub who: Typist,
    pub(super) until: Timestamp,
}

/// A status change of one's own that can still be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undoable {
    pub room: RoomId,
    pub words: &'static str,
    /// Where the room's transcript ended with it: once anything stands after it, the server refuses.
    pub(super) position: u32,
    pub until: Timestamp,
}

/// Everything the console knows. Copied freely: it is a bundle of signals.
#[derive(Clone, Copy)]
pub struct Store {
    pub desk: RwSignal<Desk>,
    pub link: RwSignal<Link>,
    pub opening: RwSignal<Opening>,
    /// Why the list could not be loaded.
    pub list_problem: RwSignal<Option<AppError>>,
    pub typing: RwSignal<Vec<Typing>>,
    /// Who else looks at which room.
    pub viewing: RwSignal<HashMap<RoomId, Vec<PersonId>>>,
    /// How rooms left this person who held them.
    pub taken: RwSignal<HashMap<RoomId, Taken>>,
    /// The first words of one's own unsent replies.
    pub drafts: RwSignal<HashMap<RoomId, String>>,
    pub unsent: Unsent,
    /// The files that are about to be sent.
    pub attached: Attached,
    /// The latest stands last; of each room at most one.
    pub(super) undoable: RwSignal<Vec<Undoable>>,
    pub toasts: RwSignal<Toasts>,
    /// The server runs another build than this page.
    pub is_outdated: RwSignal<bool>,
    pub(super) wire: StoredValue<Option<UnboundedSender<Told>>>,
    pub(super) selected: StoredValue<Option<RoomId>>,
    pub(super) sending: StoredValue<HashSet<RoomId>>,
    pub(super) accepted: StoredValue<HashSet<MessageId>>,
    /// What an earlier page or another tab had not sent.
    pub(super) adopted: StoredValue<HashSet<MessageId>>,
    pub(super) awaited: StoredValue<HashMap<MessageId, oneshot::Sender<Result<(), String>>>>,
    paging: StoredValue<Option<ListQuery>>,
}

impl Store {
    /// A store around the desk as the server first gave it.
    #[must_use]
    pub fn new(snapshot: Snapshot) -> Self {
        Self {
            desk: RwSignal::new(Desk::new(snapshot)),
            link: RwSignal::new(Link::Starting),
            opening: RwSignal::new(Opening::Idle),
            list_problem: RwSignal::new(None),
            typing: RwSignal::new(Vec::new()),
            viewing: RwSignal::new(HashMap::new()),
            taken: RwSignal::new(HashMap::new()),
            drafts: RwSignal::new(HashMap::new()),
            unsent: Unsent::default(),
            attached: Attached::default(),
            undoable: RwSignal::new(Vec::new()),
            toasts: RwSignal::new(Toasts::default()),
            is_outdated: RwSignal::new(false),
            wire: StoredValue::new(None),
            selected: StoredValue::new(None),
            sending: StoredValue::new(HashSet::new()),
            accepted: StoredValue::new(HashSet::new()),
            adopted: StoredValue::new(HashSet::new()),
            awaited: StoredValue::new(HashMap::new()),
            paging: StoredValue::new(None),
        }
    }

    /// Whoever sits here.
    #[must_use]
    pub fn me(self) -> Person {
        self.desk.with(|desk| desk.me.clone())
    }

    /// A room as it is known now, and again whenever it changes.
    #[must_use]
    pub fn room(self, id: RoomId) -> Memo<Option<Room>> {
        Memo::new(move |_| self.desk.with(|desk| desk.room(id).cloned()))
    }

    /// The name of a person; "you" for oneself.
    #[must_use]
    pub fn name_of(self, person: PersonId) -> String {
        self.desk.with_untracked(|desk| if person == desk.me.id { "you".into() } else { desk.name_of(person).into() })
    }

    /// Who else looks at the room.
    #[must_use]
    pub fn watchers(self, room: RoomId) -> Memo<Vec<PersonId>> {
        Memo::new(move |_| self.viewing.with(|viewing| viewing.get(&room).cloned().unwrap_or_default()))
    }

    /// "Maria and Tom are watching".
    #[must_use]
    pub fn watch_words(self, watchers: &[PersonId]) -> String {
        let first = |person: &PersonId| {
            let name = self.name_of(*person);
            name.split_whitespace().next().unwrap_or_default().to_owned()
        };
        match watchers {
            [] => String::new(),
            [one] => format!("{} is watching", first(one)),
            [one, two] => format!("{} and {} are watching", first(one), first(two)),
            [one, others @ ..] => format!("{} and {} others are watching", first(one), others.len()),
        }
    }

    /// The words for `error`, with names and times where it has them.
    #[must_use]
    pub fn words(self, error: &AppError) -> String {
        match error {
            AppError::Refused(Refused::HeldBy { person, since }) => {
                let name = self.desk.with_untracked(|desk| desk.name_of(*person).to_owned());
                let span = clock::now().since(*since);
                if span.as_secs() < 60 {
                    format!("{name} entered {} s ago.", span.as_secs().max(1))
                } else {
                    format!("{name} entered {} ago.", clock::short_span(span))
                }
            }
            other => other.to_string(),
        }
    }

    /// Complains about `error`, or leaves to sign in when that is what it says.
    pub fn report(self, error: &AppError) {
        match error {
            AppError::SignIn => leave_to_sign_in(),
            AppError::Unreadable => self.is_outdated.set(true),
            other => self.complain(self.words(other)),
        }
    }

    /// Shows the rooms of `query`, loading them when they are not here yet.
    pub fn show_list(self, query: ListQuery) {
        let is_loaded = self.desk.with_untracked(|desk| desk.list.query == query && desk.list.loaded);
        if is_loaded {
            return;
        }
        self.desk.update(|desk| desk.show_list(query));
        self.load_page();
    }

    /// Loads the next page of the list, unless it is on its way.
    pub fn load_page(self) {
        let (query, after, is_complete) = self.desk.with_untracked(|desk| {
            let list = &desk.list;
            (list.query.clone(), list.next, list.loaded && list.next.is_none())
        });
        if is_complete || self.paging.with_value(|paging| paging.as_ref() == Some(&query)) {
            return;
        }
        self.paging.set_value(Some(query.clone()));
        self.list_problem.set(None);
        spawn_local(async move {
            let answer = api::load_page(query.clone(), after).await;
            self.paging.update_value(|paging| {
                paging.take_if(|other| *other == query);
            });
            match answer {
                Ok(page) => self.desk.update(|desk| desk.add_page(page)),
                Err(AppError::SignIn) => leave_to_sign_in(),
                Err(error) if self.desk.with_untracked(|desk| desk.list.query == query) => {
                    self.list_problem.set(Some(error));
                }
                Err(_) => {}
            }
        });
    }

    /// Opens the selected room, or none.
    pub fn select(self, room: Option<RoomId>) {
        self.selected.set_value(room);
        self.tell(Told::Viewing { room });
        let open = self.desk.with_untracked(|desk| desk.open.as_ref().map(|view| view.room.id));
        if open == room {
            return;
        }
        self.opening.set(Opening::Idle);
        if open.is_some() {
            self.desk.update(|desk| desk.open = None);
        }
        if let Some(room) = room {
            self.load_room(room);
        }
    }

    /// Loads the room, as long as it is the selected one.
    pub fn load_room(self, room: RoomId) {
        self.opening.set(Opening::Loading(room));
        spawn_local(async move {
            let answer = api::load_room(room).await;
            if self.selected.get_value() != Some(room) {
                return;
            }
            match answer {
                Ok(view) => {
                    self.opening.set(Opening::Idle);
                    let next = self.desk.try_update(|desk| desk.open(view));
                    self.follow(next.unwrap_or(Next::Draw));
                }
                Err(AppError::SignIn) => leave_to_sign_in(),
                Err(error) => {
                    if error.is_gone() {
                        self.desk.update(|desk| desk.end_looking_back(room));
                    }
                    self.opening.set(Opening::Failed(room, error));
                }
            }
        });
    }

    /// What was lost while there was no link is asked for again.
    pub fn catch_up(self) {
        if let Opening::Failed(room, error) = self.opening.get_untracked()
            && error.may_pass()
        {
            self.load_room(room);
        }
        if self.list_problem.get_untracked().is_some() {
            self.load_page();
        }
        self.flush_all();
    }

    /// Tells the server something of the moment; without a socket nobody needs to know.
    pub fn tell(self, told: Told) {
        self.wire.with_value(|wire| {
            if let Some(wire) = wire {
                // The socket is gone: what is of the moment is gone with it.
                drop(wire.unbounded_send(told));
            }
        });
    }

    pub(super) fn follow(self, next: Next) {
        match next {
            Next::Draw => {}
            Next::LoadRoom(room) => self.load_room(room),
            Next::StartOver => self.start_over(),
            Next::SignIn => leave_to_sign_in(),
        }
    }

    /// Loads the desk anew; unsent messages and the open room stay.
    fn start_over(self) {
        let query = self.desk.with_untracked(|desk| desk.list.query.clone());
        spawn_local(async move {
            match api::load_desk(query).await {
                Ok(snapshot) => self.begin_again(snapshot),
                Err(AppError::SignIn) => leave_to_sign_in(),
                // The next heartbeat or reconnection says "start over" again.
                Err(error) => self.report(&error),
            }
        });
    }

    fn begin_again(self, snapshot: Snapshot) {
        let mut fresh = Desk::new(snapshot);
        self.desk.update(|desk| {
            let outbox: Vec<Outgoing> = std::mem::take(&mut desk.outbox);
            fresh.outbox = outbox;
            fresh.open = desk.open.take();
            *desk = fresh;
        });
        if let Some(room) = self.selected.get_value() {
            self.load_room(room);
        }
    }
}

thread_local! {
    static IS_LEAVING: Cell<bool> = const { Cell::new(false) };
}

/// Goes to the sign-in page, which leads back here.
pub fn leave_to_sign_in() {
    let location = window().location();
    let back = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    let back = String::from(js_sys::encode_uri_component(&back));
    leave_for(&format!("/sign-in?next={back}"));
}

/// Goes to another page, once: whoever signs out is told so by the socket, too.
pub fn leave_for(path: &str) {
    if !IS_LEAVING.replace(true) {
        // A browser that does not follow shows the page as it is.
        drop(window().location().assign(path));
    }
}
