//! A row of the list with a box before it.

use domain::id::RoomId;
use domain::permission::may_reach_in_bulk;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

use crate::desk::Store;
use crate::list::card::Face;
use crate::list::selection::Selection;
use crate::parts::dynamic;

/// A room to select; one that no bulk action of one's own reaches has no box.
#[component]
pub fn Row(room: RoomId, selection: Selection) -> impl IntoView {
    let store = expect_context::<Store>();
    let known = store.room(room);
    let unread = Memo::new(move |_| {
        known.with(|room| room.as_ref().map_or(0, |room| store.desk.with(|desk| desk.unread(room))))
    });
    let is_in_reach = Memo::new(move |_| {
        known.with(|room| room.as_ref().is_some_and(|room| store.desk.with(|desk| may_reach_in_bulk(&desk.me, room))))
    });
    let is_selected = Memo::new(move |_| selection.has(room));
    let click = move |event: MouseEvent| {
        let is_on = !is_selected.get_untracked();
        if event.shift_key() { selection.set_up_to(room, is_on) } else { selection.set(room, is_on) }
    };
    view! {
        <li class="list__row" data-room=room.to_string()>
            <label
                class="card selecting__card"
                class:card--unread=move || { unread.get() > 0 }
                class:selecting__card--selected=move || is_selected.get()
            >
                {dynamic(move || {
                    is_in_reach.get().then(|| {
                        view! { <input type="checkbox" prop:checked=move || is_selected.get() on:click=click /> }
                    })
                })}
                {dynamic(move || known.get().map(|room| view! { <Face room unread /> }))}
            </label>
        </li>
    }
}
