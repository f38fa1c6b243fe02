//! The private notes and the files of a room, newest first, each with the way to where it stands in the conversation.

use domain::desk::{Desk, Gather};
use domain::id::{MessageId, PersonId, RoomId};
use domain::media::{FileState, MediaKind};
use domain::message::{Attachment, Entry, What};
use domain::timestamp::Timestamp;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chat::{api, show_message};
use crate::clock::ago;
use crate::console::Ui;
use crate::desk::Store;
use crate::error::AppError;
use crate::parts::{Icon, Moment, dynamic, when_resized};

/// Both, for as long as the room is on screen.
#[component]
pub fn Gathered(room: RoomId) -> impl IntoView {
    view! {
        <Section room what=Gather::Notes />
        <Section room what=Gather::Files />
    }
}

/// How far one kind is known.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Known {
    count: usize,
    is_asked: bool,
    /// Where the page after the last one ends.
    next: Option<u32>,
}

#[component]
fn Section(room: RoomId, what: Gather) -> impl IntoView {
    let store = expect_context::<Store>();
    let frame = NodeRef::<html::Section>::new();
    let is_open = RwSignal::new(true);
    let problem = RwSignal::new(None::<AppError>);
    let items = Memo::new(move |_| store.desk.with(|desk| items(desk, room, what)));
    let known = Memo::new(move |_| store.desk.with(|desk| known(desk, room, what)));
    let load = move |before: Option<u32>| {
        problem.set(None);
        spawn_local(async move {
            match api::load_gathered(room, what, before).await {
                Ok((entries, has_earlier)) => {
                    store.desk.update(|desk| desk.add_gathered(room, what, before, entries, has_earlier));
                }
                Err(AppError::SignIn) => store.report(&AppError::SignIn),
                Err(error) => {
                    problem.try_set(Some(error));
                }
            }
        });
    };
    // Nothing is asked for where nobody looks: a panel that is closed, or has no room beside the conversation.
    let is_in_sight = in_sight(frame);
    let is_wanted = Memo::new(move |_| is_in_sight.get() && known.get().is_some_and(|known| !known.is_asked));
    Effect::new(move |_| {
        if is_wanted.get() {
            load(None);
        }
    });
    let title = match what {
        Gather::Notes => "Notes",
        Gather::Files => "Files",
    };
    let count = move || match known.get() {
        Some(Known { count: 0, is_asked: true, .. }) => "none".to_owned(),
        Some(Known { count, next: Some(_), .. }) => format!("{count}+"),
        Some(Known { count: 0, .. }) | None => String::new(),
        Some(Known { count, .. }) => count.to_string(),
    };
    let is_shown = move || is_open.get() && known.get().is_some_and(|known| known.count > 0);
    view! {
        <section class="panel__section" node_ref=frame aria-label=title>
            <h3 class="panel__title panel__title--fold">
                <button
                    type="button"
                    class="panel__fold"
                    aria-expanded=move || if is_shown() { "true" } else { "false" }
                    disabled=move || known.get().is_none_or(|known| known.count == 0)
                    on:click=move |_| is_open.update(|open| *open = !*open)
                >
                    <span>{title}</span>
                    <span class="panel__count">{dynamic(count)}</span>
                </button>
            </h3>
            {dynamic(move || {
                is_shown()
                    .then(|| {
                        view! {
                            <ul class="gathered">
                                <For each=move || items.get() key=Item::key let:item>
                                    {row(store, room, item)}
                                </For>
                            </ul>
                            {dynamic(move || {
                                known.get()
                                    .and_then(|known| known.next)
                                    .map(|next| {
                                        view! {
                                            <button type="button" class="button button--quiet button--small" on:click=move |_| load(Some(next))>
                                                "Show earlier"
                                            </button>
                                        }
                                    })
                            })}
                        }
                    })
            })}
            {dynamic(move || {
                problem
                    .get()
                    .map(|error| {
                        view! {
                            <p class="panel__warning" role="alert">
                                {error.to_string()}
                                <button type="button" class="button button--small" on:click=move |_| load(known.get_untracked().and_then(|known| known.next))>
                                    "Try again"
                                </button>
                            </p>
                        }
                    })
            })}
        </section>
    }
    .into_any()
}

/// One line of the panel: a note, or one file of a message.
#[derive(Clone, PartialEq)]
struct Item {
    position: u32,
    at: Timestamp,
    message: MessageId,
    kept: Kept,
}

#[derive(Clone, PartialEq)]
enum Kept {
    Note { by: PersonId, text: String },
    File { place: usize, file: Attachment },
}

impl Item {
    /// What tells it from all others, and from itself before its file came or was lost.
    fn key(&self) -> (u32, usize, bool, bool) {
        match &self.kept {
            Kept::Note { .. } => (self.position, 0, false, true),
            Kept::File { place, file } => {
                let is_coming = matches!(file.file, FileState::Coming);
                (self.position, *place, is_coming, file.file.stored().is_some())
            }
        }
    }

    fn all(entry: &Entry) -> Vec<Self> {
        let item = |message, kept| Self { position: entry.position, at: entry.at, message, kept };
        match &entry.what {
            What::Note(note) => vec![item(note.id, Kept::Note { by: note.by, text: note.text.clone() })],
            What::Message(message) => {
                let files = message.content.files().iter().enumerate().filter(|(_, file)| !file.is_deleted());
                files.map(|(place, file)| item(message.id, Kept::File { place, file: file.clone() })).collect()
            }
            What::Line(_) => Vec::new(),
        }
    }
}

fn items(desk: &Desk, room: RoomId, what: Gather) -> Vec<Item> {
    let view = desk.open.iter().filter(|view| view.room.id == room);
    view.flat_map(|view| view.gathered(what)).flat_map(Item::all).collect()
}

fn known(desk: &Desk, room: RoomId, what: Gather) -> Option<Known> {
    let view = desk.open.as_ref().filter(|view| view.room.id == room)?;
    let count = view.gathered(what).into_iter().flat_map(Item::all).count();
    Some(Known { count, is_asked: view.has_gathered(what), next: view.gathers_before(what) })
}

fn row(store: Store, room: RoomId, item: Item) -> AnyView {
    let Item { position, at, message, kept } = item;
    let ui = expect_context::<Ui>();
    let show = move |_| jump(store, ui, room, message, position);
    match kept {
        Kept::Note { by, text } => view! {
            <li>
                <button type="button" class="gathered__note" title="Show in the conversation" on:click=show>
                    <span class="gathered__words">{text}</span>
                    <span class="gathered__under">
                        {store.desk.with_untracked(|desk| if by == desk.me.id { "You".to_owned() } else { desk.name_of(by).to_owned() })}
                        " · " <Moment at words=ago />
                    </span>
                </button>
            </li>
        }
        .into_any(),
        Kept::File { file, .. } => view! {
            <li class="gathered__file">
                {face(store, &file)}
                <span class="gathered__body">
                    {name(store, &file)}
                    <span class="gathered__under">{under(&file)} " · " <Moment at words=ago /></span>
                </span>
                <button
                    type="button"
                    class="icon-button"
                    title="Show in the conversation"
                    aria-label=format!("Show {} in the conversation", name_of(&file))
                    on:click=show
                >
                    <Icon name="enter" small=true />
                </button>
            </li>
        }
        .into_any(),
    }
}

/// A small picture of what is one, and a mark for anything else.
fn face(store: Store, file: &Attachment) -> AnyView {
    let is_picture =
        |mime: &str| matches!(file.kind, MediaKind::Photo | MediaKind::Sticker) && MediaKind::Photo.takes(mime);
    match file.file.stored().filter(|stored| is_picture(&stored.mime)) {
        Some(stored) => {
            let url = store.attached.url(stored.id);
            view! { <img class="gathered__face" src=url alt="" loading="lazy" decoding="async" /> }.into_any()
        }
        None => view! { <span class="gathered__face"><Icon name="doc" /></span> }.into_any(),
    }
}

/// The file's name, which opens it once it is here.
fn name(store: Store, file: &Attachment) -> AnyView {
    let name = name_of(file);
    match file.file.stored() {
        Some(stored) => {
            let url = store.attached.url(stored.id);
            view! {
                <a class="gathered__name link" href=url target="_blank" rel="noopener" title=name.clone()>
                    {name.clone()}
                </a>
            }
            .into_any()
        }
        None => view! { <span class="gathered__name">{name}</span> }.into_any(),
    }
}

fn name_of(file: &Attachment) -> String {
    let stored = file.file.stored().map(|stored| stored.name.clone()).filter(|name| !name.is_empty());
    stored.unwrap_or_else(|| file.label().to_owned())
}

fn under(file: &Attachment) -> String {
    match &file.file {
        FileState::Here(stored) => stored.size_words(),
        FileState::Coming => "on its way".into(),
        FileState::Lost { .. } => "could not be loaded".into(),
        FileState::Deleted => "deleted".into(),
    }
}

/// Goes to the message, loading what is between. A panel that covers the conversation makes way for it.
fn jump(store: Store, ui: Ui, room: RoomId, message: MessageId, position: u32) {
    ui.uncover();
    spawn_local(async move {
        while let Some(first) = first_loaded(store, room).filter(|first| *first > position) {
            match api::load_earlier(room, first).await {
                Ok((entries, has_earlier)) => {
                    store.desk.update(|desk| desk.add_earlier(room, entries, has_earlier));
                }
                Err(error) => return store.report(&error),
            }
            if first_loaded(store, room) == Some(first) {
                return;
            }
        }
        // The bubble stands with the next frame, and what comes to stand above it is in its place with the one after.
        request_animation_frame(move || request_animation_frame(move || show_message(message)));
    });
}

/// Where the loaded transcript begins; `None` once another room is on screen.
fn first_loaded(store: Store, room: RoomId) -> Option<u32> {
    store.desk.with_untracked(|desk| {
        let view = desk.open.as_ref().filter(|view| view.room.id == room)?;
        view.entries.first().map(|entry| entry.position)
    })
}

/// Whether `frame` takes up room on screen.
pub(super) fn in_sight(frame: NodeRef<html::Section>) -> RwSignal<bool> {
    let is_in_sight = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(section) = frame.get() else { return };
        when_resized(&section, move || {
            let width = frame.try_get_untracked().flatten().map_or(0, |section| section.offset_width());
            if width > 0 {
                is_in_sight.try_set(true);
            }
        });
    });
    is_in_sight
}
