//! Contacts that match what was typed: the customer is linked to one of them, or saved as a new one. Says what linking makes
//! of the contact before it is done.

use domain::customer::{Contact, Match, MatchedBy, SaveContact, Saving};
use domain::id::ContactId;
use leptos::html;
use leptos::prelude::*;

use crate::desk::Store;
use crate::dialogs::contact::form::{Attempt, Problem, save};
use crate::dialogs::contact::kept::Typed;
use crate::dialogs::contact::{Step, by_words};
use crate::parts::{Closing, dynamic};

#[component]
pub fn Matches(typed: Typed, found: Vec<Match>, step: RwSignal<Step>) -> impl IntoView {
    let store = expect_context::<Store>();
    let closing = expect_context::<Closing>();
    let attempt = Attempt::new();
    // Nothing is chosen for anybody but what a colleague has decided already.
    let is_decided = found.iter().any(|one| one.by.contains(&MatchedBy::Customer));
    let chosen = RwSignal::new(found.first().filter(|_| is_decided).map(|one| Saving::Link(one.contact.id)));
    let first = NodeRef::<html::Input>::new();
    first.on_load(|first| drop(first.focus()));
    let form = typed.form();
    let contacts: Vec<Contact> = found.iter().map(|one| one.contact.clone()).collect();
    let preview = move || match chosen.get()? {
        Saving::Link(id) => {
            let contact = contacts.iter().find(|contact| contact.id == id)?;
            Some(view! { <Preview contact=contact.clone() form=form.clone() /> })
        }
        Saving::First | Saving::New | Saving::Edit(_) => None,
    };
    let action = move || match chosen.get() {
        Some(Saving::New) => "Save as new",
        Some(Saving::Link(_) | Saving::First | Saving::Edit(_)) | None => "Link to contact",
    };
    let words = match found.as_slice() {
        [one] if is_decided => format!("A colleague saved this customer as {} meanwhile.", one.contact.name),
        [one] => format!("{} is already a contact {}.", one.contact.name, by_words(one)),
        several => format!("{} contacts have this phone number or e-mail already.", several.len()),
    };
    view! {
        <form
            class="contact"
            method="dialog"
            on:submit=move |event| {
                event.prevent_default();
                if let Some(saving) = chosen.get_untracked()
                    && attempt.begin()
                {
                    save(store, typed, saving, attempt, step, closing);
                }
            }
        >
            <fieldset class="matches">
                <legend class="matches__about">{words}</legend>
                {found
                    .into_iter()
                    .enumerate()
                    .map(|(at, one)| {
                        let node_ref = if at == 0 { first } else { NodeRef::new() };
                        view! { <Known one chosen node_ref /> }
                    })
                    .collect_view()}
                {(!is_decided)
                    .then(|| {
                        view! {
                            <label class="matches__choice">
                                <input type="radio" name="match" on:change=move |_| chosen.set(Some(Saving::New)) />
                                <span class="matches__title">"Save as new"</span>
                                <span class="matches__words">"Another person: they get a contact of their own."</span>
                            </label>
                        }
                    })}
            </fieldset>
            {dynamic(preview)}
            <Problem attempt />
            <div class="dialog__actions">
                <button type="button" class="button" on:click=move |_| step.set(Step::Form)>
                    "Back"
                </button>
                <button
                    type="submit"
                    class="button button--main"
                    disabled=move || attempt.is_busy.get() || chosen.with(Option::is_none)
                >
                    {dynamic(action)}
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// One of those that match.
#[component]
fn Known(one: Match, chosen: RwSignal<Option<Saving>>, node_ref: NodeRef<html::Input>) -> impl IntoView {
    let id: ContactId = one.contact.id;
    let details = details_of(&one.contact);
    view! {
        <label class="matches__choice">
            <input
                type="radio"
                name="match"
                node_ref=node_ref
                prop:checked=move || chosen.get() == Some(Saving::Link(id))
                on:change=move |_| chosen.set(Some(Saving::Link(id)))
            />
            <span class="matches__title">{format!("Link to {}", one.contact.name)}</span>
            <span class="matches__words">{details}</span>
        </label>
    }
    .into_any()
}

/// "+55 11 90000-0001 · ana@example.com · vip".
pub fn details_of(contact: &Contact) -> String {
    let tags = contact.tags.join(", ");
    let parts = [contact.phone.clone(), contact.email.clone(), Some(tags).filter(|tags| !tags.is_empty())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What linking makes of the contact: what it has stays, and what it lacks is taken from the form.
#[component]
fn Preview(contact: Contact, form: SaveContact) -> impl IntoView {
    let linked = contact.filled_by(&form);
    let part = |label: &'static str, before: Option<String>, after: Option<String>, typed: Option<String>| {
        let is_new = before != after;
        let is_dropped = typed.is_some() && typed != after;
        after.clone().or(typed.clone()).map(|_| {
            view! {
                <dt>{label}</dt>
                <dd class="facts__value">
                    {after}
                    {is_new.then(|| view! { " " <span class="chip chip--good">"new"</span> })}
                    {is_dropped
                        .then(|| view! { " " <span class="matches__dropped">{format!("instead of {}", typed.unwrap_or_default())}</span> })}
                </dd>
            }
        })
    };
    let tags = |tags: &[String]| Some(tags.join(", ")).filter(|tags| !tags.is_empty());
    view! {
        <div class="matches__preview">
            <p>{format!("This customer belongs to {} from now on, and every chat of theirs stays where it is. The contact is then:", contact.name)}</p>
            <dl class="facts">
                {part("Name", Some(contact.name.clone()), Some(linked.name.clone()), Some(form.name.trim().to_owned()))}
                {part("Phone", contact.phone.clone(), linked.phone.clone(), form.phone.clone())}
                {part("E-mail", contact.email.clone(), linked.email.clone(), form.email.as_ref().map(|email| email.to_lowercase()))}
                {part("Tags", tags(&contact.tags), tags(&linked.tags), None)}
            </dl>
        </div>
    }
    .into_any()
}
