//! What travels over the live socket. Only events are kept; everything else is of the moment.

use serde::{Deserialize, Serialize};

use crate::change::{Change, Event};
use crate::desk::Taken;
use crate::id::{PersonId, RoomId};
use crate::message::Author;
use crate::room::{Room, Section};
use crate::timestamp::Timestamp;

/// How many rooms somebody may see in each section.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub live: u64,
    pub assigned: u64,
    pub archived: u64,
}

impl Counts {
    #[must_use]
    pub const fn of(&self, section: Section) -> u64 {
        match section {
            Section::Live => self.live,
            Section::Assigned => self.assigned,
            Section::Archived => self.archived,
        }
    }
}

/// Who is writing in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Typist {
    Customer,
    Bot,
    Person(PersonId),
}

/// From the server to a signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    /// The socket is up. A browser of another `build` should reload when its agent has a moment.
    Hello {
        build: String,
    },
    Event(Event),
    /// A room came into view: here it is, whole.
    Arrived {
        seq: u64,
        room: Box<Room>,
    },
    /// A room went out of view; whoever held it hears how.
    Gone {
        seq: u64,
        room: RoomId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        taken: Option<Taken>,
    },
    Counts(Counts),
    /// Everything up to `seq` has been told or is not for this viewer.
    Heartbeat {
        seq: u64,
    },
    /// The gap is too old to fill: load the desk again.
    StartOver,
    Typing {
        room: RoomId,
        who: Typist,
        on: bool,
    },
    /// Which colleagues look at the room now, without the viewer. Told to whoever may see the room, wherever they are.
    Viewing {
        room: RoomId,
        people: Vec<PersonId>,
    },
    /// A room whose customer waits expires at `at` unless somebody addresses it. Told to those it concerns, once for each
    /// step it comes nearer.
    Expiring {
        room: RoomId,
        name: String,
        at: Timestamp,
    },
    /// The session ended here or elsewhere.
    SignedOut,
    /// So many chats expired while the server did not run, some of them with the customer's words unanswered. Told to those
    /// it concerns, once, instead of a warning for each.
    ExpiredMeanwhile {
        expired: u32,
        unanswered: u32,
    },
}

impl Frame {
    /// Who has written what this tells, and where: they no longer write it.
    #[must_use]
    pub fn written(&self) -> Option<(RoomId, Typist)> {
        let Self::Event(event) = self else { return None };
        let Change::MessageAdded(message) = &event.change else { return None };
        let who = match message.author {
            Author::Customer => Typist::Customer,
            Author::Bot(_) => Typist::Bot,
            Author::Person(person) => Typist::Person(person),
            Author::Switchboard => return None,
        };
        Some((event.room_id()?, who))
    }
}

/// From a signed-in browser to the server. Nothing here touches the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// The room on screen, if any.
    Viewing {
        room: Option<RoomId>,
    },
    Typing {
        room: RoomId,
        on: bool,
    },
}

impl Signal {
    /// The room it is about.
    #[must_use]
    pub const fn room(&self) -> Option<RoomId> {
        match self {
            Self::Viewing { room } => *room,
            Self::Typing { room, .. } => Some(*room),
        }
    }
}
