//! What somebody is told beyond the picture: a room became theirs or ceased to be, or it needs a manager.

use serde::{Deserialize, Serialize};

use crate::change::{Actor, Change, Event, ReturnReason};
use crate::desk::Desk;
use crate::id::{PersonId, RoomId};
use crate::live::Frame;
use crate::mention;
use crate::permission;
use crate::room::Room;

/// How a room left whoever held it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// `to` has it now.
    Given { to: PersonId, by: Actor },
    /// The queue has it.
    Queued { by: Actor, reason: ReturnReason },
    /// The bot has it.
    ToBot { by: PersonId },
}

impl Taken {
    /// What `change` took from `holder`, who held the room before.
    #[must_use]
    pub fn from(holder: PersonId, change: &Change) -> Option<Self> {
        match change {
            Change::Assigned { to, by, .. } if *to != holder => Some(Self::Given { to: *to, by: *by }),
            Change::ReturnedToQueue { by, reason, .. } => Some(Self::Queued { by: *by, reason: *reason }),
            Change::ReturnedToBot { by } => Some(Self::ToBot { by: *by }),
            _ => None,
        }
    }

    /// Whether `person` did it, so that it is no news to them.
    fn is_by(self, person: PersonId) -> bool {
        match self {
            Self::Given { by, .. } | Self::Queued { by, reason: ReturnReason::Given } => by.person() == Some(person),
            // Their way of going offline says so itself.
            Self::Queued { reason: ReturnReason::WentOffline(holder), .. } => holder == person,
            Self::Queued { .. } => false,
            Self::ToBot { by } => by == person,
        }
    }
}

/// Something to tell a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The room is theirs now.
    Given {
        by: Actor,
        note: Option<String>,
    },
    Taken(Taken),
    /// Somebody asks for the room that they hold.
    Asked {
        by: PersonId,
    },
    /// Whoever holds the room that they asked for keeps it.
    Kept {
        by: PersonId,
    },
    /// A note or comment names them.
    Mentioned {
        by: PersonId,
    },
    /// A room that they look after is critical.
    Critical {
        by: PersonId,
        comment: Option<String>,
    },
    /// The customer answered the template that they sent.
    Restored,
}

impl Desk {
    /// What `frame` tells this person beyond the picture; asked before the frame is applied. What they did themselves is
    /// no news.
    #[must_use]
    pub fn news(&self, frame: &Frame) -> Option<(RoomId, News)> {
        let me = self.me.id;
        match frame {
            Frame::Gone { seq, room, taken } if *seq >= self.seq => {
                taken.filter(|taken| !taken.is_by(me)).map(|taken| (*room, News::Taken(taken)))
            }
            Frame::Event(event) if event.seq > self.seq || self.seq == 0 => {
                let room = event.room.as_deref()?;
                self.news_of(event, room).map(|news| (room.id, news))
            }
            _ => None,
        }
    }

    fn news_of(&self, event: &Event, room: &Room) -> Option<News> {
        let me = self.me.id;
        match &event.change {
            Change::Assigned { to, by, note, .. } if *to == me => {
                (by.person() != Some(me)).then(|| News::Given { by: *by, note: note.clone() })
            }
            Change::MarkedCritical { by, comment, .. } if *by != me && permission::may_take_over(&self.me, room) => {
                Some(News::Critical { by: *by, comment: comment.clone() })
            }
            Change::TakeOverRequested { by } if room.agent() == Some(me) => Some(News::Asked { by: *by }),
            Change::TakeOverDeclined { by, to } if *to == me => Some(News::Kept { by: *by }),
            Change::Restored { by } if *by == me => Some(News::Restored),
            change if self.mentions_me(change) => mention::words_of(change).map(|(_, by, _)| News::Mentioned { by }),
            change => {
                let held = self.room(room.id).is_some_and(|known| known.agent() == Some(me)) || is_from(change, me);
                Taken::from(me, change).filter(|taken| held && !taken.is_by(me)).map(News::Taken)
            }
        }
    }

    /// What one writes oneself is no news.
    pub(super) fn mentions_me(&self, change: &Change) -> bool {
        let named = |words: &str| mention::mentioned(words, &self.people).iter().any(|person| person.id == self.me.id);
        mention::words_of(change).is_some_and(|(_, by, words)| by != self.me.id && named(words))
    }
}

/// Whether the change itself says that it took the room from `person`.
fn is_from(change: &Change, person: PersonId) -> bool {
    let Change::ReturnedToQueue { reason, .. } = change else { return false };
    match reason {
        ReturnReason::Given => false,
        ReturnReason::Unanswered(holder)
        | ReturnReason::Disconnected(holder)
        | ReturnReason::WentOffline(holder)
        | ReturnReason::Released(holder) => *holder == person,
    }
}
