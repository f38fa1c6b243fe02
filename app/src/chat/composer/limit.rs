//! What the channel carries, shown before it bites: calm until something is near, and read out only when it is news.

use domain::channel::Measure;
use domain::room::Room;
use leptos::prelude::*;

use crate::chat::Mode;
use crate::chat::composer::writing::{Writing, count};
use crate::clock::{self, Clock, coming_words};
use crate::desk::Store;
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

/// What of a composer the words below it depend on.
#[derive(Clone, Copy)]
pub struct Limits {
    pub mode: RwSignal<Mode>,
    pub known: Memo<Option<Room>>,
    pub measure: Memo<Measure>,
    pub refused: Memo<Option<String>>,
}

impl Limits {
    /// Those of `writing`.
    pub fn of(writing: Writing) -> Self {
        let Writing { mode, known, measure, refused, .. } = writing;
        Self { mode, known, measure, refused }
    }

    /// What is told of them below the words, and read out.
    pub fn show(self) -> AnyView {
        view! {
            <Reason limits=self />
            <Allowed limits=self />
            <Spoken limits=self />
        }
        .into_any()
    }
}

/// Why the words count for more than one would think.
#[component]
fn Reason(limits: Limits) -> impl IntoView {
    dynamic(move || {
        let reason = limits.measure.with(|measure| measure.reason())?;
        Some(view! { <p class="composer__reason">{reason}</p> })
    })
}

/// How many messages the channel may still send, once they are few. It changes with a message, not with a key.
#[component]
fn Allowed(limits: Limits) -> impl IntoView {
    let (store, clock) = (expect_context::<Store>(), expect_context::<Clock>());
    let words = Memo::new(move |_| {
        let (now, mode) = (clock.now()?, limits.mode.get());
        let channel =
            limits.known.with(|room| room.as_ref().map(|room| room.channel)).filter(|_| mode == Mode::Reply)?;
        store.desk.with(|desk| {
            let channel = desk.channels.get(&channel)?;
            let count = |number: u32| clock::count(number.into());
            channel.allowance(now).words(channel.kind.label(), count, |until| coming_words(until, now))
        })
    });
    view! {
        <p class="composer__reason" role="status">
            {dynamic(move || words.get())}
        </p>
    }
}

/// The same for whoever does not see it: said when something new has come near, not with every key.
#[component]
fn Spoken(limits: Limits) -> impl IntoView {
    let words =
        Memo::new(move |_| limits.refused.get().or_else(|| limits.measure.with(|measure| measure.spoken(count))));
    view! {
        <p class="visually-hidden" role="status">
            {dynamic(move || words.get())}
        </p>
    }
}
