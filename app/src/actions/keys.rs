//! Keys: by their place on the keyboard, so that they work on every layout, and only outside text fields.

use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::actions::{ACTIONS, Scene};
use crate::console::{Here, Ui};
use crate::desk::Store;
use crate::parts::is_modal_closing;

/// A key with what is held beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The place on the keyboard (`KeyboardEvent.code`).
    code: &'static str,
    /// What it is called on most keyboards.
    name: &'static str,
    held: Held,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Nothing,
    Shift,
    Alt,
    /// Ctrl, or Command on a Mac.
    Command,
}

impl Key {
    /// A key alone.
    #[must_use]
    pub const fn plain(code: &'static str, name: &'static str) -> Self {
        Self { code, name, held: Held::Nothing }
    }

    /// With Shift. `name` is the sign that gives.
    #[must_use]
    pub const fn shift(code: &'static str, name: &'static str) -> Self {
        Self { code, name, held: Held::Shift }
    }

    /// With Alt.
    #[must_use]
    pub const fn alt(code: &'static str, name: &'static str) -> Self {
        Self { code, name, held: Held::Alt }
    }

    /// With Ctrl or Command.
    #[must_use]
    pub const fn command(code: &'static str, name: &'static str) -> Self {
        Self { code, name, held: Held::Command }
    }

    /// As a menu shows it.
    #[must_use]
    pub fn words(self) -> String {
        match self.held {
            Held::Nothing | Held::Shift => self.name.into(),
            Held::Alt => format!("Alt {}", self.name),
            Held::Command => format!("Ctrl {}", self.name),
        }
    }

    /// Whether it needs nothing held: such keys can be switched off.
    const fn is_single(self) -> bool {
        matches!(self.held, Held::Nothing | Held::Shift)
    }

    /// Whether a field one writes in has its own use for it.
    fn is_for_fields(self) -> bool {
        self.is_single() || (self.held == Held::Command && self.code == "KeyZ")
    }

    fn fits(self, event: &KeyboardEvent) -> bool {
        let command = event.ctrl_key() || event.meta_key();
        let (shift, alt) = (event.shift_key(), event.alt_key());
        let held = match self.held {
            Held::Nothing => !command && !shift && !alt,
            Held::Shift => !command && shift && !alt,
            Held::Alt => !command && !shift && alt,
            Held::Command => command && !shift && !alt,
        };
        // A sign stands elsewhere on other layouts: there the sign itself counts.
        let is_sign = self.name.chars().all(|sign| sign.is_ascii_punctuation());
        let held_with_sign = command == (self.held == Held::Command) && !alt;
        (held && event.code() == self.code) || (is_sign && held_with_sign && event.key() == self.name)
    }
}

/// Runs actions by their keys for as long as the console is on screen.
pub fn listen(store: Store, here: Here, ui: Ui) {
    let scene = Scene { store, here, ui };
    Effect::new(move |_| {
        let listening = window_event_listener(ev::keydown, move |event| {
            if !event.default_prevented() {
                press(scene, &event);
            }
        });
        on_cleanup(move || listening.remove());
    });
}

fn press(scene: Scene, event: &KeyboardEvent) {
    let is_busy = scene.ui.dialog.get_untracked().is_some() && !is_modal_closing();
    // Before the room under it, and with single keys switched off as well.
    if event.key() == "Escape" && !is_busy && scene.ui.covers.get_untracked() {
        event.prevent_default();
        return scene.ui.uncover();
    }
    if event.key() == "Escape" && !is_busy && scene.ui.selects.get_untracked() {
        event.prevent_default();
        return scene.ui.selects.set(false);
    }
    let Some((action, key)) =
        ACTIONS.iter().find_map(|action| action.keys.iter().find(|key| key.fits(event)).map(|key| (action, *key)))
    else {
        return;
    };
    let is_writing = key.is_for_fields() && is_in_text(event);
    let is_off = key.is_single() && !scene.ui.has_keys.get_untracked();
    if is_busy || is_writing || is_off || !untrack(|| (action.when)(scene)) {
        return;
    }
    event.prevent_default();
    (action.run)(scene);
}

/// Whether the key belongs to a field one writes in, or to a menu.
fn is_in_text(event: &KeyboardEvent) -> bool {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else { return false };
    let tag = element.tag_name();
    matches!(tag.as_str(), "INPUT" | "TEXTAREA" | "SELECT")
        || element.is_content_editable()
        || element.closest("[role=menu], dialog").ok().flatten().is_some()
}
