//! Where colleagues named whoever sits here: the way to it, for as long as there is any, and the list.

use domain::mention::Mention;
use leptos::prelude::*;

use crate::clock::ago;
use crate::console::{Dialog, Here, Ui};
use crate::desk::Store;
use crate::parts::{Avatar, Closing, Icon, Modal, Moment, dynamic};

/// The way to the list among the other ways; nothing where nobody named one.
#[component]
pub fn Called(class: &'static str) -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let count = Memo::new(move |_| store.desk.with(|desk| desk.mentions().len()));
    dynamic(move || {
        (count.get() > 0).then(|| {
            let words = format!("Mentions ({})", count.get());
            view! {
                <button type="button" class=class title=words.clone() on:click=move |_| ui.dialog.set(Some(Dialog::Mentions))>
                    <Icon name="at" />
                    <span class="way__word">{words.clone()}</span>
                    <span class="way__dot"></span>
                </button>
            }
        })
    })
}

/// The dialog with the list.
#[component]
pub fn Mentions() -> impl IntoView {
    let ui = expect_context::<Ui>();
    let close = Callback::new(move |()| ui.dialog.set(None));
    view! {
        <Modal title="Mentions" under="They are gone once you open the chat." on_close=close>
            <List />
        </Modal>
    }
}

#[component]
fn List() -> impl IntoView {
    let store = expect_context::<Store>();
    let closing = expect_context::<Closing>();
    let mentions = Memo::new(move |_| store.desk.with(|desk| desk.mentions()));
    view! {
        <ul class="called">
            {dynamic(move || mentions.get().into_iter().map(|mention| view! { <Row mention /> }).collect_view())}
        </ul>
        <p class="called__nothing" role="status">
            {dynamic(move || mentions.with(Vec::is_empty).then_some("You have seen all of them."))}
        </p>
        <div class="dialog__actions">
            <button type="button" class="button" on:click=move |_| closing.close()>
                "Close"
            </button>
        </div>
    }
}

#[component]
fn Row(mention: Mention) -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let closing = expect_context::<Closing>();
    let Mention { room, by, at } = mention;
    let (who, name) = store.desk.with_untracked(|desk| {
        let name = desk.room(room).map_or_else(String::new, |room| room.name.clone());
        (desk.name_of(by).to_owned(), name)
    });
    let open = move |_| {
        closing.close();
        here.go_to_room(room);
    };
    view! {
        <li>
            <button type="button" class="called__room" on:click=open>
                <Avatar id=by.0 name=who.clone() size="small" />
                <span class="called__words" dir="auto">
                    {format!("{who} mentioned you in the chat with {name}")}
                </span>
                <span class="called__time">
                    <Moment at words=ago />
                </span>
            </button>
        </li>
    }
}
