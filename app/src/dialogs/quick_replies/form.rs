//! The form of a quick reply: its shortcut, its words with what is filled in, its files, and who has it.

use domain::channel::ChannelKind;
use domain::id::{FileId, RoomId};
use domain::media::{FileState, MediaKind};
use domain::message::Attachment;
use domain::permission::may_keep_quick_reply;
use domain::quick_reply::{Placeholder, QuickReply, QuickReplyScope, SHORTCUT_MAX, SaveQuickReply};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chat::api::{add_quick_reply, change_quick_reply};
use crate::chat::{AttachButton, AttachedFiles, Files, ask_quick_replies, put_words, whose};
use crate::desk::{Going, Store};
use crate::dialogs::DialogForm;
use crate::error::AppError;
use crate::parts::{dynamic, small};

/// The room in which the files of a quick reply are chosen: none that is.
const NOWHERE: RoomId = RoomId::from_number(0);

/// What is typed, and what becomes of it.
#[derive(Clone, Copy)]
struct Typed {
    shortcut: RwSignal<String>,
    text: RwSignal<String>,
    scope: RwSignal<QuickReplyScope>,
    files: Files,
    is_busy: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
}

/// The form: of `before`, or of a new one that begins with `text`. `done` hears what was saved, or that nothing was.
#[component]
pub fn Form(
    text: String,
    #[prop(optional)] before: Option<QuickReply>,
    done: Callback<Option<QuickReply>>,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let me = store.desk.with_untracked(|desk| desk.me.id);
    let typed = Typed {
        shortcut: RwSignal::new(before.as_ref().map(|before| before.shortcut.clone()).unwrap_or_default()),
        text: RwSignal::new(text),
        scope: RwSignal::new(before.as_ref().map_or(QuickReplyScope::Personal(me), |before| before.scope)),
        files: begin_files(store, before.as_ref()),
        is_busy: RwSignal::new(false),
        problem: RwSignal::new(None),
    };
    let id = before.map(|before| before.id);
    let submit = Callback::new(move |()| {
        let form = typed.form();
        if typed.is_busy.get_untracked() {
            return;
        }
        typed.is_busy.set(true);
        typed.problem.set(None);
        spawn_local(async move {
            let saved = match id {
                Some(id) => change_quick_reply(id, form).await,
                None => add_quick_reply(form).await,
            };
            match saved {
                Ok(saved) => {
                    // Where they do not come now, they do when the list opens.
                    drop(ask_quick_replies().await);
                    done.try_run(Some(saved));
                }
                Err(error) => typed.fail(store, &error),
            }
        });
    });
    let first = NodeRef::<html::Input>::new();
    first.on_load(|first| drop(first.focus()));
    let field = NodeRef::<html::Textarea>::new();
    let is_unready = move || {
        let has_files = !typed.files.attached.of(NOWHERE).is_empty();
        let is_empty = typed.text.with(|text| text.trim().is_empty()) && !has_files;
        is_empty || typed.shortcut.with(|word| word.trim().is_empty()) || !typed.files.are_here()
    };
    view! {
        <DialogForm class="contact" submit>
            <label class="field">
                <span class="field__label">"Shortcut"</span>
                <input
                    class="field__input"
                    type="text"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    autofocus
                    // Its slash may be typed as well.
                    maxlength=(SHORTCUT_MAX + 1).to_string()
                    aria-describedby="shortcut-hint"
                    node_ref=first
                    prop:value=move || typed.shortcut.get()
                    on:input:target=move |event| typed.shortcut.set(event.target().value())
                />
                <span class="field__hint" id="shortcut-hint">"One word. It is what you type after a /."</span>
            </label>
            <Text typed field />
            <WithFiles files=typed.files field />
            <Whose typed />
            <p class="contact__problem" role="alert">
                {dynamic(move || typed.problem.get())}
            </p>
            <div class="dialog__actions">
                <button type="button" class="button" on:click=move |_| done.run(None)>
                    "Cancel"
                </button>
                <button type="submit" class="button button--main" disabled=move || typed.is_busy.get() || is_unready()>
                    "Save quick reply"
                </button>
            </div>
        </DialogForm>
    }
    .into_any()
}

/// The words, and buttons for what is filled in when they are put in.
#[component]
fn Text(typed: Typed, field: NodeRef<html::Textarea>) -> impl IntoView {
    let put_in = move |placeholder: Placeholder| {
        let Some(field) = field.get_untracked() else { return };
        let from = field.selection_start().ok().flatten().unwrap_or(0);
        let to = field.selection_end().ok().flatten().unwrap_or(from);
        put_words(&field, from, to, &placeholder.written());
        typed.text.set(field.value());
    };
    let way = |placeholder: Placeholder| {
        view! {
            <button type="button" class="button button--small" on:click=move |_| put_in(placeholder)>
                {placeholder.name()}
            </button>
        }
    };
    view! {
        <label class="field">
            <span class="field__label">"Text"</span>
            <textarea
                class="field__input kept__field"
                rows="5"
                dir="auto"
                node_ref=field
                prop:value=move || typed.text.get()
                on:input:target=move |event| typed.text.set(event.target().value())
            ></textarea>
        </label>
        <div class="kept__fill" role="group" aria-label="Filled in when it is put in">
            <span class="field__hint">"Fill in:"</span>
            {Placeholder::ALL.into_iter().map(way).collect_view()}
        </div>
    }
    .into_any()
}

/// What goes with the words, uploaded as in a chat.
#[component]
fn WithFiles(files: Files, field: NodeRef<html::Textarea>) -> impl IntoView {
    let focus = Callback::new(move |()| {
        if let Some(field) = field.get_untracked() {
            // A field that is gone takes no focus.
            drop(field.focus());
        }
    });
    view! {
        <div class="kept__fill">
            <AttachButton files focus />
            <span class="field__hint">"Photos and files that go with it"</span>
        </div>
        <AttachedFiles files focus label="Files of the quick reply" />
    }
    .into_any()
}

/// Those of `before`, and what is chosen besides, for as long as the form is there.
fn begin_files(store: Store, before: Option<&QuickReply>) -> Files {
    let attached = store.attached;
    attached.remove_all(NOWHERE);
    let kept = before.map(|before| before.files.clone()).unwrap_or_default();
    let to_attachment = |file| Attachment::new(MediaKind::Document, FileState::Here(file));
    attached.put_back(NOWHERE, &kept.into_iter().map(to_attachment).collect::<Vec<_>>());
    on_cleanup(move || attached.remove_all(NOWHERE));
    Files { attached, room: NOWHERE, on: Memo::new(|_| Some(ChannelKind::Web)) }
}

/// Who has it, for those who may keep others than their own.
#[component]
fn Whose(typed: Typed) -> impl IntoView {
    let store = expect_context::<Store>();
    let scopes = untrack(|| scopes(store));
    if scopes.len() < 2 {
        return ().into_any();
    }
    let present = typed.scope.get_untracked();
    let options = scopes
        .iter()
        .enumerate()
        .map(|(at, scope)| {
            let name = untrack(|| whose(store, *scope));
            view! {
                <option value=at.to_string() selected=*scope == present>
                    {name}
                </option>
            }
        })
        .collect_view();
    let choose = move |value: String| {
        if let Some(scope) = value.parse().ok().and_then(|at: usize| scopes.get(at)) {
            typed.scope.set(*scope);
        }
    };
    view! {
        <label class="field">
            <span class="field__label">"Who has it"</span>
            <select class="field__input" on:change:target=move |event| choose(event.target().value())>
                {options}
            </select>
        </label>
    }
    .into_any()
}

/// Those that one keeps: one's own, those of teams by name, everybody's.
fn scopes(store: Store) -> Vec<QuickReplyScope> {
    store.desk.with(|desk| {
        let mut teams: Vec<_> = desk.teams.values().collect();
        teams.sort_by_key(|team| small(&team.name));
        let teams = teams.into_iter().map(|team| QuickReplyScope::Team(team.id));
        let all = std::iter::once(QuickReplyScope::Personal(desk.me.id)).chain(teams).chain([QuickReplyScope::Shared]);
        all.filter(|scope| may_keep_quick_reply(&desk.me, *scope)).collect()
    })
}

impl Typed {
    fn form(self) -> SaveQuickReply {
        SaveQuickReply {
            shortcut: self.shortcut.get_untracked(),
            text: self.text.get_untracked(),
            scope: self.scope.get_untracked(),
            files: untrack(|| self.files()),
        }
    }

    fn files(self) -> Vec<FileId> {
        let here = |going| match going {
            Going::Here(file) => Some(file.id),
            Going::Up(_) | Going::Stuck(_) => None,
        };
        self.files.attached.of(NOWHERE).into_iter().filter_map(|chosen| here(chosen.going)).collect()
    }

    /// Says why it did not work, if the form is still there.
    fn fail(self, store: Store, error: &AppError) {
        if *error == AppError::SignIn {
            store.report(error);
        }
        self.is_busy.try_set(false);
        self.problem.try_set(Some(store.words(error)));
    }
}
