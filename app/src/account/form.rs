//! What the forms here are made of: their fields, and what becomes of them once they are sent.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::error::AppError;
use crate::parts::dynamic;

/// `domain::account::PASSWORD_MIN` in words.
pub const PASSWORD_HINT: &str = "At least 10 characters.";

/// Whether a form is on its way, and why it did not work.
#[derive(Clone, Copy)]
pub struct Sending {
    is_busy: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
}

impl Sending {
    /// Of a form that was not sent yet.
    pub fn new() -> Self {
        Self { is_busy: RwSignal::new(false), problem: RwSignal::new(None) }
    }

    /// Waits for `answer`: a good one leads to `path` with a fresh page, so that everything begins anew; any other is told.
    pub fn wait(self, answer: impl Future<Output = Result<(), AppError>> + 'static, path: String) {
        self.is_busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            match answer.await {
                // A browser that does not follow shows the form again.
                Ok(()) => drop(window().location().assign(&path)),
                Err(error) => {
                    self.is_busy.set(false);
                    self.problem.set(Some(error.to_string()));
                }
            }
        });
    }
}

/// One labelled field.
#[component]
pub fn Field(
    label: &'static str,
    name: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    value: RwSignal<String>,
    #[prop(optional)] hint: &'static str,
) -> impl IntoView {
    let hint_id = format!("{name}-hint");
    let described = (!hint.is_empty()).then(|| hint_id.clone());
    view! {
        <label class="field">
            <span class="field__label">{label}</span>
            <input
                class="field__input"
                type=kind
                name=name
                autocomplete=autocomplete
                required
                aria-describedby=described
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
            />
            {(!hint.is_empty()).then(|| view! { <span class="field__hint" id=hint_id>{hint}</span> })}
        </label>
    }
}

/// The name that a new account goes by.
#[component]
pub fn Name(value: RwSignal<String>) -> impl IntoView {
    view! { <Field label="Your name" name="name" kind="text" autocomplete="name" value hint="Colleagues and customers see it." /> }
}

/// A password that is chosen now.
#[component]
pub fn NewPassword(label: &'static str, value: RwSignal<String>) -> impl IntoView {
    view! { <Field label name="password" kind="password" autocomplete="new-password" value hint=PASSWORD_HINT /> }
}

/// What a form ends with: why it did not work, and its button, which waits for the page to come alive, so that no browser
/// sends a form by itself.
#[component]
pub fn Submit(label: &'static str, sending: Sending) -> impl IntoView {
    let Sending { is_busy, problem } = sending;
    let is_alive = expect_context::<crate::clock::Clock>().is_running();
    view! {
        <p class="account__problem" role="alert">
            {dynamic(move || problem.get())}
        </p>
        <button type="submit" class="button button--main account__submit" disabled=move || !is_alive.get() || is_busy.get()>
            {label}
        </button>
    }
}
