//! Save contact: what one knows of the customer, kept for every room they will ever have; and what else becomes of a contact.

mod delete;
mod form;
mod kept;
mod matches;
mod merge;

use domain::customer::{Contact, Match, MatchedBy};
use domain::id::RoomId;
use leptos::prelude::*;

use crate::console::Ui;
use crate::desk::Store;
use crate::parts::{Modal, dynamic};
use delete::Delete;
use form::Fields;
use kept::Typed;
use matches::Matches;
use merge::Merge;

/// What the dialog shows.
#[derive(Clone)]
enum Step {
    Form,
    /// These match: one says which way it goes.
    Matches(Vec<Match>),
    /// The contact, and those that match it.
    Merge(Contact, Vec<Match>),
    Delete(Contact),
}

/// The dialog for the customer of `room`.
#[component]
pub fn SaveContactDialog(room: RoomId) -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let Some(typed) = store.desk.with_untracked(|desk| Typed::of(desk, room)) else { return ().into_any() };
    let close = Callback::new(move |()| ui.dialog.set(None));
    let title = if typed.contact().is_none() { "Save contact" } else { "Edit contact" };
    view! {
        <Modal title=title under="Every room of this person shows it." on_close=close>
            <Steps typed />
        </Modal>
    }
    .into_any()
}

#[component]
fn Steps(typed: Typed) -> impl IntoView {
    let step = RwSignal::new(Step::Form);
    dynamic(move || match step.get() {
        Step::Form => view! { <Fields typed step /> }.into_any(),
        Step::Matches(found) => view! { <Matches typed found step /> }.into_any(),
        Step::Merge(contact, others) => view! { <Merge contact others step /> }.into_any(),
        Step::Delete(contact) => view! { <Delete typed contact step /> }.into_any(),
    })
}

/// "(phone, e-mail)".
fn by_words(found: &Match) -> String {
    let words = found.by.iter().map(|by| match by {
        MatchedBy::Phone => "phone",
        MatchedBy::Email => "e-mail",
        MatchedBy::Customer => "saved meanwhile",
    });
    format!("({})", words.collect::<Vec<_>>().join(", "))
}
