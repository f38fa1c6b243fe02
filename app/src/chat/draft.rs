//! Unsent words: on this page with every key, mirrored where the browser keeps something for us, told to the server when
//! one pauses, and never in another room.

use std::time::Duration;

use domain::id::RoomId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chat::Mode;
use crate::chat::api::{load_drafts, save_draft};
use crate::desk::{Place, Store};
use crate::storage;

/// A pause in writing after which the server is told.
const PAUSE: Duration = Duration::from_millis(500);

/// How soon a save that may pass is tried again by itself.
const AGAIN: Duration = Duration::from_secs(3);

/// How many characters of a draft the list shows.
const SHOWN: usize = 80;

/// The unsent words of one room, both kinds.
#[derive(Clone, Copy)]
pub struct Draft {
    store: Store,
    room: RoomId,
}

impl Draft {
    /// What was unsent in `room`: this browser's words where the server does not have them yet, else the server's.
    #[must_use]
    pub fn of(store: Store, room: RoomId) -> Self {
        let asked = [Mode::Reply, Mode::Note].map(|mode| {
            let place = (room, mode);
            if let Some((text, is_saved)) = mirrored(store, place) {
                store.unsent.words.update(|words| words.take_up(place, text, is_saved));
                // The server's list may be from before these words, and nothing else marks them.
                let stands =
                    store.unsent.words.with_untracked(|words| words.text(place).unwrap_or_default().to_owned());
                mark(store, place, &stands);
            }
            (place, store.unsent.words.with_untracked(|words| words.ask(place)))
        });
        spawn_local(async move {
            let Ok(drafts) = load_drafts(room).await else { return };
            for ((place, mark), text) in asked.into_iter().zip([drafts.reply, drafts.note]) {
                take(store, place, mark, &text);
            }
        });
        Self { store, room }
    }

    /// The words of one kind.
    #[must_use]
    pub fn words(self, mode: Mode) -> String {
        self.store.unsent.words.with(|words| words.text((self.room, mode)).unwrap_or_default().to_owned())
    }

    /// Whether the server has what is written.
    #[must_use]
    pub fn is_saved(self, mode: Mode) -> bool {
        self.store.unsent.words.with(|words| words.is_saved((self.room, mode)))
    }

    /// Another key was pressed.
    pub fn write(self, mode: Mode, text: &str) {
        let place = (self.room, mode);
        write(self.store, place, text);
        stop_waiting(self.store, place);
        if let Ok(waiting) = set_timeout_with_handle(move || self.save_now(mode), PAUSE) {
            self.store.unsent.waiting.update_value(|all| {
                all.insert(place, waiting);
            });
        }
    }

    /// Tells the server at once, as when one looks elsewhere.
    pub fn save_now(self, mode: Mode) {
        save_now(self.store, (self.room, mode));
    }
}

/// The words were sent, or are not wanted any more.
pub fn clear(store: Store, room: RoomId, mode: Mode) {
    write(store, (room, mode), "");
    save_now(store, (room, mode));
}

/// Puts words that were not sent back into the draft, before what stands there.
pub fn put_back(store: Store, room: RoomId, mode: Mode, words: String) {
    let present = unsent(store, room, mode);
    let words = if present.is_empty() { words } else { format!("{words}\n{present}") };
    write(store, (room, mode), &words);
    save_now(store, (room, mode));
}

/// The words that are unsent there, as far as this browser knows them.
pub fn unsent(store: Store, room: RoomId, mode: Mode) -> String {
    let known = store.unsent.words.with(|words| words.text((room, mode)).map(str::to_owned));
    known.or_else(|| mirrored(store, (room, mode)).map(|(text, _)| text)).unwrap_or_default()
}

/// Whether closing the page would lose words: the server does not have them, and the browser keeps nothing for us.
pub fn is_only_here(store: Store) -> bool {
    let places: Vec<Place> = store.unsent.words.with_untracked(|words| words.all_unsaved().collect());
    places.into_iter().any(|place| mirrored(store, place).is_none())
}

fn write(store: Store, place: Place, text: &str) {
    store.unsent.words.update(|words| words.write(place, text));
    mirror(store, place, text, false);
    mark(store, place, text);
}

/// One save follows the other: an older one never lands last.
fn save_now(store: Store, place: Place) {
    stop_waiting(store, place);
    if !store.unsent.saving.try_update_value(|saving| saving.insert(place)).unwrap_or(false) {
        return;
    }
    spawn_local(async move {
        let mut may_pass = false;
        while let Some((text, edits)) = store.unsent.words.with_untracked(|words| words.unsaved(place)) {
            if let Err(error) = save_draft(place.0, place.1, text.clone()).await {
                may_pass = error.may_pass();
                break;
            }
            if store.unsent.words.try_update(|words| words.saved(place, edits)).unwrap_or(false) {
                mirror(store, place, &text, true);
            }
        }
        store.unsent.saving.update_value(|saving| {
            saving.remove(&place);
        });
        if may_pass {
            set_timeout(move || save_now(store, place), AGAIN);
        }
    });
}

fn stop_waiting(store: Store, place: Place) {
    if let Some(waiting) = store.unsent.waiting.try_update_value(|all| all.remove(&place)).flatten() {
        waiting.clear();
    }
}

/// The server's words, unless this page has newer ones.
fn take(store: Store, place: Place, mark_of_question: Option<u32>, text: &str) {
    let is_news = store.unsent.words.try_update(|words| words.told(place, mark_of_question, text)).unwrap_or(false);
    if is_news {
        mirror(store, place, text, true);
        mark(store, place, text);
    } else {
        save_now(store, place);
    }
}

/// Lets the browser keep the words for the next page. One that cannot keep these keeps none: old ones would come back as
/// if they had never been sent.
fn mirror(store: Store, place: Place, text: &str, is_saved: bool) {
    let key = key(store, place);
    if is_saved && text.is_empty() {
        storage::forget(&key);
    } else {
        storage::save(&key, &format!("{}{text}", if is_saved { '=' } else { '+' }));
    }
}

/// What the browser kept, and whether the server had it too.
fn mirrored(store: Store, place: Place) -> Option<(String, bool)> {
    let text = storage::load(&key(store, place))?;
    match text.split_at_checked(1)? {
        ("=", words) => Some((words.to_owned(), true)),
        (_, words) => Some((words.to_owned(), false)),
    }
}

fn key(store: Store, (room, mode): Place) -> String {
    let me = store.desk.with_untracked(|desk| desk.me.id);
    let mode = match mode {
        Mode::Reply => "reply",
        Mode::Note => "note",
    };
    format!("draft:{me}:{room}:{mode}")
}

/// The list shows that there is an unsent reply.
fn mark(store: Store, (room, mode): Place, words: &str) {
    if mode == Mode::Note {
        return;
    }
    let first: String = words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SHOWN).collect();
    store.drafts.maybe_update(|drafts| match first.is_empty() {
        true => drafts.remove(&room).is_some(),
        false => drafts.insert(room, first.clone()) != Some(first),
    });
}
