//! Parts of the console whose code comes later, because nothing needs them at first, and the one way to all of them.

use domain::id::RoomId;
use domain::room::Room;
use futures::FutureExt;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use crate::chat::{
    Answering, AroundWords, AttachedFiles, Closed, DropZone, Files, MoreNotices, catch_missed, closed_bar,
};
use crate::console::stopped::Stopped;
use crate::console::{Ui, drawer, returning};
use crate::desk::Store;
use crate::dialogs::{Called, Open};
use crate::list::{Divider, SelectButton, Selecting};
use crate::panel::AboutCustomer;
use crate::parts::dynamic;

/// One of the parts.
#[derive(Clone, Copy)]
pub enum Part {
    /// The dialog that is open, if one is.
    Dialogs,
    /// The edge of the list, which can be moved.
    Divider,
    /// The way to select rooms, for whoever may act on many.
    Select,
    /// The list while rooms are selected.
    Selecting,
    /// What is told of the words that are written, and what may be put into them.
    AroundWords(AroundWords),
    /// What the words that are written answer.
    Answering,
    /// The files beside what is written; `focus` leads back to the words.
    Files { files: Files, focus: Callback<()> },
    /// Where files are dropped for the reply in a room.
    DropZone(RoomId),
    /// The way to the rooms in which one was named; `class` as the other ways have it.
    Called { class: &'static str },
    /// Which channels do not work, for admins.
    Stopped,
    /// What stands in the side panel.
    Panel,
    /// What stands under a room in which one cannot write, whatever is the reason.
    Bar { room: RoomId, known: Memo<Option<Room>>, why: Closed },
    /// Who asks for the room on screen, and until when it is put off.
    Notices { room: RoomId, known: Memo<Option<Room>> },
}

/// A part in its place, as soon as its code is there.
#[component]
pub fn Later(part: Part) -> impl IntoView {
    let ui = expect_context::<Ui>();
    dynamic(move || ui.is_whole.get().then(|| show(part).now_or_never()?.ok()).flatten())
}

/// The parts.
///
/// # Errors
/// Their code could not be loaded.
#[wasm_split(
    rest,
    wasm_split_path = ::leptos::wasm_split,
    preload(
        /// Fetches the code of the parts, once.
        ///
        /// # Errors
        /// It could not be loaded.
        load
    ),
    fallible
)]
pub fn show(part: Part) -> Result<AnyView, SplitLoaderError> {
    Ok(match part {
        Part::Dialogs => {
            catch_missed();
            drawer::follow(expect_context::<Ui>());
            returning::follow(expect_context::<Store>());
            view! { <Open /> }.into_any()
        }
        Part::Divider => view! { <Divider /> }.into_any(),
        Part::Select => view! { <SelectButton /> }.into_any(),
        Part::Selecting => view! { <Selecting /> }.into_any(),
        Part::AroundWords(around) => around.show(),
        Part::Answering => view! { <Answering /> }.into_any(),
        Part::Files { files, focus } => view! { <AttachedFiles files focus /> }.into_any(),
        Part::DropZone(room) => view! { <DropZone room /> }.into_any(),
        Part::Called { class } => view! { <Called class /> }.into_any(),
        Part::Stopped => view! { <Stopped /> }.into_any(),
        Part::Panel => view! { <AboutCustomer /> }.into_any(),
        Part::Bar { room, known, why } => closed_bar(room, known, why),
        Part::Notices { room, known } => view! { <MoreNotices room known /> }.into_any(),
    })
}

/// What was asked for by a click or a key is fetched now where it has not come yet, and whoever asked is told when it does
/// not come.
pub fn load_when_asked_for(store: Store, ui: Ui) {
    Effect::new(move |before: Option<usize>| {
        let asked = [
            ui.dialog.with(Option::is_some),
            ui.emoji.get(),
            ui.quick_replies.get(),
            ui.selects.get(),
            ui.answering.get().is_some(),
            store.attached.any(),
        ];
        let asked = asked.into_iter().filter(|is_asked| *is_asked).count();
        // What could not be loaded is tried again when more is asked for, not for what still is.
        if !ui.is_whole.get() && asked > before.unwrap_or(0) {
            spawn_local(async move {
                if load().await.is_ok() {
                    ui.is_whole.try_set(true);
                } else {
                    ui.dialog.set(None);
                    ui.emoji.set(false);
                    ui.quick_replies.set(false);
                    ui.selects.set(false);
                    store.say("This could not be loaded. Check the connection, or reload the page.");
                }
            });
        }
        asked
    });
}
