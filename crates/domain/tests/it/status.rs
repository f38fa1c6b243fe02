//! What the status dialog says and asks: comments, reasons and feedback.

use domain::change::Change;
use domain::feedback::{self, FeedbackRule, Way};
use domain::person::Person;
use domain::policy::Policy;
use domain::refused::Refused;
use domain::room::{self, Room, Status, StatusUpdate};
use domain::template::TemplateName;
use domain::timestamp::hours;

use crate::cast::{Stage, ana, asks};

fn update(stage: &Stage, me: &Person, status: Status) -> Result<Change, Refused> {
    room::update_status(&stage.room, me, &asks(status), &stage.channel, &stage.policy, stage.now)
}

#[track_caller]
fn words(refused: &Result<Change, Refused>) -> String {
    refused.as_ref().expect_err("it was allowed").to_string()
}

#[test]
fn where_a_comment_is_required_none_is_refused_by_its_name_and_by_each_status_on_its_own() {
    let demands = [
        (Policy { comment_on_resolve: true, ..Policy::default() }, Status::Resolve, "resolve a chat"),
        (Policy { comment_on_abandon: true, ..Policy::default() }, Status::Abandon, "abandon a chat"),
        (Policy { comment_on_critical: true, ..Policy::default() }, Status::Critical, "mark a chat critical"),
    ];
    for (policy, demanding, purpose) in demands {
        let mut stage = Stage::held_by(&ana());
        stage.policy = policy;
        for status in [Status::Resolve, Status::Abandon, Status::Critical] {
            let silent = update(&stage, &ana(), status);
            assert_eq!(silent.is_err(), status == demanding, "{status:?}");
            if status == demanding {
                assert_eq!(words(&silent), format!("The comment is missing: nobody may {purpose} without one."));
                assert_eq!(silent.err().as_ref().and_then(Refused::field), Some("comment"));
            }
        }
        let blank = StatusUpdate { comment: Some(" \n".into()), ..asks(demanding) };
        let said = StatusUpdate { comment: Some("refunded".into()), ..asks(demanding) };
        let close = |update: &StatusUpdate| {
            room::update_status(&stage.room, &ana(), update, &stage.channel, &stage.policy, stage.now)
        };
        assert!(close(&blank).is_err() && close(&said).is_ok());
    }
}

#[test]
fn a_chat_is_closed_for_one_of_the_reasons_there_are_and_for_no_other() {
    let policy = Policy { reasons: vec!["Refunded".into(), "Duplicate".into()], ..Policy::default() };
    let mut stage = Stage::held_by(&ana());
    stage.policy = policy;
    let because = |status, reason: &str| {
        let update = StatusUpdate { reason: Some(reason.into()), ..asks(status) };
        room::update_status(&stage.room, &ana(), &update, &stage.channel, &stage.policy, stage.now)
    };
    for status in [Status::Resolve, Status::Abandon] {
        let Ok(Change::Closed { reason, .. }) = because(status, "Duplicate") else { panic!() };
        assert_eq!(reason.as_deref(), Some("Duplicate"));
        let wrong = "The reason is not among those to choose from any more.";
        assert_eq!(words(&because(status, "duplicate")), wrong);
        let Ok(Change::Closed { reason: None, .. }) = update(&stage, &ana(), status) else { panic!() };
    }
    assert!(because(Status::Critical, "Refunded").is_ok_and(|change| matches!(change, Change::MarkedCritical { .. })));
}

#[test]
fn how_the_customer_is_asked_follows_the_window_and_a_template_opens_no_chat() {
    let mut stage = Stage::on_whatsapp_held_by(&ana());
    let how = TemplateName { name: "how".into(), language: "en".into() };
    stage.channel.feedback.template = Some(Box::new(how.clone()));
    assert_eq!(feedback::way(&stage.room, &stage.channel, stage.now), Ok(Way::Question));
    stage.later(hours(24));
    assert_eq!(feedback::way(&stage.room, &stage.channel, stage.now), Ok(Way::Template(&how)));
    let opted_out = Room { opted_out: true, ..stage.room.clone() };
    assert_eq!(feedback::way(&opted_out, &stage.channel, stage.now), Err(Refused::OptedOut));
}

#[test]
fn a_channel_asks_by_itself_when_a_chat_is_resolved_and_for_nothing_else() {
    let asks = |on_resolve| FeedbackRule { on_resolve, template: None };
    let statuses = [Status::Resolve, Status::Abandon, Status::Critical, Status::ClearCritical];
    assert_eq!(statuses.map(|status| FeedbackRule::default().asks(status)), [true, false, false, false]);
    assert_eq!(statuses.map(|status| asks(false).asks(status)), [false; 4]);
}
