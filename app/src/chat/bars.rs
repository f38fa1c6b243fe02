//! What stands under the transcript where one cannot write to the customer: calm words and the way on.

mod archived;

use domain::change::{Actor, Change};
use domain::channel::ChannelKind;
use domain::id::RoomId;
use domain::message::What;
use domain::permission::{may_assign, may_block, may_enter, may_join, may_request_take_over, may_take_over};
use domain::room::{Room, State, waits_for_sender};
use leptos::prelude::*;

use crate::actions::{ACTIONS, Scene};
use crate::chat::composer::Composer;
use crate::chat::{Closed, Mode, unsent_reply};
use crate::clock::{Clock, moment_words, short_span};
use crate::console::{Dialog, Ui};
use crate::desk::Store;
use crate::parts::{Icon, dynamic};

use archived::{ArchivedBar, LookingBackBar};

/// The bar of a room in which one cannot write.
pub fn closed_bar(room: RoomId, known: Memo<Option<Room>>, why: Closed) -> AnyView {
    match why {
        Closed::NotEntered => view! { <EnterBar room known /> }.into_any(),
        Closed::Held => view! { <HeldBar room known /> }.into_any(),
        Closed::Stopped => view! { <StoppedBar room known /> }.into_any(),
        Closed::Archived => view! { <ArchivedBar room known /> }.into_any(),
        Closed::LookingBack => view! { <LookingBackBar /> }.into_any(),
        Closed::Blocked => view! { <BlockedBar room known /> }.into_any(),
    }
}

/// Live: the bot answers, or the room waits for somebody.
#[component]
fn EnterBar(room: RoomId, known: Memo<Option<Room>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let clock = expect_context::<Clock>();
    let scene = Scene::present();
    let is_with_bot = Memo::new(move |_| known.with(|room| room.as_ref().is_some_and(Room::is_with_bot)));
    let may_enter = Memo::new(move |_| rule(store, known, |desk, room| may_enter(&desk.me, &desk.policy, room)));
    let may_assign = Memo::new(move |_| {
        rule(store, known, |desk, room| {
            desk.people.values().any(|person| may_assign(&desk.me, &desk.policy, room, person))
        })
    });
    let title = move || {
        let waiting = known.with(|room| room.as_ref().and_then(|room| room.waiting_since));
        match (is_with_bot.get(), waiting, clock.now()) {
            (true, ..) => "The bot is answering".to_owned(),
            (false, Some(since), Some(now)) => format!("Waiting in the queue · {}", short_span(now.since(since))),
            (false, ..) => "Waiting in the queue".into(),
        }
    };
    let sender = Memo::new(move |_| {
        let now = clock.now()?;
        known.with(|room| {
            let room = room.as_ref()?;
            store.desk.with(|desk| {
                let (sender, _) =
                    waits_for_sender(room, &desk.policy, now).filter(|(sender, _)| *sender != desk.me.id)?;
                Some(desk.name_of(sender).to_owned())
            })
        })
    });
    let way = move || match (is_with_bot.get(), may_enter.get()) {
        (true, true) => "Enter the chat and it stops at once; the customer sees that a person joined.",
        (true, false) => "You can watch. The chat comes to a team when the bot hands over.",
        (false, true) => "Enter the chat to answer; the customer sees that a person joined.",
        (false, false) => "Somebody of its team will take it.",
    };
    let words = move || match sender.get() {
        Some(sender) => format!("{sender} won the customer back and gets the chat first. {}", way()),
        None => way().to_owned(),
    };
    view! {
        <Bar room known icon=Signal::derive(move || if is_with_bot.get() { "bot" } else { "queue" }) title=Signal::derive(title) words=Signal::derive(words)>
            {dynamic(move || {
                may_assign
                    .get()
                    .then(|| {
                        view! {
                            <button type="button" class="button wide-only" on:click=move |_| ui.dialog.set(Some(Dialog::Assign))>
                                "Assign…"
                            </button>
                        }
                    })
            })}
            {dynamic(move || {
                may_enter
                    .get()
                    .then(|| {
                        view! {
                            <button type="button" class="button button--main" on:click=move |_| run(scene, "enter")>
                                "Enter Chat"
                                <kbd class="key key--on-main wide-only" aria-hidden="true">
                                    "C"
                                </kbd>
                            </button>
                        }
                    })
            })}
        </Bar>
    }
}

/// Assigned to somebody else.
#[component]
fn HeldBar(room: RoomId, known: Memo<Option<Room>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let scene = Scene::present();
    let clock = expect_context::<Clock>();
    let may_join = Memo::new(move |_| rule(store, known, |desk, room| may_join(&desk.me, room)));
    let may_take_over = Memo::new(move |_| rule(store, known, |desk, room| may_take_over(&desk.me, room)));
    let may_ask = Memo::new(move |_| rule(store, known, |desk, room| may_request_take_over(&desk.me, room)));
    let title = move || {
        let held = known.with(|room| match room.as_ref()?.state {
            State::Assigned { to, since } => Some((to, since)),
            State::Live { .. } | State::Archived { .. } => None,
        });
        match (held, clock.now()) {
            (Some((to, since)), Some(now)) => {
                let name = store.desk.with(|desk| desk.name_of(to).to_owned());
                format!("{name} holds this chat since {}", moment_words(since, now))
            }
            _ => "A colleague holds this chat".into(),
        }
    };
    let words = move || {
        if may_take_over.get() {
            "You are watching. Join to write beside them, or take the chat over."
        } else {
            "You are watching. Ask for the chat, or leave a private note if you know something."
        }
    };
    view! {
        <Bar room known icon=Signal::derive(|| "eye") title=Signal::derive(title) words=Signal::derive(move || words().to_owned())>
            {dynamic(move || {
                may_join
                    .get()
                    .then(|| {
                        view! {
                            <button type="button" class="button" on:click=move |_| run(scene, "join")>
                                "Join"
                            </button>
                        }
                    })
            })}
            {dynamic(move || {
                may_ask
                    .get()
                    .then(|| {
                        view! {
                            <button type="button" class="button" on:click=move |_| run(scene, "request-take-over")>
                                "Ask to take over"
                            </button>
                        }
                    })
            })}
            {dynamic(move || {
                may_take_over
                    .get()
                    .then(|| {
                        view! {
                            <button type="button" class="button button--main" on:click=move |_| run(scene, "take-over")>
                                "Take over"
                            </button>
                        }
                    })
            })}
        </Bar>
    }
}

/// Held by oneself, and the customer said STOP where that forbids every word.
#[component]
fn StoppedBar(room: RoomId, known: Memo<Option<Room>>) -> impl IntoView {
    let by_word = known.with_untracked(|room| room.as_ref().is_some_and(|room| room.kind == ChannelKind::Sms));
    let (title, words) = if by_word {
        ("The customer sent STOP", "Nothing may be sent until they send START.")
    } else {
        ("The customer opted out", "Nothing may be sent until they opt in again.")
    };
    view! {
        <Bar
            room
            known
            icon=Signal::derive(|| "lock")
            title=Signal::derive(move || title.to_owned())
            words=Signal::derive(move || words.to_owned())
        />
    }
}

/// Blocked, in whichever section: who did it, and the way back for whoever may take it.
#[component]
fn BlockedBar(room: RoomId, known: Memo<Option<Room>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let scene = Scene::present();
    let has_draft = unsent_reply(store, room);
    let may_unblock = Memo::new(move |_| rule(store, known, |desk, room| may_block(&desk.me, room)));
    let title = Memo::new(move |_| store.desk.with(|desk| blocked_words(desk, room)));
    let words = if has_draft {
        "What they write is dropped, and nothing is sent to them. Your unsent reply is kept."
    } else {
        "What they write is dropped, and nothing is sent to them."
    };
    view! {
        <Bar room known icon=Signal::derive(|| "block") title=Signal::derive(move || title.get()) words=Signal::derive(move || words.to_owned())>
            {dynamic(move || {
                may_unblock
                    .get()
                    .then(|| {
                        view! {
                            <button type="button" class="button" on:click=move |_| run(scene, "unblock")>
                                "Unblock"
                            </button>
                        }
                    })
            })}
        </Bar>
    }
}

/// "You blocked this customer", as far as the part of the transcript on screen tells who did.
fn blocked_words(desk: &domain::desk::Desk, room: RoomId) -> String {
    let by = lines_backwards(desk, room).find_map(|change| match change {
        Change::CustomerBlocked { by: Actor::Person(by) } => Some(*by),
        _ => None,
    });
    match by {
        Some(by) if by == desk.me.id => "You blocked this customer".into(),
        Some(by) => format!("{} blocked this customer", desk.name_of(by)),
        None => "This customer is blocked".into(),
    }
}

/// The bar itself, with the way to a private note, which is always open.
#[component]
fn Bar(
    room: RoomId,
    known: Memo<Option<Room>>,
    icon: Signal<&'static str>,
    title: Signal<String>,
    words: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let ui = expect_context::<Ui>();
    let is_noting = RwSignal::new(false);
    Effect::new(move |_| {
        if ui.compose.get() == Some(Mode::Note) {
            is_noting.set(true);
        }
    });
    view! {
        <div class="bar">
            <span class="bar__icon">{dynamic(move || view! { <Icon name=icon.get() /> })}</span>
            <div class="bar__body">
                <p class="bar__title">{dynamic(move || title.get())}</p>
                <p class="bar__words">{dynamic(move || words.get())}</p>
            </div>
            <div class="bar__actions">
                <button
                    type="button"
                    class="button button--quiet"
                    title="Private note"
                    aria-label="Private note"
                    aria-expanded=move || if is_noting.get() { "true" } else { "false" }
                    on:click=move |_| {
                        is_noting.update(|noting| *noting = !*noting);
                        ui.compose.set(is_noting.get_untracked().then_some(Mode::Note));
                    }
                >
                    <Icon name="lock" small=true />
                </button>
                {children.map(|children| children())}
            </div>
        </div>
        {dynamic(move || is_noting.get().then(|| view! { <Composer room known may_reply=false /> }))}
    }
}

fn rule(store: Store, known: Memo<Option<Room>>, rule: fn(&domain::desk::Desk, &Room) -> bool) -> bool {
    known.with(|room| room.as_ref().is_some_and(|room| store.desk.with(|desk| rule(desk, room))))
}

/// Runs an action of the list by its id.
fn run(scene: Scene, id: &str) {
    if let Some(action) = ACTIONS.iter().find(|action| action.id == id) {
        (action.run)(scene);
    }
}

/// The thin lines of the room on screen, newest first.
fn lines_backwards(desk: &domain::desk::Desk, room: RoomId) -> impl Iterator<Item = &Change> {
    let view = desk.open.as_ref().filter(|view| view.room.id == room);
    view.into_iter().flat_map(|view| view.entries.iter().rev()).filter_map(|entry| match &entry.what {
        What::Line(change) => Some(&**change),
        What::Message(_) | What::Note(_) => None,
    })
}
