//! No sequence of commands, by whomever, brings a room into an illegal state.

use std::time::Duration;

use domain::change::{Change, HandOffReason};
use domain::episode::Outcome;
use domain::id::{EpisodeId, FeedbackId, MessageId};
use domain::message::{Author, Content, Message};
use domain::person::Person;
use domain::refused::Refused;
use domain::room::{self, Room, Section, State, Status, StatusUpdate};
use domain::timestamp::{Timestamp, hours};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::cast::{SALES, Stage, asks, everybody, hello, said, web, whatsapp};

/// What somebody tries.
#[derive(Clone, Debug)]
enum Attempt {
    Enter,
    Assign(Index),
    TakeOver,
    Join,
    Leave,
    ReturnToQueue {
        to_sales: bool,
    },
    ReturnToBot,
    /// The product takes it from somebody who left the team or was deactivated.
    Release {
        is_deactivated: bool,
    },
    HandOff {
        of_old_epoch: bool,
    },
    AutoAssign,
    UpdateStatus(Status),
    Undo,
    Expire,
    Reopen,
    CorrectOutcome(Outcome),
    Reply,
    Note,
    Block,
    Unblock,
    CustomerWrites,
    /// By the clock of their messenger, so many minutes before it came.
    CustomerWrote {
        minutes_ago: u32,
    },
    CustomerGivesFeedback,
    BotSpeaks {
        of_old_epoch: bool,
    },
}

fn attempts() -> impl Strategy<Value = (Attempt, Index, Duration)> {
    let status = prop::sample::select(vec![Status::Resolve, Status::Abandon, Status::Critical, Status::ClearCritical]);
    let outcome = prop::sample::select(vec![Outcome::Resolved, Outcome::Abandoned, Outcome::Expired]);
    let attempt = prop_oneof![
        3 => Just(Attempt::Enter),
        2 => any::<Index>().prop_map(Attempt::Assign),
        1 => Just(Attempt::TakeOver),
        2 => Just(Attempt::Join),
        1 => Just(Attempt::Leave),
        1 => any::<bool>().prop_map(|to_sales| Attempt::ReturnToQueue { to_sales }),
        1 => Just(Attempt::ReturnToBot),
        2 => any::<bool>().prop_map(|of_old_epoch| Attempt::HandOff { of_old_epoch }),
        1 => any::<bool>().prop_map(|is_deactivated| Attempt::Release { is_deactivated }),
        1 => Just(Attempt::AutoAssign),
        4 => status.prop_map(Attempt::UpdateStatus),
        2 => Just(Attempt::Undo),
        1 => Just(Attempt::Expire),
        2 => Just(Attempt::Reopen),
        1 => outcome.prop_map(Attempt::CorrectOutcome),
        2 => Just(Attempt::Reply),
        1 => Just(Attempt::Note),
        1 => Just(Attempt::Block),
        2 => Just(Attempt::Unblock),
        3 => Just(Attempt::CustomerWrites),
        1 => (0_u32..3_000).prop_map(|minutes_ago| Attempt::CustomerWrote { minutes_ago }),
        1 => Just(Attempt::CustomerGivesFeedback),
        2 => any::<bool>().prop_map(|of_old_epoch| Attempt::BotSpeaks { of_old_epoch }),
    ];
    let pause = prop_oneof![
        4 => (0_u64..8_000).prop_map(Duration::from_millis),
        1 => (0_u64..90).prop_map(|count| Duration::from_secs(count * 60)),
        1 => (22_u64..26).prop_map(hours),
    ];
    (attempt, any::<Index>(), pause)
}

/// A room with what a server would remember beside it.
struct World {
    stage: Stage,
    people: Vec<Person>,
    old_epochs: Vec<u32>,
    last_status: Option<(Room, Timestamp)>,
}

impl World {
    fn attempt(&mut self, attempt: &Attempt, me: &Person) -> Result<Vec<Change>, Refused> {
        let number = self.stage.new_number();
        let Stage { room, now, channel, policy, .. } = &self.stage;
        let (now, id, fresh) = (*now, MessageId::from_number(number), EpisodeId::from_number(number));
        let epoch_of = |is_old: bool| match self.old_epochs.last() {
            Some(epoch) if is_old => *epoch,
            _ => room.handler_epoch,
        };
        let one = |change: Option<Change>| Ok(change.into_iter().collect());
        let decided = match attempt {
            Attempt::Enter => return Ok(room::enter(room, me, policy)?.into_iter().collect()),
            Attempt::Assign(to) => room::assign(room, me, to.get(&self.people), Some("please"), policy),
            Attempt::TakeOver => return Ok(room::take_over(room, me, policy)?.into_iter().collect()),
            Attempt::Join => room::join(room, me, policy),
            Attempt::Leave => room::leave(room, me),
            Attempt::ReturnToQueue { to_sales } => room::return_to_queue(room, me, to_sales.then_some(SALES), policy),
            Attempt::ReturnToBot => room::return_to_bot(room, me, &web(), policy),
            Attempt::HandOff { of_old_epoch } => {
                return one(room::hand_off(room, epoch_of(*of_old_epoch), HandOffReason::GaveUp, None));
            }
            Attempt::Release { is_deactivated } => {
                let changed = Person { active: !is_deactivated, teams: Vec::new(), ..me.clone() };
                return Ok(room::release(room, &changed));
            }
            Attempt::AutoAssign => return one(room::auto_assign(room, me, 0, None)),
            Attempt::UpdateStatus(status) => {
                let update = StatusUpdate { comment: Some("so be it".into()), ..asks(*status) };
                room::update_status(room, me, &update, channel, policy, now)
            }
            Attempt::Undo => match &self.last_status {
                Some((before, at)) => room::undo(room, me, before, *at, now),
                None => return Ok(Vec::new()),
            },
            Attempt::Expire => return one(room::expire(room, policy, now)),
            Attempt::Reopen => room::reopen(room, me, channel, fresh, policy, now),
            Attempt::CorrectOutcome(outcome) => room::correct_outcome(room, me, *outcome, None, policy),
            Attempt::Reply => room::reply(room, me, id, hello(room.kind), policy, now),
            Attempt::Note => room::note(room, me, id, "hm", policy),
            Attempt::Block => room::block(room, me, policy),
            Attempt::Unblock => room::unblock(room, me, policy),
            // What a blocked customer writes never gets here.
            Attempt::CustomerWrites | Attempt::CustomerGivesFeedback if room.blocked => return Ok(Vec::new()),
            Attempt::CustomerWrites => return Ok(room::customer_writes(room, channel, said(number, "hello"), fresh)),
            Attempt::CustomerWrote { minutes_ago } => {
                let message = Message { late_seconds: minutes_ago * 60, ..said(number, "hello") };
                return Ok(room::customer_writes(room, channel, message, fresh));
            }
            Attempt::CustomerGivesFeedback => {
                let content = Content::FeedbackAnswer { id: FeedbackId::from_number(1), score: 4, comment: None };
                let answer = Message { content, ..said(number, "") };
                return Ok(room::customer_writes(room, channel, answer, fresh));
            }
            Attempt::BotSpeaks { of_old_epoch } => {
                let may = room::may_bot_speak(room, epoch_of(*of_old_epoch));
                let message = Message { author: Author::Bot("Robo".into()), ..said(number, "beep") };
                return one(may.then_some(Change::MessageAdded(message)));
            }
        };
        decided.map(|change| vec![change])
    }

    fn take(&mut self, change: Change) {
        let (before, at) = (self.stage.room.clone(), self.stage.now);
        self.stage.take(change.clone());
        let room = &self.stage.room;
        check_counts(&before, &change, room);
        check_state(room);
        assert!(room.last_customer_at >= before.last_customer_at, "{change:?} closed the window");
        if let Change::Undone { before: wanted, .. } = &change {
            assert_eq!((&room.state, room.critical), (&wanted.state, wanted.critical));
            assert_eq!((room.waiting_since, &room.participants), (wanted.waiting_since, &wanted.participants));
        }
        if room.handler_epoch != before.handler_epoch {
            assert!(!room::may_bot_speak(room, before.handler_epoch));
            self.old_epochs.push(before.handler_epoch);
        }
        if matches!(change, Change::Closed { .. } | Change::MarkedCritical { .. } | Change::ClearedCritical { .. }) {
            self.last_status = Some((before, at));
        }
    }
}

/// Who answers: what the epoch counts.
fn holder(room: &Room) -> (Section, bool, Option<domain::id::PersonId>) {
    (room.section(), room.is_queued(), room.agent())
}

fn check_counts(before: &Room, change: &Change, room: &Room) {
    assert_eq!(room.version, before.version + 1, "{change:?}");
    assert_eq!(room.last_position, before.last_position + u32::from(change.is_entry()), "{change:?}");
    let is_new = before.version == 0;
    let moved = is_new || holder(before) != holder(room);
    assert_eq!(room.handler_epoch, before.handler_epoch + u32::from(moved), "{change:?} of {before:?}");
}

fn check_state(room: &Room) {
    if let State::Archived { outcome, unanswered, .. } = room.state {
        assert_eq!((room.waiting_since, room.snoozed_until, room.expires_at()), (None, None, None));
        assert!(room.participants.is_empty() && !room.critical, "{room:?}");
        assert!(outcome == Outcome::Expired || !unanswered, "{room:?}");
    }
    assert!(room.agent().is_none_or(|agent| !room.participants.contains(&agent)), "{room:?}");
    let mut participants = room.participants.clone();
    participants.sort_unstable();
    participants.dedup();
    assert_eq!(participants.len(), room.participants.len(), "{room:?}");
    assert!(room.episode_number >= 1 && room.last_customer_at.is_none_or(|at| at <= room.last_message_at));
}

/// Whether lifecycle.md allows the attempt in a room like this at all, whoever tries it.
fn is_legal(attempt: &Attempt, room: &Room) -> bool {
    match attempt {
        Attempt::Enter => room.section() == Section::Live,
        Attempt::Assign(_) | Attempt::TakeOver | Attempt::UpdateStatus(_) | Attempt::Expire => !room.is_archived(),
        Attempt::Join => room.section() == Section::Assigned,
        Attempt::Reply => room.section() == Section::Assigned && !room.blocked,
        Attempt::Leave => !room.participants.is_empty(),
        Attempt::Release { .. } => !room.is_archived(),
        Attempt::ReturnToQueue { .. } => !room.is_archived() && !room.is_queued(),
        Attempt::ReturnToBot => !room.is_archived() && !room.is_with_bot(),
        Attempt::HandOff { .. } | Attempt::BotSpeaks { .. } => room.is_with_bot() && !room.blocked,
        Attempt::AutoAssign => room.is_queued() && !room.blocked,
        Attempt::Block => !room.blocked,
        Attempt::Unblock => room.blocked,
        Attempt::Reopen | Attempt::CorrectOutcome(_) => room.is_archived(),
        Attempt::Undo
        | Attempt::Note
        | Attempt::CustomerWrites
        | Attempt::CustomerWrote { .. }
        | Attempt::CustomerGivesFeedback => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_commands_reaches_an_illegal_state(
        on_web in any::<bool>(),
        sequence in prop::collection::vec(attempts(), 1..60),
    ) {
        let stage = Stage::empty(if on_web { web() } else { whatsapp() });
        let mut world = World { stage, people: everybody(), old_epochs: Vec::new(), last_status: None };
        let first = world.attempt(&Attempt::CustomerWrites, &everybody()[0]).expect("a customer always may");
        first.into_iter().for_each(|change| world.take(change));
        for (attempt, who, pause) in sequence {
            world.stage.later(pause);
            let me = who.get(&world.people).clone();
            let room = world.stage.room.clone();
            match world.attempt(&attempt, &me) {
                Ok(changes) => {
                    prop_assert!(changes.is_empty() || is_legal(&attempt, &room), "{attempt:?} in {room:?}");
                    let by_a_person = !matches!(
                        attempt,
                        Attempt::Expire | Attempt::CustomerWrites | Attempt::CustomerWrote { .. }
                            | Attempt::CustomerGivesFeedback | Attempt::HandOff { .. } | Attempt::BotSpeaks { .. } | Attempt::Release { .. }
                    );
                    prop_assert!(changes.is_empty() || me.active || !by_a_person, "{} is deactivated", me.name);
                    changes.into_iter().for_each(|change| world.take(change));
                }
                Err(refused) => prop_assert!(!refused.to_string().is_empty()),
            }
        }
        let json = serde_json::to_string(&world.stage.room).expect("a room is JSON");
        prop_assert_eq!(serde_json::from_str::<Room>(&json).expect("and back"), world.stage.room);
    }
}
