//! The sign-in page.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;

use crate::account::api::{needs_setup, sign_in};
use crate::account::{Card, Field, Problem, Submit, go_to, way_back};
use crate::api::{json, read};
use crate::error::AppError;
use crate::parts::awaited;

/// E-mail and password.
#[component]
pub fn SignIn() -> impl IntoView {
    awaited(async { json(&needs_setup().await) }, |answer| match read(answer.as_bytes()) {
        Ok(Ok::<bool, AppError>(true)) => view! { <Redirect path="/setup" /> }.into_any(),
        _ => view! { <Form /> }.into_any(),
    })
}

#[component]
fn Form() -> impl IntoView {
    let email = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let parameters = use_query_map();

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_busy.set(true);
        problem.set(None);
        let next = way_back(parameters.with_untracked(|parameters| parameters.get("next")));
        spawn_local(async move {
            match sign_in(email.get_untracked().trim().into(), password.get_untracked()).await {
                Ok(()) => go_to(&next),
                Err(error) => {
                    is_busy.set(false);
                    problem.set(Some(error.to_string()));
                }
            }
        });
    };

    view! {
        <Card title="Sign in" words="Switchboard, where your customers' chats are answered.">
            <form class="account__form" method="post" on:submit=submit>
                <Field label="E-mail" name="email" kind="email" autocomplete="username" value=email />
                <Field label="Password" name="password" kind="password" autocomplete="current-password" value=password />
                <Problem words=problem />
                <Submit label="Sign in" is_busy=is_busy />
            </form>
            <p class="account__foot">"No account yet, or a forgotten password? An admin can give you a link."</p>
        </Card>
    }
}
