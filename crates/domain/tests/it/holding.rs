//! Who holds a room: T1 to T8 and T17, one example and its refusals each.

use domain::change::{Actor, Change, HandOffReason, ReturnReason};
use domain::desk::{ListQuery, Whose};
use domain::episode::{OpenedBy, Outcome};
use domain::person::{Availability, Person};
use domain::policy::{Policy, SNOOZE_MAX};
use domain::refused::Refused;
use domain::room::{self, LiveHandler, Section};
use domain::timestamp::minutes;

use crate::cast::{MORNING, SALES, SUPPORT, Stage, ana, bea, ben, customer, priya, sam, tom, web, whatsapp};

#[track_caller]
fn words<D: std::fmt::Debug>(refused: &Result<D, Refused>) -> String {
    refused.as_ref().expect_err("it was allowed").to_string()
}

#[test]
fn t1_the_first_message_opens_episode_1_with_the_bot_or_in_the_queue() {
    for (channel, handler) in [(web(), LiveHandler::Bot), (whatsapp(), LiveHandler::Queue)] {
        let mut stage = Stage::empty(channel);
        let changes = stage.customer_writes("hello");
        let Change::EpisodeOpened { number, by, .. } = &changes[0] else { panic!("{changes:?}") };
        assert_eq!((*number, *by), (1, OpenedBy::Customer));
        assert_eq!(stage.room.is_with_bot(), handler == LiveHandler::Bot);
        assert_eq!((stage.room.version, stage.room.last_position, stage.room.team), (2, 2, Some(SUPPORT)));
        assert_eq!(stage.room.name, customer().name);
    }
}

#[test]
fn t2_a_hand_off_queues_the_room_and_the_wait_begins() {
    let mut stage = Stage::with_bot();
    let epoch = stage.room.handler_epoch;
    stage.later(minutes(5));
    let change = room::hand_off(&stage.room, epoch, HandOffReason::Asked, Some(SALES)).expect("its turn");
    stage.take(change);
    assert!(stage.room.is_queued());
    assert_eq!((stage.room.team, stage.room.waiting_since), (Some(SALES), Some(stage.now)));
    assert_eq!(room::hand_off(&stage.room, epoch, HandOffReason::Asked, None), None, "a second time");
}

#[test]
fn a_bot_s_answer_of_an_old_epoch_may_not_be_said() {
    let mut stage = Stage::with_bot();
    let epoch = stage.room.handler_epoch;
    assert!(room::may_bot_speak(&stage.room, epoch));
    stage.take(Change::Entered { by: priya().id });
    assert!(!room::may_bot_speak(&stage.room, epoch));
    stage.take(Change::ReturnedToBot { by: priya().id });
    assert!(!room::may_bot_speak(&stage.room, epoch), "with the bot again, but in another epoch");
    assert_eq!(room::hand_off(&stage.room, epoch, HandOffReason::BotError, None), None);
    assert!(room::may_bot_speak(&stage.room, stage.room.handler_epoch));
}

#[test]
fn t3_a_queued_room_goes_only_to_who_is_online_has_room_and_is_in_the_team() {
    let stage = Stage::queued();
    let given = room::auto_assign(&stage.room, &ana(), 7, None);
    assert_eq!(
        given,
        Some(Change::Assigned { to: ana().id, by: Actor::Switchboard, note: None, stays: false, team: None })
    );
    assert_eq!(room::auto_assign(&stage.room, &ana(), 8, None), None, "at capacity");
    assert_eq!(room::auto_assign(&stage.room, &sam(), 0, None), None, "another team");
    let away = Person { availability: Availability::Away, ..ana() };
    assert_eq!(room::auto_assign(&stage.room, &away, 0, None), None, "away");
    let gone = Person { active: false, ..ana() };
    assert_eq!(room::auto_assign(&stage.room, &gone, 0, None), None, "deactivated");
    for (stage, why) in [(Stage::with_bot(), "the bot answers"), (Stage::held_by(&ben()), "somebody was quicker")] {
        assert_eq!(room::auto_assign(&stage.room, &ana(), 0, None), None, "{why}");
    }
}

#[test]
fn t4_entering_makes_the_room_mine_and_silences_the_bot() {
    let mut stage = Stage::with_bot();
    let epoch = stage.room.handler_epoch;
    let entered = room::enter(&stage.room, &priya(), &stage.policy).expect("an admin enters anything live");
    stage.take(entered.expect("it was not hers"));
    assert_eq!((stage.room.agent(), stage.room.section()), (Some(priya().id), Section::Assigned));
    assert_eq!(stage.room.handler_epoch, epoch + 1);
    assert_eq!(stage.room.addressed_at, stage.now);
}

#[test]
fn t4_the_slower_of_two_hears_who_was_quicker() {
    let stage = Stage::held_by(&ben());
    let held = Err(Refused::HeldBy { person: ben().id, since: stage.now });
    // An agent does not see the held room any more, and hears it all the same.
    for me in [priya(), tom(), ana()] {
        assert_eq!(room::enter(&stage.room, &me, &stage.policy), held, "{}", me.name);
    }
    assert_eq!(room::enter(&stage.room, &sam(), &stage.policy), Err(Refused::NotFound), "another team");
    assert_eq!(room::enter(&stage.room, &ben(), &stage.policy), Ok(None), "a second click");
}

#[test]
fn t4_an_archived_room_is_not_entered_and_a_bot_s_room_not_by_an_agent() {
    let stage = Stage::resolved_by(&ana());
    assert_eq!(room::enter(&stage.room, &priya(), &stage.policy), Err(Refused::Archived));
    let policy = Policy { agents_see_live: domain::policy::AgentsSeeLive::All, ..Policy::default() };
    let refused = room::enter(&Stage::with_bot().room, &ana(), &policy);
    assert_eq!(words(&refused), "You are not allowed to enter this chat.");
}

#[test]
fn t5_a_live_room_is_assigned_with_a_note() {
    let mut stage = Stage::with_bot();
    let change = room::assign(&stage.room, &tom(), &ana(), Some("  speaks Greek "), &stage.policy).expect("same team");
    let note = Some("speaks Greek".into());
    assert_eq!(change, Change::Assigned { to: ana().id, by: Actor::Person(tom().id), note, stays: false, team: None });
    stage.take(change);
    assert_eq!(stage.room.agent(), Some(ana().id));
}

#[test]
fn t5_nobody_is_given_a_room_they_cannot_hold() {
    let stage = Stage::queued();
    let gone = Person { active: false, ..ana() };
    let refused = room::assign(&stage.room, &tom(), &gone, None, &stage.policy);
    assert_eq!(words(&refused), "Ana cannot hold this room: the account is deactivated.");
    let nowhere = Person { teams: Vec::new(), ..sam() };
    let refused = room::assign(&stage.room, &priya(), &nowhere, None, &stage.policy);
    assert_eq!(words(&refused), "Sam cannot hold this room: the room belongs to another team.");
    let refused = room::assign(&stage.room, &ana(), &ben(), None, &stage.policy);
    assert_eq!(words(&refused), "You are not allowed to assign this room to Ben.");
    let long = "x".repeat(2_001);
    let refused = room::assign(&stage.room, &tom(), &ana(), Some(&long), &stage.policy);
    assert_eq!(words(&refused), "The note has 2001 characters; at most 2000 are allowed.");
}

#[test]
fn t6_a_held_room_goes_to_a_colleague_or_is_taken_over() {
    let mut stage = Stage::held_by(&ana());
    stage.take(room::assign(&stage.room, &ana(), &ben(), None, &stage.policy).expect("her own"));
    assert_eq!(stage.room.agent(), Some(ben().id));
    let refused = room::assign(&stage.room, &tom(), &ben(), None, &stage.policy);
    assert_eq!(words(&refused), "The room is already with Ben.");
    let seen = Policy { agents_see_team: true, ..Policy::default() };
    assert_eq!(words(&room::take_over(&stage.room, &ana(), &seen)), "You are not allowed to take over this chat.");
    let taken = room::take_over(&stage.room, &tom(), &stage.policy).expect("his team");
    stage.take(taken.expect("it was not his"));
    assert_eq!(stage.room.agent(), Some(tom().id));
    assert_eq!(room::take_over(&stage.room, &tom(), &stage.policy), Ok(None), "a second click");
}

#[test]
fn t6_an_archived_room_is_neither_assigned_nor_taken_over_nor_joined() {
    let stage = Stage::resolved_by(&ana());
    let words = "The room is archived. Reopen it to write.";
    for answer in [
        room::assign(&stage.room, &priya(), &ben(), None, &stage.policy),
        room::take_over(&stage.room, &priya(), &stage.policy).map(|change| change.expect("it is not hers")),
        room::join(&stage.room, &priya(), &stage.policy),
        room::return_to_queue(&stage.room, &priya(), None, &stage.policy),
        room::return_to_bot(&stage.room, &priya(), &web(), &stage.policy),
    ] {
        assert_eq!(self::words(&answer), words);
    }
}

#[test]
fn t7_returning_to_the_queue_keeps_how_long_the_customer_waits() {
    let mut stage = Stage::held_by(&ana());
    let waiting = stage.room.waiting_since;
    stage.later(minutes(9));
    stage.take(room::return_to_queue(&stage.room, &ana(), Some(SALES), &stage.policy).expect("her own"));
    assert!(stage.room.is_queued());
    assert_eq!((stage.room.waiting_since, stage.room.team), (waiting, Some(SALES)));
    for team in [None, Some(SALES)] {
        let refused = room::return_to_queue(&stage.room, &priya(), team, &stage.policy);
        assert_eq!(words(&refused), "The room is already in the queue.");
    }
}

#[test]
fn t7_what_waits_in_one_queue_may_go_to_another_and_waits_as_long() {
    let mut stage = Stage::queued();
    let (waiting, epoch) = (stage.room.waiting_since, stage.room.handler_epoch);
    let refused = room::return_to_queue(&stage.room, &ana(), Some(SALES), &stage.policy);
    assert_eq!(words(&refused), "You are not allowed to return this chat.", "it is not hers");
    stage.later(minutes(9));
    stage.take(room::return_to_queue(&stage.room, &tom(), Some(SALES), &stage.policy).expect("his team's"));
    assert!(stage.room.is_queued() && stage.room.handler_epoch == epoch, "nobody else answers");
    assert_eq!((stage.room.waiting_since, stage.room.team), (waiting, Some(SALES)));
}

#[test]
fn t5_whoever_gives_a_room_to_another_team_s_person_gives_it_to_that_team() {
    let stage = Stage::queued();
    let both = Person { teams: vec![SUPPORT, SALES], ..tom() };
    let given = |me: &Person, to: &Person| room::assign(&stage.room, me, to, None, &stage.policy);
    for (me, to, team) in [(priya(), sam(), Some(SALES)), (both, sam(), Some(SALES)), (priya(), ana(), None)] {
        let change = given(&me, &to).expect("an admin gives to anyone, a manager within their teams");
        assert!(matches!(change, Change::Assigned { team: other, .. } if other == team), "{change:?}");
        let mut stage = stage.clone();
        stage.take(change);
        assert_eq!((stage.room.agent(), stage.room.team), (Some(to.id), team.or(Some(SUPPORT))));
        assert_eq!(room::release(&stage.room, &to), [], "they may hold it from then on");
    }
    let held = Stage::held_by(&ana());
    let refused = room::assign(&held.room, &ana(), &sam(), None, &held.policy);
    assert_eq!(words(&refused), "Sam cannot hold this room: the room belongs to another team.");
}

#[test]
fn t7_who_is_deactivated_or_leaves_the_team_lets_go_of_the_room() {
    let gone = Person { active: false, ..ana() };
    let moved = Person { teams: vec![SALES], ..ana() };
    for person in [gone, moved] {
        let mut stage = Stage::held_by(&ana());
        let reason = ReturnReason::Released(ana().id);
        let queued = vec![Change::ReturnedToQueue { by: Actor::Switchboard, team: None, reason }];
        assert_eq!(room::release(&stage.room, &person), queued);
        stage.take(Change::Assigned {
            to: ben().id,
            by: Actor::Person(tom().id),
            note: None,
            stays: false,
            team: None,
        });
        assert_eq!(room::release(&stage.room, &person), []);
        stage.take(Change::Joined { person: ana().id });
        assert_eq!(room::release(&stage.room, &person), vec![Change::Left { person: ana().id }]);
    }
    assert_eq!(room::release(&Stage::held_by(&ana()).room, &ana()), [], "nothing changed");
}

#[test]
fn t8_a_critical_room_goes_back_to_the_bot_only_by_a_manager() {
    let mut stage = Stage::held_by(&ana());
    assert!(room::return_to_bot(&stage.room, &ana(), &web(), &stage.policy).is_ok());
    stage.take(Change::MarkedCritical { by: ana().id, comment: None, feedback: false });
    let refused = room::return_to_bot(&stage.room, &ana(), &web(), &stage.policy);
    assert_eq!(words(&refused), "You are not allowed to return this chat to the bot.");
    let refused = room::return_to_bot(&stage.room, &tom(), &whatsapp(), &stage.policy);
    assert_eq!(words(&refused), "The channel has no active bot.");
    stage.take(room::return_to_bot(&stage.room, &tom(), &web(), &stage.policy).expect("his team"));
    assert!(stage.room.is_with_bot());
    let refused = room::return_to_bot(&stage.room, &tom(), &web(), &stage.policy);
    assert_eq!(words(&refused), "The room is already with the bot.");
}

#[test]
fn a_colleague_joins_beside_the_holder_and_leaves_again() {
    let mut stage = Stage::held_by(&ana());
    stage.take(room::join(&stage.room, &tom(), &stage.policy).expect("his team"));
    assert_eq!(words(&room::join(&stage.room, &tom(), &stage.policy)), "The room is already open to you.");
    assert_eq!(stage.room.agent(), Some(ana().id));
    stage.take(room::leave(&stage.room, &tom()).expect("he joined"));
    assert_eq!(room::leave(&stage.room, &tom()), Err(Refused::NotEntered));
    assert_eq!(room::join(&Stage::queued().room, &tom(), &Policy::default()), Err(Refused::NotEntered));
}

#[test]
fn an_agent_joins_where_somebody_brings_them_in() {
    let mut stage = Stage::held_by(&ana());
    assert_eq!(room::join(&stage.room, &bea(), &stage.policy), Err(Refused::NotFound), "she does not see it");
    stage.take(room::bring_in(&stage.room, &ana(), &bea(), &stage.policy).expect("she holds it"));
    assert_eq!((stage.room.agent(), stage.room.participants.as_slice()), (Some(ana().id), [bea().id].as_slice()));
    let refused = room::bring_in(&stage.room, &ana(), &bea(), &stage.policy);
    assert_eq!(words(&refused), format!("The room is already open to {}.", bea().name));
    let refused = room::bring_in(&stage.room, &bea(), &sam(), &stage.policy);
    assert!(matches!(&refused, Err(Refused::CannotHold { name, .. }) if *name == sam().name), "{refused:?}");
    stage.take(room::leave(&stage.room, &bea()).expect("she had joined"));
    assert_eq!(stage.room.participants, []);
    assert_eq!(room::bring_in(&Stage::queued().room, &tom(), &bea(), &Policy::default()), Err(Refused::NotEntered));
}

#[test]
fn who_joined_and_then_holds_the_room_is_no_longer_beside_it() {
    let mut stage = Stage::held_by(&ana());
    stage.take(Change::Joined { person: tom().id });
    stage.take(Change::Joined { person: bea().id });
    let taken = room::take_over(&stage.room, &tom(), &stage.policy).expect("his team");
    stage.take(taken.expect("it was not his"));
    assert_eq!(stage.room.participants, [bea().id]);
}

#[test]
fn t17_a_snoozed_room_does_not_expire_and_wakes_when_the_customer_writes() {
    let mut stage = Stage::held_by(&ana());
    let until = stage.now.plus(minutes(60));
    stage.take(Change::Snoozed { by: ana().id, until });
    assert_eq!(stage.room.expires_at(), None);
    stage.customer_writes("still there?");
    assert_eq!(stage.room.snoozed_until, None);
    assert!(stage.room.expires_at().is_some());
}

#[test]
fn t17_a_held_room_is_put_off_for_at_most_thirty_days_and_woken_by_hand() {
    let mut stage = Stage::held_by(&ana());
    let (policy, now) = (stage.policy.clone(), stage.now);
    let snooze = |stage: &Stage, me: &Person, until| room::snooze(&stage.room, me, until, &policy, now);
    for until in [now, now.plus(SNOOZE_MAX).plus(minutes(1))] {
        assert_eq!(words(&snooze(&stage, &ana(), until)), "The time must lie ahead, by at most 30 days.");
    }
    assert_eq!(words(&room::wake(&stage.room, &ana(), &policy)), "The room is already awake.");
    stage.take(snooze(&stage, &ana(), now.plus(SNOOZE_MAX)).expect("her own"));
    assert_eq!(stage.room.snoozed_until, Some(now.plus(SNOOZE_MAX)));
    stage.take(room::wake(&stage.room, &tom(), &policy).expect("his team's"));
    assert_eq!((stage.room.snoozed_until, stage.room.agent()), (None, Some(ana().id)));
}

#[test]
fn t17_only_a_room_that_somebody_holds_is_put_off_and_by_who_may_reach_it() {
    let later = MORNING.plus(minutes(60));
    let snooze = |stage: &Stage, me: &Person| room::snooze(&stage.room, me, later, &stage.policy, stage.now);
    assert_eq!(words(&snooze(&Stage::queued(), &priya())), "You are not allowed to snooze this chat.");
    assert!(snooze(&Stage::held_by(&ana()), &sam()).is_err(), "another team's");
    let mut closed = Stage::held_by(&ana());
    closed.take(Change::Closed {
        outcome: Outcome::Resolved,
        by: ana().id,
        comment: None,
        reason: None,
        feedback: false,
    });
    assert_eq!(snooze(&closed, &priya()), Err(Refused::Archived));
}

#[test]
fn t17_a_room_that_is_put_off_is_on_the_list_of_those_and_on_no_other() {
    let mut stage = Stage::held_by(&ana());
    let lists = |stage: &Stage| {
        [Whose::Everyone, Whose::Mine, Whose::Snoozed].map(|whose| {
            let query = ListQuery { whose, ..ListQuery::of(Section::Assigned) };
            query.has(&stage.room, ana().id)
        })
    };
    assert_eq!(lists(&stage), [true, true, false]);
    stage.take(Change::Snoozed { by: ana().id, until: stage.now.plus(minutes(60)) });
    assert_eq!(lists(&stage), [false, false, true]);
}

#[test]
fn t17_a_snoozed_room_that_somebody_else_gets_is_awake() {
    for handed in [
        Change::Assigned { to: ben().id, by: Actor::Person(tom().id), note: None, stays: false, team: None },
        Change::ReturnedToQueue { by: Actor::Switchboard, team: None, reason: ReturnReason::Given },
        Change::ReturnedToBot { by: tom().id },
    ] {
        let mut stage = Stage::held_by(&ana());
        let until = stage.now.plus(minutes(60));
        stage.take(Change::Snoozed { by: ana().id, until });
        stage.take(handed);
        assert_eq!(stage.room.snoozed_until, None);
    }
}

#[test]
fn t6_whoever_gives_their_own_room_away_may_stay_in_it_and_nobody_else() {
    let mut stage = Stage::held_by(&ana());
    stage.take(Change::BroughtIn { person: ben().id, by: ana().id });
    let stay =
        |stage: &Stage, me: &Person| room::assign_and_stay(&stage.room, me, &ben(), Some("knows her"), &stage.policy);
    let refused = stay(&stage, &tom());
    assert_eq!(words(&refused), "You are not allowed to stay in a chat that you do not hold.");
    let given = stay(&stage, &ana()).expect("her own");
    assert!(matches!(&given, Change::Assigned { stays: true, note: Some(note), .. } if note == "knows her"));
    stage.take(given);
    assert_eq!((stage.room.agent(), stage.room.participants.clone()), (Some(ben().id), vec![ana().id]));
    stage.take(room::leave(&stage.room, &ana()).expect("she joined"));
    assert!(stage.room.participants.is_empty());
    let mut stage = Stage::held_by(&ana());
    stage.take(room::assign(&stage.room, &ana(), &ben(), None, &stage.policy).expect("her own"));
    assert!(stage.room.participants.is_empty(), "who does not say so does not stay");
    let mut queued = Stage::queued();
    queued.policy.agents_may_reassign = true;
    assert_eq!(words(&stay(&queued, &tom())), "You are not allowed to stay in a chat that you do not hold.");
}
