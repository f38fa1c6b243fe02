//! The list of rooms: tabs, filters, and a window of rows that stays smooth with ten thousand of them.

mod card;
mod divider;
mod filters;
mod selecting;
mod selection;
mod tabs;
mod window;

use domain::desk::Whose;
use domain::id::RoomId;
use domain::permission::{may_act_in_bulk, may_administer};
use domain::room::Section;
use leptos::html;
use leptos::prelude::*;

use crate::console::{Dialog, Here, Later, Part, Ui};
use crate::desk::Store;
use crate::dialogs::channels_with_templates;
use crate::error::AppError;
use crate::parts::{Empty, Icon, dynamic};
use crate::place::{AdminPage, Place};
use card::Card;
use filters::{Filters, show_all};
use tabs::Tabs;
use window::Rows;

pub use card::preview_words;
pub use divider::Divider;
pub use selecting::{SelectButton, Selecting};
pub use selection::{Report, Selection, Stage};

/// The room `by` places after the selected one; the first when none is selected or it left the list.
#[must_use]
pub fn neighbour(store: Store, here: Here, by: i32) -> Option<RoomId> {
    let selected = here.place.get_untracked().room();
    store.desk.with_untracked(|desk| {
        let order = &desk.list.order;
        let present = selected.and_then(|selected| order.iter().position(|room| *room == selected));
        let wanted = match present {
            Some(present) => i32::try_from(present).ok()?.checked_add(by)?,
            None => 0,
        };
        order.get(usize::try_from(wanted).ok()?).copied()
    })
}

/// Whether rooms of the list on screen can be selected. What is archived can only be exported.
#[must_use]
pub fn may_select(store: Store, here: Here) -> bool {
    let is_list = matches!(here.place.get(), Place::Rooms { .. });
    is_list && store.desk.with(|desk| may_act_in_bulk(&desk.me))
}

/// The pane with the list.
#[component]
pub fn List() -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let scroller = NodeRef::<html::Div>::new();
    let rows = Rows::new(store, here, scroller);
    let ui = expect_context::<Ui>();
    let is_empty = Memo::new(move |_| store.desk.with(|desk| desk.list.loaded && desk.list.order.is_empty()));
    let is_loading = Memo::new(move |_| store.desk.with(|desk| !desk.list.loaded));

    view! {
        <section class="list" aria-label="Rooms" inert=move || ui.covers.get()>
            <header class="list__header">
                <div class="list__top">
                    <Tabs />
                    <Later part=Part::Select />
                    <BeginButton />
                </div>
                <Filters />
            </header>
            <div class="list__scroller" node_ref=scroller on:scroll=move |_| rows.scrolled()>
                {dynamic(move || store.list_problem.get().map(|error| view! { <Problem error /> }))}
                {dynamic(move || is_loading.get().then(|| view! { <Skeleton /> }))}
                {dynamic(move || is_empty.get().then(|| view! { <Nothing /> }))}
                <ul class="list__rows">
                    <li class="list__spacer" aria-hidden="true" node_ref=rows.before></li>
                    <For each=move || rows.visible.get() key=|room| *room let:room>
                        <Card room />
                    </For>
                    <li class="list__spacer" aria-hidden="true" node_ref=rows.after></li>
                </ul>
            </div>
            {dynamic(move || {
                let fresh = rows.fresh.get();
                (fresh > 0)
                    .then(|| {
                        view! {
                            <button type="button" class="pill list__pill" on:click=move |_| rows.to_top()>
                                <Icon name="up" small=true />
                                {format!("{fresh} new")}
                            </button>
                        }
                    })
            })}
            <Later part=Part::Divider />
            <Later part=Part::Selecting />
        </section>
    }
}

/// A new conversation, where a channel lets us write first.
#[component]
fn BeginButton() -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let may = Memo::new(move |_| !channels_with_templates(store).is_empty());
    dynamic(move || {
        may.get().then(|| {
            view! {
                <button
                    type="button"
                    class="icon-button"
                    title="New conversation"
                    aria-label="New conversation"
                    on:click=move |_| ui.dialog.set(Some(Dialog::Begin))
                >
                    <Icon name="draft" />
                </button>
            }
        })
    })
}

#[component]
fn Problem(error: AppError) -> impl IntoView {
    let store = expect_context::<Store>();
    view! {
        <div class="list__problem" role="alert">
            <p>{format!("The list could not be loaded. {error}")}</p>
            <button type="button" class="button button--small" on:click=move |_| store.load_page()>
                "Try again"
            </button>
        </div>
    }
}

/// What a list that takes its time shows; the style sheet holds it back at first.
#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <div class="skeleton" role="status" aria-label="Loading rooms">
            {(0..8).map(|_| view! { <div class="skeleton__row"></div> }).collect_view()}
        </div>
    }
}

#[component]
fn Nothing() -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let may_set_up = Memo::new(move |_| store.desk.with(|desk| may_administer(&desk.me)));
    dynamic(move || {
        let section = here.place.get().section();
        let (whose, channel) = here.query.with(|query| (query.whose, query.channel));
        let (title, words) = match section {
            _ if whose == Whose::Mine => {
                ("No chats of yours here", "The list shows only chats that you hold, held or joined.")
            }
            Section::Assigned if whose == Whose::Snoozed => {
                ("Nothing snoozed", "Chats that are put off for later stand here.")
            }
            _ if channel.is_some() => ("No chats on this channel", "The list shows only chats on one channel."),
            Section::Live => ("No live chats", "When a customer writes, the chat appears here at once."),
            Section::Assigned => ("Nothing assigned", "Chats that somebody has entered or was given stand here."),
            Section::Archived => ("Nothing archived", "Resolved, abandoned and expired chats are kept here."),
        };
        let is_filtered = whose == Whose::Mine || channel.is_some();
        let leads_on = section == Section::Live && !is_filtered && may_set_up.get();
        view! {
            <Empty icon="rooms" title=title words=words>
                {is_filtered
                    .then(|| {
                        view! {
                            <button type="button" class="button" on:click=move |_| show_all(here)>
                                "Show all"
                            </button>
                        }
                    })}
                {leads_on
                    .then(|| {
                        view! {
                            <a class="button" href=Place::Admin(AdminPage::Channels).path()>
                                "Where customers can write"
                            </a>
                        }
                    })}
            </Empty>
        }
    })
}
