//! What the list of quick replies shows, and what a key or a click in it does.

use std::sync::Arc;

use domain::id::QuickReplyId;
use domain::quick_reply::{self, LentFile, Listed};
use domain::room::Room;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};

use super::offer::{Offer, Place, listed_offers};
use super::{ask_quick_replies, known_quick_replies, put_words};
use crate::chat::Mode;
use crate::chat::api::lend_quick_reply_files;
use crate::chat::composer::mentions::{ROLE, hear, up_to, width};
use crate::chat::composer::writing::COMPOSED;
use crate::console::{Dialog, Ui};
use crate::desk::Store;
use crate::parts::bare;

/// A shortcut that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Begun {
    /// Where its "/" stands, as the field counts.
    at: u32,
    /// What stands between that and the cursor, as it is compared.
    words: String,
}

/// How far the quick replies have come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Coming {
    Here,
    OnItsWay,
    Failed,
}

#[derive(Clone, Copy)]
pub struct Picker {
    pub ui: Ui,
    store: Store,
    known: Memo<Option<Room>>,
    field: NodeRef<html::Textarea>,
    write: Callback<String>,
    mode: RwSignal<Mode>,
    pub coming: RwSignal<Coming>,
    listed: RwSignal<Arc<Vec<Listed>>>,
    begun: RwSignal<Option<Begun>>,
    /// The "/" at which the list was left: it does not open there again.
    left: StoredValue<Option<u32>>,
    /// The "/" that the button put in.
    by_button: StoredValue<Option<u32>>,
    /// The one that Enter takes, by its place.
    pub chosen: RwSignal<usize>,
    pub shown: Memo<Vec<Offer>>,
    pub is_open: Memo<bool>,
}

impl Picker {
    pub fn begin(
        field: NodeRef<html::Textarea>,
        write: Callback<String>,
        known: Memo<Option<Room>>,
        mode: RwSignal<Mode>,
    ) -> Self {
        let store = expect_context::<Store>();
        let begun = RwSignal::new(None::<Begun>);
        let by_button = StoredValue::new(None);
        let last = known_quick_replies();
        let coming = RwSignal::new(if last.is_some() { Coming::Here } else { Coming::OnItsWay });
        let listed = RwSignal::new(last.unwrap_or_default());
        let shown = Memo::new(move |_| {
            let Some(begun) = begun.get().filter(|_| coming.get() == Coming::Here) else { return Vec::new() };
            let place = known.with(|room| Place::of(room.as_ref(), mode.get()));
            let is_asked_for = by_button.get_value() == Some(begun.at);
            listed.with(|listed| listed_offers(store, &place, listed, &begun.words, is_asked_for))
        });
        let is_open = Memo::new(move |_| {
            begun.with(Option::is_some) && (coming.get() != Coming::Here || shown.with(|shown| !shown.is_empty()))
        });
        let picker = Self {
            ui: expect_context(),
            store,
            known,
            field,
            write,
            mode,
            coming,
            listed,
            begun,
            left: StoredValue::new(None),
            by_button,
            chosen: RwSignal::new(0),
            shown,
            is_open,
        };
        // So that they are there at once when the first "/" is typed.
        if coming.get_untracked() == Coming::OnItsWay {
            picker.load();
        }
        picker
    }

    /// Follows what happens in the field, for as long as this is there.
    pub fn listen(self, field: &HtmlTextAreaElement) {
        hear(field, "input", move |_| self.follow());
        hear(field, "keydown", move |event| {
            if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                self.press(event);
            }
        });
        for moved in ["keyup", "click"] {
            hear(field, moved, move |_| self.stay());
        }
        hear(field, "blur", move |_| self.close());
        for (name, value) in ROLE {
            // Neither fails for a name like these.
            drop(field.set_attribute(name, value));
        }
        // One may have begun before this was there.
        if document().active_element().is_some_and(|active| active.is_same_node(Some(field))) {
            self.follow();
        }
    }

    /// Asks for them as they are now; what is known is shown meanwhile.
    fn load(self) {
        if self.coming.get_untracked() == Coming::Failed {
            self.coming.set(Coming::OnItsWay);
        }
        spawn_local(async move {
            match ask_quick_replies().await {
                Ok(listed) => self.take_up(listed),
                Err(_) if self.coming.try_get_untracked() == Some(Coming::OnItsWay) => self.coming.set(Coming::Failed),
                Err(_) => {}
            }
        });
    }

    /// What came may be other than what is shown; the chosen one stays chosen.
    fn take_up(self, listed: Arc<Vec<Listed>>) {
        let is_known = self.listed.try_with_untracked(|before| *before == listed);
        let Some(is_known) = is_known else { return };
        if is_known && self.coming.get_untracked() == Coming::Here {
            return;
        }
        let chosen = self.shown.with_untracked(|shown| shown.get(self.chosen.get_untracked()).and_then(id_of));
        self.listed.set(listed);
        self.coming.set(Coming::Here);
        let place = |shown: &Vec<Offer>| shown.iter().position(|offer| chosen.is_some() && id_of(offer) == chosen);
        self.chosen.set(self.shown.with_untracked(place).unwrap_or(0));
    }

    /// Something was typed.
    fn follow(self) {
        let begun = self.at_cursor();
        let at = begun.as_ref().map(|begun| begun.at);
        if at != self.left.get_value() {
            self.left.set_value(None);
        }
        self.show(begun.filter(|_| self.left.get_value().is_none()));
    }

    /// The cursor may stand elsewhere: the list closes where it left the shortcut, and opens nowhere.
    fn stay(self) {
        let Some(before) = self.begun.get_untracked() else { return };
        self.show(self.at_cursor().filter(|begun| begun.at == before.at));
    }

    fn show(self, begun: Option<Begun>) {
        let before = self.begun.get_untracked();
        if before == begun {
            return;
        }
        if before.is_none() {
            self.load();
        }
        self.chosen.set(0);
        self.begun.set(begun);
    }

    /// A key while the list is open is the list's. One that comes before the list sends nothing.
    fn press(self, event: &KeyboardEvent) {
        if !self.is_open.get_untracked() || event.is_composing() || event.key_code() == COMPOSED {
            return;
        }
        let count = self.shown.with_untracked(Vec::len);
        let present = self.chosen.get_untracked();
        match event.key().as_str() {
            "Escape" => self.leave(),
            _ if self.coming.get_untracked() == Coming::Failed => return,
            "ArrowDown" => self.chosen.set(if present + 1 < count { present + 1 } else { 0 }),
            "ArrowUp" => self.chosen.set(present.checked_sub(1).unwrap_or(count.saturating_sub(1))),
            "Enter" | "Tab" if !event.shift_key() => {
                if let Some(offer) = self.shown.with_untracked(|shown| shown.get(present).cloned()) {
                    self.take(&offer);
                }
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_immediate_propagation();
    }

    /// Why the list has no quick reply.
    pub fn nothing(self) -> &'static str {
        let is_searched = self.begun.with(|begun| begun.as_ref().is_some_and(|begun| !begun.words.is_empty()));
        if is_searched { "No quick reply has these words." } else { "No quick replies yet." }
    }

    /// Does what a row says.
    pub fn take(self, offer: &Offer) {
        match offer {
            Offer::Reply { reply, words, .. } if reply.files.is_empty() => self.put_in(words),
            Offer::Reply { reply, words, .. } => self.put_in_with_files(reply.id, words.clone()),
            Offer::New => {
                self.put_in("");
                self.ui.dialog.set(Some(Dialog::NewQuickReply(self.mode.get_untracked())));
            }
            Offer::Manage => {
                self.put_in("");
                self.ui.dialog.set(Some(Dialog::QuickReplies));
            }
        }
    }

    /// Puts the words in once their files are there, unless one went elsewhere meanwhile.
    fn put_in_with_files(self, reply: QuickReplyId, words: String) {
        let begun = self.begun.get_untracked().map(|begun| begun.at);
        // While one waits, no key takes another.
        self.coming.set(Coming::OnItsWay);
        spawn_local(async move {
            let lent = lend_quick_reply_files(reply).await;
            let Some(present) = self.begun.try_get_untracked() else { return };
            self.coming.set(Coming::Here);
            match lent {
                Ok(lent) if present.map(|present| present.at) == begun => self.put_in(&self.beside(lent, words)),
                Ok(_) => {}
                Err(error) => self.store.report(&error),
            }
        });
    }

    /// Adds the files that the channel carries to what is to be sent, and the addresses of the others to `words`.
    fn beside(self, lent: Vec<LentFile>, mut words: String) -> String {
        let place = self.known.with_untracked(|room| Place::of(room.as_ref(), self.mode.get_untracked()));
        for LentFile { of, file, link } in lent {
            match (place.carries(&file), self.known.with_untracked(|room| room.as_ref().map(|room| room.id))) {
                (Ok(kind), Some(room)) => self.store.attached.add(room, kind, file, format!("/files/{of}")),
                (Ok(_), None) | (Err(_), _) => {
                    let gap = if words.is_empty() { "" } else { "\n" };
                    words.extend([gap, &link]);
                }
            }
        }
        words
    }

    /// Puts the words in the place of the slash and what was typed after it.
    fn put_in(self, words: &str) {
        let (Some(field), Some(begun)) = (self.field.get_untracked(), self.begun.get_untracked()) else { return };
        let end = field.selection_start().ok().flatten().unwrap_or(begun.at);
        put_words(&field, begun.at, end, words);
        self.by_button.set_value(None);
        // The words may end with a slash themselves.
        self.left.set_value(self.at_cursor().map(|begun| begun.at));
        self.begun.set(None);
        self.write.run(field.value());
    }

    /// Begins a shortcut where the cursor stands.
    pub fn open(self) {
        let Some(field) = self.field.get_untracked() else { return self.ui.quick_replies.set(false) };
        let cursor = field.selection_end().ok().flatten().unwrap_or(0);
        let text = field.value();
        let last = up_to(&text, cursor).and_then(|before| before.chars().next_back());
        let words = if last.is_none_or(char::is_whitespace) { "/" } else { " /" };
        self.left.set_value(None);
        put_words(&field, cursor, cursor, words);
        self.by_button.set_value(Some(cursor + width(words) - 1));
        self.write.run(field.value());
        self.show(self.at_cursor());
    }

    /// The list closes, and stays closed at this "/".
    pub fn leave(self) {
        self.left.set_value(self.begun.with_untracked(|begun| begun.as_ref().map(|begun| begun.at)));
        self.close();
    }

    /// What the button put in goes with the list, unless something was typed after it.
    fn close(self) {
        // A field that is taken away loses the focus too, when nothing of this is left.
        let Some(begun) = self.begun.try_get_untracked().flatten() else { return };
        self.begun.set(None);
        let is_untouched = self.by_button.get_value() == Some(begun.at) && begun.words.is_empty();
        if let Some(field) = self.field.get_untracked().filter(|_| is_untouched) {
            self.by_button.set_value(None);
            // A field that refuses keeps it.
            drop(field.set_range_text_with_start_and_end("", begun.at, begun.at + 1));
            self.write.run(field.value());
        }
    }

    /// The shortcut that is begun where the cursor stands.
    fn at_cursor(self) -> Option<Begun> {
        let field = self.field.get_untracked()?;
        let cursor = field.selection_start().ok().flatten()?;
        let text = field.value();
        let before = up_to(&text, cursor).filter(|_| field.selection_end().ok().flatten() == Some(cursor))?;
        let words = quick_reply::begun(before)?;
        Some(Begun { at: cursor - width(words) - 1, words: bare(words) })
    }
}

fn id_of(offer: &Offer) -> Option<QuickReplyId> {
    match offer {
        Offer::Reply { reply, .. } => Some(reply.id),
        Offer::New | Offer::Manage => None,
    }
}
