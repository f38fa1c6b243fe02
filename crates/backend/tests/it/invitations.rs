//! Invitations: once, in time, and never for more than the inviter has.

use std::time::Duration;

use backend::test_desk::{PASSWORD, TestDesk};
use backend::{invitations, people, sessions};
use domain::account::PersonUpdate;
use domain::change::Change;
use domain::person::{Person, Role};
use domain::timestamp::hours;

const WEEK: Duration = hours(7 * 24);

async fn invited(desk: &TestDesk, by: &Person) -> String {
    invitations::create(&desk.backend, by, "Ines@Example.com", Role::Agent, vec![desk.team]).await.expect("may invite")
}

#[tokio::test]
async fn an_invitation_lets_one_person_in_and_consoles_hear_of_them() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let token = invited(&desk, &priya).await;

    let found = invitations::find(&desk.backend, &token).await.expect("can be read").expect("is open");
    assert_eq!((found.email.as_str(), found.role), ("ines@example.com", Role::Agent));
    let (one, other) = tokio::join!(
        invitations::accept(&desk.backend, &token, "Ines", PASSWORD),
        invitations::accept(&desk.backend, &token, "Eve", PASSWORD),
    );

    let joined: Vec<Person> = [one, other].into_iter().filter_map(Result::ok).collect();
    assert_eq!(joined.len(), 1);
    assert_eq!((joined[0].role, joined[0].teams.as_slice()), (Role::Agent, [desk.team].as_slice()));
    assert_eq!(invitations::find(&desk.backend, &token).await.ok(), Some(None));
    assert_eq!(
        desk.told().await.last().map(|event| event.change.clone()),
        Some(Change::PersonChanged(joined[0].clone()))
    );
    assert!(sessions::sign_in(&desk.backend, "ines@example.com", PASSWORD, "192.0.2.1").await.is_ok());
    assert!(!desk.stores(&token).await);
}

#[tokio::test]
async fn nobody_invites_to_more_than_they_have() {
    let desk = TestDesk::new().await;
    let sales = desk.add_team("Sales").await;
    let tom = desk.team_manager("tom").await;
    let maria = desk.agent("maria").await;
    let may = async |by: &Person, role, team| {
        invitations::create(&desk.backend, by, "ines@example.com", role, vec![team]).await.is_ok()
    };

    assert!(may(&tom, Role::Agent, desk.team).await);
    assert!(!may(&tom, Role::TeamManager, desk.team).await);
    assert!(!may(&tom, Role::Admin, desk.team).await);
    assert!(!may(&tom, Role::Agent, sales).await);
    assert!(!may(&maria, Role::Agent, desk.team).await);
}

#[tokio::test]
async fn an_invitation_runs_out_after_a_week() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let token = invited(&desk, &priya).await;

    desk.later(WEEK);

    assert_eq!(invitations::find(&desk.backend, &token).await.ok(), Some(None));
    assert!(invitations::accept(&desk.backend, &token, "Ines", PASSWORD).await.is_err());
    assert_eq!(invitations::list(&desk.backend, &priya).await.ok(), Some(vec![]));
}

#[tokio::test]
async fn an_invitation_that_was_taken_back_or_replaced_lets_nobody_in() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let replaced = invited(&desk, &priya).await;
    let revoked = invited(&desk, &priya).await;

    let open = invitations::list(&desk.backend, &priya).await.expect("can be read");
    assert_eq!(open.len(), 1);
    let maria = desk.agent("maria").await;
    assert!(invitations::revoke(&desk.backend, &maria, open[0].id).await.is_err());
    invitations::revoke(&desk.backend, &priya, open[0].id).await.expect("an admin may");

    for token in [replaced, revoked] {
        assert!(invitations::accept(&desk.backend, &token, "Ines", PASSWORD).await.is_err());
    }
}

#[tokio::test]
async fn an_invitation_is_worth_no_more_than_its_inviter() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let tom = desk.team_manager("tom").await;
    let token = invited(&desk, &tom).await;

    let lesser = PersonUpdate { role: Role::Agent, ..PersonUpdate::of(&tom) };
    people::update(&desk.backend, &priya, tom.id, lesser).await.expect("an admin may");

    assert_eq!(invitations::find(&desk.backend, &token).await.ok(), Some(None));
    assert!(invitations::accept(&desk.backend, &token, "Ines", PASSWORD).await.is_err());
}

#[tokio::test]
async fn nobody_is_invited_who_is_here_already() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;

    let refused = invitations::create(&desk.backend, &priya, "PRIYA@example.com", Role::Agent, vec![]).await;

    let words = refused.expect_err("must be refused").to_string();
    assert_eq!(words, "The e-mail belongs to somebody who is here already.");
}
