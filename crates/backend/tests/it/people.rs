//! People: what may be made of them, and what follows when they leave.

use backend::test_desk::{PASSWORD, TestDesk};
use backend::{people, sessions};
use domain::account::PersonUpdate;
use domain::change::{Actor, Change, ReturnReason};
use domain::person::{Availability, Person, Role};
use domain::room::Room;

fn deactivated(person: &Person) -> PersonUpdate {
    PersonUpdate { active: false, ..PersonUpdate::of(person) }
}

/// A room of team Support that `holder` holds.
async fn held(desk: &TestDesk, holder: &Person) -> Room {
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Ana").await;
    desk.happens(room.id, vec![Change::Entered { by: holder.id }]).await
}

#[tokio::test]
async fn the_last_active_admin_stays() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let demoted = PersonUpdate { role: Role::Agent, ..PersonUpdate::of(&priya) };

    for update in [deactivated(&priya), demoted.clone()] {
        let refused = people::update(&desk.backend, &priya, priya.id, update).await;
        let words = refused.expect_err("must be refused").to_string();
        assert_eq!(words, "You are not allowed to remove the last admin.");
    }

    desk.admin("olu").await;
    assert!(people::update(&desk.backend, &priya, priya.id, demoted).await.is_ok());
}

#[tokio::test]
async fn of_two_admins_who_remove_each_other_one_stays() {
    let desk = TestDesk::new().await;
    let (priya, olu) = (desk.admin("priya").await, desk.admin("olu").await);

    let (one, other) = tokio::join!(
        people::update(&desk.backend, &priya, olu.id, deactivated(&olu)),
        people::update(&desk.backend, &olu, priya.id, deactivated(&priya)),
    );

    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|done| **done).count(), 1);
}

#[tokio::test]
async fn when_somebody_is_deactivated_their_rooms_wait_for_others_and_their_consoles_close() {
    let desk = TestDesk::new().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    let room = held(&desk, &maria).await;
    let (_, token) = sessions::sign_in(&desk.backend, "maria@example.com", PASSWORD, "192.0.2.1").await.expect("right");
    let mut socket = desk.backend.subscribe(maria.id, "a session", desk.backend.hub().head()).await.expect("may look");

    let left = people::update(&desk.backend, &priya, maria.id, deactivated(&maria)).await.expect("an admin may");

    assert_eq!((left.active, left.availability), (false, Availability::Offline));
    let after = desk.find_room(room.id).await;
    assert!(after.is_queued() && after.team == room.team && after.waiting_since == room.waiting_since, "{after:?}");
    let reason = ReturnReason::Released(maria.id);
    let returned = Change::ReturnedToQueue { by: Actor::Switchboard, team: None, reason };
    assert!(desk.told().await.iter().any(|event| event.change == returned));
    assert_eq!(sessions::find(&desk.backend, &token.to_string()).await.ok(), Some(None));
    while socket.next().await.is_some() {}
    assert!(desk.backend.subscribe(maria.id, "a session", 0).await.is_err());
}

#[tokio::test]
async fn one_who_leaves_a_team_gives_its_rooms_back_and_leaves_those_they_joined() {
    let desk = TestDesk::new().await;
    let (priya, tom, olu) = (desk.admin("priya").await, desk.team_manager("tom").await, desk.agent("olu").await);
    let own = held(&desk, &tom).await;
    let joined = held(&desk, &olu).await;
    desk.happens(joined.id, vec![Change::Joined { person: tom.id }]).await;

    let elsewhere = PersonUpdate { teams: vec![desk.add_team("Sales").await], ..PersonUpdate::of(&tom) };
    people::update(&desk.backend, &priya, tom.id, elsewhere).await.expect("an admin may");

    assert!(desk.find_room(own.id).await.is_queued());
    assert!(desk.find_room(joined.id).await.participants.is_empty());
    assert_eq!(desk.find_room(joined.id).await.agent(), Some(olu.id));
}

#[tokio::test]
async fn one_who_gets_a_lesser_role_signs_in_again() {
    let desk = TestDesk::new().await;
    let (priya, tom) = (desk.admin("priya").await, desk.team_manager("tom").await);
    let (_, token) = sessions::sign_in(&desk.backend, "tom@example.com", PASSWORD, "192.0.2.1").await.expect("right");

    let lesser = PersonUpdate { role: Role::Agent, ..PersonUpdate::of(&tom) };
    people::update(&desk.backend, &priya, tom.id, lesser).await.expect("an admin may");

    assert_eq!(sessions::find(&desk.backend, &token.to_string()).await.ok(), Some(None));
}

#[tokio::test]
async fn a_team_manager_manages_the_agents_of_their_teams_and_nobody_else() {
    let desk = TestDesk::new().await;
    let sales = desk.add_team("Sales").await;
    let (priya, tom) = (desk.admin("priya").await, desk.team_manager("tom").await);
    let (maria, mo) = (desk.agent("maria").await, desk.person("mo", Role::Agent, vec![sales]).await);
    let may = async |me: &Person, whom: &Person, update: PersonUpdate| {
        people::update(&desk.backend, me, whom.id, update).await.is_ok()
    };

    assert!(!may(&tom, &priya, deactivated(&priya)).await);
    assert!(!may(&tom, &mo, deactivated(&mo)).await);
    assert!(!may(&tom, &maria, PersonUpdate { role: Role::Admin, ..PersonUpdate::of(&maria) }).await);
    assert!(!may(&tom, &maria, PersonUpdate { teams: vec![desk.team, sales], ..PersonUpdate::of(&maria) }).await);
    assert!(!may(&maria, &tom, deactivated(&tom)).await);
    assert!(!may(&maria, &maria, PersonUpdate { role: Role::Admin, ..PersonUpdate::of(&maria) }).await);
    assert!(may(&tom, &maria, PersonUpdate { capacity: 3, ..PersonUpdate::of(&maria) }).await);
}

#[tokio::test]
async fn everybody_sees_who_takes_rooms() {
    let desk = TestDesk::new().await;
    let maria = desk.agent("maria").await;

    people::set_availability(&desk.backend, &maria, Availability::Away, vec![]).await.expect("can be saved");

    let away = Person { availability: Availability::Away, ..maria };
    assert_eq!(desk.backend.directory().people.get(&away.id), Some(&away));
    assert_eq!(desk.told().await.last().map(|event| event.change.clone()), Some(Change::PersonChanged(away)));
}
