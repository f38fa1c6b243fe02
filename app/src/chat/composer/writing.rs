//! What the composer does: which words, of which kind, and whether they may go.

use domain::channel::{ChannelKind, Measure, TextUnit, WindowState};
use domain::id::{MessageId, RoomId};
use domain::message::{Attachment, NOTE_MAX, Reply, checked};
use domain::refused::Refused;
use domain::room::Room;
use domain::timestamp::Timestamp;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use web_sys::ClipboardEvent;

use crate::chat::Mode;
use crate::chat::composer::files::Files;
use crate::chat::composer::typing::Typing;
use crate::chat::draft::{self, Draft};
use crate::chat::way::may_template;
use crate::clock::{self, Clock};
use crate::console::Ui;
use crate::desk::{Sent, Store};
use crate::storage;

/// `KeyboardEvent.keyCode` of a key that belongs to a word being composed, as
/// <https://www.w3.org/TR/uievents/#determine-keydown-keyup-keyCode> has it.
pub const COMPOSED: u32 = 229;

/// The state of one composer.
#[derive(Clone, Copy)]
pub struct Writing {
    pub mode: RwSignal<Mode>,
    pub field: NodeRef<html::Textarea>,
    pub sends_by_enter: RwSignal<bool>,
    pub known: Memo<Option<Room>>,
    pub measure: Memo<Measure>,
    pub may_send: Memo<bool>,
    /// Whether a template gets through where words do not.
    pub needs_template: Memo<bool>,
    pub files: Files,
    ui: Ui,
    /// Why nothing may go, whatever the words are.
    pub refused: Memo<Option<String>>,
    room: RoomId,
    store: Store,
    draft: Draft,
    typing: Typing,
}

impl Writing {
    /// Takes up what was unsent in `room`.
    pub fn begin(room: RoomId, known: Memo<Option<Room>>, may_reply: bool) -> Self {
        let store = expect_context::<Store>();
        let clock = expect_context::<Clock>();
        let draft = Draft::of(store, room);
        let mode = RwSignal::new(if may_reply { Mode::Reply } else { Mode::Note });
        let refused = Memo::new(move |_| known.with(|room| refused(room.as_ref(), mode.get(), clock.now())));
        let kind = Memo::new(move |_| known.with(|room| room.as_ref().map(|room| room.kind)));
        let measure = Memo::new(move |_| {
            let mode = mode.get();
            measure(kind.get(), mode, &draft.words(mode))
        });
        let files = Files { attached: store.attached, room, on: kind };
        let may_send = Memo::new(move |_| {
            // Beside a file no word is needed.
            let least = usize::from(mode.get() == Mode::Note || store.attached.of(room).is_empty());
            let files_are_here = mode.get() == Mode::Note || files.are_here();
            let fits = measure.with(|measure| measure.length >= least && !measure.is_over());
            refused.get().is_none() && files_are_here && fits
        });
        let needs_template = Memo::new(move |_| {
            let may = |room: &Room| store.desk.with(|desk| may_template(desk, room));
            refused.with(Option::is_some) && known.with(|room| room.as_ref().is_some_and(may))
        });
        let writing = Self {
            mode,
            field: NodeRef::new(),
            sends_by_enter: RwSignal::new(match storage::load("send") {
                Some(key) => key != "ctrl",
                None => !is_touched(),
            }),
            known,
            measure,
            may_send,
            needs_template,
            files,
            ui: expect_context(),
            refused,
            room,
            store,
            draft,
            typing: Typing::new(store, room),
        };
        writing.follow_requests(may_reply);
        on_cleanup(move || {
            draft.save_now(Mode::Reply);
            draft.save_now(Mode::Note);
            writing.typing.stop();
            writing.ui.emoji.set(false);
            writing.ui.quick_replies.set(false);
        });
        writing
    }

    /// The words of the present kind.
    pub fn words(self) -> String {
        self.draft.words(self.mode.get())
    }

    /// Why the words cannot go.
    pub fn problem(self) -> Option<String> {
        let too_long = || {
            self.measure.with(|measure| {
                let more = measure.length - measure.max.min(measure.length);
                measure.is_over().then(|| format!("{} {} too many.", count(more), measure.unit.label()))
            })
        };
        self.refused.get().or_else(too_long)
    }

    /// Whether words stand here and the server has them.
    pub fn is_kept(self) -> bool {
        self.draft.is_saved(self.mode.get()) && self.measure.with(|measure| measure.length > 0)
    }

    /// Sends the words, when they may go; otherwise they stay.
    pub fn send(self) {
        let kind = self.known.with_untracked(|room| room.as_ref().map(|room| room.kind));
        if let (true, Some(kind)) = (self.may_send.get_untracked(), kind) {
            let sent = match self.mode.get_untracked() {
                Mode::Note => self.add_note(),
                Mode::Reply => send_unsent(self.store, self.ui, self.room, kind).map(drop),
            };
            if sent.is_ok() {
                self.typing.stop();
            }
        }
        self.focus();
    }

    fn add_note(self) -> Result<(), Refused> {
        let text = checked("note", &untrack(|| self.draft.words(Mode::Note)), NOTE_MAX)?;
        self.store.add_note(self.room, text);
        draft::clear(self.store, self.room, Mode::Note);
        Ok(())
    }

    /// Pictures and files that were copied become files of the message.
    pub fn paste(self, event: &ClipboardEvent) {
        let files = event.clipboard_data().and_then(|pasted| pasted.files());
        if self.mode.get_untracked() == Mode::Reply && self.files.choose(files) {
            event.prevent_default();
        }
    }

    /// The field has other words now.
    pub fn write(self, text: String) {
        let mode = self.mode.get_untracked();
        if mode == Mode::Reply {
            self.typing.go_on(!text.is_empty());
        }
        self.draft.write(mode, &text);
    }

    /// A key in the field.
    pub fn press(self, event: &KeyboardEvent) {
        if event.key() == "Escape" {
            event.stop_propagation();
            if let Some(field) = self.field.get_untracked() {
                // A field that cannot lose the focus keeps it.
                drop(field.blur());
            }
        }
        let is_plain = !event.shift_key() && !event.alt_key() && !event.ctrl_key() && !event.meta_key();
        let is_with_command = event.ctrl_key() || event.meta_key();
        let is_sending = is_with_command || (self.sends_by_enter.get_untracked() && is_plain);
        // While a word is being composed, Enter only chooses it. Safari says that by the key's code alone.
        let is_composing = event.is_composing() || event.key_code() == COMPOSED;
        if event.key() == "Enter" && is_sending && !is_composing {
            event.prevent_default();
            self.send();
        }
    }

    /// One looks elsewhere. A field that is taken away loses the focus too, when nothing of this is left; its words
    /// were kept as they were written.
    pub fn pause(self) {
        if let Some(mode) = self.mode.try_get_untracked() {
            self.draft.save_now(mode);
            self.typing.stop();
        }
    }

    /// Lets Enter send, or only with Ctrl.
    pub fn toggle_key(self) {
        let by_enter = !self.sends_by_enter.get_untracked();
        storage::save("send", if by_enter { "enter" } else { "ctrl" });
        self.sends_by_enter.set(by_enter);
    }

    /// Puts the cursor into the field.
    pub fn focus(self) {
        if let Some(field) = self.field.try_get_untracked().flatten() {
            // A field that is gone takes no focus.
            drop(field.focus());
        }
    }

    /// Keys and menus ask for a mode. A reply that cannot be written here waits for the composer in which it can.
    fn follow_requests(self, may_reply: bool) {
        let ui = expect_context::<Ui>();
        Effect::new(move |_| {
            let Some(mode) = ui.compose.get().filter(|wanted| may_reply || *wanted == Mode::Note) else { return };
            self.mode.set(mode);
            ui.compose.set(None);
            // At once where it can be: the next key may already be the first letter.
            let is_on_screen = self.field.get_untracked().is_some_and(|field| field.is_connected());
            if is_on_screen {
                self.focus();
            } else {
                request_animation_frame(move || self.focus());
            }
        });
    }
}

/// Whether one points with a finger. A keyboard on the screen has no Shift Enter: there Enter breaks the line, and the
/// button sends.
fn is_touched() -> bool {
    window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}

/// Sends the unsent reply of `room`, by the same rules as the server's. Files that do not fit into one message go in
/// several; the words stand beside the last.
///
/// # Errors
/// The words or the files cannot go on this `kind` of channel; they are unsent still.
pub fn send_unsent(store: Store, ui: Ui, room: RoomId, kind: ChannelKind) -> Result<Vec<Sent>, Refused> {
    let text = untrack(|| draft::unsent(store, room, Mode::Reply));
    let files = store.attached.take(room);
    let replies = replies(kind, &text, &files, ui.answering.get_untracked())
        .inspect_err(|_| store.attached.put_back(room, &files))?;
    draft::clear(store, room, Mode::Reply);
    ui.answering.set(None);
    Ok(replies.into_iter().map(|reply| store.send(room, reply)).collect())
}

/// Why nothing can be sent, whatever the words are.
fn refused(room: Option<&Room>, mode: Mode, now: Option<Timestamp>) -> Option<String> {
    let room = room.filter(|_| mode == Mode::Reply)?;
    match room.window(now?) {
        WindowState::Closed => Some(format!("{} Your words stay here.", Refused::window_closed(room.kind))),
        WindowState::OpenUntil(_) | WindowState::PeopleUntil(_) | WindowState::Unlimited => None,
    }
}

/// How the words stand against what the channel carries, or against the longest note.
fn measure(kind: Option<ChannelKind>, mode: Mode, words: &str) -> Measure {
    match (mode, kind) {
        (Mode::Reply, Some(kind)) => kind.capabilities().measure(words),
        (Mode::Reply, None) | (Mode::Note, _) => Measure::new(TextUnit::Characters, NOTE_MAX, words),
    }
}

/// A number as the reader writes it.
pub fn count(number: usize) -> String {
    clock::count(u64::try_from(number).unwrap_or(u64::MAX))
}

/// What is said, in as many messages as the files need; the first one answers.
fn replies(
    kind: ChannelKind,
    text: &str,
    files: &[Attachment],
    answered: Option<MessageId>,
) -> Result<Vec<Reply>, Refused> {
    let mut parts: Vec<(&str, &[Attachment])> =
        files.chunks(kind.capabilities().files_max.max(1)).map(|files| ("", files)).collect();
    match parts.last_mut() {
        Some((words, _)) => *words = text,
        None => parts.push((text, &[])),
    }
    let mut replies = Vec::with_capacity(parts.len());
    for (words, files) in parts {
        let reply = Reply::check_files(kind, words, files.to_vec())?;
        replies.push(match answered {
            Some(answered) if replies.is_empty() => reply.answering(kind, answered)?,
            _ => reply,
        });
    }
    Ok(replies)
}
