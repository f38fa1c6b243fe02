//! Quick replies: who has and keeps which, no two of a scope under one shortcut, and what of it stands in the audit trail.

use backend::test_desk::TestDesk;
use backend::{audit, people, quick_replies, teams};
use domain::account::PersonUpdate;
use domain::id::{QuickReplyId, TeamId};
use domain::permission::may_see_quick_reply;
use domain::person::{Person, Role};
use domain::quick_reply::{KEPT_MAX, QuickReply, QuickReplyScope, SaveQuickReply};
use futures::future::join_all;

fn form(shortcut: &str, text: &str, scope: QuickReplyScope) -> SaveQuickReply {
    SaveQuickReply { shortcut: shortcut.into(), text: text.into(), scope, files: Vec::new() }
}

fn own(me: &Person) -> QuickReplyScope {
    QuickReplyScope::Personal(me.id)
}

async fn keeps(desk: &TestDesk, me: &Person, shortcut: &str, scope: QuickReplyScope) -> QuickReply {
    quick_replies::add(&desk.backend, me, &form(shortcut, "Hi", scope)).await.expect("they may")
}

/// The shortcuts of those that `me` has, the oldest first.
async fn has(desk: &TestDesk, me: &Person) -> Vec<String> {
    let listed = quick_replies::list(&desk.backend, me).await.expect("the database can be read");
    listed.into_iter().map(|reply| reply.shortcut).collect()
}

async fn refusal<T>(asked: impl Future<Output = backend::Result<T>>) -> String {
    asked.await.err().map(|error| error.to_string()).unwrap_or_default()
}

/// What stands in the audit trail, the oldest first.
async fn audited(desk: &TestDesk, me: &Person) -> Vec<String> {
    let page = audit::list(&desk.backend, me, None, None).await.expect("they may");
    page.lines.into_iter().rev().map(|line| format!("{} {}", line.who, line.words)).collect()
}

#[tokio::test]
async fn ones_own_are_ones_own_a_managers_are_the_teams_and_an_admins_everybodys() {
    let desk = TestDesk::new().await;
    let sales = desk.add_team("Sales").await;
    let (priya, tom, maria) = (desk.admin("priya").await, desk.team_manager("tom").await, desk.agent("maria").await);
    let sam = desk.person("sam", Role::Agent, vec![sales]).await;

    keeps(&desk, &maria, "mine", own(&maria)).await;
    keeps(&desk, &tom, "hours", QuickReplyScope::Team(desk.team)).await;
    keeps(&desk, &priya, "prices", QuickReplyScope::Team(sales)).await;
    keeps(&desk, &priya, "hello", QuickReplyScope::Shared).await;

    assert_eq!(has(&desk, &maria).await, ["mine", "hours", "hello"]);
    assert_eq!(has(&desk, &tom).await, ["hours", "hello"]);
    assert_eq!(has(&desk, &sam).await, ["prices", "hello"]);
    assert_eq!(has(&desk, &priya).await, ["hours", "prices", "hello"]);
    assert_eq!(
        audited(&desk, &priya).await,
        [
            "Tom added the quick reply /hours of the team “Support”",
            "Priya added the quick reply /prices of the team “Sales”",
            "Priya added the quick reply /hello of everybody",
        ]
    );
    let of_tom = audited(&desk, &tom).await;
    assert_eq!(of_tom, ["Tom added the quick reply /hours of the team “Support”"], "what concerns his team");
}

#[tokio::test]
async fn the_query_agrees_with_the_rule() {
    let desk = TestDesk::new().await;
    let teams = [desk.add_team("Billing").await, desk.add_team("Press").await, desk.add_team("Sales").await];
    let priya = desk.person("priya", Role::Admin, vec![]).await;
    let mut all = Vec::new();
    for (number, scope) in teams.iter().map(|team| QuickReplyScope::Team(*team)).enumerate() {
        all.push(keeps(&desk, &priya, &format!("team{number}"), scope).await);
    }
    all.push(keeps(&desk, &priya, "hello", QuickReplyScope::Shared).await);

    let mut everybody = vec![priya];
    for role in [Role::Agent, Role::TeamManager, Role::Admin] {
        for (number, teams) in [vec![], vec![teams[0]], vec![teams[1], teams[2]]].into_iter().enumerate() {
            let me = desk.person(&format!("{role:?}{number}").to_lowercase(), role, teams).await;
            all.push(keeps(&desk, &me, "own", own(&me)).await);
            everybody.push(me);
        }
    }
    let gone: Vec<_> = everybody.iter().map(|me| Person { active: false, ..me.clone() }).collect();
    for me in everybody.iter().chain(&gone) {
        let expected: Vec<_> = all.iter().filter(|reply| may_see_quick_reply(me, reply.scope)).cloned().collect();
        assert_eq!(quick_replies::list(&desk.backend, me).await.expect("it can be read"), expected, "{me:?}");
    }
}

#[tokio::test]
async fn nobody_changes_what_they_do_not_keep_and_what_they_do_not_see_is_not_there() {
    let desk = TestDesk::new().await;
    let (priya, tom, maria) = (desk.admin("priya").await, desk.team_manager("tom").await, desk.agent("maria").await);
    let sales = desk.add_team("Sales").await;
    let (of_team, shared) = (QuickReplyScope::Team(desk.team), QuickReplyScope::Shared);
    let hours = keeps(&desk, &tom, "hours", of_team).await;
    let prices = keeps(&desk, &priya, "prices", QuickReplyScope::Team(sales)).await;
    let hers = keeps(&desk, &maria, "mine", own(&maria)).await;
    let backend = &desk.backend;

    let no_team = "You are not allowed to change quick replies of this team.";
    let no_shared = "You are not allowed to change quick replies of everybody.";
    let no_other = "You are not allowed to change quick replies of somebody else.";
    let nothing = "The quick reply does not exist any more.";
    assert_eq!(refusal(quick_replies::add(backend, &maria, &form("a", "Hi", of_team))).await, no_team);
    assert_eq!(
        refusal(quick_replies::add(backend, &tom, &form("a", "Hi", QuickReplyScope::Team(sales)))).await,
        no_team
    );
    assert_eq!(refusal(quick_replies::add(backend, &tom, &form("a", "Hi", shared))).await, no_shared);
    assert_eq!(refusal(quick_replies::add(backend, &priya, &form("a", "Hi", own(&maria)))).await, no_other);
    let as_hers = form("hours", "Never", own(&maria));
    assert_eq!(refusal(quick_replies::change(backend, &maria, hours.id, &as_hers)).await, no_team);
    assert_eq!(refusal(quick_replies::delete(backend, &maria, hours.id)).await, no_team);
    assert_eq!(refusal(quick_replies::change(backend, &maria, hers.id, &form("mine", "Hi", shared))).await, no_shared);
    assert_eq!(refusal(quick_replies::delete(backend, &tom, prices.id)).await, nothing);
    assert_eq!(refusal(quick_replies::delete(backend, &priya, hers.id)).await, nothing);
    assert_eq!(refusal(quick_replies::delete(backend, &priya, QuickReplyId::from_number(7))).await, nothing);
    let nowhere = form("a", "Hi", QuickReplyScope::Team(TeamId::from_number(7)));
    assert_eq!(refusal(quick_replies::add(backend, &priya, &nowhere)).await, "The team does not exist.");
    assert_eq!(has(&desk, &maria).await, ["hours", "mine"]);
    assert_eq!(audited(&desk, &priya).await.len(), 2, "what was refused leaves no line");
}

#[tokio::test]
async fn no_two_of_a_scope_have_one_shortcut_however_it_is_typed() {
    let desk = TestDesk::new().await;
    let (priya, maria, ben) = (desk.admin("priya").await, desk.agent("maria").await, desk.agent("ben").await);
    let (of_team, shared) = (QuickReplyScope::Team(desk.team), QuickReplyScope::Shared);
    let backend = &desk.backend;

    for scope in [of_team, shared] {
        keeps(&desk, &priya, "Größe", scope).await;
    }
    keeps(&desk, &ben, "größe", own(&ben)).await;
    keeps(&desk, &maria, "größe", own(&maria)).await;
    let other = keeps(&desk, &maria, "other", own(&maria)).await;

    let team = "The shortcut is that of another one of this team.";
    assert_eq!(refusal(quick_replies::add(backend, &priya, &form("/GRÖßE", "Hi", of_team))).await, team);
    let shared_one = "The shortcut is that of another one of everybody.";
    assert_eq!(refusal(quick_replies::add(backend, &priya, &form("größe", "Hi", shared))).await, shared_one);
    let yours = "The shortcut is that of another one of yours.";
    assert_eq!(
        refusal(quick_replies::change(backend, &maria, other.id, &form("GRÖßE", "Hi", own(&maria)))).await,
        yours
    );
    let (again, form) = (other.id, form("OTHER", "Hi again", own(&maria)));
    let changed = quick_replies::change(backend, &maria, again, &form).await.expect("its own, written otherwise");
    assert_eq!((changed.shortcut.as_str(), changed.text.as_str()), ("OTHER", "Hi again"));
    assert_eq!(has(&desk, &maria).await, ["Größe", "Größe", "größe", "OTHER"]);
}

#[tokio::test]
async fn of_two_who_keep_one_shortcut_at_once_one_does() {
    let desk = TestDesk::new().await;
    let (priya, tom) = (desk.admin("priya").await, desk.team_manager("tom").await);
    let (one, other) = (
        form("hours", "Nine to five", QuickReplyScope::Team(desk.team)),
        form("HOURS", "Day and night", QuickReplyScope::Team(desk.team)),
    );

    let (one, other) =
        tokio::join!(quick_replies::add(&desk.backend, &priya, &one), quick_replies::add(&desk.backend, &tom, &other),);

    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|done| **done).count(), 1);
    assert_eq!(has(&desk, &tom).await.len(), 1);
}

#[tokio::test]
async fn a_manager_gives_their_own_to_the_team_and_takes_it_back() {
    let desk = TestDesk::new().await;
    let (tom, maria) = (desk.team_manager("tom").await, desk.agent("maria").await);
    let reply = keeps(&desk, &tom, "hours", own(&tom)).await;
    let of_team = QuickReplyScope::Team(desk.team);

    for (text, scope, seen) in
        [("Hi", of_team, 1), ("Nine to five", of_team, 1), ("Nine to five", of_team, 1), ("Hi", own(&tom), 0)]
    {
        quick_replies::change(&desk.backend, &tom, reply.id, &form("hours", text, scope)).await.expect("he may");
        assert_eq!(has(&desk, &maria).await.len(), seen, "{text} {scope:?}");
    }
    quick_replies::delete(&desk.backend, &tom, reply.id).await.expect("it is his");

    assert_eq!(has(&desk, &tom).await, [""; 0]);
    assert_eq!(
        audited(&desk, &tom).await,
        [
            "Tom added the quick reply /hours of the team “Support”",
            "Tom changed the quick reply /hours of the team “Support”",
            "Tom deleted the quick reply /hours of the team “Support”",
        ]
    );
}

#[tokio::test]
async fn a_team_with_quick_replies_stays_until_they_are_gone() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let sales = desk.add_team("Sales").await;
    let reply = keeps(&desk, &priya, "prices", QuickReplyScope::Team(sales)).await;

    let used = "The team is still used by 1 quick reply (/prices).";
    assert_eq!(refusal(teams::remove(&desk.backend, &priya, sales)).await, used);
    quick_replies::delete(&desk.backend, &priya, reply.id).await.expect("an admin may");
    teams::remove(&desk.backend, &priya, sales).await.expect("nothing uses it");
}

#[tokio::test]
async fn whoever_leaves_a_team_has_its_quick_replies_no_more() {
    let desk = TestDesk::new().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    let sales = desk.add_team("Sales").await;
    keeps(&desk, &priya, "hours", QuickReplyScope::Team(desk.team)).await;

    let moved = PersonUpdate { teams: vec![sales], ..PersonUpdate::of(&maria) };
    let maria = people::update(&desk.backend, &priya, maria.id, moved).await.expect("an admin may");

    assert_eq!(has(&desk, &maria).await, [""; 0]);
}

#[tokio::test]
async fn a_scope_has_so_many_and_no_more() {
    let desk = TestDesk::new().await;
    let maria = desk.agent("maria").await;
    let names: Vec<String> = (0..KEPT_MAX).map(|number| format!("n{number}")).collect();
    join_all(names.iter().map(|name| keeps(&desk, &maria, name, own(&maria)))).await;

    let full = "The list has 500 quick replies already; delete one that nobody needs.";
    let more = form("more", "Hi", own(&maria));
    assert_eq!(refusal(quick_replies::add(&desk.backend, &maria, &more)).await, full);
}
