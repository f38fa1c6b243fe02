//! A part of the page whose code is a file of its own, and comes when the part is first shown.

use std::future::Future;

use futures::FutureExt;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::SplitLoaderError;

use crate::parts::{Empty, dynamic};

/// What `show` makes once `load` has brought its code, which on the server has always come.
///
/// The view is made where it stands, not by whoever waited, so that it finds its contexts either way.
pub fn later(
    load: impl Future<Output = Result<(), SplitLoaderError>> + 'static,
    show: fn() -> Option<AnyView>,
) -> AnyView {
    let mut load = Box::pin(load);
    let is_loaded = RwSignal::new(load.as_mut().now_or_never().map(|loaded| loaded.is_ok()));
    if is_loaded.get_untracked().is_none() {
        spawn_local(async move {
            let loaded = load.await;
            is_loaded.try_set(Some(loaded.is_ok()));
        });
    }
    dynamic(move || match is_loaded.get() {
        None => view! { <main class="nowhere" aria-busy="true"></main> }.into_any(),
        Some(true) => show().unwrap_or_else(failed),
        Some(false) => failed(),
    })
}

fn failed() -> AnyView {
    view! {
        <main class="nowhere">
            <Empty
                icon="alert"
                title="This page could not be loaded"
                words="The connection broke, or Switchboard was updated in the meantime. What you wrote is kept."
            >
                <a class="button" href="" rel="external">
                    "Try again"
                </a>
            </Empty>
        </main>
    }
    .into_any()
}
