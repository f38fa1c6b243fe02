//! No sequence of commands, by whomever, brings a room into an illegal state.

mod attempt;

use std::collections::BTreeMap;

use domain::change::{Actor, Change, HandOffReason};
use domain::delivery::Delivery;
use domain::episode::Outcome;
use domain::id::{EpisodeId, FeedbackId, MessageId, PersonId};
use domain::message::{Author, Content, Message};
use domain::person::Person;
use domain::policy::Policy;
use domain::refused::Refused;
use domain::room::{self, Room, Section, State, StatusUpdate};
use domain::timestamp::{Timestamp, hours};
use proptest::prelude::*;

use crate::cast::{SALES, Stage, asks, everybody, hello, priya, said, template, two_files, web, whatsapp};
use attempt::{Attempt, Does, Happens, Says, attempts};

/// A room with what a server would remember beside it.
struct World {
    stage: Stage,
    people: BTreeMap<PersonId, Person>,
    old_epochs: Vec<u32>,
    last_status: Option<(Room, Timestamp)>,
    last_template: Option<Message>,
    last_files: Option<(MessageId, Content)>,
}

type Decided = Result<Vec<Change>, Refused>;

fn one(change: Option<Change>) -> Decided {
    Ok(change.into_iter().collect())
}

impl World {
    fn new(stage: Stage) -> Self {
        let people = everybody().into_iter().map(|person| (person.id, person)).collect();
        Self { stage, people, old_epochs: Vec::new(), last_status: None, last_template: None, last_files: None }
    }

    fn attempt(&mut self, attempt: &Attempt, me: &Person) -> Decided {
        let number = self.stage.new_number();
        match attempt {
            Attempt::Person(does) => self.does(does, me, number),
            Attempt::Product(happens) => self.happens(happens, me, number),
            // What a blocked customer writes never gets here.
            Attempt::Customer(_) if self.stage.room.blocked => Ok(Vec::new()),
            Attempt::Customer(says) => Ok(self.says(says, number)),
        }
    }

    fn does(&self, does: &Does, me: &Person, number: u128) -> Decided {
        let Stage { room, now, channel, policy, .. } = &self.stage;
        let (now, id, fresh) = (*now, MessageId::from_number(number), EpisodeId::from_number(number));
        let people: Vec<Person> = self.people.values().cloned().collect();
        let decided = match does {
            Does::Enter => return one(room::enter(room, me, policy)?),
            Does::Assign(to) => room::assign(room, me, to.get(&people), Some("please"), policy),
            Does::AssignAndStay(to) => room::assign_and_stay(room, me, to.get(&people), None, policy),
            Does::TakeOver => return one(room::take_over(room, me, policy)?),
            Does::RequestTakeOver => room::request_take_over(room, me, policy, now),
            Does::DeclineTakeOver => room::decline_take_over(room, me, policy),
            Does::Join => room::join(room, me, policy),
            Does::BringIn(person) => room::bring_in(room, me, person.get(&people), policy),
            Does::Leave => room::leave(room, me),
            Does::ReturnToQueue { to_sales } => room::return_to_queue(room, me, to_sales.then_some(SALES), policy),
            Does::ReturnToBot => room::return_to_bot(room, me, &web(), policy),
            Does::GoOffline(parting) => return one(room::part(room, me, *parting, &self.people, policy)?),
            Does::Snooze => room::snooze(room, me, now.plus(hours(3)), policy, now),
            Does::Wake => room::wake(room, me, policy),
            Does::UpdateStatus(status) => {
                let update = StatusUpdate { comment: Some("so be it".into()), ..asks(*status) };
                room::update_status(room, me, &update, channel, policy, now)
            }
            Does::Undo => match &self.last_status {
                Some((before, at)) => room::undo(room, me, before, *at, now),
                None => return Ok(Vec::new()),
            },
            Does::Reopen => room::reopen(room, me, channel, fresh, policy, now),
            Does::CorrectOutcome(outcome) => room::correct_outcome(room, me, *outcome, None, None, policy),
            Does::Reply => room::reply(room, me, id, hello(room.kind), policy, now),
            Does::Note => room::note(room, me, id, "hm", policy),
            Does::SendTemplate => room::send_template(room, me, id, template(), policy),
            Does::Invite => room::invite(room, me, fresh),
            Does::Block => room::block(room, me, policy),
            Does::Unblock => room::unblock(room, me, policy),
        };
        decided.map(|change| vec![change])
    }

    fn happens(&self, happens: &Happens, me: &Person, number: u128) -> Decided {
        let Stage { room, now, policy, .. } = &self.stage;
        let epoch_of = |is_old: bool| match self.old_epochs.last() {
            Some(epoch) if is_old => *epoch,
            _ => room.handler_epoch,
        };
        match happens {
            Happens::Release { is_deactivated } => {
                let changed = Person { active: !is_deactivated, teams: Vec::new(), ..me.clone() };
                Ok(room::release(room, &changed))
            }
            Happens::HandOff { of_old_epoch } => {
                one(room::hand_off(room, epoch_of(*of_old_epoch), HandOffReason::GaveUp, None))
            }
            Happens::AutoAssign => {
                let sender = room::waits_for_sender(room, policy, *now).map(|(sender, _)| sender);
                one(room::auto_assign(room, me, 0, sender))
            }
            Happens::ReturnUnanswered => one(room::return_unanswered(room, policy, *now)),
            Happens::ReturnOfAbsent => one(room::return_of_absent(room, now.minus(hours(1)), policy, *now)),
            Happens::WakesUp => {
                let is_over = room.snoozed_until.is_some_and(|until| until <= *now);
                one(is_over.then_some(Change::Woken { by: Actor::Switchboard }))
            }
            Happens::Expire => one(room::expire(room, policy, *now)),
            Happens::BotSpeaks { of_old_epoch } => {
                let may = room::may_bot_speak(room, epoch_of(*of_old_epoch));
                let message = Message { author: Author::Bot("Robo".into()), ..said(number, "beep") };
                one(may.then_some(Change::MessageAdded(message)))
            }
            Happens::FlowEnds { of_old_epoch } => one(room::end(room, epoch_of(*of_old_epoch))),
            Happens::TemplateFails => {
                let failed = Delivery::Failed { reason: "the template is paused".into() };
                one(self.last_template.as_ref().and_then(|sent| room::after_delivery(room, sent, &failed)))
            }
        }
    }

    fn says(&self, says: &Says, number: u128) -> Vec<Change> {
        let Stage { room, now, channel, policy, .. } = &self.stage;
        let (fresh, words) = (EpisodeId::from_number(number), said(number, "hello"));
        let message = match says {
            Says::Words => words,
            Says::EarlierWords { minutes_ago } => Message { late_seconds: minutes_ago * 60, ..words },
            Says::WordsToWhomTheyHad => match room::sticks_to(room, policy, *now).and_then(|had| self.people.get(&had))
            {
                Some(had) => return room::customer_returns(room, channel, words, fresh, had, 0),
                None => words,
            },
            Says::Files => Message { content: two_files(), ..words },
            Says::PartDeleted => {
                let left = self.last_files.as_ref().and_then(|(id, files)| Some((*id, files.without_part(0)?)));
                return Vec::from_iter(left.map(|(message, content)| Change::PartDeleted { message, content }));
            }
            Says::Feedback => {
                let content = Content::FeedbackAnswer { id: FeedbackId::from_number(1), score: 4, comment: None };
                Message { content, ..words }
            }
        };
        room::customer_writes(room, channel, message, fresh)
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
        match change {
            Change::Closed { .. } | Change::MarkedCritical { .. } | Change::ClearedCritical { .. } => {
                self.last_status = Some((before, at));
            }
            Change::MessageAdded(Message { id, content: content @ Content::Files { .. }, .. })
            | Change::PartDeleted { message: id, content } => self.last_files = Some((id, content)),
            Change::MessageAdded(sent) if matches!(sent.content, Content::Template(_)) => {
                self.last_template = Some(sent);
            }
            _ => {}
        }
    }
}

/// Who answers: what the epoch counts.
fn holder(room: &Room) -> (Section, bool, Option<PersonId>) {
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
    let section = room.section();
    if let State::Archived { outcome, unanswered, .. } = room.state {
        assert_eq!((room.waiting_since, room.snoozed_until, room.expires_at()), (None, None, None));
        assert!(!room.critical, "{room:?}");
        assert!(outcome == Outcome::Expired || !unanswered, "{room:?}");
    }
    assert!(room.snoozed_until.is_none() || section == Section::Assigned, "{room:?}");
    assert!(room.take_over_request.is_none() || section == Section::Assigned, "{room:?}");
    assert!(room.returned_by.is_none() || room.is_queued(), "{room:?}");
    assert!(room.restored_by.is_none() || section != Section::Assigned, "{room:?}");
    assert!(!room.blocked || room.restore_pending.is_none(), "{room:?}");
    assert!(room.agent().is_none_or(|agent| !room.participants.contains(&agent)), "{room:?}");
    let mut participants = room.participants.clone();
    participants.sort_unstable();
    participants.dedup();
    assert_eq!(participants.len(), room.participants.len(), "{room:?}");
    // Only a conversation that our side begins has no episode yet.
    assert!(room.episode_number >= 1 || room.is_archived() && room.customer_messages == 0, "{room:?}");
    assert!(room.last_customer_at.is_none_or(|at| at <= room.last_message_at));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_commands_reaches_an_illegal_state(
        on_web in any::<bool>(),
        we_begin in any::<bool>(),
        sequence in prop::collection::vec(attempts(), 1..60),
    ) {
        let mut stage = Stage::empty(if on_web { web() } else { whatsapp() });
        stage.policy = Policy { answer_minutes: Some(30), sticky_agent: true, ..Policy::default() };
        let mut world = World::new(stage);
        let first = if we_begin { Attempt::Person(Does::Invite) } else { Attempt::Customer(Says::Words) };
        let begun = world.attempt(&first, &priya()).expect("there is no such room yet");
        begun.into_iter().for_each(|change| world.take(change));
        for (attempt, who, pause) in sequence {
            world.stage.later(pause);
            let me = who.get(&everybody()).clone();
            let room = world.stage.room.clone();
            match world.attempt(&attempt, &me) {
                Ok(changes) => {
                    prop_assert!(changes.is_empty() || attempt.is_legal(&room), "{attempt:?} in {room:?}");
                    let is_done = !changes.is_empty() && attempt.needs_somebody();
                    prop_assert!(me.active || !is_done, "{} is deactivated", me.name);
                    changes.into_iter().for_each(|change| world.take(change));
                }
                Err(refused) => prop_assert!(!refused.to_string().is_empty()),
            }
        }
        let json = serde_json::to_string(&world.stage.room).expect("a room is JSON");
        prop_assert_eq!(serde_json::from_str::<Room>(&json).expect("and back"), world.stage.room);
    }
}
