//! A colleague who is named in a note sees the chat, or the note is refused and kept by whoever wrote it.

use backend::test_desk::TestDesk;
use backend::{messages, new_id, rooms};
use domain::room::{Status, StatusUpdate};

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
