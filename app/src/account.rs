//! Getting in: the first admin, signing in, an invitation, a forgotten password.

pub mod api;
mod invite;
mod reset;
mod setup;
mod sign_in;

use leptos::prelude::*;

use crate::parts::{Icon, dynamic};

pub use invite::Invite;
pub use reset::Reset;
pub use setup::Setup;
pub use sign_in::SignIn;

/// `domain::account::PASSWORD_MIN` in words.
pub const PASSWORD_HINT: &str = "At least 10 characters.";

/// A card in the middle of an otherwise empty page.
#[component]
fn Card(#[prop(into)] title: String, #[prop(into)] words: String, children: Children) -> impl IntoView {
    view! {
        <main class="account">
            <div class="account__card">
                <span class="account__mark" aria-hidden="true">
                    <Icon name="mark" />
                </span>
                <h1 class="account__title">{title}</h1>
                <p class="account__words">{words}</p>
                {children()}
            </div>
        </main>
    }
}

/// One labelled field of a form.
#[component]
fn Field(
    label: &'static str,
    name: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    value: RwSignal<String>,
    #[prop(optional)] hint: &'static str,
) -> impl IntoView {
    let hint_id = format!("{name}-hint");
    let described = (!hint.is_empty()).then(|| hint_id.clone());
    view! {
        <label class="field">
            <span class="field__label">{label}</span>
            <input
                class="field__input"
                type=kind
                name=name
                autocomplete=autocomplete
                required
                aria-describedby=described
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
            />
            {(!hint.is_empty()).then(|| view! { <span class="field__hint" id=hint_id>{hint}</span> })}
        </label>
    }
}

/// Why a form did not work; empty while it may.
#[component]
fn Problem(#[prop(into)] words: Signal<Option<String>>) -> impl IntoView {
    view! {
        <p class="account__problem" role="alert">
            {dynamic(move || words.get())}
        </p>
    }
}

/// The button of a form. It waits for the page to come alive, so that no browser sends a form by itself.
#[component]
fn Submit(label: &'static str, #[prop(into)] is_busy: Signal<bool>) -> impl IntoView {
    let is_alive = expect_context::<crate::clock::Clock>().is_running();
    view! {
        <button type="submit" class="button button--main account__submit" disabled=move || !is_alive.get() || is_busy.get()>
            {label}
        </button>
    }
}

/// Where a sign-in leads: only to a page of ours.
fn way_back(next: Option<String>) -> String {
    next.filter(|next| next.starts_with('/') && !next.starts_with("//") && !next.contains('\\')).unwrap_or("/".into())
}

/// Leaves for `path` with a fresh page, so that everything begins anew.
fn go_to(path: &str) {
    // A browser that does not follow shows the form again.
    drop(window().location().assign(path));
}

#[cfg(test)]
mod tests {
    use super::way_back;

    #[test]
    fn a_sign_in_never_leads_to_another_site() {
        assert_eq!(way_back(Some("/live/1?mine".into())), "/live/1?mine");
        assert_eq!(way_back(Some("//evil.example".into())), "/");
        assert_eq!(way_back(Some("https://evil.example".into())), "/");
        assert_eq!(way_back(Some("/\\evil.example".into())), "/");
        assert_eq!(way_back(None), "/");
    }
}
