//! Getting in: the first admin, signing in, an invitation, a forgotten password.

pub mod api;
mod form;
mod invite;
mod link;
mod reset;
mod setup;
mod sign_in;

use leptos::prelude::*;

use crate::parts::Icon;

pub use form::PASSWORD_HINT;
pub use invite::Invite;
pub use reset::Reset;
pub use setup::Setup;
pub use sign_in::SignIn;

/// A card in the middle of an otherwise empty page.
#[component]
fn Card(#[prop(into)] title: String, #[prop(into)] words: String, children: Children) -> impl IntoView {
    view! {
        <main class="account">
            <div class="account__card">
                <span class="account__mark" aria-hidden="true">
                    <Icon name="mark" />
                </span>
                <h1 class="account__title">{title}</h1>
                <p class="account__words">{words}</p>
                {children()}
            </div>
        </main>
    }
}
