//! The page a reset link leads to.

use domain::account::PasswordReset;
use leptos::prelude::*;

use crate::account::Card;
use crate::account::api::{find_password_reset, reset_password};
use crate::account::form::{NewPassword, Sending, Submit};
use crate::account::link::by_link;
use crate::api::json;

const USED: (&str, &str) = (
    "This link cannot be used",
    "It was used already, replaced by a newer one, or has run out. Ask whoever gave it to you for a new one.",
);

/// A new password for whoever was given the link.
#[component]
pub fn Reset() -> impl IntoView {
    let find = async |token| json(&find_password_reset(token).await);
    by_link(find, |reset, token| view! { <Form reset token /> }.into_any(), USED)
}

#[component]
fn Form(reset: PasswordReset, token: String) -> impl IntoView {
    let email = RwSignal::new(reset.email);
    let password = RwSignal::new(String::new());
    let sending = Sending::new();
    let words = format!("Hello {}. You will be signed out everywhere else.", reset.name);

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        sending.wait(reset_password(token.clone(), password.get_untracked()), "/".into());
    };

    view! {
        <Card title="Choose a new password" words=words>
            <form class="account__form" method="post" on:submit=submit>
                // The browser keeps the password under this name.
                <input class="visually-hidden" type="email" autocomplete="username" readonly tabindex="-1" aria-hidden="true" prop:value=email />
                <NewPassword label="New password" value=password />
                <Submit label="Save and sign in" sending />
            </form>
        </Card>
    }
}
