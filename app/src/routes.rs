//! The pages and their URLs.

use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::account::{self, SignIn, invite_page, reset_page, setup_page};
use crate::admin;
use crate::clock::Clock;
use crate::console::Console;
use crate::parts::Nowhere;
use crate::place::Place;

/// Fetches what the page at `path` needs besides the code that is there, before it can come to life.
///
/// # Errors
/// It could not be loaded.
pub async fn load(path: &str) -> Result<(), SplitLoaderError> {
    match Place::of(path) {
        Place::Admin(_) => admin::load().await,
        Place::Nowhere if account::is_seen_once(path) => account::load().await,
        Place::Home | Place::Rooms { .. } | Place::Nowhere => Ok(()),
    }
}

/// The whole app: what the server renders and the browser brings to life.
#[component]
pub fn App() -> impl IntoView {
    provide_context(Clock::start());
    Effect::new(|_| {
        if let Some(body) = document().body() {
            // Specs wait for it; without it nothing but waiting is lost.
            drop(body.set_attribute("data-hydrated", "1"));
        }
    });

    view! {
        <Router>
            <Routes fallback=|| view! { <Nowhere /> }>
                <Route path=path!("/sign-in") view=SignIn ssr=SsrMode::Async />
                <Route path=path!("/setup") view=setup_page ssr=SsrMode::Async />
                <Route path=path!("/invite/:token") view=invite_page ssr=SsrMode::Async />
                <Route path=path!("/reset/:token") view=reset_page ssr=SsrMode::Async />
                // One console for all these URLs: it reads the place itself, so that moving between them
                // rebuilds nothing.
                <ParentRoute path=path!("") view=Console ssr=SsrMode::Async>
                    <Route path=path!("") view=nothing />
                    <Route path=path!("live/:room?") view=nothing />
                    <Route path=path!("assigned/:room?") view=nothing />
                    <Route path=path!("archived/:room?") view=nothing />
                    <Route path=path!("admin/people") view=nothing />
                    <Route path=path!("admin/teams") view=nothing />
                    <Route path=path!("admin/channels") view=nothing />
                    <Route path=path!("admin/flows") view=nothing />
                    <Route path=path!("admin/rules") view=nothing />
                    <Route path=path!("admin/audit") view=nothing />
                    <Route path=path!("admin/trouble") view=nothing />
                </ParentRoute>
            </Routes>
        </Router>
        // Shown when the page's own code has died; nothing of it may be needed to reload.
        <p id="crash-banner" class="crash" role="alert" hidden>
            "Something broke on this page. What you wrote is kept. "
            <a href="" rel="external">
                "Reload"
            </a>
        </p>
    }
}

/// What stands under the console's own URLs: it shows everything itself.
fn nothing() {}
