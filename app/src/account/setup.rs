//! The first-run page: makes the admin. It exists only until there is one.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::Redirect;

use crate::account::api::{create_admin, needs_setup};
use crate::account::{Card, Field, PASSWORD_HINT, Problem, Submit, go_to};
use crate::api::{json, read};
use crate::error::AppError;
use crate::parts::awaited;

/// Name, e-mail and password of the first admin.
#[component]
pub fn Setup() -> impl IntoView {
    awaited(async { json(&needs_setup().await) }, |answer| match read(answer.as_bytes()) {
        Ok(Ok::<bool, AppError>(false)) => view! { <Redirect path="/sign-in" /> }.into_any(),
        _ => view! { <Form /> }.into_any(),
    })
}

#[component]
fn Form() -> impl IntoView {
    let name = RwSignal::new(String::new());
    let email = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let (name, email) = (name.get_untracked(), email.get_untracked().trim().to_owned());
            match create_admin(name, email, password.get_untracked()).await {
                Ok(()) => go_to("/"),
                Err(error) => {
                    is_busy.set(false);
                    problem.set(Some(error.to_string()));
                }
            }
        });
    };

    view! {
        <Card title="Welcome to Switchboard" words="Make the first account. It is an admin's: it can do everything and invite others.">
            <form class="account__form" method="post" on:submit=submit>
                <Field label="Your name" name="name" kind="text" autocomplete="name" value=name hint="Colleagues and customers see it." />
                <Field label="E-mail" name="email" kind="email" autocomplete="username" value=email />
                <Field
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="new-password"
                    value=password
                    hint=PASSWORD_HINT
                />
                <Problem words=problem />
                <Submit label="Create the admin" is_busy=is_busy />
            </form>
        </Card>
    }
}
