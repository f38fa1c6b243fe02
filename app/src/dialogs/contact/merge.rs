//! Merge: one contact of two, side by side, with what stays and what becomes of the other's chats said first.

use std::collections::BTreeSet;

use domain::customer::{AboutContact, Contact, FIND_MIN, Match, SaveContact};
use domain::id::{ChannelId, ContactId};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chat::api::{about_contact, look_up_contacts, merge_contacts};
use crate::desk::Store;
use crate::dialogs::contact::Step;
use crate::dialogs::contact::form::{Attempt, Problem};
use crate::dialogs::contact::matches::details_of;
use crate::parts::{Closing, dynamic};

#[component]
pub fn Merge(contact: Contact, others: Vec<Match>, step: RwSignal<Step>) -> impl IntoView {
    let other = RwSignal::new(None::<Contact>);
    let others: Vec<Contact> = others.into_iter().map(|one| one.contact).collect();
    dynamic(move || match other.get() {
        Some(other_one) => view! { <SideBySide pair=[contact.clone(), other_one] other /> }.into_any(),
        None => view! { <Choose contact=contact.clone() others=others.clone() other step /> }.into_any(),
    })
}

/// With whom: those that match, or whoever is looked for.
#[component]
fn Choose(
    contact: Contact,
    others: Vec<Contact>,
    other: RwSignal<Option<Contact>>,
    step: RwSignal<Step>,
) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let found = RwSignal::new(others.clone());
    let id = contact.id;
    let look = move |typed: String| {
        words.set(typed.clone());
        if typed.trim().chars().count() < FIND_MIN {
            return found.set(others.clone());
        }
        spawn_local(async move {
            let contacts = look_up_contacts(typed.clone()).await.unwrap_or_default();
            // What was typed meanwhile has an answer of its own.
            if words.try_get_untracked() == Some(typed) {
                found.try_set(contacts.into_iter().filter(|contact| contact.id != id).collect());
            }
        });
    };
    let field = NodeRef::<html::Input>::new();
    field.on_load(|field| drop(field.focus()));
    let shown = move || {
        let contacts = found.get();
        let has_looked = words.with(|words| words.trim().chars().count() >= FIND_MIN);
        if contacts.is_empty() {
            return has_looked
                .then(|| view! { <p class="assign__nobody">"No other contact has this in it."</p> }.into_any());
        }
        let rows = contacts.into_iter().map(|contact| {
            let (name, details) = (contact.name.clone(), details_of(&contact));
            view! {
                <li>
                    <button type="button" class="template__found" on:click=move |_| other.set(Some(contact.clone()))>
                        <span class="template__name">{name}</span>
                        <span class="template__words">{details}</span>
                    </button>
                </li>
            }
        });
        Some(view! { <ul class="template__list" aria-label="Contacts">{rows.collect_view()}</ul> }.into_any())
    };
    view! {
        <div class="contact">
            <p>{format!("Which contact is {} as well?", contact.name)}</p>
            <div class="field">
                <label class="field">
                    <span class="field__label">"Find a contact by name, phone or e-mail"</span>
                    <input
                        class="field__input"
                        type="search"
                        autocomplete="off"
                        node_ref=field
                        prop:value=move || words.get()
                        on:input:target=move |event| look(event.target().value())
                    />
                </label>
                <div role="status">{dynamic(shown)}</div>
            </div>
            <div class="dialog__actions">
                <button type="button" class="button" on:click=move |_| step.set(Step::Form)>
                    "Back"
                </button>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn SideBySide(pair: [Contact; 2], other: RwSignal<Option<Contact>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let closing = expect_context::<Closing>();
    let attempt = Attempt::new();
    let kept = RwSignal::new(pair[0].id);
    let about = pair.each_ref().map(|contact| {
        let (id, about) = (contact.id, RwSignal::new(AboutContact::default()));
        spawn_local(async move {
            // The words say the same without it, only less exactly.
            if let Ok(known) = about_contact(id).await {
                about.try_set(known);
            }
        });
        about
    });
    let pair = StoredValue::new(pair);
    // Which of the two is kept, and which is merged into it.
    let order = move || pair.with_value(|pair| usize::from(kept.get() != pair[0].id));
    let first = NodeRef::<html::Input>::new();
    first.on_load(|first| drop(first.focus()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !attempt.begin() {
            return;
        }
        let at = untrack(order);
        let (kept, merged) = pair.with_value(|pair| (pair[at].id, pair[1 - at].id));
        spawn_local(async move {
            match merge_contacts(kept, merged).await {
                Ok(contact) => {
                    store.say(format!("Merged into {}.", contact.name));
                    if !attempt.is_busy.is_disposed() {
                        closing.close();
                    }
                }
                Err(error) => attempt.fail(store, &error),
            }
        });
    };
    let effects = move || {
        let at = order();
        let wherever = about[1 - at].with(|about| where_words(store, &about.channels));
        pair.with_value(|pair| {
            let (kept, merged) = (&pair[at].name, &pair[1 - at].name);
            [
                format!("{kept} stays as they are, and takes what they lack. What is struck out is gone."),
                format!(
                    "Chats of {merged}{wherever} become chats of {kept}: each stays where it is, with whoever holds it."
                ),
                format!("{merged} is no contact any more. This cannot be undone."),
            ]
            .map(|words| view! { <li>{words}</li> })
            .collect_view()
        })
    };
    view! {
        <form class="contact" method="dialog" on:submit=submit>
            <table class="merge">
                <caption class="visually-hidden">"The two contacts, and what stays of each"</caption>
                <thead>
                    <tr>
                        <td></td>
                        {[0, 1]
                            .map(|at| {
                                let node_ref = if at == 0 { first } else { NodeRef::new() };
                                let id = pair.with_value(|pair| pair[at].id);
                                let name = pair.with_value(|pair| pair[at].name.clone());
                                view! { <Keep id name kept node_ref /> }
                            })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody>
                    {dynamic(move || pair.with_value(|pair| rows(pair, order())).map(row).collect_view())}
                </tbody>
            </table>
            <ul class="block__effects">{dynamic(effects)}</ul>
            <Problem attempt />
            <div class="dialog__actions">
                <button type="button" class="button" on:click=move |_| other.set(None)>
                    "Back"
                </button>
                <button type="submit" class="button button--danger" disabled=move || attempt.is_busy.get()>
                    "Merge contacts"
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// Keeps this one of the two.
#[component]
fn Keep(id: ContactId, name: String, kept: RwSignal<ContactId>, node_ref: NodeRef<html::Input>) -> impl IntoView {
    view! {
        <th scope="col">
            <label class="merge__keep">
                <input
                    type="radio"
                    name="kept"
                    node_ref=node_ref
                    prop:checked=move || kept.get() == id
                    on:change=move |_| kept.set(id)
                />
                <span>{format!("Keep {name}")}</span>
            </label>
        </th>
    }
    .into_any()
}

/// One part of both contacts: what stands in it, and whether that stays.
struct Row {
    label: &'static str,
    sides: [(String, bool); 2],
}

/// The parts, where the one at `kept` is kept.
fn rows(pair: &[Contact; 2], kept: usize) -> [Row; 4] {
    let merged = pair[kept].filled_by(&SaveContact::of(&pair[1 - kept]));
    let part = |label, of: fn(&Contact) -> Option<String>| Row {
        label,
        sides: pair.each_ref().map(|contact| {
            let value = of(contact);
            (value.clone().unwrap_or_default(), value.is_none() || value == of(&merged))
        }),
    };
    [
        part("Name", |contact| Some(contact.name.clone())),
        part("Phone", |contact| contact.phone.clone()),
        part("E-mail", |contact| contact.email.clone()),
        // Tags of both stay.
        Row { label: "Tags", sides: pair.each_ref().map(|contact| (contact.tags.join(", "), true)) },
    ]
}

fn row(row: Row) -> impl IntoView {
    let side = |(value, stays): (String, bool)| {
        if stays {
            view! { <td class="merge__side">{value}</td> }.into_any()
        } else {
            view! {
                <td class="merge__side">
                    <s>
                        <span class="visually-hidden">"Not kept: "</span>
                        {value}
                    </s>
                </td>
            }
            .into_any()
        }
    };
    view! {
        <tr>
            <th scope="row">{row.label}</th>
            {row.sides.map(side).collect_view()}
        </tr>
    }
}

/// " on Website and Acme WhatsApp".
pub fn where_words(store: Store, channels: &[ChannelId]) -> String {
    let names: BTreeSet<String> = store.desk.with_untracked(|desk| {
        channels.iter().filter_map(|channel| desk.channels.get(channel)).map(|channel| channel.name.clone()).collect()
    });
    let names: Vec<String> = names.into_iter().collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => format!(" on {one}"),
        [first @ .., last] => format!(" on {} and {last}", first.join(", ")),
    }
}
