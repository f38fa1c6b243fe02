//! Teams: the groups that chats are routed to, who is in them, what leads to them, and what they do in their own way.

mod rules;

use domain::account::NAME_MAX;
use domain::desk::Desk;
use domain::id::TeamId;
use domain::permission::{may_administer, may_rule_team};
use domain::team::Team;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::admin::Heading;
use crate::admin::api::{add_team, remove_team, rename_team};
use crate::desk::Store;
use crate::error::AppError;
use crate::parts::{dynamic, small};
use rules::RulesOf;

/// The page: a team manager has their own teams there.
#[component]
pub fn Teams() -> impl IntoView {
    let store = expect_context::<Store>();
    let is_admin = Memo::new(move |_| store.desk.with(|desk| may_administer(&desk.me)));
    let teams = Memo::new(move |_| {
        store.desk.with(|desk| {
            let mine = desk.teams.values().filter(|team| may_rule_team(&desk.me, team.id));
            let mut teams: Vec<Team> = mine.cloned().collect();
            teams.sort_by_key(|team| small(&team.name));
            teams
        })
    });
    let new_name = NodeRef::<html::Input>::new();
    view! {
        <Heading
            title="Teams"
            words="A new chat goes to the team of its channel, or to the one its bot names. Agents see the queue of their teams."
        />
        {dynamic(move || is_admin.get().then(|| view! { <Add new_name /> }))}
        <ul class="rows">
            <For each=move || teams.get() key=|team| team.id let:team>
                <Row id=team.id is_admin new_name />
            </For>
        </ul>
    }
}

/// Makes a team.
#[component]
fn Add(new_name: NodeRef<html::Input>) -> impl IntoView {
    let store = expect_context::<Store>();
    let name = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let asked = add_team(name.get_untracked());
        let then = move || {
            name.try_set(String::new());
        };
        attempt(store, "Team added.", asked, problem, then);
    };
    view! {
        <form class="invite" method="post" on:submit=submit>
            <label class="invite__email">
                <span class="visually-hidden">"Name of a new team"</span>
                <input
                    node_ref=new_name
                    class="field__input"
                    type="text"
                    placeholder="Name of a new team"
                    required
                    maxlength=NAME_MAX.to_string()
                    autocomplete="off"
                    prop:value=move || name.get()
                    on:input:target=move |event| name.set(event.target().value())
                />
            </label>
            <button type="submit" class="button button--main">
                "Add team"
            </button>
        </form>
        <p class="admin__problem" role="alert">
            {dynamic(move || problem.get())}
        </p>
    }
}

/// One team. What may not be done stands under it, in words, until something else is tried.
#[component]
fn Row(id: TeamId, is_admin: Memo<bool>, new_name: NodeRef<html::Input>) -> impl IntoView {
    let store = expect_context::<Store>();
    let name = Memo::new(move |_| {
        store.desk.with(|desk| desk.teams.get(&id).map(|team| team.name.clone())).unwrap_or_default()
    });
    let under = Memo::new(move |_| store.desk.with(|desk| uses(desk, id)));
    let is_renaming = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let opener = NodeRef::<html::Button>::new();
    let close = Callback::new(move |()| {
        problem.set(None);
        is_renaming.set(false);
        // The form takes the focus away with it.
        if let Some(opener) = opener.get_untracked() {
            drop(opener.focus());
        }
    });
    let remove = Callback::new(move |()| {
        attempt(store, "Team removed.", remove_team(id), problem, move || {
            // The row takes the focus away with it.
            if let Some(new_name) = new_name.try_get_untracked().flatten() {
                drop(new_name.focus());
            }
        });
    });
    let turn = Callback::new(move |()| if is_renaming.get_untracked() { close.run(()) } else { is_renaming.set(true) });
    let (has_rules_open, rules_opener) = (RwSignal::new(false), NodeRef::<html::Button>::new());
    let close_rules = Callback::new(move |()| {
        has_rules_open.set(false);
        // The form takes the focus away with it.
        if let Some(opener) = rules_opener.get_untracked() {
            drop(opener.focus());
        }
    });
    view! {
        <li class="rows__row">
            {dynamic(move || {
                if is_renaming.get() {
                    return view! { <Rename id name=name.get_untracked() problem close /> }.into_any();
                }
                view! {
                    <div class="rows__who">
                        <p class="rows__name">{dynamic(move || name.get())}</p>
                        <p class="rows__under">{dynamic(move || under.get())}</p>
                    </div>
                }
                    .into_any()
            })}
            <div class="rows__actions">
                <button
                    node_ref=rules_opener
                    type="button"
                    class="button button--small"
                    aria-label=move || format!("Rules of {}", name.get())
                    aria-expanded=move || if has_rules_open.get() { "true" } else { "false" }
                    on:click=move |_| has_rules_open.update(|open| *open = !*open)
                >
                    "Rules"
                </button>
                {dynamic(move || is_admin.get().then(|| view! { <AdminWays name is_renaming opener turn remove /> }))}
            </div>
            <p class="admin__problem" role="alert">
                {dynamic(move || problem.get())}
            </p>
            {dynamic(move || {
                has_rules_open.get().then(|| view! { <RulesOf id name=name.get_untracked() close=close_rules /> })
            })}
        </li>
    }
}

/// What an admin does to a team.
#[component]
fn AdminWays(
    name: Memo<String>,
    is_renaming: RwSignal<bool>,
    opener: NodeRef<html::Button>,
    turn: Callback<()>,
    remove: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            node_ref=opener
            type="button"
            class="button button--small"
            aria-label=move || {
                if is_renaming.get() { format!("Cancel renaming {}", name.get()) } else { format!("Rename {}", name.get()) }
            }
            on:click=move |_| turn.run(())
        >
            {dynamic(move || if is_renaming.get() { "Cancel" } else { "Rename" })}
        </button>
        <button
            type="button"
            class="button button--small button--danger"
            aria-label=move || format!("Remove {}", name.get())
            on:click=move |_| remove.run(())
        >
            "Remove"
        </button>
    }
    .into_any()
}

/// Gives a team another name; Escape leaves it as it is.
#[component]
fn Rename(id: TeamId, name: String, problem: RwSignal<Option<String>>, close: Callback<()>) -> impl IntoView {
    let store = expect_context::<Store>();
    let wanted = RwSignal::new(name.clone());
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            drop(field.focus());
            field.select();
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let asked = rename_team(id, wanted.get_untracked());
        attempt(store, "Team renamed.", asked, problem, move || {
            close.try_run(());
        });
    };
    view! {
        <form
            class="invite teams__name"
            method="post"
            on:submit=submit
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    event.prevent_default();
                    close.run(());
                }
            }
        >
            <label class="invite__email">
                <span class="visually-hidden">{format!("New name of {name}")}</span>
                <input
                    node_ref=field
                    class="field__input"
                    type="text"
                    required
                    maxlength=NAME_MAX.to_string()
                    autocomplete="off"
                    value=name.clone()
                    on:input:target=move |event| wanted.set(event.target().value())
                />
            </label>
            <button type="submit" class="button button--main">
                "Save"
            </button>
        </form>
    }
    .into_any()
}

/// Does something, says so and runs `then`; why it may not be done stands where `problem` does. Whoever is signed out is told
/// as everywhere.
fn attempt(
    store: Store,
    done: &'static str,
    action: impl Future<Output = Result<(), AppError>> + 'static,
    problem: RwSignal<Option<String>>,
    then: impl FnOnce() + 'static,
) {
    problem.set(None);
    spawn_local(async move {
        match action.await {
            Ok(()) => {
                store.say(done);
                then();
            }
            Err(AppError::SignIn) => store.report(&AppError::SignIn),
            Err(error) => {
                problem.try_set(Some(error.to_string()));
            }
        }
    });
}

/// "3 people · Website, Acme SMS".
fn uses(desk: &Desk, team: TeamId) -> String {
    let people = desk.people.values().filter(|person| person.active && person.is_in(team)).count();
    let people = match people {
        0 => "Nobody".to_owned(),
        1 => "1 person".to_owned(),
        count => format!("{count} people"),
    };
    let channels = desk.channels.values().filter(|channel| channel.team == Some(team));
    let mut channels: Vec<&str> = channels.map(|channel| channel.name.as_str()).collect();
    channels.sort_unstable();
    if channels.is_empty() { people } else { format!("{people} · {}", channels.join(", ")) }
}
