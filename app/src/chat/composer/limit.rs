//! What the channel carries, shown before it bites: calm until something is near, and read out only when it is news.

use leptos::prelude::*;

use crate::chat::Mode;
use crate::chat::composer::writing::{Writing, count};
use crate::parts::dynamic;

/// How much one may write; once that is near, how much there is of it, or what it costs.
#[component]
pub fn Limit(writing: Writing) -> impl IntoView {
    let calm = move || match writing.mode.get() {
        Mode::Note => "only your team".into(),
        Mode::Reply => {
            let kind = writing.known.with(|room| room.as_ref().map_or("", |room| room.kind.label()));
            writing.measure.with(|measure| format!("on {kind} · {} {}", count(measure.max), measure.unit.label()))
        }
    };
    view! {
        <span
            class="composer__limit"
            class:composer__limit--near=move || writing.measure.with(|measure| measure.is_near())
            class:composer__limit--over=move || writing.measure.with(|measure| measure.is_over())
        >
            {move || writing.measure.with(|measure| measure.words(count)).unwrap_or_else(calm)}
        </span>
    }
}

/// Why the words count for more than one would think.
#[component]
pub fn Reason(writing: Writing) -> impl IntoView {
    dynamic(move || {
        let reason = writing.measure.with(|measure| measure.reason())?;
        Some(view! { <p class="composer__reason">{reason}</p> })
    })
}

/// How many messages the channel may still send, once they are few. It changes with a message, not with a key.
#[component]
pub fn Allowed(writing: Writing) -> impl IntoView {
    let words = Memo::new(move |_| writing.allowed());
    view! {
        <p class="composer__reason" role="status">
            {dynamic(move || words.get())}
        </p>
    }
}

/// The same for whoever does not see it: said when something new has come near, not with every key.
#[component]
pub fn Spoken(writing: Writing) -> impl IntoView {
    let words = Memo::new(move |_| writing.spoken());
    view! {
        <p class="visually-hidden" role="status">
            {dynamic(move || words.get())}
        </p>
    }
}
