//! One's own account: who one is here, and a new password.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account::PASSWORD_HINT;
use crate::account::api::change_password;
use crate::console::Ui;
use crate::desk::Store;
use crate::parts::{Closing, Modal, dynamic};

/// The dialog.
#[component]
pub fn Account() -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let me = store.desk.with_untracked(|desk| desk.me.clone());
    let close = Callback::new(move |()| ui.dialog.set(None));
    view! {
        <Modal title="Account" under=format!("{} · {}", me.name, me.role.label()) on_close=close>
            <Form email=me.email />
        </Modal>
    }
}

#[component]
fn Form(email: String) -> impl IntoView {
    let store = expect_context::<Store>();
    let closing = expect_context::<Closing>();
    let current = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let is_shown = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let is_empty = move || current.with(String::is_empty) || new.with(String::is_empty);

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match change_password(current.get_untracked(), new.get_untracked()).await {
                Ok(()) => {
                    closing.close();
                    store.say("Password changed. You are signed out everywhere else.");
                }
                Err(error) => {
                    is_busy.try_set(false);
                    problem.try_set(Some(error.to_string()));
                }
            }
        });
    };

    view! {
        <form class="password" method="dialog" on:submit=submit>
            <label class="field">
                <span class="field__label">"E-mail"</span>
                <input class="field__input" type="email" autocomplete="username" readonly value=email />
            </label>
            <Password label="Current password" autocomplete="current-password" value=current is_shown autofocus=true />
            <Password label="New password" autocomplete="new-password" value=new is_shown hint=PASSWORD_HINT />
            <label class="password__show">
                <input type="checkbox" on:change:target=move |event| is_shown.set(event.target().checked()) />
                "Show passwords"
            </label>
            <p class="password__problem" role="alert">
                {dynamic(move || problem.get())}
            </p>
            <div class="dialog__actions">
                <span class="dialog__hint">"Signs you out everywhere else."</span>
                <button type="button" class="button" on:click=move |_| closing.close()>
                    "Cancel"
                </button>
                <button type="submit" class="button button--main" disabled=move || is_busy.get() || is_empty()>
                    "Change password"
                </button>
            </div>
        </form>
    }
}

#[component]
fn Password(
    label: &'static str,
    autocomplete: &'static str,
    value: RwSignal<String>,
    is_shown: RwSignal<bool>,
    #[prop(optional)] autofocus: bool,
    #[prop(optional)] hint: &'static str,
) -> impl IntoView {
    let hint_id = format!("{autocomplete}-hint");
    let described = (!hint.is_empty()).then(|| hint_id.clone());
    view! {
        <label class="field">
            <span class="field__label">{label}</span>
            <input
                class="field__input"
                type=move || if is_shown.get() { "text" } else { "password" }
                autocomplete=autocomplete
                autofocus=autofocus
                spellcheck="false"
                autocapitalize="off"
                aria-describedby=described
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
            />
            {(!hint.is_empty()).then(|| view! { <span class="field__hint" id=hint_id>{hint}</span> })}
        </label>
    }
}
