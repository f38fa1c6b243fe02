//! Templates: an expired room is won back, and our side begins a conversation.

use std::time::Duration;

use backend::test_desk::{PHONE, TestDesk, desk_policy};
use backend::{desk as consoles, new_id, rooms, templates};
use domain::change::Change;
use domain::desk::ListQuery;
use domain::message::{Content, What};
use domain::person::Person;
use domain::policy::Policy;
use domain::room::{Room, Section};
use domain::template::{ChosenTemplate, Template, TemplateStatus, TemplateValue, TemplateValues};
use domain::timestamp::{hours, minutes};

use crate::graph::{Answer, Graph};
use crate::route::set_capacity;
use crate::transcript::said;

fn template(name: &str, status: TemplateStatus) -> Template {
    Template {
        id: name.into(),
        name: name.into(),
        language: "pt_BR".into(),
        category: "UTILITY".into(),
        status,
        header: None,
        body: "Olá {{1}}, posso ajudar?".into(),
        footer: None,
        buttons: Vec::new(),
        named: false,
    }
}

fn chosen(name: &str) -> ChosenTemplate {
    let ana = TemplateValue { placeholder: "1".into(), value: "Ana".into() };
    let values = TemplateValues { body: vec![ana], ..TemplateValues::default() };
    ChosenTemplate { name: name.into(), language: "pt_BR".into(), values, header: None }
}

struct Scene {
    desk: TestDesk,
    graph: Graph,
    priya: Person,
    channel: domain::channel::Channel,
}

impl Scene {
    async fn new() -> Self {
        let desk = TestDesk::new().await;
        let graph = Graph::start().await;
        let priya = desk.admin("priya").await;
        let channel = graph.channel(&desk, None).await;
        let known = vec![template("back", TemplateStatus::Approved), template("slow", TemplateStatus::Pending)];
        desk.knows_templates(&channel, known).await;
        Self { desk, graph, priya, channel }
    }

    /// Ana wrote, nobody answered, and two days went by.
    async fn expired_room(&self) -> Room {
        self.desk.whatsapp_customer_writes("oi").await;
        self.desk.run_jobs().await;
        let room = crate::transcript::only_room(&self.desk).await;
        self.desk.later(hours(48));
        self.desk.sweep().await;
        let room = self.desk.find_room(room.id).await;
        assert_eq!(room.section(), Section::Archived);
        room
    }
}

#[tokio::test]
async fn the_answer_to_a_template_brings_an_expired_room_back_to_live() {
    let scene = Scene::new().await;
    let room = scene.expired_room().await;

    let id = new_id();
    let entry = templates::send(&scene.desk.backend, &scene.priya, room.id, id, chosen("back")).await;
    let again = templates::send(&scene.desk.backend, &scene.priya, room.id, id, chosen("back")).await;
    assert_eq!(entry.as_ref().ok(), again.as_ref().ok(), "the same send twice is one template");
    let waiting = scene.desk.find_room(room.id).await;
    assert_eq!((waiting.section(), waiting.restore_pending), (Section::Archived, Some(scene.priya.id)));

    scene.desk.whatsapp_customer_writes("sim!").await;
    scene.desk.run_jobs().await;

    let back = scene.desk.find_room(room.id).await;
    assert_eq!((back.section(), back.restore_pending, back.episode_number), (Section::Live, None, 2));
    let told = scene.desk.told().await;
    assert!(told.iter().any(|event| event.change == Change::Restored { by: scene.priya.id }));
    assert!(said(&scene.desk, &back).await.iter().any(|line| line.contains("Olá Ana, posso ajudar?")));
}

#[tokio::test]
async fn a_template_that_the_provider_refuses_says_why_and_waits_for_nobody() {
    let scene = Scene::new().await;
    let room = scene.expired_room().await;
    scene.graph.next(Answer::Refuses { status: 400, code: 132_015 });

    let sent = templates::send(&scene.desk.backend, &scene.priya, room.id, new_id(), chosen("back")).await;
    scene.desk.run_jobs().await;

    let What::Message(message) = sent.expect("it is taken").what else { panic!("a template is a message") };
    assert!(matches!(message.content, Content::Template(_)));
    let room = scene.desk.find_room(room.id).await;
    assert_eq!((room.section(), room.restore_pending), (Section::Archived, None));
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_in_words() {
    let scene = Scene::new().await;
    let room = scene.expired_room().await;
    let refusal = async |chosen: ChosenTemplate| {
        let sent = templates::send(&scene.desk.backend, &scene.priya, room.id, new_id(), chosen).await;
        sent.expect_err("must be refused").to_string()
    };
    assert_eq!(refusal(chosen("slow")).await, "The template is not approved by the provider.");
    assert_eq!(refusal(chosen("gone")).await, "The template is not one of this channel's.");
    let empty = ChosenTemplate { values: TemplateValues::default(), ..chosen("back") };
    assert_eq!(refusal(empty).await, "The value of {{1}} is empty.");
}

#[tokio::test]
async fn a_conversation_begins_with_a_number_and_is_live_once_its_owner_answers() {
    let scene = Scene::new().await;
    let (backend, priya, channel) = (&scene.desk.backend, &scene.priya, scene.channel.id);
    let begin = async |phone: &str, id| {
        templates::begin(backend, priya, channel, phone, Some("Ana".into()), id, chosen("back")).await
    };

    let id = new_id();
    let begun = begin("+55 11 90000-0001", id).await.expect("a good number");
    assert_eq!(begin("+55 11 90000-0001", id).await.expect("the same again"), begun);
    scene.desk.run_jobs().await;
    assert_eq!(scene.desk.find_room(begun.room).await.section(), Section::Archived);

    scene.desk.whatsapp_customer_writes("oi").await;
    scene.desk.run_jobs().await;

    let room = scene.desk.find_room(begun.room).await;
    assert_eq!((room.section(), room.episode_number), (Section::Live, 1));
    assert_eq!(PHONE, "5511900000001");
    let refused = begin("+5511900000001", new_id()).await.expect_err("they talk already").to_string();
    assert_eq!(refused, "The room is already going on: the customer has an open chat.");
    assert!(begin("call me", new_id()).await.is_err());
    assert!(rooms::load(backend, priya, begun.room).await.is_ok());
}

#[tokio::test]
async fn where_agents_may_send_no_templates_neither_a_room_nor_a_conversation_is_theirs_to_begin() {
    let scene = Scene::new().await;
    let (backend, channel) = (&scene.desk.backend, scene.channel.id);
    let maria = scene.desk.agent("maria").await;
    let room = scene.expired_room().await;
    scene.desk.happens(room.id, vec![Change::Reopened { by: maria.id }]).await;
    let send = async |me: &Person| templates::send(backend, me, room.id, new_id(), chosen("back")).await;
    let begin = async |me: &Person, phone: &str| {
        templates::begin(backend, me, channel, phone, None, new_id(), chosen("back")).await
    };
    assert!(begin(&maria, "+55 11 90000-0009").await.is_ok(), "at first they may");

    scene.desk.set_policy(Policy { agents_may_send_templates: false, ..desk_policy() }).await;

    let refused = "You are not allowed to send templates.";
    assert_eq!(send(&maria).await.expect_err("refused").to_string(), refused);
    // Nor is anything said of whom there is a chat with.
    for phone in ["+55 11 90000-0001", "+55 11 90000-0007"] {
        assert_eq!(begin(&maria, phone).await.expect_err("refused").to_string(), refused);
    }
    assert!(begin(&scene.desk.team_manager("tom").await, "+55 11 90000-0008").await.is_ok());
}

#[tokio::test]
async fn a_room_that_was_won_back_waits_two_minutes_for_its_sender_and_then_for_everybody() {
    let scene = Scene::new().await;
    let (desk, room) = (&scene.desk, scene.expired_room().await);
    let maria = desk.agent("maria").await;
    let _consoles = [desk.comes_online(&scene.priya).await, desk.comes_online(&maria).await];
    set_capacity(desk, &scene.priya, 1).await;
    let other = desk.room(&scene.channel, "Bia").await;
    desk.happens(other.id, vec![Change::Entered { by: scene.priya.id }]).await;
    let sent = templates::send(&desk.backend, &scene.priya, room.id, new_id(), chosen("back")).await;
    sent.expect("an admin may");
    desk.run_jobs().await;

    desk.whatsapp_customer_writes("sim!").await;
    desk.run_jobs().await;
    assert!(desk.find_room(room.id).await.is_queued(), "Maria has room and Priya has none, but Priya comes first");
    desk.later(minutes(2) - Duration::from_millis(1));
    desk.sweep().await;
    desk.run_jobs().await;
    assert!(desk.find_room(room.id).await.is_queued());

    desk.later(Duration::from_millis(1));
    desk.run_jobs().await;

    assert_eq!(desk.find_room(room.id).await.agent(), Some(maria.id));
}

#[tokio::test]
async fn a_customer_who_was_won_back_does_not_wait_for_a_sender_who_is_not_here() {
    let scene = Scene::new().await;
    let (desk, room) = (&scene.desk, scene.expired_room().await);
    let maria = desk.agent("maria").await;
    let _console = desk.comes_online(&maria).await;
    let sent = templates::send(&desk.backend, &scene.priya, room.id, new_id(), chosen("back")).await;
    sent.expect("an admin may");
    desk.run_jobs().await;

    desk.whatsapp_customer_writes("sim!").await;
    desk.run_jobs().await;

    assert_eq!(desk.find_room(room.id).await.agent(), Some(maria.id));
}

#[tokio::test]
async fn a_room_that_was_won_back_goes_to_its_sender_at_once_if_they_are_here() {
    for is_off in [false, true] {
        let scene = Scene::new().await;
        let (desk, room) = (&scene.desk, scene.expired_room().await);
        if is_off {
            desk.set_policy(Policy { sender_minutes: None, ..desk_policy() }).await;
        }
        let maria = desk.agent("maria").await;
        let sent = templates::send(&desk.backend, &scene.priya, room.id, new_id(), chosen("back")).await;
        sent.expect("an admin may");
        desk.run_jobs().await;
        let _consoles = [desk.comes_online(&scene.priya).await, desk.comes_online(&maria).await];
        // Priya holds more than Maria: without the offer it would be Maria's.
        let other = desk.room(&scene.channel, "Bia").await;
        desk.happens(other.id, vec![Change::Entered { by: scene.priya.id }]).await;

        desk.whatsapp_customer_writes("sim!").await;
        desk.run_jobs().await;

        let holder = if is_off { maria.id } else { scene.priya.id };
        assert_eq!(desk.find_room(room.id).await.agent(), Some(holder));
    }
}

#[tokio::test]
async fn whoever_may_enter_need_not_wait_for_the_sender() {
    let scene = Scene::new().await;
    let (desk, room) = (&scene.desk, scene.expired_room().await);
    let maria = desk.agent("maria").await;
    templates::send(&desk.backend, &scene.priya, room.id, new_id(), chosen("back")).await.expect("an admin may");
    desk.run_jobs().await;
    desk.whatsapp_customer_writes("sim!").await;
    desk.run_jobs().await;

    let entered = rooms::enter(&desk.backend, &maria, room.id).await.expect("it is in her queue");

    assert_eq!((entered.agent(), entered.restored_by), (Some(maria.id), None));
}

#[tokio::test]
async fn a_sender_of_another_team_gets_the_chat_that_they_won_back() {
    for is_here in [true, false] {
        let scene = Scene::new().await;
        let (desk, backend) = (&scene.desk, &scene.desk.backend);
        let sales = desk.add_team("Sales").await;
        let sol = desk.person("sol", domain::person::Role::TeamManager, vec![sales]).await;
        let console = if is_here { Some(desk.comes_online(&sol).await) } else { None };
        let begun =
            templates::begin(backend, &sol, scene.channel.id, "+55 11 90000-0001", None, new_id(), chosen("back"))
                .await;
        let room = begun.expect("a manager may").room;
        desk.run_jobs().await;

        desk.whatsapp_customer_writes("oi").await;
        desk.run_jobs().await;

        let back = desk.find_room(room).await;
        assert_eq!((back.team, back.agent()), (Some(desk.team), console.map(|_| sol.id)));
        assert!(rooms::load(backend, &sol, room).await.is_ok(), "they see it");
        let counts = consoles::load(backend, &sol, ListQuery::of(Section::Live)).await.expect("can be read").counts;
        let live = consoles::page(backend, &sol, ListQuery::of(Section::Live), None).await.expect("can be read");
        assert_eq!((live.rooms.len(), counts.live), if is_here { (0, 0) } else { (1, 1) });
        let entered = rooms::enter(backend, &sol, room).await.expect("it is theirs to take");
        assert_eq!(entered.agent(), Some(sol.id));
    }
}
