//! What the actions do with the room on screen.

use domain::id::RoomId;
use domain::room::{Room, Section};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::actions::Scene;
use crate::chat::{Mode, go_on};
use crate::parts::copy;

pub(super) fn with_room(scene: Scene, run: impl FnOnce(Room)) {
    if let Some(room) = untrack(|| scene.room()) {
        run(room);
    }
}

pub(super) fn enter(scene: Scene, room: Room) {
    scene.store.enter(room.id, move || {
        scene.here.follow_room(room.id, Section::Assigned);
        scene.ui.compose.set(Some(Mode::Reply));
    });
}

/// Takes a room over, to write in it.
pub fn take_over(scene: Scene, room: RoomId) {
    scene.store.take_over(room, move || go_on(scene, room));
}

/// Joins whoever holds a room, to write in it.
pub fn join(scene: Scene, room: RoomId) {
    scene.store.join(room, move || go_on(scene, room));
}

pub(super) fn assign_to_me(scene: Scene, room: Room) {
    let me = scene.store.desk.with_untracked(|desk| desk.me.id);
    scene.store.assign(room.id, me, None, move || scene.here.follow_room(room.id, Section::Assigned));
}

/// The room is left: on screen it would be read at once.
pub(super) fn mark_unread(scene: Scene, room: RoomId) {
    scene.here.close_room();
    scene.store.mark_unread(room);
}

/// The browser saves what the door answers with; the page stays.
pub(super) fn download_transcript(scene: Scene) {
    with_room(scene, |room| {
        let Ok(link) = document().create_element("a") else { return };
        // Neither fails for a name like these.
        drop(link.set_attribute("href", &format!("/rooms/{}/transcript", room.id)));
        drop(link.set_attribute("download", ""));
        if let Ok(link) = link.dyn_into::<web_sys::HtmlElement>() {
            link.click();
        }
    });
}

pub(super) fn copy_link(scene: Scene) {
    with_room(scene, |room| {
        let origin = window().location().origin().unwrap_or_default();
        let link = format!("{origin}/{}/{}", room.section().word(), room.id);
        copy(&link, move |is_copied| {
            if is_copied {
                scene.store.say("Link copied.");
            } else {
                scene.store.complain("The browser lets nobody copy here. The address bar has the link.");
            }
        });
    });
}
