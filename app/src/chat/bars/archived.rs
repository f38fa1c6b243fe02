//! The bars of rooms that came to an end: how, and the way back.

use domain::change::Change;
use domain::channel::WindowState;
use domain::desk::Desk;
use domain::id::RoomId;
use domain::permission::may_reopen;
use domain::room::{Room, State};
use leptos::prelude::*;

use super::{Bar, lines_backwards, rule, run};
use crate::actions::Scene;
use crate::chat::draft::Draft;
use crate::chat::line::outcome_chip;
use crate::chat::way::{may_template, takes_template};
use crate::chat::{reopen_and_send, unsent_reply};
use crate::clock::{Clock, moment_words};
use crate::desk::Store;
use crate::dialogs::TemplateButtonMain;
use crate::parts::{Icon, dynamic};

/// Archived: how it ended, and the way back where there is one.
#[component]
pub fn ArchivedBar(room: RoomId, known: Memo<Option<Room>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let scene = Scene::present();
    let clock = expect_context::<Clock>();
    // There is no composer that would ask the server for the draft.
    let _ = Draft::of(store, room);
    let has_draft = Memo::new(move |_| unsent_reply(store, room));
    let ended = Memo::new(move |_| {
        known.with(|room| match room.as_ref()?.state {
            State::Archived { outcome, unanswered, at, by, .. } => Some((outcome_chip(outcome, unanswered).1, at, by)),
            State::Live { .. } | State::Assigned { .. } => None,
        })
    });
    let is_window_open = Memo::new(move |_| {
        known.with(|room| {
            room.as_ref().zip(clock.now()).is_none_or(|(room, now)| room.window(now) != WindowState::Closed)
        })
    });
    let may_template = Memo::new(move |_| !is_window_open.get() && rule(store, known, may_template));
    let is_withheld = Memo::new(move |_| !may_template.get() && rule(store, known, |_, room| takes_template(room)));
    let is_waiting =
        Memo::new(move |_| known.with(|room| room.as_ref().is_some_and(|room| room.restore_pending.is_some())));
    let may_reopen =
        Memo::new(move |_| is_window_open.get() && rule(store, known, |desk, room| may_reopen(&desk.me, room)));
    let is_refused = Memo::new(move |_| store.refused_reply(room).is_some());
    let comment = Memo::new(move |_| store.desk.with(|desk| last_comment(desk, room)));
    let title = move || match (ended.get(), clock.now()) {
        (Some((outcome, at, by)), Some(now)) => {
            let by = by.map(|by| format!(" by {}", store.name_of(by))).unwrap_or_default();
            format!("{outcome}{by}, {}", moment_words(at, now))
        }
        _ => "Archived".into(),
    };
    let words = move || {
        let way = match (is_window_open.get(), has_draft.get()) {
            (true, _) if is_refused.get() => "Your reply was not sent; it is kept. Reopen the chat to send it.",
            (false, _) if is_refused.get() && may_template.get() => {
                "Your reply was not sent; it is kept. The messaging window is closed: send a template."
            }
            _ if is_waiting.get() => "A template was sent. When the customer answers, the room returns to Live.",
            (false, _) if may_template.get() => {
                "The messaging window is closed. Send a template; when the customer answers, the room returns to Live."
            }
            (false, _) if is_withheld.get() => {
                "The messaging window is closed, and agents may not send templates here. When the customer writes, the room returns to Live."
            }
            (false, _) => "The messaging window is closed. When the customer writes, the room returns to Live.",
            (true, true) => "Your unsent reply is kept. Reopen the chat to send it.",
            (true, false) => "When the customer writes, the room returns to Live by itself.",
        };
        match comment.get() {
            Some(comment) => format!("“{comment}” {way}"),
            None => way.to_owned(),
        }
    };
    view! {
        <Bar room known icon=Signal::derive(|| "archive") title=Signal::derive(title) words=Signal::derive(words)>
            {dynamic(move || may_template.get().then(|| view! { <TemplateButtonMain /> }))}
            {dynamic(move || {
                may_reopen
                    .get()
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button button--main"
                                on:click=move |_| reopen(scene, room, is_refused)
                            >
                                {dynamic(move || if is_refused.get() { "Reopen and send" } else { "Reopen" })}
                            </button>
                        }
                    })
            })}
        </Bar>
    }
}

/// Archived, and somebody else's: of a contact whose chat one holds or joined.
#[component]
pub fn LookingBackBar() -> impl IntoView {
    view! {
        <div class="bar">
            <span class="bar__icon">
                <Icon name="archive" />
            </span>
            <div class="bar__body">
                <p class="bar__title">"An earlier chat of your contact"</p>
                <p class="bar__words">"You can read it while you have a chat with them. Others look after it."</p>
            </div>
        </div>
    }
}

/// Reopens the room, and sends what it refused, if it did.
fn reopen(scene: Scene, room: RoomId, is_refused: Memo<bool>) {
    if is_refused.get_untracked() {
        reopen_and_send(scene, room);
    } else {
        run(scene, "reopen");
    }
}

fn last_comment(desk: &Desk, room: RoomId) -> Option<String> {
    lines_backwards(desk, room).find_map(|change| match change {
        Change::Closed { comment, .. } => Some(comment.clone()),
        _ => None,
    })?
}
