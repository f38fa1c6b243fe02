//! The list while rooms are selected: a box before each, what is selected above them, and what can be done to it below.
//! It stands over the list that opens rooms, which keeps its place.

mod export;
mod row;

use domain::id::RoomId;
use domain::room::Section;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::clock::count;
use crate::console::{Dialog, Here, Many, Ui};
use crate::desk::Store;
use crate::dialogs::ActOnMany;
use crate::list::selection::Selection;
use crate::list::window::Rows;
use crate::list::{Nothing, may_select};
use crate::parts::{Icon, dynamic};
use export::ExportButton;
use row::Row;

/// The way into selecting, for whoever may act on many rooms.
#[component]
pub fn SelectButton() -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let ui = expect_context::<Ui>();
    let may = Memo::new(move |_| may_select(store, here));
    dynamic(move || {
        may.get().then(|| {
            view! {
                <button
                    type="button"
                    class="icon-button list__select"
                    title="Select chats (X)"
                    aria-label="Select chats"
                    on:click=move |_| ui.selects.set(true)
                >
                    <Icon name="select" small=true />
                </button>
            }
        })
    })
}

/// The list for selecting, as long as one does.
#[component]
pub fn Selecting() -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let ui = expect_context::<Ui>();
    let is_on = Memo::new(move |_| ui.selects.get() && may_select(store, here));
    // What is selected is of one list: another one, or leaving the rooms, ends it.
    Effect::new(move |before: Option<domain::desk::ListQuery>| {
        let query = here.query.get();
        if before.is_some_and(|before| before != query) {
            ui.selects.set(false);
        }
        query
    });
    on_cleanup(move || {
        ui.selects.try_set(false);
    });
    dynamic(move || is_on.get().then(|| view! { <List /> }))
}

#[component]
fn List() -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let ui = expect_context::<Ui>();
    let scroller = NodeRef::<html::Div>::new();
    let rows = Rows::new(store, here, scroller);
    let selection = Selection::new(store, ui);
    let is_empty = Memo::new(move |_| store.desk.with(|desk| desk.list.loaded && desk.list.order.is_empty()));
    Effect::new(move |_| {
        if let Some(scroller) = scroller.get() {
            begin(&scroller);
        }
    });
    on_cleanup(|| request_animation_frame(take_back_focus));
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowDown" | "ArrowUp" => step(&event, selection),
        // In a dialog it is for the words there.
        "a" if (event.ctrl_key() || event.meta_key()) && ui.dialog.with_untracked(Option::is_none) => {
            event.prevent_default();
            selection.pick_loaded();
        }
        _ => {}
    };
    view! {
        <div class="selecting" role="group" aria-label="Select chats" on:keydown=key>
            <header class="selecting__header">
                <div class="selecting__top">
                    <button
                        type="button"
                        class="icon-button"
                        title="Stop selecting (Esc)"
                        aria-label="Stop selecting"
                        on:click=move |_| ui.selects.set(false)
                    >
                        <Icon name="close" />
                    </button>
                    <p class="selecting__count" role="status">
                        {dynamic(move || count_words(selection.count()))}
                        {dynamic(move || left_words(selection.left.get()).map(|words| view! { <span class="selecting__left">{words}</span> }))}
                    </p>
                </div>
                <Extent selection />
            </header>
            <div class="list__scroller" node_ref=scroller on:scroll=move |_| rows.scrolled()>
                {dynamic(move || is_empty.get().then(|| view! { <Nothing /> }))}
                <ul class="list__rows">
                    <li class="list__spacer" aria-hidden="true" node_ref=rows.before></li>
                    <For each=move || rows.visible.get() key=|room| *room let:room>
                        <Row room selection />
                    </For>
                    <li class="list__spacer" aria-hidden="true" node_ref=rows.after></li>
                </ul>
            </div>
            <Bar selection />
            <ActOnMany selection />
        </div>
    }
    .into_any()
}

/// Everything that is loaded, everything there is, or nothing.
#[component]
fn Extent(selection: Selection) -> impl IntoView {
    let store = expect_context::<Store>();
    let loaded = Memo::new(move |_| selection.loaded());
    let has_all = Memo::new(move |_| loaded.with(|all| !all.is_empty() && all.iter().all(|room| selection.has(*room))));
    let has_more = Memo::new(move |_| store.desk.with(|desk| desk.list.next.is_some()));
    let pick = move |is_all: bool| if is_all { selection.pick_loaded() } else { selection.clear() };
    let has_some = move || selection.count() > 0 && !has_all.get();
    view! {
        <div class="selecting__extent" hidden=move || loaded.with(Vec::is_empty)>
            <label class="selecting__all">
                <input
                    type="checkbox"
                    prop:checked=move || has_all.get()
                    prop:indeterminate=has_some
                    on:change:target=move |event| pick(event.target().checked())
                />
                {dynamic(move || {
                    let all = number(loaded.with(Vec::len));
                    if has_more.get() { format!("All {all} loaded") } else { format!("All {all}") }
                })}
            </label>
            {dynamic(move || {
                has_more.get().then(|| {
                    view! {
                        <button
                            type="button"
                            class="button button--small"
                            disabled=move || selection.is_asking.get()
                            on:click=move |_| selection.pick_matching()
                        >
                            "Select all in this list"
                        </button>
                    }
                })
            })}
            <p class="selecting__cut" role="status">
                {dynamic(move || {
                    selection.is_cut.get().then(|| {
                        format!("There are more: {} are selected, which is the most at once. An export has all.", domain::bulk::MOST)
                    })
                })}
            </p>
        </div>
    }
    .into_any()
}

/// What can be done to what is selected.
#[component]
fn Bar(selection: Selection) -> impl IntoView {
    let ui = expect_context::<Ui>();
    let here = expect_context::<Here>();
    let has_any = Memo::new(move |_| selection.count() > 0);
    // Nothing is done to what is archived.
    let is_open = Memo::new(move |_| here.place.get().section() != Section::Archived);
    let way = move |many: Many, words: &'static str| {
        view! {
            <button
                type="button"
                class="button button--small"
                class:button--main=many == Many::UpdateStatus
                on:click=move |_| ui.dialog.set(Some(Dialog::Many(many)))
            >
                {words}
            </button>
        }
    };
    view! {
        <div class="selecting__bar">
            {dynamic(move || {
                if has_any.get() {
                    view! {
                        {is_open.get().then(|| {
                            view! {
                                {way(Many::UpdateStatus, "Update status…")}
                                {way(Many::Assign, "Assign…")}
                                {way(Many::ReturnToQueue, "Return to queue…")}
                            }
                        })}
                        <ExportButton selection />
                    }
                    .into_any()
                } else {
                    view! { <p class="selecting__hint">"Tick chats. " <span class="wide-only">"With Shift, all between are ticked."</span></p> }.into_any()
                }
            })}
        </div>
    }
    .into_any()
}

/// Begins where the list under it stands, at its first row in sight.
fn begin(scroller: &HtmlElement) {
    let under = document().query_selector(".list > .list__scroller").ok().flatten();
    scroller.set_scroll_top(under.map_or(0, |under| under.scroll_top()));
    request_animation_frame(|| {
        let find = |selector| document().query_selector(selector).ok().flatten();
        let top = find(".selecting .list__scroller").map_or(0.0, |scroller| scroller.get_bounding_client_rect().top());
        let mut row = find(".selecting .list__row");
        while let Some(present) = row {
            if present.get_bounding_client_rect().top() >= top && focus_box(&present) {
                return;
            }
            row = present.next_element_sibling();
        }
        focus(".selecting button");
    });
}

/// Whether there is a box in the row, which has the focus now.
fn focus_box(row: &Element) -> bool {
    let found = row.query_selector("input").ok().flatten();
    found.and_then(|found| found.dyn_into::<HtmlElement>().ok()).is_some_and(|found| found.focus().is_ok())
}

/// Where the focus went with the list, it is where one came from; where somebody took it elsewhere, it stays.
fn take_back_focus() {
    let holder = document().active_element();
    if holder.is_none_or(|holder| holder.tag_name() == "BODY") {
        focus(".list__select");
    }
}

fn focus(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    // What cannot take the focus leaves it where it is.
    drop(found.and_then(|found| found.dyn_into::<HtmlElement>().ok()).map(|found| found.focus()));
}

/// From row to row. With Shift, both are selected, and all from where one began.
fn step(event: &KeyboardEvent, selection: Selection) {
    let Some(from) = event.target().and_then(|target| target.dyn_into::<Element>().ok()?.closest(".list__row").ok()?)
    else {
        return;
    };
    event.prevent_default();
    let is_down = event.key() == "ArrowDown";
    let mut next = if is_down { from.next_element_sibling() } else { from.previous_element_sibling() };
    while let Some(row) = next {
        if focus_box(&row) {
            if event.shift_key() {
                rooms_of([&from, &row]).for_each(|room| selection.set_up_to(room, true));
            }
            return;
        }
        next = if is_down { row.next_element_sibling() } else { row.previous_element_sibling() };
    }
}

fn rooms_of<'a>(rows: [&'a Element; 2]) -> impl Iterator<Item = RoomId> + 'a {
    rows.into_iter().filter_map(|row| row.get_attribute("data-room")?.parse().ok())
}

fn count_words(selected: usize) -> String {
    match selected {
        0 => "Select chats".into(),
        selected => format!("{} selected", number(selected)),
    }
}

fn number(rooms: usize) -> String {
    count(u64::try_from(rooms).unwrap_or(u64::MAX))
}

fn left_words(left: usize) -> Option<String> {
    match left {
        0 => None,
        1 => Some("1 left the list".into()),
        left => Some(format!("{left} left the list")),
    }
}
