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

/// Puts `value` under `key`. Where the storage is full nothing stands there any more: what stood there before is wrong.
pub fn save(key: &str, value: &str) {
    if let Some(storage) = local()
        && storage.set_item(key, value).is_err()
    {
        // A full or forbidden storage loses a convenience, nothing more.
        drop(storage.remove_item(key));
    }
}

/// Removes what stands under `key`.
pub fn forget(key: &str) {
    if let Some(storage) = local() {
        drop(storage.remove_item(key));
    }
}

/// Every key that begins with `prefix`.
#[must_use]
pub fn keys(prefix: &str) -> Vec<String> {
    let Some(storage) = local() else { return Vec::new() };
    let all = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok().flatten());
    all.filter(|key| key.starts_with(prefix)).collect()
}
