//! The console's pages: rendered here, brought to life in the browser.

use app::session::Visit;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;

use crate::router::Doors;
use crate::security::console_policy;

/// What pages and server functions find in their context.
pub fn provide(doors: &Doors) {
    provide_context(doors.backend.clone());
    if let Some(visit) = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Visit>().cloned()) {
        provide_context(visit);
    }
    let (Some(nonce), Some(options)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    if let Ok(policy) = HeaderValue::from_str(&console_policy(&nonce)) {
        options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
