//! Every action of the console, once: menus, keys and the command bar all read this list.

mod keys;
mod list;
mod room;

use domain::room::{Room, Section};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account::api;
use crate::console::{Here, Ui};
use crate::desk::{Store, leave_for};

pub use keys::{Key, listen};
pub use list::ACTIONS;
pub use room::{join, take_over};

/// Where an action happens.
#[derive(Clone, Copy)]
pub struct Scene {
    pub store: Store,
    pub here: Here,
    pub ui: Ui,
}

impl Scene {
    /// The scene a component stands in.
    #[must_use]
    pub fn present() -> Self {
        Self { store: expect_context(), here: expect_context(), ui: expect_context() }
    }

    /// The room on screen.
    #[must_use]
    pub fn room(self) -> Option<Room> {
        let room = self.here.place.get().room()?;
        self.store.desk.with(|desk| desk.room(room).cloned())
    }

    fn is_in(self, section: Section) -> bool {
        self.room().is_some_and(|room| room.section() == section)
    }
}

/// One thing a person can do.
pub struct Action {
    /// Stands for it in specs and in what the browser remembers.
    pub id: &'static str,
    pub icon: &'static str,
    pub label: &'static str,
    /// The first one is shown.
    pub keys: &'static [Key],
    /// Whether the three-dot menu of a room offers it.
    pub is_in_menu: bool,
    /// Whether the command bar offers it.
    pub is_in_bar: bool,
    /// Whether it makes sense now; what makes none is not offered.
    pub when: fn(Scene) -> bool,
    pub run: fn(Scene),
}

impl Action {
    /// The words for its key.
    #[must_use]
    pub fn key_words(&self) -> Option<String> {
        self.keys.first().map(|key| key.words())
    }
}

/// Ends this browser's session.
pub fn sign_out(scene: Scene) {
    spawn_local(async move {
        match api::sign_out().await {
            Ok(()) => leave_for("/sign-in"),
            Err(error) => scene.store.report(&error),
        }
    });
}

/// Ends every session of this person.
pub fn sign_out_everywhere(scene: Scene) {
    spawn_local(async move {
        match api::sign_out_everywhere().await {
            Ok(()) => leave_for("/sign-in"),
            Err(error) => scene.store.report(&error),
        }
    });
}
