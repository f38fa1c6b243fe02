//! What this browser remembers by itself. Only in the browser, and never needed: a browser may refuse.

use leptos::prelude::window;
use web_sys::Storage;

fn local() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What stands under `key`.
#[must_use]
pub fn load(key: &str) -> Option<String> {
    local()?.get_item(key).ok().flatten()
}

/// Puts `value` under `key`.
pub fn save(key: &str, value: &str) {
    if let Some(storage) = local() {
        // A full or forbidden storage loses a convenience, nothing more.
        drop(storage.set_item(key, value));
    }
}

/// Removes what stands under `key`.
pub fn forget(key: &str) {
    if let Some(storage) = local() {
        drop(storage.remove_item(key));
    }
}
