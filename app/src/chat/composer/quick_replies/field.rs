//! Words that are put into a field as if they were typed there.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use crate::chat::composer::mentions::width;

/// Puts `words` in the place of what stands between `from` and `to`, as the field counts, with the cursor after them; the
/// browser can undo it.
pub fn put_words(field: &HtmlTextAreaElement, from: u32, to: u32, words: &str) {
    // A field that is gone takes no focus and no words.
    drop(field.focus());
    drop(field.set_selection_range(from, to));
    if (words.is_empty() && from == to) || types(words) {
        return;
    }
    drop(field.set_range_text_with_start_and_end(words, from, to));
    let after = from + width(words);
    drop(field.set_selection_range(after, after));
}

/// Has the browser type `words` over what is selected. `execCommand` is old, and the only way that can be undone.
fn types(words: &str) -> bool {
    let document = document();
    let Ok(command) = js_sys::Reflect::get(&document, &"execCommand".into()) else { return false };
    let Some(command) = command.dyn_ref::<js_sys::Function>() else { return false };
    let name = if words.is_empty() { "delete" } else { "insertText" };
    command.call3(&document, &name.into(), &false.into(), &words.into()).is_ok_and(|done| done.is_truthy())
}
