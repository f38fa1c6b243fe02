//! What a team does in its own way holds in its chats alone, for whoever may change it.

use std::time::Duration;

use backend::inbound::Said;
use backend::test_desk::TestDesk;
use backend::{audit, teams};
use domain::id::TeamId;
use domain::person::{Person, Role};
use domain::policy::{Policy, UNDO};
use domain::room::{Room, Status};
use domain::team::TeamRules;

use crate::transcript::{close, said};

/// Has `team` do `rules` in its own way.
async fn rule(desk: &TestDesk, me: &Person, team: TeamId, rules: TeamRules) -> backend::Result<TeamRules> {
    let before = teams::find_rules(&desk.backend, me, team)?;
    teams::save_rules(&desk.backend, me, team, before, rules).await
}

/// A second team, and its manager.
async fn two_teams() -> (TestDesk, TeamId, Person) {
    let desk = TestDesk::new().await;
    let billing = desk.add_team("Billing").await;
    let tom = desk.person("tom", Role::TeamManager, vec![billing]).await;
    (desk, billing, tom)
}

fn auto_assign(is_on: bool) -> TeamRules {
    TeamRules { auto_assign: Some(is_on), ..TeamRules::default() }
}

/// Somebody new writes in the desk's own website; their room, once it was routed.
async fn somebody_writes(desk: &TestDesk, name: &str) -> Room {
    let visitor = desk.visitor(name).await;
    desk.visitor_says(&visitor, Said::Text("hello".into())).await.expect("may write");
    desk.run_jobs().await;
    desk.room_of(&visitor).await
}

#[tokio::test]
async fn a_manager_rules_their_own_teams_an_admin_all_and_an_agent_none() {
    let (desk, billing, tom) = two_teams().await;
    let (priya, maria) = (desk.admin("priya").await, desk.person("maria", Role::Agent, vec![billing]).await);

    for (me, team) in [(&tom, desk.team), (&maria, billing)] {
        let refused = rule(&desk, me, team, auto_assign(false)).await.expect_err("must be refused");
        assert_eq!(refused.to_string(), "You are not allowed to change the rules of this team.");
    }
    rule(&desk, &tom, billing, auto_assign(false)).await.expect("his own");
    rule(&desk, &priya, desk.team, auto_assign(true)).await.expect("an admin may");

    assert_eq!(teams::find_rules(&desk.backend, &tom, billing).ok(), Some(auto_assign(false)));
    assert_eq!(teams::find_rules(&desk.backend, &priya, desk.team).ok(), Some(auto_assign(true)));
    let lines = audit::list(&desk.backend, &tom, None, None).await.expect("he may").lines;
    let rule = "“Chats in the queue go to whoever is online and has room” of the team “Billing”";
    assert_eq!(lines[0].words, format!("changed the rule {rule} from what the workspace has to off"));
    assert!(lines.iter().all(|line| !line.words.contains("Support")), "another team's is not his business");
}

#[tokio::test]
async fn where_a_team_chooses_for_itself_its_queue_waits_and_the_others_do_not() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    let sales = desk.add_team("Sales").await;
    let maria = desk.person("maria", Role::Agent, vec![desk.team, sales]).await;
    let _console = desk.comes_online(&maria).await;
    rule(&desk, &priya, desk.team, auto_assign(false)).await.expect("an admin may");

    let waiting = somebody_writes(&desk, "Ana").await;
    desk.sweep().await;
    desk.run_jobs().await;
    assert!(desk.find_room(waiting.id).await.is_queued());
    let moved = somebody_writes(&desk, "Bia").await;
    backend::rooms::return_to_queue(&desk.backend, &priya, moved.id, Some(sales)).await.expect("an admin may");
    desk.run_jobs().await;
    assert_eq!(desk.find_room(moved.id).await.agent(), Some(maria.id), "Sales follows the workspace");

    // Who waits already is not forgotten once the team follows the workspace again.
    rule(&desk, &priya, desk.team, TeamRules::default()).await.expect("an admin may");
    desk.run_jobs().await;
    assert_eq!(desk.find_room(waiting.id).await.agent(), Some(maria.id));
}

#[tokio::test]
async fn a_team_may_have_its_queue_given_out_where_the_workspace_does_not() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    desk.set_policy(Policy { auto_assign: false, ..desk.policy() }).await;
    let _console = desk.comes_online(&maria).await;
    let room = somebody_writes(&desk, "Ana").await;
    assert!(room.is_queued());

    rule(&desk, &priya, desk.team, auto_assign(true)).await.expect("an admin may");
    desk.run_jobs().await;

    assert_eq!(desk.find_room(room.id).await.agent(), Some(maria.id));
}

#[tokio::test]
async fn customers_of_a_team_hear_its_own_away_line_and_question() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    desk.set_policy(Policy::default()).await;
    let rules = TeamRules {
        auto_assign: None,
        feedback_question: Some(" Did it fit? ".into()),
        away_text: Some("Support sleeps.".into()),
    };
    rule(&desk, &priya, desk.team, rules).await.expect("an admin may");

    let room = somebody_writes(&desk, "Ana").await;
    assert_eq!(said(&desk, &room).await.last().map(String::as_str), Some("switchboard: Support sleeps."));
    close(&desk, &priya, room.id, Status::Resolve, true).await;
    desk.later(UNDO + Duration::from_secs(1));
    desk.run_jobs().await;
    let said = said(&desk, &room).await;
    assert!(said.contains(&"switchboard: Did it fit?".into()), "{said:?}");
}

#[tokio::test]
async fn what_cannot_be_meant_or_was_changed_meanwhile_changes_nothing() {
    let (desk, billing, tom) = two_teams().await;
    let kept = rule(&desk, &tom, billing, auto_assign(false)).await.expect("his own");

    let empty = TeamRules { feedback_question: Some(" ".into()), ..kept.clone() };
    let refused = rule(&desk, &tom, billing, empty).await.expect_err("must be refused");
    assert_eq!(refused.to_string(), "The feedback question is empty.");
    let late = teams::save_rules(&desk.backend, &tom, billing, TeamRules::default(), auto_assign(true)).await;
    assert_eq!(late.expect_err("must be refused").to_string(), "The rules were changed by somebody else meanwhile.");
    assert_eq!(teams::find_rules(&desk.backend, &tom, billing).ok(), Some(kept));
}

#[tokio::test]
async fn a_team_keeps_its_rules_when_it_is_renamed_and_another_process_knows_them() {
    let (desk, billing, tom) = two_teams().await;
    let kept = rule(&desk, &tom, billing, auto_assign(false)).await.expect("his own");
    let priya = desk.admin("priya").await;

    teams::rename(&desk.backend, &priya, billing, "Money").await.expect("an admin may");

    let other = desk.another_process().await;
    assert_eq!(teams::find_rules(&other, &tom, billing).ok(), Some(kept));
}
