//! The list of keys, and the switch for single ones.

use leptos::prelude::*;

use crate::actions::ACTIONS;
use crate::console::Ui;
use crate::parts::{Closing, Modal};
use crate::storage;

/// Every action that has a key.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let ui = expect_context::<Ui>();
    let close = Callback::new(move |()| ui.dialog.set(None));
    let switch = move |is_on: bool| {
        storage::save("keys", if is_on { "on" } else { "off" });
        ui.has_keys.set(is_on);
    };
    view! {
        <Modal title="Keyboard shortcuts" under="Single keys work outside text fields." on_close=close>
            <label class="switch">
                <input
                    type="checkbox"
                    role="switch"
                    prop:checked=move || ui.has_keys.get()
                    on:change:target=move |event| switch(event.target().checked())
                />
                <span>"Single keys do things"</span>
            </label>
            <dl class="shortcuts">
                {ACTIONS
                    .iter()
                    .filter(|action| !action.keys.is_empty())
                    .map(|action| {
                        view! {
                            <div class="shortcuts__row">
                                <dt>{action.label}</dt>
                                <dd>
                                    {action
                                        .keys
                                        .iter()
                                        .map(|key| view! { <kbd class="key">{key.words()}</kbd> })
                                        .collect_view()}
                                </dd>
                            </div>
                        }
                    })
                    .collect_view()}
                <div class="shortcuts__row">
                    <dt>"Leave the text field"</dt>
                    <dd>
                        <kbd class="key">"Esc"</kbd>
                    </dd>
                </div>
            </dl>
            <Done />
        </Modal>
    }
}

#[component]
fn Done() -> impl IntoView {
    let closing = expect_context::<Closing>();
    view! {
        <div class="dialog__actions">
            <button type="button" class="button" on:click=move |_| closing.close()>
                "Done"
            </button>
        </div>
    }
}
