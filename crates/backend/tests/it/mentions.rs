//! A colleague who is named in a note sees the chat, or the note is refused and kept by whoever wrote it; and is told until
//! they looked there.

use backend::test_desk::TestDesk;
use backend::{desk as consoles, messages, new_id, rooms};
use domain::change::Change;
use domain::desk::{Desk, ListQuery};
use domain::id::{PersonId, RoomId};
use domain::person::Person;
use domain::room::{Section, Status, StatusUpdate};
use domain::timestamp::hours;

use crate::transcript::{only_room, words};

#[tokio::test]
async fn a_note_or_a_comment_that_names_somebody_who_cannot_see_the_chat_is_refused() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (maria, jonas) = (desk.agent("maria").await, desk.agent("jonas").await);
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    rooms::enter(&desk.backend, &maria, room.id).await.expect("it waits for her team");
    let text = format!("@{} knows her", jonas.name);
    let before = words(&desk, &room).await.len();

    let id = new_id();
    let refused =
        messages::add_note(&desk.backend, &maria, room.id, id, text.clone()).await.expect_err("he sees nothing");
    assert_eq!(refused.to_string(), format!("The note names {}, who cannot see this chat.", jonas.name));
    assert_eq!(words(&desk, &room).await.len(), before);
    let (status, comment) = (Status::Critical, Some(text.clone()));
    let update = StatusUpdate { status, comment, reason: None, feedback: false, seen_messages: 1 };
    let refused = rooms::update_status(&desk.backend, &maria, room.id, update.clone()).await.expect_err("nor this");
    assert_eq!(refused.to_string(), format!("The comment names {}, who cannot see this chat.", jonas.name));

    rooms::bring_in(&desk.backend, &maria, room.id, jonas.id).await.expect("of her team");
    messages::add_note(&desk.backend, &maria, room.id, id, text).await.expect("he sees it now");
    rooms::update_status(&desk.backend, &maria, room.id, update).await.expect("this as well");
}

/// Who named `person` where, as their console begins.
async fn called(desk: &TestDesk, person: &Person) -> Vec<(RoomId, PersonId)> {
    let query = ListQuery::of(Section::Archived);
    let console = Desk::new(consoles::load(&desk.backend, person, query).await.expect("can be read"));
    console.mentions().iter().map(|mention| (mention.room, mention.by)).collect()
}

async fn note(desk: &TestDesk, by: &Person, room: RoomId, text: &str) {
    messages::add_note(&desk.backend, by, room, new_id(), text.to_owned()).await.expect("everybody named sees it");
}

#[tokio::test]
async fn whoever_is_named_is_told_when_they_come_back_until_they_look_at_the_chat() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    rooms::enter(&desk.backend, &maria, room.id).await.expect("it waits for her team");

    note(&desk, &maria, room.id, &format!("@{} and @{}, look at this", priya.name, maria.name)).await;

    assert_eq!(called(&desk, &priya).await, [(room.id, maria.id)]);
    assert_eq!(called(&desk, &maria).await, [], "she wrote it herself");
    rooms::mark_unread(&desk.backend, &priya, room.id).await.expect("she sees it");
    assert_eq!(called(&desk, &priya).await.len(), 1, "who marks it unread has not looked");
    rooms::mark_seen(&desk.backend, &priya, room.id, 1).await.expect("she sees it");
    assert_eq!(called(&desk, &priya).await, []);

    let comment = Some(format!("thanks to @{}", priya.name));
    let update = StatusUpdate { status: Status::Resolve, comment, reason: None, feedback: false, seen_messages: 1 };
    rooms::update_status(&desk.backend, &maria, room.id, update).await.expect("she holds it");
    assert_eq!(called(&desk, &priya).await, [(room.id, maria.id)]);
    let before = desk.told().await.len();
    for _ in 0..2 {
        rooms::mark_seen(&desk.backend, &priya, room.id, 0).await.expect("she sees it");
    }
    assert_eq!(called(&desk, &priya).await, []);
    let told: Vec<Change> = desk.told().await.split_off(before).into_iter().map(|event| event.change).collect();
    assert_eq!(told, [Change::Seen { person: priya.id, messages: 1, marks: 2 }], "her other browsers hear of it, once");
}

#[tokio::test]
async fn a_mention_is_shown_only_while_the_chat_can_be_seen_and_is_forgotten_after_thirty_days() {
    let desk = TestDesk::new().await;
    desk.web_channel().await;
    let (priya, maria, jonas) = (desk.admin("priya").await, desk.agent("maria").await, desk.agent("jonas").await);
    desk.customer_writes("hello").await;
    let room = only_room(&desk).await;
    note(&desk, &priya, room.id, &format!("for @{} or @{}", maria.name, jonas.name)).await;
    assert_eq!(
        (called(&desk, &maria).await.len(), called(&desk, &jonas).await.len()),
        (1, 1),
        "it waits for their team"
    );

    rooms::enter(&desk.backend, &maria, room.id).await.expect("it waits for her team");

    assert_eq!((called(&desk, &maria).await.len(), called(&desk, &jonas).await.len()), (1, 0), "it is Maria's now");
    desk.later(hours(29 * 24));
    desk.sweep().await;
    assert_eq!(called(&desk, &maria).await.len(), 1, "it expired, and was hers");
    desk.later(hours(2 * 24));
    desk.sweep().await;
    assert_eq!(called(&desk, &maria).await, []);
}
