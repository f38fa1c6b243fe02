//! Views that change, all of one type: every other type of closure would bring its own machinery to the browser.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use leptos::prelude::*;

/// A part of a view that is made anew whenever what it reads has changed.
pub fn dynamic<V: IntoAny + 'static>(view: impl Fn() -> V + Send + 'static) -> AnyView {
    let view: Box<dyn FnMut() -> AnyView + Send> = Box::new(move || view().into_any());
    view.into_any()
}

/// A part of a page that waits for `asked`, which the server writes into the page as it came.
pub fn awaited(
    asked: impl Future<Output = String> + Send + 'static,
    show: impl Fn(String) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    suspended(Box::pin(asked), Arc::new(show))
}

fn suspended(
    asked: Pin<Box<dyn Future<Output = String> + Send>>,
    show: Arc<dyn Fn(String) -> AnyView + Send + Sync>,
) -> AnyView {
    let answer = OnceResource::new_str_blocking(asked);
    view! {
        <Suspense>
            {move || {
                let show = Arc::clone(&show);
                Suspend::new(async move { show(answer.await) })
            }}
        </Suspense>
    }
    .into_any()
}
