//! The HTML around the console, on the server only: what a browser needs before the page comes alive.

use axum::http::request::Parts;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use serde::Deserialize;

use crate::place::Place;
use crate::routes::App;
use crate::sprite::Sprite;

/// The assets of this build, as `manifest.json` of the site names them.
#[derive(Clone, Debug, Deserialize)]
pub struct Manifest {
    pub js: String,
    pub wasm: String,
    /// The code that dialogs and admin pages need, and nothing before them.
    pub rest: String,
    pub css: String,
    /// One word for all of them: a tab of another build offers to reload.
    pub build: String,
}

/// Sets the chosen theme and the chosen width of the list before the first paint, so that nothing flashes or moves.
const CHOICES: &str = "try{const h=document.documentElement,t=localStorage.getItem('theme'),w=+localStorage.getItem('list');\
    if(t==='light'||t==='dark')h.dataset.theme=t;if(w>0)h.style.setProperty('--list-width',w+'px')}catch{}";

/// Says how much of the page a phone's keyboard leaves. Safari neither makes the page smaller nor knows
/// `interactive-widget`; it only moves what is seen of it: <https://github.com/w3c/csswg-drafts/issues/10464>. Whoever zooms
/// in sees a part of a page that is as large as before.
const SEEN: &str = "{const v=window.visualViewport,s=document.documentElement.style,f=()=>{const is=v.scale<1.01;\
    s.setProperty('--seen-top',is?v.offsetTop+'px':'');s.setProperty('--seen-height',is?v.height+'px':'')};\
    for(const c of['resize','scroll'])v?.addEventListener(c,f)}";

/// The whole document.
pub fn shell(manifest: &Manifest) -> impl IntoView + use<> {
    let nonce = use_nonce();
    let Manifest { js, wasm, rest, css, build } = manifest.clone();
    let is_admin = use_context::<Parts>().is_some_and(|asked| matches!(Place::of(asked.uri.path()), Place::Admin(_)));
    let start = format!("import init,{{hydrate}} from '{js}';init({{module_or_path:'{wasm}'}}).then(hydrate)");
    view! {
        <!DOCTYPE html>
        <html lang="en" data-build=build translate="no">
            <head>
                <meta charset="utf-8" />
                <meta
                    name="viewport"
                    content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
                />
                <meta name="color-scheme" content="light dark" />
                <title>"Switchboard"</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=css />
                <link rel="modulepreload" href=js.clone() nonce=nonce.clone() />
                <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="" />
                {is_admin.then(|| view! { <link rel="preload" href=rest r#as="fetch" r#type="application/wasm" crossorigin="" /> })}
                <script nonce=nonce.clone()>{CHOICES}</script>
                <script nonce=nonce.clone()>{SEEN}</script>
                <script type="module" nonce=nonce>{start}</script>
            </head>
            <body>
                <App />
                // After the app: what comes to life looks only at what stands before.
                <Sprite />
            </body>
        </html>
    }
}
