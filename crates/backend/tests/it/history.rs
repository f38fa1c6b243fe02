//! Whoever has a chat of a contact reads what was said to them before, wherever that was; nobody else does, and nobody writes.

use backend::test_desk::{TestDesk, heard};
use backend::{contacts, desk as consoles, drafts, messages, new_id, rooms};
use domain::change::Change;
use domain::channel::Channel;
use domain::customer::{SaveContact, Saving};
use domain::desk::{Gather, ListQuery};
use domain::draft::DraftMode;
use domain::episode::Outcome;
use domain::id::RoomId;
use domain::live::{Frame, Signal};
use domain::person::{Person, Role};
use domain::room::{Room, Section};

/// A chat that Sam of Sales had with Ana, and one that she begins in the web chat of Support; both are saved as one contact.
struct Scene {
    desk: TestDesk,
    maria: Person,
    before: Room,
    now: Room,
    /// Sam's as well, with somebody else.
    other: Room,
}

impl Scene {
    async fn new() -> Self {
        let desk = TestDesk::new().await;
        let maria = desk.agent("maria").await;
        let sales = desk.add_team("Sales").await;
        let sam = desk.person("sam", Role::Agent, vec![sales]).await;
        let of_sales = Channel { team: Some(sales), ..desk.whatsapp_channel().await };
        let resolved = async |name: &str| {
            let room = desk.room(&of_sales, name).await;
            let (by, outcome) = (sam.id, Outcome::Resolved);
            let closed = Change::Closed { outcome, by, comment: None, reason: None, feedback: false };
            desk.happens(room.id, vec![Change::Entered { by }, closed]).await
        };
        let (before, other) = (resolved("Ana").await, resolved("Bia").await);
        let now = desk.room(&desk.web_channel().await, "Ana Lima").await;
        desk.saved_as_one(&[before.id, now.id]).await;
        Self { desk, maria, before, now, other }
    }

    async fn reads(&self, me: &Person, room: RoomId) -> bool {
        rooms::load(&self.desk.backend, me, room).await.is_ok()
    }
}

#[tokio::test]
async fn whoever_holds_or_joined_a_chat_of_the_contact_reads_the_earlier_ones_and_only_as_long() {
    let scene = Scene::new().await;
    let (desk, maria, before, now) = (&scene.desk, &scene.maria, scene.before.id, scene.now.id);
    let jonas = desk.agent("jonas").await;
    assert!(!scene.reads(maria, before).await, "she sees the new one in the queue, and holds none of the contact");
    assert_eq!(rooms::list_earlier(&desk.backend, maria, now).await.expect("it waits for her team"), []);

    rooms::enter(&desk.backend, maria, now).await.expect("it waits for her team");

    let earlier = rooms::list_earlier(&desk.backend, maria, now).await.expect("she holds it");
    assert_eq!(earlier.iter().map(|room| room.id).collect::<Vec<_>>(), [before]);
    assert!(scene.reads(maria, before).await);
    assert!(rooms::earlier(&desk.backend, maria, before, 2).await.is_ok());
    assert!(rooms::gather(&desk.backend, maria, before, Gather::Notes, None).await.is_ok());
    assert!(!scene.reads(maria, scene.other.id).await, "another customer of the same colleague");
    assert!(!scene.reads(&jonas, before).await, "he has no chat of the contact");
    rooms::bring_in(&desk.backend, maria, now, jonas.id).await.expect("of her team");
    assert!(scene.reads(&jonas, before).await, "now he has");

    let (by, outcome) = (maria.id, Outcome::Resolved);
    desk.happens(now, vec![Change::Closed { outcome, by, comment: None, reason: None, feedback: false }]).await;
    assert!(!scene.reads(maria, before).await && !scene.reads(&jonas, before).await, "it is over");
}

#[tokio::test]
async fn whoever_looks_back_at_a_chat_hears_that_it_goes_on_and_nothing_that_is_said_there() {
    let scene = Scene::new().await;
    let (desk, maria, before) = (&scene.desk, &scene.maria, scene.before.id);
    rooms::enter(&desk.backend, maria, scene.now.id).await.expect("it waits for her team");
    let priya = desk.admin("priya").await;
    let mut looks = desk.comes_online(maria).await;
    let mut elsewhere = desk.comes_online(maria).await;
    desk.backend.hub().signal(&looks, Signal::Viewing { room: Some(before) });
    for console in [&mut looks, &mut elsewhere] {
        heard(console);
    }

    rooms::reopen(&desk.backend, &priya, before).await.expect("an admin may");
    messages::send(&desk.backend, &priya, before, new_id(), "hi again".into()).await.expect("she holds it");

    let of_it = |frames: Vec<Frame>| -> Vec<Frame> {
        frames.into_iter().filter(|frame| matches!(frame, Frame::Event(_) | Frame::Gone { .. })).collect()
    };
    let told = of_it(heard(&mut looks));
    assert!(matches!(told.as_slice(), [Frame::Gone { room, taken: None, .. }] if *room == before), "{told:?}");
    assert_eq!(of_it(heard(&mut elsewhere)), []);
}

#[tokio::test]
async fn looking_back_changes_nothing_and_puts_nothing_on_a_list() {
    let scene = Scene::new().await;
    let (backend, maria, before) = (&scene.desk.backend, &scene.maria, scene.before.id);
    rooms::enter(backend, maria, scene.now.id).await.expect("it waits for her team");
    assert!(scene.reads(maria, before).await);

    let contact = SaveContact {
        name: "Eva".into(),
        phone: None,
        email: None,
        tags: Vec::new(),
        fields: std::collections::BTreeMap::default(),
    };
    let refused = [
        messages::add_note(backend, maria, before, new_id(), "hm".into()).await.err(),
        messages::send(backend, maria, before, new_id(), "hello".into()).await.err(),
        rooms::reopen(backend, maria, before).await.err(),
        rooms::mark_seen(backend, maria, before, 1).await.err(),
        drafts::save(backend, maria, before, DraftMode::Note, "hm".into()).await.err(),
        contacts::save(backend, maria, before, contact, Saving::First).await.err(),
    ];
    for refused in refused {
        let words = refused.expect("nothing is hers to do there").to_string();
        assert_eq!(words, "This room does not exist, or you have no access to it.");
    }
    let archived = ListQuery::of(Section::Archived);
    let counts = consoles::load(backend, maria, archived.clone()).await.expect("can be read").counts;
    let page = consoles::page(backend, maria, archived, None).await.expect("can be read");
    assert_eq!((counts.archived, page.rooms), (0, Vec::new()));
}
