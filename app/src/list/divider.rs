//! The edge between the list and the conversation: whoever moves it makes the list wider or narrower, and this browser
//! remembers it. The page's head sets the width before the first paint.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;

use crate::parts::when_resized;
use crate::storage;

/// Where the width is remembered, in pixels; `shell.rs` reads it, too.
const KEY: &str = "list";

/// The narrowest list and the widest, in pixels; the style sheet keeps to the same.
const LEAST: i32 = 280;
const MOST: i32 = 520;

/// By how much an arrow moves the edge.
const STEP: i32 = 16;

/// The edge of the list it stands in.
#[component]
pub fn Divider() -> impl IntoView {
    let edge = NodeRef::<html::Div>::new();
    let width = RwSignal::new(LEAST);
    let is_held = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(list) = edge.get().and_then(|edge| edge.offset_parent()) {
            when_resized(&list, move || measure(edge, width));
        }
    });
    let set = move |pixels: i32| {
        let pixels = pixels.clamp(LEAST, MOST);
        set_width(&format!("{pixels}px"));
        storage::save(KEY, &pixels.to_string());
        measure(edge, width);
    };
    let reset = move || {
        set_width("");
        storage::forget(KEY);
        measure(edge, width);
    };
    let hold = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        event.prevent_default();
        if let Some(edge) = edge.get_untracked() {
            // Without it, the edge follows only as long as the pointer is on it.
            drop(edge.set_pointer_capture(event.pointer_id()));
            drop(edge.focus());
            is_held.set(true);
        }
    };
    let key = move |event: KeyboardEvent| {
        let present = width.get_untracked();
        match event.key().as_str() {
            "ArrowLeft" => set(present - STEP),
            "ArrowRight" => set(present + STEP),
            "Home" => set(LEAST),
            "End" => set(MOST),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <div
            class="divider"
            class:divider--held=is_held
            role="separator"
            tabindex="0"
            aria-label="Width of the list"
            aria-orientation="vertical"
            aria-valuemin=LEAST
            aria-valuemax=MOST
            aria-valuenow=width
            aria-valuetext=move || format!("{} pixels", width.get())
            title="Drag to resize; double click for the usual width"
            node_ref=edge
            on:pointerdown=hold
            on:pointermove=move |event| {
                if let Some(left) = left_of(edge).filter(|_| is_held.get_untracked()) {
                    set(event.client_x() - left);
                }
            }
            on:pointerup=move |_| is_held.set(false)
            on:pointercancel=move |_| is_held.set(false)
            on:lostpointercapture=move |_| {
                is_held.try_set(false);
            }
            on:dblclick=move |_| reset()
            on:keydown=key
        ></div>
    }
}

/// How wide the list is by now: a narrow window gives less than was asked for.
fn measure(edge: NodeRef<html::Div>, width: RwSignal<i32>) {
    if let Some(list) = edge.try_get_untracked().flatten().and_then(|edge| edge.offset_parent()) {
        width.set(round(list.get_bounding_client_rect().width()));
    }
}

fn left_of(edge: NodeRef<html::Div>) -> Option<i32> {
    Some(round(edge.get_untracked()?.offset_parent()?.get_bounding_client_rect().left()))
}

#[expect(clippy::cast_possible_truncation, reason = "no screen is that wide")]
fn round(pixels: f64) -> i32 {
    pixels.round() as i32
}

/// An empty `width` is the style sheet's.
fn set_width(width: &str) {
    use wasm_bindgen::JsCast;
    let html = document().document_element().and_then(|html| html.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(html) = html {
        // A browser that refuses keeps the width it has.
        drop(html.style().set_property("--list-width", width));
    }
}
