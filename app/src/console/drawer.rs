//! The side panel as a drawer: the focus goes into it, stays there while it covers everything else, and comes back.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::console::Ui;

/// Follows the drawer for as long as the console is on screen.
pub fn follow(ui: Ui) {
    Effect::new(move |_| {
        ui.measure();
        let measuring = window_event_listener(ev::resize, move |_| ui.measure());
        on_cleanup(move || measuring.remove());
    });
    Effect::new(move |before: Option<Option<Element>>| {
        if ui.covers.get() {
            // It is on screen with the next frame.
            request_animation_frame(|| focus(found(".panel__close")));
            // Safari gives no focus to a button that is clicked.
            let present = document().active_element().filter(|element| element.tag_name() != "BODY");
            return present.or_else(|| found(".header__panel"));
        }
        if let Some(came_from) = before {
            // Whoever left the room has left the drawer, too. Links, keys, the browser's way back and a lost right lead out
            // of a room: there is no one event that could say it instead.
            ui.uncover();
            request_animation_frame(move || focus(came_from));
        }
        None
    });
}

fn found(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

fn focus(element: Option<Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // What is gone takes no focus.
        drop(element.focus());
    }
}
