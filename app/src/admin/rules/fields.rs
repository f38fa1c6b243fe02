//! The fields of the rules, each with what is wrong with it beside it.

use domain::policy::{FEEDBACK_MAX, Policy};
use leptos::prelude::*;

use crate::admin::rules::{Draft, Filled, id_of};
use crate::parts::dynamic;

/// A choice that is on or off.
#[component]
pub fn Switch(
    filled: Filled,
    field: fn(&mut Policy) -> &mut bool,
    label: &'static str,
    hint: &'static str,
) -> impl IntoView {
    let is_on = Memo::new(move |_| filled.shown.with(|draft| *field(&mut draft.policy.clone())));
    view! {
        <label class="switch rules__switch">
            <input
                type="checkbox"
                role="switch"
                checked=is_on.get_untracked()
                prop:checked=move || is_on.get()
                on:change:target=move |event| filled.edit(|draft| *field(&mut draft.policy) = event.target().checked())
            />
            <span>
                <span class="field__label">{label}</span>
                <span class="rules__hint">{hint}</span>
            </span>
        </label>
    }
    .into_any()
}

/// A time that can be off.
#[component]
pub fn Timer(
    filled: Filled,
    name: &'static str,
    field: fn(&mut Draft) -> &mut Option<String>,
    suggested: &'static str,
    label: &'static str,
) -> impl IntoView {
    let text = Memo::new(move |_| filled.shown.with(|draft| field(&mut draft.clone()).clone()));
    let is_on = Memo::new(move |_| text.with(Option::is_some));
    view! {
        <div class="rules__timer">
            <label class="switch rules__switch">
                <input
                    type="checkbox"
                    role="switch"
                    checked=is_on.get_untracked()
                    prop:checked=move || is_on.get()
                    on:change:target=move |event| {
                        let is_on = event.target().checked();
                        filled.mend(name, |draft| *field(draft) = is_on.then(|| suggested.to_owned()));
                    }
                />
                <span class="field__label">{label}</span>
            </label>
            {dynamic(move || is_on.get().then(|| view! { <Minutes filled name field text label /> }))}
            <Problem filled name />
        </div>
    }
    .into_any()
}

#[component]
fn Minutes(
    filled: Filled,
    name: &'static str,
    field: fn(&mut Draft) -> &mut Option<String>,
    text: Memo<Option<String>>,
    label: &'static str,
) -> impl IntoView {
    let problem = filled.problem_of(name);
    let value = move || text.get().unwrap_or_default();
    view! {
        <label class="rules__minutes">
            "after "
            <input
                class="field__input field__input--number"
                type="text"
                inputmode="numeric"
                autocomplete="off"
                id=id_of(name)
                aria-label=format!("{label}: after how many minutes")
                aria-describedby=problem_id(name)
                aria-invalid=move || problem.with(Option::is_some).then_some("true")
                value=untrack(value)
                prop:value=value
                on:input:target=move |event| filled.mend(name, |draft| *field(draft) = Some(event.target().value()))
            />
            " minutes"
        </label>
    }
    .into_any()
}

/// Words that go to customers, with how many there may be.
#[component]
pub fn Words(
    filled: Filled,
    name: &'static str,
    field: fn(&mut Policy) -> &mut String,
    max: usize,
    label: &'static str,
    hint: &'static str,
) -> impl IntoView {
    let text = Memo::new(move |_| filled.shown.with(|draft| field(&mut draft.policy.clone()).clone()));
    let problem = filled.problem_of(name);
    let length = move || text.with(|text| text.trim().chars().count());
    let rows = if max > FEEDBACK_MAX { "3" } else { "2" };
    view! {
        <div class="field">
            <label class="field__label" for=id_of(name)>
                {label}
            </label>
            <textarea
                class="field__input"
                rows=rows
                id=id_of(name)
                aria-describedby=problem_id(name)
                aria-invalid=move || problem.with(Option::is_some).then_some("true")
                prop:value=move || text.get()
                on:input:target=move |event| filled.mend(name, |draft| *field(&mut draft.policy) = event.target().value())
            ></textarea>
            <span class="rules__under">
                <span class="field__hint">{hint}</span>
                <span class="rules__count">{move || format!("{} of {max}", length())}</span>
            </span>
            <Problem filled name />
        </div>
    }
    .into_any()
}

/// Several things, each on a line of its own.
#[component]
pub fn Lines(
    filled: Filled,
    name: &'static str,
    field: fn(&mut Draft) -> &mut String,
    label: &'static str,
    hint: String,
) -> impl IntoView {
    let text = Memo::new(move |_| filled.shown.with(|draft| field(&mut draft.clone()).clone()));
    let problem = filled.problem_of(name);
    view! {
        <div class="field">
            <label class="field__label" for=id_of(name)>
                {label}
            </label>
            <textarea
                class="field__input"
                rows="4"
                id=id_of(name)
                aria-describedby=problem_id(name)
                aria-invalid=move || problem.with(Option::is_some).then_some("true")
                prop:value=move || text.get()
                on:input:target=move |event| filled.mend(name, |draft| *field(draft) = event.target().value())
            ></textarea>
            <span class="field__hint">{hint}</span>
            <Problem filled name />
        </div>
    }
    .into_any()
}

/// What is wrong with the field, beside it.
#[component]
fn Problem(filled: Filled, name: &'static str) -> impl IntoView {
    let problem = filled.problem_of(name);
    view! {
        <p class="admin__problem" id=problem_id(name) role="alert">
            {dynamic(move || problem.get())}
        </p>
    }
}

fn problem_id(name: &str) -> String {
    format!("{}-problem", id_of(name))
}
