//! Rooms that wait find somebody: whoever is here, takes rooms, and holds the fewest.

use std::time::Duration;

use backend::live::Subscription;
use backend::test_desk::TestDesk;
use backend::{messages, new_id, people, rooms};
use domain::account::PersonUpdate;
use domain::id::PersonId;
use domain::person::{Availability, Person, Role};
use domain::policy::FREES_SLOT;
use domain::room::Room;

use crate::transcript::resolve;

/// Somebody new writes in the web chat; their room, once it was routed.
async fn somebody_writes(desk: &TestDesk, name: &str) -> Room {
    let visitor = desk.visitor(name).await;
    let hello = backend::inbound::Said::Text("hello".into());
    desk.visitor_says(&visitor, hello).await.expect("the words are within every limit");
    desk.run_jobs().await;
    desk.room_of(&visitor).await
}

async fn holder(desk: &TestDesk, room: &Room) -> Option<PersonId> {
    desk.find_room(room.id).await.agent()
}

pub async fn set_capacity(desk: &TestDesk, person: &Person, capacity: u16) {
    let admin = desk.admin(&format!("admin who gives {} {capacity}", person.name)).await;
    let update = PersonUpdate { capacity, ..PersonUpdate::of(person) };
    people::update(&desk.backend, &admin, person.id, update).await.expect("an admin may");
}

#[tokio::test]
async fn a_new_room_goes_to_whoever_is_here_and_holds_the_fewest() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (maria, mo) = (desk.agent("maria").await, desk.agent("mo").await);
    desk.agent("somebody without a console").await;
    let consoles = [desk.comes_online(&maria).await, desk.comes_online(&mo).await];

    let mut holders = Vec::new();
    for name in ["Ana", "Bia", "Caio", "Davi"] {
        holders.extend(somebody_writes(&desk, name).await.agent());
    }

    assert_eq!(holders.len(), 4);
    for person in [&maria, &mo] {
        assert_eq!(holders.iter().filter(|holder| **holder == person.id).count(), 2);
    }
    drop(consoles);
}

#[tokio::test]
async fn among_equals_it_is_the_turn_of_whoever_waited_longest_for_one() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (maria, mo) = (desk.agent("maria").await, desk.agent("mo").await);
    let consoles = [desk.comes_online(&maria).await, desk.comes_online(&mo).await];

    let first = somebody_writes(&desk, "Ana").await;
    let quick = if first.agent() == Some(maria.id) { &maria } else { &mo };
    resolve(&desk, quick, first.id).await;
    let second = somebody_writes(&desk, "Bia").await;

    assert_ne!(second.agent(), Some(quick.id));
    assert!(second.agent().is_some());
    drop(consoles);
}

#[tokio::test]
async fn nobody_is_given_more_than_they_can_hold_and_a_closed_chat_makes_room() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let maria = desk.agent("maria").await;
    set_capacity(&desk, &maria, 1).await;
    let console = desk.comes_online(&maria).await;

    let first = somebody_writes(&desk, "Ana").await;
    let second = somebody_writes(&desk, "Bia").await;
    let third = somebody_writes(&desk, "Caio").await;
    assert_eq!(first.agent(), Some(maria.id));
    assert!(second.is_queued() && third.is_queued());

    resolve(&desk, &maria, first.id).await;
    desk.run_jobs().await;

    assert_eq!(holder(&desk, &second).await, Some(maria.id));
    assert_eq!(holder(&desk, &third).await, None);
    drop(console);
}

/// Maria with her console, who can hold one room: Ana's, while Bia waits.
async fn one_held_and_one_waiting() -> (TestDesk, Person, Subscription, [Room; 2]) {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let maria = desk.agent("maria").await;
    set_capacity(&desk, &maria, 1).await;
    let console = desk.comes_online(&maria).await;
    let rooms = [somebody_writes(&desk, "Ana").await, somebody_writes(&desk, "Bia").await];
    assert_eq!([rooms[0].agent(), rooms[1].agent()], [Some(maria.id), None]);
    (desk, maria, console, rooms)
}

#[tokio::test]
async fn a_chat_that_is_given_back_makes_room_for_the_next() {
    let (desk, maria, _console, [first, second]) = one_held_and_one_waiting().await;

    rooms::return_to_queue(&desk.backend, &maria, first.id, None).await.expect("hers to give back");
    desk.run_jobs().await;

    assert_eq!((holder(&desk, &first).await, holder(&desk, &second).await), (None, Some(maria.id)));
}

#[tokio::test]
async fn whoever_may_hold_more_or_joins_a_team_is_given_what_waits_there() {
    let (desk, maria, _console, [_, second]) = one_held_and_one_waiting().await;
    set_capacity(&desk, &maria, 2).await;
    desk.run_jobs().await;
    assert_eq!(holder(&desk, &second).await, Some(maria.id));

    let third = somebody_writes(&desk, "Caio").await;
    let sales = desk.add_team("Sales").await;
    let mo = desk.person("mo", Role::Agent, vec![sales]).await;
    let _other = desk.comes_online(&mo).await;
    desk.run_jobs().await;
    assert_eq!(holder(&desk, &third).await, None);
    let update = PersonUpdate { teams: vec![desk.team], ..PersonUpdate::of(&mo) };
    people::update(&desk.backend, &desk.admin("priya").await, mo.id, update).await.expect("an admin may");
    desk.run_jobs().await;

    assert_eq!(holder(&desk, &third).await, Some(mo.id));
}

#[tokio::test]
async fn a_room_that_waits_for_its_customer_for_ten_minutes_frees_a_place_until_they_write() {
    let (desk, maria, _console, [first, second]) = one_held_and_one_waiting().await;
    messages::send(&desk.backend, &maria, first.id, new_id(), "which one?".into()).await.expect("hers");
    let passes = async |span| {
        desk.later(span);
        desk.sweep().await;
        desk.run_jobs().await;
    };
    passes(FREES_SLOT - Duration::from_millis(1)).await;
    assert_eq!(holder(&desk, &second).await, None);
    passes(Duration::from_millis(1)).await;
    assert_eq!((holder(&desk, &first).await, holder(&desk, &second).await), (Some(maria.id), Some(maria.id)));

    desk.customer_writes("the blue one").await;
    messages::send(&desk.backend, &maria, second.id, new_id(), "and you?".into()).await.expect("hers");
    let third = somebody_writes(&desk, "Caio").await;
    passes(FREES_SLOT).await;
    assert_eq!(holder(&desk, &third).await, None, "Ana waits for her again");
}

#[tokio::test]
async fn a_place_that_time_freed_is_for_who_waits_longest_not_for_who_comes_now() {
    let (desk, maria, _console, [first, second]) = one_held_and_one_waiting().await;
    messages::send(&desk.backend, &maria, first.id, new_id(), "which one?".into()).await.expect("hers");
    desk.later(FREES_SLOT);

    let third = somebody_writes(&desk, "Caio").await;

    assert_eq!((holder(&desk, &second).await, holder(&desk, &third).await), (Some(maria.id), None));
}

#[tokio::test]
async fn rooms_wait_until_somebody_comes() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let maria = desk.agent("maria").await;
    let room = somebody_writes(&desk, "Ana").await;
    assert!(room.is_queued());

    let console = desk.comes_online(&maria).await;
    desk.run_jobs().await;

    assert_eq!(holder(&desk, &room).await, Some(maria.id));
    drop(console);
}

#[tokio::test]
async fn whoever_is_away_gets_rooms_once_they_are_back() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let maria = desk.agent("maria").await;
    let console = desk.comes_online(&maria).await;
    people::set_availability(&desk.backend, &maria, Availability::Away, vec![]).await.expect("may be away");
    let room = somebody_writes(&desk, "Ana").await;
    assert!(room.is_queued());

    people::set_availability(&desk.backend, &maria, Availability::Online, vec![]).await.expect("may be back");
    desk.run_jobs().await;

    assert_eq!(holder(&desk, &room).await, Some(maria.id));
    drop(console);
}

#[tokio::test]
async fn a_room_stays_with_its_team() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let sales = desk.add_team("Sales").await;
    let mo = desk.person("mo", domain::person::Role::Agent, vec![sales]).await;
    let console = desk.comes_online(&mo).await;

    assert!(somebody_writes(&desk, "Ana").await.is_queued());
    drop(console);
}

#[tokio::test]
async fn whoever_gives_a_room_back_does_not_get_it_again_at_once() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let maria = desk.agent("maria").await;
    let console = desk.comes_online(&maria).await;
    let room = somebody_writes(&desk, "Ana").await;

    rooms::return_to_queue(&desk.backend, &maria, room.id, None).await.expect("it is hers to give back");
    desk.run_jobs().await;
    assert_eq!(holder(&desk, &room).await, None);

    let mo = desk.agent("mo").await;
    let other = desk.comes_online(&mo).await;
    desk.run_jobs().await;
    assert!(holder(&desk, &room).await.is_some());
    drop((console, other));
}

#[tokio::test]
async fn a_person_who_enters_first_keeps_the_room() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (maria, priya) = (desk.agent("maria").await, desk.admin("priya").await);
    let console = desk.comes_online(&maria).await;
    desk.customer_writes("hello").await;
    let room = crate::transcript::only_room(&desk).await;

    rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
    desk.run_jobs().await;

    assert_eq!(holder(&desk, &room).await, Some(priya.id));
    drop(console);
}

#[tokio::test]
async fn whoever_assigns_sees_who_is_full_by_the_rule_of_routing_and_may_give_them_more() {
    let (desk, maria, _console, [first, second]) = one_held_and_one_waiting().await;
    let (priya, mo) = (desk.admin("priya").await, desk.agent("mo").await);
    let loads = async || people::list_loads(&desk.backend, &priya).await.expect("an admin may");
    assert_eq!(loads().await, [(maria.id, 1)]);

    let given =
        rooms::assign(&desk.backend, &priya, second.id, maria.id, None).await.expect("beyond what she can hold");
    assert_eq!((given.agent(), loads().await), (Some(maria.id), vec![(maria.id, 2)]));

    // It waits for its customer: its place is free.
    messages::send(&desk.backend, &maria, first.id, new_id(), "which one?".into()).await.expect("hers");
    desk.later(FREES_SLOT);
    assert_eq!(loads().await, [(maria.id, 1)]);
    rooms::assign(&desk.backend, &priya, second.id, mo.id, None).await.expect("an admin may");
    assert_eq!(loads().await, [(mo.id, 1)]);
}
