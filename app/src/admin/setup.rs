//! The form of a channel's settings: what to fill in, where to find it, and what is wrong with it.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::channel::{ChannelPlace, ChannelSetup, SetupField, SetupForm, SetupInput, SignInOffer};
use domain::refused::Refused;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::admin::api::{begin_sign_in_again, change_channel, disconnect_channel, place_channel, setup_form};
use crate::admin::feedback::AskForFeedback;
use crate::admin::sign_in::{SignInAgain, leave};
use crate::admin::{Asked, carry_out};
use crate::api::json;
use crate::clock::long_span;
use crate::desk::Store;
use crate::error::AppError;
use crate::parts::{CopyButton, dynamic};

/// What is being filled in, field by field.
pub type Filled = StoredValue<Vec<(SetupField, RwSignal<String>)>>;

/// A form's fields with what they begin with.
pub fn begin(form: SetupForm, known: &BTreeMap<String, String>) -> Filled {
    let SetupForm { fields, made, sign_in: _ } = form;
    let value = |field: &SetupField| made.get(&field.name).or_else(|| known.get(&field.name)).cloned();
    StoredValue::new(
        fields.into_iter().map(|field| (field.clone(), RwSignal::new(value(&field).unwrap_or_default()))).collect(),
    )
}

/// What was filled in, as a JSON object. What is empty is left out, or taken away where `known` has it.
pub fn settings(filled: Filled, known: &BTreeMap<String, String>) -> String {
    let pairs = filled.with_value(|fields| {
        fields
            .iter()
            .filter_map(|(field, value)| {
                let text = value.get_untracked();
                let text = text.trim();
                let value = match &field.input {
                    _ if text.is_empty() => known.contains_key(&field.name).then(|| "null".to_owned())?,
                    SetupInput::Lines => {
                        json(&text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>())
                    }
                    _ => json(&text),
                };
                Some(format!("{}:{value}", json(&field.name)))
            })
            .collect::<Vec<_>>()
    });
    format!("{{{}}}", pairs.join(","))
}

/// The setting that was refused, and what is wrong with it: "is missing".
pub type Wrong = RwSignal<Option<(String, String)>>;

/// The setting that a refusal is about.
pub fn refused_setting(error: &AppError) -> Option<(String, String)> {
    match error {
        AppError::Refused(Refused::Invalid { field, rule }) => Some((field.clone(), rule.clone())),
        _ => None,
    }
}

/// Puts what went wrong at the field it is about, or below the form.
pub fn place(error: &AppError, filled: Filled, wrong: Wrong, problem: RwSignal<Option<String>>) {
    let is_field = |name: &str| filled.try_with_value(|fields| fields.iter().any(|(field, _)| field.name == name));
    match refused_setting(error) {
        Some(setting) if is_field(&setting.0) == Some(true) => drop(wrong.try_set(Some(setting))),
        _ => drop(problem.try_set(Some(error.to_string()))),
    }
}

/// The fields, except for those in `hidden`. Nobody signs in without those in `needed`. With `keeps`, the channel is
/// there: secrets that stay empty stay as they are, and it may be saved without signing in.
#[component]
pub fn Fields(
    filled: Filled,
    wrong: Wrong,
    #[prop(optional)] keeps: bool,
    #[prop(optional)] hidden: Vec<String>,
    #[prop(optional)] needed: Vec<String>,
) -> impl IntoView {
    let shown = filled.get_value().into_iter().filter(|(field, _)| !hidden.contains(&field.name));
    let (plain, advanced): (Vec<_>, Vec<_>) = shown.partition(|(field, _)| !field.is_advanced);
    let shown = move |fields: Vec<(SetupField, RwSignal<String>)>| {
        let fields = fields.into_iter().map(|(field, value)| {
            let is_needed = needed.contains(&field.name);
            let field = SetupField { is_required: field.is_required || (is_needed && !keeps), ..field };
            view! { <Field field value wrong keeps is_needed /> }
        });
        fields.collect_view()
    };
    let has_advanced = !advanced.is_empty();
    let names: Vec<String> = advanced.iter().map(|(field, _)| field.name.clone()).collect();
    let is_open = Memo::new(move |_| wrong.with(|wrong| wrong.as_ref().is_some_and(|(name, _)| names.contains(name))));
    view! {
        {shown(plain)}
        {has_advanced
            .then(|| {
                view! {
                    <details class="setup__more" open=move || is_open.get()>
                        <summary>"Advanced"</summary>
                        {shown(advanced)}
                    </details>
                }
            })}
    }
    .into_any()
}

#[component]
fn Field(field: SetupField, value: RwSignal<String>, wrong: Wrong, keeps: bool, is_needed: bool) -> impl IntoView {
    let name = field.name.clone();
    let rule = Memo::new(move |_| {
        wrong.with(|wrong| wrong.as_ref().filter(|(wrong, _)| *wrong == name).map(|(_, rule)| rule.clone()))
    });
    let label = field.label.clone();
    let is_token = matches!(field.input, SetupInput::Token);
    let keeps = keeps && field.is_secret();
    let may_be_empty = match (field.is_required, is_needed) {
        (true, _) => "",
        (false, true) => " (needed to sign in)",
        (false, false) => " (optional)",
    };
    let hint = if keeps { "Leave empty to keep the present one." } else { "" };
    view! {
        <label class="field">
            <span class="field__label">
                {field.label.clone()} {may_be_empty}
            </span>
            <Input field=field.clone() value keeps is_wrong=Signal::derive(move || rule.with(Option::is_some)) />
            <span class="field__problem" role="alert">
                {dynamic(move || rule.get().map(|rule| format!("{label} {rule}.")))}
            </span>
            <span class="field__hint">{field.help.clone()} " " {hint}</span>
        </label>
        {(is_token && !keeps).then(|| view! { <CopyButton text=value label="Copy this" /> })}
    }
    .into_any()
}

#[component]
fn Input(field: SetupField, value: RwSignal<String>, keeps: bool, is_wrong: Signal<bool>) -> impl IntoView {
    let required = field.is_required && !keeps;
    let invalid = move || is_wrong.get().then_some("true");
    match field.input {
        SetupInput::Lines | SetupInput::SecretLines => view! {
            <textarea
                class="field__input import__text"
                rows="4"
                spellcheck="false"
                autocomplete="off"
                required=required
                aria-invalid=invalid
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
            ></textarea>
        }
        .into_any(),
        SetupInput::OneOf(choices) => view! {
            <select class="field__input" aria-invalid=invalid on:change:target=move |event| value.set(event.target().value())>
                {choices
                    .into_iter()
                    .map(|(word, label)| {
                        let selected = value.get_untracked() == word;
                        view! {
                            <option value=word selected=selected>
                                {label}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        }
        .into_any(),
        SetupInput::Text | SetupInput::Secret | SetupInput::Token | SetupInput::Address => {
            let kind = if matches!(field.input, SetupInput::Secret) { "password" } else { "text" };
            view! {
                <input
                    class="field__input"
                    type=kind
                    spellcheck="false"
                    autocomplete="off"
                    required=required
                    aria-invalid=invalid
                    prop:value=move || value.get()
                    on:input:target=move |event| value.set(event.target().value())
                />
            }
            .into_any()
        }
    }
}

/// Name, team and settings of a channel that is there, and the way to remove it.
#[component]
pub fn ChangeSettings(
    setup: ChannelSetup,
    setups: Asked<Vec<ChannelSetup>>,
    wrong: Wrong,
    on_done: Callback<()>,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let id = setup.channel.id;
    let known = StoredValue::new(setup.filled.clone());
    let form = RwSignal::new(None::<Filled>);
    let offer = RwSignal::new(None::<SignInOffer>);
    let name = RwSignal::new(setup.channel.name.clone());
    let team = RwSignal::new(setup.channel.team);
    let expiry = RwSignal::new(setup.channel.expires_after_millis);
    let feedback = RwSignal::new(setup.channel.feedback.clone());
    let problem = RwSignal::new(None::<String>);
    let is_removing = RwSignal::new(false);
    let kind = setup.channel.kind;
    Effect::new(move |_| {
        spawn_local(async move {
            match setup_form(kind).await {
                // Whatever was made just now is for a new channel; this one has its own.
                Ok(made) => {
                    offer.try_set(made.sign_in.clone());
                    let asked = SetupForm { made: BTreeMap::new(), ..made };
                    form.try_set(Some(known.with_value(|known| begin(asked, known))));
                }
                Err(error) => store.report(&error),
            }
        });
    });
    let changed = move || form.get_untracked().map(|filled| known.with_value(|known| settings(filled, known)));
    let save = move || {
        let (name, team, expires_after_millis) = (name.get_untracked(), team.get_untracked(), expiry.get_untracked());
        let place = ChannelPlace { name, team, expires_after_millis, feedback: feedback.get_untracked() };
        let changes = changed().unwrap_or_else(|| "{}".into());
        problem.set(None);
        wrong.set(None);
        async move {
            place_channel(id, place).await?;
            if changes == "{}" { Ok(()) } else { change_channel(id, changes).await }
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(filled) = form.get_untracked() else { return };
        let saved = save();
        spawn_local(async move {
            match saved.await {
                Ok(()) => {
                    store.say("Saved.");
                    setups.again.try_run(());
                    on_done.try_run(());
                }
                Err(error) => place(&error, filled, wrong, problem),
            }
        });
    };
    let is_leaving = RwSignal::new(false);
    let sign_in = Callback::new(move |()| {
        let Some(filled) = form.get_untracked() else { return };
        let saved = save();
        let begun = async move {
            saved.await?;
            setups.again.try_run(());
            begin_sign_in_again(id).await
        };
        leave(begun, is_leaving, move |error| place(error, filled, wrong, problem));
    });
    let remove = move |_| {
        if is_removing.get_untracked() {
            carry_out(store, "Removed. Its rooms stay.", disconnect_channel(id), setups.again);
        } else {
            is_removing.set(true);
        }
    };
    view! {
        <form class="setup" method="post" on:submit=submit>
            <Named name team />
            <Expiry expiry />
            <AskForFeedback channel=id kind rule=feedback />
            {dynamic(move || {
                let needed = offer.get_untracked().map(|offer| offer.needs).unwrap_or_default();
                form.get().map(|filled| view! { <Fields filled wrong keeps=true needed /> })
            })}
            {dynamic(move || {
                offer.get().map(|offer| view! { <SignInAgain kind offer is_busy=is_leaving begin=sign_in /> })
            })}
            <p class="admin__problem" role="alert">
                {dynamic(move || problem.get())}
            </p>
            <div class="setup__actions">
                <button type="button" class="button button--danger" on:click=remove>
                    {dynamic(move || if is_removing.get() { "Remove for good?" } else { "Remove" })}
                </button>
                <span class="setup__gap"></span>
                <button type="button" class="button" on:click=move |_| on_done.run(())>
                    "Cancel"
                </button>
                <button type="submit" class="button button--main">
                    "Save"
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// The spans one can choose from, in milliseconds.
const EXPIRIES: [u64; 8] = [HOUR, 4 * HOUR, 12 * HOUR, DAY, 2 * DAY, 3 * DAY, 7 * DAY, 30 * DAY];
const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;

/// How long its rooms may go unaddressed. A span from elsewhere stays among the choices.
#[component]
fn Expiry(expiry: RwSignal<Option<u64>>) -> impl IntoView {
    let chosen = expiry.get_untracked();
    let mut spans: Vec<u64> = EXPIRIES.into_iter().chain(chosen).collect();
    spans.sort_unstable();
    spans.dedup();
    view! {
        <label class="field">
            <span class="field__label">"Chats expire"</span>
            <select class="field__input" on:change:target=move |event| expiry.set(event.target().value().parse().ok())>
                {spans
                    .into_iter()
                    .map(|span| {
                        view! {
                            <option value=span.to_string() selected=chosen == Some(span)>
                                {expiry_label(span)}
                            </option>
                        }
                    })
                    .collect_view()}
                <option value="" selected=chosen.is_none()>
                    "never"
                </option>
            </select>
            <span class="field__hint">
                "How long nobody may write or act in a chat before it goes to the archive. It holds from a chat's next case on."
            </span>
        </label>
    }
    .into_any()
}

/// "after 4 h", "after 7 days".
fn expiry_label(millis: u64) -> String {
    if millis > DAY && millis.is_multiple_of(DAY) {
        return format!("after {} days", millis / DAY);
    }
    format!("after {}", long_span(Duration::from_millis(millis)))
}

/// What a channel is called, and whose its new rooms are.
#[component]
pub fn Named(name: RwSignal<String>, team: RwSignal<Option<domain::id::TeamId>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let teams: Vec<_> = store.desk.with_untracked(|desk| desk.teams.values().cloned().collect());
    view! {
        <label class="field">
            <span class="field__label">"Name"</span>
            <input
                class="field__input"
                type="text"
                required
                autocomplete="off"
                prop:value=move || name.get()
                on:input:target=move |event| name.set(event.target().value())
            />
            <span class="field__hint">"As your colleagues see it."</span>
        </label>
        <label class="field">
            <span class="field__label">"Team"</span>
            <select
                class="field__input"
                on:change:target=move |event| team.set(event.target().value().parse().ok())
            >
                <option value="" selected=team.get_untracked().is_none()>
                    "No team"
                </option>
                {teams
                    .into_iter()
                    .map(|known| {
                        view! {
                            <option value=known.id.to_string() selected=team.get_untracked() == Some(known.id)>
                                {known.name}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            <span class="field__hint">"Who its new rooms are for."</span>
        </label>
    }
    .into_any()
}
