//! A button with a menu under it, after the ARIA pattern: arrows move, Escape closes, focus comes back.

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

use crate::parts::{Icon, dynamic};

/// One thing a menu offers.
#[derive(Clone)]
pub struct MenuItem {
    pub icon: &'static str,
    pub label: String,
    /// The key that does the same.
    pub key: Option<String>,
    /// `Some` for one of several choices, of which one is on.
    pub is_on: Option<bool>,
    /// A line stands above it.
    pub begins_group: bool,
    pub run: Callback<()>,
}

/// A menu that opens from a button. `items` is asked each time it opens.
#[component]
pub fn Menu(
    #[prop(into)] label: String,
    /// The class of the button.
    class: &'static str,
    /// The class of the menu, which says where it opens.
    place: &'static str,
    items: Callback<(), Vec<MenuItem>>,
    children: Children,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let fit = RwSignal::new(Fit::default());
    let frame = NodeRef::<html::Div>::new();
    let button = NodeRef::<html::Button>::new();

    let open = move |index: i32| {
        fit.set(Fit::default());
        is_open.set(true);
        request_animation_frame(move || shown(frame, fit, index));
    };
    let close = move || {
        is_open.set(false);
        if let Some(button) = button.get_untracked() {
            // An element that cannot take focus leaves it where it is.
            drop(button.focus());
        }
    };
    let left = move |event: FocusEvent| {
        // A menu that is taken off the page loses the focus as well; there is nothing left to close.
        let Some(frame) = frame.try_get_untracked().flatten() else { return };
        let target = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        if !frame.contains(target.as_ref()) {
            is_open.set(false);
        }
    };
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" if is_open.get_untracked() => {
            event.stop_propagation();
            close();
        }
        "ArrowDown" | "ArrowUp" => {
            event.prevent_default();
            event.stop_propagation();
            match (event.key() == "ArrowDown", is_open.get_untracked()) {
                (true, true) => step(frame, 1),
                (false, true) => step(frame, -1),
                (true, false) => open(0),
                (false, false) => open(-1),
            }
        }
        "Home" if is_open.get_untracked() => focus_item(&event, frame, 0),
        "End" if is_open.get_untracked() => focus_item(&event, frame, -1),
        _ => {}
    };

    view! {
        <div class="menu" node_ref=frame on:keydown=key on:focusout=left>
            <button
                type="button"
                class=class
                node_ref=button
                aria-haspopup="menu"
                aria-expanded=move || if is_open.get() { "true" } else { "false" }
                aria-label=label.clone()
                title=label.clone()
                on:click=move |_| if is_open.get_untracked() { is_open.set(false) } else { open(0) }
            >
                {children()}
            </button>
            {dynamic(move || {
                is_open
                    .get()
                    .then(|| {
                        let items = items.run(());
                        view! {
                            <div
                                class=format!("menu__items {place}")
                                class:menu__items--below=move || fit.get().is_below
                                style:translate=move || format!("{}px", fit.get().aside)
                                role="menu"
                                aria-label=label.clone()
                            >
                                {items.into_iter().map(|item| menu_item(item, close)).collect_view()}
                            </div>
                        }
                    })
            })}
        </div>
    }
}

fn menu_item(item: MenuItem, close: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let run = item.run;
    let (role, checked) = match item.is_on {
        Some(is_on) => ("menuitemradio", Some(if is_on { "true" } else { "false" })),
        None => ("menuitem", None),
    };
    view! {
        <button
            type="button"
            class="menu__item"
            class:menu__item--first=item.begins_group
            role=role
            aria-checked=checked
            tabindex="-1"
            on:click=move |_| {
                close();
                run.run(());
            }
        >
            <Icon name=item.icon small=true />
            <span class="menu__label">{item.label}</span>
            {item.key.map(|key| view! { <kbd class="key wide-only">{key}</kbd> })}
            {(item.is_on == Some(true)).then(|| view! { <Icon name="check" small=true /> })}
        </button>
    }
    .into_any()
}

/// Moves the focus among the items of an open menu.
fn step(frame: NodeRef<html::Div>, by: i32) {
    let items = items_of(frame);
    let active = document().active_element();
    let present = items.iter().position(|item| active.as_ref() == Some(item.as_ref()));
    let present = present.and_then(|index| i32::try_from(index).ok());
    let wanted = present.map_or(if by > 0 { 0 } else { -1 }, |index| index + by);
    focus_nth(frame, wanted);
}

/// Where a menu stands that would be cut off at its usual place.
#[derive(Clone, Copy, Default, PartialEq)]
struct Fit {
    is_below: bool,
    /// How far to the right, in pixels.
    aside: f64,
}

/// So far a menu stays from the edges of what it stands in, in pixels.
const MARGIN: f64 = 8.0;

impl Fit {
    /// How the open menu in `frame` is seen whole within the list that would cut it off; `None` where none does.
    fn of(frame: &HtmlElement) -> Option<Self> {
        let list = frame.closest("[role=log]").ok()??.get_bounding_client_rect();
        let items = frame.get_elements_by_class_name("menu__items").item(0)?.get_bounding_client_rect();
        let (least, most) = (list.left() + MARGIN - items.left(), list.right() - MARGIN - items.right());
        // Where it is wider than the list, its beginning is seen.
        let aside = 0.0_f64.min(most).max(least);
        Some(Self { is_below: items.top() < list.top(), aside })
    }
}

/// The menu has just been drawn: it is moved to where it is seen whole, and its item at `index` is focused.
fn shown(frame: NodeRef<html::Div>, fit: RwSignal<Fit>, index: i32) {
    if let Some(found) = frame.try_get_untracked().flatten().and_then(|frame| Fit::of(&frame)) {
        fit.set(found);
    }
    focus_nth(frame, index);
}

fn focus_item(event: &KeyboardEvent, frame: NodeRef<html::Div>, index: i32) {
    event.prevent_default();
    focus_nth(frame, index);
}

/// Focuses the item at `index`, counted from the end when negative and around the ends.
fn focus_nth(frame: NodeRef<html::Div>, index: i32) {
    let items = items_of(frame);
    let Ok(count) = i32::try_from(items.len()) else { return };
    if count == 0 {
        return;
    }
    let index = usize::try_from(index.rem_euclid(count)).unwrap_or(0);
    if let Some(item) = items.get(index) {
        drop(item.focus());
    }
}

fn items_of(frame: NodeRef<html::Div>) -> Vec<HtmlElement> {
    let Some(frame) = frame.try_get_untracked().flatten() else { return Vec::new() };
    let found = frame.get_elements_by_class_name("menu__item");
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}
