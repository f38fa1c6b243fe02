//! The focus that is in a toast goes back to where it was, once the toast is gone.

use leptos::ev;
use leptos::prelude::*;
use leptos::reactive::owner::LocalStorage;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, HtmlElement};

use crate::desk::Store;

/// What had the focus before it went into the toasts, for as long as it is there.
type CameFrom = StoredValue<Option<HtmlElement>, LocalStorage>;

/// Follows the focus for as long as the console is on screen.
pub fn follow(store: Store) {
    let came_from = CameFrom::new_local(None);
    Effect::new(move |_| {
        // Safari gives no focus to a button that is clicked: what has it then is where one comes from.
        let pressing = window_event_listener(ev::pointerdown, move |event| {
            went(came_from, event.target(), document().active_element());
        });
        let coming = window_event_listener(ev::focusin, move |event| {
            went(came_from, event.target(), event.related_target().and_then(|before| before.dyn_into().ok()));
        });
        on_cleanup(move || {
            pressing.remove();
            coming.remove();
        });
    });
    Effect::new(move |_| {
        store.toasts.track();
        request_animation_frame(move || go_back(came_from));
    });
}

/// One went to `target`, and was at `before`.
fn went(came_from: CameFrom, target: Option<EventTarget>, before: Option<Element>) {
    let is_in_toasts = |element: &Element| element.closest(".toasts").ok().flatten().is_some();
    let target = target.and_then(|target| target.dyn_into::<Element>().ok());
    if !target.as_ref().is_some_and(is_in_toasts) {
        came_from.try_set_value(None);
    } else if let Some(before) = before.filter(|before| !is_in_toasts(before)) {
        came_from.try_set_value(before.dyn_into().ok());
    }
}

/// The toasts are others now. Only a focus that was lost with one goes back.
fn go_back(came_from: CameFrom) {
    let is_lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
    let before = came_from.try_get_value().flatten().filter(|before| is_lost && before.is_connected());
    if let Some(before) = before {
        // The page's own body takes none.
        drop(before.focus());
        came_from.try_set_value(None);
    }
}
