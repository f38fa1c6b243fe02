//! People: who is here, what they may do, and inviting others.

mod left;
mod reset;

use domain::account::{CAPACITY_MAX, Invitation, PersonUpdate, may_reset_password};
use domain::desk::Desk;
use domain::id::TeamId;
use domain::permission::{may_administer, may_manage_people};
use domain::person::{Person, Role};
use domain::team::teams_of;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::admin::api::{invite, list_invitations, revoke_invitation, update_person};
use crate::admin::{Asked, Heading, carry_out, origin};
use crate::clock::moment_words;
use crate::desk::Store;
use crate::parts::{Avatar, CopyButton, Moment, dynamic, sort_people};
use left::{Left, LeftDrafts};
use reset::{Made, ResetButton, ResetLink};

const ROLES: [Role; 3] = [Role::Agent, Role::TeamManager, Role::Admin];

/// The page.
#[component]
pub fn People() -> impl IntoView {
    let store = expect_context::<Store>();
    let people = Memo::new(move |_| {
        store.desk.with(|desk| {
            let mut people: Vec<Person> = desk.people.values().cloned().collect();
            sort_people(&mut people, |person| u8::from(!person.active));
            people
        })
    });
    let invitations = Asked::new(list_invitations);
    let made: Made = RwSignal::new(None);
    let left = Left::new(store);
    view! {
        <Heading title="People" words="Everyone who can sign in. A team manager manages agents; an admin manages everyone." />
        <Invite invitations />
        <Open invitations />
        <ul class="rows">
            <For each=move || people.get() key=|person| person.clone().id let:person>
                <Row id=person.id made left />
            </For>
        </ul>
        <ResetLink made />
    }
}

/// One person. What is changed is sent at once.
#[component]
fn Row(id: domain::id::PersonId, made: Made, left: Left) -> impl IntoView {
    let store = expect_context::<Store>();
    let person = Memo::new(move |_| store.desk.with(|desk| desk.people.get(&id).cloned()));
    let may_change = Memo::new(move |_| {
        store.desk.with(|desk| {
            let role = desk.people.get(&id).map(|person| person.role);
            desk.me.id != id && role.is_some_and(|role| may_manage_people(&desk.me, role))
        })
    });
    dynamic(move || {
        person.get().map(|person| {
            let may_change = may_change.get();
            let change = PersonUpdate::of(&person);
            view! {
                <li class="rows__row" class:rows__row--off=!person.active>
                    <Avatar id=person.id.0 name=person.name.clone() />
                    <div class="rows__who">
                        <p class="rows__name">{person.name.clone()}</p>
                        <p class="rows__under">
                            {person.email.clone()} {(!person.active).then_some(" · deactivated")}
                        </p>
                    </div>
                    {if may_change {
                        view! { <Controls person=person.clone() change made left /> }.into_any()
                    } else {
                        view! { <span class="chip chip--plain">{person.role.label()}</span> }.into_any()
                    }}
                    <LeftDrafts person=id left />
                </li>
            }
        })
    })
}

#[component]
fn Controls(person: Person, change: PersonUpdate, made: Made, left: Left) -> impl IntoView {
    let store = expect_context::<Store>();
    let id = person.id;
    let name = person.name.clone();
    let send = Callback::new(move |change: PersonUpdate| {
        carry_out(store, "Saved.", update_person(id, change), left.again);
    });
    let (by_role, by_teams, by_capacity, by_active) = (change.clone(), change.clone(), change.clone(), change.clone());
    let may_reset = store.desk.with_untracked(|desk| may_reset_password(&desk.me, &person).is_ok());
    let may_give = move |role: Role| store.desk.with_untracked(|desk| may_manage_people(&desk.me, role));
    view! {
        <select
            class="field__input field__input--short"
            aria-label=format!("Role of {name}")
            on:change:target=move |event| {
                if let Some(role) = role_named(&event.target().value()) {
                    send.run(PersonUpdate { role, ..by_role.clone() });
                }
            }
        >
            {ROLES
                .into_iter()
                .filter(|role| may_give(*role) || *role == person.role)
                .map(|role| view! { <option value=role.label() selected=role == person.role>{role.label()}</option> })
                .collect_view()}
        </select>
        <Teams
            name=name.clone()
            role=person.role
            chosen=person.teams.clone()
            on_change=Callback::new(move |teams| send.run(PersonUpdate { teams, ..by_teams.clone() }))
        />
        <label class="rows__capacity">
            <span>"Capacity"</span>
            <input
                class="field__input field__input--number"
                type="number"
                min="0"
                max=CAPACITY_MAX.to_string()
                aria-label=format!("How many rooms {name} is given automatically")
                prop:value=person.capacity.to_string()
                on:change:target=move |event| {
                    if let Ok(capacity) = event.target().value().parse() {
                        send.run(PersonUpdate { capacity, ..by_capacity.clone() });
                    }
                }
            />
        </label>
        {may_reset.then(|| view! { <ResetButton person=person.clone() made /> })}
        <button
            type="button"
            class="button button--small"
            on:click=move |_| send.run(PersonUpdate { active: !by_active.active, ..by_active.clone() })
        >
            {if person.active { "Deactivate" } else { "Activate" }}
        </button>
    }
    .into_any()
}

/// Which teams somebody of `role` is in; where none is chosen, what that comes to.
#[component]
fn Teams(
    name: String,
    #[prop(into)] role: Signal<Role>,
    chosen: Vec<TeamId>,
    on_change: Callback<Vec<TeamId>>,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let teams: Vec<_> = store.desk.with_untracked(|desk| desk.teams.values().cloned().collect());
    let names: Vec<_> = teams.iter().map(|team| (team.id, team.name.clone())).collect();
    let of_one = chosen.clone();
    let words = Memo::new(move |_| {
        let name_of = |id: TeamId| names.iter().find(|(team, _)| *team == id).map(|(_, name)| name.clone());
        match of_one.as_slice() {
            [] => {
                let usual = store.desk.with_untracked(|desk| teams_of(role.get(), &[], &desk.teams));
                let usual = usual.first().and_then(|id| name_of(*id));
                usual.map_or_else(|| "No team".into(), |usual| format!("First team: {usual}"))
            }
            [one] => name_of(*one).unwrap_or_else(|| "1 team".into()),
            several => format!("{} teams", several.len()),
        }
    });
    view! {
        <details class="teams">
            <summary class="button button--small" aria-label=move || format!("Teams of {name}: {}", words.get())>
                {dynamic(move || words.get())}
            </summary>
            <div class="teams__list">
                {teams
                    .into_iter()
                    .map(|team| {
                        let id = team.id;
                        let present = chosen.clone();
                        view! {
                            <label class="teams__team">
                                <input
                                    type="checkbox"
                                    prop:checked=present.contains(&id)
                                    on:change:target=move |event| {
                                        let mut teams = present.clone();
                                        teams.retain(|team| *team != id);
                                        if event.target().checked() {
                                            teams.push(id);
                                        }
                                        on_change.run(teams);
                                    }
                                />
                                {team.name}
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
        </details>
    }
    .into_any()
}

/// Who is in no team sees and gets nothing: a new colleague begins in a team of one's own, or in the first there is.
fn usual_team(desk: &Desk) -> Vec<TeamId> {
    let own = desk.me.teams.iter().find(|team| desk.teams.contains_key(*team));
    own.or_else(|| desk.teams.keys().next()).copied().into_iter().collect()
}

/// Makes an invitation and shows its link, once.
#[component]
fn Invite(invitations: Asked<Vec<Invitation>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let email = RwSignal::new(String::new());
    let role = RwSignal::new(Role::Agent);
    let teams = RwSignal::new(store.desk.with_untracked(usual_team));
    let token = RwSignal::new(None::<(String, String)>);
    let origin = origin();
    let is_admin = store.desk.with_untracked(|desk| may_administer(&desk.me));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let wanted = email.get_untracked().trim().to_owned();
        let (role, teams) = (role.get_untracked(), teams.get_untracked());
        spawn_local(async move {
            match invite(wanted.clone(), role, teams).await {
                Ok(made) => {
                    token.try_set(Some((wanted, made)));
                    email.try_set(String::new());
                    invitations.again.try_run(());
                }
                Err(error) => store.report(&error),
            }
        });
    };
    view! {
        <form class="invite" method="post" on:submit=submit>
            <label class="invite__email">
                <span class="visually-hidden">"E-mail of whom to invite"</span>
                <input
                    class="field__input"
                    type="email"
                    placeholder="E-mail of a new colleague"
                    required
                    autocomplete="off"
                    prop:value=move || email.get()
                    on:input:target=move |event| email.set(event.target().value())
                />
            </label>
            <select
                class="field__input field__input--short"
                aria-label="Role"
                on:change:target=move |event| role.set(role_named(&event.target().value()).unwrap_or(Role::Agent))
            >
                {ROLES
                    .into_iter()
                    .filter(|role| is_admin || *role == Role::Agent)
                    .map(|role| view! { <option value=role.label()>{role.label()}</option> })
                    .collect_view()}
            </select>
            {dynamic(move || {
                view! { <Teams name="the new colleague".to_owned() role=role chosen=teams.get() on_change=Callback::new(move |chosen| teams.set(chosen)) /> }
            })}
            <button type="submit" class="button button--main">
                "Invite"
            </button>
        </form>
        {dynamic(move || {
            token
                .get()
                .map(|(email, token)| {
                    let link = format!("{}/invite/{token}", origin.get());
                    view! {
                        <div class="secret" role="status">
                            <p>{format!("Send this link to {email}. It is shown only now and works once.")}</p>
                            <div class="secret__line">
                                <code class="secret__text">{link.clone()}</code>
                                <CopyButton text=link />
                            </div>
                        </div>
                    }
                })
        })}
    }
}

/// The invitations nobody has followed yet.
#[component]
fn Open(invitations: Asked<Vec<Invitation>>) -> impl IntoView {
    let store = expect_context::<Store>();
    dynamic(move || match invitations.answer.get() {
        Some(Ok(open)) if !open.is_empty() => view! {
            <h2 class="admin__part">"Invited"</h2>
            <ul class="rows">
                {open
                    .into_iter()
                    .map(|invitation| {
                        let id = invitation.id;
                        let revoke = move |_| {
                            carry_out(store, "Invitation taken back.", revoke_invitation(id), invitations.again);
                        };
                        view! {
                            <li class="rows__row">
                                <div class="rows__who">
                                    <p class="rows__name">{invitation.email}</p>
                                    <p class="rows__under">
                                        {invitation.role.label()} " · until "
                                        <Moment at=invitation.expires_at words=moment_words />
                                    </p>
                                </div>
                                <button type="button" class="button button--small" on:click=revoke>
                                    "Take back"
                                </button>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            <h2 class="admin__part">"Here"</h2>
        }
        .into_any(),
        Some(Err(error)) => view! { <p class="admin__problem" role="alert">{error.to_string()}</p> }.into_any(),
        Some(Ok(_)) | None => ().into_any(),
    })
}

fn role_named(label: &str) -> Option<Role> {
    ROLES.into_iter().find(|role| role.label() == label)
}
