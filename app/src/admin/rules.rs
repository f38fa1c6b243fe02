//! Rules: what people may do, what happens by itself, and what customers are told.

mod closing;
mod fields;

use domain::policy::{
    ANSWER_TIME, AWAY_LINE, AWAY_MAX, AgentsSeeLive, DISCONNECT_TIME, FEEDBACK_MAX, FEEDBACK_QUESTION, Policy, REASONS,
    SENDER_TIME,
};
use domain::refused::Refused;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::admin::Heading;
use crate::admin::api::save_policy;
use crate::admin::rules::closing::Closing;
use crate::admin::rules::fields::{Switch, Timer, Words};
use crate::desk::Store;
use crate::error::AppError;
use crate::parts::dynamic;

/// What is being filled in.
#[derive(Clone, PartialEq)]
struct Draft {
    /// The rules as they were when somebody began to change them.
    before: Policy,
    policy: Policy,
    /// The times as they are typed.
    sender: Option<String>,
    answer: Option<String>,
    disconnect: Option<String>,
    /// The reasons as they are typed, one on a line.
    reasons: String,
}

impl Draft {
    fn of(policy: &Policy) -> Self {
        let text = |minutes: Option<u16>| minutes.map(|minutes| minutes.to_string());
        Self {
            sender: text(policy.sender_minutes),
            answer: text(policy.answer_minutes),
            disconnect: text(policy.disconnect_minutes),
            reasons: policy.reasons.join("\n"),
            before: policy.clone(),
            policy: policy.clone(),
        }
    }

    /// The rules as they would be. What is no number of minutes is 0, which no rule takes.
    fn rules(&self) -> Policy {
        let minutes = |text: &Option<String>| text.as_ref().map(|text| text.trim().parse().unwrap_or(0));
        Policy {
            sender_minutes: minutes(&self.sender),
            answer_minutes: minutes(&self.answer),
            disconnect_minutes: minutes(&self.disconnect),
            reasons: self.reasons.lines().map(str::trim).filter(|line| !line.is_empty()).map(String::from).collect(),
            ..self.policy.clone()
        }
    }
}

/// The form's signals.
#[derive(Clone, Copy)]
struct Filled {
    /// Nothing while nothing was touched: then the form follows the rules.
    draft: RwSignal<Option<Draft>>,
    shown: Memo<Draft>,
    problems: RwSignal<Vec<Refused>>,
    /// What is wrong with none of the fields.
    problem: RwSignal<Option<String>>,
}

impl Filled {
    fn new(store: Store) -> Self {
        let draft = RwSignal::new(None::<Draft>);
        let shown = Memo::new(move |_| draft.get().unwrap_or_else(|| store.desk.with(|desk| Draft::of(&desk.policy))));
        Self { draft, shown, problems: RwSignal::new(Vec::new()), problem: RwSignal::new(None) }
    }

    fn edit(self, change: impl FnOnce(&mut Draft)) {
        let shown = self.shown.get_untracked();
        self.draft.update(|draft| change(draft.get_or_insert(shown)));
    }

    /// Changes a field that can be filled in wrongly.
    fn mend(self, field: &str, change: impl FnOnce(&mut Draft)) {
        self.edit(change);
        self.problems.update(|problems| problems.retain(|problem| problem.field() != Some(field)));
    }

    fn discard(self) {
        self.draft.set(None);
        self.problems.set(Vec::new());
        self.problem.set(None);
    }

    fn problem_of(self, field: &'static str) -> Memo<Option<String>> {
        Memo::new(move |_| {
            self.problems.with(|problems| {
                let found = problems.iter().find(|problem| problem.field() == Some(field));
                found.map(ToString::to_string)
            })
        })
    }

    /// Shows each problem at its field, and leads to the first.
    fn refuse(self, problems: Vec<Refused>) {
        let first = problems.first().and_then(Refused::field).map(id_of);
        self.problems.set(problems);
        let element = first.and_then(|id| document().get_element_by_id(&id));
        if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            // What cannot take the focus leaves it where it is.
            drop(element.focus());
        }
    }
}

/// The id of a field's input.
fn id_of(field: &str) -> String {
    format!("rules-{}", field.replace(' ', "-"))
}

/// The page.
#[component]
pub fn Rules() -> impl IntoView {
    let store = expect_context::<Store>();
    let filled = Filled::new(store);
    let is_busy = RwSignal::new(false);
    let is_changed = Memo::new(move |_| {
        filled.draft.with(|draft| draft.as_ref().is_some_and(|draft| *draft != Draft::of(&draft.before)))
    });
    let is_overtaken = Memo::new(move |_| {
        filled
            .draft
            .with(|draft| draft.as_ref().is_some_and(|draft| store.desk.with(|desk| desk.policy != draft.before)))
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let sent = filled.shown.get_untracked();
        let rules = sent.rules();
        let problems = rules.problems();
        filled.problem.set(None);
        if !problems.is_empty() {
            return filled.refuse(problems);
        }
        is_busy.set(true);
        spawn_local(async move {
            let answer = save_policy(sent.before.clone(), rules).await;
            if is_busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(kept) => {
                    store.desk.update(|desk| desk.policy = kept.clone());
                    filled.draft.update(|draft| match draft {
                        Some(further) if *further != sent => further.before = kept,
                        _ => *draft = None,
                    });
                    store.say("Saved. Every open console follows.");
                }
                Err(AppError::Refused(refused)) if FIELDS.into_iter().any(|field| refused.field() == Some(field)) => {
                    filled.refuse(vec![refused]);
                }
                Err(error) => filled.problem.set(Some(error.to_string())),
            }
        });
    };
    view! {
        <Heading title="Rules" words="What people may do, what happens by itself and what customers are told. Every open console follows as soon as you save." />
        <form class="rules" method="post" novalidate on:submit=submit>
            <Sight filled />
            <Permissions filled />
            <ByItself filled />
            <Told filled />
            <Closing filled />
            {dynamic(move || {
                is_overtaken
                    .get()
                    .then(|| {
                        view! {
                            <div class="rules__notice" role="status">
                                <p>"Somebody else changed the rules since you began. What you filled in is still here."</p>
                                <button type="button" class="button button--small" on:click=move |_| filled.discard()>
                                    "Start from theirs"
                                </button>
                            </div>
                        }
                    })
            })}
            <p class="admin__problem" role="alert">
                {dynamic(move || filled.problem.get())}
            </p>
            <div class="rules__actions">
                <button type="button" class="button" disabled=move || !is_changed.get() on:click=move |_| filled.discard()>
                    "Discard changes"
                </button>
                <button type="submit" class="button button--main" disabled=move || is_busy.get() || !is_changed.get()>
                    "Save rules"
                </button>
            </div>
        </form>
    }
}

const FIELDS: [&str; 6] = [SENDER_TIME, ANSWER_TIME, DISCONNECT_TIME, FEEDBACK_QUESTION, AWAY_LINE, REASONS];

#[component]
fn Sight(filled: Filled) -> impl IntoView {
    let chosen = Memo::new(move |_| filled.shown.with(|draft| draft.policy.agents_see_live));
    view! {
        <fieldset class="rules__part">
            <legend class="rules__title">"What agents see"</legend>
            <label class="field">
                <span class="field__label">"Live chats, which nobody holds yet"</span>
                <select
                    class="field__input"
                    on:change:target=move |event| {
                        let label = event.target().value();
                        if let Some(sight) = AgentsSeeLive::ALL.into_iter().find(|sight| sight.label() == label) {
                            filled.edit(|draft| draft.policy.agents_see_live = sight);
                        }
                    }
                >
                    {AgentsSeeLive::ALL
                        .map(|sight| {
                            view! {
                                <option value=sight.label() selected=chosen.get_untracked() == sight prop:selected=move || chosen.get() == sight>
                                    {sight.label()}
                                </option>
                            }
                        })
                        .collect_view()}
                </select>
            </label>
            <Switch
                filled
                field=|policy| &mut policy.agents_see_team
                label="Agents see the assigned chats of their whole team"
                hint="Otherwise those they hold or joined."
            />
        </fieldset>
    }
}

#[component]
fn Permissions(filled: Filled) -> impl IntoView {
    view! {
        <fieldset class="rules__part">
            <legend class="rules__title">"What agents may do"</legend>
            <Switch
                filled
                field=|policy| &mut policy.agents_may_enter_bot
                label="Agents may enter chats that the bot answers"
                hint="They see them only where they see all Live chats."
            />
            <Switch
                filled
                field=|policy| &mut policy.agents_may_reassign
                label="Agents may give their chats to colleagues"
                hint="Back to the queue they may always give them."
            />
            <Switch
                filled
                field=|policy| &mut policy.agents_may_send_templates
                label="Agents may send templates and begin conversations"
                hint="Team managers and admins always may."
            />
            <Switch
                filled
                field=|policy| &mut policy.resolve_critical_needs_manager
                label="Only team managers and admins resolve critical chats"
                hint="Otherwise whoever holds them may, too."
            />
        </fieldset>
    }
}

#[component]
fn ByItself(filled: Filled) -> impl IntoView {
    view! {
        <fieldset class="rules__part">
            <legend class="rules__title">"What happens by itself"</legend>
            <Switch
                filled
                field=|policy| &mut policy.auto_assign
                label="Chats in the queue go to whoever is online and has room"
                hint="Otherwise they wait until somebody enters them."
            />
            <Switch
                filled
                field=|policy| &mut policy.sticky_agent
                label="Customers who come back within 30 minutes get the person they had"
                hint="If that person is online and has room: at once, and before a bot. Otherwise their chat begins like any other."
            />
            <Timer
                filled
                name=SENDER_TIME
                field=|draft| &mut draft.sender
                suggested="2"
                label="A chat that a template won back waits for whoever sent it, and goes to others"
            />
            <Timer
                filled
                name=ANSWER_TIME
                field=|draft| &mut draft.answer
                suggested="15"
                label="A chat goes back to the queue when its holder does not answer"
            />
            <Timer
                filled
                name=DISCONNECT_TIME
                field=|draft| &mut draft.disconnect
                suggested="10"
                label="A chat that waits goes back to the queue when its holder loses the connection"
            />
            <Switch
                filled
                field=|policy| &mut policy.never_expire_critical
                label="Critical chats never expire"
                hint="Otherwise they expire like any other."
            />
            <Switch
                filled
                field=|policy| &mut policy.never_expire_waiting_on_agent
                label="Chats in which the customer waits for us never expire"
                hint="Otherwise they are archived as expired unanswered."
            />
        </fieldset>
    }
}

#[component]
fn Told(filled: Filled) -> impl IntoView {
    view! {
        <fieldset class="rules__part">
            <legend class="rules__title">"What customers are told"</legend>
            <Words
                filled
                name=FEEDBACK_QUESTION
                field=|policy| &mut policy.feedback_question
                max=FEEDBACK_MAX
                label="Feedback question"
                hint="Asked when a chat is resolved with a feedback message."
            />
            <Words
                filled
                name=AWAY_LINE
                field=|policy| &mut policy.away_text
                max=AWAY_MAX
                label="Away line"
                hint="Said once in a chat when nobody is here to take it. Leave it empty to say nothing."
            />
        </fieldset>
    }
}
