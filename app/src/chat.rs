//! The conversation: header, transcript, and what one can write or do in it.

mod answer;
pub mod api;
mod bars;
mod bubble;
mod composer;
mod content;
mod draft;
mod drop_zone;
mod header;
mod items;
mod line;
mod notice;
mod scroll;
mod transcript;
mod way;

use domain::desk::Desk;
use domain::id::RoomId;
use domain::permission::may_send;
use domain::room::{Room, Section};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;

use crate::actions::Scene;
use crate::console::{Here, Later, Part, Ui};
use crate::desk::{Opening, Store, taken_words};
use crate::error::AppError;
use crate::parts::{Empty, dynamic};
use composer::Composer;
use header::Header;
use notice::Notice;
use transcript::Transcript;

pub use answer::Answering;
pub use bars::closed_bar;
pub use composer::{
    AroundWords, AttachButton, AttachedFiles, Files, Mentions, ask_quick_replies, files_of, known_quick_replies,
    put_words, send_unsent, whose,
};
pub use content::show_message;
pub use draft::{clear, is_only_here, unsent};
pub use drop_zone::{DropZone, catch_missed};
pub use line::outcome_chip;
pub use notice::{MoreNotices, moved_to};
pub use way::may_template;

/// What one writes: to the customer, or to the team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    Reply,
    Note,
}

/// Whether there is an unsent reply in `room`: words, or files beside which no word is needed.
#[must_use]
pub fn unsent_reply(store: Store, room: RoomId) -> bool {
    !draft::unsent(store, room, Mode::Reply).trim().is_empty() || !store.attached.of(room).is_empty()
}

/// The pane with the selected room.
#[component]
pub fn Chat() -> impl IntoView {
    let here = expect_context::<Here>();
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let selected = Memo::new(move |_| here.place.get().room());
    let has_rooms = Memo::new(move |_| store.desk.with(|desk| !desk.list.order.is_empty()));
    // Opening a room moves no focus: it is said to whoever does not see it.
    let opened = Memo::new(move |_| {
        let room = selected.get()?;
        store.desk.with(|desk| desk.room(room).map(|room| format!("{}, on {}", room.name, room.kind.label())))
    });
    view! {
        <section class="chat" aria-label="Conversation" inert=move || ui.covers.get()>
            <p class="visually-hidden" aria-live="polite">
                {dynamic(move || opened.get())}
            </p>
            {dynamic(move || match selected.get() {
                Some(room) => view! { <OpenRoom room /> }.into_any(),
                None => {
                    let words = if has_rooms.get() { "Choose one from the list, or press J for the next." } else { "" };
                    view! { <Empty icon="rooms" title="No chat selected" words=words /> }.into_any()
                }
            })}
        </section>
    }
}

/// What stands under the transcript.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Foot {
    Nothing,
    Compose,
    Closed(Closed),
}

/// Why one cannot write to the customer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    NotEntered,
    Held,
    Stopped,
    Archived,
    LookingBack,
    Blocked,
}

/// One room, for as long as it is the selected one: nothing of it can reach another.
#[component]
fn OpenRoom(room: RoomId) -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    on_cleanup(move || {
        ui.compose.set(None);
        ui.answering.set(None);
    });
    if ui.bound_for.try_update_value(Option::take).flatten() == Some(room) {
        ui.compose.set(Some(Mode::Reply));
    }
    let known = store.room(room);
    let is_loaded =
        Memo::new(move |_| store.desk.with(|desk| desk.open.as_ref().is_some_and(|view| view.room.id == room)));
    let problem = Memo::new(move |_| match store.opening.get() {
        Opening::Failed(failed, error) if failed == room => Some(error),
        Opening::Failed(..) | Opening::Idle | Opening::Loading(_) => None,
    });
    let foot = Memo::new(move |_| match (problem.get(), is_loaded.get(), known.get()) {
        (None, true, Some(room)) => store.desk.with(|desk| match desk.sees(&room) {
            true => foot_of(&room, may_send(&desk.me, &room)),
            false => Foot::Closed(Closed::LookingBack),
        }),
        _ => Foot::Nothing,
    });

    view! {
        <Header room known />
        <Notice room known />
        {dynamic(move || match (problem.get(), is_loaded.get()) {
            (Some(error), _) => view! { <Problem room error /> }.into_any(),
            (None, true) => view! { <Transcript room /> }.into_any(),
            (None, false) => view! { <Skeleton /> }.into_any(),
        })}
        {dynamic(move || match foot.get() {
            Foot::Nothing => ().into_any(),
            Foot::Compose => view! { <Composer room known may_reply=true /> }.into_any(),
            Foot::Closed(why) => view! { <Later part=Part::Bar { room, known, why } /> }.into_any(),
        })}
        {dynamic(move || (foot.get() == Foot::Compose).then(|| view! { <Later part=Part::DropZone(room) /> }))}
    }
}

const fn foot_of(room: &Room, may_send: bool) -> Foot {
    match room.section() {
        _ if room.blocked => Foot::Closed(Closed::Blocked),
        Section::Live => Foot::Closed(Closed::NotEntered),
        Section::Assigned if may_send && room.has_said_stop() => Foot::Closed(Closed::Stopped),
        Section::Assigned if may_send => Foot::Compose,
        Section::Assigned => Foot::Closed(Closed::Held),
        Section::Archived => Foot::Closed(Closed::Archived),
    }
}

/// Moves the focus to where one goes on in `room`, now that what one pressed is gone: to the composer, and where there
/// is none, to what was said.
pub fn go_on(scene: Scene, room: RoomId) {
    if scene.here.place.get_untracked().room() != Some(room) {
        scene.ui.bound_for.set_value(Some(room));
        return scene.here.go_to_room(room);
    }
    go_on_here(scene, scene.store.desk.with_untracked(|desk| desk.room(room).is_some_and(|room| writes(desk, room))));
}

fn go_on_here(scene: Scene, writes: bool) {
    if writes {
        return scene.ui.compose.set(Some(Mode::Reply));
    }
    go_on_reading();
}

fn writes(desk: &Desk, room: &Room) -> bool {
    foot_of(room, may_send(&desk.me, room)) == Foot::Compose
}

/// Moves the focus to what was said in the room on screen, now that what one pressed is gone.
pub fn go_on_reading() {
    request_animation_frame(|| {
        focus_on(LOG);
    });
}

/// For so many frames a card is looked for that an event may still bring.
const FRAMES: u32 = 60;

/// Moves the focus to `room`, whose status was taken back and which is like this now: to where one goes on in it, or to its
/// card. Whoever is elsewhere by now stays there.
pub fn go_back(scene: Scene, room: &Room) {
    let writes = scene.store.desk.with_untracked(|desk| writes(desk, room));
    go_back_within(scene, room.id, writes, FRAMES);
}

fn go_back_within(scene: Scene, room: RoomId, writes: bool, frames: u32) {
    request_animation_frame(move || {
        if document().active_element().is_some_and(|element| element.tag_name() != "BODY") {
            return;
        }
        if scene.here.place.get_untracked().room() == Some(room) {
            return go_on_here(scene, writes);
        }
        if focus_on(&format!(".card[href*='{room}']")) {
            return;
        }
        // The answer may be here before the event that brings the card back.
        if frames > 0 {
            return go_back_within(scene, room, writes, frames - 1);
        }
        if !focus_on(LOG) {
            focus_on(".list a");
        }
    });
}

const LOG: &str = ".transcript__log";

/// Moves the focus to what `selector` finds on screen first; false where there is nothing.
fn focus_on(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let found = found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok());
    // What is gone takes no focus.
    found.map(|found| drop(found.focus())).is_some()
}

/// Moves the focus to the composer that `room` will have, if the room is on screen.
pub fn go_on_writing(scene: Scene, room: RoomId) {
    if scene.here.place.get_untracked().room() == Some(room) {
        scene.ui.compose.set(Some(Mode::Reply));
    }
}

/// Reopens an archived room, sends what it refused, and leads on to writing there.
pub fn reopen_and_send(scene: Scene, room: RoomId) {
    scene.store.reopen_and_send(room, move || go_on_writing(scene, room));
}

#[component]
fn Problem(room: RoomId, error: AppError) -> impl IntoView {
    let store = expect_context::<Store>();
    if error.is_gone() {
        return view! {
            <Empty icon="lock" title="You have no access to this room" words=gone_words(store, room) />
        }
        .into_any();
    }
    view! {
        <Empty icon="alert" title="The room could not be loaded" words=error.to_string()>
            <button type="button" class="button" on:click=move |_| store.load_room(room)>
                "Try again"
            </button>
        </Empty>
    }
    .into_any()
}

/// How the room left whoever held it, as far as they heard.
fn gone_words(store: Store, room: RoomId) -> String {
    match store.taken.with_untracked(|taken| taken.get(&room).copied()) {
        Some(taken) => {
            let words = store.desk.with_untracked(|desk| taken_words(desk, "this chat", taken));
            format!("{words} What you wrote is kept.")
        }
        None => "It does not exist, or others look after it. A link to it may be old.".into(),
    }
}

/// What a room that takes its time shows; the style sheet holds it back at first.
#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <div class="skeleton skeleton--chat" role="status" aria-label="Loading the conversation">
            {(0..5).map(|_| view! { <div class="skeleton__bubble"></div> }).collect_view()}
        </div>
    }
}
