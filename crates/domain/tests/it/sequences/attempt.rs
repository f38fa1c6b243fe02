//! What is tried in a room: by people, by the product, by the customer.

use std::time::Duration;

use domain::episode::Outcome;
use domain::room::{Parting, Room, Section, Status};
use domain::timestamp::hours;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::cast::SALES;

#[derive(Clone, Debug)]
pub enum Attempt {
    Person(Does),
    Product(Happens),
    Customer(Says),
}

/// What somebody signed in tries.
#[derive(Clone, Debug)]
pub enum Does {
    Enter,
    Assign(Index),
    AssignAndStay(Index),
    TakeOver,
    RequestTakeOver,
    DeclineTakeOver,
    Join,
    BringIn(Index),
    Leave,
    ReturnToQueue { to_sales: bool },
    ReturnToBot,
    GoOffline(Parting),
    Snooze,
    Wake,
    UpdateStatus(Status),
    Undo,
    Reopen,
    CorrectOutcome(Outcome),
    Reply,
    Note,
    SendTemplate,
    Invite,
    Block,
    Unblock,
}

/// What the product tries.
#[derive(Clone, Debug)]
pub enum Happens {
    /// It takes the room from somebody who left the team or was deactivated.
    Release {
        is_deactivated: bool,
    },
    HandOff {
        of_old_epoch: bool,
    },
    AutoAssign,
    ReturnUnanswered,
    ReturnOfAbsent,
    WakesUp,
    Expire,
    BotSpeaks {
        of_old_epoch: bool,
    },
    FlowEnds {
        of_old_epoch: bool,
    },
    TemplateFails,
}

/// What the customer tries.
#[derive(Clone, Debug)]
pub enum Says {
    Words,
    /// By the clock of their messenger, so many minutes before it came.
    EarlierWords {
        minutes_ago: u32,
    },
    /// Whoever held the room a moment ago gets it back.
    WordsToWhomTheyHad,
    Files,
    /// They take one of their last files back.
    PartDeleted,
    Feedback,
}

pub fn attempts() -> impl Strategy<Value = (Attempt, Index, Duration)> {
    let attempt = prop_oneof![
        30 => does().prop_map(Attempt::Person),
        11 => happens().prop_map(Attempt::Product),
        7 => says().prop_map(Attempt::Customer),
    ];
    let pause = prop_oneof![
        4 => (0_u64..8_000).prop_map(Duration::from_millis),
        1 => (0_u64..90).prop_map(|count| Duration::from_secs(count * 60)),
        1 => (22_u64..26).prop_map(hours),
    ];
    (attempt, any::<Index>(), pause)
}

fn does() -> impl Strategy<Value = Does> {
    let status = prop::sample::select(vec![Status::Resolve, Status::Abandon, Status::Critical, Status::ClearCritical]);
    let outcome = prop::sample::select(vec![Outcome::Resolved, Outcome::Abandoned, Outcome::Expired]);
    let parting = prop::sample::select(vec![Parting::Keep, Parting::Queue, Parting::Team(SALES)]);
    let holding = prop_oneof![
        3 => Just(Does::Enter),
        2 => any::<Index>().prop_map(Does::Assign),
        1 => any::<Index>().prop_map(Does::AssignAndStay),
        1 => Just(Does::TakeOver),
        2 => Just(Does::RequestTakeOver),
        1 => Just(Does::DeclineTakeOver),
        2 => Just(Does::Join),
        2 => any::<Index>().prop_map(Does::BringIn),
        1 => Just(Does::Leave),
        1 => any::<bool>().prop_map(|to_sales| Does::ReturnToQueue { to_sales }),
        1 => Just(Does::ReturnToBot),
        1 => parting.prop_map(Does::GoOffline),
    ];
    prop_oneof![
        18 => holding,
        2 => Just(Does::Snooze),
        1 => Just(Does::Wake),
        4 => status.prop_map(Does::UpdateStatus),
        2 => Just(Does::Undo),
        2 => Just(Does::Reopen),
        1 => outcome.prop_map(Does::CorrectOutcome),
        2 => Just(Does::Reply),
        1 => Just(Does::Note),
        3 => Just(Does::SendTemplate),
        1 => Just(Does::Invite),
        1 => Just(Does::Block),
        2 => Just(Does::Unblock),
    ]
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        2 => any::<bool>().prop_map(|of_old_epoch| Happens::HandOff { of_old_epoch }),
        1 => any::<bool>().prop_map(|is_deactivated| Happens::Release { is_deactivated }),
        2 => Just(Happens::AutoAssign),
        1 => Just(Happens::ReturnUnanswered),
        1 => Just(Happens::ReturnOfAbsent),
        1 => Just(Happens::WakesUp),
        1 => Just(Happens::Expire),
        2 => any::<bool>().prop_map(|of_old_epoch| Happens::BotSpeaks { of_old_epoch }),
        1 => any::<bool>().prop_map(|of_old_epoch| Happens::FlowEnds { of_old_epoch }),
        1 => Just(Happens::TemplateFails),
    ]
}

fn says() -> impl Strategy<Value = Says> {
    prop_oneof![
        3 => Just(Says::Words),
        1 => (0_u32..3_000).prop_map(|minutes_ago| Says::EarlierWords { minutes_ago }),
        1 => Just(Says::WordsToWhomTheyHad),
        1 => Just(Says::Files),
        1 => Just(Says::PartDeleted),
        1 => Just(Says::Feedback),
    ]
}

impl Attempt {
    /// Whether lifecycle.md allows the attempt in a room like this at all, whoever tries it.
    pub fn is_legal(&self, room: &Room) -> bool {
        match self {
            Self::Person(does) => does.is_legal(room),
            Self::Product(happens) => happens.is_legal(room),
            Self::Customer(_) => !room.blocked,
        }
    }

    /// Whether it takes somebody who is not deactivated.
    pub const fn needs_somebody(&self) -> bool {
        matches!(self, Self::Person(_) | Self::Product(Happens::AutoAssign))
    }
}

impl Does {
    fn is_legal(&self, room: &Room) -> bool {
        let is_held = room.section() == Section::Assigned;
        match self {
            Self::Enter => room.section() == Section::Live,
            Self::Assign(_) | Self::TakeOver | Self::UpdateStatus(_) => !room.is_archived(),
            Self::AssignAndStay(_)
            | Self::RequestTakeOver
            | Self::Join
            | Self::BringIn(_)
            | Self::Snooze
            | Self::GoOffline(_) => is_held,
            Self::DeclineTakeOver => is_held && room.take_over_request.is_some(),
            Self::Wake => is_held && room.snoozed_until.is_some(),
            Self::Reply => is_held && !room.blocked,
            Self::Leave => !room.participants.is_empty() && !room.is_archived(),
            Self::ReturnToQueue { to_sales } => {
                !room.is_archived() && (!room.is_queued() || *to_sales && room.team != Some(SALES))
            }
            Self::ReturnToBot => !room.is_archived() && !room.is_with_bot(),
            Self::SendTemplate => {
                room.section() != Section::Live && !room.blocked && room.kind.capabilities().templates
            }
            Self::Invite => room.version == 0,
            Self::Block => !room.blocked,
            Self::Unblock => room.blocked,
            Self::Reopen | Self::CorrectOutcome(_) => room.is_archived(),
            Self::Undo | Self::Note => true,
        }
    }
}

impl Happens {
    fn is_legal(&self, room: &Room) -> bool {
        match self {
            Self::Release { .. } | Self::Expire => !room.is_archived(),
            Self::HandOff { .. } | Self::BotSpeaks { .. } | Self::FlowEnds { .. } => {
                room.is_with_bot() && !room.blocked
            }
            Self::AutoAssign => room.is_queued() && !room.blocked,
            Self::ReturnUnanswered | Self::ReturnOfAbsent => {
                room.section() == Section::Assigned && room.waiting_since.is_some() && room.snoozed_until.is_none()
            }
            Self::WakesUp => room.snoozed_until.is_some(),
            Self::TemplateFails => room.restore_pending.is_some(),
        }
    }
}
