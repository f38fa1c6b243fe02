//! The status of many rooms: what the dialog of one room asks, once for all of them.

use std::collections::BTreeSet;

use domain::bulk::BulkAction;
use domain::desk::Desk;
use domain::feedback::way;
use domain::room::{Room, Status};
use leptos::prelude::*;

use crate::clock;
use crate::desk::Store;
use crate::dialogs::DialogForm;
use crate::dialogs::many::{Actions, Asking, chats, verb};
use crate::dialogs::status::Choice;
use crate::dialogs::status::comment::{Comment, CommentField};
use crate::dialogs::status::feedback::why_not_asked;
use crate::dialogs::status::reason::ReasonChoice;
use crate::list::Selection;
use crate::parts::dynamic;

/// What is chosen, and the button.
#[component]
pub fn UpdateManyStatus(selection: Selection) -> impl IntoView {
    let store = expect_context::<Store>();
    let chosen = RwSignal::new(Status::Resolve);
    let reason = RwSignal::new(None::<String>);
    let feedback = Feedback::of(store, selection, chosen);
    let asking = Asking::new(selection);
    let comment = Comment::of(store, selection.comment, chosen);
    let write = Callback::new(move |text| selection.comment.set(text));

    let submit = move || {
        if untrack(|| comment.is_too_long()) || comment.asks_for_words() {
            return;
        }
        let action = BulkAction::UpdateStatus {
            status: chosen.get_untracked(),
            comment: comment.written(),
            reason: reason.get_untracked().filter(|one| {
                chosen.get_untracked().closes() && store.desk.with_untracked(|desk| desk.policy.reasons.contains(one))
            }),
            feedback: untrack(|| feedback.asks()),
        };
        asking.go(Some(action));
    };
    let choices = [
        (Status::Resolve, "Resolve", "Answered. Archive them."),
        (Status::Abandon, "Abandon", "No answer needed or possible."),
        (Status::Critical, "Critical", "They stay here; managers are alerted."),
        (Status::ClearCritical, "Clear critical", "No longer urgent. They stay here."),
    ];
    view! {
        <DialogForm class="status" submit=Callback::new(move |()| submit())>
            <fieldset class="status__choices many__choices">
                <legend class="visually-hidden">"Status"</legend>
                {choices.map(|(status, title, words)| view! { <Choice status title words chosen /> }).collect_view()}
            </fieldset>
            <ReasonChoice chosen reason none="No reason" />
            <CommentField comment write />
            <FeedbackBox feedback />
            <Unsent selection />
            <Actions asking verb=Signal::derive(move || verb(chosen.get())) is_ready=Signal::derive(move || !comment.is_too_long()) />
        </DialogForm>
    }
    .into_any()
}

/// Whether their customers are asked how it went.
#[derive(Clone, Copy)]
struct Feedback {
    chosen: RwSignal<Status>,
    /// Nothing touched: the channels and the status say whether it is asked for.
    choice: RwSignal<Option<bool>>,
    is_usual: Memo<bool>,
    /// How many cannot be asked, of how many that are known here, and why.
    unable: Memo<(usize, usize, BTreeSet<&'static str>)>,
}

impl Feedback {
    fn of(store: Store, selection: Selection, chosen: RwSignal<Status>) -> Self {
        let is_usual = Memo::new(move |_| {
            let asks = |desk: &Desk, room: &Room| {
                desk.channels.get(&room.channel).is_some_and(|channel| channel.feedback.asks(chosen.get()))
            };
            store.desk.with(|desk| {
                selection
                    .present
                    .with(|present| present.keys().filter_map(|room| desk.room(*room)).all(|room| asks(desk, room)))
            })
        });
        let unable = Memo::new(move |_| {
            let now = clock::now();
            store.desk.with(|desk| {
                selection.present.with(|present| {
                    let known: Vec<&Room> = present.keys().filter_map(|room| desk.room(*room)).collect();
                    let why: Vec<_> = known.iter().filter_map(|room| why_not(desk, room, now)).collect();
                    // What is not loaded may be asked, as far as this screen knows.
                    (why.len(), present.len(), why.into_iter().collect())
                })
            })
        });
        Self { chosen, choice: RwSignal::new(None), is_usual, unable }
    }

    fn is_offered(self) -> bool {
        self.chosen.get() != Status::ClearCritical
    }

    fn is_possible(self) -> bool {
        self.unable.with(|(unable, all, _)| unable < all)
    }

    fn asks(self) -> bool {
        self.is_offered() && self.is_possible() && self.choice.get().unwrap_or_else(|| self.is_usual.get())
    }

    fn hint(self) -> String {
        let asks = self.asks();
        self.unable.with(|(unable, all, why)| {
            let why = why.iter().copied().collect::<Vec<_>>().join(", ");
            match unable {
                0 => "in 10 s, so you can undo".into(),
                _ if unable == all => why,
                1 if asks => format!("1 chat cannot be asked and stays as it is: {why}"),
                _ if asks => format!("{unable} chats cannot be asked and stay as they are: {why}"),
                _ => String::new(),
            }
        })
    }
}

fn why_not(desk: &Desk, room: &Room, now: domain::timestamp::Timestamp) -> Option<&'static str> {
    let Some(channel) = desk.channels.get(&room.channel) else { return Some("the channel is gone") };
    way(room, channel, now).err().map(|refused| why_not_asked(&refused))
}

#[component]
fn FeedbackBox(feedback: Feedback) -> impl IntoView {
    view! {
        <label class="status__feedback" hidden=move || !feedback.is_offered()>
            <input
                type="checkbox"
                prop:checked=move || feedback.asks()
                disabled=move || !feedback.is_possible()
                on:change:target=move |event| feedback.choice.set(Some(event.target().checked()))
            />
            <span>"Send a feedback message to each customer"</span>
            <span class="status__hint">{dynamic(move || feedback.hint())}</span>
        </label>
    }
    .into_any()
}

/// What one had begun to write there stays.
#[component]
fn Unsent(selection: Selection) -> impl IntoView {
    let store = expect_context::<Store>();
    let unsent = Memo::new(move |_| {
        store.drafts.with(|drafts| {
            selection.present.with(|present| present.keys().filter(|room| drafts.contains_key(room)).count())
        })
    });
    dynamic(move || {
        (unsent.get() > 0).then(|| {
            view! { <p class="many__hint">{format!("Your unsent reply is kept in {}.", chats(unsent.get()))}</p> }
        })
    })
}
