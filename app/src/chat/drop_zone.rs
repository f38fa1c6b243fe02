//! Files that are dropped: on the conversation they become part of a reply, and nowhere do they take the console away.

use domain::channel::ChannelKind;
use domain::id::RoomId;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Element};

use crate::chat::Mode;
use crate::chat::composer::Files;
use crate::console::Ui;
use crate::desk::Store;
use crate::parts::{Icon, dynamic};

/// Keeps files that miss the conversation from being opened in the console's place.
pub fn catch_missed() {
    let missed = |event: DragEvent| {
        if carries_files(&event) && !is_within(&event, "input") {
            event.prevent_default();
            if let Some(carried) = event.data_transfer() {
                carried.set_drop_effect("none");
            }
        }
    };
    let over = window_event_listener(ev::dragover, missed);
    let dropped = window_event_listener(ev::drop, missed);
    on_cleanup(move || {
        over.remove();
        dropped.remove();
    });
}

/// Takes files for the reply in `room` anywhere in the conversation, and says so while they are over it.
#[component]
pub fn DropZone(room: RoomId) -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let known = store.room(room);
    let on = Memo::new(move |_| known.with(|room| room.as_ref().map(|room| room.kind)));
    let files = Files { attached: store.attached, room, on };
    let is_over = RwSignal::new(false);
    Effect::new(move |_| {
        let over = window_event_listener(ev::dragover, move |event| {
            let is_here = carries_files(&event) && is_within(&event, ".chat");
            if is_over.get_untracked() != is_here {
                is_over.set(is_here);
            }
            if let Some(carried) = event.data_transfer().filter(|_| is_here && untrack(|| files.may_attach())) {
                carried.set_drop_effect("copy");
            }
        });
        // Without a further element, they have left the window.
        let left = window_event_listener(ev::dragleave, move |event| {
            if event.related_target().is_none() {
                is_over.set(false);
            }
        });
        let dropped = window_event_listener(ev::drop, move |event| {
            is_over.set(false);
            let dropped = event.data_transfer().filter(|_| is_within(&event, ".chat"));
            if files.choose(dropped.and_then(|dropped| dropped.files())) {
                ui.compose.set(Some(Mode::Reply));
            }
        });
        on_cleanup(move || {
            over.remove();
            left.remove();
            dropped.remove();
        });
    });
    dynamic(move || {
        is_over.get().then(|| {
            let name = known.with_untracked(|room| room.as_ref().map_or_else(String::new, |room| room.name.clone()));
            let channel = on.get_untracked().map_or("This channel", ChannelKind::label);
            let words = if untrack(|| files.may_attach()) {
                format!("Drop files for your reply to {name} on {channel}")
            } else {
                format!("{channel} takes no files")
            };
            view! {
                <div class="drop-zone" aria-hidden="true">
                    <span class="drop-zone__words"><Icon name="paperclip" /> {words}</span>
                </div>
            }
        })
    })
}

fn carries_files(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|carried| carried.types().includes(&"Files".into(), 0))
}

fn is_within(event: &DragEvent, selector: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.closest(selector).ok().flatten().is_some())
}
