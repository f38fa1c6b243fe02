//! A colleague for a room: who shall have it, with a note for them, or in which team's queue it shall wait, or who shall
//! join.

mod queue;

use std::collections::HashMap;

use domain::id::{PersonId, RoomId, TeamId};
use domain::person::{Availability, Person};
use domain::policy::COMMENT_MAX;
use domain::room::{self, Room, Section};
use domain::team::Team;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::console::Here;
use crate::desk::Store;
use crate::desk::api::list_loads;
use crate::dialogs::RoomDialog;
use crate::parts::{Avatar, Closing, dynamic, small, sort_people};
use queue::{Queue, queues};

/// What the colleague is for.
#[derive(Clone, Copy, PartialEq)]
enum Purpose {
    /// They get the room.
    Hold,
    /// They work in it beside its holder.
    Join,
}

impl Purpose {
    /// What one may look for.
    const fn search(self) -> &'static str {
        match self {
            Self::Hold => "Find a colleague or a team",
            Self::Join => "Find a colleague",
        }
    }
}

/// Where the room may go.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum To {
    Person(PersonId),
    Queue(TeamId),
}

/// The dialog that gives `room` to somebody.
#[component]
pub fn Assign(room: RoomId) -> impl IntoView {
    view! {
        <RoomDialog room title="Assign">
            <Form room purpose=Purpose::Hold />
        </RoomDialog>
    }
}

/// The dialog that has somebody join `room`.
#[component]
pub fn BringIn(room: RoomId) -> impl IntoView {
    view! {
        <RoomDialog room title="Bring in a colleague">
            <Form room purpose=Purpose::Join />
        </RoomDialog>
    }
}

#[component]
fn Form(room: RoomId, purpose: Purpose) -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let closing = expect_context::<Closing>();
    let wanted = RwSignal::new(String::new());
    let chosen = RwSignal::new(None::<To>);
    let note = RwSignal::new(String::new());
    let stays = RwSignal::new(false);
    let holds = Memo::new(move |_| store.desk.with(|desk| desk.room(room).and_then(Room::agent) == Some(desk.me.id)));
    let people = Memo::new(move |_| candidates(store, room, purpose, &wanted.get()));
    let queues = Memo::new(move |_| match purpose {
        Purpose::Hold => queues(store, room, &wanted.get()),
        Purpose::Join => Vec::new(),
    });
    // Where there is one alone, nothing has to be chosen.
    let goes_to = Memo::new(move |_| chosen.get().or_else(|| only(&people.get(), &queues.get())));
    let is_to_queue = Memo::new(move |_| matches!(goes_to.get(), Some(To::Queue(_))));
    let loads = match purpose {
        Purpose::Hold => loads(),
        Purpose::Join => RwSignal::new(None),
    };

    let submit = move || {
        let to = match goes_to.get_untracked() {
            Some(To::Person(to)) => to,
            Some(To::Queue(team)) => {
                closing.close();
                return store.return_to_queue(room, Some(team));
            }
            None => return,
        };
        let is_mine = to == store.desk.with_untracked(|desk| desk.me.id);
        let note = Some(note.get_untracked()).filter(|note| !note.trim().is_empty());
        closing.close();
        if purpose == Purpose::Join {
            return store.bring_in(room, to);
        }
        if holds.get_untracked() && stays.get_untracked() {
            return store.assign_and_stay(room, to, note);
        }
        store.assign(room, to, note, move || {
            if is_mine {
                here.follow_room(room, Section::Assigned);
            }
        });
    };

    view! {
        <form
            class="assign"
            method="dialog"
            on:submit=move |event| {
                event.prevent_default();
                submit();
            }
        >
            <Chooser search=purpose.search() wanted people queues chosen loads />
            {match purpose {
                Purpose::Hold => view! {
                    // Whoever takes it from the queue is not known yet.
                    {dynamic(move || (!is_to_queue.get()).then(|| view! { <Note note /> }))}
                    {dynamic(move || (holds.get() && !is_to_queue.get()).then(|| view! { <Stay stays /> }))}
                }
                .into_any(),
                Purpose::Join => view! {
                    <p class="dialog__hint">"They see the chat, write in it beside its holder, and may leave it again."</p>
                }
                .into_any(),
            }}
            <div class="dialog__actions">
                <button type="button" class="button" on:click=move |_| closing.close()>
                    "Cancel"
                </button>
                <button type="submit" class="button button--main" disabled=move || goes_to.get().is_none()>
                    {dynamic(move || match purpose {
                        Purpose::Hold if is_to_queue.get() => "Return to queue",
                        Purpose::Hold => "Assign chat",
                        Purpose::Join => "Bring in",
                    })}
                </button>
            </div>
        </form>
    }
}

/// Whom or which queue to choose, of those that fit what is typed into `wanted`.
#[component]
pub(super) fn Chooser(
    search: &'static str,
    wanted: RwSignal<String>,
    people: Memo<Vec<Person>>,
    queues: Memo<Vec<Team>>,
    chosen: RwSignal<Option<To>>,
    loads: Loads,
) -> impl IntoView {
    view! {
        <label class="field">
            <span class="visually-hidden">{search}</span>
            <input
                class="field__input"
                type="text"
                placeholder=search
                autofocus
                autocomplete="off"
                prop:value=move || wanted.get()
                on:input:target=move |event| wanted.set(event.target().value())
            />
        </label>
        <fieldset class="assign__people">
            <legend class="visually-hidden">"Colleague"</legend>
            <For each=move || people.get() key=|person| (person.id, person.availability) let:person>
                <Candidate person chosen loads />
            </For>
            <For each=move || queues.get() key=|team| team.id let:team>
                <Queue team chosen />
            </For>
            {dynamic(move || (people.with(Vec::is_empty) && queues.with(Vec::is_empty)).then(|| view! { <p class="assign__nobody">"Nobody of this name can be chosen."</p> }))}
        </fieldset>
    }
    .into_any()
}

#[component]
fn Note(note: RwSignal<String>) -> impl IntoView {
    view! {
        <label class="field">
            <span class="visually-hidden">"Note for them"</span>
            <textarea
                class="field__input"
                rows="2"
                maxlength=COMMENT_MAX.to_string()
                placeholder="Note for them (optional). The customer never sees it."
                prop:value=move || note.get()
                on:input:target=move |event| note.set(event.target().value())
            ></textarea>
        </label>
    }
}

/// Whoever gives their own room away may work on in it.
#[component]
fn Stay(stays: RwSignal<bool>) -> impl IntoView {
    view! {
        <label class="assign__stay">
            <input
                type="checkbox"
                prop:checked=move || stays.get()
                on:change:target=move |event| stays.set(event.target().checked())
            />
            <span>"Stay in the chat"</span>
            <span class="dialog__hint">"You see it, may write in it, and leave it when you like."</span>
        </label>
    }
}

/// How many chats keep each colleague busy, once that is known.
pub(super) type Loads = RwSignal<Option<HashMap<PersonId, u16>>>;

/// Asks how many it is for each.
pub(super) fn loads() -> Loads {
    let loads = RwSignal::new(None);
    spawn_local(async move {
        // Nobody needs it to assign a chat.
        if let Ok(known) = list_loads().await {
            loads.try_set(Some(known.into_iter().collect()));
        }
    });
    loads
}

/// "4 of 5", and what it means that somebody is full.
#[component]
fn Load(person: PersonId, capacity: u16, loads: Loads) -> impl IntoView {
    dynamic(move || {
        let held = loads.with(|loads| loads.as_ref().map(|loads| loads.get(&person).copied().unwrap_or(0)))?;
        let is_full = held >= capacity;
        Some(view! {
            <span class="assign__load" class:assign__load--full=is_full>
                {format!("{held} of {capacity}")}
                <span class="visually-hidden">" chats"</span>
            </span>
            {is_full.then(|| view! { <span class="assign__full">"Full: they get it all the same"</span> })}
        })
    })
}

/// A colleague, to choose.
#[component]
fn Candidate(person: Person, chosen: RwSignal<Option<To>>, loads: Loads) -> impl IntoView {
    let store = expect_context::<Store>();
    let (id, capacity) = (person.id, person.capacity);
    let is_me = store.desk.with_untracked(|desk| desk.me.id == id);
    let teams = store.desk.with_untracked(|desk| {
        let names = person.teams.iter().filter_map(|team| desk.teams.get(team)).map(|team| team.name.clone());
        names.collect::<Vec<_>>().join(", ")
    });
    let name = if is_me { format!("{} (you)", person.name) } else { person.name.clone() };
    view! {
        <label class="assign__person">
            <input
                type="radio"
                name="person"
                prop:checked=move || chosen.get() == Some(To::Person(id))
                on:change=move |_| chosen.set(Some(To::Person(id)))
            />
            <Avatar id=id.0 name=person.name.clone() size="small" />
            <span class="assign__name">{name}</span>
            <span class="assign__teams">{teams}</span>
            <span class=format!("presence presence--{}", presence(person.availability))>{person.availability.label()}</span>
            <Load person=id capacity loads />
        </label>
    }
}

fn only(people: &[Person], queues: &[Team]) -> Option<To> {
    match (people, queues) {
        ([person], []) => Some(To::Person(person.id)),
        ([], [team]) => Some(To::Queue(team.id)),
        _ => None,
    }
}

const fn presence(availability: Availability) -> &'static str {
    match availability {
        Availability::Online => "online",
        Availability::Away => "away",
        Availability::Offline => "offline",
    }
}

/// Whoever may be given the room, or join it, and fits what was typed; those who are here stand first.
fn candidates(store: Store, room: RoomId, purpose: Purpose, wanted: &str) -> Vec<Person> {
    let wanted = small(wanted.trim());
    store.desk.with(|desk| {
        let Some(room) = desk.room(room) else { return Vec::new() };
        let may = |person: &&Person| {
            let is_offered = match purpose {
                Purpose::Hold => room::assign(room, &desk.me, person, None, &desk.policy).is_ok(),
                Purpose::Join => room::bring_in(room, &desk.me, person, &desk.policy).is_ok(),
            };
            is_offered && (wanted.is_empty() || small(&person.name).contains(&wanted))
        };
        let mut people: Vec<Person> = desk.people.values().filter(may).cloned().collect();
        sort_people(&mut people, |person| person.availability as u8);
        people
    })
}
