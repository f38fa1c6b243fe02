//! What a visitor does to messages of their chat that stand already: their own room's, once, and nothing else follows.

use backend::inbound::{self, Said};
use backend::test_desk::TestDesk;
use backend::visitors::VisitorSession;
use backend::{Error, channels, messages, new_id, rooms};
use domain::change::Change;
use domain::id::MessageId;
use domain::message::{Entry, Message, NewMessage, Reacting, Reaction, What};
use domain::person::Person;
use domain::refused::Refused;
use domain::room::Room;
use domain::visitor::Mark;

use crate::transcript::words;

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
