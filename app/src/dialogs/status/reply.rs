//! The reply that is not sent yet when a chat is closed: it is sent first, kept or discarded, and somebody says which.

use domain::id::RoomId;
use domain::permission::may_send;
use domain::room::{Status, may_reply};
use leptos::html;
use leptos::prelude::*;

use crate::chat::{Mode, clear, unsent, unsent_reply};
use crate::clock;
use crate::desk::{Going, Store};
use crate::parts::{Icon, dynamic};

/// How much of the words the question shows.
const SHOWN: usize = 60;

/// What becomes of the unsent reply.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unsent {
    Send,
    Keep,
    Discard,
}

/// The question about the unsent reply of one room.
#[derive(Clone, Copy)]
pub struct Question {
    store: Store,
    room: RoomId,
    /// Whether there is something to ask, with this status.
    pub is_asked: Memo<bool>,
    /// Why the reply cannot be sent now.
    pub why_not: Memo<Option<String>>,
    /// The first of the ways, for whoever has only a keyboard.
    pub first: NodeRef<html::Button>,
}

impl Question {
    /// The question, as long as one may send and closes the chat.
    pub fn of(store: Store, room: RoomId, chosen: RwSignal<Status>) -> Self {
        let has_reply = Memo::new(move |_| unsent_reply(store, room));
        let is_asked = Memo::new(move |_| {
            let may_send = store.desk.with(|desk| desk.room(room).is_some_and(|room| may_send(&desk.me, room)));
            matches!(chosen.get(), Status::Resolve | Status::Abandon) && has_reply.get() && may_send
        });
        let why_not = Memo::new(move |_| why_not(store, room));
        Self { store, room, is_asked, why_not, first: NodeRef::new() }
    }

    /// The reply was not wanted.
    pub fn discard(self) {
        clear(self.store, self.room, Mode::Reply);
        self.store.attached.remove_all(self.room);
    }
}

fn why_not(store: Store, room: RoomId) -> Option<String> {
    let files = store.attached.of(room);
    if files.iter().any(|file| matches!(file.going, Going::Stuck(_))) {
        return Some("A file did not get to the server.".into());
    }
    if files.iter().any(|file| matches!(file.going, Going::Up(_))) {
        return Some("A file is still on its way.".into());
    }
    let refused = store.desk.with(|desk| may_reply(desk.room(room)?, &desk.me, &desk.policy, clock::now()).err());
    refused.map(|refused| refused.to_string())
}

/// What is not sent yet.
#[component]
pub fn UnsentWords(question: Question) -> impl IntoView {
    let Question { store, room, is_asked, why_not, .. } = question;
    let what = Memo::new(move |_| what_words(&unsent(store, room, Mode::Reply), store.attached.of(room).len()));
    dynamic(move || {
        is_asked.get().then(|| {
            view! {
                <p class="status__warning">
                    <Icon name="draft" small=true />
                    <span class="status__unsent">
                        {dynamic(move || format!("Your reply is not sent yet: {}", what.get()))}
                        {dynamic(move || why_not.get().map(|why| format!(" {why}")))}
                    </span>
                </p>
            }
        })
    })
}

/// The three ways to go on.
#[component]
pub fn Ways(
    question: Question,
    chosen: RwSignal<Status>,
    is_busy: RwSignal<bool>,
    go: Callback<Unsent>,
) -> impl IntoView {
    let send = move || if chosen.get() == Status::Abandon { "Send and abandon" } else { "Send and resolve" };
    view! {
        <button type="button" class="button" disabled=move || is_busy.get() on:click=move |_| go.run(Unsent::Discard)>
            "Discard"
        </button>
        <button type="button" class="button" disabled=move || is_busy.get() on:click=move |_| go.run(Unsent::Keep)>
            "Keep draft"
        </button>
        <button
            type="button"
            class="button button--main"
            node_ref=question.first
            disabled=move || is_busy.get() || question.why_not.with(Option::is_some)
            on:click=move |_| go.run(Unsent::Send)
        >
            {dynamic(send)}
        </button>
    }
    .into_any()
}

/// "“Your parcel left…” and 2 files."
fn what_words(text: &str, files: usize) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: String = words.chars().take(SHOWN).collect();
    let more = if shown.len() < words.len() { "…" } else { "" };
    let files = match files {
        0 => None,
        1 => Some("a file".to_owned()),
        files => Some(format!("{files} files")),
    };
    match (shown.is_empty(), files) {
        (true, files) => format!("{}.", files.unwrap_or_default()),
        (false, Some(files)) => format!("“{shown}{more}” and {files}."),
        (false, None) => format!("“{shown}{more}”"),
    }
}

#[cfg(test)]
mod tests {
    use super::what_words;

    #[test]
    fn who_closes_a_chat_reads_what_they_had_not_sent() {
        let long = "word ".repeat(20);
        for (text, files, words) in [
            ("It  left\ntoday ", 0, "“It left today”"),
            ("It left", 2, "“It left” and 2 files."),
            ("", 1, "a file."),
            (&long, 0, "“word word word word word word word word word word word word …”"),
        ] {
            assert_eq!(what_words(text, files), words);
        }
    }
}
