//! Light, dark, or as the system has it. The page's head sets the choice before the first paint.

use leptos::prelude::*;

use crate::storage;

/// A reader's choice of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    /// Every choice, as menus show them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The words in a menu.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::System => "As the system",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// The icon in a menu.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::System => "screen",
            Self::Light => "sun",
            Self::Dark => "moon",
        }
    }

    /// The present choice.
    #[must_use]
    pub fn chosen() -> Self {
        match storage::load("theme").as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    /// Makes it the choice.
    pub fn choose(self) {
        let word = match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        };
        let html = document().document_element();
        // Setting an attribute of an element that exists does not fail.
        match (word, html) {
            (Some(word), Some(html)) => {
                storage::save("theme", word);
                drop(html.set_attribute("data-theme", word));
            }
            (None, Some(html)) => {
                storage::forget("theme");
                drop(html.remove_attribute("data-theme"));
            }
            (_, None) => {}
        }
    }
}
