//! What stands under the header of the room on screen: that it has left the list and how to get back, who asks for it,
//! until when it is put off.

use domain::id::RoomId;
use domain::permission::may_snooze;
use domain::room::{Room, Section};
use leptos::prelude::*;

use crate::actions::Scene;
use crate::chat::{go_back, go_on_reading};
use crate::clock::{Clock, coming_words};
use crate::console::{Here, Later, Part};
use crate::desk::Store;
use crate::parts::{Icon, dynamic};
use crate::place::Place;

/// Where `room` is now, if it is on screen at `place` and has left the section there.
#[must_use]
pub fn moved_to(store: Store, place: Place, room: RoomId) -> Option<Section> {
    let section = store.desk.with(|desk| desk.room(room).map(Room::section))?;
    (place.room() == Some(room) && section != place.section()).then_some(section)
}

/// One line under the header; nothing while the room is where one looks.
#[component]
pub fn Notice(room: RoomId, known: Memo<Option<Room>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let scene = Scene::present();
    let moved = Memo::new(move |_| moved_to(store, here.place.get(), room));
    let undoable = Memo::new(move |_| store.undoable_of(room).map(|one| one.words.to_owned()));
    let section_notice = dynamic(move || {
        moved.get().map(|section: Section| {
            view! {
                <div class="notice" role="status">
                    <Icon name="archive" small=true />
                    <span>{dynamic(move || undoable.get().unwrap_or_else(|| format!("Moved to {}", section.label())))}</span>
                    {dynamic(move || {
                        undoable
                            .get()
                            .map(|_| {
                                view! {
                                    <button type="button" class="notice__action" on:click=move |_| store.undo(room, move |room| go_back(scene, room))>
                                        "Undo"
                                    </button>
                                }
                            })
                    })}
                    <button type="button" class="notice__action" on:click=move |_| here.follow_room(room, section)>
                        "Show there"
                    </button>
                </div>
            }
        })
    });
    view! {
        {section_notice}
        <Later part=Part::Notices { room, known } />
    }
}

/// What else is to be said of the room on screen.
#[component]
pub fn MoreNotices(room: RoomId, known: Memo<Option<Room>>) -> impl IntoView {
    view! {
        <Asked room known />
        <Snoozed room known />
    }
}

/// Who waits to be given the room, for as long as its holder has not said.
#[component]
fn Asked(room: RoomId, known: Memo<Option<Room>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let asked = Memo::new(move |_| {
        let by = known.with(|room| room.as_ref()?.take_over_request?.by)?;
        store.is_asked_for(room, by).then_some(by)
    });
    // Both buttons go with the question.
    let give = move |by| {
        store.give(room, by);
        go_on_reading();
    };
    let keep = move |_| {
        store.decline_take_over(room);
        go_on_reading();
    };
    dynamic(move || {
        asked.get().map(|by| {
            let may_give = store.may_give(room, by);
            view! {
                <div class="notice" role="status">
                    <Icon name="enter" small=true />
                    <span>{format!("{} asks to take over this chat.", store.name_of(by))}</span>
                    {may_give
                        .then(|| {
                            view! {
                                <button type="button" class="notice__action" on:click=move |_| give(by)>
                                    "Give"
                                </button>
                            }
                        })}
                    <button type="button" class="notice__action" on:click=keep>
                        "Keep"
                    </button>
                </div>
            }
        })
    })
}

/// Until when the room is put off.
#[component]
fn Snoozed(room: RoomId, known: Memo<Option<Room>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let clock = expect_context::<Clock>();
    let snoozed_until = Memo::new(move |_| known.with(|room| room.as_ref()?.snoozed_until));
    let may_wake = Memo::new(move |_| {
        known.with(|room| room.as_ref().is_some_and(|room| store.desk.with(|desk| may_snooze(&desk.me, room))))
    });
    dynamic(move || {
        snoozed_until.get().map(|until| {
            let words = move || match clock.now() {
                Some(now) => format!("Snoozed until {}", coming_words(until, now)),
                None => "Snoozed".into(),
            };
            view! {
                <div class="notice" role="status">
                    <Icon name="clock" small=true />
                    <span>{dynamic(words)}</span>
                    {dynamic(move || {
                        may_wake
                            .get()
                            .then(|| {
                                view! {
                                    <button type="button" class="notice__action" on:click=move |_| store.wake(room)>
                                        "Wake up"
                                    </button>
                                }
                            })
                    })}
                </div>
            }
        })
    })
}
