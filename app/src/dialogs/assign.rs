//! Assign: who shall have the room, and a note for them.

use domain::id::{PersonId, RoomId};
use domain::permission::may_assign;
use domain::person::{Availability, Person};
use domain::policy::COMMENT_MAX;
use domain::room::Section;
use leptos::prelude::*;

use crate::console::Here;
use crate::desk::Store;
use crate::dialogs::RoomDialog;
use crate::parts::{Avatar, Closing, dynamic, small, sort_people};

/// The dialog for `room`.
#[component]
pub fn Assign(room: RoomId) -> impl IntoView {
    view! {
        <RoomDialog room title="Assign">
            <Form room />
        </RoomDialog>
    }
}

#[component]
fn Form(room: RoomId) -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let closing = expect_context::<Closing>();
    let wanted = RwSignal::new(String::new());
    let chosen = RwSignal::new(None::<PersonId>);
    let note = RwSignal::new(String::new());
    let people = Memo::new(move |_| candidates(store, room, &wanted.get()));
    let is_mine = move || chosen.get_untracked() == Some(store.desk.with_untracked(|desk| desk.me.id));

    let submit = move || {
        let only = people.with_untracked(|people| match people.as_slice() {
            [only] => Some(only.id),
            _ => None,
        });
        let Some(to) = chosen.get_untracked().or(only) else { return };
        let note = Some(note.get_untracked()).filter(|note| !note.trim().is_empty());
        closing.close();
        store.assign(room, to, note, move || {
            if is_mine() {
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
            <label class="field">
                <span class="visually-hidden">"Find a colleague"</span>
                <input
                    class="field__input"
                    type="text"
                    placeholder="Find a colleague"
                    autofocus
                    autocomplete="off"
                    prop:value=move || wanted.get()
                    on:input:target=move |event| wanted.set(event.target().value())
                />
            </label>
            <fieldset class="assign__people">
                <legend class="visually-hidden">"Colleague"</legend>
                <For each=move || people.get() key=|person| (person.id, person.availability) let:person>
                    <Candidate person chosen />
                </For>
                {dynamic(move || people.with(Vec::is_empty).then(|| view! { <p class="assign__nobody">"Nobody of this name may hold the room."</p> }))}
            </fieldset>
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
            <div class="dialog__actions">
                <button type="button" class="button" on:click=move |_| closing.close()>
                    "Cancel"
                </button>
                <button type="submit" class="button button--main" disabled=move || chosen.get().is_none() && people.with(|people| people.len() != 1)>
                    "Assign chat"
                </button>
            </div>
        </form>
    }
}

#[component]
fn Candidate(person: Person, chosen: RwSignal<Option<PersonId>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let id = person.id;
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
                prop:checked=move || chosen.get() == Some(id)
                on:change=move |_| chosen.set(Some(id))
            />
            <Avatar id=id.0 name=person.name.clone() size="small" />
            <span class="assign__name">{name}</span>
            <span class="assign__teams">{teams}</span>
            <span class=format!("presence presence--{}", presence(person.availability))>{person.availability.label()}</span>
        </label>
    }
}

const fn presence(availability: Availability) -> &'static str {
    match availability {
        Availability::Online => "online",
        Availability::Away => "away",
        Availability::Offline => "offline",
    }
}

/// Whoever may be given the room and fits what was typed; those who are here stand first.
fn candidates(store: Store, room: RoomId, wanted: &str) -> Vec<Person> {
    let wanted = small(wanted.trim());
    store.desk.with(|desk| {
        let Some(room) = desk.room(room) else { return Vec::new() };
        let may = |person: &&Person| {
            let in_team = room.team.is_none_or(|team| person.is_in(team)) || person.role == domain::person::Role::Admin;
            let fits = wanted.is_empty() || small(&person.name).contains(&wanted);
            person.active
                && in_team
                && fits
                && room.agent() != Some(person.id)
                && may_assign(&desk.me, &desk.policy, room, person)
        };
        let mut people: Vec<Person> = desk.people.values().filter(may).cloned().collect();
        sort_people(&mut people, |person| person.availability as u8);
        people
    })
}
