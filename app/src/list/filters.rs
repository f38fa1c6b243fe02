//! What the list leaves out, and its order. The URL holds both; the browser remembers them.

use domain::channel::Channel;
use domain::desk::{ListQuery, Sort, Whose};
use domain::room::Section;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::console::Here;
use crate::desk::Store;
use crate::parts::dynamic;
use crate::place::has_owners;
use crate::storage;

/// Mine or all or what is put off, the channel, the order.
#[component]
pub fn Filters() -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let query = here.query;
    let channels = Memo::new(move |_| store.desk.with(|desk| desk.channels.values().cloned().collect::<Vec<_>>()));

    let choose_channel = move |value: String| {
        let mut query = query.get_untracked();
        query.channel = value.parse().ok();
        storage::save("channel", &value);
        here.filter(&query);
    };
    let choose_sort = move |value: String| {
        let mut query = query.get_untracked();
        query.sort = if value == "wait" { Sort::LongestWait } else { Sort::Newest };
        storage::save("sort", &value);
        here.filter(&query);
    };

    view! {
        <div class="filters">
            {dynamic(move || {
                query.with(|query| has_owners(query.section)).then(|| view! { <Toggle whose=Whose::Mine words="Mine" /> })
            })}
            {dynamic(move || {
                query.with(|query| query.section == Section::Assigned).then(|| view! { <Toggle whose=Whose::Snoozed words="Snoozed" /> })
            })}
            <select
                class="filters__choice"
                aria-label="Channel"
                prop:value=move || query.with(|query| query.channel.map(|id| id.to_string()).unwrap_or_default())
                on:change:target=move |event| choose_channel(event.target().value())
            >
                <option value="">"All channels"</option>
                {dynamic(move || channels.get().into_iter().map(|channel| option(channel, query.get_untracked().channel)).collect_view())}
            </select>
            <span class="filters__gap"></span>
            <select
                class="filters__choice filters__choice--end"
                aria-label="Order"
                prop:value=move || if query.with(|query| query.sort == Sort::LongestWait) { "wait" } else { "new" }
                on:change:target=move |event| choose_sort(event.target().value())
            >
                <option value="new">"Newest first"</option>
                <option value="wait">"Longest wait"</option>
            </select>
        </div>
    }
}

/// Who looked into what is put off does not mean to stay there.
fn keep_whose(here: Here, whose: Whose) {
    here.wants_own.set(whose == Whose::Mine);
    storage::save("whose", if whose == Whose::Mine { "mine" } else { "" });
}

/// Leaves nothing out any more, and moves the focus to where that is chosen: the button that asked for it goes.
pub fn show_all(here: Here) {
    let query = ListQuery { whose: Whose::Everyone, channel: None, ..here.query.get_untracked() };
    keep_whose(here, query.whose);
    storage::save("channel", "");
    here.filter(&query);
    let first = document().query_selector(".filters button, .filters select").ok().flatten();
    if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
        drop(first.focus());
    }
}

/// Shows only these rooms, or again all of them.
#[component]
fn Toggle(whose: Whose, words: &'static str) -> impl IntoView {
    let here = expect_context::<Here>();
    let query = here.query;
    let toggle = move |_| {
        let mut query = query.get_untracked();
        query.whose = if query.whose == whose { Whose::Everyone } else { whose };
        keep_whose(here, query.whose);
        here.filter(&query);
    };
    view! {
        <button
            type="button"
            class="filters__toggle"
            aria-pressed=move || if query.with(|query| query.whose == whose) { "true" } else { "false" }
            on:click=toggle
        >
            {words}
        </button>
    }
}

fn option(channel: Channel, chosen: Option<domain::id::ChannelId>) -> impl IntoView {
    view! {
        <option value=channel.id.to_string() selected=chosen == Some(channel.id)>
            {channel.name}
        </option>
    }
}
