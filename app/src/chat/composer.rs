//! Where one writes: replies and private notes, which cannot be confused and never lose a word.

mod around;
mod emoji;
mod files;
mod limit;
mod mentions;
mod quick_replies;
mod typing;
mod writing;

use domain::id::RoomId;
use domain::room::Room;
use leptos::prelude::*;

use crate::chat::Mode;
use crate::chat::composer::limit::Limit;
use crate::console::{Later, Part, Ui};
use crate::dialogs::TemplateButtonMain;
use crate::parts::{Icon, dynamic};
use writing::Writing;

pub use around::AroundWords;
pub use files::{AttachButton, AttachedFiles, Files};
pub use mentions::Mentions;
pub use quick_replies::{ask_quick_replies, files_of, known_quick_replies, put_words, whose};
pub use writing::send_unsent;

/// The composer of one room. Without `may_reply` only notes can be written.
#[component]
pub fn Composer(room: RoomId, known: Memo<Option<Room>>, may_reply: bool) -> impl IntoView {
    let writing = Writing::begin(room, known, may_reply);
    let mode = writing.mode;
    let name = known.get_untracked().map_or_else(String::new, |room| room.name);
    let label = move || match mode.get() {
        Mode::Reply => format!("Message to {name}"),
        Mode::Note => "Private note for your team".into(),
    };
    let is_note = move || mode.get() == Mode::Note;
    let ui = expect_context::<Ui>();
    let (files, focus) = (writing.files, Callback::new(move |()| writing.focus()));
    let attached = Part::Files { files, focus };
    let around = Part::AroundWords(AroundWords::of(writing));

    view! {
        <form
            class="composer"
            class:composer--note=is_note
            on:submit=move |event| {
                event.prevent_default();
                writing.send();
            }
        >
            <div class="composer__modes">
                {may_reply.then(|| view! { <ModeButton writing this=Mode::Reply /> })}
                <ModeButton writing this=Mode::Note />
                <span class="composer__gap"></span>
                <Limit writing />
            </div>
            {may_reply.then(|| view! { <Later part=Part::Answering /> <Later part=attached /> })}
            <textarea
                class="composer__field"
                dir="auto"
                rows="2"
                node_ref=writing.field
                aria-label=label
                aria-describedby="composer-problem"
                enterkeyhint=move || if writing.sends_by_enter.get() { "send" } else { "enter" }
                placeholder=move || match mode.get() {
                    Mode::Reply => "Write a reply…",
                    Mode::Note => "Write for your team; @name tells a colleague. The customer never sees it.",
                }
                prop:value=move || writing.words()
                on:input:target=move |event| writing.write(event.target().value())
                on:keydown=move |event| writing.press(&event)
                on:blur=move |_| writing.pause()
                on:paste=move |event| writing.paste(&event)
            ></textarea>
            <div class="composer__trouble">
                <p class="composer__problem" id="composer-problem">
                    {dynamic(move || writing.problem())}
                </p>
                {dynamic(move || writing.needs_template.get().then(|| view! { <TemplateButtonMain /> }))}
            </div>
            <Later part=around />
            <div class="composer__tools">
                {dynamic(move || (!is_note() && files.may_attach()).then(|| view! { <AttachButton files focus /> }))}
                <Opener label="Insert quick reply" icon="bolt" open=ui.quick_replies />
                <Opener label="Insert emoji" icon="smile" open=ui.emoji />
                <button
                    type="button"
                    class="composer__key wide-only"
                    title="Choose which key sends"
                    on:click=move |_| writing.toggle_key()
                >
                    {dynamic(move || if writing.sends_by_enter.get() { "Enter sends" } else { "Ctrl Enter sends" })}
                </button>
                <span class="composer__gap"></span>
                <span class="composer__saved">{dynamic(move || writing.is_kept().then_some("Draft saved"))}</span>
                <button
                    type="submit"
                    class="button button--main composer__send"
                    class:button--note=is_note
                    disabled=move || !writing.may_send.get()
                    aria-label=move || if is_note() { "Add note" } else { "Send" }
                >
                    {dynamic(move || match mode.get() {
                        Mode::Reply => view! { <Icon name="send" small=true /> <span class="wide-only">"Send"</span> }.into_any(),
                        Mode::Note => view! { <Icon name="lock" small=true /> <span class="wide-only">"Add note"</span> }.into_any(),
                    })}
                </button>
            </div>
        </form>
    }
}

/// Opens something over the composer, or closes it.
#[component]
fn Opener(label: &'static str, icon: &'static str, open: RwSignal<bool>) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button button--quiet button--small composer__attach"
            aria-label=label
            title=label
            aria-expanded=move || if open.get() { "true" } else { "false" }
            // What is open closes when it loses the focus; then a click would open it again.
            on:mousedown=move |event| event.prevent_default()
            on:click=move |_| open.update(|open| *open = !*open)
        >
            <Icon name=icon />
        </button>
    }
}

#[component]
fn ModeButton(writing: Writing, this: Mode) -> impl IntoView {
    let (words, icon) = match this {
        Mode::Reply => ("Reply", None),
        Mode::Note => ("Private note", Some("lock")),
    };
    view! {
        <button
            type="button"
            class="composer__mode"
            aria-pressed=move || if writing.mode.get() == this { "true" } else { "false" }
            on:click=move |_| {
                writing.mode.set(this);
                writing.focus();
            }
        >
            {icon.map(|icon| view! { <Icon name=icon small=true /> })}
            {words}
        </button>
    }
}
