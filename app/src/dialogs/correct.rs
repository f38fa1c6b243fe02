//! Correct outcome: an archived chat was closed by the wrong word.

use domain::episode::Outcome;
use domain::id::RoomId;
use domain::room::{Status, closing_status, other_outcome};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chat::Mentions;
use crate::desk::Store;
use crate::dialogs::status::comment::{Comment, CommentField};
use crate::dialogs::status::reason::ReasonChoice;
use crate::dialogs::{DialogForm, RoomDialog};
use crate::parts::{Closing, dynamic};

/// The dialog for `room`; nothing where there is nothing to correct.
#[component]
pub fn CorrectOutcome(room: RoomId) -> impl IntoView {
    let store = expect_context::<Store>();
    let other = store.desk.with_untracked(|desk| desk.room(room).and_then(other_outcome));
    other.map(|outcome| {
        view! {
            <RoomDialog room title="Correct outcome">
                <Form room outcome />
            </RoomDialog>
        }
    })
}

#[component]
fn Form(room: RoomId, outcome: Outcome) -> impl IntoView {
    let store = expect_context::<Store>();
    let closing = expect_context::<Closing>();
    let words = RwSignal::new(String::new());
    let write = Callback::new(move |text| words.set(text));
    let reason = RwSignal::new(None::<String>);
    let status = closing_status(outcome).unwrap_or(Status::Resolve);
    let comment = Comment::of(store, words, status);
    let stays = store.desk.with_untracked(|desk| {
        let view = desk.open.as_ref().filter(|view| view.room.id == room)?;
        view.episodes.first()?.reason.clone()
    });
    let stays = stays.map_or_else(|| "No reason".into(), |reason| format!("Reason as before: {reason}"));
    let is_busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let submit = move || {
        if untrack(|| comment.is_too_long()) || is_busy.get_untracked() || comment.asks_for_words() {
            return;
        }
        is_busy.set(true);
        let comment = comment.written();
        let reason = reason.get_untracked();
        spawn_local(async move {
            match store.correct_outcome(room, outcome, comment, reason).await {
                Ok(()) => closing.close(),
                Err(error) => {
                    problem.try_set(Some(store.words(&error)));
                    is_busy.try_set(false);
                }
            }
        });
    };
    let (was, action) = match outcome {
        Outcome::Abandoned => ("resolved", "Change to abandoned"),
        Outcome::Resolved | Outcome::Expired => ("abandoned", "Change to resolved"),
    };
    view! {
        <DialogForm class="contact" submit=Callback::new(move |()| submit())>
            <p>{format!("This chat was closed as {was}. Reports will count it as {}; the customer notices nothing.", outcome.label().to_lowercase())}</p>
            <ReasonChoice chosen=status reason none=stays />
            <div class="status__comment">
                <CommentField comment write />
                <Mentions field=comment.field() write known=store.room(room) />
            </div>
            <p class="contact__problem" role="alert">
                {dynamic(move || problem.get())}
            </p>
            <div class="dialog__actions">
                <button type="button" class="button" on:click=move |_| closing.close()>
                    "Cancel"
                </button>
                <button type="submit" class="button button--main" disabled=move || comment.is_too_long() || is_busy.get()>
                    {action}
                </button>
            </div>
        </DialogForm>
    }
}
