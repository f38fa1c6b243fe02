//! The command bar: every action, and every listed room, by typing a part of its name.

use domain::id::RoomId;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::actions::{ACTIONS, Action, Scene};
use crate::console::Ui;
use crate::parts::{Closing, Icon, Modal, dynamic, small};

/// How many rooms it offers at most.
const ROOMS: usize = 8;

/// One thing to choose.
#[derive(Clone)]
enum Offer {
    Do(&'static Action),
    Go(RoomId, String),
}

/// A field, and under it what fits.
#[component]
pub fn Commands() -> impl IntoView {
    let ui = expect_context::<Ui>();
    let close = Callback::new(move |()| ui.dialog.set(None));
    view! {
        <Modal title="Commands" class="dialog--commands" on_close=close>
            <Search />
        </Modal>
    }
}

#[component]
fn Search() -> impl IntoView {
    let scene = Scene::present();
    let closing = expect_context::<Closing>();
    let wanted = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let offers = move || fitting(scene, &wanted.get());
    let list = NodeRef::<html::Ul>::new();
    let has_offers = Memo::new(move |_| !offers().is_empty());
    let choose = move |index: usize| {
        chosen.set(index);
        let row = document().get_element_by_id(&format!("command-{index}"));
        if let Some((list, row)) = list.get_untracked().zip(row.and_then(|row| row.dyn_into::<HtmlElement>().ok())) {
            show(&list, &row);
        }
    };
    let run = move |offer: Offer| {
        closing.close();
        // The bar closes first, so that what it opens is not closed with it.
        set_timeout(
            move || match offer {
                Offer::Do(action) => (action.run)(scene),
                Offer::Go(room, _) => scene.here.go_to_room(room),
            },
            std::time::Duration::ZERO,
        );
    };
    let key = move |event: KeyboardEvent| {
        let offers = untrack(offers);
        let last = offers.len().saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => choose(if chosen.get_untracked() >= last { 0 } else { chosen.get_untracked() + 1 }),
            "ArrowUp" => choose(chosen.get_untracked().checked_sub(1).unwrap_or(last)),
            "Enter" => {
                if let Some(offer) = offers.into_iter().nth(chosen.get_untracked()) {
                    run(offer);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <div class="commands">
            <input
                class="field__input"
                type="text"
                role="combobox"
                aria-label="Find a command or a room"
                aria-expanded=move || if has_offers.get() { "true" } else { "false" }
                aria-controls="commands-list"
                aria-activedescendant=move || has_offers.get().then(|| format!("command-{}", chosen.get()))
                placeholder="Find a command or a room"
                autocomplete="off"
                autofocus
                prop:value=move || wanted.get()
                on:input:target=move |event| {
                    wanted.set(event.target().value());
                    chosen.set(0);
                }
                on:keydown=key
            />
            <ul class="commands__list" id="commands-list" role="listbox" aria-label="Commands" node_ref=list>
                {dynamic(move || {
                    offers()
                        .into_iter()
                        .enumerate()
                        .map(|(index, offer)| {
                            let (icon, label, key) = words(&offer);
                            view! {
                                <li
                                    class="commands__offer"
                                    id=format!("command-{index}")
                                    role="option"
                                    aria-selected=move || if chosen.get() == index { "true" } else { "false" }
                                    on:mousemove=move |_| {
                                        if chosen.get_untracked() != index {
                                            chosen.set(index);
                                        }
                                    }
                                    on:click=move |_| run(offer.clone())
                                >
                                    <Icon name=icon small=true />
                                    <span class="commands__label">{label}</span>
                                    {key.map(|key| view! { <kbd class="key">{key}</kbd> })}
                                </li>
                            }
                        })
                        .collect_view()
                })}
            </ul>
            <p class="commands__nothing" role="status">
                {dynamic(move || (!has_offers.get()).then_some("No command and no listed room has that in its name."))}
            </p>
        </div>
    }
}

/// Scrolls the list until the row is in sight, and no further.
fn show(list: &HtmlElement, row: &HtmlElement) {
    let above = row.offset_top() - list.offset_top();
    let below = above + row.offset_height() - list.client_height();
    list.set_scroll_top(list.scroll_top().min(above).max(below));
}

fn words(offer: &Offer) -> (&'static str, String, Option<String>) {
    match offer {
        Offer::Do(action) => (action.icon, action.label.into(), action.key_words()),
        Offer::Go(_, name) => ("rooms", name.clone(), None),
    }
}

/// What makes sense now and contains what was typed.
fn fitting(scene: Scene, wanted: &str) -> Vec<Offer> {
    let wanted = small(wanted.trim());
    let actions = ACTIONS
        .iter()
        .filter(|action| action.is_in_bar && action.label.to_ascii_lowercase().contains(&wanted))
        .filter(|action| untrack(|| (action.when)(scene)))
        .map(Offer::Do);
    let rooms = scene.store.desk.with_untracked(|desk| {
        let rooms = desk.list.order.iter().filter_map(|room| desk.room(*room));
        let fitting = rooms.filter(|room| !wanted.is_empty() && small(&room.name).contains(&wanted));
        fitting.take(ROOMS).map(|room| Offer::Go(room.id, room.name.clone())).collect::<Vec<_>>()
    });
    actions.chain(rooms).collect()
}
