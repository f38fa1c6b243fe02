//! What came of it in each room: what refused and why, with the way there, and what was done.

use domain::bulk::{BulkAction, Named};
use domain::id::RoomId;
use domain::room::{Room, Status};
use leptos::html;
use leptos::prelude::*;

use crate::clock;
use crate::desk::Store;
use crate::dialogs::many::chats;
use crate::list::{Report, Selection, Stage};
use crate::parts::{Closing, Icon, dynamic};
use crate::place::Place;

/// The report on what was done last.
#[component]
pub fn ReportOnMany(selection: Selection) -> impl IntoView {
    let report = selection.stage.with_untracked(|stage| match stage {
        Stage::Over(report) => Some(report.clone()),
        Stage::Asking | Stage::Running { .. } => None,
    });
    report.map(|report| view! { <Told report selection /> })
}

#[component]
fn Told(report: Report, selection: Selection) -> impl IntoView {
    let store = expect_context::<Store>();
    let closing = expect_context::<Closing>();
    let sum = NodeRef::<html::P>::new();
    Effect::new(move |_| {
        // What had the focus is gone.
        if let Some(sum) = sum.get() {
            drop(sum.focus());
        }
    });
    let refused: Vec<_> =
        report.refused().map(|(named, refused)| (named.clone(), store.words(&refused.clone().into()))).collect();
    let done: Vec<Named> = report.done().cloned().collect();
    let problem = report.problem.as_ref().map(|error| store.words(error));
    let more = (!report.rest.is_empty()).then(|| report.clone());
    let stays = !refused.is_empty() && report.action != BulkAction::Undo;
    view! {
        <div class="many__form">
            <p class="many__sum" tabindex="-1" node_ref=sum>
                {sum_words(&report)}
            </p>
            {problem.map(|words| view! { <p class="many__problem" role="alert">{words}</p> })}
            {(!refused.is_empty())
                .then(|| {
                    view! {
                        <ul class="many__rooms" aria-label="Not done">
                            {refused
                                .into_iter()
                                .map(|(named, why)| {
                                    view! {
                                        <li class="many__room">
                                            <Icon name="alert" small=true />
                                            <Way named />
                                            <span class="many__why">{why}</span>
                                        </li>
                                    }
                                })
                                .collect_view()}
                        </ul>
                    }
                })}
            {stays.then(|| view! { <p class="many__hint">"They stay selected."</p> })}
            {(!done.is_empty()).then(|| view! { <Done done=done.clone() /> })}
            <div class="dialog__actions">
                <UndoAll report=report.clone() done selection />
                {more
                    .map(|report| {
                        view! {
                            <button type="button" class="button" on:click=move |_| selection.go_on(report.clone())>
                                "Go on"
                            </button>
                        }
                    })}
                <button type="button" class="button button--main" on:click=move |_| closing.close()>
                    "Close"
                </button>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Done(done: Vec<Named>) -> impl IntoView {
    view! {
        <details class="many__done">
            <summary>{format!("Done in {}", chats(done.len()))}</summary>
            <ul class="many__rooms" aria-label="Done">
                {done
                    .into_iter()
                    .map(|named| {
                        view! {
                            <li class="many__room">
                                <Icon name="check" small=true />
                                <Way named />
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </details>
    }
    .into_any()
}

/// The way to a room, which closes the dialog.
#[component]
fn Way(named: Named) -> impl IntoView {
    let store = expect_context::<Store>();
    let closing = expect_context::<Closing>();
    let href = path(store, named.chosen.room);
    view! {
        <a class="many__name" href=href dir="auto" on:click=move |_| closing.close()>
            {named.name}
        </a>
    }
}

fn path(store: Store, room: RoomId) -> String {
    let section = store.desk.with_untracked(|desk| desk.room(room).map_or(desk.list.query.section, Room::section));
    Place::Rooms { section, room: Some(room) }.path()
}

/// One way back for all of them, as long as there is time.
#[component]
fn UndoAll(report: Report, done: Vec<Named>, selection: Selection) -> impl IntoView {
    let left = report.undo_until.since(clock::now());
    let is_undoable = matches!(report.action, BulkAction::UpdateStatus { .. }) && !done.is_empty() && !left.is_zero();
    let is_offered = RwSignal::new(is_undoable);
    if is_undoable {
        set_timeout(
            move || {
                is_offered.try_set(false);
            },
            left,
        );
    }
    dynamic(move || {
        let done = done.clone();
        is_offered.get().then(|| {
            view! {
                <button
                    type="button"
                    class="button many__undo"
                    on:click=move |_| selection.carry_out(BulkAction::Undo, done.clone())
                >
                    <Icon name="undo" small=true />
                    {format!("Undo in {}", chats(done.len()))}
                </button>
            }
        })
    })
}

/// "2 of 3 chats resolved."
fn sum_words(report: &Report) -> String {
    let (done, all) = (report.done().count(), report.results.len() + report.rest.len());
    let what = match &report.action {
        BulkAction::UpdateStatus { status: Status::Resolve, .. } => "resolved",
        BulkAction::UpdateStatus { status: Status::Abandon, .. } => "abandoned",
        BulkAction::UpdateStatus { status: Status::Critical, .. } => "marked critical",
        BulkAction::UpdateStatus { status: Status::ClearCritical, .. } => "no longer critical",
        BulkAction::Assign { .. } => "assigned",
        BulkAction::ReturnToQueue { .. } => "back in the queue",
        BulkAction::Undo => "as before",
    };
    if done == all { format!("{} {what}.", chats(done)) } else { format!("{done} of {} {what}.", chats(all)) }
}
