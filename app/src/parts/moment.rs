//! A moment told in the reader's time, and exactly to whoever points at it.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use crate::clock::{Clock, exact, machine_time};
use crate::parts::dynamic;

/// `words` makes the text of the moment and of now; before the page is alive there is none.
#[component]
pub fn Moment(at: Timestamp, words: fn(Timestamp, Timestamp) -> String) -> impl IntoView {
    let clock = expect_context::<Clock>();
    view! {
        <time datetime=machine_time(at) title=move || clock.is_running().get().then(|| exact(at))>
            {dynamic(move || clock.now().map(|now| words(at, now)))}
        </time>
    }
}
