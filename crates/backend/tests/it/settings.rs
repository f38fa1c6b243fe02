//! The rules an admin sets hold everywhere as soon as they are saved.

use backend::settings::save_policy;
use backend::test_desk::{TestDesk, desk_policy, heard};
use domain::change::Change;
use domain::live::Frame;
use domain::policy::{AgentsSeeLive, Policy};

use crate::transcript::only_room;

#[tokio::test]
async fn only_an_admin_sets_the_rules() {
    let desk = TestDesk::new().await;
    let wanted = Policy { auto_assign: false, ..desk_policy() };

    for me in [desk.agent("maria").await, desk.team_manager("tom").await] {
        let refused =
            save_policy(&desk.backend, &me, desk.policy(), wanted.clone()).await.expect_err("must be refused");
        assert_eq!(refused.to_string(), "You are not allowed to change channels, bots and settings.");
    }

    assert_eq!(desk.policy(), desk_policy());
}

#[tokio::test]
async fn every_console_hears_of_new_rules_and_obeys_them_at_once() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    let mut console = desk.comes_online(&maria).await;
    let wanted = Policy { agents_see_live: AgentsSeeLive::None, auto_assign: false, ..desk_policy() };

    save_policy(&desk.backend, &priya, desk.policy(), wanted.clone()).await.expect("an admin may");
    desk.backend.flush().await.expect("what was saved is told before anything further is");
    let told = heard(&mut console);
    desk.customer_writes("hello").await;
    desk.run_jobs().await;
    desk.backend.flush().await.expect("a test's database can be written");

    let changes: Vec<_> = told
        .iter()
        .filter_map(|frame| match frame {
            Frame::Event(event) => Some(event.change.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(changes, [Change::PolicyChanged(Box::new(wanted))]);
    assert!(only_room(&desk).await.is_queued(), "nobody is given it any more");
    let events = heard(&mut console).into_iter().filter(|frame| matches!(frame, Frame::Event(_))).count();
    assert_eq!(events, 0, "she does not see the queue any more");
}

#[tokio::test]
async fn of_two_admins_the_slower_does_not_undo_what_the_other_chose() {
    let desk = TestDesk::new().await;
    let (priya, olu) = (desk.admin("priya").await, desk.admin("olu").await);
    let both_saw = desk.policy();
    let first = Policy { auto_assign: false, ..both_saw.clone() };
    save_policy(&desk.backend, &priya, both_saw.clone(), first.clone()).await.expect("an admin may");

    let second = Policy { agents_see_team: true, ..both_saw.clone() };
    let refused = save_policy(&desk.backend, &olu, both_saw.clone(), second).await.expect_err("must be refused");
    assert_eq!(refused.to_string(), "The rules were changed by somebody else meanwhile.");
    assert_eq!(desk.policy(), first);

    let again = save_policy(&desk.backend, &priya, both_saw, first.clone()).await;
    assert_eq!(again.ok(), Some(first), "what holds already may be saved twice");
    let told = desk.told().await.into_iter().filter(|event| matches!(event.change, Change::PolicyChanged(_)));
    assert_eq!(told.count(), 2, "the desk's own, and what Priya chose");
}

#[tokio::test]
async fn rules_that_cannot_be_meant_change_nothing() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    for (wrong, words) in [
        (
            Policy { answer_minutes: Some(0), ..desk_policy() },
            "The answer time must be from 1 minute to 24 hours, or off.",
        ),
        (Policy { feedback_question: " ".into(), ..desk_policy() }, "The feedback question is empty."),
    ] {
        let refused = save_policy(&desk.backend, &priya, desk.policy(), wrong).await.expect_err("must be refused");
        assert_eq!(refused.to_string(), words);
    }

    assert_eq!(desk.policy(), desk_policy());
}
