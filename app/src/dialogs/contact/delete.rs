//! Delete contact: says what will happen, and what will not, before it does.

use domain::customer::{AboutContact, Contact};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chat::api::{about_contact, delete_contact};
use crate::desk::Store;
use crate::dialogs::contact::Step;
use crate::dialogs::contact::form::{Attempt, Problem};
use crate::dialogs::contact::kept::Typed;
use crate::dialogs::contact::merge::where_words;
use crate::parts::{Closing, dynamic};

#[component]
pub fn Delete(typed: Typed, contact: Contact, step: RwSignal<Step>) -> impl IntoView {
    let store = expect_context::<Store>();
    let closing = expect_context::<Closing>();
    let attempt = Attempt::new();
    let about = RwSignal::new(AboutContact::default());
    let id = contact.id;
    spawn_local(async move {
        // The words say the same without it, only less exactly.
        if let Ok(known) = about_contact(id).await {
            about.try_set(known);
        }
    });
    let back = NodeRef::<html::Button>::new();
    back.on_load(|back| drop(back.focus()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !attempt.begin() {
            return;
        }
        spawn_local(async move {
            match delete_contact(id).await {
                Ok(()) => {
                    typed.forget();
                    store.say("Contact deleted.");
                    if !attempt.is_busy.is_disposed() {
                        closing.close();
                    }
                }
                Err(error) => attempt.fail(store, &error),
            }
        });
    };
    view! {
        <form class="contact" method="dialog" on:submit=submit>
            <p class="contact__question">{format!("Delete the contact {}?", contact.name)}</p>
            <ul class="block__effects">
                <li>
                    {dynamic(move || {
                        let wherever = about.with(|about| where_words(store, &about.channels));
                        format!("Their chats{wherever} go by the name that their channel gave again.")
                    })}
                </li>
                <li>"No chat and no message is deleted, and every chat stays where it is."</li>
                <li>"Phone, e-mail and tags of the contact are gone. This cannot be undone."</li>
            </ul>
            <Problem attempt />
            <div class="dialog__actions">
                <button type="button" class="button" node_ref=back on:click=move |_| step.set(Step::Form)>
                    "Back"
                </button>
                <button type="submit" class="button button--danger" disabled=move || attempt.is_busy.get()>
                    "Delete contact"
                </button>
            </div>
        </form>
    }
    .into_any()
}
