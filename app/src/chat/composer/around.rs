//! What stands around the words of a composer: what its channel carries of them, and what may be put into them.

use leptos::html;
use leptos::prelude::*;

use crate::chat::Mode;
use crate::chat::composer::emoji::EmojiPicker;
use crate::chat::composer::limit::Limits;
use crate::chat::composer::mentions::Mentions;
use crate::chat::composer::quick_replies::QuickReplies;
use crate::chat::composer::writing::Writing;
use crate::console::Ui;
use crate::parts::dynamic;

/// What of a composer that depends on.
#[derive(Clone, Copy)]
pub struct AroundWords {
    limits: Limits,
    field: NodeRef<html::Textarea>,
    /// Takes what stands in the field once something was put in.
    write: Callback<String>,
}

impl AroundWords {
    /// That of `writing`.
    pub fn of(writing: Writing) -> Self {
        let write = Callback::new(move |text| writing.write(text));
        Self { limits: Limits::of(writing), field: writing.field, write }
    }

    /// All of it: limits, the emoji, quick replies, and whom an "@" in a note may name.
    pub fn show(self) -> AnyView {
        let Self { limits, field, write } = self;
        let Limits { mode, known, .. } = limits;
        let ui = expect_context::<Ui>();
        view! {
            {limits.show()}
            {dynamic(move || ui.emoji.get().then(|| view! { <EmojiPicker field write /> }))}
            <QuickReplies field write known mode />
            {dynamic(move || (mode.get() == Mode::Note).then(|| view! { <Mentions field write known /> }))}
        }
        .into_any()
    }
}
