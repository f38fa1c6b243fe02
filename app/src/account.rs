//! Getting in: the first admin, signing in, an invitation, a forgotten password. All but signing in is seen once, so that its
//! code comes later, with that of the console's later parts.

pub mod api;
mod form;
mod invite;
mod link;
mod reset;
mod setup;
mod sign_in;

use futures::FutureExt;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use crate::parts::{Icon, later};
use invite::Invite;
use reset::Reset;
use setup::Setup;

pub use form::PASSWORD_HINT;
pub use sign_in::SignIn;

/// A page that is seen once.
#[derive(Clone, Copy)]
pub(crate) enum Once {
    Setup,
    Invite,
    Reset,
}

/// The first-run page.
pub fn setup_page() -> AnyView {
    later(load(), || show(Once::Setup).now_or_never()?.ok())
}

/// The page that an invitation leads to.
pub fn invite_page() -> AnyView {
    later(load(), || show(Once::Invite).now_or_never()?.ok())
}

/// The page that a reset link leads to.
pub fn reset_page() -> AnyView {
    later(load(), || show(Once::Reset).now_or_never()?.ok())
}

/// Whether the page at `path` needs what [`load`] fetches.
pub fn is_seen_once(path: &str) -> bool {
    ["/setup", "/invite/", "/reset/"].iter().any(|of_once| path.starts_with(of_once))
}

/// The pages that are seen once.
///
/// # Errors
/// Their code could not be loaded.
#[wasm_split(
    rest,
    wasm_split_path = ::leptos::wasm_split,
    preload(
        /// Fetches the code of the pages, once.
        ///
        /// # Errors
        /// It could not be loaded.
        load
    ),
    fallible
)]
pub(crate) fn show(page: Once) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        Once::Setup => view! { <Setup /> }.into_any(),
        Once::Invite => view! { <Invite /> }.into_any(),
        Once::Reset => view! { <Reset /> }.into_any(),
    })
}

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
