//! Drafts: one's own, wherever one goes on writing.

use std::time::Duration;

use backend::drafts::{self, Drafts};
use backend::people;
use backend::test_desk::TestDesk;
use domain::account::PersonUpdate;
use domain::change::Change;
use domain::draft::DraftMode;
use domain::id::{PersonId, RoomId};
use domain::person::Person;
use domain::policy::DRAFTS_KEPT;

#[tokio::test]
async fn a_draft_is_there_again_and_only_for_its_writer() {
    let desk = TestDesk::new().await;
    let (maria, mo) = (desk.agent("maria").await, desk.agent("mo").await);
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Ana").await.id;

    for (mode, text) in [(DraftMode::Reply, "Dear"), (DraftMode::Note, "hm"), (DraftMode::Reply, "Dear Ana,\n  I am")] {
        drafts::save(&desk.backend, &maria, room, mode, text.into()).await.expect("the room is visible");
    }

    let own = Drafts { reply: "Dear Ana,\n  I am".into(), note: "hm".into() };
    assert_eq!(drafts::load(&desk.backend, &maria, room).await.ok(), Some(own));
    assert_eq!(drafts::load(&desk.backend, &mo, room).await.ok(), Some(Drafts::default()));
    assert_eq!(drafts::list(&desk.backend, &maria).await.ok(), Some(vec![(room, "Dear Ana, I am".to_owned())]));
}

#[tokio::test]
async fn an_emptied_draft_is_forgotten() {
    let desk = TestDesk::new().await;
    let maria = desk.agent("maria").await;
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Ana").await.id;

    for text in ["Dear Ana", ""] {
        drafts::save(&desk.backend, &maria, room, DraftMode::Reply, text.into()).await.expect("the room is visible");
    }

    assert_eq!(drafts::load(&desk.backend, &maria, room).await.ok(), Some(Drafts::default()));
    assert_eq!(drafts::list(&desk.backend, &maria).await.ok(), Some(vec![]));
}

#[tokio::test]
async fn a_draft_outlives_losing_the_room_but_none_begins_in_a_room_out_of_view() {
    let desk = TestDesk::new().await;
    let (maria, mo) = (desk.agent("maria").await, desk.agent("mo").await);
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Ana").await.id;
    desk.happens(room, vec![Change::Entered { by: maria.id }]).await;
    drafts::save(&desk.backend, &maria, room, DraftMode::Reply, "Dear Ana".into()).await.expect("the room is hers");

    desk.later(Duration::from_secs(1));
    desk.happens(room, vec![Change::Entered { by: mo.id }]).await;

    assert!(drafts::save(&desk.backend, &maria, room, DraftMode::Reply, "More".into()).await.is_err());
    assert_eq!(
        drafts::load(&desk.backend, &maria, room).await.map(|drafts| drafts.reply).ok().as_deref(),
        Some("Dear Ana")
    );
}

/// Maria's room with a reply and a note of hers that she has not sent.
async fn unsent() -> (TestDesk, Person, Person, RoomId) {
    let desk = TestDesk::new().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Ana").await.id;
    desk.happens(room, vec![Change::Entered { by: maria.id }]).await;
    for (mode, text) in [(DraftMode::Note, "asked twice"), (DraftMode::Reply, "Dear Ana")] {
        desk.later(Duration::from_secs(1));
        drafts::save(&desk.backend, &maria, room, mode, text.into()).await.expect("the room is hers");
    }
    (desk, priya, maria, room)
}

async fn change(desk: &TestDesk, priya: &Person, person: &Person, update: PersonUpdate) {
    people::update(&desk.backend, priya, person.id, update).await.expect("an admin may");
}

async fn left(desk: &TestDesk, me: &Person) -> Vec<(PersonId, RoomId, String)> {
    let left = drafts::list_left(&desk.backend, me).await.expect("for admins");
    left.into_iter().map(|draft| (draft.person, draft.room, draft.text)).collect()
}

#[tokio::test]
async fn the_words_of_somebody_who_was_deactivated_are_for_admins_for_a_week_and_for_nobody_else() {
    let (desk, priya, maria, room) = unsent().await;
    let tom = desk.team_manager("tom").await;
    assert_eq!(left(&desk, &priya).await, [], "as long as she is here, they are hers alone");
    let early = drafts::take_left(&desk.backend, &priya, maria.id, room, DraftMode::Reply).await;
    assert_eq!(early.expect_err("hers").to_string(), "The draft is not there any more.");

    change(&desk, &priya, &maria, PersonUpdate { active: false, ..PersonUpdate::of(&maria) }).await;

    let both = ["Dear Ana", "asked twice"].map(|words| (maria.id, room, words.to_owned()));
    assert_eq!(left(&desk, &priya).await, both);
    assert_eq!(drafts::list_left(&desk.backend, &priya).await.expect("for admins")[0].customer, "Ana");
    for person in [&tom, &maria] {
        assert!(drafts::list_left(&desk.backend, person).await.is_err());
        assert!(drafts::take_left(&desk.backend, person, maria.id, room, DraftMode::Reply).await.is_err());
    }
    desk.later(DRAFTS_KEPT - Duration::from_secs(1));
    desk.sweep().await;
    assert_eq!(left(&desk, &priya).await, both);
    desk.later(Duration::from_secs(1));
    desk.sweep().await;
    assert_eq!(left(&desk, &priya).await, []);
    assert_eq!(drafts::load(&desk.backend, &maria, room).await.ok(), Some(Drafts::default()));
}

#[tokio::test]
async fn an_admin_goes_on_writing_what_somebody_left_before_their_own_words() {
    let (desk, priya, maria, room) = unsent().await;
    drafts::save(&desk.backend, &priya, room, DraftMode::Reply, "Hello".into()).await.expect("an admin sees it");
    change(&desk, &priya, &maria, PersonUpdate { active: false, ..PersonUpdate::of(&maria) }).await;

    drafts::take_left(&desk.backend, &priya, maria.id, room, DraftMode::Reply).await.expect("they are there");
    let again = drafts::take_left(&desk.backend, &priya, maria.id, room, DraftMode::Reply).await;

    let own = Drafts { reply: "Dear Ana\nHello".into(), note: String::new() };
    assert_eq!(drafts::load(&desk.backend, &priya, room).await.ok(), Some(own), "once");
    assert!(again.is_err());
    assert_eq!(left(&desk, &priya).await, [(maria.id, room, "asked twice".to_owned())]);
}

#[tokio::test]
async fn whoever_leaves_a_team_leaves_the_words_in_its_rooms_and_whoever_comes_back_has_them_again() {
    let (desk, priya, maria, room) = unsent().await;
    let elsewhere = PersonUpdate { teams: vec![desk.add_team("Sales").await], ..PersonUpdate::of(&maria) };

    change(&desk, &priya, &maria, PersonUpdate { capacity: 3, ..PersonUpdate::of(&maria) }).await;
    assert_eq!(left(&desk, &priya).await, [], "nothing was taken from her");
    change(&desk, &priya, &maria, elsewhere).await;
    assert_eq!(left(&desk, &priya).await.len(), 2);
    change(&desk, &priya, &maria, PersonUpdate::of(&maria)).await;

    assert_eq!(left(&desk, &priya).await, []);
    let own = Drafts { reply: "Dear Ana".into(), note: "asked twice".into() };
    assert_eq!(drafts::load(&desk.backend, &maria, room).await.ok(), Some(own));
}

#[tokio::test]
async fn words_in_a_room_that_a_colleague_took_stay_with_their_writer() {
    let (desk, priya, maria, room) = unsent().await;
    desk.happens(room, vec![Change::Entered { by: priya.id }]).await;

    change(&desk, &priya, &maria, PersonUpdate { capacity: 3, ..PersonUpdate::of(&maria) }).await;

    assert_eq!(left(&desk, &priya).await, []);
}
