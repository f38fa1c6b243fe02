//! New conversation: a template to somebody's number, or to a saved contact's; the chat becomes Live once they answer.

use domain::customer::{FIND_MIN, FoundContact};
use domain::id::{ChannelId, MessageId};
use domain::room::Section;
use domain::template::ChosenTemplate;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

use crate::chat::api::{begin_conversation, find_contacts};
use crate::console::{Here, Ui};
use crate::desk::Store;
use crate::dialogs::template::{TemplateForm, channels_with_templates};
use crate::parts::{Closing, Modal, dynamic};

/// The dialog.
#[component]
pub fn Begin() -> impl IntoView {
    let ui = expect_context::<Ui>();
    let close = Callback::new(move |()| ui.dialog.set(None));
    view! {
        <Modal title="New conversation" under="A template leaves now. The chat comes to Live when the customer answers." on_close=close>
            <Form />
        </Modal>
    }
}

#[component]
fn Form() -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let closing = expect_context::<Closing>();
    let channels = untrack(|| channels_with_templates(store));
    let channel = RwSignal::new(channels.first().map(|channel| channel.id));
    let phone = RwSignal::new(String::new());
    let name = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let id = MessageId(Uuid::now_v7());
    let send = Callback::new(move |chosen: ChosenTemplate| {
        let Some(channel) = channel.get_untracked() else { return };
        problem.set(None);
        let (phone, name) = (phone.get_untracked(), name.get_untracked());
        spawn_local(async move {
            let name = Some(name).filter(|name| !name.trim().is_empty());
            match begin_conversation(channel, phone, name, id, chosen).await {
                Ok(room) => {
                    closing.close();
                    store.say("Template sent. The chat comes to Live when the customer answers.");
                    here.follow_room(room, Section::Archived);
                }
                Err(error) => {
                    problem.try_set(Some(error.to_string()));
                }
            }
        });
    });
    view! {
        <div class="contact">
            <label class="field">
                <span class="field__label">"Channel"</span>
                <select
                    class="field__input"
                    on:change:target=move |event| channel.set(event.target().value().parse::<ChannelId>().ok())
                >
                    {channels
                        .into_iter()
                        .map(|channel| view! { <option value=channel.id.to_string()>{channel.name}</option> })
                        .collect_view()}
                </select>
            </label>
            <Contacts phone name />
            <Line label="Phone number, with its country code" kind="tel" value=phone />
            <Line label="Name (optional)" kind="text" value=name />
            <TemplateForm channel=channel.into() problem send />
        </div>
    }
    .into_any()
}

/// Finds a saved contact, whose number and name are then filled in.
#[component]
fn Contacts(phone: RwSignal<String>, name: RwSignal<String>) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<FoundContact>::new());
    let look = move |typed: String| {
        words.set(typed.clone());
        if typed.trim().chars().count() < FIND_MIN {
            return found.set(Vec::new());
        }
        spawn_local(async move {
            let contacts = find_contacts(typed.clone()).await.unwrap_or_default();
            // What was typed meanwhile has an answer of its own.
            if words.try_get_untracked() == Some(typed) {
                found.try_set(contacts);
            }
        });
    };
    let choose = move |contact: FoundContact| {
        phone.set(contact.phone);
        name.set(contact.name);
        look(String::new());
    };
    view! {
        <div class="field">
            <label class="field">
                <span class="field__label">"Find a saved contact (optional)"</span>
                <input
                    class="field__input"
                    type="search"
                    autocomplete="off"
                    prop:value=move || words.get()
                    on:input:target=move |event| look(event.target().value())
                />
            </label>
            {dynamic(move || {
                let contacts = found.get();
                (!contacts.is_empty())
                    .then(|| {
                        let shown = contacts
                            .into_iter()
                            .map(|contact| {
                                let (name, phone) = (contact.name.clone(), contact.phone.clone());
                                view! {
                                    <li>
                                        <button type="button" class="template__found" on:click=move |_| choose(contact.clone())>
                                            <span class="template__name">{name}</span>
                                            <span class="template__words">{phone}</span>
                                        </button>
                                    </li>
                                }
                            });
                        view! { <ul class="template__list" aria-label="Contacts">{shown.collect_view()}</ul> }
                    })
            })}
        </div>
    }
    .into_any()
}

#[component]
fn Line(label: &'static str, kind: &'static str, value: RwSignal<String>) -> impl IntoView {
    view! {
        <label class="field">
            <span class="field__label">{label}</span>
            <input
                class="field__input"
                type=kind
                autocomplete="off"
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
            />
        </label>
    }
    .into_any()
}
