//! The sign-in page.

use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;

use crate::account::Card;
use crate::account::api::{needs_setup, sign_in};
use crate::account::form::{Field, Sending, Submit};
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
    let sending = Sending::new();
    let parameters = use_query_map();

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let next = way_back(parameters.with_untracked(|parameters| parameters.get("next")));
        sending.wait(sign_in(email.get_untracked().trim().into(), password.get_untracked()), next);
    };

    view! {
        <Card title="Sign in" words="Switchboard, where your customers' chats are answered.">
            <form class="account__form" method="post" on:submit=submit>
                <Field label="E-mail" name="email" kind="email" autocomplete="username" value=email />
                <Field label="Password" name="password" kind="password" autocomplete="current-password" value=password />
                <Submit label="Sign in" sending />
            </form>
            <p class="account__foot">"No account yet, or a forgotten password? An admin can give you a link."</p>
        </Card>
    }
}

/// Where a sign-in leads: only to a page of ours.
fn way_back(next: Option<String>) -> String {
    next.filter(|next| next.starts_with('/') && !next.starts_with("//") && !next.contains('\\')).unwrap_or("/".into())
}

#[cfg(test)]
mod tests {
    use super::way_back;

    #[test]
    fn a_sign_in_never_leads_to_another_site() {
        assert_eq!(way_back(Some("/live/1?mine".into())), "/live/1?mine");
        assert_eq!(way_back(Some("//evil.example".into())), "/");
        assert_eq!(way_back(Some("https://evil.example".into())), "/");
        assert_eq!(way_back(Some("/\\evil.example".into())), "/");
        assert_eq!(way_back(None), "/");
    }
}
