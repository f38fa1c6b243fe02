//! The console's frame: what it begins with, and which panes stand beside each other.

mod drawer;
mod here;
mod later;
mod returning;
mod stopped;
mod sync;
mod theme;
mod ui;

use domain::desk::Snapshot;
use leptos::prelude::*;
use leptos_router::components::{Outlet, Redirect};
use leptos_router::hooks::use_location;

use crate::actions;
use crate::admin::{Admin, load_when_idle};
use crate::api::read;
use crate::chat::Chat;
use crate::desk::Store;
use crate::desk::api::begin;
use crate::dialogs::Toasts;
use crate::error::AppError;
use crate::list::List;
use crate::panel::Panel;
use crate::parts::{Empty, Nowhere, awaited, dynamic};
use crate::place::{Place, list_query};
use crate::rail::{Rail, TabBar};

pub use here::Here;
pub use later::{Later, Part, load as load_parts};
pub use stopped::stopped;
pub use theme::Theme;
pub use ui::{Dialog, Many, PanelChoice, Ui};

/// The desk's page for whoever is signed in.
#[component]
pub fn Console() -> impl IntoView {
    let location = use_location();
    let section = Place::of(&location.pathname.get_untracked()).section();
    let query = list_query(section, &location.query.get_untracked());
    let show = |answer: String| match read(answer.as_bytes()).and_then(|answer: Result<_, AppError>| answer) {
        Ok(snapshot) => view! { <Frame snapshot /> }.into_any(),
        Err(AppError::FirstRun) => view! { <Redirect path="/setup" /> }.into_any(),
        Err(AppError::SignIn) => view! { <ToSignIn /> }.into_any(),
        Err(error) => view! { <Failed error /> }.into_any(),
    };
    view! {
        {awaited(begin(query), show)}
        // It shows nothing, but the router waits for it before it changes the address. Within the frame it would take
        // the frame out of the page and put it back at each step, and the cursor would be lost.
        <Outlet />
    }
}

/// What the panes show at the present URL.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Area {
    Home,
    Rooms,
    Admin,
    Nowhere,
}

#[component]
fn Frame(snapshot: Snapshot) -> impl IntoView {
    let store = Store::new(snapshot);
    let here = Here::new();
    let ui = Ui::new(store, here);
    provide_context(store);
    provide_context(here);
    provide_context(ui);
    sync::keep_in_step(store, here, ui);
    actions::listen(store, here, ui);

    let area = Memo::new(move |_| match here.place.get() {
        Place::Home => Area::Home,
        Place::Rooms { .. } => Area::Rooms,
        Place::Admin(_) => Area::Admin,
        Place::Nowhere => Area::Nowhere,
    });
    Effect::new(move |_| load_when_idle(ui));
    later::load_when_asked_for(store, ui);
    let has_room = Memo::new(move |_| here.place.get().room().is_some());

    view! {
        <div
            class="console"
            class:console--room=has_room
            class:console--panel-shown=move || ui.panel.get() == PanelChoice::Shown
            class:console--panel-hidden=move || ui.panel.get() == PanelChoice::Hidden
        >
            <Rail />
            <div class="console__panes">
                <Later part=Part::Stopped />
                {dynamic(move || match area.get() {
                    Area::Home => view! { <Redirect path="/live" /> }.into_any(),
                    Area::Rooms => view! { <Rooms /> }.into_any(),
                    Area::Admin => view! { <Admin /> }.into_any(),
                    Area::Nowhere => view! { <Nowhere /> }.into_any(),
                })}
            </div>
            <TabBar />
        </div>
        <Later part=Part::Dialogs />
        <Toasts />
    }
}

#[component]
fn Rooms() -> impl IntoView {
    view! {
        <main class="rooms">
            <h1 class="visually-hidden">"Rooms"</h1>
            <List />
            <Chat />
            <Panel />
        </main>
    }
}

/// Signing in leads back to the page one wanted.
#[component]
fn ToSignIn() -> impl IntoView {
    let location = use_location();
    let path = location.pathname.get_untracked();
    let search = location.search.get_untracked();
    let back = if search.is_empty() { path } else { format!("{path}?{search}") };
    let target = if back == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={}", escaped(&back)) };
    view! { <Redirect path=target /> }
}

/// A path and its parameters as one value of a parameter.
fn escaped(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte);
    text.bytes().map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The desk could not be loaded at all.
#[component]
fn Failed(error: AppError) -> impl IntoView {
    view! {
        <main class="nowhere">
            <Empty icon="alert" title="Switchboard could not be loaded" words=error.to_string()>
                <a class="button" href="" rel="external">
                    "Try again"
                </a>
            </Empty>
        </main>
    }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn the_way_back_survives_as_one_parameter() {
        assert_eq!(escaped("/live/0193?mine&sort=wait"), "/live/0193%3Fmine%26sort%3Dwait");
    }
}
