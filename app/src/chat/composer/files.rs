//! The files beside the words: the button that chooses them, and what becomes of each.

use domain::channel::{ChannelKind, MediaLimit};
use domain::id::RoomId;
use domain::media::MediaKind;
use leptos::html;
use leptos::prelude::*;
use web_sys::{FileList, MouseEvent};

use crate::desk::{Attached, Chosen, Going};
use crate::parts::{Icon, dynamic};

/// The files of one composer.
#[derive(Clone, Copy)]
pub struct Files {
    pub attached: Attached,
    pub room: RoomId,
    pub on: Memo<Option<ChannelKind>>,
}

impl Files {
    /// Takes the files of a choice, a paste or a drop; false when there were none, or the channel takes none.
    pub fn choose(self, list: Option<FileList>) -> bool {
        let Some(on) = self.on.get_untracked().filter(|on| takes_files(*on)) else { return false };
        let files: Vec<_> = list.iter().flat_map(|list| (0..list.length()).filter_map(|at| list.item(at))).collect();
        let any = !files.is_empty();
        files.into_iter().for_each(|file| self.attached.choose(self.room, on, file));
        any
    }

    /// Whether the channel takes any.
    pub fn may_attach(self) -> bool {
        self.on.get().is_some_and(takes_files)
    }

    /// Whether everything chosen is on the server.
    pub fn are_here(self) -> bool {
        self.attached.of(self.room).iter().all(|chosen| matches!(chosen.going, Going::Here(_)))
    }
}

const fn takes_files(on: ChannelKind) -> bool {
    !on.capabilities().media.is_empty()
}

/// Chooses files from this machine; then `focus` leads back to the words.
#[component]
pub fn AttachButton(files: Files, focus: Callback<()>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let open = move |_: MouseEvent| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    view! {
        <input
            class="visually-hidden"
            type="file"
            multiple
            tabindex="-1"
            aria-hidden="true"
            node_ref=input
            on:change:target=move |event| {
                let input = event.target();
                files.choose(input.files());
                // The same file may be chosen again.
                input.set_value("");
                focus.run(());
            }
        />
        <button type="button" class="button button--quiet button--small composer__attach" aria-label="Attach files" title="Attach files" on:click=open>
            <Icon name="paperclip" />
        </button>
    }
}

/// The chosen files, and what can be done about each.
#[component]
pub fn AttachedFiles(
    files: Files,
    focus: Callback<()>,
    #[prop(default = "Files to send")] label: &'static str,
) -> impl IntoView {
    let Files { attached, room, .. } = files;
    let keys = Memo::new(move |_| attached.of(room).iter().map(|chosen| chosen.key).collect::<Vec<_>>());
    dynamic(move || {
        keys.with(|keys| !keys.is_empty()).then(|| {
            view! {
                <ul class="attached-list" aria-label=label>
                    <For each=move || keys.get() key=|key| *key let:key>
                        <Chip files focus key />
                    </For>
                </ul>
            }
        })
    })
}

#[component]
fn Chip(files: Files, focus: Callback<()>, key: u32) -> impl IntoView {
    let Files { attached, room, on } = files;
    let chosen = Memo::new(move |_| attached.of(room).into_iter().find(|chosen| chosen.key == key));
    let again = move |_| {
        if let Some(on) = on.get_untracked() {
            attached.retry(room, on, key);
        }
    };
    let as_document = move |_| {
        if let Some(on) = on.get_untracked() {
            attached.as_document(room, on, key);
        }
    };
    let fits_document = move |chosen: &Chosen| {
        let limit = on.get_untracked().and_then(|on| on.capabilities().media_limit(MediaKind::Document));
        let fits = |limit: &MediaLimit| chosen.file.bytes <= limit.max_bytes && limit.takes(&chosen.file.mime);
        chosen.kind != MediaKind::Document && limit.is_some_and(fits)
    };
    view! {
        <li class="attached">
            {dynamic(move || {
                let chosen = chosen.get()?;
                let stuck = match &chosen.going {
                    Going::Stuck(reason) => Some(reason.clone()),
                    Going::Up(_) | Going::Here(_) => None,
                };
                let is_up = matches!(chosen.going, Going::Up(_));
                let said = match &chosen.going {
                    Going::Up(hundredths) => format!("{} · {hundredths} %", chosen.file.size_words()),
                    Going::Here(_) | Going::Stuck(_) => chosen.file.size_words(),
                };
                let is_photo = MediaKind::Photo.takes(&chosen.file.mime);
                let may_be_document = stuck.is_some() && fits_document(&chosen);
                let name = chosen.file.name.clone();
                Some(view! {
                    {if is_photo {
                        view! { <img class="attached__photo" src=chosen.url.clone() alt="" /> }.into_any()
                    } else {
                        view! { <span class="attached__icon"><Icon name="paperclip" /></span> }.into_any()
                    }}
                    <span class="attached__words">
                        <span class="attached__name">{name.clone()}</span>
                        <span class="attached__size" role=is_up.then_some("status")>{said}</span>
                        {stuck.map(|reason| {
                            view! {
                                <span class="attached__problem" role="alert">{reason}</span>
                                <span class="attached__ways">
                                    {if may_be_document {
                                        view! {
                                            <button type="button" class="tick__action" on:click=as_document>
                                                "Send as document"
                                            </button>
                                        }.into_any()
                                    } else {
                                        view! {
                                            <button type="button" class="tick__action" on:click=again>"Retry"</button>
                                        }.into_any()
                                    }}
                                </span>
                            }
                        })}
                    </span>
                    <button
                        type="button"
                        class="button button--quiet button--small attached__remove"
                        aria-label=format!("Remove {name}")
                        title="Remove"
                        on:click=move |_| {
                            attached.remove(room, key);
                            focus.run(());
                        }
                    >
                        <Icon name="close" small=true />
                    </button>
                })
            })}
        </li>
    }
    .into_any()
}
