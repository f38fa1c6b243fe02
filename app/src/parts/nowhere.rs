//! What stands where there is nothing: an empty pane, and a page that does not exist.

use leptos::prelude::*;

use crate::parts::Icon;

/// Says what will come here and how.
#[component]
pub fn Empty(
    icon: &'static str,
    #[prop(into)] title: String,
    #[prop(into)] words: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty__icon">
                <Icon name=icon />
            </span>
            <p class="empty__title">{title}</p>
            {(!words.is_empty()).then(|| view! { <p class="empty__words">{words}</p> })}
            {children.map(|children| children())}
        </div>
    }
}

/// A page that does not exist.
#[component]
pub fn Nowhere() -> impl IntoView {
    view! {
        <main class="nowhere">
            <h1 class="visually-hidden">"Not found"</h1>
            <Empty icon="eye" title="There is nothing here" words="The link may be old, or cut off at its end.">
                <a class="button" href="/live">
                    "Go to Live"
                </a>
            </Empty>
        </main>
    }
}
