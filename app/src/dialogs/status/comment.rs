//! The comment of a status: whether one is needed, whether it is too long, and the field.

use domain::desk::Desk;
use domain::policy::COMMENT_MAX;
use domain::room::{Status, check_comment};
use leptos::html;
use leptos::prelude::*;

use crate::clock;
use crate::desk::Store;
use crate::parts::dynamic;

const OPTIONAL: &str = "Comment for your team. The customer never sees it.";
const NEEDED: &str = "Comment for your team (required). The customer never sees it.";

/// What is written, for the status that is chosen.
#[derive(Clone, Copy)]
pub struct Comment {
    words: RwSignal<String>,
    field: NodeRef<html::Textarea>,
    length: Memo<usize>,
    is_needed: Memo<bool>,
    /// Why the words are not enough.
    missing: Memo<Option<String>>,
    /// Somebody tried without a comment.
    is_marked: RwSignal<bool>,
}

impl Comment {
    /// Of `words` for the status `chosen`.
    pub fn of(store: Store, words: RwSignal<String>, chosen: impl Into<Signal<Status>>) -> Self {
        let chosen = chosen.into();
        let length = Memo::new(move |_| words.with(|words| words.trim().chars().count()));
        let is_needed = Memo::new(move |_| store.desk.with(|desk| desk.policy.needs_comment(chosen.get())));
        let missing = Memo::new(move |_| {
            let refused = |desk: &Desk| words.with(|text| check_comment(Some(text), chosen.get(), &desk.policy)).err();
            store.desk.with(refused).filter(|_| length.get() <= COMMENT_MAX).map(|refused| refused.to_string())
        });
        Self { words, field: NodeRef::new(), length, is_needed, missing, is_marked: RwSignal::new(false) }
    }

    /// Where it is written.
    pub fn field(self) -> NodeRef<html::Textarea> {
        self.field
    }

    /// Whether it has more characters than fit.
    pub fn is_too_long(self) -> bool {
        self.length.get() > COMMENT_MAX
    }

    /// Whether one that is needed is missing; if so, the field says so from now on, and has the focus.
    pub fn asks_for_words(self) -> bool {
        let is_missing = self.missing.with_untracked(Option::is_some);
        if is_missing {
            self.is_marked.set(true);
            drop(self.field.get_untracked().map(|field| field.focus()));
        }
        is_missing
    }

    /// What was written, if anything.
    pub fn written(self) -> Option<String> {
        Some(self.words.get_untracked()).filter(|words| !words.trim().is_empty())
    }

    /// Marked once somebody tried without a comment, and as long as one is missing.
    fn problem(self) -> Option<String> {
        self.missing.get().filter(|_| self.is_marked.get())
    }
}

/// The field; `write` takes what stands in it with every key.
#[component]
pub fn CommentField(comment: Comment, write: Callback<String>) -> impl IntoView {
    let Comment { words, field, length, is_needed, .. } = comment;
    view! {
        <label class="field">
            <span class="visually-hidden">"Comment for your team"</span>
            <textarea
                class="field__input"
                rows="3"
                node_ref=field
                placeholder=move || if is_needed.get() { NEEDED } else { OPTIONAL }
                aria-required=move || is_needed.get().then_some("true")
                aria-invalid=move || comment.problem().is_some().then_some("true")
                autofocus
                prop:value=move || words.get()
                on:input:target=move |event| write.run(event.target().value())
            ></textarea>
            <span class="field__problem" role="alert">
                {dynamic(move || comment.problem())}
            </span>
            <span class="status__count" class:status__count--over=move || comment.is_too_long()>
                {dynamic(move || (length.get() * 5 > COMMENT_MAX * 4).then(|| format!("{} of {}", count(length.get()), count(COMMENT_MAX))))}
            </span>
        </label>
    }
    .into_any()
}

/// A number as the reader writes it.
pub fn count(number: usize) -> String {
    clock::count(u64::try_from(number).unwrap_or(u64::MAX))
}
