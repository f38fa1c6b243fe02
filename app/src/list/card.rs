//! One room in the list: who, on what, the last words, and what it waits for.

use domain::episode::Outcome;
use domain::id::RoomId;
use domain::message::{Preview, Speaker};
use domain::policy::Policy;
use domain::room::{LiveHandler, Room, State};
use domain::timestamp::{Timestamp, hours, minutes};
use leptos::prelude::*;

use crate::clock::{Clock, ago, coming_words, expiry_words, long_span, short_span};
use crate::console::Here;
use crate::desk::Store;
use crate::parts::{Avatar, Icon, Moment, channel_icon, dynamic};

/// A row of the list. It redraws alone.
#[component]
pub fn Card(room: RoomId) -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let known = store.room(room);
    let unread = Memo::new(move |_| {
        known.with(|room| room.as_ref().map_or(0, |room| store.desk.with(|desk| desk.unread(room))))
    });
    let is_selected = Memo::new(move |_| here.place.get().room() == Some(room));
    view! {
        <li class="list__row">
            <a
                class="card"
                class:card--unread=move || { unread.get() > 0 }
                href=move || here.url_of(room)
                aria-current=move || is_selected.get().then_some("true")
            >
                {dynamic(move || known.get().map(|room| view! { <Face room unread /> }))}
            </a>
        </li>
    }
}

/// What a row shows of its room.
#[component]
pub fn Face(room: Room, unread: Memo<u32>) -> impl IntoView {
    let store = expect_context::<Store>();
    let id = room.id;
    let preview = room.preview.clone();
    let is_called = Memo::new(move |_| store.desk.with(|desk| desk.mention(id).is_some()));
    let said = move || said(store, id, preview.as_ref());
    let meta = room.clone();
    view! {
        <span class="face">
            <Avatar id=room.customer.0 name=room.name.clone() picture=room.picture />
            <span class=format!("face__via face__via--{}", room.kind.word()) title=room.kind.label()>
                <Icon name=channel_icon(room.kind) small=true />
            </span>
        </span>
        <span class="card__body">
            <span class="card__line">
                <span class="card__name" dir="auto">
                    {room.name.clone()}
                </span>
                <span class="card__time">
                    <Moment at=room.last_message_at words=ago />
                </span>
            </span>
            <span class="card__line">
                <span class="card__said" dir="auto">
                    {said}
                </span>
                {dynamic(move || is_called.get().then(mention_mark))}
                {dynamic(move || unread_badge(unread.get()))}
            </span>
            <Chips room=meta />
        </span>
    }
    .into_any()
}

/// A colleague named whoever sits here.
fn mention_mark() -> impl IntoView {
    view! {
        <span class="card__mention" title="You were mentioned">
            "@" <span class="visually-hidden">" you were mentioned"</span>
        </span>
    }
}

fn unread_badge(unread: u32) -> impl IntoView {
    (unread > 0).then(|| {
        let words = if unread > 9 { "9+".to_owned() } else { unread.to_string() };
        view! {
            <span class="card__unread">
                {words} <span class="visually-hidden">" unread"</span>
            </span>
        }
    })
}

/// The line under the name: who is typing, one's own draft, or the last words.
fn said(store: Store, room: RoomId, preview: Option<&Preview>) -> String {
    let is_typing = store.typing.with(|typing| typing.iter().any(|typing| typing.room == room));
    if is_typing {
        return "typing…".into();
    }
    if let Some(draft) = store.drafts.with(|drafts| drafts.get(&room).cloned()) {
        return format!("Draft: {draft}");
    }
    preview.map(|preview| preview_words(store, preview)).unwrap_or_default()
}

/// The last words of a room, with who spoke.
#[must_use]
pub fn preview_words(store: Store, preview: &Preview) -> String {
    let text = &preview.text;
    match &preview.speaker {
        Speaker::Customer => text.clone(),
        Speaker::Bot => format!("Bot: {text}"),
        Speaker::Switchboard => format!("Switchboard: {text}"),
        Speaker::Note(_) => format!("Note: {text}"),
        Speaker::Person(person) => {
            let (is_me, name) =
                store.desk.with_untracked(|desk| (desk.me.id == *person, desk.name_of(*person).to_owned()));
            let name = if is_me { "You" } else { name.split_whitespace().next().unwrap_or_default() };
            format!("{name}: {text}")
        }
    }
}

/// What the room waits for, in at most three marks and the owner.
#[component]
fn Chips(room: Room) -> impl IntoView {
    let store = expect_context::<Store>();
    let clock = expect_context::<Clock>();
    let id = room.id;
    let holder = store.desk.with_untracked(|desk| {
        let holder = room.agent().filter(|holder| *holder != desk.me.id)?;
        Some((holder, desk.name_of(holder).to_owned()))
    });
    let chips = move || {
        let now = clock.now();
        let expiry = store.desk.with_untracked(|desk| expiry_chip(&room, &desk.policy, now));
        let chips = [
            room.critical.then(|| Chip::new("bad", "flag", "Critical")),
            state_chip(&room, now),
            // Of the marks about time, none matters any more.
            if room.blocked {
                Some(Chip::new("bad", "block", "Blocked"))
            } else {
                expiry.or_else(|| window_chip(&room, now))
            },
        ];
        chips.into_iter().flatten().map(Chip::view).collect_view()
    };
    let watchers = store.watchers(id);
    view! {
        <span class="card__chips">
            {chips}
            <span class="card__gap"></span>
            {dynamic(move || {
                let watchers = watchers.get();
                (!watchers.is_empty())
                    .then(|| {
                        let words = store.watch_words(&watchers);
                        view! {
                            <span class="card__watching" title=words.clone()>
                                <Icon name="eye" small=true />
                                <span class="visually-hidden">{words.clone()}</span>
                            </span>
                        }
                    })
            })}
            {holder
                .map(|(holder, name)| {
                    view! {
                        <span class="card__holder" title=name.clone()>
                            <Avatar id=holder.0 name=name.clone() size="small" />
                            <span class="visually-hidden">{format!("held by {name}")}</span>
                        </span>
                    }
                })}
        </span>
    }
    .into_any()
}

/// A coloured mark; its icon and word say the same as its colour.
struct Chip {
    tone: &'static str,
    icon: &'static str,
    words: String,
}

impl Chip {
    fn new(tone: &'static str, icon: &'static str, words: impl Into<String>) -> Self {
        Self { tone, icon, words: words.into() }
    }

    fn view(self) -> impl IntoView {
        view! {
            <span class=format!("chip chip--{}", self.tone)>
                {(!self.icon.is_empty()).then(|| view! { <Icon name=self.icon small=true /> })}
                {self.words}
            </span>
        }
        .into_any()
    }
}

fn state_chip(room: &Room, now: Option<Timestamp>) -> Option<Chip> {
    if let Some(until) = room.snoozed_until {
        let words = now.map_or_else(|| "Snoozed".into(), |now| format!("Until {}", coming_words(until, now)));
        return Some(Chip::new("plain", "clock", words));
    }
    match &room.state {
        State::Live { handler: LiveHandler::Bot } => Some(Chip::new("hot", "bot", "Bot")),
        State::Live { handler: LiveHandler::Queue } => Some(waiting_chip("Queue ", "Queue", room, now)),
        State::Assigned { .. } if room.waiting_since.is_some() => Some(waiting_chip("", "Waiting on us", room, now)),
        State::Assigned { .. } if room.critical => None,
        State::Assigned { .. } => Some(Chip::new("plain", "", "Waiting on customer")),
        State::Archived { .. } if room.restore_pending.is_some() => {
            Some(Chip::new("plain", "send", "Waiting for reply"))
        }
        State::Archived { outcome: Outcome::Resolved, .. } => Some(Chip::new("good", "check", "Resolved")),
        State::Archived { outcome: Outcome::Abandoned, .. } => Some(Chip::new("plain", "", "Abandoned")),
        State::Archived { outcome: Outcome::Expired, unanswered: true, .. } => {
            Some(Chip::new("bad", "clock", "Expired unanswered"))
        }
        State::Archived { outcome: Outcome::Expired, .. } => Some(Chip::new("plain", "clock", "Expired")),
    }
}

/// How long the customer has waited: grey at first, then amber, then red.
fn waiting_chip(before: &str, without_time: &str, room: &Room, now: Option<Timestamp>) -> Chip {
    let (Some(since), Some(now)) = (room.waiting_since, now) else { return Chip::new("plain", "clock", without_time) };
    let waited = now.since(since);
    let tone = match waited {
        waited if waited < minutes(3) => "plain",
        waited if waited < minutes(10) => "warn",
        _ => "bad",
    };
    let words = match waited {
        waited if waited < minutes(1) => "just now".to_owned(),
        waited => short_span(waited),
    };
    Chip::new(tone, "clock", format!("{before}{words}"))
}

/// When the room expires, once half of its time is over and the customer still waits.
fn expiry_chip(room: &Room, policy: &Policy, now: Option<Timestamp>) -> Option<Chip> {
    let (tone, words) = expiry_words(room, policy, now?)?;
    Some(Chip::new(tone, "alert", words))
}

/// The messaging window, once it is about to close.
fn window_chip(room: &Room, now: Option<Timestamp>) -> Option<Chip> {
    let now = now.filter(|_| !room.is_archived())?;
    match room.window(now) {
        domain::channel::WindowState::OpenUntil(until) if until.since(now) < hours(4) => {
            Some(Chip::new("warn", "window", format!("Window {}", long_span(until.since(now)))))
        }
        domain::channel::WindowState::PeopleUntil(until) if until.since(now) < hours(4) => {
            Some(Chip::new("warn", "window", format!("Window {}", long_span(until.since(now)))))
        }
        domain::channel::WindowState::Closed => Some(Chip::new("plain", "window", "Window closed")),
        domain::channel::WindowState::OpenUntil(_)
        | domain::channel::WindowState::PeopleUntil(_)
        | domain::channel::WindowState::Unlimited => None,
    }
}
