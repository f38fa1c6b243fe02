//! The door for a conversation as a text file.

use anyhow::{Context, Result};
use serde_json::json;
use uuid::Uuid;

use crate::rig::console::Console;
use crate::rig::http::Request;
use crate::rig::visitor::Visitor;
use crate::{running, website};

#[tokio::test]
async fn whoever_sees_a_room_saves_its_transcript_and_nobody_else_hears_of_it() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let stranger = admin.invite(&switchboard, "Sam", "agent", &json!([])).await?;
    let visitor = Visitor::open(&switchboard, &website(&switchboard, &admin).await?, 1).await?;
    switchboard.ask(visitor.message(&Uuid::now_v7().to_string(), "Where is my parcel?")).await?;
    let room = admin.hold_rooms(&switchboard, 1).await?.remove(0);
    let note = json!({ "room": room, "id": Uuid::now_v7(), "text": "a difficult one" });
    admin.get(&switchboard, "add_note", &note).await?;
    let asks = async |path: &str, console: Option<&Console>| {
        let request = Request::get(path);
        let request = match console {
            Some(console) => request.header("Cookie", console.cookie()),
            None => request,
        };
        switchboard.ask(request).await
    };
    let path = format!("/rooms/{room}/transcript");

    let saved = asks(&path, Some(&admin)).await?;
    let nobody = asks(&path, None).await?;
    let other = asks(&path, Some(&stranger)).await?;
    let none = asks(&format!("/rooms/{}/transcript", Uuid::now_v7()), Some(&admin)).await?;
    let no_id = asks("/rooms/..%2f..%2f/transcript", Some(&admin)).await?;

    assert_eq!(saved.status, 200);
    assert!(saved.text().starts_with("Conversation with ") && saved.text().contains(": Where is my parcel?\n"));
    assert!(!saved.text().contains("difficult"));
    for (name, value) in [
        ("content-type", "text/plain; charset=utf-8"),
        ("cache-control", "private, no-store"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ] {
        assert_eq!(saved.header(name), Some(value), "{name}");
    }
    let disposition = saved.header("content-disposition").context("it is saved")?;
    assert!(
        disposition.starts_with("attachment; filename=\"Transcript ") && disposition.ends_with(".txt"),
        "{disposition}"
    );
    assert_eq!((nobody.status, other.status, none.status, no_id.status), (401, 404, 404, 400));
    assert_eq!(other.body, none.body, "one that may not be seen is answered as one that is not there");
    Ok(())
}
