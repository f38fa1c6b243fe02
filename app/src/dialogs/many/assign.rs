//! Who shall have many rooms, or in which team's queue they shall wait.

use domain::bulk::BulkAction;
use domain::person::{Person, Role};
use domain::team::Team;
use leptos::prelude::*;

use crate::desk::Store;
use crate::dialogs::DialogForm;
use crate::dialogs::assign::{Chooser, To, loads};
use crate::dialogs::many::{Actions, Asking};
use crate::list::Selection;
use crate::parts::{small, sort_people};

/// Whom one may choose, and the button.
#[component]
pub fn AssignMany(selection: Selection) -> impl IntoView {
    let store = expect_context::<Store>();
    let wanted = RwSignal::new(String::new());
    let chosen = RwSignal::new(None::<To>);
    let people = Memo::new(move |_| candidates(store, &wanted.get()));
    let queues = Memo::new(move |_| queues(store, &wanted.get()));
    let loads = loads();
    let asking = Asking::new(selection);
    let verb = Signal::derive(move || if matches!(chosen.get(), Some(To::Queue(_))) { "Return" } else { "Assign" });
    let submit = move || {
        asking.go(chosen.get_untracked().map(|to| match to {
            To::Person(to) => BulkAction::Assign { to },
            To::Queue(team) => BulkAction::ReturnToQueue { team: Some(team) },
        }));
    };
    view! {
        <DialogForm class="assign" submit=Callback::new(move |()| submit())>
            <Chooser search="Find a colleague or a team" wanted people queues chosen loads />
            <Actions asking verb is_ready=Signal::derive(move || chosen.get().is_some()) />
        </DialogForm>
    }
    .into_any()
}

/// Whoever may be given rooms at all and fits what was typed; each room has its own word on it. Those who are here stand
/// first.
fn candidates(store: Store, wanted: &str) -> Vec<Person> {
    let wanted = small(wanted.trim());
    store.desk.with(|desk| {
        let me = &desk.me;
        let may = |person: &&Person| {
            let is_offered = me.role == Role::Admin || person.id == me.id || me.shares_team_with(person);
            person.active && is_offered && (wanted.is_empty() || small(&person.name).contains(&wanted))
        };
        let mut people: Vec<Person> = desk.people.values().filter(may).cloned().collect();
        sort_people(&mut people, |person| person.availability as u8);
        people
    })
}

fn queues(store: Store, wanted: &str) -> Vec<Team> {
    let wanted = small(wanted.trim());
    store.desk.with(|desk| {
        let fits = |team: &&Team| wanted.is_empty() || small(&team.name).contains(&wanted);
        let mut teams: Vec<Team> = desk.teams.values().filter(fits).cloned().collect();
        teams.sort_by_key(|team| small(&team.name));
        teams
    })
}
