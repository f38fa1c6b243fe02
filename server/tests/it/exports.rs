//! The door for chats as a CSV file.

use anyhow::Result;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::rig::console::Console;
use crate::rig::http::Request;
use crate::rig::visitor::Visitor;
use crate::{running, website};

/// What a page at `origin` asks for.
fn asks(origin: &str, console: Option<&Console>, what: &Value) -> Request {
    let request = Request::post("/rooms/export").header("Origin", origin).json(what);
    match console {
        Some(console) => request.header("Cookie", console.cookie()),
        None => request,
    }
}

#[tokio::test]
async fn a_manager_saves_a_list_or_chosen_chats_and_nobody_else_hears_of_them() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let agent = admin.invite(&switchboard, "Sam", "agent", &json!([])).await?;
    let visitor = Visitor::open(&switchboard, &website(&switchboard, &admin).await?, 1).await?;
    switchboard.ask(visitor.message(&Uuid::now_v7().to_string(), "Where is my parcel?")).await?;
    let room = admin.hold_rooms(&switchboard, 1).await?.remove(0);
    let ours = format!("http://{}", switchboard.host());
    let list = json!({ "all": { "section": "assigned", "sort": "newest", "whose": "everyone", "channel": null } });
    let chosen = json!({ "chosen": { "rooms": [room], "sort": "newest" } });

    for what in [&list, &chosen] {
        let saved = switchboard.ask(asks(&ours, Some(&admin), what)).await?;
        assert_eq!(saved.status, 200, "{}", saved.text());
        let text = saved.text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("\u{feff}Chat,Customer,Phone,"), "{text}");
        assert!(lines.len() == 2 && lines[1].contains(&format!("/assigned/{room},")), "{text}");
        for (name, value) in [
            ("content-type", "text/csv; charset=utf-8"),
            ("cache-control", "private, no-store"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ] {
            assert_eq!(saved.header(name), Some(value), "{name}");
        }
        let disposition = saved.header("content-disposition").unwrap_or_default();
        assert!(disposition.starts_with("attachment; filename=\"Chats "), "{disposition}");
    }
    for (who, origin, console, status) in [
        ("nobody", ours.as_str(), None, 401),
        ("an agent", &ours, Some(&agent), 403),
        ("another site's page", "https://evil.example", Some(&admin), 403),
    ] {
        let refused = switchboard.ask(asks(origin, console, &list)).await?;
        assert_eq!(refused.status, status, "{who}: {}", refused.text());
        assert!(!refused.text().contains(&room), "{who}");
    }
    Ok(())
}

#[tokio::test]
async fn a_question_that_makes_no_sense_is_answered_with_the_part_that_is_wrong() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let ours = format!("http://{}", switchboard.host());
    for (what, field) in [
        (json!("all"), "selection"),
        (json!({}), "selection"),
        (json!({ "all": { "section": "spam", "sort": "newest", "whose": "everyone", "channel": null } }), "section"),
        (json!({ "all": { "section": "live", "sort": "oldest", "whose": "everyone", "channel": null } }), "sort"),
        (json!({ "all": { "section": "live", "sort": "newest" } }), "whose"),
        (json!({ "all": { "section": "live", "sort": "newest", "whose": "mine", "channel": "web" } }), "channel"),
        (json!({ "chosen": { "rooms": ["1"], "sort": "newest" } }), "rooms"),
        (json!({ "chosen": { "rooms": [], "sort": "newest" } }), "selection"),
        (json!({ "chosen": { "rooms": vec![Uuid::now_v7(); 501], "sort": "newest" } }), "selection"),
    ] {
        let answer = switchboard.ask(asks(&ours, Some(&admin), &what)).await?;
        assert_eq!(answer.status, 422, "{what}: {}", answer.text());
        assert_eq!(answer.json()["error"]["field"], field, "{what}: {}", answer.text());
    }
    let no_json = asks(&ours, Some(&admin), &json!({})).body(b"{".to_vec());
    assert_eq!(switchboard.ask(no_json).await?.json()["error"]["field"], "body");
    Ok(())
}
