//! What our side sends besides words: files, answers to a message, signs on one.

use backend::test_desk::TestDesk;
use backend::{Error, media, messages, new_id, rooms};
use bytes::Bytes;
use domain::delivery::Delivery;
use domain::id::{FileId, MessageId};
use domain::media::MediaKind;
use domain::message::{ChosenFile, Content, Message, NewMessage, Reacting, What};
use domain::person::Person;
use domain::refused::Refused;
use domain::room::Room;
use futures::{TryStreamExt, stream};
use serde_json::json;

use crate::shelf::{PDF, PNG, Shelf, writes};
use crate::transcript::{delivery, observer, only_room, words};

/// A room of the API channel that Priya, an admin, has entered. Ana wrote "1" there.
struct Scene {
    desk: TestDesk,
    shelf: Shelf,
    priya: Person,
    room: Room,
}

impl Scene {
    async fn new() -> Self {
        let (desk, shelf) = (TestDesk::new().await, Shelf::start().await);
        shelf.channel(&desk).await;
        let priya = desk.admin("priya").await;
        writes(&desk, json!({ "id": "1", "text": "is it open?" })).await;
        desk.run_jobs().await;
        let room = only_room(&desk).await;
        let room = rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
        Self { desk, shelf, priya, room }
    }

    async fn upload(&self, kind: MediaKind, content: &'static [u8]) -> ChosenFile {
        let bytes = stream::iter([Ok(Bytes::from_static(content))]);
        let stored = media::put(&self.desk.backend, kind, "a name", bytes).await.expect("a good file");
        ChosenFile { id: stored.id, kind }
    }

    async fn sends(&self, id: MessageId, message: &NewMessage) -> Result<(), Error> {
        let sent = messages::send(&self.desk.backend, &self.priya, self.room.id, id, message.clone());
        sent.await.map(drop)
    }

    async fn messages(&self) -> Vec<Message> {
        let entries = words(&self.desk, &self.room).await;
        let messages = entries.into_iter().filter_map(|entry| match entry.what {
            What::Message(message) => Some(message),
            What::Note(_) | What::Line(_) => None,
        });
        messages.collect()
    }

    async fn is_read_by(&self, person: &Person, file: FileId) -> bool {
        media::open(&self.desk.backend, person, file).await.is_ok()
    }
}

#[tokio::test]
async fn a_file_leaves_with_its_words_and_is_everybodys_who_sees_the_room() {
    let scene = Scene::new().await;
    let photo = scene.upload(MediaKind::Photo, PNG).await;
    assert!(!scene.is_read_by(&observer(), photo.id).await);
    let (id, message) = (new_id(), NewMessage { text: " our shop ".into(), files: vec![photo], reply_to: None });

    scene.sends(id, &message).await.expect("the channel takes photos");
    scene.desk.run_jobs().await;

    assert_eq!(delivery(&scene.desk, &scene.room, id).await, Delivery::Sent);
    assert!(scene.is_read_by(&observer(), photo.id).await);
    let posted = &scene.shelf.posted()[0]["message"];
    assert_eq!((posted["text"].as_str(), posted["files"][0]["kind"].as_str()), (Some("our shop"), Some("photo")));
    let url = posted["files"][0]["url"].as_str().expect("an address to fetch it at");
    let [proof, until, file] = url.rsplitn(4, '/').take(3).collect::<Vec<_>>()[..] else { panic!("{url}") };
    assert_eq!(file, photo.id.to_string());
    let lent = media::open_lent(&scene.desk.backend, photo.id, until.parse().expect("a time"), proof).await;
    let bytes: Vec<Bytes> =
        lent.expect("it is lent").read(None).await.expect("is here").try_collect().await.expect("can be read");
    assert_eq!(bytes.concat(), PNG);
}

#[tokio::test]
async fn the_same_send_again_is_the_same_message_and_another_file_is_refused() {
    let scene = Scene::new().await;
    let (photo, other) = (scene.upload(MediaKind::Photo, PNG).await, scene.upload(MediaKind::Photo, PNG).await);
    let (id, message) = (new_id(), NewMessage { files: vec![photo], ..NewMessage::default() });
    for _ in 0..2 {
        scene.sends(id, &message).await.expect("the same again");
    }

    for different in [
        NewMessage { files: vec![other], ..NewMessage::default() },
        NewMessage { files: vec![ChosenFile { kind: MediaKind::Document, ..photo }], ..NewMessage::default() },
        NewMessage { text: "with words".into(), ..message.clone() },
        NewMessage { reply_to: Some(scene.messages().await[0].id), ..message.clone() },
    ] {
        let refused = scene.sends(id, &different).await;
        assert!(matches!(refused, Err(Error::Refused(Refused::SentDifferently))), "{refused:?}");
    }
    assert_eq!(scene.messages().await.len(), 2);
}

#[tokio::test]
async fn a_file_that_is_gone_or_another_messages_is_refused_and_nothing_is_said() {
    let scene = Scene::new().await;
    let bill = scene.upload(MediaKind::Document, PDF).await;
    let never = ChosenFile { id: FileId::from_number(7), kind: MediaKind::Document };
    scene.sends(new_id(), &NewMessage { files: vec![bill], ..NewMessage::default() }).await.expect("it is whole");
    let fresh = scene.upload(MediaKind::Photo, PNG).await;

    for files in [vec![never], vec![bill], vec![fresh, bill], vec![ChosenFile { kind: MediaKind::Video, ..fresh }]] {
        let refused = scene.sends(new_id(), &NewMessage { files, ..NewMessage::default() }).await;
        assert!(matches!(refused, Err(Error::Refused(Refused::Invalid { .. }))), "{refused:?}");
    }
    assert_eq!(scene.messages().await.len(), 2);
    assert!(!scene.is_read_by(&observer(), fresh.id).await, "a refused message takes nothing with it");
}

#[tokio::test]
async fn an_answer_names_the_message_by_the_id_its_messenger_knows() {
    let scene = Scene::new().await;
    let first = scene.messages().await[0].id;
    let answer = NewMessage { reply_to: Some(first), ..NewMessage::from("until nine") };

    scene.sends(new_id(), &answer).await.expect("the channel shows answers");
    let elsewhere = NewMessage { reply_to: Some(new_id()), ..answer };
    let refused = scene.sends(new_id(), &elsewhere).await.expect_err("must be refused").to_string();
    scene.desk.run_jobs().await;

    assert_eq!(refused, "The answer must be to a message of this chat.");
    assert_eq!(scene.shelf.posted()[0]["message"]["reply_to"], "1");
}

#[tokio::test]
async fn a_sign_is_shown_at_once_and_told_to_the_customer() {
    let scene = Scene::new().await;
    let first = scene.messages().await[0].id;
    let react = async |emoji: Option<&str>| {
        let emoji = emoji.map(str::to_owned);
        messages::react(&scene.desk.backend, &scene.priya, scene.room.id, first, emoji).await.expect("it is hers");
        scene.messages().await[0].reactions.iter().map(|sign| (sign.by, sign.emoji.clone())).collect::<Vec<_>>()
    };

    assert_eq!(react(Some("👍")).await, [(Reacting::OurSide, "👍".to_owned())]);
    assert_eq!(react(Some("👍")).await.len(), 1);
    assert_eq!(react(None).await, []);
    scene.desk.run_jobs().await;

    let told: Vec<_> = scene.shelf.posted().iter().map(|posted| posted["emoji"].clone()).collect();
    assert_eq!(told, [json!("👍"), json!(null)]);
    assert_eq!(scene.shelf.posted()[0]["message"]["id"], "1");
}

#[tokio::test]
async fn a_sign_the_messenger_does_not_take_is_taken_back() {
    let scene = Scene::new().await;
    let first = scene.messages().await[0].id;
    scene.shelf.refuses(422);

    let put = messages::react(&scene.desk.backend, &scene.priya, scene.room.id, first, Some("👍".into()));
    put.await.expect("it is hers");
    scene.desk.run_jobs().await;

    let messages = scene.messages().await;
    assert_eq!(messages[0].reactions, []);
    let told = messages.last().map(|message| message.content.text().to_owned()).unwrap_or_default();
    assert!(told.starts_with("👍 was not shown to the customer. The provider refused"), "{told}");
}

#[tokio::test]
async fn a_visitor_sends_files_and_reads_those_of_their_own_room_only() {
    use backend::inbound::Said;
    let scene = Scene::new().await;
    scene.desk.web_channel().await;
    let (ana, bo) = (scene.desk.visitor("Ana").await, scene.desk.visitor("Bo").await);
    scene.desk.visitor_says(&bo, Said::Text("hi".into())).await.expect("within every limit");
    let photo = scene.upload(MediaKind::Photo, PNG).await;
    let said = Said::Files { text: "look".into(), files: vec![photo] };

    let entry = scene.desk.visitor_says(&ana, said.clone()).await.expect("the web takes photos");
    let again = scene.desk.visitor_says(&ana, said).await;

    let What::Message(message) = entry.what else { panic!("a visitor's words are a message") };
    assert!(matches!(&message.content, Content::Files { text, files } if text == "look" && files.len() == 1));
    assert!(again.is_err(), "one file is one message's");
    assert!(media::open_for_visitor(&scene.desk.backend, &ana, photo.id).await.is_ok());
    let refused = media::open_for_visitor(&scene.desk.backend, &bo, photo.id).await.err();
    assert!(matches!(refused, Some(Error::Refused(Refused::NotFound))));
}
