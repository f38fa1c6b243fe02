//! What is open over the console, for as long as it is open.

use domain::id::{MessageId, RoomId};
use domain::room::Status;
use leptos::prelude::*;

use crate::chat::Mode;
use crate::console::Here;
use crate::desk::{Opening, Store};

/// A dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Update status, with this one chosen.
    Status(Status),
    /// Another outcome for an archived room.
    Correct,
    Assign,
    /// A colleague who shall join.
    BringIn,
    /// What is done to the selected rooms; the list shows it.
    Many(Many),
    Snooze,
    /// What blocking the customer will do, before it is done.
    Block,
    Contact,
    /// A template into the room on screen.
    Template,
    /// A template to somebody's number.
    Begin,
    /// Going offline: what becomes of the rooms one holds.
    Offline,
    /// Where one was named.
    Mentions,
    /// The quick replies that one has.
    QuickReplies,
    /// A new one, of what is unsent in this mode in the room on screen.
    NewQuickReply(Mode),
    Account,
    Shortcuts,
    Commands,
}

/// What is done to many rooms at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Many {
    UpdateStatus,
    Assign,
    ReturnToQueue,
}

/// Whether the side panel shows; nothing chosen means where there is room for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelChoice {
    Fitting,
    Shown,
    Hidden,
}

/// The narrowest window that has room for the side panel beside the conversation.
const FITS_PANEL: f64 = 1280.0;

/// The signals of what is open.
#[derive(Clone, Copy)]
pub struct Ui {
    pub dialog: RwSignal<Option<Dialog>>,
    /// How the side panel stands at the present place.
    pub panel: Memo<PanelChoice>,
    /// Whether the side panel is a drawer over the conversation, and nothing else can be reached.
    pub covers: Memo<bool>,
    /// Asks the composer to take the focus in this mode; it answers by setting `None`.
    pub compose: RwSignal<Option<Mode>>,
    /// The room that one is on the way to, to write there.
    pub bound_for: StoredValue<Option<RoomId>>,
    /// The message that what is being written answers.
    pub answering: RwSignal<Option<MessageId>>,
    /// Whether the emoji are open over the composer.
    pub emoji: RwSignal<bool>,
    /// Whether the quick replies are open over the composer.
    pub quick_replies: RwSignal<bool>,
    /// Whether rooms of the list are selected instead of opened.
    pub selects: RwSignal<bool>,
    /// Whether the code that comes later is there.
    pub is_whole: RwSignal<bool>,
    /// Whether single keys do things; off for whoever dictates or types without looking.
    pub has_keys: RwSignal<bool>,
    chosen_panel: RwSignal<PanelChoice>,
    fits_panel: RwSignal<bool>,
}

impl Ui {
    /// Nothing open.
    #[must_use]
    pub fn new(store: Store, here: Here) -> Self {
        let chosen_panel = RwSignal::new(PanelChoice::Fitting);
        let fits_panel = RwSignal::new(true);
        let room = move || here.place.get().room();
        // There is nothing to tell of a customer whose room one may not see.
        let panel = Memo::new(move |_| match (store.opening.get(), room()) {
            (Opening::Failed(failed, _), Some(room)) if failed == room => PanelChoice::Hidden,
            _ => chosen_panel.get(),
        });
        let covers = Memo::new(move |_| panel.get() == PanelChoice::Shown && !fits_panel.get() && room().is_some());
        Self {
            dialog: RwSignal::new(None),
            panel,
            covers,
            chosen_panel,
            fits_panel,
            compose: RwSignal::new(None),
            bound_for: StoredValue::new(None),
            answering: RwSignal::new(None),
            emoji: RwSignal::new(false),
            quick_replies: RwSignal::new(false),
            selects: RwSignal::new(false),
            is_whole: RwSignal::new(false),
            has_keys: RwSignal::new(true),
        }
    }

    /// Shows a hidden side panel and hides a shown one.
    pub fn toggle_panel(self) {
        let fits = self.fits_panel.get_untracked();
        self.chosen_panel.set(match (untrack(|| self.is_panel_shown()), fits) {
            (false, _) => PanelChoice::Shown,
            (true, true) => PanelChoice::Hidden,
            (true, false) => PanelChoice::Fitting,
        });
    }

    /// Whether the side panel is on screen.
    pub fn is_panel_shown(self) -> bool {
        match self.panel.get() {
            PanelChoice::Fitting => self.fits_panel.get(),
            PanelChoice::Shown => true,
            PanelChoice::Hidden => false,
        }
    }

    /// Hides the side panel where it covers the conversation.
    pub fn uncover(self) {
        if !self.fits_panel.get_untracked() {
            self.chosen_panel.set(PanelChoice::Fitting);
        }
    }

    /// The window has another size. A panel that has no room any more does not cover what one looks at.
    pub fn measure(self) {
        let fits = fits_panel();
        if self.fits_panel.get_untracked() != fits {
            self.fits_panel.set(fits);
            if self.chosen_panel.get_untracked() == PanelChoice::Shown {
                self.uncover();
            }
        }
    }
}

fn fits_panel() -> bool {
    window().inner_width().ok().and_then(|width| width.as_f64()).is_none_or(|width| width >= FITS_PANEL)
}
