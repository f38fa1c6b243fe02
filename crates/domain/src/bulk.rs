//! Bulk actions: one thing done to many rooms, to each by the rules of doing it there alone. One that refuses keeps none of
//! the others.

use serde::{Deserialize, Serialize};

use crate::desk::ListQuery;
use crate::id::{PersonId, RoomId, TeamId};
use crate::permission;
use crate::person::Person;
use crate::policy::Policy;
use crate::refused::Refused;
use crate::room::{Room, Status, StatusUpdate};

/// The most rooms of one bulk action.
pub const MOST: usize = 500;

/// Of more rooms than this, whoever acts is asked once more.
pub const CONFIRM_ABOVE: usize = 50;

/// What is done to each room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkAction {
    /// T9 to T12.
    UpdateStatus {
        status: Status,
        /// For the team, in every room; never sent to the customers.
        comment: Option<String>,
        #[serde(default)]
        reason: Option<String>,
        /// Ask each customer how it went.
        feedback: bool,
    },
    /// T5 and T6.
    Assign { to: PersonId },
    /// T7: to the queue of `team`, or of the team that each room belongs to.
    ReturnToQueue { team: Option<TeamId> },
    /// T18: takes one's last status change of each room back.
    Undo,
}

/// A room to act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    pub room: RoomId,
    /// How many of the customer's messages it had when it was chosen; with a newer one it is not closed.
    pub seen_messages: u32,
}

impl Chosen {
    /// The room as it is known now.
    #[must_use]
    pub const fn of(room: &Room) -> Self {
        Self { room: room.id, seen_messages: room.customer_messages }
    }
}

/// A chosen room with its customer's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub chosen: Chosen,
    pub name: String,
}

/// All rooms that a list shows, loaded or not, as far as a bulk action reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matching {
    pub query: ListQuery,
    /// In the order of the list, at most [`MOST`].
    pub rooms: Vec<Named>,
    /// There are more, which the cap left out.
    pub is_cut: bool,
}

/// What came of the action for one room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkResult {
    pub room: RoomId,
    /// Why it was not done there; nothing where it was.
    #[serde(default)]
    pub refused: Option<Refused>,
}

impl BulkAction {
    /// What the Update status dialog would say of a room; nothing for another action.
    #[must_use]
    pub fn status_update(&self, chosen: Chosen) -> Option<StatusUpdate> {
        let Self::UpdateStatus { status, comment, reason, feedback } = self else { return None };
        Some(StatusUpdate {
            status: *status,
            comment: comment.clone(),
            reason: reason.clone(),
            feedback: *feedback,
            seen_messages: chosen.seen_messages,
        })
    }
}

/// Whether `me` may act on `rooms` rooms by one action.
///
/// # Errors
/// No permission, no room, or more than [`MOST`].
pub fn check(me: &Person, rooms: usize) -> Result<(), Refused> {
    let field = || "selection".to_owned();
    if !permission::may_act_in_bulk(me) {
        return Err(Refused::not_allowed("change many chats at once"));
    }
    match rooms {
        0 => Err(Refused::Empty { field: field() }),
        1..=MOST => Ok(()),
        length => Err(Refused::TooLong { field: field(), length, max: MOST, unit: "chats".into() }),
    }
}

/// Whether `action` of `me` comes as far as `room`; what is done there, its own rule decides.
///
/// # Errors
/// [`Refused::NotFound`] where it does not: the room is not there.
pub fn reach(action: &BulkAction, room: &Room, me: &Person, policy: &Policy) -> Result<(), Refused> {
    let is_there = match action {
        BulkAction::UpdateStatus { .. } | BulkAction::Assign { .. } | BulkAction::ReturnToQueue { .. } => {
            permission::may_see(me, policy, &room.scope()) && permission::may_reach_in_bulk(me, room)
        }
        // Whoever did it takes it back, also where it took the room out of their sight.
        BulkAction::Undo => permission::may_act_in_bulk(me),
    };
    if is_there { Ok(()) } else { Err(Refused::NotFound) }
}

const ONES: [&str; 20] = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// A number of rooms in words, as they are confirmed: "two hundred and fourteen".
#[must_use]
pub fn in_words(number: usize) -> String {
    match number {
        0..20 => ONES[number].into(),
        20..100 if number.is_multiple_of(10) => TENS[number / 10].into(),
        20..100 => format!("{}-{}", TENS[number / 10], ONES[number % 10]),
        100..1000 if number.is_multiple_of(100) => format!("{} hundred", ONES[number / 100]),
        100..1000 => format!("{} hundred and {}", ONES[number / 100], in_words(number % 100)),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn a_number_to_confirm_is_said_as_people_say_it() {
        for (number, words) in [
            (0, "no"),
            (1, "one"),
            (19, "nineteen"),
            (20, "twenty"),
            (51, "fifty-one"),
            (100, "one hundred"),
            (101, "one hundred and one"),
            (214, "two hundred and fourteen"),
            (499, "four hundred and ninety-nine"),
            (500, "five hundred"),
            (1_000, "1000"),
        ] {
            assert_eq!(in_words(number), words);
        }
    }
}
