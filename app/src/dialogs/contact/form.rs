//! The form of a contact, and the ways from there to merging and deleting it.

use domain::customer::{AboutContact, Contact, Match, Saved, Saving};
use domain::permission::{may_delete_contact, may_merge_contacts};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chat::api::{about_contact, save_contact};
use crate::desk::Store;
use crate::dialogs::contact::kept::Typed;
use crate::dialogs::contact::{Step, by_words};
use crate::error::AppError;
use crate::parts::{Closing, dynamic};

/// What is under way.
#[derive(Clone, Copy)]
pub struct Attempt {
    pub is_busy: RwSignal<bool>,
    pub problem: RwSignal<Option<String>>,
}

impl Attempt {
    pub fn new() -> Self {
        Self { is_busy: RwSignal::new(false), problem: RwSignal::new(None) }
    }

    /// Whether it may begin now; one at a time does.
    pub fn begin(self) -> bool {
        if self.is_busy.get_untracked() {
            return false;
        }
        self.is_busy.set(true);
        self.problem.set(None);
        true
    }

    /// Says why it did not work, if the dialog is still there.
    pub fn fail(self, store: Store, error: &AppError) {
        if *error == AppError::SignIn {
            store.report(error);
        }
        self.is_busy.try_set(false);
        self.problem.try_set(Some(store.words(error)));
    }
}

/// Why it did not work, in words.
#[component]
pub fn Problem(attempt: Attempt) -> impl IntoView {
    view! {
        <p class="contact__problem" role="alert">
            {dynamic(move || attempt.problem.get())}
        </p>
    }
}

#[component]
pub fn Fields(typed: Typed, step: RwSignal<Step>) -> impl IntoView {
    let store = expect_context::<Store>();
    let closing = expect_context::<Closing>();
    let attempt = Attempt::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if attempt.begin() {
            save(store, typed, typed.saving(), attempt, step, closing);
        }
    };
    let name = NodeRef::<html::Input>::new();
    name.on_load(|name| drop(name.focus()));
    let hint = typed.is_phone_hidden.then_some("Phone hidden by user");
    view! {
        <form class="contact" method="dialog" on:submit=submit>
            {dynamic(move || typed.is_kept.get().then(|| view! { <KeptWords typed name /> }))}
            <label class="field">
                <span class="field__label">"Name"</span>
                <input
                    class="field__input"
                    type="text"
                    autocomplete="off"
                    autofocus
                    node_ref=name
                    prop:value=move || typed.name.get()
                    on:input:target=move |event| {
                        typed.name.set(event.target().value());
                        typed.keep();
                    }
                />
            </label>
            <Line label="Phone" kind="tel" value=typed.phone typed hint />
            <Line label="E-mail" kind="email" value=typed.email typed hint=None />
            <Line label="Tags, with commas between" kind="text" value=typed.tags typed hint=None />
            <More typed step />
            <Problem attempt />
            <div class="dialog__actions">
                <button type="button" class="button" on:click=move |_| closing.close()>
                    "Cancel"
                </button>
                <button
                    type="submit"
                    class="button button--main"
                    disabled=move || attempt.is_busy.get() || typed.name.with(|name| name.trim().is_empty())
                >
                    "Save contact"
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// Saves the form as `saving` says, and goes where its answer leads.
pub fn save(store: Store, typed: Typed, saving: Saving, attempt: Attempt, step: RwSignal<Step>, closing: Closing) {
    let is_link = matches!(saving, Saving::Link(_));
    spawn_local(async move {
        match save_contact(typed.room, typed.form(), saving).await {
            Ok(Saved::Done { contact, others }) => {
                typed.forget();
                let is_here = !attempt.is_busy.is_disposed();
                let may_merge = store.desk.with_untracked(|desk| may_merge_contacts(&desk.me));
                match others.first() {
                    Some(_) if may_merge && is_here => {
                        store.say("Contact saved.");
                        typed.go_on_from(&contact);
                        return step.set(Step::Merge(contact, others));
                    }
                    Some(other) => store.say(format!(
                        "Contact saved. {} is a contact with the same details {}: a team manager can merge the two.",
                        other.contact.name,
                        by_words(other)
                    )),
                    None if is_link => store.say(format!("Linked to {}.", contact.name)),
                    None => store.say("Contact saved."),
                }
                if is_here {
                    closing.close();
                }
            }
            Ok(Saved::Found(found)) => {
                attempt.is_busy.try_set(false);
                step.try_set(Step::Matches(found));
            }
            Err(error) => attempt.fail(store, &error),
        }
    });
}

#[component]
fn KeptWords(typed: Typed, name: NodeRef<html::Input>) -> impl IntoView {
    view! {
        <p class="contact__kept">
            <span>"You had not saved this."</span>
            <button
                type="button"
                class="button button--small"
                on:click=move |_| {
                    typed.begin_again();
                    drop(name.get_untracked().map(|name| name.focus()));
                }
            >
                "Start over"
            </button>
        </p>
    }
}

/// What else may become of a contact that is saved.
#[component]
fn More(typed: Typed, step: RwSignal<Step>) -> impl IntoView {
    let store = expect_context::<Store>();
    let me = store.me();
    let contact = typed.contact().filter(|_| may_merge_contacts(&me))?;
    let about = RwSignal::new(AboutContact::default());
    let id = contact.id;
    spawn_local(async move {
        // Whoever wants to merge finds the other by looking for it as well.
        if let Ok(known) = about_contact(id).await {
            about.try_set(known);
        }
    });
    let merged = contact.clone();
    let merge = move |_| step.set(Step::Merge(merged.clone(), about.with_untracked(|about| about.others.clone())));
    let delete = may_delete_contact(&me).then(|| {
        view! {
            <button type="button" class="button button--small button--danger" on:click=move |_| step.set(Step::Delete(contact.clone()))>
                "Delete contact…"
            </button>
        }
    });
    Some(view! {
        <div class="contact__more">
            <p class="contact__others" role="status">
                {dynamic(move || about.with(|about| others_words(&about.others)))}
            </p>
            <button type="button" class="button button--small" on:click=merge>
                "Merge with another…"
            </button>
            {delete}
        </div>
    })
}

/// "Ana Souza is a contact as well (phone)."
fn others_words(others: &[Match]) -> Option<String> {
    let first = others.first()?;
    let Contact { name, .. } = &first.contact;
    Some(match others.len() - 1 {
        0 => format!("{name} is a contact as well {}.", by_words(first)),
        1 => format!("{name} and another contact match this one."),
        more => format!("{name} and {more} other contacts match this one."),
    })
}

#[component]
fn Line(
    label: &'static str,
    kind: &'static str,
    value: RwSignal<String>,
    typed: Typed,
    hint: Option<&'static str>,
) -> impl IntoView {
    let described = hint.map(|_| format!("contact-hint-{kind}"));
    view! {
        <div class="field">
            <label class="field">
                <span class="field__label">{label}</span>
                <input
                    class="field__input"
                    type=kind
                    autocomplete="off"
                    aria-describedby=described.clone()
                    prop:value=move || value.get()
                    on:input:target=move |event| {
                        value.set(event.target().value());
                        typed.keep();
                    }
                />
            </label>
            {hint.map(|words| view! { <span class="field__hint" id=described>{words}</span> })}
        </div>
    }
    .into_any()
}
