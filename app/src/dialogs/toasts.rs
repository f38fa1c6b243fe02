//! Short words at the edge of the screen.

use leptos::prelude::*;

use crate::actions::{Scene, join, take_over};
use crate::chat::{go_back, moved_to};
use crate::console::Here;
use crate::desk::{Offer, Store, Toast};
use crate::dialogs::banner::Banner;
use crate::parts::{Icon, dynamic};

/// The toasts that are shown now.
#[component]
pub fn Toasts() -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    // A room on screen that left its section offers the same itself.
    let is_told_there = move |toast: &Toast| {
        let place = here.place.get();
        toast.offers.iter().any(|offer| matches!(offer, Offer::Undo(room) if moved_to(store, place, *room).is_some()))
    };
    let shown = move || {
        let mut shown = store.toasts.with(|toasts| toasts.shown.clone());
        shown.retain(|toast| !is_told_there(toast));
        shown
    };
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <Banner />
            <For each=shown key=|toast| toast.number let:toast>
                <Shown toast />
            </For>
        </div>
    }
}

#[component]
fn Shown(toast: Toast) -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let scene = Scene::present();
    let number = toast.number;
    let offer = move |offer: Offer| {
        let (label, act): (_, Callback<()>) = match offer {
            Offer::Undo(room) => ("Undo", Callback::new(move |()| store.undo(room, move |room| go_back(scene, room)))),
            Offer::Show(room) => ("Show", Callback::new(move |()| here.go_to_room(room))),
            Offer::Watch(room) => ("Watch", Callback::new(move |()| here.go_to_room(room))),
            Offer::Join(room) => ("Join", Callback::new(move |()| join(scene, room))),
            Offer::TakeOver(room) => ("Take over", Callback::new(move |()| take_over(scene, room))),
            Offer::Give(room, to) => ("Give", Callback::new(move |()| store.give(room, to))),
            Offer::Keep(room) => ("Keep", Callback::new(move |()| store.decline_take_over(room))),
        };
        let is_possible = Memo::new(move |_| !matches!(offer, Offer::Undo(room) if store.undoable_of(room).is_none()));
        dynamic(move || {
            is_possible.get().then(|| {
                view! {
                    <button
                        type="button"
                        class="toast__action"
                        on:click=move |_| {
                            store.dismiss(number);
                            act.run(());
                        }
                    >
                        {label}
                    </button>
                }
            })
        })
    };
    view! {
        <div class="toast" class:toast--problem=toast.is_problem>
            {toast.is_problem.then(|| view! { <Icon name="alert" small=true /> })}
            <span class="toast__words">{toast.words}</span>
            {toast.offers.into_iter().map(offer).collect_view()}
            <button type="button" class="toast__close" aria-label="Dismiss" on:click=move |_| store.dismiss(number)>
                <Icon name="close" small=true />
            </button>
        </div>
    }
}
