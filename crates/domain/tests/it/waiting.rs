//! What happens to a held room whose customer waits.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::change::{Actor, Change, ReturnReason};
use domain::delivery::Delivery;
use domain::id::{EpisodeId, TeamId};
use domain::message::{Author, Message};
use domain::person::{Availability, Person};
use domain::policy::{GRACE, Policy};
use domain::room::{self, Nearness};
use domain::team::Team;
use domain::timestamp::{Timestamp, hours, minutes};

use crate::cast::{SALES, SUPPORT, Stage, ana, ben, everybody, priya, said, sam, tom, whatsapp};

fn returned(reason: ReturnReason) -> Option<Change> {
    Some(Change::ReturnedToQueue { by: Actor::Switchboard, team: None, reason })
}

fn answered(stage: &mut Stage, by: &Person) {
    let reply = Message { author: Author::Person(by.id), ..said(70, "here I am") };
    stage.take(Change::MessageAdded(reply));
}

fn five_minutes() -> Policy {
    Policy { answer_minutes: Some(5), ..Policy::default() }
}

#[test]
fn t7_a_customer_waits_for_as_long_as_the_policy_says_and_not_a_moment_longer() {
    let mut stage = Stage::held_by(&ana());
    let due = |stage: &Stage| room::return_unanswered(&stage.room, &five_minutes(), stage.now);
    stage.later(minutes(5) - Duration::from_millis(1));
    assert_eq!(due(&stage), None);
    stage.later(Duration::from_millis(1));
    assert_eq!(due(&stage), returned(ReturnReason::Unanswered(ana().id)));
    assert_eq!(room::return_unanswered(&stage.room, &Policy::default(), stage.now), None, "no limit unless one is set");
    let waiting = stage.room.waiting_since;
    stage.take(due(&stage).expect("it is due"));
    assert!(stage.room.is_queued() && stage.room.waiting_since == waiting, "the wait goes on from where it began");
    assert_eq!(due(&stage), None, "nobody holds it");
}

#[test]
fn t7_whoever_is_given_a_waiting_room_has_their_own_time_and_an_answer_ends_it() {
    let mut stage = Stage::queued();
    stage.later(minutes(20)).take(Change::Entered { by: ana().id });
    let due = |stage: &Stage| room::return_unanswered(&stage.room, &five_minutes(), stage.now).is_some();
    stage.later(minutes(4));
    assert!(!due(&stage));
    answered(&mut stage, &ana());
    stage.later(minutes(60));
    assert!(!due(&stage), "it is the customer's turn");
    stage.customer_writes("thanks, and");
    stage.take(Change::Snoozed { by: ana().id, until: stage.now.plus(minutes(60)) });
    stage.later(minutes(6));
    assert!(!due(&stage), "put off");
}

#[test]
fn t7_who_let_a_room_go_is_not_given_it_again_until_somebody_else_had_it() {
    for reason in [ReturnReason::Unanswered(ana().id), ReturnReason::Given] {
        let mut stage = Stage::held_by(&ana());
        let by = if reason == ReturnReason::Given { Actor::Person(ana().id) } else { Actor::Switchboard };
        stage.take(Change::ReturnedToQueue { by, team: None, reason });
        assert_eq!(room::auto_assign(&stage.room, &ana(), 0, None), None);
        assert!(room::auto_assign(&stage.room, &ben(), 0, None).is_some());
        stage.take(Change::Entered { by: ben().id });
        stage.take(Change::ReturnedToQueue { by: Actor::Person(tom().id), team: None, reason: ReturnReason::Given });
        assert!(room::auto_assign(&stage.room, &ana(), 0, None).is_some());
    }
    let mut stage = Stage::held_by(&ana());
    let reason = ReturnReason::Disconnected(ana().id);
    stage.take(Change::ReturnedToQueue { by: Actor::Switchboard, team: None, reason });
    assert!(room::auto_assign(&stage.room, &ana(), 0, None).is_some(), "once she is back");
}

#[test]
fn t7_a_room_leaves_whoever_is_gone_for_ten_minutes_after_the_grace() {
    let stage = Stage::held_by(&ana());
    let seen = stage.now.plus(minutes(3));
    let due = |now: Timestamp| room::return_of_absent(&stage.room, seen, &stage.policy, now);
    let ends = seen.plus(GRACE).plus(minutes(10));
    assert_eq!(due(Timestamp(ends.0 - 1)), None);
    assert_eq!(due(ends), returned(ReturnReason::Disconnected(ana().id)));
    let never = Policy { disconnect_minutes: None, ..Policy::default() };
    assert_eq!(room::return_of_absent(&stage.room, seen, &never, ends.plus(minutes(600))), None);
}

#[test]
fn t7_while_it_is_the_customers_turn_a_room_stays_with_whoever_is_gone_until_they_write() {
    let mut stage = Stage::held_by(&ana());
    let seen = stage.now;
    answered(&mut stage, &ana());
    stage.later(minutes(60));
    assert_eq!(room::return_of_absent(&stage.room, seen, &stage.policy, stage.now), None);
    stage.customer_writes("one more thing");
    assert!(room::return_of_absent(&stage.room, seen, &stage.policy, stage.now).is_some());
}

#[test]
fn t7_who_is_given_a_room_while_gone_has_as_long_to_come() {
    let mut stage = Stage::queued();
    let seen = stage.now;
    stage.later(minutes(60)).take(Change::Entered { by: ana().id });
    assert_eq!(room::return_of_absent(&stage.room, seen, &stage.policy, stage.now), None);
    stage.later(GRACE).later(minutes(10));
    assert!(room::return_of_absent(&stage.room, seen, &stage.policy, stage.now).is_some());
}

#[test]
fn a_customer_in_the_queue_hears_that_nobody_is_here_only_when_nobody_could_take_them() {
    let stage = Stage::queued();
    let line = |here: &[Person]| room::away_line(&stage.room, None, here, &stage.policy, stage.now).is_some();
    let away = Person { availability: Availability::Away, ..ana() };
    assert!(line(&[]));
    assert!(line(&[away.clone(), sam()]), "one is away, the other of another team");
    for person in [ana(), tom(), priya()] {
        assert!(!line(&[away.clone(), person.clone()]), "{} could take it", person.name);
    }
    for other in [Stage::with_bot(), Stage::held_by(&ana()), Stage::resolved_by(&ana())] {
        assert_eq!(room::away_line(&other.room, None, [], &other.policy, other.now), None);
    }
    assert_eq!(room::away_line(&stage.room, Some(ana().id), [], &stage.policy, stage.now), None, "she was there");
}

#[test]
fn the_away_line_goes_by_the_window_and_its_words_and_is_one_for_each_episode() {
    let mut stage = Stage::empty(whatsapp());
    stage.customer_writes("hello");
    let line = |stage: &Stage, policy: &Policy| room::away_line(&stage.room, None, [], policy, stage.now);
    let silent = Policy { away_text: "  ".into(), ..Policy::default() }.check().expect("no words are fine");
    assert_eq!(line(&stage, &silent), None);
    let Some(Change::MessageAdded(message)) = line(&stage, &stage.policy) else { panic!("it is said") };
    assert_eq!((message.author, message.delivery), (Author::Switchboard, Some(Delivery::Waiting)));
    assert_eq!(message.id, room::away_line_id(stage.room.episode));
    assert_ne!(message.id, room::away_line_id(EpisodeId::from_number(2)));
    let waiting = stage.room.waiting_since;
    let addressed = stage.room.addressed_at;
    stage.later(minutes(1));
    stage.take(line(&stage, &stage.policy).expect("it is said"));
    assert_eq!((stage.room.waiting_since, stage.room.addressed_at), (waiting, addressed), "the customer waits on");
    stage.later(hours(24));
    assert_eq!(line(&stage, &stage.policy), None, "the window is closed");
    let long = Policy { away_text: "x".repeat(1_001), ..Policy::default() };
    let words = long.check().expect_err("refused").to_string();
    assert_eq!(words, "The away line has 1001 characters; at most 1000 are allowed.");
}

#[test]
fn a_waiting_room_is_nearer_its_end_at_half_at_four_fifths_and_shortly_before_it() {
    let stage = Stage::held_by(&ana());
    let nearness =
        |minutes_over: u64| room::expiry_nearness(&stage.room, &stage.policy, stage.now.plus(minutes(minutes_over)));
    let day = 24 * 60;
    for (over, expected) in [
        (day / 2 - 1, None),
        (day / 2, Some(Nearness::Half)),
        (day * 80 / 100 - 1, Some(Nearness::Half)),
        (day * 80 / 100, Some(Nearness::Near)),
        (day * 95 / 100, Some(Nearness::Last)),
        (day, Some(Nearness::Last)),
    ] {
        assert_eq!(nearness(over), expected, "{over} minutes");
    }
}

#[test]
fn nobody_is_warned_of_a_room_in_which_the_customer_does_not_wait_or_that_does_not_expire() {
    let mut answered_room = Stage::held_by(&ana());
    answered(&mut answered_room, &ana());
    let mut put_off = Stage::held_by(&ana());
    put_off.take(Change::Snoozed { by: ana().id, until: put_off.now.plus(hours(48)) });
    let mut for_ever = Stage::held_by(&ana());
    for_ever.room.expires_after_millis = None;
    let mut spared = Stage::held_by(&ana());
    spared.policy.never_expire_waiting_on_agent = true;
    for stage in [answered_room, put_off, for_ever, spared, Stage::with_bot(), Stage::resolved_by(&ana())] {
        assert_eq!(room::expiry_nearness(&stage.room, &stage.policy, stage.now.plus(hours(23))), None);
    }
}

#[test]
fn the_holder_is_warned_first_and_then_who_manages_the_team_and_every_admin() {
    let held = Stage::held_by(&ana()).room;
    let warned = |room: &room::Room, nearness| {
        let people = everybody().into_iter().filter(|person| room::is_warned(room, person, nearness));
        people.map(|person| person.name).collect::<Vec<_>>()
    };
    assert_eq!(warned(&held, Nearness::Half), ["Ana"]);
    assert_eq!(warned(&held, Nearness::Near), ["Priya", "Tom"], "the admin is in no team");
    let mut queued = Stage::queued().room;
    assert_eq!(warned(&queued, Nearness::Half), Vec::<String>::new(), "nobody holds it");
    assert_eq!(warned(&queued, Nearness::Last), ["Priya", "Tom"]);
    queued.team = None;
    assert_eq!(warned(&queued, Nearness::Last), ["Priya", "Tom", "Sol"]);
}

#[test]
fn a_room_does_not_wait_for_a_team_that_is_gone() {
    let mut stage = Stage::queued();
    let teams = |ids: &[TeamId]| ids.iter().map(|id| (*id, Team::new(*id, id.to_string()))).collect::<BTreeMap<_, _>>();
    let goes_to = |stage: &Stage, channel, present: &[TeamId]| match room::leave_removed_team(
        &stage.room,
        channel,
        &teams(present),
    ) {
        Some(Change::ReturnedToQueue { team, .. }) => team,
        other => panic!("{other:?}"),
    };
    let third = TeamId::from_number(3);
    assert_eq!(room::leave_removed_team(&stage.room, Some(SALES), &teams(&[SUPPORT, SALES])), None, "it is there");
    assert_eq!(goes_to(&stage, Some(third), &[SALES, third]), Some(third), "the channel's");
    assert_eq!(goes_to(&stage, Some(SUPPORT), &[SALES, third]), Some(SALES), "the default, for the channel's is gone");
    assert_eq!(goes_to(&stage, None, &[SALES, third]), Some(SALES));
    stage.take(Change::Entered { by: ana().id });
    assert_eq!(room::leave_removed_team(&stage.room, None, &teams(&[SALES])), None, "nobody waits");
}
