//! The WASM entry: brings the page to life, and says so when its own code has died.

use std::panic;

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

/// Called by the page once the WASM is there.
#[wasm_bindgen]
pub fn hydrate() {
    panic::set_hook(Box::new(|panicked| {
        console_error_panic_hook::hook(panicked);
        show_crash_banner(&panicked.to_string());
    }));
    spawn_local(async {
        // What the server has drawn comes to life as a whole or not at all.
        if app::load(&path()).await.is_ok() {
            leptos::mount::hydrate_body(app::App);
        } else {
            show_crash_banner("the code of this page could not be loaded");
        }
    });
}

fn path() -> String {
    // Every page has one.
    web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default()
}

/// A panic ends the page's code for good: the banner and the report need none of it.
fn show_crash_banner(words: &str) {
    let Some(window) = web_sys::window() else { return };
    if let Some(banner) = window.document().and_then(|document| document.get_element_by_id("crash-banner")) {
        // What cannot be shown here cannot be shown anywhere.
        drop(banner.remove_attribute("hidden"));
    }
    drop(window.navigator().send_beacon_with_opt_str("/api/client-errors", Some(words)));
}
