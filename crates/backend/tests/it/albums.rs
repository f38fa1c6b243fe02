//! Albums: Telegram delivers one photo after the other, and the room shows them as what was sent.

use backend::test_desk::TestDesk;
use backend::{media, messages, new_id, rooms};
use bytes::Bytes;
use domain::delivery::Delivery;
use domain::id::MessageId;
use domain::media::{FileState, MediaKind};
use domain::message::{About, ChosenFile, Content, Message, NewMessage, What};
use domain::person::Person;
use domain::room::Room;
use domain::timestamp::minutes;
use futures::stream;
use serde_json::{Value, json};

use crate::shelf::{PNG, Shelf, says, writes};
use crate::telegram::{delivers, stage};
use crate::transcript::{delivery, live_rooms, observer, only_room, resolve, said, words};

/// Ana's photo `number` of the album, with words beside it if there are any.
fn photo(number: i64, caption: &str) -> Value {
    let ana = json!({ "id": 5_000_000_077_i64, "first_name": "Ana", "type": "private" });
    json!({ "update_id": number, "message": {
        "message_id": number, "date": 1_795_348_800, "from": ana, "chat": ana, "media_group_id": "13", "caption": caption,
        "photo": [{ "file_id": format!("photo-{number}"), "width": 90, "height": 90, "file_size": PNG.len() }],
    } })
}

/// The words and the files of every message in the room.
async fn albums(desk: &TestDesk, room: &Room) -> Vec<(String, Vec<bool>)> {
    let entries = words(desk, room).await.into_iter();
    let of_message = |what| match what {
        What::Message(message) => match message.content {
            Content::Files { text, files } => {
                Some((text, files.iter().map(|file| matches!(file.file, FileState::Here(_))).collect()))
            }
            _ => None,
        },
        What::Note(_) | What::Line(_) => None,
    };
    entries.filter_map(|entry| of_message(entry.what)).collect()
}

/// Telegram says where each photo is, and has it.
fn keep_photos(telegram: &Shelf) {
    telegram.answers(json!({ "ok": true, "result": { "file_id": "f", "file_path": "photos/one.png" } }));
    telegram.keeps("photo", "one.png", PNG);
}

#[tokio::test]
async fn an_album_is_one_message_with_all_its_photos() {
    let (desk, telegram) = stage().await;
    keep_photos(&telegram);

    for update in [photo(1, ""), photo(2, "Broken on arrival"), photo(2, "Broken on arrival"), photo(3, "")] {
        delivers(&desk, &update).await;
        desk.run_jobs().await;
    }

    let room = only_room(&desk).await;
    assert_eq!(albums(&desk, &room).await, [("Broken on arrival".into(), vec![true, true, true])]);
    assert_eq!(room.customer_messages, 1);
    assert_eq!(room.preview.map(|preview| preview.text).as_deref(), Some("Broken on arrival"));
}

#[tokio::test]
async fn the_rest_of_an_album_that_comes_after_the_end_begins_anew() {
    let (desk, telegram) = stage().await;
    keep_photos(&telegram);
    let priya = desk.admin("priya").await;
    delivers(&desk, &photo(1, "")).await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    resolve(&desk, &priya, room.id).await;

    delivers(&desk, &photo(2, "")).await;
    desk.run_jobs().await;

    let rooms = live_rooms(&desk).await;
    assert_eq!(rooms.iter().map(|room| room.episode_number).collect::<Vec<_>>(), [2]);
    assert_eq!(albums(&desk, &rooms[0]).await.len(), 2);
}

/// Something that happens in the chat that a business account has with Ana.
fn in_business(number: i64, kind: &str, mut what: Value) -> Value {
    what["chat"] = json!({ "id": 5_000_000_077_i64, "first_name": "Ana", "type": "private" });
    what["business_connection_id"] = "conn1".into();
    json!({ "update_id": number, kind: what })
}

fn business_photo(number: i64, kind: &str, caption: &str) -> Value {
    let mut message = photo(number, caption)["message"].take();
    message["edit_date"] = 1_795_348_900.into();
    in_business(number + if kind == "business_message" { 0 } else { 100 }, kind, message)
}

fn deletes(number: i64, messages: &[i64]) -> Value {
    in_business(number, "deleted_business_messages", json!({ "message_ids": messages }))
}

async fn messages_of(desk: &TestDesk, room: &Room) -> Vec<Message> {
    let entries = words(desk, room).await.into_iter();
    let messages = entries.filter_map(|entry| match entry.what {
        What::Message(message) => Some(message),
        What::Note(_) | What::Line(_) => None,
    });
    messages.collect()
}

/// The words of a message, and which of its files are here; `None` for one that was taken back.
fn shown(message: &Message) -> (&str, Vec<Option<bool>>) {
    let is_here = |file: &FileState| match file {
        FileState::Deleted => None,
        FileState::Here(_) => Some(true),
        FileState::Coming | FileState::Lost { .. } => Some(false),
    };
    (message.content.text(), message.content.files().iter().map(|file| is_here(&file.file)).collect())
}

#[tokio::test]
async fn one_photo_of_an_album_that_is_taken_back_is_gone_with_its_words_and_the_others_stay() {
    let (desk, telegram) = stage().await;
    keep_photos(&telegram);
    for (number, caption) in [(1, "the door"), (2, ""), (3, "the shop")] {
        delivers(&desk, &business_photo(number, "business_message", caption)).await;
    }
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    let album = messages_of(&desk, &room).await.remove(0);
    let FileState::Here(first) = &album.content.files()[0].file else { panic!("{album:?}") };
    assert!(media::open(&desk.backend, &observer(), first.id).await.is_ok());

    for _ in 0..2 {
        delivers(&desk, &deletes(10, &[1])).await;
        desk.run_jobs().await;
    }

    let album = messages_of(&desk, &room).await.remove(0);
    assert_eq!(shown(&album), ("the shop", vec![None, Some(true), Some(true)]));
    assert!(media::open(&desk.backend, &observer(), first.id).await.is_err(), "nobody reads it any more");
    let preview = desk.find_room(room.id).await.preview.expect("the room has a message");
    assert_eq!(preview.text, "the shop");

    delivers(&desk, &deletes(11, &[3, 2])).await;
    desk.run_jobs().await;
    assert_eq!(messages_of(&desk, &room).await.remove(0).content, Content::Deleted);
}

#[tokio::test]
async fn a_photo_that_is_still_coming_finds_its_place_after_another_was_taken_back() {
    let (desk, telegram) = stage().await;
    keep_photos(&telegram);

    delivers(&desk, &business_photo(1, "business_message", "")).await;
    delivers(&desk, &business_photo(2, "business_message", "")).await;
    delivers(&desk, &deletes(10, &[1])).await;
    delivers(&desk, &business_photo(3, "business_message", "")).await;
    desk.run_jobs().await;

    let room = only_room(&desk).await;
    let album = messages_of(&desk, &room).await.remove(0);
    assert_eq!(shown(&album), ("Photo", vec![None, Some(true), Some(true)]));
}

#[tokio::test]
async fn other_words_beside_one_photo_of_an_album_leave_the_others_alone() {
    let (desk, telegram) = stage().await;
    keep_photos(&telegram);
    for (number, caption) in [(1, "the door"), (2, ""), (3, "the shop")] {
        delivers(&desk, &business_photo(number, "business_message", caption)).await;
    }
    desk.run_jobs().await;
    let room = only_room(&desk).await;

    delivers(&desk, &business_photo(2, "edited_business_message", "the dog")).await;
    delivers(&desk, &business_photo(3, "edited_business_message", "")).await;
    desk.run_jobs().await;

    let album = messages_of(&desk, &room).await.remove(0);
    assert_eq!((shown(&album).0, album.edited), ("the door\nthe dog", true));
}

/// Priya sends three photos to Ana; Telegram takes them as the messages 18 to 20.
async fn sends_album(desk: &TestDesk, telegram: &Shelf, room: &Room, text: &str) -> MessageId {
    let priya = desk.admin("priya").await;
    rooms::enter(&desk.backend, &priya, room.id).await.expect("a queued room may be entered");
    let sent: Vec<Value> = (18..=20).map(|number| json!({ "message_id": number })).collect();
    telegram.keeps("photo", "sendMediaGroup", json!({ "ok": true, "result": sent }).to_string().as_bytes());
    sends_photos(desk, &priya, room, text, 3).await
}

async fn sends_photos(desk: &TestDesk, priya: &Person, room: &Room, text: &str, count: usize) -> MessageId {
    let mut files = Vec::new();
    for _ in 0..count {
        let bytes = stream::iter([Ok(Bytes::from_static(PNG))]);
        let stored = media::put(&desk.backend, MediaKind::Photo, "shop.png", bytes).await.expect("a photo");
        files.push(ChosenFile { id: stored.id, kind: MediaKind::Photo });
    }
    let (id, message) = (new_id(), NewMessage { text: text.into(), files, reply_to: None });
    messages::send(&desk.backend, priya, room.id, id, message).await.expect("may be sent");
    desk.run_jobs().await;
    id
}

/// Ana's business chat, where Telegram has whatever photo she sends.
async fn greeted() -> (TestDesk, Shelf, Room) {
    let (desk, telegram) = stage().await;
    keep_photos(&telegram);
    delivers(&desk, &in_business(1, "business_message", hello())).await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    (desk, telegram, room)
}

#[tokio::test]
async fn the_words_beside_an_album_of_ours_go_with_the_photo_that_has_them_and_with_no_other() {
    let (desk, telegram, room) = greeted().await;
    sends_album(&desk, &telegram, &room, "our shop").await;

    for (deleted, words) in [(20, "our shop"), (18, "Photo")] {
        delivers(&desk, &deletes(deleted, &[deleted])).await;
        desk.run_jobs().await;
        assert_eq!(shown(&messages_of(&desk, &room).await[1]).0, words, "{deleted}");
    }
    assert_eq!(shown(&messages_of(&desk, &room).await[1]).1, [None, Some(true), None]);
}

#[tokio::test]
async fn a_photo_that_was_taken_back_does_not_keep_the_next_from_leaving() {
    let (desk, shelf) = (TestDesk::new().await, Shelf::start().await);
    shelf.channel(&desk).await;
    writes(&desk, json!({ "id": "1", "text": "hello" })).await;
    desk.run_jobs().await;
    let (room, priya) = (only_room(&desk).await, desk.admin("priya").await);
    rooms::enter(&desk.backend, &priya, room.id).await.expect("a queued room may be entered");
    // The first is taken, without a name of theirs.
    shelf.refuses(200);
    shelf.refuses(503);
    let id = sends_photos(&desk, &priya, &room, "our shop", 2).await;

    let deleted = json!({ "id": format!("{id}:1/2") });
    says(&desk, json!({ "type": "deleted", "customer": { "id": "ana" }, "message": deleted })).await;
    desk.run_jobs().await;
    desk.later(minutes(5));
    desk.run_jobs().await;

    assert_eq!(delivery(&desk, &room, id).await, Delivery::Sent);
    assert_eq!(shelf.posted().iter().map(|posted| &posted["message"]["text"]).collect::<Vec<_>>(), ["our shop"]);
    assert_eq!(shown(&messages_of(&desk, &room).await[1]), ("our shop", vec![None, Some(true)]));
}

#[tokio::test]
async fn an_album_of_ours_leaves_as_one_and_is_found_by_any_of_its_photos() {
    let (desk, telegram, room) = greeted().await;

    let id = sends_album(&desk, &telegram, &room, "our shop").await;
    assert_eq!(delivery(&desk, &room, id).await, Delivery::Sent);
    let mut answer = hello();
    answer["message_id"] = 30.into();
    answer["reply_to_message"] = json!({ "message_id": 19 });
    delivers(&desk, &in_business(2, "business_message", answer)).await;
    delivers(&desk, &deletes(10, &[19])).await;
    desk.run_jobs().await;

    let messages = messages_of(&desk, &room).await;
    assert_eq!(messages[2].about, Some(About::Message(id)));
    assert_eq!(shown(&messages[1]), ("our shop", vec![Some(true), None, Some(true)]));
    // Telegram tells what we sent in the name of the business account as well.
    let mut echo = business_photo(20, "business_message", "")["business_message"].take();
    echo["from"] = json!({ "id": 5_000_000_001_i64 });
    delivers(&desk, &in_business(4, "business_message", echo)).await;
    desk.run_jobs().await;
    assert_eq!(said(&desk, &room).await.len(), 3);
}

#[tokio::test]
async fn the_texts_that_our_words_became_are_edited_and_taken_back_in_words() {
    let (desk, telegram, room) = greeted().await;
    // Too long to stand beside the photos: it leaves as a text of its own.
    telegram.answers(json!({ "ok": true, "result": { "message_id": 21 } }));
    let long = "word ".repeat(300);
    sends_album(&desk, &telegram, &room, &long).await;
    let whole = messages_of(&desk, &room).await[1].clone();

    delivers(&desk, &in_business(5, "edited_business_message", edit_of_ours("other words"))).await;
    delivers(&desk, &deletes(10, &[21])).await;
    desk.run_jobs().await;

    let messages = messages_of(&desk, &room).await;
    assert_eq!(messages[1].content, whole.content);
    let told: Vec<&str> = messages[2..].iter().map(|message| message.content.text()).collect();
    assert_eq!(told, ["A part of a message was edited: other words", "A part of a message was deleted"]);
}

fn hello() -> Value {
    json!({ "message_id": 7, "date": 1_795_348_800, "from": { "id": 5_000_000_077_i64 }, "text": "is it open?" })
}

fn edit_of_ours(text: &str) -> Value {
    json!({ "message_id": 21, "date": 1, "edit_date": 2, "from": { "id": 5_000_000_001_i64 }, "text": text })
}
