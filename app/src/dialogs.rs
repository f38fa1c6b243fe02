//! What opens over the console: dialogs, the command bar, and short words at the edge. The code of the dialogs comes
//! later, with that of the admin pages.

mod account;
mod assign;
mod banner;
mod begin;
mod block;
mod commands;
mod contact;
mod correct;
mod many;
mod mentions;
mod offline;
mod quick_replies;
mod shortcuts;
mod snooze;
mod status;
mod template;
mod toasts;

use domain::id::RoomId;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::console::{Dialog, Here, Ui};
use crate::desk::Store;
use crate::parts::{Modal, dynamic};
use account::Account;
use assign::{Assign, BringIn};
use begin::Begin;
use block::Block;
use commands::Commands;
use contact::SaveContactDialog;
use correct::CorrectOutcome;
use mentions::Mentions;
use offline::Offline;
use quick_replies::{KeptQuickReplies, NewQuickReply};
use shortcuts::Shortcuts;
use snooze::Snooze;
use status::UpdateStatus;
use template::SendTemplate;

pub use many::ActOnMany;
pub use mentions::Called;
pub use template::{TemplateButtonMain, channels_with_templates};
pub use toasts::Toasts;

/// The dialog that is open, if one is.
#[component]
pub fn Open() -> impl IntoView {
    let ui = expect_context::<Ui>();
    let here = expect_context::<Here>();
    dynamic(move || {
        let room = untrack(|| here.place.get().room());
        match (ui.dialog.get(), room) {
            (Some(Dialog::Status(status)), Some(room)) => view! { <UpdateStatus room status /> }.into_any(),
            (Some(Dialog::Correct), Some(room)) => view! { <CorrectOutcome room /> }.into_any(),
            (Some(Dialog::Assign), Some(room)) => view! { <Assign room /> }.into_any(),
            (Some(Dialog::BringIn), Some(room)) => view! { <BringIn room /> }.into_any(),
            (Some(Dialog::Snooze), Some(room)) => view! { <Snooze room /> }.into_any(),
            (Some(Dialog::Block), Some(room)) => view! { <Block room /> }.into_any(),
            (Some(Dialog::Contact), Some(room)) => view! { <SaveContactDialog room /> }.into_any(),
            (Some(Dialog::Template), Some(room)) => view! { <SendTemplate room /> }.into_any(),
            (Some(Dialog::Begin), _) => view! { <Begin /> }.into_any(),
            (Some(Dialog::Offline), _) => view! { <Offline /> }.into_any(),
            (Some(Dialog::Mentions), _) => view! { <Mentions /> }.into_any(),
            (Some(Dialog::QuickReplies), _) => view! { <KeptQuickReplies /> }.into_any(),
            (Some(Dialog::NewQuickReply(mode)), Some(room)) => view! { <NewQuickReply room mode /> }.into_any(),
            (Some(Dialog::Account), _) => view! { <Account /> }.into_any(),
            (Some(Dialog::Shortcuts), _) => view! { <Shortcuts /> }.into_any(),
            (Some(Dialog::Commands), _) => view! { <Commands /> }.into_any(),
            (
                None
                | Some(
                    // The list shows it, which knows what is selected.
                    Dialog::Many(_)
                    | Dialog::Status(_)
                    | Dialog::Correct
                    | Dialog::Assign
                    | Dialog::BringIn
                    | Dialog::Snooze
                    | Dialog::Block
                    | Dialog::Contact
                    | Dialog::Template
                    | Dialog::NewQuickReply(_),
                ),
                _,
            ) => ().into_any(),
        }
    })
}

/// What is filled in in a dialog: its button, Enter in a single line, and Ctrl+Enter anywhere do `submit`.
#[component]
fn DialogForm(class: &'static str, submit: Callback<()>, children: Children) -> impl IntoView {
    let key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            submit.run(());
        }
    };
    view! {
        <form
            class=class
            method="dialog"
            on:submit=move |event| {
                event.prevent_default();
                submit.run(());
            }
            on:keydown=key
        >
            {children()}
        </form>
    }
    .into_any()
}

/// A dialog about `room`, under its customer's name; nothing when the room is not known.
#[component]
fn RoomDialog(room: RoomId, title: &'static str, children: Children) -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let name = store.desk.with_untracked(|desk| desk.room(room).map(|room| room.name.clone()));
    let close = Callback::new(move |()| ui.dialog.set(None));
    name.map(|name| {
        view! {
            <Modal title=title under=name on_close=close>
                {children()}
            </Modal>
        }
    })
}
