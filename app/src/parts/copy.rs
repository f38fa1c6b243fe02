//! A button that copies a text.

use std::time::Duration;

use leptos::prelude::*;

use crate::parts::{Icon, dynamic};

/// How long the button says that it has copied.
const SAID: Duration = Duration::from_secs(2);

/// Copies `text` and says so for a moment.
#[component]
pub fn CopyButton(#[prop(into)] text: Signal<String>, #[prop(default = "Copy")] label: &'static str) -> impl IntoView {
    let is_copied = RwSignal::new(false);
    let copy = move |_| {
        // Without permission nothing is copied, and the text is there to be marked by hand.
        drop(window().navigator().clipboard().write_text(&text.get_untracked()));
        is_copied.set(true);
        set_timeout(
            move || {
                is_copied.try_set(false);
            },
            SAID,
        );
    };
    view! {
        <button type="button" class="button button--small" on:click=copy>
            {dynamic(move || if is_copied.get() { view! { <Icon name="check" small=true /> } } else { view! { <Icon name="copy" small=true /> } })}
            <span aria-live="polite">{dynamic(move || if is_copied.get() { "Copied" } else { label })}</span>
        </button>
    }
}
