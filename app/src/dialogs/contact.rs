//! Save contact: what one knows of the customer, kept for every room they will ever have.

use domain::customer::{Contact, SaveContact};
use domain::desk::Desk;
use domain::id::RoomId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chat::api::save_contact;
use crate::console::Ui;
use crate::desk::Store;
use crate::parts::{Closing, Modal, dynamic};

/// The dialog for the customer of `room`.
#[component]
pub fn SaveContactDialog(room: RoomId) -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let Some((known, is_new)) = store.desk.with_untracked(|desk| form_of(desk, room)) else { return ().into_any() };
    let close = Callback::new(move |()| ui.dialog.set(None));
    let title = if is_new { "Save contact" } else { "Edit contact" };
    view! {
        <Modal title=title under="Every room of this person shows it." on_close=close>
            <Form room known />
        </Modal>
    }
    .into_any()
}

#[component]
fn Form(room: RoomId, known: SaveContact) -> impl IntoView {
    let store = expect_context::<Store>();
    let closing = expect_context::<Closing>();
    let name = RwSignal::new(known.name);
    let phone = RwSignal::new(known.phone.unwrap_or_default());
    let email = RwSignal::new(known.email.unwrap_or_default());
    let tags = RwSignal::new(known.tags.join(", "));
    let problem = RwSignal::new(None::<String>);
    let fields = StoredValue::new(known.fields);

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        problem.set(None);
        let form = SaveContact {
            name: name.get_untracked(),
            phone: filled(phone),
            email: filled(email),
            tags: tags
                .get_untracked()
                .split(',')
                .map(|tag| tag.trim().to_owned())
                .filter(|tag| !tag.is_empty())
                .collect(),
            fields: fields.get_value(),
        };
        spawn_local(async move {
            match save_contact(room, form).await {
                Ok(_) => {
                    closing.close();
                    store.say("Contact saved.");
                    store.load_room(room);
                }
                Err(error) => {
                    problem.try_set(Some(error.to_string()));
                }
            }
        });
    };

    view! {
        <form class="contact" method="dialog" on:submit=submit>
            <Line label="Name" kind="text" value=name autofocus=true />
            <Line label="Phone" kind="tel" value=phone />
            <Line label="E-mail" kind="email" value=email />
            <Line label="Tags, with commas between" kind="text" value=tags />
            <p class="contact__problem" role="alert">
                {dynamic(move || problem.get())}
            </p>
            <div class="dialog__actions">
                <button type="button" class="button" on:click=move |_| closing.close()>
                    "Cancel"
                </button>
                <button type="submit" class="button button--main" disabled=move || name.with(|name| name.trim().is_empty())>
                    "Save contact"
                </button>
            </div>
        </form>
    }
}

#[component]
fn Line(
    label: &'static str,
    kind: &'static str,
    value: RwSignal<String>,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    view! {
        <label class="field">
            <span class="field__label">{label}</span>
            <input
                class="field__input"
                type=kind
                autocomplete="off"
                autofocus=autofocus
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
            />
        </label>
    }
}

fn filled(value: RwSignal<String>) -> Option<String> {
    Some(value.get_untracked().trim().to_owned()).filter(|value| !value.is_empty())
}

/// What is known so far, and whether that is no contact yet.
fn form_of(desk: &Desk, room: RoomId) -> Option<(SaveContact, bool)> {
    let view = desk.open.as_ref().filter(|view| view.room.id == room)?;
    let customer = &view.customer;
    let form = match &view.contact {
        Some(Contact { name, phone, email, tags, fields, .. }) => SaveContact {
            name: name.clone(),
            phone: phone.clone(),
            email: email.clone(),
            tags: tags.clone(),
            fields: fields.clone(),
        },
        None => SaveContact {
            name: customer.name.clone(),
            phone: customer.phone.clone(),
            email: customer.email.clone(),
            tags: customer.tags.clone(),
            fields: customer.fields.clone(),
        },
    };
    Some((form, view.contact.is_none()))
}
