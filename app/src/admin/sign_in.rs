//! Signing in at a provider instead of filling in an account's tokens: what the provider has to know, the way there, and
//! how it went. The server does the rest.

use std::collections::BTreeMap;
use std::future::Future;

use domain::channel::{Channel, ChannelKind, ConnectChannel, SignInOffer};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;

use crate::admin::api::sign_in_outcome;
use crate::admin::setup::Filled;
use crate::api::{json, read};
use crate::console::Here;
use crate::error::AppError;
use crate::parts::{CopyButton, dynamic};
use crate::place::AdminPage;
use crate::storage;

/// "Sign in with X".
pub fn sign_in_words(kind: ChannelKind) -> String {
    format!("Sign in with {}", kind.label())
}

/// What the provider's app has to list before anybody signs in.
#[component]
pub fn CallbackAddress(offer: SignInOffer) -> impl IntoView {
    let address = Signal::stored(offer.callback.clone());
    view! {
        <div>
            <div class="secret__line">
                <span class="rows__label">"Callback address"</span>
                <code class="secret__text">{offer.callback}</code>
                <CopyButton text=address />
            </div>
            <span class="field__hint">"Enter it in the app's settings at the provider before you sign in."</span>
        </div>
    }
    .into_any()
}

/// Signs in anew for a channel that is there; `begin` saves what was typed, and leaves.
#[component]
pub fn SignInAgain(
    kind: ChannelKind,
    offer: SignInOffer,
    is_busy: RwSignal<bool>,
    begin: Callback<()>,
) -> impl IntoView {
    view! {
        <CallbackAddress offer />
        <p class="setup__sign-in">
            <button type="button" class="button" disabled=move || is_busy.get() on:click=move |_| begin.run(())>
                {sign_in_words(kind)}
            </button>
            <span class="field__hint">"What you changed here is saved first."</span>
        </p>
    }
    .into_any()
}

/// Leaves for the provider's page once it is `begun`, or has it told what was `refused`.
pub fn leave(
    begun: impl Future<Output = Result<String, AppError>> + 'static,
    is_busy: RwSignal<bool>,
    refused: impl FnOnce(&AppError) + 'static,
) {
    is_busy.set(true);
    spawn_local(async move {
        match begun.await {
            // A browser that does not follow shows the form again.
            Ok(address) => drop(window().location().assign(&address)),
            Err(error) => refused(&error),
        }
        is_busy.try_set(false);
    });
}

/// Tells whoever comes back from a provider how it went, once.
pub fn on_return(tell: impl Fn(Result<Channel, AppError>) + Copy + 'static) {
    let (parameters, here) = (use_query_map(), expect_context::<Here>());
    Effect::new(move |_| {
        let Some(sign_in) = parameters.with_untracked(|parameters| parameters.get("sign_in")) else { return };
        here.stay_at_admin(AdminPage::Channels);
        spawn_local(async move { tell(sign_in_outcome(sign_in).await) });
    });
}

/// Where what was filled in waits for whoever comes back from a provider.
const KEPT: &str = "switchboard.connect";

/// Keeps what was filled in while its admin is away at the provider: all of it but secrets, which this browser is not told
/// to remember.
pub fn keep(form: &ConnectChannel, filled: Filled) {
    let open = filled.with_value(|fields| {
        let open = fields.iter().filter(|(field, _)| !field.is_secret());
        open.map(|(field, value)| (field.name.clone(), value.get_untracked())).collect::<BTreeMap<_, _>>()
    });
    storage::save(KEPT, &json(&ConnectChannel { settings: json(&open), ..form.clone() }));
}

/// What was kept, once: a channel with the settings that are no secrets, by their names.
pub fn take_kept() -> Option<(ConnectChannel, BTreeMap<String, String>)> {
    let kept: ConnectChannel = read(storage::load(KEPT)?.as_bytes()).ok()?;
    storage::forget(KEPT);
    let open = read(kept.settings.as_bytes()).ok()?;
    Some((kept, open))
}

/// Why a sign-in brought nothing; `again` goes back to what was filled in.
#[component]
pub fn NotSignedIn(words: String, again: Option<Callback<()>>, close: Callback<()>) -> impl IntoView {
    view! {
        <section class="setup" aria-label="Signing in">
            <h2 class="setup__title">"Signing in did not work"</h2>
            <p class="setup__proof setup__proof--bad" role="alert">
                {words}
            </p>
            <div class="setup__actions">
                {again
                    .map(|again| {
                        view! {
                            <button type="button" class="button" on:click=move |_| again.run(())>
                                "Try again"
                            </button>
                        }
                    })}
                <button type="button" class="button button--main" on:click=move |_| close.run(())>
                    "Close"
                </button>
            </div>
        </section>
    }
    .into_any()
}

/// How a new channel gets its account's tokens: by signing in, where that is offered, or by hand.
#[component]
pub fn Ways(offer: StoredValue<Option<SignInOffer>>, by_hand: RwSignal<bool>) -> impl IntoView {
    dynamic(move || {
        let offer = offer.get_value()?;
        let words = if by_hand.get() { "Sign in instead" } else { "Enter the tokens by hand" };
        Some(view! {
            {(!by_hand.get()).then(|| view! { <CallbackAddress offer /> })}
            <p>
                <button
                    type="button"
                    class="button button--small"
                    on:click=move |_| by_hand.update(|by_hand| *by_hand = !*by_hand)
                >
                    {words}
                </button>
            </p>
        })
    })
}
