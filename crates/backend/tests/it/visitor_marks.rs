//! What a visitor does to messages of their chat that stand already: their own room's, once, and nothing else follows.

use backend::inbound::{self, Said, VisitorMessage};
use backend::test_desk::TestDesk;
use backend::visitors::VisitorSession;
use backend::{Error, channels, media, messages, new_id, rooms};
use bytes::Bytes;
use domain::change::Change;
use domain::id::MessageId;
use domain::media::MediaKind;
use domain::message::{ChosenFile, Content, Entry, Message, NewMessage, Reacting, Reaction, What};
use domain::person::Person;
use domain::refused::Refused;
use domain::room::Room;
use domain::visitor::Mark;
use futures::stream;

use crate::shelf::PNG;
use crate::transcript::{resolve, words};

/// Ana wrote in the web chat, and Priya, an admin, holds it and has answered.
struct Scene {
    desk: TestDesk,
    priya: Person,
    ana: VisitorSession,
    room: Room,
    asked: MessageId,
    answer: MessageId,
}

impl Scene {
    async fn new() -> Self {
        let desk = TestDesk::new().await;
        desk.web_channel().await;
        let priya = desk.admin("priya").await;
        let ana = desk.visitor("Ana").await;
        let asked = desk.visitor_says(&ana, Said::Text("is it open?".into())).await.expect("may write");
        let asked = asked.what.message_id().expect("a message");
        let room = desk.room_of(&ana).await;
        let room = rooms::enter(&desk.backend, &priya, room.id).await.expect("an admin may enter");
        let answer = new_id();
        let said = messages::send(&desk.backend, &priya, room.id, answer, NewMessage::from("until nine")).await;
        said.expect("Priya holds it");
        Self { desk, priya, ana, room, asked, answer }
    }

    async fn marks(&self, who: &VisitorSession, message: MessageId, mark: Mark) -> Result<Entry, Error> {
        inbound::visitor_marks(&self.desk.backend, who, message, mark).await
    }

    /// Why Ana may not.
    async fn refusal(&self, message: MessageId, mark: Mark) -> String {
        self.marks(&self.ana, message, mark).await.expect_err("must be refused").to_string()
    }

    /// The message as the console has it.
    async fn message(&self, id: MessageId) -> Message {
        let entries = words(&self.desk, &self.room).await;
        let found = entries.into_iter().find_map(|entry| match entry.what {
            What::Message(message) if message.id == id => Some(message),
            _ => None,
        });
        found.expect("it is there")
    }

    /// How many changes were told.
    async fn told(&self) -> usize {
        self.desk.told().await.len()
    }
}

fn sign(emoji: &str) -> Mark {
    Mark::Reacted(Some(emoji.into()))
}

#[tokio::test]
async fn a_visitors_sign_stands_once_however_often_it_comes_and_is_taken_away() {
    let scene = Scene::new().await;
    let before = scene.told().await;

    for _ in 0..2 {
        scene.marks(&scene.ana, scene.answer, sign("👍")).await.expect("is ours");
    }
    let signs = scene.message(scene.answer).await.reactions;
    assert_eq!(signs, [Reaction { by: Reacting::Customer, emoji: "👍".into() }]);
    assert_eq!(scene.told().await, before + 1);

    let after = scene.marks(&scene.ana, scene.answer, Mark::Reacted(None)).await.expect("is ours");
    assert!(matches!(&after.what, What::Message(message) if message.reactions.is_empty()), "{after:?}");
    assert!(scene.message(scene.answer).await.reactions.is_empty());
}

#[tokio::test]
async fn an_agents_sign_is_told_to_the_visitor_and_leaves_no_work_behind() {
    let scene = Scene::new().await;
    let react = async |emoji: Option<&str>| {
        let emoji = emoji.map(str::to_owned);
        messages::react(&scene.desk.backend, &scene.priya, scene.room.id, scene.asked, emoji).await
    };

    react(Some("🎉")).await.expect("Priya holds it");
    assert!(matches!(scene.desk.told().await.pop().map(|event| event.change), Some(Change::Reacted { .. })));
    scene.desk.run_jobs().await;
    let signs = scene.message(scene.asked).await.reactions;
    assert_eq!(signs, [Reaction { by: Reacting::OurSide, emoji: "🎉".into() }]);
    react(None).await.expect("Priya holds it");
    assert!(scene.message(scene.asked).await.reactions.is_empty());
}

#[tokio::test]
async fn nobody_marks_what_is_not_of_their_own_chat() {
    let scene = Scene::new().await;
    let bia = scene.desk.visitor("Bia").await;
    let note = new_id();
    let noted = messages::add_note(&scene.desk.backend, &scene.priya, scene.room.id, note, "odd".into()).await;
    noted.expect("may note");

    let stranger = scene.marks(&bia, scene.answer, sign("👍")).await;
    scene.desk.visitor_says(&bia, Said::Text("hello".into())).await.expect("may write");
    let other_chat = scene.marks(&bia, scene.answer, sign("👍")).await;
    let made_up = scene.marks(&scene.ana, new_id(), sign("👍")).await;
    let on_note = scene.marks(&scene.ana, note, sign("👍")).await;

    for refused in [stranger, other_chat, made_up, on_note] {
        assert!(matches!(refused, Err(Error::Refused(Refused::NotFound))), "{refused:?}");
    }
    assert!(scene.message(scene.answer).await.reactions.is_empty());
}

#[tokio::test]
async fn who_is_blocked_or_finds_the_chat_closed_marks_nothing_and_what_was_taken_stays() {
    let scene = Scene::new().await;
    scene.marks(&scene.ana, scene.answer, sign("👍")).await.expect("the chat is open");
    let channel = scene.room.channel;

    channels::set_paused(&scene.desk.backend, &scene.priya, channel, true).await.expect("an admin may");
    assert_eq!(scene.refusal(scene.answer, sign("❤")).await, "The chat is closed at the moment.");
    assert!(scene.marks(&scene.ana, scene.answer, sign("👍")).await.is_ok(), "what was taken stays taken");
    channels::set_paused(&scene.desk.backend, &scene.priya, channel, false).await.expect("an admin may");
    scene.desk.block(scene.room.customer).await;

    assert_eq!(scene.refusal(scene.answer, sign("❤")).await, "You are not allowed to write here.");
    assert_eq!(scene.message(scene.answer).await.reactions.len(), 1);
}

#[tokio::test]
async fn a_visitors_edit_stands_in_the_place_of_their_words_and_in_the_list() {
    let scene = Scene::new().await;
    let last = scene.desk.visitor_says(&scene.ana, Said::Text("order 21".into())).await.expect("may write");
    let last = last.what.message_id().expect("a message");
    let before = scene.told().await;

    for _ in 0..2 {
        scene.marks(&scene.ana, last, Mark::Edited(" order 12 ".into())).await.expect("is hers");
    }

    let message = scene.message(last).await;
    assert_eq!((message.content, message.edited), (Content::Text("order 12".into()), true));
    assert_eq!(scene.told().await, before + 1);
    let room = scene.desk.room_of(&scene.ana).await;
    assert_eq!(room.preview.map(|preview| preview.text).as_deref(), Some("order 12"));
    assert_eq!(scene.refusal(scene.answer, Mark::Edited("never".into())).await, "The message is not yours.");
}

#[tokio::test]
async fn what_a_visitor_took_back_is_gone_with_its_files() {
    let scene = Scene::new().await;
    let bytes = stream::iter([Ok(Bytes::from_static(PNG))]);
    let photo = media::put(&scene.desk.backend, MediaKind::Photo, "parcel.png", bytes).await.expect("a good file");
    let files = vec![ChosenFile { id: photo.id, kind: MediaKind::Photo }];
    let said = Said::Files { text: "my parcel".into(), files };
    let message = VisitorMessage { id: new_id(), reply_to: None, said };
    inbound::visitor_writes(&scene.desk.backend, &scene.ana, message.clone()).await.expect("may write");
    assert!(media::open_for_visitor(&scene.desk.backend, &scene.ana, photo.id).await.is_ok());

    for _ in 0..2 {
        scene.marks(&scene.ana, message.id, Mark::Deleted).await.expect("is hers");
    }

    assert_eq!(scene.message(message.id).await.content, Content::Deleted);
    assert!(media::open_for_visitor(&scene.desk.backend, &scene.ana, photo.id).await.is_err());
    let refused = scene.refusal(message.id, Mark::Edited("again".into())).await;
    assert_eq!(refused, "The message was taken back.");
}

#[tokio::test]
async fn changing_or_taking_back_words_neither_reopens_a_chat_nor_waits_for_an_answer() {
    let scene = Scene::new().await;
    let room = resolve(&scene.desk, &scene.priya, scene.room.id).await;

    scene.marks(&scene.ana, scene.asked, Mark::Edited("is it shut?".into())).await.expect("is hers");
    scene.marks(&scene.ana, scene.asked, Mark::Deleted).await.expect("is hers");

    let after = scene.desk.find_room(room.id).await;
    assert!(after.is_archived() && after.waiting_since.is_none());
    assert_eq!(scene.message(scene.asked).await.content, Content::Deleted);
}

#[tokio::test]
async fn words_that_were_changed_or_taken_back_and_come_again_bring_nothing_back() {
    let scene = Scene::new().await;
    let message = VisitorMessage { id: new_id(), reply_to: None, said: Said::Text("order 21".into()) };
    let says = async || inbound::visitor_writes(&scene.desk.backend, &scene.ana, message.clone()).await;
    says().await.expect("may write");

    for (mark, content) in
        [(Mark::Edited("order 12".into()), Content::Text("order 12".into())), (Mark::Deleted, Content::Deleted)]
    {
        scene.marks(&scene.ana, message.id, mark).await.expect("is hers");
        says().await.expect("is the same message still");
        assert_eq!(scene.message(message.id).await.content, content);
    }
}
