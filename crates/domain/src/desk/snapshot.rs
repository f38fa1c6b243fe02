//! What the server gives a browser to begin with: the desk, pages of its list, and a room.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::change::{Change, Event};
use crate::channel::Channel;
use crate::customer::{Contact, Customer};
use crate::desk::gathered::Gathered;
use crate::desk::list::{Cursor, ListQuery};
use crate::episode::{self, Episode};
use crate::id::{MessageId, RoomId};
use crate::live::Counts;
use crate::mention::Mention;
use crate::message::{Entry, What};
use crate::person::Person;
use crate::policy::Policy;
use crate::room::Room;
use crate::team::Team;

/// Everything a desk begins with. `seq` was read before the rest, so that nothing falls between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub seq: u64,
    pub me: Person,
    pub policy: Policy,
    pub people: Vec<Person>,
    pub teams: Vec<Team>,
    pub channels: Vec<Channel>,
    pub counts: Counts,
    pub page: Page,
    /// Where this person was named and has not looked since, the latest first; their rooms are in the page.
    #[serde(default)]
    pub mentions: Vec<Mention>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub query: ListQuery,
    /// Those of the page; in a snapshot, after them those that count as unread or have a mention, and stand on no page yet.
    pub rooms: Vec<Room>,
    /// How many customer messages this person has seen in each.
    pub seen: Vec<(RoomId, u32)>,
    /// As [`crate::seen::Seen`] has it, of the rooms that this person ever marked unread.
    #[serde(default)]
    pub marks: Vec<(RoomId, u32)>,
    pub next: Option<Cursor>,
}

/// A room with its transcript's newest part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomView {
    pub room: Room,
    pub customer: Customer,
    pub contact: Option<Contact>,
    /// Newest first.
    pub episodes: Vec<Episode>,
    /// By position, oldest first.
    pub entries: Vec<Entry>,
    pub has_earlier: bool,
    pub seen: u32,
    #[serde(default)]
    pub marks: u32,
    /// What of the transcript the side panel has asked for.
    #[serde(skip)]
    pub gathered: Gathered,
}

impl RoomView {
    /// Whether the transcript shows the message or note `id`.
    #[must_use]
    pub fn has(&self, id: Option<MessageId>) -> bool {
        id.is_some() && self.entries.iter().rev().any(|entry| entry.what.message_id() == id)
    }

    /// Puts earlier entries before the ones it has. What does not join them without a hole, like the answer to a
    /// question from before the room was loaded again, is dropped.
    pub(super) fn add_earlier(&mut self, mut earlier: Vec<Entry>, has_earlier: bool) {
        if let Some(first) = self.entries.first().map(|entry| entry.position) {
            earlier.retain(|entry| entry.position < first);
            if earlier.last().is_none_or(|last| last.position + 1 != first) {
                return;
            }
        }
        self.entries.splice(0..0, earlier);
        self.has_earlier = has_earlier;
    }

    /// Takes the room's next event; the caller has checked that it is the next.
    pub(super) fn take(&mut self, event: &Event) {
        let Some(room) = &event.room else { return };
        episode::follow(&mut self.episodes, &self.room, room, &event.change, event.at);
        self.room = (**room).clone();
        if let Some(entry) = entry_of(event) {
            self.entries.push(entry);
        }
        alter(&mut self.entries, &event.change);
        self.gathered.alter(&event.change);
        self.customer.take(&event.change);
        if let Change::CustomerChanged { contact, .. } = &event.change {
            self.customer.contact = room.contact;
            let saved = contact.as_deref().cloned().or_else(|| self.contact.take());
            self.contact = saved.filter(|contact| Some(contact.id) == room.contact);
        }
    }
}

/// Does to the message among `entries` what happened to it, if it is one of them.
pub(super) fn alter(entries: &mut [Entry], change: &Change) {
    let Some(id) = change.altered() else { return };
    let mut messages = entries.iter_mut().rev().filter_map(|entry| match &mut entry.what {
        What::Message(message) => Some(message),
        What::Note(_) | What::Line(_) => None,
    });
    if let Some(message) = messages.find(|message| message.id == id) {
        message.take(change);
    }
}

/// The transcript entry an event leaves, if it leaves one.
#[must_use]
pub fn entry_of(event: &Event) -> Option<Entry> {
    let room = event.room.as_ref()?;
    let what = match &event.change {
        Change::MessageAdded(message) => What::Message(message.clone()),
        Change::NoteAdded(note) => What::Note(note.clone()),
        change if change.is_line() => What::Line(Box::new(change.clone())),
        _ => return None,
    };
    Some(Entry { position: event.position?, episode: room.episode, at: event.at, what })
}

/// Things by their ids. Put in one by one: to sort them all first would be code of its own for each kind.
pub(super) fn by_id<K: Ord, T>(things: Vec<T>, id: fn(&T) -> K) -> BTreeMap<K, T> {
    let mut by_id = BTreeMap::new();
    for thing in things {
        by_id.insert(id(&thing), thing);
    }
    by_id
}
