//! A button that copies a text, and what one does where the browser lets nobody copy.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use crate::parts::{Icon, dynamic};

/// How long the button says that it has copied.
const SAID: Duration = Duration::from_secs(2);

/// What became of the last press.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Nothing,
    Copied,
    /// The text is there to be copied by hand.
    Refused,
}

/// Copies `text` and says so for a moment; where the clipboard refuses, the text is marked and one presses the keys.
#[component]
pub fn CopyButton(#[prop(into)] text: Signal<String>, #[prop(default = "Copy")] label: &'static str) -> impl IntoView {
    let outcome = RwSignal::new(Outcome::Nothing);
    let copied = Callback::new(move |()| {
        outcome.set(Outcome::Copied);
        set_timeout(
            move || {
                outcome.try_set(Outcome::Nothing);
            },
            SAID,
        );
    });
    let press = move |_| {
        copy(&text.get_untracked(), move |is_copied| {
            if is_copied {
                copied.try_run(());
            } else {
                outcome.try_set(Outcome::Refused);
            }
        });
    };
    let is_copied = move || outcome.get() == Outcome::Copied;
    let is_refused = Memo::new(move |_| outcome.get() == Outcome::Refused);
    view! {
        <button type="button" class="button button--small" on:click=press>
            {dynamic(move || if is_copied() { view! { <Icon name="check" small=true /> } } else { view! { <Icon name="copy" small=true /> } })}
            <span aria-live="polite">{dynamic(move || if is_copied() { "Copied" } else { label })}</span>
        </button>
        {dynamic(move || is_refused.get().then(|| view! { <ByHand text copied /> }))}
    }
}

/// Puts `text` on the clipboard; `then` hears whether the browser let it.
pub fn copy(text: &str, then: impl FnOnce(bool) + 'static) {
    let clipboard = window().navigator().clipboard();
    // A page without TLS has none.
    if clipboard.is_undefined() {
        return then(false);
    }
    // Asked for at once: browsers only let who has just pressed copy.
    let asked = JsFuture::from(clipboard.write_text(text));
    spawn_local(async move { then(asked.await.is_ok()) });
}

/// The text, marked.
#[component]
fn ByHand(text: Signal<String>, copied: Callback<()>) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let mark = move || {
        if let Some(field) = field.get_untracked() {
            field.select();
        }
    };
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
            field.select();
        }
    });
    view! {
        <label class="copy">
            <span class="copy__words">"Press Ctrl+C"</span>
            <textarea
                class="copy__text"
                rows="1"
                readonly
                node_ref=field
                on:focus=move |_| mark()
                on:copy=move |_| copied.run(())
                prop:value=move || text.get()
            ></textarea>
        </label>
    }
    .into_any()
}
