//! Which rooms are selected, and how far what is done to them has come.

use std::collections::BTreeMap;

use domain::bulk::{BulkAction, Chosen, Named};
use domain::desk::Desk;
use domain::export::ToExport;
use domain::id::{BulkId, RoomId};
use domain::permission::may_reach_in_bulk;
use domain::policy::UNDO;
use domain::refused::Refused;
use domain::room::Room;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

use crate::clock;
use crate::console::Ui;
use crate::desk::Store;
use crate::desk::api::{act_in_bulk, list_matching};
use crate::error::AppError;

/// How many rooms one call is about: between two, one sees how far it has come, and may stop it.
const AT_ONCE: usize = 25;

/// A selected room.
#[derive(Clone, PartialEq)]
struct Picked {
    named: Named,
    /// It was loaded when it was selected, so that this screen hears when it leaves the list.
    is_loaded: bool,
}

/// How far it has come.
#[derive(Clone, PartialEq)]
pub enum Stage {
    /// Nothing is asked of the server yet.
    Asking,
    Running {
        done: usize,
        total: usize,
    },
    Over(Report),
}

/// What came of an action.
#[derive(Clone, PartialEq)]
pub struct Report {
    id: BulkId,
    pub action: BulkAction,
    pub results: Vec<(Named, Option<Refused>)>,
    /// What was not come to: somebody stopped it, or the server could not be asked.
    pub rest: Vec<Named>,
    pub problem: Option<AppError>,
    /// As long as the first of them can be taken back.
    pub undo_until: Timestamp,
}

impl Report {
    /// The rooms where it was done.
    pub fn done(&self) -> impl Iterator<Item = &Named> {
        self.results.iter().filter(|(_, refused)| refused.is_none()).map(|(named, _)| named)
    }

    /// The rooms that refused, and why.
    pub fn refused(&self) -> impl Iterator<Item = (&Named, &Refused)> {
        self.results.iter().filter_map(|(named, refused)| Some((named, refused.as_ref()?)))
    }
}

/// What is selected in the list. Copied freely: it is a bundle of signals.
#[derive(Clone, Copy)]
pub struct Selection {
    /// What is selected and still on the list.
    pub present: Memo<BTreeMap<RoomId, Named>>,
    /// How many were selected and left the list since.
    pub left: Memo<usize>,
    /// There were more than can be selected at once, and none was taken out since.
    pub is_cut: RwSignal<bool>,
    /// All matching rooms are being asked for.
    pub is_asking: RwSignal<bool>,
    pub stage: RwSignal<Stage>,
    /// Kept when the dialog is closed and opened again.
    pub comment: RwSignal<String>,
    store: Store,
    ui: Ui,
    picked: RwSignal<BTreeMap<RoomId, Picked>>,
    anchor: StoredValue<Option<RoomId>>,
    stops: StoredValue<bool>,
}

impl Selection {
    /// Nothing selected.
    #[must_use]
    pub fn new(store: Store, ui: Ui) -> Self {
        let picked = RwSignal::new(BTreeMap::<RoomId, Picked>::new());
        let present = Memo::new(move |_| {
            store.desk.with(|desk| {
                picked.with(|picked| {
                    let here = picked.iter().filter(|(room, picked)| is_here(desk, **room, picked));
                    here.map(|(room, picked)| (*room, picked.named.clone())).collect()
                })
            })
        });
        let left = Memo::new(move |_| picked.with(BTreeMap::len) - present.with(BTreeMap::len));
        Self {
            present,
            left,
            is_cut: RwSignal::new(false),
            is_asking: RwSignal::new(false),
            stage: RwSignal::new(Stage::Asking),
            comment: RwSignal::new(String::new()),
            store,
            ui,
            picked,
            anchor: StoredValue::new(None),
            stops: StoredValue::new(false),
        }
    }

    /// Whether the room is selected.
    #[must_use]
    pub fn has(self, room: RoomId) -> bool {
        self.present.with(|present| present.contains_key(&room))
    }

    /// How many are.
    #[must_use]
    pub fn count(self) -> usize {
        self.present.with(BTreeMap::len)
    }

    /// The selected rooms.
    #[must_use]
    pub fn rooms(self) -> Vec<Named> {
        self.present.with_untracked(|present| present.values().cloned().collect())
    }

    /// What an export has: the selected rooms, or the whole list where it is more than can be selected.
    #[must_use]
    pub fn to_export(self) -> ToExport {
        let list = self.store.desk.with_untracked(|desk| desk.list.query.clone());
        if self.is_cut.get_untracked() {
            return ToExport::All(list);
        }
        let rooms = self.present.with_untracked(|present| present.keys().copied().collect());
        ToExport::Chosen { rooms, sort: list.sort }
    }

    /// The loaded rooms that can be selected, in the order of the list.
    #[must_use]
    pub fn loaded(self) -> Vec<RoomId> {
        self.store.desk.with(|desk| {
            let can = |room: &&RoomId| desk.room(**room).is_some_and(|room| may_reach_in_bulk(&desk.me, room));
            desk.list.order.iter().filter(can).copied().collect()
        })
    }

    /// Selects the room, or takes it out; another one reaches from here.
    pub fn set(self, room: RoomId, is_on: bool) {
        self.anchor.set_value(Some(room));
        self.set_all(&[room], is_on);
    }

    /// Does the same with every room from the last one to this.
    pub fn set_up_to(self, room: RoomId, is_on: bool) {
        let loaded = untrack(|| self.loaded());
        let place = |room| loaded.iter().position(|other| *other == room);
        match (self.anchor.get_value().and_then(place), place(room)) {
            (Some(from), Some(to)) => self.set_all(&loaded[from.min(to)..=from.max(to)], is_on),
            _ => self.set(room, is_on),
        }
    }

    /// Selects every loaded room.
    pub fn pick_loaded(self) {
        self.set_all(&untrack(|| self.loaded()), true);
    }

    /// Selects nothing.
    pub fn clear(self) {
        self.is_cut.set(false);
        self.picked.set(BTreeMap::new());
    }

    fn set_all(self, rooms: &[RoomId], is_on: bool) {
        if !is_on {
            self.is_cut.set(false);
        }
        self.store.desk.with_untracked(|desk| {
            self.picked.update(|picked| {
                for room in rooms.iter().filter_map(|room| desk.room(*room)) {
                    if is_on {
                        picked.insert(room.id, Picked { named: named(room), is_loaded: true });
                    } else {
                        picked.remove(&room.id);
                    }
                }
            });
        });
    }

    /// Selects everything that the list shows, loaded or not.
    pub fn pick_matching(self) {
        let query = self.store.desk.with_untracked(|desk| desk.list.query.clone());
        self.is_asking.set(true);
        spawn_local(async move {
            let answer = list_matching(query).await;
            if self.is_asking.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(matching) => self.take(matching.rooms, matching.is_cut),
                Err(error) => self.store.report(&error),
            }
        });
    }

    fn take(self, rooms: Vec<Named>, is_cut: bool) {
        self.is_cut.set(is_cut);
        self.picked.set(self.store.desk.with_untracked(|desk| {
            let pick = |named: Named| {
                let is_loaded = desk.room(named.chosen.room).is_some();
                (named.chosen.room, Picked { named, is_loaded })
            };
            rooms.into_iter().map(pick).collect()
        }));
    }

    /// Does `action` in `rooms`.
    pub fn carry_out(self, action: BulkAction, rooms: Vec<Named>) {
        let undo_until = clock::now().plus(UNDO);
        let id = BulkId(Uuid::now_v7());
        self.go_on(Report { id, action, results: Vec::new(), rest: rooms, problem: None, undo_until });
    }

    /// Goes on with what was not come to. Where the server did it, though its answer was lost, nothing is done twice.
    pub fn go_on(self, report: Report) {
        let mut report = Report { problem: None, ..report };
        let total = report.results.len() + report.rest.len();
        self.stops.set_value(false);
        self.stage.set(Stage::Running { done: report.results.len(), total });
        spawn_local(async move {
            while !report.rest.is_empty() && !self.stops.try_get_value().unwrap_or(true) {
                let some: Vec<Chosen> = report.rest.iter().take(AT_ONCE).map(|named| named.chosen).collect();
                let count = some.len();
                match act_in_bulk(report.id, report.action.clone(), some).await {
                    Ok(results) => {
                        let refused = results.into_iter().map(|result| result.refused);
                        report.results.extend(report.rest.drain(..count).zip(refused));
                    }
                    Err(error) => {
                        report.problem = Some(error);
                        break;
                    }
                }
                self.stage.try_set(Stage::Running { done: report.results.len(), total });
            }
            self.end(report);
        });
    }

    /// Goes no further than it is.
    pub fn stop(self) {
        self.stops.set_value(true);
    }

    fn end(self, report: Report) {
        if report.problem == Some(AppError::SignIn) {
            self.store.report(&AppError::SignIn);
        }
        let is_shown = !self.stage.is_disposed() && self.ui.dialog.with_untracked(Option::is_some);
        if is_shown {
            return self.stage.set(Stage::Over(report));
        }
        // Whoever closed the dialog meanwhile hears what was done.
        let (done, all) = (report.done().count(), report.results.len() + report.rest.len());
        self.store.say(format!("Stopped. It was done in {done} of {all} chats."));
        if !self.stage.is_disposed() {
            self.stage.set(Stage::Over(report));
            self.settle();
        }
    }

    /// The dialog is closed. What was not done stays selected, as it is known now: one has been told of it.
    pub fn settle(self) {
        match self.stage.get_untracked() {
            Stage::Asking => {}
            Stage::Running { .. } => self.stop(),
            Stage::Over(report) => {
                self.stage.set(Stage::Asking);
                let undone = match report.action {
                    // They are as they were before, and so is what is selected.
                    BulkAction::Undo => Vec::new(),
                    BulkAction::UpdateStatus { .. } | BulkAction::Assign { .. } | BulkAction::ReturnToQueue { .. } => {
                        let refused = report.refused().map(|(named, _)| named.clone());
                        refused.chain(report.rest.iter().cloned()).collect()
                    }
                };
                let is_over = undone.is_empty();
                let known = self.store.desk.with_untracked(|desk| {
                    let anew = |old: Named| desk.room(old.chosen.room).map_or(old, named);
                    undone.into_iter().map(anew).collect()
                });
                self.take(known, false);
                // Where some are left, the words for them are.
                if is_over {
                    self.comment.set(String::new());
                    self.ui.selects.set(false);
                }
            }
        }
    }
}

fn named(room: &Room) -> Named {
    Named { chosen: Chosen::of(room), name: room.name.clone() }
}

/// Whether a selected room still stands on the list, as far as this screen knows.
fn is_here(desk: &Desk, room: RoomId, picked: &Picked) -> bool {
    match desk.room(room) {
        Some(room) => desk.list.query.has(room, desk.me.id) && desk.sees(room) && may_reach_in_bulk(&desk.me, room),
        None => !picked.is_loaded,
    }
}
