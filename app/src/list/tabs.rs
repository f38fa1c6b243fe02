//! The three sections with their counts.

use domain::room::Section;
use leptos::prelude::*;

use crate::clock::{self, Clock};
use crate::console::Here;
use crate::desk::Store;

/// Live, Assigned, Archived.
#[component]
pub fn Tabs() -> impl IntoView {
    view! {
        <nav class="tabs" aria-label="Sections">
            {Section::ALL.map(|section| view! { <Tab section /> }).collect_view()}
        </nav>
    }
}

#[component]
fn Tab(section: Section) -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let is_alive = expect_context::<Clock>().is_running();
    let count = Memo::new(move |_| store.desk.with(|desk| desk.counts.of(section)));
    let words = move || if is_alive.get() { clock::count(count.get()) } else { count.get().to_string() };
    view! {
        <a
            class="tabs__tab"
            href=move || here.url_of_section(section)
            aria-current=move || (here.place.get().section() == section).then_some("page")
        >
            {section.label()}
            <span class="tabs__count">{words}</span>
        </a>
    }
}
