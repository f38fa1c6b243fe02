//! Everything that was said and done in a room, as far as it is loaded.

use domain::desk::Desk;
use domain::id::{MessageId, RoomId};
use domain::live::Typist;
use domain::message::{Author, Message, What};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chat::api::load_earlier;
use crate::chat::bubble::Bubble;
use crate::chat::go_on_reading;
use crate::chat::items::{Item, lay_out};
use crate::chat::line::{end_words, line_words};
use crate::chat::scroll::Scroll;
use crate::clock::{self, Clock};
use crate::desk::{Link, Store, api, leave_to_sign_in};
use crate::error::AppError;
use crate::parts::{Icon, dynamic};

/// The column of words, and the button that leads back to its end.
#[component]
pub fn Transcript(room: RoomId) -> impl IntoView {
    let store = expect_context::<Store>();
    let scroll = Scroll::new();
    let new = store.desk.with_untracked(first_unread);
    let items = Memo::new(move |_| store.desk.with(|desk| layout(desk, room, new)));
    let has_earlier =
        Memo::new(move |_| store.desk.with(|desk| desk.open.as_ref().is_some_and(|view| view.has_earlier)));
    let newest = Memo::new(move |_| store.desk.with(newest_position));
    // Where the end was when the reader left it: what is after it is new.
    let left_end =
        Memo::new(move |before: Option<&Option<u32>>| match (scroll.is_at_end.get(), before.copied().flatten()) {
            (true, _) => None,
            (false, Some(position)) => Some(position),
            (false, None) => Some(newest.get_untracked()),
        });
    let fresh = Memo::new(move |_| left_end.get().map_or(0, |left| newest.get().saturating_sub(left)));
    let heard = Memo::new(move |_| store.desk.with(last_customer_words));
    let first_heard = heard.get_untracked();

    keep_seen(store, room, scroll);
    let earlier = Upwards::new(store, room, scroll, has_earlier);
    Effect::new(move |before: Option<Option<MessageId>>| {
        // One's own words are always worth seeing.
        let own = store
            .desk
            .with(|desk| desk.outbox.iter().rfind(|outgoing| outgoing.room == room).and_then(|outgoing| outgoing.id()));
        if own.is_some() && before.is_some_and(|before| before != own) {
            scroll.to_end();
        }
        own
    });

    view! {
        <div class="transcript">
            // The live region below tells what the customer says; the whole log would be too much to hear.
            <div
                class="transcript__log"
                role="log"
                aria-live="off"
                aria-label="Conversation"
                tabindex="0"
                node_ref=scroll.log
                on:scroll=move |_| scroll.scrolled()
            >
                <div class="transcript__column" node_ref=scroll.column>
                    {dynamic(move || has_earlier.get().then(|| view! { <Earlier earlier /> }))}
                    <For each=move || items.get() key=|item| *item let:item>
                        {row(room, item)}
                    </For>
                    <Writing room />
                </div>
            </div>
            {dynamic(move || {
                (!scroll.is_at_end.get())
                    .then(|| {
                        view! {
                            <button type="button" class="pill transcript__pill" on:click=move |_| scroll.to_end()>
                                <Icon name="down" small=true />
                                {dynamic(move || match fresh.get() {
                                    0 => "Newest".to_owned(),
                                    fresh => format!("{fresh} new"),
                                })}
                            </button>
                        }
                    })
            })}
            <p class="visually-hidden" aria-live="polite">
                {dynamic(move || heard.get().filter(|heard| Some(heard) != first_heard.as_ref()).map(|(_, words)| words))}
            </p>
        </div>
    }
}

/// What stands where earlier words will come in.
#[component]
fn Earlier(earlier: Upwards) -> impl IntoView {
    let again = move |_| {
        earlier.failed.set(None);
        // The button is gone while they are loaded.
        go_on_reading();
    };
    dynamic(move || match earlier.problem.get() {
        None => view! { <p class="transcript__earlier">"Loading earlier messages…"</p> }.into_any(),
        Some(error) => view! {
            <p class="transcript__earlier" role="alert">
                {format!("Earlier messages could not be loaded. {error} ")}
                <button type="button" class="button button--small" on:click=again>
                    "Try again"
                </button>
            </p>
        }
        .into_any(),
    })
}

fn row(room: RoomId, item: Item) -> impl IntoView {
    match item {
        Item::Day(at) => view! { <Day at /> }.into_any(),
        Item::New => view! { <p class="transcript__new">"New messages"</p> }.into_any(),
        Item::Said { id, first } => view! { <Bubble room id first /> }.into_any(),
        Item::Line(position) => view! { <Line position /> }.into_any(),
        Item::End(position) => view! { <End position /> }.into_any(),
    }
}

#[component]
fn Day(at: domain::timestamp::Timestamp) -> impl IntoView {
    let clock = expect_context::<Clock>();
    view! {
        <p class="transcript__day">
            {dynamic(move || clock.now().map(|now| clock::day_words(at, now)))}
        </p>
    }
}

/// A thin line about what happened.
#[component]
fn Line(position: u32) -> impl IntoView {
    let store = expect_context::<Store>();
    let told = store.desk.with_untracked(|desk| {
        let view = desk.open.as_ref()?;
        let entry = view.entries.iter().find(|entry| entry.position == position)?;
        let What::Line(change) = &entry.what else { return None };
        Some((entry.at, line_words(change, desk, &view.room.name)))
    });
    told.map(|(at, (icon, words))| {
        view! {
            <p class="line" title=clock::exact(at)>
                <Icon name=icon small=true />
                <span>{words} " · " <time datetime=clock::machine_time(at)>{clock::time(at)}</time></span>
            </p>
        }
    })
}

/// The end of an episode, with its outcome and comment.
#[component]
fn End(position: u32) -> impl IntoView {
    let store = expect_context::<Store>();
    let told = store.desk.with_untracked(|desk| {
        let view = desk.open.as_ref()?;
        let entry = view.entries.iter().find(|entry| entry.position == position)?;
        let What::Line(change) = &entry.what else { return None };
        let known = view.episodes.iter().find(|episode| episode.id == entry.episode);
        let number = known.map_or(view.room.episode_number, |episode| episode.number);
        let (chip, words) = end_words(change, desk);
        Some((entry.at, chip, number, words))
    });
    told.map(|(at, (tone, outcome), number, words)| {
        view! {
            <p class="ending" title=clock::exact(at)>
                <span class="ending__words">
                    <span class=format!("chip chip--{tone}")>{outcome}</span>
                    <span>
                        {format!("Case {number} · ")} <time datetime=clock::machine_time(at)>{clock::short_date(at, clock::now())} ", " {clock::time(at)}</time>
                        {words}
                    </span>
                </span>
            </p>
        }
    })
}

/// Who is writing at this moment.
#[component]
fn Writing(room: RoomId) -> impl IntoView {
    let store = expect_context::<Store>();
    let writing = Memo::new(move |_| {
        store.typing.with(|typing| typing.iter().filter(|one| one.room == room).map(|one| one.who).collect::<Vec<_>>())
    });
    dynamic(move || {
        let writing = writing.get();
        store.desk.with_untracked(|desk| {
            let room = desk.room(room);
            writing
                .into_iter()
                .map(|who| {
                    let (kind, name) = match who {
                        Typist::Customer => ("them", room.map_or("The customer".to_owned(), |room| room.name.clone())),
                        Typist::Bot => {
                            let channel = room.and_then(|room| desk.channels.get(&room.channel));
                            let bot = channel.and_then(|channel| channel.bot_name.clone());
                            ("bot", bot.unwrap_or_else(|| "The bot".into()))
                        }
                        Typist::Person(person) => ("us", desk.name_of(person).to_owned()),
                    };
                    view! {
                        <div class=format!("bubble bubble--{kind} bubble--first")>
                            <p class="bubble__who" dir="auto">
                                {format!("{name} is writing")}
                            </p>
                            <div class="bubble__words bubble__dots" aria-hidden="true">
                                <i></i>
                                <i></i>
                                <i></i>
                            </div>
                        </div>
                    }
                })
                .collect_view()
        })
    })
}

fn layout(desk: &Desk, room: RoomId, new: Option<MessageId>) -> Vec<Item> {
    let Some(view) = desk.open.as_ref().filter(|view| view.room.id == room) else { return Vec::new() };
    let outbox = desk.outbox.iter().filter(|outgoing| outgoing.room == room && !view.has(outgoing.id()));
    lay_out(&view.entries, outbox, new, clock::day_of)
}

/// The first of the customer's messages that were not seen; `None` also where it is not loaded.
fn first_unread(desk: &Desk) -> Option<MessageId> {
    let view = desk.open.as_ref()?;
    let last = usize::try_from(desk.unread(&view.room)).ok()?.checked_sub(1)?;
    let mut theirs = view.entries.iter().rev().filter_map(|entry| match &entry.what {
        What::Message(Message { id, author: Author::Customer, .. }) => Some(*id),
        What::Message(_) | What::Note(_) | What::Line(_) => None,
    });
    theirs.nth(last)
}

fn newest_position(desk: &Desk) -> u32 {
    desk.open.as_ref().and_then(|view| view.entries.last()).map_or(0, |entry| entry.position)
}

/// What the customer said last, for who listens.
fn last_customer_words(desk: &Desk) -> Option<(MessageId, String)> {
    let view = desk.open.as_ref()?;
    view.entries.iter().rev().find_map(|entry| match &entry.what {
        What::Message(Message { id, author: Author::Customer, content, .. }) => {
            Some((*id, format!("{}: {}", view.room.name, content.text())))
        }
        What::Message(_) | What::Note(_) | What::Line(_) => None,
    })
}

/// What stands at the end of the log, in a page somebody looks at, is seen. Marked unread, a room is read once somebody looks
/// at it anew, not because it is still on screen. Whoever was named there has seen it.
fn keep_seen(store: Store, room: RoomId, scroll: Scroll) {
    let is_looked_at = RwSignal::new(true);
    // Lost, it is said again with the next message.
    let see = move |messages| spawn_local(async move { drop(api::mark_seen(room, messages).await) });
    Effect::new(move |_| {
        let look = move || {
            let is_hidden = document().hidden();
            is_looked_at.set(!is_hidden);
            if !is_hidden && store.desk.with_untracked(|desk| desk.seen(room).is_marked()) {
                see(0);
            }
        };
        look();
        let watching = window_event_listener_untyped("visibilitychange", move |_| look());
        on_cleanup(move || watching.remove());
    });
    let is_called = Memo::new(move |_| is_looked_at.get() && store.desk.with(|desk| desk.mention(room).is_some()));
    Effect::new(move |_| {
        if is_called.get() {
            see(0);
        }
    });
    let unseen = Memo::new(move |_| {
        let is_in_sight = is_looked_at.get() && scroll.is_at_end.get();
        store.desk.with(|desk| {
            let room = desk.room(room).filter(|room| is_in_sight && desk.unseen(room) > 0)?;
            Some(room.customer_messages)
        })
    });
    Effect::new(move |_| {
        if let Some(messages) = unseen.get() {
            see(messages);
        }
    });
}

/// Loads what was before as one comes near it. Why it did not come is for the reader: it is tried again when they say so,
/// or when the server is there again.
#[derive(Clone, Copy)]
struct Upwards {
    store: Store,
    room: RoomId,
    scroll: Scroll,
    /// Why it did not come, and how often the link had come back until then.
    failed: RwSignal<Option<(AppError, u32)>>,
    returns: Memo<(Link, u32)>,
    problem: Memo<Option<AppError>>,
    is_wanted: Memo<bool>,
    is_loading: StoredValue<bool>,
}

impl Upwards {
    fn new(store: Store, room: RoomId, scroll: Scroll, has_earlier: Memo<bool>) -> Self {
        let failed = RwSignal::new(None::<(AppError, u32)>);
        let returns = Memo::new(move |before: Option<&(Link, u32)>| {
            let link = store.link.get();
            let (was, returns) = before.copied().unwrap_or((link, 0));
            (link, returns + u32::from(was == Link::Down && link != Link::Down))
        });
        let problem = Memo::new(move |_| {
            let (error, at) = failed.get()?;
            (returns.get().1 == at).then_some(error)
        });
        let is_wanted =
            Memo::new(move |_| scroll.is_near_beginning.get() && has_earlier.get() && problem.with(Option::is_none));
        let is_loading = StoredValue::new(false);
        let upwards = Self { store, room, scroll, failed, returns, problem, is_wanted, is_loading };
        Effect::new(move |_| {
            if is_wanted.get() {
                upwards.load();
            }
        });
        upwards
    }

    fn load(self) {
        let first = self.store.desk.with_untracked(|desk| {
            desk.open.as_ref().and_then(|view| view.entries.first()).map(|entry| entry.position)
        });
        let Some(before) = first.filter(|_| !self.is_loading.get_value()) else { return };
        self.is_loading.set_value(true);
        spawn_local(async move {
            let answer = load_earlier(self.room, before).await;
            if self.is_loading.try_get_value().is_none() {
                // The room is not on screen any more.
                return;
            }
            match answer {
                Ok((entries, has_earlier)) => {
                    self.scroll.hold();
                    self.store.desk.update(|desk| desk.add_earlier(self.room, entries, has_earlier));
                    request_animation_frame(move || self.go_on());
                }
                Err(AppError::SignIn) => leave_to_sign_in(),
                Err(error) => {
                    self.is_loading.set_value(false);
                    self.failed.set(Some((error, self.returns.get_untracked().1)));
                }
            }
        });
    }

    /// What was loaded stands above; more is loaded if one is near the beginning still.
    fn go_on(self) {
        if self.is_loading.try_update_value(|loading| *loading = false).is_none() {
            return;
        }
        self.scroll.settle();
        self.scroll.scrolled();
        if self.is_wanted.get_untracked() {
            self.load();
        }
    }
}
