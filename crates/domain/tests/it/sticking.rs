//! Sticky agent: who writes again soon after the end of their chat is back with whoever held it.

use domain::change::{Actor, Change};
use domain::id::{EpisodeId, FeedbackId};
use domain::message::{Content, Message};
use domain::person::{Availability, Person};
use domain::policy::{Policy, STICKY};
use domain::room::{self, State};
use domain::timestamp::minutes;

use crate::cast::{SALES, Stage, ana, said, sam};

/// Ana resolved the chat; in the room and on its channel there is a bot.
fn resolved() -> Stage {
    let mut stage = Stage::resolved_by(&ana());
    stage.policy.sticky_agent = true;
    stage
}

fn returns(stage: &Stage, owner: &Person, held: u16) -> Vec<Change> {
    room::customer_returns(&stage.room, &stage.channel, said(1, "me again"), EpisodeId::from_number(9), owner, held)
}

fn is_given(changes: &[Change]) -> bool {
    changes.iter().any(|change| matches!(change, Change::Assigned { .. }))
}

#[test]
fn the_room_sticks_to_its_last_holder_for_half_an_hour_where_the_policy_says_so() {
    let mut stage = resolved();
    let sticks = |stage: &Stage| room::sticks_to(&stage.room, &stage.policy, stage.now);
    assert_eq!(sticks(&stage), Some(ana().id));
    assert_eq!(room::sticks_to(&stage.room, &Policy::default(), stage.now), None, "it is off at first");
    stage.later(STICKY - std::time::Duration::from_millis(1));
    assert_eq!(sticks(&stage), Some(ana().id));
    stage.later(std::time::Duration::from_millis(1));
    assert_eq!(sticks(&stage), None);
}

#[test]
fn a_room_that_is_open_or_that_nobody_held_sticks_to_nobody() {
    let policy = resolved().policy;
    for stage in [Stage::with_bot(), Stage::queued(), Stage::held_by(&ana())] {
        assert_eq!(room::sticks_to(&stage.room, &policy, stage.now), None);
    }
    let mut ended = Stage::with_bot();
    ended.take(Change::Ended);
    assert_eq!(room::sticks_to(&ended.room, &policy, ended.now), None);
}

#[test]
fn the_new_episode_is_the_owner_s_before_the_bot_hears_of_it() {
    let mut stage = resolved();
    let changes = returns(&stage, &ana(), 7);
    assert!(matches!(changes[0], Change::EpisodeOpened { number: 2, .. }), "{changes:?}");
    assert_eq!(
        changes[1],
        Change::Assigned { to: ana().id, by: Actor::Switchboard, note: None, stays: false, team: None }
    );
    changes.into_iter().for_each(|change| stage.take(change));
    assert!(matches!(stage.room.state, State::Assigned { to, .. } if to == ana().id));
    assert_eq!(stage.room.waiting_since, Some(stage.now), "the customer waits for her");
}

#[test]
fn where_the_owner_does_not_take_it_the_bot_answers_as_ever() {
    let stage = resolved();
    let as_ever = room::customer_writes(&stage.room, &stage.channel, said(1, "me again"), EpisodeId::from_number(9));
    let away = Person { availability: Availability::Away, ..ana() };
    let gone = Person { active: false, ..ana() };
    let elsewhere = Person { teams: vec![SALES], ..ana() };
    for (owner, held) in [(ana(), 8), (away, 0), (gone, 0), (elsewhere, 0)] {
        assert_eq!(returns(&stage, &owner, held), as_ever);
    }
}

#[test]
fn the_episode_stays_in_the_team_that_the_last_one_was_in() {
    let mut stage = resolved();
    stage.room.team = Some(SALES);
    returns(&stage, &sam(), 0).into_iter().for_each(|change| stage.take(change));
    assert_eq!((stage.room.team, stage.room.agent()), (Some(SALES), Some(sam().id)));
}

#[test]
fn an_answer_to_a_feedback_request_comes_back_to_nobody() {
    let stage = resolved();
    let content = Content::FeedbackAnswer { id: FeedbackId::from_number(1), score: 5, comment: None };
    let answer = Message { content, ..said(1, "") };
    let changes = room::customer_returns(&stage.room, &stage.channel, answer, EpisodeId::from_number(9), &ana(), 0);
    assert!(!is_given(&changes));
}

#[test]
fn a_template_that_is_answered_waits_for_its_sender_and_not_for_the_last_holder() {
    let mut stage = resolved();
    stage.room.restore_pending = Some(sam().id);
    stage.later(minutes(1));
    assert_eq!(room::sticks_to(&stage.room, &stage.policy, stage.now), None);
}
