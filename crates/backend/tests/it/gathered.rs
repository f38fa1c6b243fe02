//! What the side panel gathers of a room: its notes and its files, page by page, for whoever sees the room.

use backend::test_desk::TestDesk;
use backend::{messages, new_id, rooms};
use domain::desk::Gather;
use domain::message::{Entry, What};
use domain::person::Role;
use serde_json::json;

use crate::shelf::{PNG, Shelf, says, writes};
use crate::transcript::only_room;

fn notes(entries: &[Entry]) -> Vec<&str> {
    entries
        .iter()
        .filter_map(|entry| match &entry.what {
            What::Note(note) => Some(note.text.as_str()),
            What::Message(_) | What::Line(_) => None,
        })
        .collect()
}

#[tokio::test]
async fn notes_come_page_by_page_newest_first_and_words_that_look_like_one_do_not() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let priya = desk.admin("priya").await;
    let stranger = desk.person("mo", Role::Agent, vec![desk.add_team("Sales").await]).await;
    desk.customer_writes(r#"{"note":{"text":"no"}} "content":{"files":{"#).await;
    let room = only_room(&desk).await.id;
    for number in 1..=23 {
        messages::add_note(&desk.backend, &priya, room, new_id(), number.to_string()).await.expect("may note");
    }

    let (newest, has_earlier) =
        rooms::gather(&desk.backend, &priya, room, Gather::Notes, None).await.expect("sees the room");
    assert_eq!((notes(&newest)[0], newest.len(), has_earlier), ("4", 20, true));
    let before = Some(newest[0].position);
    let (rest, has_earlier) =
        rooms::gather(&desk.backend, &priya, room, Gather::Notes, before).await.expect("sees the room");
    assert_eq!((notes(&rest), has_earlier), (vec!["1", "2", "3"], false));

    let (files, _) = rooms::gather(&desk.backend, &priya, room, Gather::Files, None).await.expect("sees the room");
    assert_eq!(files, []);
    rooms::gather(&desk.backend, &stranger, room, Gather::Notes, None).await.expect_err("does not see the room");
}

#[tokio::test]
async fn files_are_found_among_words_and_those_that_were_taken_back_are_not() {
    let (desk, shelf) = (TestDesk::new().await, Shelf::start().await);
    shelf.channel(&desk).await;
    let priya = desk.admin("priya").await;
    let photo = shelf.keeps("photo", "cat.png", &[PNG, &[0; 3_000]].concat());
    writes(&desk, json!({ "id": "1", "text": "my cat", "files": [photo] })).await;
    writes(&desk, json!({ "id": "2", "text": "is it not nice?" })).await;
    desk.run_jobs().await;
    let room = only_room(&desk).await.id;
    let gathered = async || rooms::gather(&desk.backend, &priya, room, Gather::Files, None).await.expect("sees it").0;
    let found = gathered().await;
    assert!(matches!(&found[..], [one] if Gather::Files.takes(&one.what)), "{found:?}");

    says(&desk, json!({ "type": "deleted", "customer": { "id": "ana" }, "message": { "id": "1" } })).await;
    desk.run_jobs().await;

    assert_eq!(gathered().await, []);
}
