//! Why the chat is closed, of the reasons that an admin wrote down.

use domain::room::Status;
use leptos::prelude::*;

use crate::desk::Store;
use crate::parts::dynamic;

/// The choice; nothing where there are no reasons, or the chat is not closed. `none` is what it says where none is chosen.
#[component]
pub fn ReasonChoice(
    #[prop(into)] chosen: Signal<Status>,
    reason: RwSignal<Option<String>>,
    #[prop(into)] none: String,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let reasons = Memo::new(move |_| store.desk.with(|desk| desk.policy.reasons.clone()));
    let is_offered = Memo::new(move |_| chosen.get().closes() && !reasons.with(Vec::is_empty));
    dynamic(move || {
        is_offered.get().then(|| {
            let (present, none) = (reason.get_untracked(), none.clone());
            view! {
                <label class="field status__reason">
                    <span class="visually-hidden">"Reason"</span>
                    <select
                        class="field__input"
                        on:change:target=move |event| reason.set(Some(event.target().value()).filter(|value| !value.is_empty()))
                    >
                        <option value="" selected=present.is_none()>
                            {none}
                        </option>
                        {reasons
                            .get()
                            .into_iter()
                            .map(|one| {
                                view! {
                                    <option value=one.clone() selected=present.as_ref() == Some(&one)>
                                        {one.clone()}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                </label>
            }
        })
    })
}
