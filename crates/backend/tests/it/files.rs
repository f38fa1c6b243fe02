//! Files that customers send: their message stands there at once, the file comes when the provider hands it over.

use backend::test_desk::TestDesk;
use backend::{media, trouble};
use bytes::Bytes;
use domain::change::Change;
use domain::media::{FileState, MediaKind};
use domain::message::{About, Attachment, Content, Message, What};
use domain::timestamp::minutes;
use futures::TryStreamExt;
use serde_json::json;

use crate::shelf::{PDF, PNG, Shelf, says, writes};
use crate::transcript::{observer, only_room, said, words};

async fn stage() -> (TestDesk, Shelf) {
    let (desk, shelf) = (TestDesk::new().await, Shelf::start().await);
    shelf.channel(&desk).await;
    (desk, shelf)
}

async fn messages(desk: &TestDesk) -> Vec<Message> {
    let entries = words(desk, &only_room(desk).await).await;
    let messages = entries.into_iter().filter_map(|entry| match entry.what {
        What::Message(message) => Some(message),
        What::Note(_) | What::Line(_) => None,
    });
    messages.collect()
}

/// The only file of the first message.
async fn file(desk: &TestDesk) -> Attachment {
    let message = messages(desk).await.remove(0);
    assert_eq!(message.content.files().len(), 1, "{message:?}");
    message.content.files()[0].clone()
}

async fn lost(desk: &TestDesk) -> String {
    match file(desk).await.file {
        FileState::Lost { reason } => reason,
        other => panic!("it is not lost: {other:?}"),
    }
}

fn stored_files(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(std::result::Result::ok);
    entries.map(|entry| if entry.path().is_dir() { stored_files(&entry.path()) } else { 1 }).sum()
}

#[tokio::test]
async fn a_message_stands_there_at_once_and_its_file_comes_after_it() {
    let (desk, shelf) = stage().await;
    let photo = shelf.keeps("photo", "cat.png", &[PNG, &[0; 3_000]].concat());

    writes(&desk, json!({ "id": "1", "text": "my cat", "files": [photo] })).await;
    desk.run_jobs().await;

    let told = desk.told().await;
    let first = told.iter().find_map(|event| match &event.change {
        Change::MessageAdded(message) => Some(message.content.clone()),
        _ => None,
    });
    let coming = Attachment::new(MediaKind::Photo, FileState::Coming);
    assert_eq!(first, Some(Content::Files { text: "my cat".into(), files: vec![coming] }));
    assert!(matches!(told.last().map(|event| &event.change), Some(Change::FileArrived { place: 0, .. })));
    let stored = file(&desk).await.file.stored().cloned().expect("it came");
    assert_eq!((stored.name.as_str(), stored.mime.as_str()), ("cat.png", "image/png"));
    let open = media::open(&desk.backend, &observer(), stored.id).await.expect("an admin sees every room");
    let bytes: Vec<Bytes> = open.read(None).await.expect("is here").try_collect().await.expect("can be read");
    assert_eq!(bytes.concat().len(), PNG.len() + 3_000);
}

#[tokio::test]
async fn words_that_became_a_photo_are_that_photo() {
    let (desk, shelf) = stage().await;
    let photo = shelf.keeps("photo", "cat.png", PNG);
    writes(&desk, json!({ "id": "1", "text": "look" })).await;
    desk.run_jobs().await;

    let message = json!({ "id": "1", "text": "my cat", "files": [photo] });
    says(&desk, json!({ "type": "edited", "customer": { "id": "ana" }, "message": message })).await;
    desk.run_jobs().await;

    assert_eq!(file(&desk).await.file.stored().map(|file| file.name.as_str()), Some("cat.png"));
    assert_eq!(said(&desk, &only_room(&desk).await).await, ["customer: my cat"]);
}

#[tokio::test]
async fn a_file_that_is_slow_to_come_holds_up_nothing() {
    let (desk, shelf) = stage().await;
    let (photo, bill) = (shelf.keeps("photo", "cat.png", PNG), shelf.keeps("document", "bill.pdf", PDF));
    shelf.refuses(503);

    writes(&desk, json!({ "id": "1", "files": [photo] })).await;
    writes(&desk, json!({ "id": "2", "text": "and the bill", "files": [bill] })).await;
    desk.run_jobs().await;

    let states = |messages: Vec<Message>| {
        let files = messages.iter().flat_map(|message| message.content.files());
        files.map(|file| file.file.stored().is_some()).collect::<Vec<_>>()
    };
    assert_eq!(states(messages(&desk).await).iter().filter(|came| **came).count(), 1);
    desk.later(minutes(15));
    desk.run_jobs().await;
    assert_eq!(states(messages(&desk).await), [true, true]);
    assert_eq!(said(&desk, &only_room(&desk).await).await, ["customer: Photo", "customer: and the bill"]);
}

#[tokio::test]
async fn a_file_the_provider_no_longer_has_is_told_as_lost() {
    let (desk, shelf) = stage().await;

    writes(&desk, json!({ "id": "1", "files": [{ "url": shelf.url("/gone.png"), "kind": "photo" }] })).await;
    desk.run_jobs().await;

    assert_eq!(lost(&desk).await, "The provider no longer has it.");
}

#[tokio::test]
async fn a_photo_that_is_none_by_its_content_is_kept_as_what_it_is() {
    let (desk, shelf) = stage().await;
    let lie = shelf.keeps("photo", "cat.png", PDF);

    writes(&desk, json!({ "id": "1", "files": [lie] })).await;
    desk.run_jobs().await;

    let file = file(&desk).await;
    assert_eq!(file.kind, MediaKind::Document);
    assert_eq!(file.file.stored().map(|stored| stored.mime.as_str()), Some("application/pdf"));
}

#[tokio::test]
async fn a_file_that_is_too_large_is_told_as_lost_and_nothing_of_it_stays() {
    let (desk, shelf) = stage().await;
    let huge = shelf.keeps("photo", "cat.png", &[PNG, &vec![0; 25_000_000]].concat());

    writes(&desk, json!({ "id": "1", "files": [huge] })).await;
    desk.run_jobs().await;

    assert_eq!(lost(&desk).await, "The photo is larger than 25 MB.");
    assert_eq!(stored_files(&desk.folder().join("media")), 0);
}

#[tokio::test]
async fn a_file_that_was_given_up_is_told_as_lost_and_an_admin_may_have_it_fetched_again() {
    let (desk, shelf) = stage().await;
    let priya = desk.admin("priya").await;
    let photo = shelf.keeps("photo", "cat.png", PNG);
    (0..10).for_each(|_| shelf.refuses(503));

    writes(&desk, json!({ "id": "1", "files": [photo] })).await;
    for _ in 0..10 {
        desk.run_jobs().await;
        desk.later(minutes(15));
    }
    assert!(lost(&desk).await.contains("not available"));
    let given_up = trouble::list(&desk.backend, &priya).await.expect("an admin may look").jobs;
    assert_eq!(given_up.len(), 1);

    trouble::retry_job(&desk.backend, &priya, given_up[0].id).await.expect("it was given up");
    desk.run_jobs().await;
    assert!(file(&desk).await.file.stored().is_some());
}

#[tokio::test]
async fn a_message_that_was_taken_back_takes_no_file_any_more() {
    let (desk, shelf) = stage().await;
    let photo = shelf.keeps("photo", "cat.png", PNG);
    shelf.refuses(503);
    writes(&desk, json!({ "id": "1", "files": [photo] })).await;
    desk.run_jobs().await;

    says(&desk, json!({ "type": "deleted", "customer": { "id": "ana" }, "message": { "id": "1" } })).await;
    desk.later(minutes(15));
    desk.run_jobs().await;

    assert_eq!(messages(&desk).await[0].content, Content::Deleted);
    assert_eq!(stored_files(&desk.folder().join("media")), 0);
}

#[tokio::test]
async fn an_answer_names_the_message_it_answers_when_we_have_it() {
    let (desk, _shelf) = stage().await;
    for message in [
        json!({ "id": "1", "text": "is it open?" }),
        json!({ "id": "2", "text": "hello?", "reply_to": "1" }),
        json!({ "id": "3", "text": "as I said", "reply_to": "long ago" }),
        json!({ "id": "4", "text": "look", "forwarded": true }),
    ] {
        writes(&desk, message).await;
    }
    desk.run_jobs().await;

    let messages = messages(&desk).await;
    let about: Vec<Option<About>> = messages.iter().map(|message| message.about.clone()).collect();
    let expected = [None, Some(About::Message(messages[0].id)), Some(About::Unknown), Some(About::Forwarded)];
    assert_eq!(about, expected);
}

#[tokio::test]
async fn a_file_our_side_sent_from_elsewhere_comes_as_well() {
    let (desk, shelf) = stage().await;
    writes(&desk, json!({ "id": "1", "text": "the bill please" })).await;
    let bill = shelf.keeps("document", "bill.pdf", PDF);

    let echo = json!({ "id": "2", "text": "here", "files": [bill] });
    says(&desk, json!({ "type": "echo", "customer": { "id": "ana" }, "message": echo })).await;
    desk.run_jobs().await;

    let messages = messages(&desk).await;
    assert!(messages[1].content.files()[0].file.stored().is_some(), "{messages:?}");
}
