//! The page a reset link leads to.

use domain::account::PasswordReset;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;

use crate::account::api::{find_password_reset, reset_password};
use crate::account::{Card, Field, PASSWORD_HINT, Problem, Submit, go_to};
use crate::api::{json, read};
use crate::error::AppError;
use crate::parts::awaited;

/// A new password for whoever was given the link.
#[component]
pub fn Reset() -> impl IntoView {
    let token = use_params_map().with_untracked(|parameters| parameters.get("token")).unwrap_or_default();
    let asked = token.clone();
    awaited(async { json(&find_password_reset(asked).await) }, move |answer| {
        let token = token.clone();
        match read(answer.as_bytes()).and_then(|answer: Result<_, AppError>| answer) {
            Ok(Some(reset)) => view! { <Form reset token /> }.into_any(),
            Ok(None) => view! { <Used /> }.into_any(),
            Err(error) => view! {
                <Card title="This did not work" words=error.to_string()>
                    ""
                </Card>
            }
            .into_any(),
        }
    })
}

#[component]
fn Used() -> impl IntoView {
    view! {
        <Card
            title="This link cannot be used"
            words="It was used already, replaced by a newer one, or has run out. Ask whoever gave it to you for a new one."
        >
            <a class="button account__submit" href="/sign-in" rel="external">
                "Go to sign in"
            </a>
        </Card>
    }
}

#[component]
fn Form(reset: PasswordReset, token: String) -> impl IntoView {
    let email = RwSignal::new(reset.email);
    let password = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let words = format!("Hello {}. You will be signed out everywhere else.", reset.name);

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_busy.set(true);
        problem.set(None);
        let token = token.clone();
        spawn_local(async move {
            match reset_password(token, password.get_untracked()).await {
                Ok(()) => go_to("/"),
                Err(error) => {
                    is_busy.set(false);
                    problem.set(Some(error.to_string()));
                }
            }
        });
    };

    view! {
        <Card title="Choose a new password" words=words>
            <form class="account__form" method="post" on:submit=submit>
                // The browser keeps the password under this name.
                <input class="visually-hidden" type="email" autocomplete="username" readonly tabindex="-1" aria-hidden="true" prop:value=email />
                <Field
                    label="New password"
                    name="password"
                    kind="password"
                    autocomplete="new-password"
                    value=password
                    hint=PASSWORD_HINT
                />
                <Problem words=problem />
                <Submit label="Save and sign in" is_busy=is_busy />
            </form>
        </Card>
    }
}
