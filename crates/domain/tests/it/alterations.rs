//! What happens to a message that stands there already: other words, a sign, its deletion, a file that comes.

use domain::change::Change;
use domain::desk::{Desk, ListQuery, Next};
use domain::id::{FileId, MessageId, RoomId};
use domain::live::Frame;
use domain::media::{FileState, MediaKind, StoredFile};
use domain::message::{Attachment, Content, Message, Reacting};
use domain::room::Section;

use crate::cast::{Stage, ana, priya, said};
use crate::desk_model::Server;

const ROOM: RoomId = RoomId::from_number(1);

fn text(words: &str) -> Content {
    Content::Text(words.into())
}

fn reacted(message: MessageId, by: Reacting, emoji: Option<&str>) -> Change {
    Change::Reacted { message, by, emoji: emoji.map(str::to_owned) }
}

fn signs(message: &Message) -> Vec<(Reacting, &str)> {
    message.reactions.iter().map(|reaction| (reaction.by, reaction.emoji.as_str())).collect()
}

#[test]
fn what_was_taken_back_is_gone_and_takes_nothing_more() {
    let mut message = said(1, "my password is hunter2");
    message.take(&reacted(message.id, Reacting::OurSide, Some("👍")));
    message.take(&Change::MessageDeleted { message: message.id });
    assert_eq!((&message.content, message.reactions.len()), (&Content::Deleted, 0));

    for late in [
        Change::MessageEdited { message: message.id, content: text("hunter2") },
        reacted(message.id, Reacting::Customer, Some("👍")),
        Change::MessageDeleted { message: message.id },
    ] {
        assert!(!message.would_take(&late), "{late:?}");
    }
}

#[test]
fn each_side_has_one_sign_on_a_message() {
    let mut message = said(1, "hello");
    message.take(&reacted(message.id, Reacting::Customer, Some("👍")));
    message.take(&reacted(message.id, Reacting::OurSide, Some("🎉")));
    message.take(&reacted(message.id, Reacting::Customer, Some("❤️")));
    assert_eq!(signs(&message), [(Reacting::OurSide, "🎉"), (Reacting::Customer, "❤️")]);

    message.take(&reacted(message.id, Reacting::Customer, None));
    assert_eq!(signs(&message), [(Reacting::OurSide, "🎉")]);
    assert!(!message.would_take(&reacted(message.id, Reacting::Customer, None)));
}

#[test]
fn an_edit_changes_the_words_beside_a_file_and_keeps_the_file() {
    let stored = StoredFile { id: FileId::from_number(1), name: "cat.png".into(), mime: "image/png".into(), bytes: 9 };
    let photo = |file| Attachment::new(MediaKind::Photo, file);
    let here = Content::Files { text: "a dog".into(), files: vec![photo(FileState::Here(stored.clone()))] };
    let edited = Content::Files { text: "a cat".into(), files: vec![photo(FileState::Here(stored))] };

    let coming = Content::Files { text: "a cat".into(), files: vec![photo(FileState::Coming)] };
    assert_eq!(here.edited(coming), edited);
    assert_eq!(here.edited(text("a cat")), edited);
    assert_eq!(text("a dog").edited(text("a cat")), text("a cat"));
}

#[test]
fn a_photo_that_is_none_by_its_content_is_shown_as_what_it_is() {
    let photo = Attachment::new(MediaKind::Photo, FileState::Coming);
    let mut message = said(1, "");
    message.content = Content::Files { text: String::new(), files: vec![photo.clone(), photo] };
    for (place, mime) in [(0, "application/pdf"), (1, "image/jpeg")] {
        let file = StoredFile { id: FileId::from_number(1), name: "x".into(), mime: mime.into(), bytes: 9 };
        message.take(&Change::FileArrived { message: message.id, place, file: FileState::Here(file) });
    }
    let kinds: Vec<MediaKind> = message.content.files().iter().map(|file| file.kind).collect();
    assert_eq!(kinds, [MediaKind::Document, MediaKind::Photo]);
}

#[test]
fn an_album_that_comes_photo_by_photo_is_one_message() {
    let photo = Attachment::new(MediaKind::Photo, FileState::Coming);
    let part = |text: &str| Content::Files { text: text.into(), files: vec![photo.clone()] };
    let mut message = Message { content: part(""), ..said(1, "") };
    let second = message.joined_by(&part("the shop")).expect("both are files");
    message.take(&second);
    let third = message.joined_by(&part("")).expect("both are files");
    message.take(&third);

    let named = Attachment { words: "the shop".into(), ..photo.clone() };
    let album = Content::Files { text: "the shop".into(), files: vec![photo.clone(), named, photo.clone()] };
    assert_eq!(message.content, album);
    message.take(&second);
    message.take(&third);
    assert_eq!(message.content, album, "a part that is told twice is there once");
    assert_eq!(message.joined_by(&text("words")), None);
    message.take(&Change::MessageDeleted { message: message.id });
    assert_eq!(message.joined_by(&part("")), None);
}

/// An album of three photos, the first and the last of which came with words.
fn album() -> Message {
    let photo = Attachment::new(MediaKind::Photo, FileState::Coming);
    let part = |text: &str| Content::Files { text: text.into(), files: vec![photo.clone()] };
    let mut message = Message { content: part("the door"), ..said(1, "") };
    for words in ["", "the shop"] {
        message.take(&message.joined_by(&part(words)).expect("both are files"));
    }
    message
}

fn without(message: &Message, place: u16) -> Option<Change> {
    message.content.without_part(place).map(|content| Change::PartDeleted { message: message.id, content })
}

#[test]
fn a_photo_of_an_album_that_was_taken_back_is_gone_with_its_words_and_the_others_keep_their_places() {
    let mut message = album();
    assert_eq!(message.content.text(), "the door\nthe shop");
    let gone = without(&message, 0).expect("two are left");
    message.take(&gone);
    assert_eq!((message.content.text(), message.edited), ("the shop", false));

    let stored = StoredFile { id: FileId::from_number(1), name: "a".into(), mime: "image/png".into(), bytes: 9 };
    let arrives = |place| Change::FileArrived { message: message.id, place, file: FileState::Here(stored.clone()) };
    assert!(!message.would_take(&arrives(0)), "what was taken back does not come any more");
    message.take(&arrives(2));
    let states: Vec<bool> = message.content.files().iter().map(|file| file.file.stored().is_some()).collect();
    assert_eq!(states, [false, false, true]);
    let part =
        Content::Files { text: String::new(), files: vec![Attachment::new(MediaKind::Photo, FileState::Coming)] };
    message.take(&message.joined_by(&part).expect("it still grows"));
    assert_eq!(message.content.files().len(), 4);
    assert!(!message.would_take(&gone), "the same news again is none");
}

#[test]
fn with_its_last_photo_an_album_is_gone() {
    let mut message = album();
    for place in [2, 0] {
        message.take(&without(&message, place).expect("one is left"));
    }
    assert_eq!((without(&message, 1), message.content.text()), (None, "Photo"));
    assert_eq!(text("words").without_part(0), None);
}

#[test]
fn photos_that_are_taken_back_together_are_gone_and_the_others_stay_with_the_words() {
    let photo = Attachment::new(MediaKind::Photo, FileState::Coming);
    let all = Content::Files { text: "our shop".into(), files: vec![photo; 4] };
    let left = all.without_part(1).and_then(|left| left.without_parts(0, 2)).expect("one is left");
    let gone: Vec<bool> = left.files().iter().map(Attachment::is_deleted).collect();
    assert_eq!((left.text(), gone), ("our shop", vec![true, true, true, false]));
    assert_eq!(left.without_parts(3, 3), None);
}

#[test]
fn other_words_beside_one_photo_leave_those_beside_the_others() {
    let message = album();
    let edited = message.content.with_caption(2, "the shop at night");
    assert_eq!(edited.text(), "the door\nthe shop at night");
    assert_eq!(edited.with_caption(1, "the dog").text(), "the door\nthe dog\nthe shop at night");
    assert_eq!(edited.with_caption(0, "").text(), "the shop at night");
    let photo = Attachment::new(MediaKind::Photo, FileState::Coming);
    let ours = |text: &str| Content::Files { text: text.into(), files: vec![photo.clone(), photo.clone()] };
    assert_eq!(ours("").with_caption(1, "the dog").text(), "the dog");
    assert_eq!(ours("a dog").with_caption(0, "a cat"), ours("a cat"), "nobody said whose the words were");
}

#[test]
fn the_list_shows_the_last_message_as_it_is_now() {
    let mut stage = Stage::held_by(&ana());
    let preview = |stage: &Stage| stage.room.preview.as_ref().map(|preview| preview.text.clone());
    stage.take(Change::MessageAdded(said(7, "my password is hunter2")));
    stage.take(Change::MessageEdited { message: MessageId::from_number(7), content: text("forget it") });
    assert_eq!(preview(&stage).as_deref(), Some("forget it"));
    stage.take(Change::MessageDeleted { message: MessageId::from_number(7) });
    assert_eq!(preview(&stage).as_deref(), Some("Deleted"));

    stage.take(Change::MessageAdded(said(8, "something else")));
    stage.take(Change::MessageDeleted { message: MessageId::from_number(9) });
    assert_eq!(preview(&stage).as_deref(), Some("something else"));
}

#[test]
fn what_is_done_to_a_message_reaches_it_also_while_it_is_being_loaded() {
    let mut server = Server::new(&priya(), 1);
    let mut desk = Desk::new(server.snapshot(&ListQuery::of(Section::Live), 0));
    for number in 50..60 {
        server.change(ROOM, vec![Change::MessageAdded(said(number, "words"))]);
    }
    let hear = |server: &Server, desk: &mut Desk| {
        server.log.iter().for_each(|frame: &Frame| assert_eq!(desk.apply(frame.clone()), Next::Draw));
    };
    hear(&server, &mut desk);
    desk.open(server.view(ROOM).expect("it is in view"));
    let (earlier, has_earlier) = server.earlier(ROOM, 9);
    let old = earlier[0].what.message_id().expect("a message");

    server.change(ROOM, vec![Change::MessageDeleted { message: old }]);
    hear(&server, &mut desk);
    desk.add_earlier(ROOM, earlier, has_earlier);

    let shown = &desk.open.as_ref().expect("a room is open").entries;
    assert_eq!(shown[..], server.threads[&ROOM].entries[4..]);
}
