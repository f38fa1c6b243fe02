//! The page an invitation leads to.

use leptos::prelude::*;

use crate::account::Card;
use crate::account::api::{Invited, accept_invitation, find_invitation};
use crate::account::form::{Name, NewPassword, Sending, Submit};
use crate::account::link::by_link;
use crate::api::json;

const USED: (&str, &str) = (
    "This invitation cannot be used",
    "It was used already, taken back, or has run out. Ask whoever invited you for a new one.",
);

/// Name and password of whoever was invited.
#[component]
pub fn Invite() -> impl IntoView {
    let find = async |token| json(&find_invitation(token).await);
    by_link(find, |invited, token| view! { <Form invited token /> }.into_any(), USED)
}

#[component]
fn Form(invited: Invited, token: String) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let sending = Sending::new();
    let words = format!("You were invited as {} with the address {}.", invited.role.label(), invited.email);

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        sending.wait(accept_invitation(token.clone(), name.get_untracked(), password.get_untracked()), "/".into());
    };

    view! {
        <Card title="Join Switchboard" words=words>
            <form class="account__form" method="post" on:submit=submit>
                <Name value=name />
                <NewPassword label="Password" value=password />
                <Submit label="Join" sending />
            </form>
        </Card>
    }
}
