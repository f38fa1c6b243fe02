//! The teams to whose queue a room may go.

use domain::id::RoomId;
use domain::room;
use domain::team::Team;
use leptos::prelude::*;

use crate::desk::Store;
use crate::dialogs::assign::To;
use crate::parts::{Icon, small};

/// The queue of a team, to choose.
#[component]
pub fn Queue(team: Team, chosen: RwSignal<Option<To>>) -> impl IntoView {
    let to = To::Queue(team.id);
    view! {
        <label class="assign__person">
            <input
                type="radio"
                name="person"
                prop:checked=move || chosen.get() == Some(to)
                on:change=move |_| chosen.set(Some(to))
            />
            <span class="assign__icon">
                <Icon name="queue" />
            </span>
            <span class="assign__name">{format!("To the queue of {}", team.name)}</span>
        </label>
    }
}

/// The teams to whose queue the room may be returned and whose name fits what was typed.
pub fn queues(store: Store, room: RoomId, wanted: &str) -> Vec<Team> {
    let wanted = small(wanted.trim());
    store.desk.with(|desk| {
        let Some(room) = desk.room(room) else { return Vec::new() };
        let may = |team: &&Team| {
            let is_offered = room::return_to_queue(room, &desk.me, Some(team.id), &desk.policy).is_ok();
            is_offered && (wanted.is_empty() || small(&team.name).contains(&wanted))
        };
        let mut teams: Vec<Team> = desk.teams.values().filter(may).cloned().collect();
        teams.sort_by_key(|team| small(&team.name));
        teams
    })
}
