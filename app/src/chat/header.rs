//! The top of the conversation: whose it is, how it stands, and the three-dot menu.

use domain::channel::WindowState;
use domain::id::RoomId;
use domain::permission::may_update_status;
use domain::room::{Room, Section, State, Status};
use domain::timestamp::{Timestamp, hours};
use leptos::prelude::*;

use crate::actions::{ACTIONS, Scene};
use crate::clock::{Clock, expiry_words, long_span, moment_words};
use crate::console::{Dialog, Here, Ui};
use crate::desk::{Link, Store};
use crate::parts::{Avatar, Icon, Menu, MenuItem, channel_icon, dynamic};

/// The header of a room, also of one that is still being loaded.
#[component]
pub fn Header(room: RoomId, known: Memo<Option<Room>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let ui = expect_context::<Ui>();
    let back = move || here.url_of_section(here.place.get().section());
    let may_resolve = Memo::new(move |_| {
        known.with(|room| {
            room.as_ref()
                .is_some_and(|room| room.agent().is_some() && store.desk.with(|desk| may_update_status(&desk.me, room)))
        })
    });
    // The menu stays open while things happen in the room.
    let is_known = Memo::new(move |_| known.with(Option::is_some));
    view! {
        <header class="header">
            // The step that led here is taken back: the browser's own way back does not return into the room.
            <a class="icon-button narrow-only" href=back prop:replace=true aria-label="Back to the list">
                <Icon name="back" />
            </a>
            {dynamic(move || known.get().map(|room| view! { <Name room /> }))}
            <span class="header__gap"></span>
            <span class="header__chips wide-only">
                <ExpiryChip known />
                <WindowChip known />
                <WatchChip room known />
            </span>
            {dynamic(move || {
                may_resolve
                    .get()
                    .then(|| {
                        view! {
                            <button type="button" class="button wide-only" on:click=move |_| ui.dialog.set(Some(Dialog::Status(Status::Resolve)))>
                                <Icon name="check" small=true />
                                "Resolve"
                            </button>
                        }
                    })
            })}
            {dynamic(move || is_known.get().then(|| view! { <PanelButton /> <More /> }))}
        </header>
    }
}

#[component]
fn PanelButton() -> impl IntoView {
    let ui = expect_context::<Ui>();
    view! {
        <button
            type="button"
            class="icon-button header__panel"
            aria-label="Customer"
            title="Customer (P)"
            aria-expanded=move || if ui.is_panel_shown() { "true" } else { "false" }
            on:click=move |_| ui.toggle_panel()
        >
            <Icon name="panel" />
        </button>
    }
}

#[component]
fn Name(room: Room) -> impl IntoView {
    let store = expect_context::<Store>();
    let clock = expect_context::<Clock>();
    let (id, name, picture) = (room.customer, room.name.clone(), room.picture);
    let kind = room.kind;
    let marks = [
        (room.critical, "flag", "Critical"),
        (room.blocked, "block", "Blocked"),
        (room.opted_out, "lock", "Opted out"),
    ];
    let marks = marks.into_iter().filter(|(is_so, ..)| *is_so).map(|(_, icon, words)| {
        view! {
            <span class="chip chip--bad">
                <Icon name=icon small=true />
                {words}
            </span>
        }
    });
    let under = move || store.desk.with(|desk| under_words(desk, &room, clock.now()));
    view! {
        <span class="face">
            <Avatar id=id.0 name=name.clone() picture />
            <span class=format!("face__via face__via--{}", kind.word()) title=kind.label()>
                <Icon name=channel_icon(kind) small=true />
            </span>
        </span>
        <div class="header__who">
            <div class="header__line">
                <h2 class="header__name" dir="auto">
                    {name}
                </h2>
                {marks.collect_view()}
            </div>
            <p class="header__under">{under}</p>
        </div>
    }
    .into_any()
}

/// "WhatsApp · Acme Support · yours since 14:21".
fn under_words(desk: &domain::desk::Desk, room: &Room, now: Option<Timestamp>) -> String {
    let channel = desk.channels.get(&room.channel);
    let kind = room.kind.label();
    let name = channel.map(|channel| channel.name.clone());
    // "Acme WhatsApp" says both.
    let mut parts: Vec<String> =
        if name.as_ref().is_some_and(|name| name.contains(kind)) { vec![] } else { vec![kind.into()] };
    parts.extend(name);
    parts.push(match &room.state {
        State::Live { .. } if room.is_with_bot() => match channel.and_then(|channel| channel.bot_name.as_ref()) {
            Some(bot) => format!("{bot} is answering"),
            None => "the bot is answering".into(),
        },
        State::Live { .. } => "waiting in the queue".into(),
        State::Assigned { to, since } => {
            let who = if *to == desk.me.id { "yours".into() } else { format!("with {}", desk.name_of(*to)) };
            match now {
                Some(now) => format!("{who} since {}", moment_words(*since, now)),
                None => who,
            }
        }
        State::Archived { .. } => format!("case {}", room.episode_number),
    });
    parts.join(" · ")
}

/// When the room expires, once that is near and the customer still waits.
#[component]
fn ExpiryChip(known: Memo<Option<Room>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let clock = expect_context::<Clock>();
    let chip = Memo::new(move |_| {
        let now = clock.now()?;
        known.with(|room| store.desk.with_untracked(|desk| expiry_words(room.as_ref()?, &desk.policy, now)))
    });
    dynamic(move || {
        chip.get().map(|(tone, words)| {
            view! {
                <span class=format!("chip chip--{tone}")>
                    <Icon name="alert" small=true />
                    {words}
                </span>
            }
        })
    })
}

/// The messaging window, where the channel has one and it matters.
#[component]
fn WindowChip(known: Memo<Option<Room>>) -> impl IntoView {
    let clock = expect_context::<Clock>();
    let chip = move || {
        let now = clock.now()?;
        let window =
            known.with(|room| room.as_ref().filter(|room| !room.is_archived()).map(|room| room.window(now)))?;
        match window {
            WindowState::Unlimited => None,
            WindowState::Closed => Some(("chip chip--bad", "Window closed".to_owned())),
            WindowState::OpenUntil(until) if until.since(now) < hours(4) => {
                Some(("chip chip--warn", format!("Window closes in {}", long_span(until.since(now)))))
            }
            WindowState::OpenUntil(_) => None,
            WindowState::PeopleUntil(until) => {
                Some(("chip chip--warn", format!("Only you, not the bot, for {}", long_span(until.since(now)))))
            }
        }
    };
    dynamic(move || {
        chip().map(|(class, words)| {
            view! {
                <span class=class>
                    <Icon name="clock" small=true />
                    {words}
                </span>
            }
        })
    })
}

/// Who else looks at the room.
#[component]
fn WatchChip(room: RoomId, known: Memo<Option<Room>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let watchers = store.watchers(room);
    // Before anybody enters it matters that nobody else is about to.
    let is_live = Memo::new(move |_| {
        let is_live = known.with(|room| room.as_ref().is_some_and(|room| room.section() == Section::Live));
        is_live && store.link.get() == Link::Up
    });
    let words = Memo::new(move |_| match watchers.with(|watchers| store.watch_words(watchers)) {
        words if !words.is_empty() => Some(words),
        _ => is_live.get().then(|| "Only you are watching".to_owned()),
    });
    dynamic(move || {
        words.get().map(|words| {
            view! {
                <span class="chip chip--plain">
                    <Icon name="eye" small=true />
                    {words}
                </span>
            }
        })
    })
}

/// The three-dot menu: what the list of actions offers for this room, now.
#[component]
fn More() -> impl IntoView {
    let scene = Scene::present();
    let items = Callback::new(move |()| {
        let offered = ACTIONS.iter().filter(|action| action.is_in_menu && untrack(|| (action.when)(scene)));
        offered
            .map(|action| MenuItem {
                icon: action.icon,
                label: action.label.into(),
                key: action.key_words(),
                is_on: None,
                begins_group: false,
                run: Callback::new(move |()| (action.run)(scene)),
            })
            .collect()
    });
    view! {
        <Menu label="More" class="icon-button" place="menu__items--down-left" items=items>
            <Icon name="dots" />
        </Menu>
    }
}
