//! What becomes of the rooms of somebody who goes offline.

use std::collections::BTreeMap;

use domain::change::{Actor, Change, ReturnReason};
use domain::desk::{Desk, ListQuery};
use domain::id::{PersonId, RoomId, TeamId};
use domain::message::{Author, Message};
use domain::person::{Availability, Person};
use domain::policy::Policy;
use domain::refused::Refused;
use domain::room::{self, Parted, Parting, Section};
use domain::timestamp::minutes;

use crate::cast::{SALES, Stage, ana, ben, everybody, priya, said, sam};
use crate::desk::{FIRST, happens, stage};

fn people() -> BTreeMap<PersonId, Person> {
    everybody().into_iter().map(|person| (person.id, person)).collect()
}

/// What Ana, who is offline now, parts with.
fn parts(stage: &Stage, parting: Parting) -> Result<Option<Change>, Refused> {
    let me = Person { availability: Availability::Offline, ..ana() };
    room::part(&stage.room, &me, parting, &people(), &stage.policy)
}

fn answered(stage: &mut Stage) {
    stage.take(Change::MessageAdded(Message { author: Author::Person(ana().id), ..said(70, "here I am") }));
}

fn went_offline(team: Option<TeamId>) -> Change {
    Change::ReturnedToQueue { by: Actor::Switchboard, team, reason: ReturnReason::WentOffline(ana().id) }
}

#[test]
fn who_goes_offline_lets_go_of_what_waits_for_them_and_keeps_the_rest_unless_they_say_otherwise() {
    let mut stage = Stage::held_by(&ana());
    assert_eq!(Parting::default_for(&stage.room), Parting::Queue);
    answered(&mut stage);
    assert_eq!(Parting::default_for(&stage.room), Parting::Keep, "it is the customer's turn");
    stage.customer_writes("one more thing");
    assert_eq!(Parting::default_for(&stage.room), Parting::Queue);
    stage.take(Change::Snoozed { by: ana().id, until: stage.now.plus(minutes(60)) });
    assert_eq!(Parting::default_for(&stage.room), Parting::Keep, "put off, it waits for nobody");
}

#[test]
fn t6_t7_each_room_of_somebody_who_goes_offline_goes_where_they_say() {
    let waiting = Stage::held_by(&ana());
    let mut answered_room = Stage::held_by(&ana());
    answered(&mut answered_room);
    let to_ben = Change::Assigned { to: ben().id, by: Actor::Person(ana().id), note: None, stays: false, team: None };
    for stage in [waiting, answered_room] {
        for (parting, change) in [
            (Parting::Keep, None),
            (Parting::Queue, Some(went_offline(None))),
            (Parting::Team(SALES), Some(went_offline(Some(SALES)))),
            (Parting::To(ben().id), Some(to_ben.clone())),
        ] {
            assert_eq!(parts(&stage, parting), Ok(change), "{parting:?}");
        }
    }
}

#[test]
fn t7_who_goes_offline_does_not_give_a_customer_longer_to_wait() {
    let mut stage = Stage::held_by(&ana());
    let (waiting, expires) = (stage.room.waiting_since, stage.room.expires_at());
    stage.later(minutes(5));
    stage.take(parts(&stage, Parting::Team(SALES)).expect("her own").expect("it goes"));
    assert!(stage.room.is_queued() && stage.room.team == Some(SALES));
    assert_eq!((stage.room.waiting_since, stage.room.expires_at()), (waiting, expires));
    let back = Person { teams: vec![SALES], ..ana() };
    assert!(room::auto_assign(&stage.room, &back, 0, None).is_some(), "once she is back, it may be hers again");
}

#[test]
fn t6_who_goes_offline_gives_a_room_only_to_whom_it_may_be_given() {
    let stage = Stage::held_by(&ana());
    let words = |stage: &Stage, to| parts(stage, Parting::To(to)).expect_err("refused").to_string();
    assert_eq!(words(&stage, sam().id), "Sam cannot hold this room: the room belongs to another team.");
    assert_eq!(words(&stage, PersonId::from_number(9)), "Dan cannot hold this room: the account is deactivated.");
    assert_eq!(words(&stage, ana().id), "The room is already with Ana.");
    assert_eq!(words(&stage, PersonId::from_number(77)), "The person does not exist.");
    let mut strict = stage;
    strict.policy = Policy { agents_may_reassign: false, ..Policy::default() };
    assert_eq!(words(&strict, ben().id), "You are not allowed to assign this room to Ben.");
    assert_eq!(
        parts(&strict, Parting::Queue),
        Ok(Some(went_offline(None))),
        "back to the queue it may go all the same"
    );
}

#[test]
fn a_room_that_is_no_longer_theirs_is_left_where_it_is() {
    let mut joined = Stage::held_by(&ben());
    joined.take(Change::Joined { person: ana().id });
    for stage in [Stage::held_by(&ben()), joined, Stage::queued(), Stage::resolved_by(&ana())] {
        for parting in [Parting::Queue, Parting::Team(SALES), Parting::To(priya().id)] {
            assert_eq!(parts(&stage, parting), Ok(None), "{parting:?}");
        }
    }
}

#[test]
fn it_is_counted_which_way_rooms_went() {
    let mut parted = Parted::default();
    for parting in [Parting::Queue, Parting::To(ben().id), Parting::Team(SALES), Parting::Keep, Parting::Queue] {
        parted.count(parting);
    }
    assert_eq!(parted, Parted { kept: 1, queued: 3, given: 1 });
}

#[test]
fn the_rooms_one_holds_are_followed_while_one_decides() {
    let (mut server, mut desk) = stage(&priya());
    let second = RoomId::from_number(2);
    let entered = Change::Entered { by: priya().id };
    happens(&mut server, &mut desk, FIRST, entered.clone());
    let loaded = vec![server.threads[&FIRST].room.clone()];
    let held =
        |desk: &Desk| desk.held(&loaded).iter().map(|room| (room.id, room.customer_messages)).collect::<Vec<_>>();
    assert_eq!(held(&desk), [(FIRST, 1)]);

    happens(&mut server, &mut desk, FIRST, Change::MessageAdded(said(50, "anyone?")));
    happens(&mut server, &mut desk, second, entered);
    assert_eq!(held(&desk), [(FIRST, 2), (second, 1)]);
    happens(
        &mut server,
        &mut desk,
        FIRST,
        Change::Assigned { to: ben().id, by: Actor::Person(priya().id), note: None, stays: false, team: None },
    );
    assert_eq!(held(&desk), [(second, 1)]);
    let afresh = Desk::new(server.snapshot(&ListQuery::of(Section::Live), 0));
    assert_eq!(held(&afresh), [(FIRST, 1)], "a desk that starts over loses none that was loaded");
}
