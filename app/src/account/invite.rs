//! The page an invitation leads to.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;

use crate::account::api::{Invited, accept_invitation, find_invitation};
use crate::account::{Card, Field, PASSWORD_HINT, Problem, Submit, go_to};
use crate::api::{json, read};
use crate::error::AppError;
use crate::parts::awaited;

/// Name and password of whoever was invited.
#[component]
pub fn Invite() -> impl IntoView {
    let token = use_params_map().with_untracked(|parameters| parameters.get("token")).unwrap_or_default();
    let asked = token.clone();
    awaited(async { json(&find_invitation(asked).await) }, move |answer| {
        let token = token.clone();
        match read(answer.as_bytes()).and_then(|answer: Result<_, AppError>| answer) {
            Ok(Some(invited)) => view! { <Form invited token /> }.into_any(),
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
            title="This invitation cannot be used"
            words="It was used already, taken back, or has run out. Ask whoever invited you for a new one."
        >
            <a class="button account__submit" href="/sign-in" rel="external">
                "Go to sign in"
            </a>
        </Card>
    }
}

#[component]
fn Form(invited: Invited, token: String) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let words = format!("You were invited as {} with the address {}.", invited.role.label(), invited.email);

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_busy.set(true);
        problem.set(None);
        let token = token.clone();
        spawn_local(async move {
            match accept_invitation(token, name.get_untracked(), password.get_untracked()).await {
                Ok(()) => go_to("/"),
                Err(error) => {
                    is_busy.set(false);
                    problem.set(Some(error.to_string()));
                }
            }
        });
    };

    view! {
        <Card title="Join Switchboard" words=words>
            <form class="account__form" method="post" on:submit=submit>
                <Field label="Your name" name="name" kind="text" autocomplete="name" value=name hint="Colleagues and customers see it." />
                <Field
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="new-password"
                    value=password
                    hint=PASSWORD_HINT
                />
                <Problem words=problem />
                <Submit label="Join" is_busy=is_busy />
            </form>
        </Card>
    }
}
