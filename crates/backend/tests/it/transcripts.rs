//! A conversation as a text file: for whoever sees the room, whole however long, and without private notes.

use backend::test_desk::TestDesk;
use backend::{Error, messages, new_id, rooms};
use domain::change::Change;
use domain::id::RoomId;
use domain::message::{Author, Content, Message};
use domain::person::{Person, Role};
use domain::refused::Refused;
use domain::room::{Room, Status, StatusUpdate};
use futures::TryStreamExt;

use crate::transcript::only_room;

/// Ana wrote in the web chat; Priya holds the room.
async fn held() -> (TestDesk, Person, Room) {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    desk.customer_writes("Where is my parcel?").await;
    let room = only_room(&desk).await;
    let room = rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
    (desk, priya, room)
}

/// The file's name, and its text in the parts it comes in.
async fn written(desk: &TestDesk, me: &Person, room: RoomId) -> backend::Result<(String, Vec<String>)> {
    let written = rooms::transcript(&desk.backend, me, room).await?;
    Ok((written.name, written.text.try_collect().await?))
}

#[tokio::test]
async fn what_was_said_is_in_it_and_what_only_the_team_knows_is_not() {
    let (desk, priya, room) = held().await;
    let note = "this one threatens to sue".to_owned();
    messages::add_note(&desk.backend, &priya, room.id, new_id(), note).await.expect("a note");
    messages::send(&desk.backend, &priya, room.id, new_id(), "In Berlin.".into()).await.expect("a reply");
    let comment = Some("a liar, if you ask me".into());
    let update = StatusUpdate { status: Status::Resolve, comment, reason: None, feedback: false, seen_messages: 1 };
    rooms::update_status(&desk.backend, &priya, room.id, update).await.expect("they may resolve it");
    desk.later(domain::timestamp::hours(1));
    desk.customer_writes("Thank you").await;

    let (name, parts) = written(&desk, &priya, room.id).await.expect("an admin sees it");

    assert_eq!(name, "Transcript Ana 2026-11-22.txt");
    assert_eq!(
        parts.concat(),
        "Conversation with Ana\n\
         Channel: Website\n\
         From 2026-11-22 12:00 UTC to 2026-11-22 13:00 UTC\n\
         \n\
         Case 1 · opened 2026-11-22 12:00 UTC · closed 2026-11-22 12:00 UTC · Resolved\n\
         [2026-11-22 12:00 UTC] Ana: Where is my parcel?\n\
         [2026-11-22 12:00 UTC] Priya: In Berlin.\n\
         \n\
         Case 2 · opened 2026-11-22 13:00 UTC · open\n\
         [2026-11-22 13:00 UTC] Ana: Thank you\n"
    );
}

#[tokio::test]
async fn a_long_conversation_comes_in_parts_each_message_once_and_in_order() {
    let (desk, priya, room) = held().await;
    let say = |number: u32| {
        let content = Content::Text(format!("number {number}."));
        Change::MessageAdded(Message::new(new_id(), Author::Customer, content, None))
    };
    desk.happens(room.id, (1..=1_100).map(say).collect()).await;

    let (_, parts) = written(&desk, &priya, room.id).await.expect("an admin sees it");

    assert!(parts.len() >= 4, "a heading and three pages, not {}", parts.len());
    let text = parts.concat();
    let numbers: Vec<u32> =
        text.lines().filter_map(|line| line.split_once("Ana: number ")?.1.strip_suffix('.')?.parse().ok()).collect();
    assert_eq!(numbers, (1..=1_100).collect::<Vec<_>>());
    assert_eq!(text.matches("Case 1").count(), 1);
}

#[tokio::test]
async fn who_may_not_see_a_room_gets_no_transcript_of_it() {
    let (desk, priya, room) = held().await;
    let stranger = desk.person("sam", Role::Agent, vec![]).await;

    for (me, id) in [(&stranger, room.id), (&priya, new_id())] {
        let answer = written(&desk, me, id).await;
        assert!(matches!(answer, Err(Error::Refused(Refused::NotFound))), "{answer:?}");
    }
}
