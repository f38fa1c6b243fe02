//! Staying at the newest words, unless the reader went up; and staying in place while earlier ones come in above.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlDivElement, ResizeObserver};

/// Within so many pixels of the end one counts as being there.
const NEAR: i32 = 100;

/// Within so many pixels of the beginning, earlier words are asked for.
const EARLY: i32 = 240;

/// Where the reader stands in the transcript.
#[derive(Clone, Copy)]
pub struct Scroll {
    pub log: NodeRef<html::Div>,
    pub column: NodeRef<html::Div>,
    pub is_at_end: RwSignal<bool>,
    pub is_near_beginning: RwSignal<bool>,
    /// The height before earlier words came in above, until they stand.
    held: StoredValue<Option<(i32, i32)>>,
    /// As it was last looked at.
    stood: StoredValue<Stand>,
}

/// The size of the words and of their window, and the place in them, in pixels.
#[derive(Clone, Copy, Default, PartialEq)]
struct Stand {
    height: i32,
    window: (i32, i32),
    top: i32,
}

impl Stand {
    fn of(log: &HtmlDivElement) -> Self {
        Self { height: log.scroll_height(), window: (log.client_width(), log.client_height()), top: log.scroll_top() }
    }

    /// Whether it became of `before` by other sizes, and not by a reader who goes up.
    fn is_moved_by_size(self, before: Self) -> bool {
        let is_other = (self.height, self.window) != (before.height, before.window);
        // On the way to another width the words may be shorter for a moment, and what was the end is further up then.
        is_other && (self.top >= before.top || self.window.0 != before.window.0)
    }
}

impl Scroll {
    /// Begins at the end, and keeps it in sight while the column grows.
    #[must_use]
    pub fn new() -> Self {
        let scroll = Self {
            log: NodeRef::new(),
            column: NodeRef::new(),
            is_at_end: RwSignal::new(true),
            is_near_beginning: RwSignal::new(false),
            held: StoredValue::new(None),
            stood: StoredValue::new(Stand::default()),
        };
        Effect::new(move |_| {
            let (Some(log), Some(column)) = (scroll.log.get(), scroll.column.get()) else { return };
            scroll.to_end();
            // Whatever makes the column or its window another size: news, a longer composer, a phone's keyboard.
            let resized = Closure::<dyn FnMut()>::new(move || scroll.settle());
            let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) else { return };
            observer.observe(&column);
            observer.observe(&log);
            let kept = StoredValue::new_local((observer, resized));
            on_cleanup(move || {
                kept.try_with_value(|(observer, _)| observer.disconnect());
            });
        });
        scroll
    }

    /// The reader scrolled, or the browser did because the words have another size.
    pub fn scrolled(self) {
        let Some(log) = self.log.get_untracked() else { return };
        let stand = Stand::of(&log);
        // A window that is made narrow has longer words, and some browsers tell so before anybody could settle them.
        if self.is_at_end.get_untracked() && stand.is_moved_by_size(self.stood.get_value()) {
            return self.to_end();
        }
        self.stood.set_value(stand);
        let is_at_end = log.scroll_height() - log.scroll_top() - log.client_height() <= NEAR;
        if self.is_at_end.get_untracked() != is_at_end {
            self.is_at_end.set(is_at_end);
        }
        let is_near_beginning = log.scroll_top() < EARLY;
        if self.is_near_beginning.get_untracked() != is_near_beginning {
            self.is_near_beginning.set(is_near_beginning);
        }
    }

    /// Goes to the newest words.
    pub fn to_end(self) {
        if let Some(log) = self.log.get_untracked() {
            log.set_scroll_top(log.scroll_height());
            self.stood.set_value(Stand::of(&log));
            self.is_at_end.set(true);
        }
    }

    /// Remembers the place before earlier words come in above.
    pub fn hold(self) {
        if let Some(log) = self.log.get_untracked() {
            self.held.set_value(Some((log.scroll_height(), log.scroll_top())));
        }
    }

    /// The words have another size: the reader stays where they are.
    pub fn settle(self) {
        let Some(log) = self.log.try_get_untracked().flatten() else { return };
        match self.held.try_update_value(Option::take).flatten() {
            Some((height, top)) => log.set_scroll_top(top + log.scroll_height() - height),
            None if self.is_at_end.try_get_untracked() == Some(true) => log.set_scroll_top(log.scroll_height()),
            None => {}
        }
        self.stood.try_set_value(Stand::of(&log));
    }
}
