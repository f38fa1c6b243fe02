//! What becomes of a message that stands there already: edits, deletions and signs act on it, and a page read later shows
//! what the screens that were open have come to.

use backend::test_desk::{PHONE, TestDesk, heard, whatsapp_delivery, whatsapp_message};
use backend::{media, messages, new_id, rooms};
use bytes::Bytes;
use domain::change::Change;
use domain::delivery::Delivery;
use domain::desk::{Desk, ListQuery, Next};
use domain::media::{FileState, MediaKind};
use domain::message::{Attachment, Author, Content, Message, NewMessage, Reacting, What};
use domain::room::{Room, Section};
use serde_json::{Value, json};

use crate::shelf::{Shelf, says, writes};
use crate::transcript::{live_rooms, observer, only_room, resolve, said, words};

/// Ana wrote "rua 1" on WhatsApp, which Meta calls `wamid.A=`.
async fn desk() -> (TestDesk, Room) {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;
    tell(&desk, "wamid.A=", json!({ "type": "text", "text": { "body": "rua 1" } })).await;
    let room = only_room(&desk).await;
    (desk, room)
}

async fn tell(desk: &TestDesk, id: &str, content: Value) {
    desk.whatsapp_delivers(&whatsapp_message(id, &content)).await.expect("signed");
    desk.run_jobs().await;
}

/// The same again in other bytes: providers repeat.
async fn tell_again(desk: &TestDesk, id: &str, content: Value) {
    let mut again = whatsapp_message(id, &content);
    again["again"] = true.into();
    desk.whatsapp_delivers(&again).await.expect("signed");
    desk.run_jobs().await;
}

fn text(words: &str) -> Value {
    json!({ "type": "text", "text": { "body": words } })
}

fn edit(of: &str, words: &str) -> Value {
    let message = json!({ "type": "text", "text": { "body": words } });
    json!({ "type": "edit", "edit": { "original_message_id": of, "message": message } })
}

fn reaction(to: &str, emoji: &str) -> Value {
    json!({ "type": "reaction", "reaction": { "message_id": to, "emoji": emoji } })
}

fn revoke(of: &str) -> Value {
    json!({ "type": "revoke", "revoke": { "original_message_id": of } })
}

async fn first_message(desk: &TestDesk, room: &Room) -> Message {
    let entries = words(desk, room).await;
    let found = entries.into_iter().find_map(|entry| match entry.what {
        What::Message(message) => Some(message),
        What::Note(_) | What::Line(_) => None,
    });
    found.expect("somebody wrote")
}

#[tokio::test]
async fn other_words_stand_in_the_place_of_the_first_ones_however_often_the_news_comes() {
    let (desk, room) = desk().await;

    tell(&desk, "wamid.E=", edit("wamid.A=", "rua 2")).await;
    tell(&desk, "wamid.F=", edit("wamid.A=", "rua 3")).await;
    tell_again(&desk, "wamid.E=", edit("wamid.A=", "rua 2")).await;

    let message = first_message(&desk, &room).await;
    assert_eq!((message.content, message.edited), (Content::Text("rua 3".into()), true));
    assert_eq!(said(&desk, &room).await, ["customer: rua 3"]);
}

#[tokio::test]
async fn words_that_were_taken_back_are_gone_from_transcript_and_list() {
    let (desk, room) = desk().await;

    tell(&desk, "wamid.E=", revoke("wamid.A=")).await;

    assert_eq!(first_message(&desk, &room).await.content, Content::Deleted);
    let preview = desk.find_room(room.id).await.preview.expect("the room has a message");
    assert_eq!(preview.text, "Deleted");
}

#[tokio::test]
async fn a_sign_stands_on_its_message_until_it_is_taken_away_and_reopens_nothing() {
    let (desk, room) = desk().await;
    let priya = desk.admin("priya").await;
    resolve(&desk, &priya, room.id).await;

    tell(&desk, "wamid.R=", reaction("wamid.A=", "👍")).await;
    tell(&desk, "wamid.S=", reaction("wamid.A=", "🎉")).await;
    let signs = first_message(&desk, &room).await.reactions;
    assert_eq!((signs.len(), signs[0].by, signs[0].emoji.as_str()), (1, Reacting::Customer, "🎉"));
    assert!(desk.find_room(room.id).await.is_archived());

    tell(&desk, "wamid.T=", reaction("wamid.A=", "")).await;
    assert_eq!(first_message(&desk, &room).await.reactions, []);
    assert_eq!(said(&desk, &room).await, ["customer: rua 1"]);
}

#[tokio::test]
async fn a_sign_that_our_side_left_on_the_phone_stands_on_its_message() {
    let (desk, room) = desk().await;
    let reaction = json!({ "message_id": "wamid.A=", "emoji": "❤" });
    let echo = json!({
        "from": "15550001111", "to": PHONE, "id": "wamid.R=", "timestamp": "1795348800", "type": "reaction",
        "reaction": reaction,
    });
    let mut delivery = whatsapp_delivery(&json!({ "message_echoes": [echo] }));
    delivery["entry"][0]["changes"][0]["field"] = "smb_message_echoes".into();

    desk.whatsapp_delivers(&delivery).await.expect("signed");
    desk.run_jobs().await;

    let signs = first_message(&desk, &room).await.reactions;
    assert_eq!((signs.len(), signs[0].by, signs[0].emoji.as_str()), (1, Reacting::OurSide, "❤"));
    assert_eq!(said(&desk, &room).await, ["customer: rua 1"]);
}

#[tokio::test]
async fn what_became_of_a_message_we_do_not_have_is_told_in_words() {
    let (desk, room) = desk().await;

    tell(&desk, "wamid.E=", edit("wamid.X=", "rua 2")).await;
    tell(&desk, "wamid.F=", revoke("wamid.X=")).await;
    tell(&desk, "wamid.G=", reaction("wamid.X=", "")).await;

    let told = ["Edited by the customer: rua 2", "A message was deleted by the customer"];
    assert_eq!(said(&desk, &room).await[1..], told.map(|words| format!("switchboard: {words}")));
}

#[tokio::test]
async fn a_message_that_was_taken_back_before_it_came_is_not_shown() {
    let (desk, room) = desk().await;

    tell(&desk, "wamid.E=", edit("wamid.X=", "my new card")).await;
    tell(&desk, "wamid.F=", revoke("wamid.X=")).await;
    tell(&desk, "wamid.G=", edit("wamid.X=", "my card")).await;
    tell(&desk, "wamid.X=", text("my card number")).await;
    tell_again(&desk, "wamid.X=", text("my card number")).await;

    let told = said(&desk, &room).await;
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[1..].iter().all(|line| line.starts_with("switchboard: ")), "{told:?}");
    assert_eq!(desk.find_room(room.id).await.customer_messages, 1);
}

#[tokio::test]
async fn a_message_that_was_edited_before_it_came_says_what_it_was_edited_to() {
    let (desk, room) = desk().await;

    tell(&desk, "wamid.E=", edit("wamid.X=", "rua 2")).await;
    tell(&desk, "wamid.F=", edit("wamid.X=", "rua 3")).await;
    tell_again(&desk, "wamid.E=", edit("wamid.X=", "rua 2")).await;
    tell(&desk, "wamid.X=", text("rua 9")).await;
    tell_again(&desk, "wamid.X=", text("rua 9")).await;
    assert_eq!(said(&desk, &room).await[3..], ["customer: rua 3"]);
    let last = words(&desk, &room).await.into_iter().rev().find_map(|entry| match entry.what {
        What::Message(message) => Some(message),
        What::Note(_) | What::Line(_) => None,
    });
    assert!(last.is_some_and(|message| message.edited));

    tell(&desk, "wamid.H=", edit("wamid.X=", "rua 4")).await;
    assert_eq!(said(&desk, &room).await[3..], ["customer: rua 4"]);
}

#[tokio::test]
async fn what_became_of_somebodys_first_message_before_it_came_is_kept_as_well() {
    let desk = TestDesk::new().await;
    desk.whatsapp_channel().await;

    tell(&desk, "wamid.E=", revoke("wamid.X=")).await;
    tell(&desk, "wamid.F=", edit("wamid.Y=", "rua 2")).await;
    tell(&desk, "wamid.X=", text("rua 1")).await;
    assert!(live_rooms(&desk).await.is_empty());
    tell(&desk, "wamid.Y=", text("rua 1")).await;

    assert_eq!(said(&desk, &only_room(&desk).await).await, ["customer: rua 2"]);
}

#[tokio::test]
async fn a_blocked_customer_changes_nothing_any_more() {
    let (desk, room) = desk().await;
    desk.block(room.customer).await;

    tell(&desk, "wamid.E=", revoke("wamid.A=")).await;

    assert_eq!(said(&desk, &room).await, ["customer: rua 1"]);
}

#[tokio::test]
async fn a_page_read_later_shows_what_the_open_screens_have_come_to() {
    let (desk, room) = desk().await;
    let priya = desk.admin("priya").await;
    let mut told = desk.comes_online(&priya).await;
    let query = ListQuery::of(Section::Live);
    let snapshot = backend::desk::load(&desk.backend, &priya, query).await.expect("the desk loads");
    let mut screen = Desk::new(snapshot);
    screen.open(rooms::load(&desk.backend, &priya, room.id).await.expect("an admin sees it"));
    let coming = |kind| Attachment::new(kind, FileState::Coming);
    let files = vec![coming(MediaKind::Photo), coming(MediaKind::Document)];
    let (album, reply) = (new_id(), new_id());
    let content = Content::Files { text: "look".into(), files };
    let answer = Message::new(reply, Author::Person(priya.id), Content::Text("ola".into()), Some(Delivery::Waiting));
    let sign = |by, emoji: Option<&str>| Change::Reacted { message: reply, by, emoji: emoji.map(str::to_owned) };
    let lost = FileState::Lost { reason: "The provider no longer has it.".into() };

    for change in [
        Change::MessageAdded(Message::new(album, Author::Customer, content, None)),
        Change::MessageAdded(answer),
        Change::FileArrived { message: album, place: 1, file: lost },
        Change::MessageEdited { message: reply, content: Content::Text("olá".into()) },
        Change::DeliveryChanged { message: reply, delivery: Delivery::Failed { reason: "no".into() } },
        sign(Reacting::Customer, Some("👍")),
        sign(Reacting::OurSide, Some("🎉")),
        sign(Reacting::Customer, None),
        Change::MessageDeleted { message: album },
        Change::MessageEdited { message: album, content: Content::Text("late".into()) },
    ] {
        desk.happens(room.id, vec![change]).await;
        for frame in heard(&mut told) {
            assert_eq!(screen.apply(frame), Next::Draw);
        }
        let read = rooms::load(&desk.backend, &priya, room.id).await.expect("an admin sees it");
        assert_eq!(screen.open.as_ref().map(|view| (&view.room, &view.entries)), Some((&read.room, &read.entries)));
    }
}

#[tokio::test]
async fn a_file_of_a_deleted_message_is_nobodys_to_read() {
    let (desk, room) = desk().await;
    let bytes = futures::stream::iter([Ok(Bytes::from_static(b"%PDF-1.7\n"))]);
    let bill = media::put(&desk.backend, MediaKind::Document, "bill.pdf", bytes).await.expect("a file");
    desk.attach(bill.id, room.id).await;
    let id = new_id();
    let file = Attachment::new(MediaKind::Document, FileState::Here(bill.clone()));
    let content = Content::Files { text: String::new(), files: vec![file] };
    desk.happens(room.id, vec![Change::MessageAdded(Message::new(id, Author::Customer, content, None))]).await;
    assert!(media::open(&desk.backend, &observer(), bill.id).await.is_ok());

    desk.happens(room.id, vec![Change::MessageDeleted { message: id }]).await;

    assert!(media::open(&desk.backend, &observer(), bill.id).await.is_err());
    desk.later(std::time::Duration::from_secs(24 * 3_600 + 1));
    assert_eq!(media::sweep(&desk.backend).await.ok(), Some(1));
}

/// Whoever has no ids of its own invents some.
#[tokio::test]
async fn a_message_may_be_called_whatever_its_messenger_likes() {
    let (desk, shelf) = (TestDesk::new().await, Shelf::start().await);
    shelf.channel(&desk).await;
    let priya = desk.admin("priya").await;
    for (id, text) in [("5", "rua 1"), ("deleted:5", "rua 2"), ("part:0:5", "rua 3")] {
        writes(&desk, json!({ "id": id, "text": text })).await;
    }
    says(&desk, json!({ "type": "deleted", "customer": { "id": "ana" }, "message": { "id": "5" } })).await;
    desk.run_jobs().await;
    let room = only_room(&desk).await;
    assert_eq!(said(&desk, &room).await, ["customer: Deleted", "customer: rua 2", "customer: rua 3"]);

    rooms::enter(&desk.backend, &priya, room.id).await.expect("a queued room may be entered");
    let mut said = words(&desk, &room).await.into_iter().filter_map(|entry| match entry.what {
        What::Message(message) => Some(message.id),
        What::Note(_) | What::Line(_) => None,
    });
    let answer = NewMessage { text: "on its way".into(), reply_to: said.next_back(), ..NewMessage::default() };
    messages::send(&desk.backend, &priya, room.id, new_id(), answer).await.expect("may be sent");
    desk.run_jobs().await;
    assert_eq!(shelf.posted()[0]["message"]["reply_to"], "part:0:5");
}
