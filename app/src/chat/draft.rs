//! Unsent words: kept by this browser with every key, by the server when one pauses, and never in another room.

use std::collections::HashSet;
use std::time::Duration;

use domain::id::RoomId;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chat::Mode;
use crate::chat::api::{load_drafts, save_draft};
use crate::desk::Store;
use crate::storage;

/// A pause in writing after which the server is told.
const PAUSE: Duration = Duration::from_millis(500);

/// How many characters of a draft the list shows.
const SHOWN: usize = 80;

/// The unsent words of one room, both kinds.
#[derive(Clone, Copy)]
pub struct Draft {
    store: Store,
    room: RoomId,
    reply: RwSignal<String>,
    note: RwSignal<String>,
    /// Whether the server has what is written.
    pub is_saved: RwSignal<bool>,
    waiting: StoredValue<Option<TimeoutHandle>>,
    /// The kinds that are being saved.
    saves: StoredValue<HashSet<Mode>>,
}

impl Draft {
    /// What was unsent in `room`: this browser's words where the server does not have them yet, else the server's.
    #[must_use]
    pub fn of(store: Store, room: RoomId) -> Self {
        let local = |mode| kept(store, room, mode).map(|(words, _)| words).unwrap_or_default();
        let draft = Self {
            store,
            room,
            reply: RwSignal::new(local(Mode::Reply)),
            note: RwSignal::new(local(Mode::Note)),
            is_saved: RwSignal::new(true),
            waiting: StoredValue::new(None),
            saves: StoredValue::new(HashSet::new()),
        };
        spawn_local(async move {
            let Ok(drafts) = load_drafts(room).await else { return };
            draft.take(Mode::Reply, drafts.reply);
            draft.take(Mode::Note, drafts.note);
        });
        draft
    }

    /// The words of one kind.
    #[must_use]
    pub fn words(self, mode: Mode) -> RwSignal<String> {
        match mode {
            Mode::Reply => self.reply,
            Mode::Note => self.note,
        }
    }

    /// Another key was pressed.
    pub fn write(self, mode: Mode, words: String) {
        keep(self.store, self.room, mode, &words, false);
        mark(self.store, self.room, mode, &words);
        self.words(mode).set(words);
        self.is_saved.set(false);
        self.save_later(mode);
    }

    /// The words were sent.
    pub fn clear(self, mode: Mode) {
        keep(self.store, self.room, mode, "", false);
        mark(self.store, self.room, mode, "");
        self.words(mode).set(String::new());
        self.save_now(mode);
    }

    /// Tells the server at once, as when one looks elsewhere. One save follows the other: an older one never lands last.
    pub fn save_now(self, mode: Mode) {
        self.stop_waiting();
        let is_busy = self.saves.try_update_value(|saves| !saves.insert(mode)).unwrap_or(false);
        if is_busy {
            return;
        }
        spawn_local(async move {
            while let Some((words, false)) = kept(self.store, self.room, mode) {
                if save_draft(self.room, mode, words.clone()).await.is_err() {
                    break;
                }
                let is_still_it = kept(self.store, self.room, mode).is_some_and(|(present, _)| present == words);
                if is_still_it {
                    keep(self.store, self.room, mode, &words, true);
                    self.is_saved.try_set(true);
                }
            }
            self.saves.try_update_value(|saves| saves.remove(&mode));
        });
    }

    fn save_later(self, mode: Mode) {
        self.stop_waiting();
        let waiting = set_timeout_with_handle(move || self.save_now(mode), PAUSE);
        self.waiting.set_value(waiting.ok());
    }

    fn stop_waiting(self) {
        if let Some(Some(waiting)) = self.waiting.try_update_value(Option::take) {
            waiting.clear();
        }
    }

    /// The server's words, unless this browser has some that the server has not.
    fn take(self, mode: Mode, words: String) {
        let is_ours_newer = kept(self.store, self.room, mode).is_some_and(|(_, is_saved)| !is_saved);
        if is_ours_newer {
            self.save_now(mode);
        } else {
            keep(self.store, self.room, mode, &words, true);
            mark(self.store, self.room, mode, &words);
            self.words(mode).try_set(words);
        }
    }
}

/// Puts words that were not sent back into the draft, before what stands there.
pub fn put_back(store: Store, room: RoomId, mode: Mode, words: String) {
    let present = kept(store, room, mode).map(|(words, _)| words).unwrap_or_default();
    let words = if present.is_empty() { words } else { format!("{words}\n{present}") };
    keep(store, room, mode, &words, false);
    mark(store, room, mode, &words);
}

/// What this browser keeps, and whether the server has it too.
pub fn kept(store: Store, room: RoomId, mode: Mode) -> Option<(String, bool)> {
    let text = storage::load(&key(store, room, mode))?;
    match text.split_at_checked(1)? {
        ("=", words) => Some((words.to_owned(), true)),
        (_, words) => Some((words.to_owned(), false)),
    }
}

fn keep(store: Store, room: RoomId, mode: Mode, words: &str, is_saved: bool) {
    let key = key(store, room, mode);
    if is_saved && words.is_empty() {
        storage::forget(&key);
    } else {
        storage::save(&key, &format!("{}{words}", if is_saved { '=' } else { '+' }));
    }
}

fn key(store: Store, room: RoomId, mode: Mode) -> String {
    let me = store.desk.with_untracked(|desk| desk.me.id);
    let mode = match mode {
        Mode::Reply => "reply",
        Mode::Note => "note",
    };
    format!("draft:{me}:{room}:{mode}")
}

/// The list shows that there is an unsent reply.
fn mark(store: Store, room: RoomId, mode: Mode, words: &str) {
    if mode == Mode::Note {
        return;
    }
    let first: String = words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SHOWN).collect();
    store.drafts.maybe_update(|drafts| match first.is_empty() {
        true => drafts.remove(&room).is_some(),
        false => drafts.insert(room, first.clone()) != Some(first),
    });
}
