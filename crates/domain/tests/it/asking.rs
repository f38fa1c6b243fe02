//! Asking for a room that a colleague holds: who may, how often, and what the holder makes of it.

use domain::change::{Actor, Change};
use domain::permission;
use domain::person::Person;
use domain::policy::{ASK_AGAIN, Policy};
use domain::refused::Refused;
use domain::room::{self, TakeOverRequest};

use crate::cast::{Stage, ana, bea, ben, priya, sam, tom};

/// Ana holds the room, and the agents of her team see it.
fn held() -> Stage {
    let mut stage = Stage::held_by(&ana());
    stage.policy = Policy { agents_see_team: true, ..Policy::default() };
    stage
}

fn ask(stage: &Stage, me: &Person) -> Result<Change, Refused> {
    room::request_take_over(&stage.room, me, &stage.policy, stage.now)
}

fn keep(stage: &Stage, me: &Person) -> Result<Change, Refused> {
    room::decline_take_over(&stage.room, me, &stage.policy)
}

#[track_caller]
fn words(refused: &Result<Change, Refused>) -> String {
    refused.as_ref().expect_err("it was allowed").to_string()
}

#[test]
fn whoever_sees_a_held_room_and_may_not_take_it_may_ask_for_it() {
    let stage = held();
    for (me, may) in [(ben(), true), (bea(), true), (ana(), false), (tom(), false), (priya(), false)] {
        assert_eq!(permission::may_request_take_over(&me, &stage.room), may, "{}", me.name);
    }
    assert!(!permission::may_request_take_over(&ben(), &Stage::queued().room), "it is there to enter");
    assert_eq!(ask(&stage, &ben()), Ok(Change::TakeOverRequested { by: ben().id }));
    assert_eq!(words(&ask(&stage, &ana())), "The room is already yours.");
    assert_eq!(ask(&stage, &sam()), Err(Refused::NotFound), "another team");
    let unseen = Stage::held_by(&ana());
    assert_eq!(ask(&unseen, &ben()), Err(Refused::NotFound), "he does not see it");
    let mut joined = Stage::held_by(&ana());
    joined.take(Change::BroughtIn { person: ben().id, by: ana().id });
    assert!(ask(&joined, &ben()).is_ok(), "he works in it");
    let mut archived = Stage::resolved_by(&ana());
    archived.policy = stage.policy.clone();
    assert_eq!(ask(&archived, &ben()), Err(Refused::Archived));
}

#[test]
fn a_room_is_asked_for_once_a_minute_whatever_was_answered() {
    for is_declined in [false, true] {
        let mut stage = held();
        stage.take(ask(&stage, &ben()).expect("for the first time"));
        if is_declined {
            stage.take(keep(&stage, &ana()).expect("she holds it"));
        }
        stage.later(ASK_AGAIN - std::time::Duration::from_millis(1));
        for me in [ben(), bea()] {
            assert_eq!(words(&ask(&stage, &me)), "The room is already asked for: give its holder a minute.");
        }
        stage.later(std::time::Duration::from_millis(1));
        assert!(ask(&stage, &bea()).is_ok());
    }
}

#[test]
fn the_holder_alone_keeps_it_and_only_once() {
    let mut stage = held();
    assert_eq!(keep(&stage, &ana()), Err(Refused::Changed), "nobody asked");
    let (addressed_at, epoch) = (stage.room.addressed_at, stage.room.handler_epoch);
    stage.later(ASK_AGAIN).take(Change::TakeOverRequested { by: ben().id });
    assert_eq!(stage.room.take_over_request, Some(TakeOverRequest { by: Some(ben().id), at: stage.now }));
    assert_eq!((stage.room.addressed_at, stage.room.handler_epoch), (addressed_at, epoch), "asking does nothing else");
    assert_eq!(keep(&stage, &ben()), Err(Refused::Changed));
    assert_eq!(keep(&stage, &tom()), Err(Refused::Changed));
    let kept = Change::TakeOverDeclined { by: ana().id, to: ben().id };
    assert_eq!(keep(&stage, &ana()), Ok(kept.clone()));
    stage.take(kept);
    assert_eq!(keep(&stage, &ana()), Err(Refused::Changed), "it is answered");
}

#[test]
fn a_request_ends_when_the_room_goes_to_anybody() {
    for to in [ben(), bea()] {
        let mut stage = held();
        stage.take(Change::TakeOverRequested { by: ben().id });
        let given = room::assign(&stage.room, &ana(), &to, None, &stage.policy).expect("her own");
        assert!(matches!(given, Change::Assigned { by: Actor::Person(by), .. } if by == ana().id));
        stage.take(given);
        assert_eq!(stage.room.take_over_request, None);
    }
}
