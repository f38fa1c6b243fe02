//! The quick replies that one has: found, made, changed and deleted.

mod form;

use std::sync::Arc;

use domain::id::RoomId;
use domain::permission::may_keep_quick_reply;
use domain::quick_reply::{Listed, QuickReply, fitting};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chat::api::delete_quick_reply;
use crate::chat::{Mode, ask_quick_replies, files_of, known_quick_replies, unsent, whose};
use crate::console::Ui;
use crate::desk::Store;
use crate::error::AppError;
use crate::parts::{Closing, Modal, bare, dynamic};
use form::Form;

/// What the dialog shows.
#[derive(Clone, PartialEq, Eq)]
enum Step {
    List,
    New,
    Change(QuickReply),
}

/// What the list is made of.
#[derive(Clone, Copy)]
struct Kept {
    store: Store,
    step: RwSignal<Step>,
    /// Nothing until they came.
    listed: RwSignal<Option<Arc<Vec<Listed>>>>,
    problem: RwSignal<Option<String>>,
    /// Takes the focus when what had it goes.
    search: NodeRef<html::Input>,
}

/// The dialog with all of them.
#[component]
pub fn KeptQuickReplies() -> impl IntoView {
    let ui = expect_context::<Ui>();
    let close = Callback::new(move |()| ui.dialog.set(None));
    view! {
        <Modal title="Quick replies" under="Type / in a message or note to put one in." on_close=close>
            <Steps />
        </Modal>
    }
}

/// The dialog that makes one of what is unsent in `room`.
#[component]
pub fn NewQuickReply(room: RoomId, mode: Mode) -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let text = untrack(|| unsent(store, room, mode));
    let close = Callback::new(move |()| ui.dialog.set(None));
    view! {
        <Modal title="New quick reply" on_close=close>
            <OfUnsent text />
        </Modal>
    }
}

#[component]
fn OfUnsent(text: String) -> impl IntoView {
    let store = expect_context::<Store>();
    let closing = expect_context::<Closing>();
    let done = Callback::new(move |saved: Option<QuickReply>| {
        closing.close();
        if let Some(saved) = saved {
            store.say(format!("Quick reply saved. Type /{} to put it in.", saved.shortcut));
        }
    });
    view! { <Form text done /> }
}

#[component]
fn Steps() -> impl IntoView {
    let kept = Kept {
        store: expect_context(),
        step: RwSignal::new(Step::List),
        listed: RwSignal::new(known_quick_replies()),
        problem: RwSignal::new(None),
        search: NodeRef::new(),
    };
    kept.load();
    let done = Callback::new(move |_: Option<QuickReply>| {
        kept.listed.set(known_quick_replies());
        kept.step.set(Step::List);
    });
    dynamic(move || match kept.step.get() {
        Step::List => view! { <List kept /> }.into_any(),
        Step::New => view! { <Form text=String::new() done /> }.into_any(),
        Step::Change(before) => view! { <Form text=before.text.clone() before done /> }.into_any(),
    })
}

impl Kept {
    /// Asks for them as they are now; what is known is shown meanwhile.
    fn load(self) {
        self.problem.set(None);
        spawn_local(async move {
            match ask_quick_replies().await {
                Ok(listed) => drop(self.listed.try_set(Some(listed))),
                Err(error) => self.fail(&error),
            }
        });
    }

    fn delete(self, reply: QuickReply) {
        self.problem.set(None);
        spawn_local(async move {
            match delete_quick_reply(reply.id).await {
                Ok(()) => {
                    // The row takes the focus away with it.
                    if let Some(search) = self.search.try_get_untracked().flatten() {
                        drop(search.focus());
                    }
                    self.load();
                }
                Err(error) => self.fail(&error),
            }
        });
    }

    fn fail(self, error: &AppError) {
        if *error == AppError::SignIn {
            self.store.report(error);
        }
        self.problem.try_set(Some(self.store.words(error)));
    }
}

#[component]
fn List(kept: Kept) -> impl IntoView {
    let closing = expect_context::<Closing>();
    let wanted = RwSignal::new(String::new());
    let shown = Memo::new(move |_| {
        let wanted = bare(&wanted.get());
        kept.listed.with(|listed| {
            let listed = listed.as_deref().map(Vec::as_slice).unwrap_or_default();
            fitting(listed, &wanted).into_iter().cloned().collect::<Vec<_>>()
        })
    });
    let nothing = move || {
        let is_empty = kept.listed.with(|listed| listed.as_ref().map(|listed| listed.is_empty()));
        match (is_empty, shown.with(Vec::is_empty)) {
            (None, _) if kept.problem.with(Option::is_some) => None,
            (None, _) => Some("Loading…"),
            (Some(true), _) => {
                Some("There are none yet. What you write again and again can be kept here under a short word.")
            }
            (Some(false), true) => Some("No quick reply has these words."),
            (Some(false), false) => None,
        }
    };
    kept.search.on_load(|search| drop(search.focus()));
    view! {
        <div class="kept">
            <label class="field">
                <span class="visually-hidden">"Find a quick reply"</span>
                <input
                    class="field__input"
                    type="text"
                    placeholder="Find a quick reply"
                    autocomplete="off"
                    autofocus
                    node_ref=kept.search
                    prop:value=move || wanted.get()
                    on:input:target=move |event| wanted.set(event.target().value())
                />
            </label>
            // Where nothing in it can be changed, keys scroll it all the same.
            <ul class="kept__list" tabindex="0" aria-label="Quick replies">
                <For each=move || shown.get() key=QuickReply::clone let:reply>
                    <Row reply kept />
                </For>
            </ul>
            <p class="template__wait" role="status">
                {dynamic(nothing)}
            </p>
            <p class="contact__problem" role="alert">
                {dynamic(move || kept.problem.get())}
            </p>
            <div class="dialog__actions">
                <button type="button" class="button" on:click=move |_| closing.close()>
                    "Close"
                </button>
                <button type="button" class="button button--main" on:click=move |_| kept.step.set(Step::New)>
                    "New quick reply"
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// One of them. Who may not change it reads it.
#[component]
fn Row(reply: QuickReply, kept: Kept) -> impl IntoView {
    let may_keep = kept.store.desk.with_untracked(|desk| may_keep_quick_reply(&desk.me, reply.scope));
    let is_asking = RwSignal::new(false);
    let (shortcut, text, scope) = (format!("/{}", reply.shortcut), reply.text.clone(), reply.scope);
    let (name, files) = (shortcut.clone(), files_of(&reply));
    view! {
        <li class="kept__row">
            <div class="kept__about">
                <p class="kept__name">
                    <span class="quick__shortcut" dir="auto">{shortcut}</span>
                    <span class="chip">{dynamic(move || whose(kept.store, scope))}</span>
                    {files}
                </p>
                <p class="kept__text" dir="auto">{text}</p>
            </div>
            {may_keep
                .then(|| {
                    dynamic(move || {
                        let (reply, name) = (reply.clone(), name.clone());
                        if is_asking.get() {
                            view! { <Ask reply name is_asking kept /> }.into_any()
                        } else {
                            view! { <Ways reply name is_asking kept /> }.into_any()
                        }
                    })
                })}
        </li>
    }
    .into_any()
}

#[component]
fn Ways(reply: QuickReply, name: String, is_asking: RwSignal<bool>, kept: Kept) -> impl IntoView {
    view! {
        <div class="kept__ways">
            <button
                type="button"
                class="button button--small"
                aria-label=format!("Edit {name}")
                on:click=move |_| kept.step.set(Step::Change(reply.clone()))
            >
                "Edit"
            </button>
            <button
                type="button"
                class="button button--small button--danger"
                aria-label=format!("Delete {name}")
                on:click=move |_| is_asking.set(true)
            >
                "Delete"
            </button>
        </div>
    }
    .into_any()
}

/// Whether it shall really go.
#[component]
fn Ask(reply: QuickReply, name: String, is_asking: RwSignal<bool>, kept: Kept) -> impl IntoView {
    let keep = NodeRef::<html::Button>::new();
    keep.on_load(|keep| drop(keep.focus()));
    let back = move |_| {
        is_asking.set(false);
        // The question takes the focus away with it.
        if let Some(search) = kept.search.get_untracked() {
            drop(search.focus());
        }
    };
    view! {
        <div class="kept__ways" role="group" aria-label=format!("Delete {name}?")>
            <span class="kept__question">"Delete it?"</span>
            <button type="button" class="button button--small" node_ref=keep on:click=back>
                "Keep"
            </button>
            <button
                type="button"
                class="button button--small button--danger"
                aria-label=format!("Really delete {name}")
                on:click=move |_| kept.delete(reply.clone())
            >
                "Delete"
            </button>
        </div>
    }
    .into_any()
}
