//! What is said when a chat is closed or marked critical: where a comment is needed, and the reasons to choose from.

use domain::policy::{REASON_MAX, REASONS, REASONS_MAX};
use leptos::prelude::*;

use crate::admin::rules::Filled;
use crate::admin::rules::fields::{Lines, Switch};

/// The part of the form.
#[component]
pub fn Closing(filled: Filled) -> impl IntoView {
    view! {
        <fieldset class="rules__part">
            <legend class="rules__title">"What colleagues say when they update a status"</legend>
            <Switch
                filled
                field=|policy| &mut policy.comment_on_resolve
                label="A comment is required to resolve a chat"
                hint="Otherwise it is optional."
            />
            <Switch
                filled
                field=|policy| &mut policy.comment_on_abandon
                label="A comment is required to abandon a chat"
                hint="Otherwise it is optional."
            />
            <Switch
                filled
                field=|policy| &mut policy.comment_on_critical
                label="A comment is required to mark a chat critical"
                hint="Otherwise it is optional."
            />
            <Lines
                filled
                name=REASONS
                field=|draft| &mut draft.reasons
                label="Reasons for closing a chat"
                hint=format!("One on a line, at most {REASONS_MAX} of at most {REASON_MAX} characters. Whoever closes a chat may choose one. Leave it empty to offer none.")
            />
        </fieldset>
    }
    .into_any()
}
