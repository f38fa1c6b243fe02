//! Following how large an element is.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};

/// Runs `then` now that `element` is here, and whenever it becomes another size, until the present owner goes.
pub fn when_resized(element: &Element, then: impl Fn() + 'static) {
    let resized = Closure::<dyn FnMut()>::new(then);
    let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) else { return };
    observer.observe(element);
    let kept = StoredValue::new_local((observer, resized));
    on_cleanup(move || {
        kept.try_with_value(|(observer, _)| observer.disconnect());
    });
}
