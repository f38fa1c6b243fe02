//! Contacts: saved from a room, shown on its card, linked where one matches, merged, and deleted.

use backend::test_desk::TestDesk;
use backend::{Backend, Error, contacts, rooms};
use domain::change::Change;
use domain::channel::Channel;
use domain::customer::{Contact, Match, MatchedBy, SaveContact, Saved, Saving};
use domain::id::RoomId;
use domain::message::{Entry, What};
use domain::person::Person;
use domain::refused::Refused;

fn form(name: &str, phone: &str, email: &str) -> SaveContact {
    let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let tags = vec!["vip".into()];
    SaveContact { name: name.into(), phone: filled(phone), email: filled(email), tags, ..SaveContact::default() }
}

/// Saves, where nothing stands in the way.
async fn saves(backend: &Backend, me: &Person, room: RoomId, form: SaveContact) -> Contact {
    done(contacts::save(backend, me, room, form, Saving::First).await.expect("the room is visible"))
}

fn done(saved: Saved) -> Contact {
    match saved {
        Saved::Done { contact, .. } => contact,
        Saved::Found(found) => panic!("nothing was saved: {found:?} match"),
    }
}

fn found(saved: Saved) -> Vec<Match> {
    match saved {
        Saved::Found(found) => found,
        Saved::Done { contact, .. } => panic!("{contact:?} was saved"),
    }
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, Error>) -> String {
    outcome.expect_err("it is refused").to_string()
}

/// Ana, whom Maria has saved, and somebody who writes on another channel.
struct Two {
    desk: TestDesk,
    maria: Person,
    ana: Contact,
    first: RoomId,
    second: RoomId,
    whatsapp: Channel,
}

async fn two() -> Two {
    let desk = TestDesk::new().await;
    let maria = desk.agent("maria").await;
    let (web, whatsapp) = (desk.web_channel().await, desk.whatsapp_channel().await);
    let first = desk.room(&web, "Visitor 4F2A").await.id;
    let second = desk.room(&whatsapp, "~ana~").await.id;
    let ana = saves(&desk.backend, &maria, first, form("Ana Souza", "+55 11 90000-0001", "ana@example.com")).await;
    Two { desk, maria, ana, first, second, whatsapp }
}

impl Two {
    async fn save(&self, form: SaveContact, saving: Saving) -> Saved {
        contacts::save(&self.desk.backend, &self.maria, self.second, form, saving).await.expect("the room is visible")
    }

    /// What happened in the room since it began, as the transcript shows it.
    async fn lines(&self, room: RoomId) -> Vec<Change> {
        let view = rooms::load(&self.desk.backend, &observer(&self.desk), room).await.expect("an admin sees it");
        let line = |entry: Entry| if let What::Line(line) = entry.what { Some(*line) } else { None };
        view.entries.into_iter().filter_map(line).skip(1).collect()
    }

    /// What stands on a card: the name, and of which contact.
    async fn card(&self, room: RoomId) -> (String, Option<Contact>) {
        let priya = observer(&self.desk);
        let view = rooms::load(&self.desk.backend, &priya, room).await.expect("an admin sees it");
        let contact = view.contact;
        assert_eq!((view.room.contact, view.customer.contact), (contact.as_ref().map(|one| one.id), view.room.contact));
        assert_eq!(view.customer.name, view.room.name);
        (view.room.name, contact)
    }
}

fn observer(desk: &TestDesk) -> Person {
    let directory = desk.backend.directory();
    let anybody = directory.people.values().next().expect("somebody is there");
    Person { role: domain::person::Role::Admin, ..anybody.clone() }
}

#[tokio::test]
async fn a_saved_contact_gives_the_card_its_name() {
    let desk = TestDesk::new().await;
    let maria = desk.agent("maria").await;
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Visitor 4F2A").await.id;

    let contact = saves(&desk.backend, &maria, room, form("Ana Lima", "", "Ana@Example.com")).await;

    let view = rooms::load(&desk.backend, &maria, room).await.expect("the room is visible");
    assert_eq!((view.room.name.as_str(), view.room.contact), ("Ana Lima", Some(contact.id)));
    assert_eq!((view.customer.name.as_str(), view.contact), ("Ana Lima", Some(contact.clone())));
    assert_eq!(contact.email.as_deref(), Some("ana@example.com"));
    let told = desk.told().await.pop().expect("somebody hears of it");
    let saved = Some(Box::new(contact.clone()));
    assert_eq!(
        told.change,
        Change::CustomerChanged { name: "Ana Lima".into(), opted_out: false, contact: saved, described: None }
    );
    assert_eq!(told.room.and_then(|room| room.contact), Some(contact.id));
}

#[tokio::test]
async fn who_edits_a_contact_changes_what_they_changed_and_a_colleague_s_words_stay() {
    let two = two().await;
    let edit = |form| {
        let saving = Saving::Edit(Box::new(two.ana.clone()));
        contacts::save(&two.desk.backend, &two.maria, two.first, form, saving)
    };
    let numbered = form("Ana Souza", "+55 11 90000-0002", "ana@example.com");
    let renamed = form("Ana Lima", "+55 11 90000-0001", "ana@example.com");

    let (one, other) = tokio::join!(edit(numbered), edit(renamed));

    assert_eq!([one, other].map(|saved| done(saved.expect("may edit")).id), [two.ana.id; 2]);
    let expected = form("Ana Lima", "+55 11 90000-0002", "ana@example.com").into_contact(two.ana.id);
    assert_eq!(two.card(two.first).await, ("Ana Lima".into(), Some(expected)));
}

#[tokio::test]
async fn nobody_saves_a_contact_from_a_room_they_cannot_see() {
    let desk = TestDesk::new().await;
    let (maria, mo) = (desk.agent("maria").await, desk.agent("mo").await);
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Visitor 4F2A").await.id;
    desk.happens(room, vec![Change::Entered { by: mo.id }]).await;

    assert!(contacts::save(&desk.backend, &maria, room, form("Ana", "", ""), Saving::First).await.is_err());
    assert_eq!(desk.find_room(room).await.name, "Visitor 4F2A");
}

#[tokio::test]
async fn a_contact_that_matches_is_the_answer_and_nothing_is_saved_until_somebody_says_how() {
    let two = two().await;

    for (typed, by) in [
        (form("~ana~", "0055 11 90000.0001", ""), vec![MatchedBy::Phone]),
        (form("~ana~", "", "ANA@example.com"), vec![MatchedBy::Email]),
        (form("~ana~", "5511900000001", "ana@example.com"), vec![MatchedBy::Phone, MatchedBy::Email]),
    ] {
        let matching = found(two.save(typed, Saving::First).await);
        assert_eq!(matching, [Match { contact: two.ana.clone(), by }]);
    }

    assert_eq!(two.card(two.second).await, ("~ana~".into(), None));
}

#[tokio::test]
async fn a_name_alone_or_a_number_without_its_country_matches_nobody() {
    let two = two().await;

    let saved = done(two.save(form("Ana Souza", "(11) 90000-0001", ""), Saving::First).await);

    assert_ne!(saved.id, two.ana.id);
}

#[tokio::test]
async fn who_is_linked_belongs_to_the_contact_and_fills_what_it_lacks() {
    let two = two().await;
    let typed = SaveContact { tags: vec!["new".into()], ..form("~ana~", "", "ana@example.com") };
    let before = two.desk.find_room(two.first).await;

    let linked = done(two.save(typed, Saving::Link(two.ana.id)).await);

    let expected = Contact { tags: vec!["vip".into(), "new".into()], ..two.ana.clone() };
    assert_eq!(linked, expected);
    for room in [two.first, two.second] {
        assert_eq!(two.card(room).await, ("Ana Souza".into(), Some(expected.clone())));
    }
    let after = two.desk.find_room(two.first).await;
    assert_eq!((after.state, after.team, after.participants), (before.state, before.team, before.participants));
}

#[tokio::test]
async fn who_linked_merged_or_deleted_a_contact_stands_in_the_transcript_and_is_told_at_once() {
    let two = two().await;
    let (tom, priya) = (two.desk.team_manager("tom").await, two.desk.admin("priya").await);
    let third = two.desk.room(&two.whatsapp, "~bia~").await.id;
    let before = two.desk.find_room(two.second).await;
    for _ in 0..2 {
        done(two.save(form("~ana~", "", "ana@example.com"), Saving::Link(two.ana.id)).await);
    }
    let linked = Change::ContactLinked { by: two.maria.id, contact: "Ana Souza".into() };
    assert_eq!(two.lines(two.second).await, std::slice::from_ref(&linked), "pressed twice, it was done once");
    let mut told = two.desk.told().await.into_iter();
    let event = told.find(|event| event.change == linked).expect("consoles hear of it");
    assert_eq!((event.room_id(), event.position), (Some(two.second), Some(before.last_position + 1)));
    assert_eq!(two.desk.find_room(two.second).await.addressed_at, before.addressed_at, "no chat lives longer for it");
    let bia = contacts::save(&two.desk.backend, &priya, third, form("Bia", "", "bia@example.com"), Saving::First);
    let bia = done(bia.await.expect("an admin sees it"));
    contacts::merge(&two.desk.backend, &tom, two.ana.id, bia.id).await.expect("a team manager may");
    contacts::delete(&two.desk.backend, &priya, two.ana.id).await.expect("an admin may");
    let merged = Change::ContactsMerged { by: tom.id, kept: "Ana Souza".into(), merged: "Bia".into() };
    let deleted = Change::ContactDeleted { by: priya.id, contact: "Ana Souza".into() };
    assert_eq!(two.lines(two.second).await, [linked, merged.clone(), deleted.clone()]);
    for room in [two.first, third] {
        assert_eq!(two.lines(room).await, [merged.clone(), deleted.clone()]);
    }
}

#[tokio::test]
async fn a_customer_may_be_saved_as_new_beside_whoever_matches() {
    let two = two().await;

    let saved = done(two.save(form("Bia Souza", "", "ana@example.com"), Saving::New).await);

    assert_ne!(saved.id, two.ana.id);
    assert_eq!(two.card(two.second).await.1, Some(saved));
    assert_eq!(two.card(two.first).await.1, Some(two.ana.clone()));
}

#[tokio::test]
async fn nobody_is_linked_to_a_contact_that_does_not_match() {
    let two = two().await;
    let typed = form("~ana~", "", "other@example.com");

    let outcome = contacts::save(&two.desk.backend, &two.maria, two.second, typed, Saving::Link(two.ana.id)).await;

    assert_eq!(refusal(outcome), "The contact is not there any more; go back and save again.");
    assert_eq!(two.card(two.second).await, ("~ana~".into(), None));
}

#[tokio::test]
async fn of_two_who_save_one_customer_at_once_through_two_processes_one_is_shown_what_the_other_saved() {
    let desk = TestDesk::new().await;
    let (priya, mo) = (desk.admin("priya").await, desk.admin("mo").await);
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Visitor 4F2A").await.id;
    let other = desk.another_process().await;

    let (one, two) = tokio::join!(
        contacts::save(&desk.backend, &priya, room, form("Ana", "", ""), Saving::First),
        contacts::save(&other, &mo, room, form("Bia", "", ""), Saving::First),
    );

    let (mut saved, mut asked) = (Vec::new(), Vec::new());
    for outcome in [one, two] {
        match outcome.expect("the room is visible") {
            Saved::Done { contact, .. } => saved.push(contact),
            Saved::Found(matching) => asked.extend(matching),
        }
    }
    assert_eq!(saved.len(), 1);
    assert_eq!(asked, [Match { contact: saved[0].clone(), by: vec![MatchedBy::Customer] }]);
    let view = rooms::load(&desk.backend, &priya, room).await.expect("an admin sees it");
    assert_eq!(view.contact, saved.pop());
}

#[tokio::test]
async fn of_two_who_save_one_person_s_two_chats_at_once_the_second_is_shown_the_first() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let (web, whatsapp) = (desk.web_channel().await, desk.whatsapp_channel().await);
    let rooms = [desk.room(&web, "Visitor 4F2A").await.id, desk.room(&whatsapp, "~ana~").await.id];
    let other = desk.another_process().await;
    let typed = || form("Ana", "+55 11 90000-0001", "");

    let (one, two) = tokio::join!(
        contacts::save(&desk.backend, &priya, rooms[0], typed(), Saving::First),
        contacts::save(&other, &priya, rooms[1], typed(), Saving::First),
    );

    let outcomes = [one, two].map(|outcome| outcome.expect("the room is visible"));
    assert_eq!(outcomes.iter().filter(|saved| matches!(saved, Saved::Done { .. })).count(), 1, "{outcomes:?}");
}

#[tokio::test]
async fn two_contacts_become_one_and_every_chat_of_theirs_hears_it_where_it_is() {
    let two = two().await;
    let tom = two.desk.team_manager("tom").await;
    two.desk.happens(two.second, vec![Change::Entered { by: two.maria.id }]).await;
    let bia = form("Ana S.", "+55 11 90000-0009", "");
    let bia = done(two.save(SaveContact { tags: vec!["b2b".into()], ..bia }, Saving::First).await);
    let before = two.desk.told().await.len();

    let kept = contacts::merge(&two.desk.backend, &tom, bia.id, two.ana.id).await.expect("a team manager may");

    let tags = vec!["b2b".into(), "vip".into()];
    assert_eq!(kept, Contact { email: two.ana.email.clone(), tags, ..bia });
    for room in [two.first, two.second] {
        assert_eq!(two.card(room).await, ("Ana S.".into(), Some(kept.clone())));
    }
    assert_eq!(two.desk.find_room(two.second).await.agent(), Some(two.maria.id));
    let told = two.desk.told().await;
    let mut rooms: Vec<_> = told[before..].iter().filter_map(|event| event.room_id()).collect();
    rooms.sort_unstable();
    rooms.dedup();
    let mut both = vec![two.first, two.second];
    both.sort_unstable();
    assert_eq!(rooms, both);
    let found = contacts::look_up(&two.desk.backend, &tom, "ana").await.expect("a team manager may");
    assert_eq!(found, [kept]);
}

#[tokio::test]
async fn a_deleted_contact_leaves_its_customers_the_names_their_channels_gave_last() {
    let two = two().await;
    let priya = two.desk.admin("priya").await;
    done(two.save(form("~ana~", "", "ana@example.com"), Saving::Link(two.ana.id)).await);
    let third = two.desk.room_of_known(&two.whatsapp, "Ana L.", backend::test_desk::USER_ID).await.id;
    let again = form("Ana L.", "", "ana@example.com");
    contacts::save(&two.desk.backend, &priya, third, again, Saving::Link(two.ana.id)).await.expect("an admin sees it");
    // Her messenger tells another name meanwhile; the contact's stays on the card.
    two.desk.whatsapp_customer_writes("hello again").await;
    two.desk.run_jobs().await;
    assert_eq!(two.card(third).await.0, "Ana Souza");

    contacts::delete(&two.desk.backend, &priya, two.ana.id).await.expect("an admin may");
    contacts::delete(&two.desk.backend, &priya, two.ana.id).await.expect("it is gone already");

    for (room, name) in [(two.first, "Visitor 4F2A"), (two.second, "~ana~"), (third, "Ana Lima")] {
        assert_eq!(two.card(room).await, (name.into(), None));
        let told = two.desk.told().await;
        let last = told.iter().rev().find(|event| event.room_id() == Some(room)).expect("it was told");
        assert_eq!(
            last.change,
            Change::CustomerChanged { name: name.into(), opted_out: false, contact: None, described: None }
        );
    }
    // It is there for nobody any more, also not for who had its form open.
    let saving = Saving::Edit(Box::new(two.ana.clone()));
    let late = contacts::save(&two.desk.backend, &two.maria, two.first, SaveContact::of(&two.ana), saving).await;
    assert!(refusal(late).contains("was deleted meanwhile"));
    let new = done(two.save(form("Ana", "", "ana@example.com"), Saving::First).await);
    assert_eq!(two.card(two.second).await.1, Some(new));
}

#[tokio::test]
async fn agents_merge_nothing_and_only_admins_delete() {
    let two = two().await;
    let tom = two.desk.team_manager("tom").await;
    let bia = done(two.save(form("Bia", "", "bia@example.com"), Saving::First).await);
    let (backend, me) = (&two.desk.backend, &two.maria);

    assert_eq!(
        refusal(contacts::merge(backend, me, bia.id, two.ana.id).await),
        "You are not allowed to merge contacts."
    );
    for outcome in [contacts::delete(backend, me, bia.id).await, contacts::delete(backend, &tom, bia.id).await] {
        assert!(matches!(outcome, Err(Error::Refused(Refused::NotAllowed { .. }))), "{outcome:?}");
    }
    assert!(contacts::look_up(backend, me, "ana").await.is_err());
    assert!(contacts::about(backend, me, bia.id).await.is_err());
    assert!(contacts::merge(backend, &tom, bia.id, bia.id).await.is_err());
    assert_eq!(two.card(two.second).await.1, Some(bia));
}

#[tokio::test]
async fn before_merging_one_sees_which_contacts_match_and_where_their_chats_are() {
    let two = two().await;
    let tom = two.desk.team_manager("tom").await;
    let bia = done(two.save(form("Bia", "5511900000001", ""), Saving::New).await);

    let about = contacts::about(&two.desk.backend, &tom, bia.id).await.expect("a team manager may");

    assert_eq!(about.channels, [two.whatsapp.id]);
    assert_eq!(about.others, [Match { contact: two.ana.clone(), by: vec![MatchedBy::Phone] }]);
    let renamed = form("Bia Lima", "5511900000001", "");
    let saved = two.save(renamed, Saving::Edit(Box::new(bia))).await;
    assert!(matches!(saved, Saved::Done { others, .. } if others == about.others), "who edits it hears of them, too");
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
        saves(&desk.backend, &maria, room, form).await;
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
