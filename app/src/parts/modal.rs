//! A native dialog: the browser keeps the focus inside, closes on Escape and gives the focus back.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

/// A dialog that is open for as long as it exists. `on_close` takes it away.
#[component]
pub fn Modal(
    #[prop(into)] title: String,
    #[prop(optional, into)] under: String,
    #[prop(optional)] class: &'static str,
    on_close: Callback<()>,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            // Fails only for a dialog that is not in the document.
            drop(dialog.show_modal());
        }
    });
    // Said a moment after the dialog has closed; by then it may show something else.
    let closed = move |_| {
        if dialog.get_untracked().is_none_or(|dialog| !dialog.open()) {
            put_cursor_back();
            on_close.run(());
        }
    };
    // A click on the veil hits the dialog itself; a click inside hits the form or what is in it.
    let click = move |event: leptos::ev::MouseEvent| {
        let is_veil = event.target().as_ref() == dialog.get_untracked().as_deref().map(AsRef::as_ref);
        if is_veil && let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    provide_context(Closing(dialog));

    view! {
        <dialog
            class=format!("dialog {class}")
            aria-labelledby="dialog-title"
            node_ref=dialog
            on:close=closed
            on:mousedown=click
        >
            <div class="dialog__inside">
                <h2 class="dialog__title" id="dialog-title">
                    {title}
                </h2>
                {(!under.is_empty()).then(|| view! { <p class="dialog__under">{under}</p> })}
                {children()}
            </div>
        </dialog>
    }
}

/// Chromium gives the focus back to a field without its cursor where one clicked on words meanwhile: then no key writes there.
fn put_cursor_back() {
    let field = document().active_element().and_then(|active| active.dyn_into::<HtmlTextAreaElement>().ok());
    if let Some(field) = field
        && let (Ok(Some(from)), Ok(Some(to))) = (field.selection_start(), field.selection_end())
    {
        // A field that has the focus takes its own cursor.
        drop(field.set_selection_range(from, to));
    }
}

/// Whether the browser has closed the dialog that is on screen, and not said so yet.
pub fn is_modal_closing() -> bool {
    let dialog = document().query_selector("dialog.dialog").ok().flatten();
    dialog.is_some_and(|dialog| !dialog.has_attribute("open"))
}

/// Lets what is inside a dialog close it; the focus goes back to where it was.
#[derive(Clone, Copy)]
pub struct Closing(NodeRef<html::Dialog>);

impl Closing {
    /// Closes the dialog.
    pub fn close(self) {
        // Whoever waited for an answer may find it closed.
        if let Some(dialog) = self.0.try_get_untracked().flatten() {
            dialog.close();
        }
    }
}
