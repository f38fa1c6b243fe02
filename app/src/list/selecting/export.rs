//! Selected chats as a file for a spreadsheet, which the browser saves.

use std::time::Duration;

use domain::export::{ToExport, file_name};
use gloo_net::http::Request;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlElement, Response, Url};

use crate::api::json;
use crate::clock;
use crate::desk::{Store, words_of};
use crate::error::AppError;
use crate::list::selection::Selection;
use crate::parts::dynamic;

/// As long as a browser may take to begin saving what it was handed.
const HANDED: Duration = Duration::from_secs(60);

/// Saves what is selected; where there is more than can be selected at once, everything that the list shows.
#[component]
pub fn ExportButton(selection: Selection) -> impl IntoView {
    let store = expect_context::<Store>();
    let is_busy = RwSignal::new(false);
    let click = move |_| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        let what = selection.to_export();
        spawn_local(async move {
            let answer = fetch(&what).await;
            is_busy.try_set(false);
            match answer.map(|file| save(&file)) {
                Ok(Some(())) => store.say("The chats are exported."),
                Ok(None) => store.complain("The browser does not save the file."),
                Err(error) => store.report(&error),
            }
        });
    };
    view! {
        <button
            type="button"
            class="button button--small"
            title="Save as a CSV file"
            // It keeps the focus meanwhile.
            aria-disabled=move || is_busy.get().then_some("true")
            on:click=click
        >
            {dynamic(move || if is_busy.get() { "Exporting…" } else { "Export" })}
        </button>
    }
    .into_any()
}

/// The file as the server wrote it. One that breaks off is none: it would look like a whole one.
async fn fetch(what: &ToExport) -> Result<Blob, AppError> {
    let request = Request::post("/rooms/export").header("Content-Type", "application/json").body(json(what));
    let answer = request.map_err(|_| AppError::Unreadable)?.send().await.map_err(|_| AppError::Offline)?;
    match answer.status() {
        200 => {}
        401 => return Err(AppError::SignIn),
        502..=504 => return Err(AppError::Offline),
        _ => {
            let words = answer.text().await.ok().and_then(|text| words_of(&text));
            return Err(words.map_or(AppError::Broken, AppError::Invalid));
        }
    }
    let whole = match Response::from(answer).blob() {
        Ok(coming) => JsFuture::from(coming).await.ok(),
        Err(_) => None,
    };
    let broke_off = || AppError::Invalid("The export broke off, and nothing was saved. Try again.".into());
    whole.and_then(|file| file.dyn_into().ok()).ok_or_else(broke_off)
}

/// `None` when the browser lets nobody save here.
fn save(file: &Blob) -> Option<()> {
    let url = Url::create_object_url_with_blob(file).ok()?;
    let link = document().create_element("a").ok()?;
    link.set_attribute("href", &url).ok()?;
    link.set_attribute("download", &file_name(clock::now())).ok()?;
    link.dyn_into::<HtmlElement>().ok()?.click();
    set_timeout(move || drop(Url::revoke_object_url(&url)), HANDED);
    Some(())
}
