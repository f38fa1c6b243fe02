//! The pages for those who run the installation: people, teams, channels, flows, rules, who changed what, and what went
//! wrong. Their code comes later, with that of the console's later parts.

pub mod api;
mod audit;
mod channels;
mod connect;
mod feedback;
mod flows;
mod people;
mod proof;
mod rules;
mod setup;
mod sign_in;
mod teams;
mod trouble;

use std::future::Future;
use std::time::Duration;

use domain::permission::{may_administer, may_see_audit};
use domain::person::Person;
use futures::FutureExt;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use crate::console::{Here, Ui, load_parts};
use crate::desk::Store;
use crate::error::AppError;
use crate::parts::{Empty, dynamic, later};
use crate::place::{AdminPage, Place};
use crate::rail::sees_admin;
use audit::Audit;
use channels::Channels;
use flows::Flows;
use people::People;
use rules::Rules;
use teams::Teams;
use trouble::TroublePage;

/// When a browser that cannot say that it is idle is taken to be.
const IDLE: Duration = Duration::from_secs(2);

/// The pages, as soon as their code is there.
#[component]
pub fn Admin() -> impl IntoView {
    later(load(), || pages().now_or_never()?.ok())
}

/// Fetches the code of these pages and of the console's later parts when nothing else is to be done, so that they open at once.
pub fn load_when_idle(ui: Ui) {
    // Whoever goes there in spite of a failure has it tried again, and is told.
    let begin = move || {
        spawn_local(async move {
            // One file, but each of the two ways into it has to be opened.
            if load().await.is_ok() && load_parts().await.is_ok() {
                ui.is_whole.try_set(true);
            }
        });
    };
    // Safari has no such callback.
    if request_idle_callback_with_handle(begin).is_err() {
        set_timeout(begin, IDLE);
    }
}

/// The pages, and the one way to them from the rest of the console.
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
pub fn pages() -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Pages /> }.into_any())
}

/// Whether `me` may see a page.
fn may_see(me: &Person, page: AdminPage) -> bool {
    match page {
        AdminPage::People | AdminPage::Teams => sees_admin(me),
        AdminPage::Audit => may_see_audit(me),
        AdminPage::Channels | AdminPage::Flows | AdminPage::Rules | AdminPage::Trouble => may_administer(me),
    }
}

/// The tabs, and the page of the URL.
#[component]
fn Pages() -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let page = Memo::new(move |_| match here.place.get() {
        Place::Admin(page) => Some(page),
        Place::Home | Place::Rooms { .. } | Place::Nowhere => None,
    });
    // A page is not made anew with every change of the desk: what was filled in would be lost.
    let may =
        Memo::new(move |_| store.desk.with(|desk| AdminPage::ALL.map(|page| may_see(&desk.me, page).then_some(page))));
    let shown = Memo::new(move |_| page.get().filter(|page| may.with(|may| may.contains(&Some(*page)))));
    view! {
        <main class="admin">
            <nav class="admin__tabs" aria-label="Administration">
                {AdminPage::ALL
                    .into_iter()
                    .map(|this| {
                        let current = move || (page.get() == Some(this)).then_some("page");
                        dynamic(move || {
                            may.with(|may| may.contains(&Some(this)))
                                .then(|| {
                                    view! {
                                        <a class="admin__tab" href=Place::Admin(this).path() aria-current=current>
                                            {this.label()}
                                        </a>
                                    }
                                })
                        })
                    })
                    .collect_view()}
            </nav>
            <div class="admin__page">
                {dynamic(move || match shown.get() {
                    Some(AdminPage::People) => view! { <People /> }.into_any(),
                    Some(AdminPage::Teams) => view! { <Teams /> }.into_any(),
                    Some(AdminPage::Channels) => view! { <Channels /> }.into_any(),
                    Some(AdminPage::Flows) => view! { <Flows /> }.into_any(),
                    Some(AdminPage::Rules) => view! { <Rules /> }.into_any(),
                    Some(AdminPage::Audit) => view! { <Audit /> }.into_any(),
                    Some(AdminPage::Trouble) => view! { <TroublePage /> }.into_any(),
                    None => {
                        view! { <Empty icon="lock" title="This page is for admins" words="Ask an admin if you need something changed here." /> }
                            .into_any()
                    }
                })}
            </div>
        </main>
    }
}

/// What a page asks for when it comes, and again after every change.
struct Asked<T: Send + Sync + 'static> {
    answer: RwSignal<Option<Result<T, AppError>>>,
    again: Callback<()>,
}

impl<T: Send + Sync + 'static> Clone for Asked<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Asked<T> {}

impl<T: Send + Sync + 'static> Asked<T> {
    fn new<F>(ask: fn() -> F) -> Self
    where
        F: Future<Output = Result<T, AppError>> + 'static,
    {
        let answer = RwSignal::new(None);
        let again = Callback::new(move |()| {
            spawn_local(async move {
                let news = ask().await;
                answer.try_set(Some(news));
            });
        });
        Effect::new(move |_| again.run(()));
        Self { answer, again }
    }
}

/// Does something an admin asked for, says so, and runs `then`.
fn carry_out(
    store: Store,
    done: &'static str,
    action: impl Future<Output = Result<(), AppError>> + 'static,
    then: Callback<()>,
) {
    spawn_local(async move {
        match action.await {
            Ok(()) => {
                store.say(done);
                then.try_run(());
            }
            Err(error) => store.report(&error),
        }
    });
}

/// A heading with what the page is for.
#[component]
fn Heading(title: &'static str, words: &'static str) -> impl IntoView {
    view! {
        <header class="admin__heading">
            <h1 class="admin__title">{title}</h1>
            <p class="admin__words">{words}</p>
        </header>
    }
}

/// The page's own address, for what is pasted elsewhere; empty before the page is alive.
fn origin() -> Signal<String> {
    let is_alive = expect_context::<crate::clock::Clock>().is_running();
    Signal::derive(
        move || {
            if is_alive.get() { window().location().origin().unwrap_or_default() } else { String::new() }
        },
    )
}
