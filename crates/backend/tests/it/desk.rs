//! What a console begins with, and the test desk itself.

use backend::inbound::{self, Said};
use backend::test_desk::TestDesk;
use backend::{desk as consoles, new_id, rooms};
use domain::change::Change;
use domain::desk::{Desk, ListQuery};
use domain::id::RoomId;
use domain::person::Person;
use domain::refused::Refused;
use domain::room::Section;

use crate::transcript::{only_room, resolve};

#[tokio::test]
async fn everybody_hears_of_a_new_colleague() {
    let desk = TestDesk::new().await;

    let maria = desk.agent("maria").await;

    assert_eq!(desk.backend.directory().people.get(&maria.id), Some(&maria));
    let told = desk.told().await;
    assert_eq!(told.last().map(|event| &event.change), Some(&Change::PersonChanged(maria)));
}

/// The unread count on the card of a room of the queue, as `person`'s console begins.
async fn unread(desk: &TestDesk, person: &Person, room: RoomId) -> u32 {
    let query = ListQuery::of(Section::Live);
    let console = Desk::new(consoles::load(&desk.backend, person, query).await.expect("can be read"));
    console.unread(console.room(room).expect("it is listed"))
}

#[tokio::test]
async fn of_a_customer_who_comes_back_only_the_new_words_are_unread() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    for text in ["hello", "are you there?", "anybody?"] {
        desk.customer_writes(text).await;
    }
    let room = only_room(&desk).await;
    assert_eq!(unread(&desk, &maria, room.id).await, 3);
    rooms::mark_seen(&desk.backend, &maria, room.id, 1).await.expect("she sees the queue");
    assert_eq!(unread(&desk, &maria, room.id).await, 2);
    resolve(&desk, &priya, room.id).await;

    desk.customer_writes("me again").await;

    for person in [&priya, &maria] {
        assert_eq!(unread(&desk, person, room.id).await, 1);
    }
    rooms::mark_seen(&desk.backend, &maria, room.id, 4).await.expect("she sees the queue");
    desk.customer_writes("and one thing more").await;
    assert_eq!((unread(&desk, &priya, room.id).await, unread(&desk, &maria, room.id).await), (2, 1));
    let episode = new_id();
    desk.happens(
        room.id,
        vec![Change::Ended, Change::ReopenedAnew { by: priya.id, episode, number: 3, expires_after_millis: None }],
    )
    .await;
    let held = desk.find_room(room.id).await;
    assert_eq!(held.unread(0), 0, "an episode that a colleague began has nothing new in it");
}

/// How many of their own rooms `person`'s console begins with as unread, while it lists the archive.
async fn unread_rooms(desk: &TestDesk, person: &Person) -> usize {
    let query = ListQuery::of(Section::Archived);
    let console = Desk::new(consoles::load(&desk.backend, person, query).await.expect("can be read"));
    assert_eq!(console.list.order, [], "the archive is empty");
    console.unread_rooms()
}

#[tokio::test]
async fn a_console_counts_what_is_unread_in_ones_own_rooms_whatever_it_lists() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, tom) = (desk.admin("priya").await, desk.admin("tom").await);
    let mut rooms = Vec::new();
    for name in ["ana", "ben", "carla", "dan"] {
        let visitor = desk.visitor(name).await;
        desk.visitor_says(&visitor, Said::Text("hello".into())).await.expect("it is taken");
        rooms.push((visitor, desk.room_of(&visitor).await.id));
    }
    assert_eq!(unread_rooms(&desk, &priya).await, 0, "the queue is nobody's own");
    for (_, room) in &rooms[..3] {
        rooms::enter(&desk.backend, &priya, *room).await.expect("she may enter");
    }
    rooms::enter(&desk.backend, &tom, rooms[3].1).await.expect("he may enter");

    rooms::join(&desk.backend, &priya, rooms[3].1).await.expect("she may join");
    rooms::mark_seen(&desk.backend, &priya, rooms[0].1, 1).await.expect("she holds it");

    assert_eq!((unread_rooms(&desk, &priya).await, unread_rooms(&desk, &tom).await), (3, 1));
    desk.visitor_says(&rooms[0].0, Said::Text("are you there?".into())).await.expect("it is taken");
    let query = ListQuery::of(Section::Archived);
    let console = Desk::new(consoles::load(&desk.backend, &priya, query).await.expect("can be read"));
    let of_ana = console.room(rooms[0].1).expect("it came with the first page");
    assert_eq!((console.unread_rooms(), console.unread(of_ana)), (4, 1), "what she has seen of it came, too");
}

#[tokio::test]
async fn a_room_that_somebody_marked_unread_is_unread_for_them_alone_until_they_look_and_the_customer_hears_nothing_of_it()
 {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    rooms::enter(&desk.backend, &maria, room.id).await.expect("it waits for her team");
    for person in [&priya, &maria] {
        rooms::mark_seen(&desk.backend, person, room.id, 1).await.expect("they see it");
    }
    let shown =
        async || inbound::visitor_seen(&desk.backend, &desk.find_room(room.id).await).await.expect("can be read");
    let shown_before = shown().await;
    let told_before = desk.told().await.len();

    for _ in 0..2 {
        rooms::mark_unread(&desk.backend, &maria, room.id).await.expect("she holds it");
    }

    assert_eq!((unread_rooms(&desk, &maria).await, unread_rooms(&desk, &priya).await), (1, 0));
    let view = rooms::load(&desk.backend, &maria, room.id).await.expect("she sees it");
    assert_eq!((view.seen, view.marks, view.room.version), (1, 1, desk.find_room(room.id).await.version));
    assert_eq!(shown().await, shown_before, "she has read the customer's words all the same");
    let told: Vec<Change> = desk.told().await[told_before..].iter().map(|event| event.change.clone()).collect();
    assert_eq!(told, [Change::Seen { person: maria.id, messages: 1, marks: 1 }], "marked twice, it is told once");

    rooms::mark_unread(&desk.backend, &priya, room.id).await.expect("an admin sees it");
    assert_eq!(unread_rooms(&desk, &priya).await, 1, "a colleague's room, which no list of hers has loaded");
    rooms::mark_seen(&desk.backend, &maria, room.id, 0).await.expect("she holds it");
    assert_eq!((unread_rooms(&desk, &maria).await, unread_rooms(&desk, &priya).await), (0, 1));
}

#[tokio::test]
async fn who_does_not_see_a_room_any_more_has_nothing_marked_there() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    rooms::mark_unread(&desk.backend, &maria, room.id).await.expect("it waits for her team");
    assert_eq!(unread_rooms(&desk, &maria).await, 1);

    rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may");

    assert_eq!(unread_rooms(&desk, &maria).await, 0);
    let refused = rooms::mark_unread(&desk.backend, &maria, room.id).await.expect_err("it is Priya's");
    assert_eq!(refused.to_string(), Refused::NotFound.to_string());
}
