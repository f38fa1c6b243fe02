//! What the side panel gathers from a room's transcript: its private notes, and its files.

use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::desk::Desk;
use crate::desk::snapshot::{RoomView, alter};
use crate::id::RoomId;
use crate::message::{Attachment, Entry, What};

/// What is gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gather {
    Notes,
    Files,
}

impl Gather {
    /// Whether an entry belongs to it. Of files that were all taken back nothing is left.
    #[must_use]
    pub fn takes(self, what: &What) -> bool {
        match (self, what) {
            (Self::Notes, What::Note(_)) => true,
            (Self::Files, What::Message(message)) => {
                message.content.files().iter().any(|file: &Attachment| !file.is_deleted())
            }
            (Self::Notes, What::Message(_) | What::Line(_)) | (Self::Files, What::Note(_) | What::Line(_)) => false,
        }
    }
}

/// What was asked for so far, of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gathered {
    notes: Option<Asked>,
    files: Option<Asked>,
}

/// The newest entries of one kind, by position, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    entries: Vec<Entry>,
    has_earlier: bool,
}

impl Gathered {
    const fn of(&self, what: Gather) -> &Option<Asked> {
        match what {
            Gather::Notes => &self.notes,
            Gather::Files => &self.files,
        }
    }

    /// Does to what was gathered what happened to it since.
    pub(super) fn alter(&mut self, change: &Change) {
        for asked in [&mut self.notes, &mut self.files].into_iter().flatten() {
            alter(&mut asked.entries, change);
        }
    }

    /// Takes a page that was asked for: the newest, or the one before `before`, which has to be where the last one began.
    pub(super) fn add(&mut self, what: Gather, before: Option<u32>, entries: Vec<Entry>, has_earlier: bool) {
        let place = match what {
            Gather::Notes => &mut self.notes,
            Gather::Files => &mut self.files,
        };
        match (before, place) {
            (None, place) => *place = Some(Asked { entries, has_earlier }),
            (Some(before), Some(asked)) if asked.entries.first().map(|entry| entry.position) == Some(before) => {
                asked.entries.splice(0..0, entries);
                asked.has_earlier = has_earlier;
            }
            (Some(_), _) => {}
        }
    }
}

impl Desk {
    /// Takes a page of what the side panel gathers of the open room: the newest, or those before position `before`.
    pub fn add_gathered(
        &mut self,
        room: RoomId,
        what: Gather,
        before: Option<u32>,
        mut entries: Vec<Entry>,
        has_earlier: bool,
    ) {
        let Some(view) = self.open.as_mut().filter(|view| view.room.id == room) else { return };
        for event in self.recent.iter().filter(|event| event.room_id() == Some(room)) {
            alter(&mut entries, &event.change);
        }
        view.gathered.add(what, before, entries, has_earlier);
    }
}

impl RoomView {
    /// What is known of one kind, newest first: what was asked for, and whatever else stands in the loaded transcript.
    #[must_use]
    pub fn gathered(&self, what: Gather) -> Vec<&Entry> {
        let loaded_from = self.entries.first().map_or(u32::MAX, |entry| entry.position);
        let asked = self.gathered.of(what).iter().flat_map(|asked| asked.entries.iter().rev());
        let earlier = asked.filter(|entry| entry.position < loaded_from);
        self.entries.iter().rev().chain(earlier).filter(|entry| what.takes(&entry.what)).collect()
    }

    /// Whether the newest of one kind were asked for.
    #[must_use]
    pub const fn has_gathered(&self, what: Gather) -> bool {
        self.gathered.of(what).is_some()
    }

    /// Where the page before those that were asked for ends; `None` when there is none, or nothing was asked for.
    #[must_use]
    pub fn gathers_before(&self, what: Gather) -> Option<u32> {
        let asked = self.gathered.of(what).as_ref().filter(|asked| asked.has_earlier)?;
        asked.entries.first().map(|entry| entry.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{EpisodeId, MessageId, PersonId};
    use crate::media::{FileState, MediaKind};
    use crate::message::{Author, Content, Message, Note};
    use crate::timestamp::Timestamp;

    fn entry(position: u32, what: What) -> Entry {
        Entry { position, episode: EpisodeId::from_number(1), at: Timestamp(0), what }
    }

    fn id(position: u32) -> MessageId {
        MessageId::from_number(position.into())
    }

    fn note(position: u32) -> Entry {
        let by = PersonId::from_number(1);
        entry(position, What::Note(Note { id: id(position), by, text: "look".into() }))
    }

    fn files(position: u32) -> Entry {
        let files = vec![Attachment::new(MediaKind::Document, FileState::Coming)];
        let content = Content::Files { text: String::new(), files };
        entry(position, What::Message(Message::new(id(position), Author::Customer, content, None)))
    }

    fn positions(gathered: &Gathered, what: Gather) -> Vec<u32> {
        let asked = gathered.of(what).iter().flat_map(|asked| &asked.entries);
        asked.filter(|entry| what.takes(&entry.what)).map(|entry| entry.position).collect()
    }

    #[test]
    fn notes_and_files_are_told_from_each_other() {
        for (what, takes) in [(note(1).what, [true, false]), (files(1).what, [false, true])] {
            assert_eq!([Gather::Notes, Gather::Files].map(|gather| gather.takes(&what)), takes);
        }
    }

    #[test]
    fn a_page_joins_the_one_it_was_asked_for_and_no_other() {
        let mut gathered = Gathered::default();
        gathered.add(Gather::Notes, Some(9), vec![note(1)], false);
        assert!(positions(&gathered, Gather::Notes).is_empty(), "nothing was asked for before");

        gathered.add(Gather::Notes, None, vec![note(8), note(9)], true);
        gathered.add(Gather::Notes, Some(9), vec![note(1)], false);
        gathered.add(Gather::Notes, Some(8), vec![note(5)], true);

        assert_eq!(positions(&gathered, Gather::Notes), [5, 8, 9]);
        assert!(positions(&gathered, Gather::Files).is_empty());
    }

    #[test]
    fn what_was_taken_back_or_came_since_is_so_here_too() {
        let mut gathered = Gathered::default();
        gathered.add(Gather::Files, None, vec![files(3), files(4)], false);

        gathered.alter(&Change::MessageDeleted { message: id(3) });
        let lost = FileState::Lost { reason: "It was too large.".into() };
        gathered.alter(&Change::FileArrived { message: id(4), place: 0, file: lost.clone() });

        assert_eq!(positions(&gathered, Gather::Files), [4]);
        let asked = gathered.files.as_ref().expect("it was asked for");
        let What::Message(message) = &asked.entries[1].what else { panic!("a message") };
        assert_eq!(message.content.files()[0].file, lost);
    }
}
