//! Which rooms the list shows, and in what order. The server's query has the same order and the same cursor.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::desk::Desk;
use crate::id::{ChannelId, PersonId, RoomId};
use crate::permission;
use crate::room::{Room, Section};
use crate::timestamp::Timestamp;

/// The order of a list; critical rooms stand first in each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    #[default]
    Newest,
    /// Who waits longest for an answer, then the rest by age.
    LongestWait,
}

/// Whose rooms a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// All one may see.
    #[default]
    Everyone,
    /// Those one holds, held or joined.
    Mine,
    /// Those that are put off for later; the other lists leave them out.
    Snoozed,
}

/// What a list shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListQuery {
    pub section: Section,
    pub sort: Sort,
    pub whose: Whose,
    pub channel: Option<ChannelId>,
}

impl ListQuery {
    /// Everything of a section, newest first.
    #[must_use]
    pub const fn of(section: Section) -> Self {
        Self { section, sort: Sort::Newest, whose: Whose::Everyone, channel: None }
    }

    /// Whether `room` belongs on the list of `person`.
    #[must_use]
    pub fn has(&self, room: &Room, person: PersonId) -> bool {
        room.section() == self.section
            && self.channel.is_none_or(|channel| channel == room.channel)
            && match self.whose {
                Whose::Everyone => room.snoozed_until.is_none(),
                Whose::Mine => room.snoozed_until.is_none() && room.is_own(person),
                Whose::Snoozed => room.snoozed_until.is_some(),
            }
    }
}

impl Desk {
    /// Whether the room is one of this person's, and not only of a contact whose earlier chats they read.
    #[must_use]
    pub fn sees(&self, room: &Room) -> bool {
        permission::may_see(&self.me, &self.policy, &room.scope())
    }

    pub(super) fn relist(&mut self) {
        let (me, policy) = (&self.me, &self.policy);
        let seen = self.rooms.values().filter(|room| permission::may_see(me, policy, &room.scope()));
        self.list.sort(seen, me.id);
    }
}

/// The place of a room in a list; a page goes on after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub critical: bool,
    /// Milliseconds: the time of the last message, or since when the customer waits.
    pub key: i64,
    pub room: RoomId,
}

impl Cursor {
    /// The sort key of rooms nobody waits in, under [`Sort::LongestWait`].
    pub const NOBODY_WAITS: Timestamp = Timestamp(i64::MAX);

    #[must_use]
    pub fn of(room: &Room, sort: Sort) -> Self {
        let key = match sort {
            Sort::Newest => room.last_message_at,
            Sort::LongestWait => room.waiting_since.unwrap_or(Self::NOBODY_WAITS),
        };
        Self { critical: room.critical, key: key.0, room: room.id }
    }

    /// Smaller stands higher: critical first; then the newest, or the longest wait; rooms of one moment by id, in the
    /// direction of the time, so that one index serves the query.
    fn rank(self, sort: Sort) -> (bool, i64, u128) {
        let id = self.room.0.as_u128();
        match sort {
            Sort::Newest => (!self.critical, -self.key, !id),
            Sort::LongestWait => (!self.critical, self.key, id),
        }
    }

    /// Which of two places stands higher in the order of `sort`.
    #[must_use]
    pub fn cmp_in(&self, other: &Self, sort: Sort) -> Ordering {
        self.rank(sort).cmp(&other.rank(sort))
    }

    /// Whether this place is before or at `end` in the order of `sort`.
    fn is_within(self, end: Option<Self>, sort: Sort) -> bool {
        end.is_none_or(|end| self.rank(sort) <= end.rank(sort))
    }
}

/// The listed rooms, in order, as far as they are loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomList {
    pub query: ListQuery,
    pub order: Vec<RoomId>,
    /// Where the next page begins; `None` when everything is loaded.
    pub next: Option<Cursor>,
    /// False until the first page has come.
    pub loaded: bool,
}

impl RoomList {
    #[must_use]
    pub const fn new(query: ListQuery) -> Self {
        Self { query, order: Vec::new(), next: None, loaded: false }
    }

    /// Orders the known `rooms`. One that would stand beyond the loaded pages waits for its page.
    pub(super) fn sort<'a>(&mut self, rooms: impl Iterator<Item = &'a Room>, me: PersonId) {
        let sort = self.query.sort;
        let mut listed: Vec<_> = rooms
            .filter(|room| self.query.has(room, me))
            .map(|room| Cursor::of(room, sort))
            .filter(|place| place.is_within(self.next, sort))
            .collect();
        listed.sort_unstable_by_key(|place| place.rank(sort));
        self.order = listed.into_iter().map(|place| place.room).collect();
    }
}
