//! The link with which somebody who forgot their password chooses a new one: made here, handed over by whoever made it.

use domain::person::Person;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::admin::api::create_password_reset;
use crate::admin::origin;
use crate::desk::Store;
use crate::parts::{Closing, CopyButton, Modal, dynamic};

/// A link that was just made, and whom it is for.
pub type Made = RwSignal<Option<(Person, String)>>;

/// Makes a link for `person`.
#[component]
pub fn ResetButton(person: Person, made: Made) -> impl IntoView {
    let store = expect_context::<Store>();
    let make = move |_| {
        let person = person.clone();
        spawn_local(async move {
            match create_password_reset(person.id).await {
                Ok(token) => {
                    made.try_set(Some((person, token)));
                }
                Err(error) => store.report(&error),
            }
        });
    };
    view! {
        <button type="button" class="button button--small" on:click=make>
            "Reset password"
        </button>
    }
}

/// Shows the link, once.
#[component]
pub fn ResetLink(made: Made) -> impl IntoView {
    let origin = origin();
    let close = Callback::new(move |()| made.set(None));
    dynamic(move || {
        made.get().map(|(person, token)| {
            let link = format!("{}/reset/{token}", origin.get());
            view! {
                <Modal title=format!("New password for {}", person.name) on_close=close>
                    <div class="secret">
                        <p>{format!("Send this link to {}. It is shown only now, works once, and for 24 hours.", person.email)}</p>
                        <div class="secret__line">
                            <code class="secret__text">{link.clone()}</code>
                            <CopyButton text=link />
                        </div>
                    </div>
                    <p class="dialog__under">"The present password works until the link is followed. An earlier link does not work any more."</p>
                    <Done />
                </Modal>
            }
        })
    })
}

#[component]
fn Done() -> impl IntoView {
    let closing = expect_context::<Closing>();
    view! {
        <div class="dialog__actions">
            <button type="button" class="button button--main" on:click=move |_| closing.close()>
                "Done"
            </button>
        </div>
    }
}
