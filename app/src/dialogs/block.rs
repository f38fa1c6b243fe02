//! Block: says what will happen before it does.

use domain::id::RoomId;
use leptos::prelude::*;

use crate::desk::Store;
use crate::dialogs::RoomDialog;
use crate::parts::Closing;

/// The dialog for the customer of `room`.
#[component]
pub fn Block(room: RoomId) -> impl IntoView {
    view! {
        <RoomDialog room title="Block customer">
            <Form room />
        </RoomDialog>
    }
}

#[component]
fn Form(room: RoomId) -> impl IntoView {
    let store = expect_context::<Store>();
    let closing = expect_context::<Closing>();
    let kind = store.desk.with_untracked(|desk| desk.room(room).map_or("", |room| room.kind.label()));
    view! {
        <form
            class="block"
            method="dialog"
            on:submit=move |event| {
                event.prevent_default();
                closing.close();
                store.block(room);
            }
        >
            <ul class="block__effects">
                <li>{format!("What they write on {kind} is dropped: nobody sees it, and it cannot be brought back.")}</li>
                <li>"Nothing is sent to them: no reply, no bot, no template, no feedback message."</li>
                <li>"The chat stays where it is. Resolve it when you are done."</li>
                <li>"Unblocking lets new messages in. What came meanwhile stays dropped."</li>
            </ul>
            <div class="dialog__actions">
                <button type="button" class="button" autofocus on:click=move |_| closing.close()>
                    "Cancel"
                </button>
                <button type="submit" class="button button--danger">
                    "Block"
                </button>
            </div>
        </form>
    }
}
