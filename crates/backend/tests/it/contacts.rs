//! Contacts: saved from a room, shown on its card.

use backend::test_desk::TestDesk;
use backend::{contacts, rooms};
use domain::change::Change;
use domain::customer::SaveContact;

fn form(name: &str) -> SaveContact {
    SaveContact {
        name: name.into(),
        email: Some("Ana@Example.com".into()),
        tags: vec!["vip".into()],
        ..SaveContact::default()
    }
}

#[tokio::test]
async fn a_saved_contact_gives_the_card_its_name() {
    let desk = TestDesk::new().await;
    let maria = desk.agent("maria").await;
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Visitor 4F2A").await.id;

    let contact = contacts::save(&desk.backend, &maria, room, form("Ana Lima")).await.expect("the room is visible");

    let view = rooms::load(&desk.backend, &maria, room).await.expect("the room is visible");
    assert_eq!((view.room.name.as_str(), view.room.contact), ("Ana Lima", Some(contact.id)));
    assert_eq!((view.customer.name.as_str(), view.contact), ("Ana Lima", Some(contact.clone())));
    assert_eq!(contact.email.as_deref(), Some("ana@example.com"));
    let told = desk.told().await.pop().expect("somebody hears of it");
    assert_eq!(told.change, Change::CustomerChanged { name: "Ana Lima".into(), opted_out: false });
    assert_eq!(told.room.and_then(|room| room.contact), Some(contact.id));
}

#[tokio::test]
async fn saving_again_changes_the_same_contact() {
    let desk = TestDesk::new().await;
    let maria = desk.agent("maria").await;
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Visitor 4F2A").await.id;
    let first = contacts::save(&desk.backend, &maria, room, form("Ana")).await.expect("the room is visible");

    let again = contacts::save(&desk.backend, &maria, room, form("Ana Lima")).await.expect("the room is visible");

    assert_eq!((first.id, again.name.as_str()), (again.id, "Ana Lima"));
    assert_eq!(desk.find_room(room).await.name, "Ana Lima");
}

#[tokio::test]
async fn nobody_saves_a_contact_from_a_room_they_cannot_see() {
    let desk = TestDesk::new().await;
    let (maria, mo) = (desk.agent("maria").await, desk.agent("mo").await);
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Visitor 4F2A").await.id;
    desk.happens(room, vec![Change::Entered { by: mo.id }]).await;

    assert!(contacts::save(&desk.backend, &maria, room, form("Ana")).await.is_err());
    assert_eq!(desk.find_room(room).await.name, "Visitor 4F2A");
}

#[tokio::test]
async fn a_contact_is_found_by_a_part_of_the_name_or_number_and_signs_are_letters_like_any_other() {
    let desk = TestDesk::new().await;
    let maria = desk.agent("maria").await;
    let channel = desk.web_channel().await;
    for (name, phone) in [
        ("Ana Lima", Some("+55 (11) 90000-0001")),
        ("Élodie 100%", Some("+33 1 23 45 67 89")),
        ("Ana without a number", None),
        ("Bia", Some("+55 11 90000 0002")),
    ] {
        let room = desk.room(&channel, name).await.id;
        let form = SaveContact { name: name.into(), phone: phone.map(Into::into), ..SaveContact::default() };
        contacts::save(&desk.backend, &maria, room, form).await.expect("the room is visible");
    }
    let found = async |words: &str| {
        let found = contacts::find(&desk.backend, &maria, words).await.expect("an agent may");
        found.into_iter().map(|contact| contact.name).collect::<Vec<_>>()
    };

    assert_eq!(found("ana").await, ["Ana Lima"]);
    assert_eq!(found("Élo").await, ["Élodie 100%"]);
    assert_eq!(found("+5511 9").await, ["Ana Lima", "Bia"]);
    assert_eq!(found("0%").await, ["Élodie 100%"]);
    for nobody in ["a", "", "%%", "a_a", "\\%", "' OR 1=1 --"] {
        assert_eq!(found(nobody).await, [""; 0], "{nobody}");
    }
}
