//! The way on for a reply that did not go: mostly once more, and out of an archived room by reopening it or by a template.

use domain::channel::WindowState;
use domain::desk::Desk;
use domain::permission::{may_reopen, may_send_templates};
use domain::room::Room;
use domain::timestamp::Timestamp;

/// What can be done about a refused reply.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Retry,
    /// The room is archived, and its customer may be written to.
    Reopen,
    /// The room is archived, and only a template gets through.
    Template,
    /// The room is archived, and nothing gets through before the customer writes.
    Wait,
}

impl Way {
    /// The way on in `room`, for whoever sits at `desk`.
    pub fn of(desk: &Desk, room: &Room, now: Timestamp) -> Self {
        if !room.is_archived() {
            return Self::Retry;
        }
        if room.window(now) == WindowState::Closed {
            return if may_template(desk, room) { Self::Template } else { Self::Wait };
        }
        if may_reopen(&desk.me, room) { Self::Reopen } else { Self::Wait }
    }
}

/// Whether whoever sits at `desk` may send a template into the room.
pub fn may_template(desk: &Desk, room: &Room) -> bool {
    takes_template(room) && may_send_templates(&desk.me, &desk.policy)
}

/// Whether a template may be sent into the room at all.
pub fn takes_template(room: &Room) -> bool {
    room.kind.capabilities().templates && !room.opted_out
}
