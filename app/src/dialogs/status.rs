//! Update status: resolve, abandon, critical or clear critical, with a comment for the team.

pub(super) mod comment;
pub(super) mod feedback;
pub(super) mod reason;
mod reply;

use domain::change::Change;
use domain::channel::ChannelKind;
use domain::desk::Desk;
use domain::episode::Outcome;
use domain::id::RoomId;
use domain::refused::Refused;
use domain::room::{Room, Status, StatusUpdate};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chat::{Mentions, send_unsent};
use crate::clock;
use crate::console::Ui;
use crate::desk::Store;
use crate::dialogs::DialogForm;
use crate::error::AppError;
use crate::parts::{Closing, Icon, Modal, dynamic};
use crate::storage;
use comment::{Comment, CommentField};
use feedback::{Feedback, FeedbackBox};
use reason::ReasonChoice;
use reply::{Question, Unsent, UnsentWords, Ways};

/// The dialog for `room`, with `status` chosen.
#[component]
pub fn UpdateStatus(room: RoomId, status: Status) -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let Some(known) = store.desk.with_untracked(|desk| desk.room(room).cloned()) else { return ().into_any() };
    let under = format!("{} · case {}", known.name, known.episode_number);
    let close = Callback::new(move |()| ui.dialog.set(None));
    view! {
        <Modal title="Update status" under=under on_close=close>
            <Form room=known status />
        </Modal>
    }
    .into_any()
}

#[component]
fn Form(room: Room, status: Status) -> impl IntoView {
    let store = expect_context::<Store>();
    let closing = expect_context::<Closing>();
    let ui = expect_context::<Ui>();
    let (id, kind) = (room.id, room.kind);
    let chosen = RwSignal::new(status);
    // Kept until it is saved: closing the dialog, or a refusal, loses no word.
    let words = RwSignal::new(storage::load(&comment_key(id)).unwrap_or_default());
    let feedback = Feedback::of(store, id, chosen);
    let opened_with = store.desk.with_untracked(|desk| customer_words(desk, id));
    let news = Memo::new(move |_| store.desk.with(|desk| customer_words(desk, id)).saturating_sub(opened_with));
    let question = Question::of(store, id, chosen);
    let is_busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let reason = RwSignal::new(None::<String>);
    let comment = Comment::of(store, words, chosen);
    // Once the chat is closed, others may see it.
    let left = Memo::new(move |_| store.desk.with(|desk| desk.room(id).map(|room| after(desk, room, chosen.get()))));
    let write = Callback::new(move |text: String| {
        storage::save(&comment_key(id), &text);
        words.set(text);
    });

    let submit = move |unsent: Unsent| {
        if untrack(|| comment.is_too_long()) || is_busy.get_untracked() || comment.asks_for_words() {
            return;
        }
        let update = StatusUpdate {
            status: chosen.get_untracked(),
            comment: comment.written(),
            // One that an admin took off the list meanwhile is not shown as chosen any more.
            reason: reason.get_untracked().filter(|one| {
                chosen.get_untracked().closes() && store.desk.with_untracked(|desk| desk.policy.reasons.contains(one))
            }),
            feedback: untrack(|| feedback.asks()),
            seen_messages: store.desk.with_untracked(|desk| customer_words(desk, id)),
        };
        is_busy.set(true);
        problem.set(None);
        spawn_local(async move {
            if unsent == Unsent::Send
                && let Err(words) = send_first(store, ui, id, kind).await
            {
                problem.try_set(Some(Problem::NotSent(words)));
                is_busy.try_set(false);
                return;
            }
            // Whoever closed the dialog while the reply was on its way does not want the rest.
            if is_busy.try_get_untracked().is_none() {
                return;
            }
            match store.update_status(id, update).await {
                Ok(()) => {
                    if unsent == Unsent::Discard {
                        question.discard();
                    }
                    storage::forget(&comment_key(id));
                    closing.close();
                }
                Err(AppError::SignIn) => store.report(&AppError::SignIn),
                Err(error) => {
                    problem.try_set(Some(Problem::Refused(error)));
                    is_busy.try_set(false);
                }
            }
        });
    };
    // With an unsent reply a key alone closes nothing: one has to say what becomes of it.
    let submit_or_ask = move || match question.first.get_untracked() {
        Some(first) if question.is_asked.get_untracked() => drop(first.focus()),
        Some(_) | None => submit(Unsent::Keep),
    };
    let problem_words = move || {
        problem.with(|problem| match problem {
            // The warning says it better, and goes on.
            Some(Problem::Refused(AppError::Refused(Refused::NewMessage))) if news.get() > 0 => None,
            Some(Problem::Refused(error)) => Some(store.words(error)),
            Some(Problem::NotSent(words)) => Some(format!("Your reply was not sent. {words}")),
            None => None,
        })
    };
    let choices = [
        (Status::Resolve, "Resolve", "Answered. Archive it."),
        (Status::Abandon, "Abandon", "No answer needed or possible."),
        if room.critical {
            (Status::ClearCritical, "Clear critical", "No longer urgent. It stays here.")
        } else {
            (Status::Critical, "Critical", "Stays here, alerts managers.")
        },
    ];
    let name = room.name.clone();

    view! {
        <DialogForm class="status" submit=Callback::new(move |()| submit_or_ask())>
            <fieldset class="status__choices">
                <legend class="visually-hidden">"Status"</legend>
                {choices.map(|(status, title, words)| view! { <Choice status title words chosen /> }).collect_view()}
            </fieldset>
            <ReasonChoice chosen reason none="No reason" />
            <div class="status__comment">
                <CommentField comment write />
                <Mentions field=comment.field() write known=left />
            </div>
            <FeedbackBox feedback name />
            <div role="status">
                {dynamic(move || {
                    (news.get() > 0)
                        .then(|| {
                            view! {
                                <p class="status__warning">
                                    <Icon name="alert" small=true />
                                    {news_words(news.get())}
                                    <button type="button" class="status__show" on:click=move |_| closing.close()>
                                        "Show"
                                    </button>
                                </p>
                            }
                        })
                })}
                <UnsentWords question />
            </div>
            <p class="contact__problem" role="alert">
                {dynamic(problem_words)}
            </p>
            <div class="dialog__actions">
                {dynamic(move || {
                    // Beside three ways there is no room for it.
                    (!question.is_asked.get()).then(|| view! { <span class="dialog__hint wide-only">"Ctrl Enter"</span> })
                })}
                <button type="button" class="button" on:click=move |_| closing.close()>
                    "Cancel"
                </button>
                {dynamic(move || {
                    if question.is_asked.get() {
                        view! { <Ways question chosen is_busy go=Callback::new(submit) /> }.into_any()
                    } else {
                        view! {
                            <button type="submit" class="button button--main" disabled=move || comment.is_too_long() || is_busy.get()>
                                {dynamic(move || action_words(chosen.get(), news.get()))}
                            </button>
                        }
                        .into_any()
                    }
                })}
            </div>
        </DialogForm>
    }
}

/// The room as `status` will leave it.
fn after(desk: &Desk, room: &Room, status: Status) -> Room {
    let mut after = room.clone();
    if status.closes() {
        let (outcome, by) = (Outcome::Resolved, desk.me.id);
        after.apply(&Change::Closed { outcome, by, comment: None, reason: None, feedback: false }, clock::now());
    }
    after
}

/// Why the dialog is still open.
enum Problem {
    /// The reply did not go, so that the chat stays open, too.
    NotSent(String),
    Refused(AppError),
}

/// Sends the unsent reply and waits until the server has it.
async fn send_first(store: Store, ui: Ui, room: RoomId, kind: ChannelKind) -> Result<(), String> {
    for sent in send_unsent(store, ui, room, kind).map_err(|refused| refused.to_string())? {
        // It went out of the outbox by another way: there it says so itself.
        sent.await.unwrap_or_else(|_| Err("It was taken back.".into()))?;
    }
    Ok(())
}

fn action_words(status: Status, news: u32) -> String {
    if status.closes() && news > 0 { format!("{} anyway", status.action()) } else { status.action().to_owned() }
}

/// One of the statuses, to choose.
#[component]
pub(super) fn Choice(
    status: Status,
    title: &'static str,
    words: &'static str,
    chosen: RwSignal<Status>,
) -> impl IntoView {
    view! {
        <label class="status__choice">
            <input
                type="radio"
                name="status"
                prop:checked=move || chosen.get() == status
                on:change=move |_| chosen.set(status)
            />
            <span class="status__title">{title}</span>
            <span class="status__words">{words}</span>
        </label>
    }
}

fn news_words(news: u32) -> String {
    match news {
        1 => "1 new message since you opened this.".into(),
        news => format!("{news} new messages since you opened this."),
    }
}

fn comment_key(room: RoomId) -> String {
    format!("comment:{room}")
}

/// How often the customer has written.
fn customer_words(desk: &Desk, room: RoomId) -> u32 {
    desk.room(room).map_or(0, |room| room.customer_messages)
}
