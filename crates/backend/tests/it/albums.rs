//! Albums: Telegram delivers one photo after the other, and the room shows them as what was sent.

use backend::test_desk::TestDesk;
use domain::media::FileState;
use domain::message::{Content, What};
use domain::room::Room;
use serde_json::{Value, json};

use crate::shelf::{PNG, Shelf};
use crate::telegram::{delivers, stage};
use crate::transcript::{live_rooms, only_room, resolve, words};

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
