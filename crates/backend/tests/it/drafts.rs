//! Drafts: one's own, wherever one goes on writing.

use backend::drafts::{self, DraftMode, Drafts};
use backend::test_desk::TestDesk;
use domain::change::Change;
use std::time::Duration;

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
