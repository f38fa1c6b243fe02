//! What is open over the console, for as long as it is open.

use domain::id::MessageId;
use domain::room::Status;
use leptos::prelude::*;

use crate::chat::Mode;

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
    Account,
    Shortcuts,
    Commands,
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
    pub panel: RwSignal<PanelChoice>,
    /// Asks the composer to take the focus in this mode; it answers by setting `None`.
    pub compose: RwSignal<Option<Mode>>,
    /// The message that what is being written answers.
    pub answering: RwSignal<Option<MessageId>>,
    /// Whether the emoji are open over the composer.
    pub emoji: RwSignal<bool>,
    /// Whether the code that comes later is there.
    pub is_whole: RwSignal<bool>,
    /// Whether single keys do things; off for whoever dictates or types without looking.
    pub has_keys: RwSignal<bool>,
}

impl Ui {
    /// Nothing open.
    #[must_use]
    pub fn new() -> Self {
        Self {
            dialog: RwSignal::new(None),
            panel: RwSignal::new(PanelChoice::Fitting),
            compose: RwSignal::new(None),
            answering: RwSignal::new(None),
            emoji: RwSignal::new(false),
            is_whole: RwSignal::new(false),
            has_keys: RwSignal::new(true),
        }
    }

    /// Shows a hidden side panel and hides a shown one.
    pub fn toggle_panel(self) {
        let is_shown = match self.panel.get_untracked() {
            PanelChoice::Fitting => fits_panel(),
            PanelChoice::Shown => true,
            PanelChoice::Hidden => false,
        };
        self.panel.set(if is_shown { PanelChoice::Hidden } else { PanelChoice::Shown });
    }

    /// Hides the side panel where it covers the conversation.
    pub fn uncover(self) {
        if !fits_panel() {
            self.panel.set(PanelChoice::Hidden);
        }
    }
}

fn fits_panel() -> bool {
    window().inner_width().ok().and_then(|width| width.as_f64()).is_none_or(|width| width >= FITS_PANEL)
}
