//! Reading transcripts as a test wants to see them.

use backend::rooms;
use backend::test_desk::TestDesk;
use domain::delivery::Delivery;
use domain::desk::ListQuery;
use domain::id::{MessageId, RoomId};
use domain::message::{Author, Entry, What};
use domain::person::{Person, Role};
use domain::room::{Room, Section, Status, StatusUpdate};

/// Somebody who sees everything and is in nobody's way.
pub fn observer() -> Person {
    Person {
        id: domain::id::PersonId::from_number(1),
        name: "Observer".into(),
        email: "observer@example.com".into(),
        role: Role::Admin,
        teams: Vec::new(),
        availability: domain::person::Availability::Offline,
        capacity: 0,
        active: true,
    }
}

/// The Live rooms, newest first.
pub async fn live_rooms(desk: &TestDesk) -> Vec<Room> {
    let query = ListQuery::of(Section::Live);
    backend::desk::page(&desk.backend, &observer(), query, None).await.expect("the list loads").rooms
}

/// The Live room, when there is one.
pub async fn only_room(desk: &TestDesk) -> Room {
    let mut rooms = live_rooms(desk).await;
    assert_eq!(rooms.len(), 1);
    rooms.remove(0)
}

/// How far a message of the room has come.
pub async fn delivery(desk: &TestDesk, room: &Room, id: MessageId) -> Delivery {
    let entries = words(desk, room).await;
    let found = entries.iter().find_map(|entry| match &entry.what {
        What::Message(message) if message.id == id => message.delivery.clone(),
        _ => None,
    });
    found.expect("the room has this message of ours")
}

/// The room's newest entries.
pub async fn words(desk: &TestDesk, room: &Room) -> Vec<Entry> {
    rooms::load(&desk.backend, &observer(), room.id).await.expect("an admin sees every room").entries
}

/// What was said in the room: "customer: hi".
pub async fn said(desk: &TestDesk, room: &Room) -> Vec<String> {
    words(desk, room).await.iter().filter_map(line).collect()
}

fn line(entry: &Entry) -> Option<String> {
    let What::Message(message) = &entry.what else { return None };
    let who = match &message.author {
        Author::Customer => "customer",
        Author::Bot(_) => "bot",
        Author::Person(_) => "agent",
        Author::Switchboard => "switchboard",
    };
    Some(format!("{who}: {}", message.content.text()))
}

/// Enters the room if need be and resolves it without asking how it went.
pub async fn resolve(desk: &TestDesk, person: &Person, room: RoomId) -> Room {
    close(desk, person, room, Status::Resolve, false).await
}

/// Enters the room if need be and closes it.
pub async fn close(desk: &TestDesk, person: &Person, id: RoomId, status: Status, feedback: bool) -> Room {
    let room = desk.find_room(id).await;
    if room.agent().is_none() {
        rooms::enter(&desk.backend, person, id).await.expect("they may enter");
    }
    let update = StatusUpdate { status, comment: None, reason: None, feedback, seen_messages: room.customer_messages };
    rooms::update_status(&desk.backend, person, id, update).await.expect("they may close it")
}
