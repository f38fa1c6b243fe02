//! What a team does in its own way: a form under its row, for admins and for its managers.

use domain::id::TeamId;
use domain::policy::{AWAY_LINE, AWAY_MAX, FEEDBACK_MAX, FEEDBACK_QUESTION, Policy};
use domain::refused::Refused;
use domain::team::TeamRules;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::admin::api::{find_team_rules, save_team_rules};
use crate::desk::Store;
use crate::error::AppError;
use crate::parts::dynamic;

/// What is being filled in.
#[derive(Clone, Copy)]
struct Filled {
    id: TeamId,
    store: Store,
    /// The rules as they were when the form opened; nothing before they have come.
    before: RwSignal<Option<TeamRules>>,
    rules: RwSignal<TeamRules>,
    problem: RwSignal<Option<Refused>>,
    /// What is wrong with none of the fields.
    failure: RwSignal<Option<String>>,
    is_busy: RwSignal<bool>,
}

impl Filled {
    /// Asks for the rules as they are now.
    fn load(self) {
        spawn_local(async move {
            match find_team_rules(self.id).await {
                Ok(rules) => {
                    self.rules.try_set(rules.clone());
                    self.before.try_set(Some(rules));
                }
                Err(error) => self.fail(error),
            }
        });
    }

    /// Has the rules as they are filled in; `then` runs once they hold.
    fn save(self, then: Callback<()>) {
        let Some(before) = self.before.get_untracked() else { return };
        let rules = self.rules.get_untracked();
        self.failure.set(None);
        if let Some(problem) = rules.problems().into_iter().next() {
            return self.refuse(problem);
        }
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        spawn_local(async move {
            let answer = save_team_rules(self.id, before, rules).await;
            self.is_busy.try_set(false);
            match answer {
                Ok(_) => {
                    self.store.say("Saved. The rules hold from now on.");
                    then.try_run(());
                }
                Err(AppError::Refused(refused)) if FIELDS.into_iter().any(|field| refused.field() == Some(field)) => {
                    self.refuse(refused);
                }
                Err(error) => self.fail(error),
            }
        });
    }

    /// The id of a field's input; the forms of several teams may be open.
    fn id_of(self, field: &str) -> String {
        format!("rules-{}-{}", self.id, field.replace(' ', "-"))
    }

    /// Shows the problem at its field, and leads there.
    fn refuse(self, problem: Refused) {
        let element = problem.field().and_then(|field| document().get_element_by_id(&self.id_of(field)));
        self.problem.try_set(Some(problem));
        if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            // What cannot take the focus leaves it where it is.
            drop(element.focus());
        }
    }

    fn fail(self, error: AppError) {
        if error == AppError::SignIn {
            self.store.report(&error);
        }
        self.failure.try_set(Some(error.to_string()));
    }
}

const FIELDS: [&str; 2] = [FEEDBACK_QUESTION, AWAY_LINE];

/// The form. `close` has it go.
#[component]
pub fn RulesOf(id: TeamId, name: String, close: Callback<()>) -> impl IntoView {
    let filled = Filled {
        id,
        store: expect_context(),
        before: RwSignal::new(None),
        rules: RwSignal::new(TeamRules::default()),
        problem: RwSignal::new(None),
        failure: RwSignal::new(None),
        is_busy: RwSignal::new(false),
    };
    filled.load();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        filled.save(close);
    };
    let is_here = Memo::new(move |_| filled.before.with(Option::is_some));
    view! {
        <form class="rules rows__form" method="post" novalidate aria-label=format!("Rules of {name}") on:submit=submit>
            {dynamic(move || {
                if is_here.get() {
                    view! { <Fields filled /> }.into_any()
                } else {
                    view! { <p class="rows__under">"Loading…"</p> }.into_any()
                }
            })}
            <p class="admin__problem" role="alert">
                {dynamic(move || filled.failure.get())}
            </p>
            <div class="rules__actions">
                <button type="button" class="button" on:click=move |_| close.run(())>
                    "Cancel"
                </button>
                <button
                    type="submit"
                    class="button button--main"
                    disabled=move || {
                        filled.is_busy.get()
                            || filled.before.with(|before| before.as_ref().is_none_or(|before| filled.rules.with(|rules| rules == before)))
                    }
                >
                    "Save rules"
                </button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Fields(filled: Filled) -> impl IntoView {
    view! {
        <AutoAssign filled />
        <OwnWords
            filled
            name=FEEDBACK_QUESTION
            label="A feedback question of its own"
            max=FEEDBACK_MAX
            field=|rules| &mut rules.feedback_question
            of_workspace=|policy| &policy.feedback_question
        />
        <OwnWords
            filled
            name=AWAY_LINE
            label="An away line of its own"
            max=AWAY_MAX
            field=|rules| &mut rules.away_text
            of_workspace=|policy| &policy.away_text
        />
    }
    .into_any()
}

/// Whether chats go to somebody by themselves. The first thing to be reached by keyboard.
#[component]
fn AutoAssign(filled: Filled) -> impl IntoView {
    let first = NodeRef::<html::Select>::new();
    first.on_load(|first| drop(first.focus()));
    let of_workspace = Memo::new(move |_| filled.store.desk.with(|desk| desk.policy.auto_assign));
    let chosen = filled.rules.with_untracked(|rules| rules.auto_assign);
    let choices = [("workspace", None), ("on", Some(true)), ("off", Some(false))];
    let choose = move |value: String| {
        if let Some((_, choice)) = choices.into_iter().find(|(name, _)| *name == value) {
            filled.rules.update(|rules| rules.auto_assign = choice);
        }
    };
    let words = move |choice: Option<bool>| match choice {
        None if of_workspace.get() => "As in the workspace: on",
        None => "As in the workspace: off",
        Some(true) => "On",
        Some(false) => "Off: they wait until somebody enters them",
    };
    view! {
        <label class="field">
            <span class="field__label">"Chats in the queue go to whoever is online and has room"</span>
            <select class="field__input" node_ref=first on:change:target=move |event| choose(event.target().value())>
                {choices
                    .map(|(name, choice)| {
                        view! {
                            <option value=name selected=choice == chosen>
                                {dynamic(move || words(choice))}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </label>
    }
    .into_any()
}

/// Words that a team can have of its own; the workspace's are shown, and begun with, where it has none.
#[component]
fn OwnWords(
    filled: Filled,
    name: &'static str,
    label: &'static str,
    max: usize,
    field: fn(&mut TeamRules) -> &mut Option<String>,
    of_workspace: fn(&Policy) -> &String,
) -> impl IntoView {
    let own = Memo::new(move |_| filled.rules.with(|rules| field(&mut rules.clone()).clone()));
    let is_own = Memo::new(move |_| own.with(Option::is_some));
    let workspace = Memo::new(move |_| filled.store.desk.with(|desk| of_workspace(&desk.policy).clone()));
    let problem = Memo::new(move |_| {
        filled
            .problem
            .with(|problem| problem.as_ref().filter(|problem| problem.field() == Some(name)).map(ToString::to_string))
    });
    let set = move |words: Option<String>| {
        filled.problem.set(None);
        filled.rules.update(|rules| *field(rules) = words);
    };
    let length = move || own.with(|own| own.as_ref().map_or(0, |words| words.trim().chars().count()));
    let under = move || {
        workspace.with(|words| {
            if words.is_empty() {
                "Nothing, as in the workspace.".into()
            } else {
                format!("As in the workspace: “{words}”")
            }
        })
    };
    let problem_id = format!("{}-problem", filled.id_of(name));
    let described = problem_id.clone();
    view! {
        <div class="rules__words">
            <label class="switch rules__switch">
                <input
                    type="checkbox"
                    role="switch"
                    checked=is_own.get_untracked()
                    prop:checked=move || is_own.get()
                    on:change:target=move |event| set(event.target().checked().then(|| workspace.get_untracked()))
                />
                <span>
                    <span class="field__label">{label}</span>
                    {dynamic(move || (!is_own.get()).then(|| view! { <span class="rules__hint">{under()}</span> }))}
                </span>
            </label>
            {dynamic(move || {
                let described = described.clone();
                is_own
                    .get()
                    .then(|| {
                        view! {
                            <textarea
                                class="field__input"
                                id=filled.id_of(name)
                                rows="3"
                                dir="auto"
                                aria-label=label
                                aria-describedby=described
                                aria-invalid=move || problem.with(Option::is_some).then_some("true")
                                prop:value=move || own.get().unwrap_or_default()
                                on:input:target=move |event| set(Some(event.target().value()))
                            ></textarea>
                            <span class="rules__count rules__count--end">{move || format!("{} of {max}", length())}</span>
                        }
                    })
            })}
            <p class="admin__problem" id=problem_id role="alert">
                {dynamic(move || problem.get())}
            </p>
        </div>
    }
    .into_any()
}
