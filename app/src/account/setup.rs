//! The first-run page: makes the admin. It exists only until there is one.

use leptos::prelude::*;
use leptos_router::components::Redirect;

use crate::account::Card;
use crate::account::api::{create_admin, needs_setup};
use crate::account::form::{Field, Name, NewPassword, Sending, Submit};
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
    let sending = Sending::new();

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (name, email) = (name.get_untracked(), email.get_untracked().trim().to_owned());
        sending.wait(create_admin(name, email, password.get_untracked()), "/".into());
    };

    view! {
        <Card title="Welcome to Switchboard" words="Make the first account. It is an admin's: it can do everything and invite others.">
            <form class="account__form" method="post" on:submit=submit>
                <Name value=name />
                <Field label="E-mail" name="email" kind="email" autocomplete="username" value=email />
                <NewPassword label="Password" value=password />
                <Submit label="Create the admin" sending />
            </form>
        </Card>
    }
}
