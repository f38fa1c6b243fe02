//! The words one has not sent, by room and kind: plain data, which says whose words stand when two sides have some.

use std::collections::{HashMap, HashSet};

use domain::id::RoomId;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use crate::chat::Mode;

/// A room, and for whom one writes there.
pub type Place = (RoomId, Mode);

/// Unsent words, and what happens to them.
#[derive(Clone, Copy)]
pub struct Unsent {
    pub words: RwSignal<UnsentWords>,
    /// What pauses, and will be saved.
    pub waiting: StoredValue<HashMap<Place, TimeoutHandle>>,
    /// What is being saved.
    pub saving: StoredValue<HashSet<Place>>,
}

impl Default for Unsent {
    fn default() -> Self {
        Self {
            words: RwSignal::new(UnsentWords::default()),
            waiting: StoredValue::new(HashMap::new()),
            saving: StoredValue::new(HashSet::new()),
        }
    }
}

/// All unsent words of this page; what the browser keeps of them is only their mirror.
#[derive(Clone, Debug, Default)]
pub struct UnsentWords(HashMap<Place, Words>);

#[derive(Clone, Debug, Default)]
struct Words {
    text: String,
    /// Whether the server has them not yet.
    is_new: bool,
    /// How often they were changed here.
    edits: u32,
}

impl UnsentWords {
    /// The words; `None` where nothing is known yet.
    #[must_use]
    pub fn text(&self, place: Place) -> Option<&str> {
        self.0.get(&place).map(|words| words.text.as_str())
    }

    /// Whether the server has what stands there.
    #[must_use]
    pub fn is_saved(&self, place: Place) -> bool {
        self.0.get(&place).is_none_or(|words| !words.is_new)
    }

    /// What the server does not have, with the mark under which it will be [`Self::saved`].
    #[must_use]
    pub fn unsaved(&self, place: Place) -> Option<(String, u32)> {
        self.0.get(&place).filter(|words| words.is_new).map(|words| (words.text.clone(), words.edits))
    }

    /// Every place with words that the server does not have.
    pub fn all_unsaved(&self) -> impl Iterator<Item = Place> {
        self.0.iter().filter(|(_, words)| words.is_new && !words.text.is_empty()).map(|(place, _)| *place)
    }

    /// Other words stand there now.
    pub fn write(&mut self, place: Place, text: &str) {
        let words = self.0.entry(place).or_default();
        *words = Words { text: text.into(), is_new: true, edits: words.edits + 1 };
    }

    /// Takes up what the browser kept of an earlier page, unless this page has words that the server has not.
    pub fn take_up(&mut self, place: Place, text: String, is_saved: bool) {
        let words = self.0.entry(place).or_default();
        if !words.is_new {
            (words.text, words.is_new) = (text, !is_saved);
        }
    }

    /// The server has what stood there under this mark. False when other words stand there by now.
    pub fn saved(&mut self, place: Place, mark: u32) -> bool {
        let words = self.0.get_mut(&place).filter(|words| words.edits == mark);
        words.is_some_and(|words| {
            words.is_new = false;
            true
        })
    }

    /// The mark of a question to the server; `None` when its answer could only be older than what stands here.
    #[must_use]
    pub fn ask(&self, place: Place) -> Option<u32> {
        self.is_saved(place).then(|| self.0.get(&place).map_or(0, |words| words.edits))
    }

    /// The server's answer to what was asked under this mark. False when it is older than what stands here.
    pub fn told(&mut self, place: Place, mark: Option<u32>, text: &str) -> bool {
        let words = self.0.entry(place).or_default();
        let is_news = mark == Some(words.edits) && !words.is_new;
        if is_news {
            words.text = text.into();
        }
        is_news
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, UnsentWords};
    use crate::chat::Mode;
    use domain::id::RoomId;

    const HERE: Place = (RoomId::from_number(1), Mode::Reply);

    #[test]
    fn the_words_of_the_server_stand_where_nothing_was_written_since() {
        let mut unsent = UnsentWords::default();
        let asked = unsent.ask(HERE);
        assert!(unsent.told(HERE, asked, "from the phone"));
        assert_eq!(unsent.text(HERE), Some("from the phone"));
    }

    #[test]
    fn an_answer_from_before_the_words_were_sent_does_not_bring_them_back() {
        let mut unsent = UnsentWords::default();
        unsent.take_up(HERE, "old words".into(), true);
        let asked = unsent.ask(HERE);
        unsent.write(HERE, "");
        let (_, mark) = unsent.unsaved(HERE).expect("the server still has the old words");
        assert!(unsent.saved(HERE, mark));
        assert!(!unsent.told(HERE, asked, "old words"));
        assert_eq!(unsent.text(HERE), Some(""));
    }

    #[test]
    fn what_is_asked_while_newer_words_are_on_their_way_answers_nothing() {
        let mut unsent = UnsentWords::default();
        unsent.write(HERE, "new");
        let asked = unsent.ask(HERE);
        let (_, mark) = unsent.unsaved(HERE).expect("it is new");
        assert!(unsent.saved(HERE, mark));
        assert!(!unsent.told(HERE, asked, "old"));
        assert_eq!(unsent.text(HERE), Some("new"));
    }

    #[test]
    fn words_that_changed_while_they_were_saved_are_saved_again() {
        let mut unsent = UnsentWords::default();
        unsent.write(HERE, "one");
        let (_, mark) = unsent.unsaved(HERE).expect("it is new");
        unsent.write(HERE, "one two");
        assert!(!unsent.saved(HERE, mark));
        assert_eq!(unsent.unsaved(HERE).expect("it is new").0, "one two");
    }

    #[test]
    fn what_an_earlier_page_left_gives_way_to_what_is_written_here() {
        let mut unsent = UnsentWords::default();
        unsent.write(HERE, "here");
        unsent.take_up(HERE, "earlier".into(), false);
        assert_eq!(unsent.text(HERE), Some("here"));
    }
}
