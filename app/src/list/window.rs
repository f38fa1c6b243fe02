//! The window over the list: only rows in sight exist, and what is in sight stays where it is when news arrive.

use domain::desk::Desk;
use domain::id::RoomId;
use domain::timestamp::Timestamp;
use leptos::html;
use leptos::prelude::*;

use crate::console::Here;
use crate::desk::Store;

/// The height of a row in pixels; the style sheet gives cards the same.
const ROW: i32 = 82;

/// How many rows stand ready above and below what is in sight.
const SPARE: usize = 6;

/// How many rows the server renders, before anybody knows how many are in sight.
const FIRST: usize = 16;

/// Rows that moved further than this were moved by their own news, not pushed by others'.
const PUSHED: i32 = 3;

/// The rows in sight and the space of the others.
#[derive(Clone, Copy)]
pub struct Rows {
    pub visible: Memo<Vec<RoomId>>,
    /// Rooms with news above what is in sight.
    pub fresh: Memo<usize>,
    pub before: NodeRef<html::Li>,
    pub after: NodeRef<html::Li>,
    scroller: NodeRef<html::Div>,
    /// The first row in sight, and how many are.
    sight: RwSignal<(usize, usize)>,
    /// Since when one has not been at the top.
    left_top: RwSignal<Option<Timestamp>>,
    store: Store,
}

impl Rows {
    /// The rows of the store's list inside `scroller`.
    #[must_use]
    pub fn new(store: Store, here: Here, scroller: NodeRef<html::Div>) -> Self {
        let sight = RwSignal::new((0, FIRST - SPARE));
        let left_top = RwSignal::new(None);
        let visible = Memo::new(move |_| {
            let (first, count) = sight.get();
            store.desk.with(|desk| {
                let end = (first + count + SPARE).min(desk.list.order.len());
                let start = first.saturating_sub(SPARE).min(end);
                desk.list.order.get(start..end).unwrap_or_default().to_vec()
            })
        });
        let fresh = Memo::new(move |_| {
            let (Some(since), (first, _)) = (left_top.get(), sight.get()) else { return 0 };
            store.desk.with(|desk| {
                let above = desk.list.order.iter().take(first).filter_map(|room| desk.room(*room));
                above.filter(|room| room.last_message_at > since).count()
            })
        });
        let rows =
            Self { visible, fresh, before: NodeRef::new(), after: NodeRef::new(), scroller, sight, left_top, store };
        rows.keep_in_place(here);
        rows.keep_loaded();
        rows
    }

    /// The reader scrolled.
    pub fn scrolled(self) {
        let Some(scroller) = self.scroller.get_untracked() else { return };
        let first = row_at(scroller.scroll_top());
        let count = row_at(scroller.client_height()) + 1;
        if self.sight.get_untracked() != (first, count) {
            self.sight.set((first, count));
        }
        let is_away = self.left_top.with_untracked(Option::is_some);
        if first == 0 && is_away {
            self.left_top.set(None);
        } else if first > 0 && !is_away {
            self.left_top.set(self.store.desk.with_untracked(newest));
        }
    }

    /// Back to the top.
    pub fn to_top(self) {
        if let Some(scroller) = self.scroller.get_untracked() {
            scroller.set_scroll_top(0);
        }
    }

    /// Gives the spacers their heights, moves along when rows were put in above, and shows a newly selected row.
    fn keep_in_place(self, here: Here) {
        let selected = Memo::new(move |_| here.place.get().room());
        let place = Memo::new(move |_| self.store.desk.with(|desk| desk.list.order.len()));
        let shown_query = here.query;
        Effect::new(move |before: Option<Shown>| {
            let visible = self.visible.get();
            let (total, selected, query) = (place.get(), selected.get(), shown_query.get());
            let first = self.store.desk.with_untracked(|desk| {
                visible.first().and_then(|first| desk.list.order.iter().position(|room| room == first)).unwrap_or(0)
            });
            set_height(self.before, first);
            set_height(self.after, total.saturating_sub(first + visible.len()));
            let Some(scroller) = self.scroller.get() else { return Shown { first, visible, selected, query } };
            match &before {
                None => self.scrolled(),
                Some(before) if before.query != query => scroller.set_scroll_top(0),
                Some(before) if scroller.scroll_top() > 0 => {
                    let pushed = self.store.desk.with_untracked(|desk| pushed(desk, before));
                    if pushed != 0 {
                        scroller.set_scroll_top(scroller.scroll_top() + pushed * ROW);
                    }
                }
                Some(_) => {}
            }
            if let Some(selected) =
                selected.filter(|_| before.as_ref().is_none_or(|before| before.selected != selected))
            {
                self.reveal(selected);
            }
            Shown { first, visible, selected, query }
        });
    }

    /// Scrolls just enough to show the row of `room`.
    fn reveal(self, room: RoomId) {
        let position = self.store.desk.with_untracked(|desk| desk.list.order.iter().position(|other| *other == room));
        let (Some(position), Some(scroller)) = (position, self.scroller.get_untracked()) else { return };
        let top = i32::try_from(position).unwrap_or(0) * ROW;
        let (seen_from, seen_height) = (scroller.scroll_top(), scroller.client_height());
        if top < seen_from {
            scroller.set_scroll_top(top);
        } else if top + ROW > seen_from + seen_height {
            scroller.set_scroll_top(top + ROW - seen_height);
        }
    }

    /// Asks for the next page before the reader comes to the end of the loaded ones.
    fn keep_loaded(self) {
        let is_near_end = Memo::new(move |_| {
            let (first, count) = self.sight.get();
            self.store.desk.with(|desk| {
                let list = &desk.list;
                (list.loaded && list.next.is_some() && first + 3 * count >= list.order.len())
                    .then_some(list.order.len())
            })
        });
        Effect::new(move |_| {
            if is_near_end.get().is_some() {
                self.store.load_page();
            }
        });
    }
}

/// What was on screen before.
struct Shown {
    first: usize,
    visible: Vec<RoomId>,
    selected: Option<RoomId>,
    query: domain::desk::ListQuery,
}

/// By how many rows what was in sight has been pushed down by others.
fn pushed(desk: &Desk, before: &Shown) -> i32 {
    let moves = before.visible.iter().enumerate().filter_map(|(index, room)| {
        let now = desk.list.order.iter().position(|other| other == room)?;
        i32::try_from(now).ok()?.checked_sub(i32::try_from(before.first + index).ok()?)
    });
    moves.into_iter().find(|by| by.abs() <= PUSHED).unwrap_or(0)
}

fn newest(desk: &Desk) -> Option<Timestamp> {
    desk.list.order.iter().filter_map(|room| desk.room(*room)).map(|room| room.last_message_at).max()
}

fn row_at(pixels: i32) -> usize {
    usize::try_from(pixels / ROW).unwrap_or(0)
}

/// Through the style object, which a strict content policy allows where an attribute is not.
fn set_height(spacer: NodeRef<html::Li>, rows: usize) {
    use web_sys::HtmlElement;
    let Some(spacer) = spacer.get() else { return };
    let element: &HtmlElement = &spacer;
    let height = format!("{}px", i64::try_from(rows).unwrap_or(0) * i64::from(ROW));
    // A browser that refuses shows shorter scroll bars.
    drop(element.style().set_property("height", &height));
}
