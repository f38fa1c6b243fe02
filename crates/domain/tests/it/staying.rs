//! Who joined a room goes on seeing it when it is archived, until it is another episode's.

use std::collections::BTreeMap;

use domain::change::{Actor, Change, ReturnReason};
use domain::id::{EpisodeId, MessageId};
use domain::person::Person;
use domain::policy::Policy;
use domain::refused::Refused;
use domain::room::{self, Status};
use domain::timestamp::minutes;

use crate::cast::{SALES, Stage, ana, asks, bea, ben, everybody, tom};

/// A room that Ana held and Bea had joined, until Ana resolved it.
fn resolved() -> Stage {
    let mut stage = Stage::held_by(&ana());
    stage.take(room::bring_in(&stage.room, &ana(), &bea(), &stage.policy).expect("of her team"));
    let closed =
        room::update_status(&stage.room, &ana(), &asks(Status::Resolve), &stage.channel, &stage.policy, stage.now);
    stage.take(closed.expect("her own"));
    stage
}

#[test]
fn whoever_joined_notes_in_the_archived_room_and_reopens_it() {
    let mut stage = resolved();
    let noted = |stage: &Stage, me: &Person| {
        room::note(&stage.room, me, MessageId::from_number(1), "it was the courier", &stage.policy).map(drop)
    };
    assert_eq!((noted(&stage, &bea()), noted(&stage, &ben())), (Ok(()), Err(Refused::NotFound)));
    assert_eq!(room::leave(&stage.room, &bea()), Err(Refused::Archived), "there is nothing left to leave");
    stage.later(minutes(1));
    let fresh = EpisodeId::from_number(9);
    let reopened = room::reopen(&stage.room, &bea(), &stage.channel, fresh, &stage.policy, stage.now);
    stage.take(reopened.expect("she had joined it"));
    assert_eq!((stage.room.agent(), stage.room.participants.len()), (Some(bea().id), 0));
}

#[test]
fn the_same_episode_goes_on_with_them_and_the_next_one_without() {
    let stage = resolved();
    let mut same = stage.clone();
    same.take(Change::Reopened { by: ana().id });
    assert_eq!(same.room.participants, [bea().id]);
    let mut anew = stage.clone();
    let (by, episode) = (ana().id, EpisodeId::from_number(9));
    anew.take(Change::ReopenedAnew { by, episode, number: 2, expires_after_millis: None });
    let mut again = stage;
    again.customer_writes("me again");
    for stage in [anew, again] {
        assert!(stage.room.participants.is_empty());
        let none = Policy { agents_see_live: domain::policy::AgentsSeeLive::None, ..Policy::default() };
        assert!(!domain::permission::may_see(&bea(), &none, &stage.room.scope()));
    }
}

#[test]
fn whoever_may_not_be_in_it_any_more_is_out_of_it_when_it_goes_on() {
    let mut stage = resolved();
    let release = |stage: &Stage, me: &Person, changed: &[Person], outsiders: &[Person]| {
        let mut people: BTreeMap<_, _> = everybody().into_iter().map(|person| (person.id, person)).collect();
        people.extend(changed.iter().map(|person| (person.id, person.clone())));
        let outsiders: Vec<_> = outsiders.iter().map(|person| person.id).collect();
        room::release_others(&stage.room, me, &people, &outsiders)
    };
    let moved = Person { teams: vec![SALES], ..bea() };
    let gone = Person { active: false, ..ana() };
    assert_eq!(release(&stage, &tom(), &[moved.clone(), gone.clone()], &[]), [], "what is archived is history");
    stage.take(Change::Reopened { by: ana().id });

    assert_eq!(release(&stage, &ana(), &[], &[]), []);
    assert_eq!(release(&stage, &ana(), std::slice::from_ref(&moved), &[]), [Change::Left { person: bea().id }]);
    assert_eq!(release(&stage, &ana(), std::slice::from_ref(&moved), &[bea()]), [], "she was of another team before");
    let reason = ReturnReason::Released(ana().id);
    let queued = Change::ReturnedToQueue { by: Actor::Switchboard, team: None, reason };
    assert_eq!(release(&stage, &tom(), std::slice::from_ref(&gone), &[]), [queued]);
    assert_eq!(release(&stage, &ana(), &[gone], &[]), [], "whoever does it is there");
    let people: BTreeMap<_, _> = [(bea().id, moved)].into_iter().collect();
    assert_eq!(room::outsiders(&stage.room, &people), [bea().id]);
}

#[test]
fn whoever_was_given_it_from_outside_its_team_stays_until_they_are_gone_and_who_leaves_its_team_does_not() {
    let outside = Person { teams: vec![SALES], ..bea() };
    let stage = Stage::held_by(&outside);
    let moved = Person { teams: Vec::new(), ..outside.clone() };
    let gone = Person { active: false, ..outside.clone() };
    assert_eq!(room::follow_rights(&stage.room, &outside, &moved), []);
    assert_eq!(room::follow_rights(&stage.room, &outside, &gone).len(), 1);

    let stage = Stage::held_by(&ana());
    let left = Person { teams: vec![SALES], ..ana() };
    assert_eq!(room::follow_rights(&stage.room, &ana(), &left).len(), 1);
    assert_eq!(room::follow_rights(&stage.room, &ana(), &ana()), []);
}
