//! What somebody who left had not sent, for admins: read it in its chat, copy it, or go on writing it.

use domain::draft::{DraftMode, LeftDraft};
use domain::id::PersonId;
use domain::permission::may_administer;
use domain::room::Section;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::admin::api::{list_left_drafts, take_left_draft};
use crate::admin::carry_out;
use crate::clock::coming_words;
use crate::desk::Store;
use crate::parts::{CopyButton, Moment, dynamic};
use crate::place::Place;

/// The words that there are; none for whoever is no admin.
#[derive(Clone, Copy)]
pub struct Left {
    drafts: RwSignal<Vec<LeftDraft>>,
    /// Asks again, after somebody may have left or something was taken.
    pub again: Callback<()>,
}

impl Left {
    pub fn new(store: Store) -> Self {
        let drafts = RwSignal::new(Vec::new());
        let is_admin = Memo::new(move |_| store.desk.with(|desk| may_administer(&desk.me)));
        let again = Callback::new(move |()| {
            if !is_admin.get_untracked() {
                return;
            }
            spawn_local(async move {
                match list_left_drafts().await {
                    Ok(found) => {
                        drafts.try_set(found);
                    }
                    Err(error) => store.report(&error),
                }
            });
        });
        Effect::new(move |_| again.run(()));
        Self { drafts, again }
    }
}

/// The words of one person, chat by chat.
#[component]
pub fn LeftDrafts(person: PersonId, left: Left) -> impl IntoView {
    let own = Memo::new(move |_| {
        left.drafts.with(|drafts| drafts.iter().filter(|draft| draft.person == person).cloned().collect::<Vec<_>>())
    });
    dynamic(move || {
        let drafts = own.get();
        (!drafts.is_empty()).then(|| {
            view! {
                <div class="left">
                    <p class="rows__under">"Unsent words they left behind:"</p>
                    <ul class="left__list" aria-label="Unsent words">
                        {drafts.into_iter().map(|draft| view! { <Words draft left /> }).collect_view()}
                    </ul>
                </div>
            }
        })
    })
}

#[component]
fn Words(draft: LeftDraft, left: Left) -> impl IntoView {
    let store = expect_context::<Store>();
    let LeftDraft { person, room, customer, mode, text, kept_until } = draft;
    let kind = match mode {
        DraftMode::Reply => "Reply to",
        DraftMode::Note => "Private note about",
    };
    // The room stays open wherever it has gone; the section is only where one begins to look.
    let place = Place::Rooms { section: Section::Assigned, room: Some(room) }.path();
    let take = move |_| {
        carry_out(store, "It is in your draft in that chat now.", take_left_draft(person, room, mode), left.again);
    };
    view! {
        <li class="left__draft">
            <p class="rows__under">
                {kind} " " <a class="link" href=place>{customer}</a> " · kept until " <Moment at=kept_until words=coming_words />
            </p>
            <p class="left__words">{text.clone()}</p>
            <div class="rows__actions">
                <CopyButton text />
                <button type="button" class="button button--small" on:click=take>
                    "Take into my draft"
                </button>
            </div>
        </li>
    }
    .into_any()
}
