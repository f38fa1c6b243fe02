//! The audit trail: what somebody does to the workspace leaves a line, with the act or not at all, for those whom it concerns.

use backend::test_desk::TestDesk;
use backend::{audit, people, sweeper, teams};
use domain::account::PersonUpdate;
use domain::audit::{AuditLine, KEPT};
use domain::id::TeamId;
use domain::permission::may_read_audit;
use domain::person::{Person, Role};

/// Every line that `me` reads, newest first, page by page.
async fn all(desk: &TestDesk, me: &Person) -> Vec<AuditLine> {
    let (mut lines, mut after) = (Vec::new(), None);
    loop {
        let page = audit::list(&desk.backend, me, None, after).await.expect("they may");
        lines.extend(page.lines);
        after = page.next;
        if after.is_none() {
            return lines;
        }
    }
}

/// What `me` reads, as it is read, newest first.
async fn read(desk: &TestDesk, me: &Person) -> Vec<String> {
    all(desk, me).await.into_iter().map(|line| format!("{} {}", line.who, line.words)).collect()
}

#[tokio::test]
async fn what_is_done_to_teams_and_people_stands_with_the_names_of_then() {
    let desk = TestDesk::new().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);

    let billing = teams::add(&desk.backend, &priya, "Billing").await.expect("an admin may");
    teams::rename(&desk.backend, &priya, billing.id, "Money").await.expect("an admin may");
    let promoted = PersonUpdate { role: Role::TeamManager, teams: vec![billing.id], ..PersonUpdate::of(&maria) };
    let maria = people::update(&desk.backend, &priya, maria.id, promoted).await.expect("an admin may");
    let gone = PersonUpdate { active: false, teams: vec![desk.team], ..PersonUpdate::of(&maria) };
    people::update(&desk.backend, &priya, maria.id, gone).await.expect("an admin may");
    teams::remove(&desk.backend, &priya, billing.id).await.expect("nobody is in it");

    assert_eq!(
        read(&desk, &priya).await,
        [
            "Priya removed the team “Money”",
            "Priya deactivated Maria",
            "Priya changed the teams of Maria from “Money” to “Support”",
            "Priya changed the teams of Maria from “Support” to “Money”",
            "Priya changed the role of Maria from Agent to Team manager",
            "Priya renamed the team “Billing” to “Money”",
            "Priya added the team “Billing”",
        ]
    );
}

#[tokio::test]
async fn what_is_refused_or_changes_nothing_leaves_no_line() {
    let desk = TestDesk::new().await;
    let (priya, tom, maria) = (desk.admin("priya").await, desk.team_manager("tom").await, desk.agent("maria").await);

    teams::add(&desk.backend, &priya, " sUpport ").await.expect_err("the name is taken");
    teams::rename(&desk.backend, &priya, desk.team, "Support").await.expect("it is its name");
    teams::remove(&desk.backend, &priya, desk.team).await.expect_err("it is used");
    let admin = PersonUpdate { role: Role::Admin, ..PersonUpdate::of(&maria) };
    people::update(&desk.backend, &tom, maria.id, admin).await.expect_err("only an admin may");
    people::update(&desk.backend, &tom, maria.id, PersonUpdate::of(&maria)).await.expect("he may");

    assert_eq!(read(&desk, &priya).await, [""; 0]);
}

#[tokio::test]
async fn a_team_manager_reads_what_concerns_their_teams_and_whoever_was_in_them() {
    let desk = TestDesk::new().await;
    let (priya, tom) = (desk.admin("priya").await, desk.team_manager("tom").await);
    let billing = teams::add(&desk.backend, &priya, "Billing").await.expect("an admin may").id;
    let ben = desk.person("ben", Role::TeamManager, vec![billing]).await;
    let maria = desk.agent("maria").await;

    let moved = PersonUpdate { teams: vec![billing], ..PersonUpdate::of(&maria) };
    let maria = people::update(&desk.backend, &priya, maria.id, moved).await.expect("an admin may");
    let busier = PersonUpdate { capacity: 9, ..PersonUpdate::of(&maria) };
    people::update(&desk.backend, &priya, maria.id, busier).await.expect("an admin may");

    let moved = "Priya changed the teams of Maria from “Support” to “Billing”";
    assert_eq!(read(&desk, &tom).await, [moved], "she left his team by it, and is none of his afterwards");
    let busier = "Priya changed the capacity of Maria from 8 to 9";
    assert_eq!(read(&desk, &ben).await, [busier, moved, "Priya added the team “Billing”"]);
    assert_eq!(read(&desk, &priya).await.len(), 3);
}

#[tokio::test]
async fn the_query_agrees_with_the_rule() {
    let desk = TestDesk::new().await;
    let priya = desk.person("priya", Role::Admin, vec![]).await;
    let mut made: Vec<TeamId> = Vec::new();
    for name in ["Billing", "Press", "Wholesale"] {
        made.push(teams::add(&desk.backend, &priya, name).await.expect("an admin may").id);
    }
    let lines = all(&desk, &priya).await;
    let concerned: Vec<_> = lines.iter().map(|line| line.id).zip(made.iter().rev().copied()).collect();

    for (index, teams) in [vec![], vec![made[0]], vec![made[1], made[2]], made.clone()].into_iter().enumerate() {
        let me = desk.person(&format!("manager{index}"), Role::TeamManager, teams).await;
        let listed: Vec<_> = all(&desk, &me).await.into_iter().map(|line| line.id).collect();
        let expected = concerned.iter().filter(|(_, team)| may_read_audit(&me, &[*team])).map(|(id, _)| *id);
        assert_eq!(listed, expected.collect::<Vec<_>>(), "{:?}", me.teams);
    }
    let maria = desk.agent("maria").await;
    let refused = audit::list(&desk.backend, &maria, None, None).await.expect_err("no agent may");
    assert_eq!(refused.to_string(), "You are not allowed to read the audit trail.");
}

#[tokio::test]
async fn pages_go_on_by_key_and_one_persons_acts_stand_alone() {
    let desk = TestDesk::new().await;
    let (priya, olu, maria) = (desk.admin("priya").await, desk.admin("olu").await, desk.agent("maria").await);
    for capacity in 0..61 {
        let me = if capacity == 30 { &olu } else { &priya };
        let update = PersonUpdate { capacity: 100 + capacity, ..PersonUpdate::of(&maria) };
        people::update(&desk.backend, me, maria.id, update).await.expect("an admin may");
    }

    let first = audit::list(&desk.backend, &priya, None, None).await.expect("she may");
    assert_eq!((first.lines.len(), first.next), (50, first.lines.last().map(|line| line.id)));
    // What is done meanwhile moves nothing on the next page.
    teams::add(&desk.backend, &priya, "Billing").await.expect("an admin may");
    let second = audit::list(&desk.backend, &priya, None, first.next).await.expect("she may");
    assert_eq!((second.lines.len(), second.next), (11, None));
    assert_eq!(second.lines[10].words, "changed the capacity of Maria from 8 to 100");

    let of_olu = audit::list(&desk.backend, &priya, Some(olu.id), None).await.expect("she may");
    let words: Vec<_> = of_olu.lines.iter().map(|line| line.words.as_str()).collect();
    assert_eq!(words, ["changed the capacity of Maria from 129 to 130"]);
}

#[tokio::test]
async fn a_line_is_kept_for_a_year() {
    let desk = TestDesk::new().await;
    let (priya, tom) = (desk.admin("priya").await, desk.team_manager("tom").await);
    teams::rename(&desk.backend, &priya, desk.team, "Care").await.expect("an admin may");
    desk.later(KEPT);
    teams::rename(&desk.backend, &priya, desk.team, "Help").await.expect("an admin may");

    sweeper::run_once(&desk.backend).await.expect("the database can be written");
    assert_eq!(read(&desk, &tom).await.len(), 2, "the first is a year old, and not older");
    desk.later(std::time::Duration::from_secs(1));
    sweeper::run_once(&desk.backend).await.expect("the database can be written");
    assert_eq!(read(&desk, &tom).await, ["Priya renamed the team “Care” to “Help”"]);
}
