//! Bytes through the doors: uploads, files of rooms, files of visitors.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::rig::console::Console;
use crate::rig::http::{Answer, Connection, Request};
use crate::rig::process::Switchboard;
use crate::rig::visitor::Visitor;
use crate::{running, website};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";
const PAGE: &[u8] = b"<!DOCTYPE html><html><script>alert(1)</script></html>";

fn new_id() -> String {
    Uuid::now_v7().to_string()
}

/// An upload as a page of the console sends it.
fn upload(switchboard: &Switchboard, console: &Console, naming: &str, content: &[u8]) -> Request {
    Request::post(&format!("/files?{naming}"))
        .header("Origin", &format!("http://{}", switchboard.host()))
        .header("Cookie", console.cookie())
        .body(content.to_vec())
}

fn id_of(answer: &Answer) -> Result<String> {
    ensure!(answer.status == 200, "{} {}", answer.status, answer.text());
    Ok(answer.json()["id"].as_str().context("a stored file has an id")?.to_owned())
}

/// A visitor who wrote, and the room the admin holds.
async fn held_chat(switchboard: &Switchboard, admin: &Console) -> Result<(Visitor, String)> {
    let visitor = Visitor::open(switchboard, &website(switchboard, admin).await?, 1).await?;
    switchboard.ask(visitor.message(&new_id(), "I need a person")).await?;
    let room = admin.hold_rooms(switchboard, 1).await?.remove(0);
    Ok((visitor, room))
}

async fn sends(switchboard: &Switchboard, admin: &Console, room: &str, file: &str, kind: &str) -> Result<Value> {
    let message = json!({ "text": "", "files": [{ "id": file, "kind": kind }] });
    admin.get(switchboard, "send_message", &json!({ "room": room, "id": new_id(), "message": message })).await
}

async fn reads(switchboard: &Switchboard, console: &Console, file: &str, range: Option<&str>) -> Result<Answer> {
    let request = Request::get(&format!("/files/{file}")).header("Cookie", console.cookie());
    let request = match range {
        Some(range) => request.header("Range", range),
        None => request,
    };
    switchboard.ask(request).await
}

#[tokio::test]
async fn a_sent_file_is_read_whole_and_in_parts_and_only_by_who_is_signed_in() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let (_visitor, room) = held_chat(&switchboard, &admin).await?;
    let file = id_of(&switchboard.ask(upload(&switchboard, &admin, "kind=photo&name=cat.png", PNG)).await?)?;
    assert_eq!(reads(&switchboard, &admin, &file, None).await?.status, 404, "no message has it yet");

    sends(&switchboard, &admin, &room, &file, "photo").await?;
    let whole = reads(&switchboard, &admin, &file, None).await?;
    let part = reads(&switchboard, &admin, &file, Some("bytes=1-3")).await?;
    let beyond = reads(&switchboard, &admin, &file, Some("bytes=999-")).await?;
    let stranger = switchboard.ask(Request::get(&format!("/files/{file}"))).await?;

    assert_eq!((whole.status, whole.body.as_slice()), (200, PNG));
    assert_eq!((part.status, part.body.as_slice()), (206, &PNG[1..4]));
    assert_eq!(part.header("content-range"), Some(format!("bytes 1-3/{}", PNG.len()).as_str()));
    assert_eq!((beyond.status, stranger.status), (416, 401));
    for (name, value) in [
        ("content-type", "image/png"),
        ("content-disposition", "inline; filename=\"cat.png\"; filename*=UTF-8''cat.png"),
        ("x-content-type-options", "nosniff"),
        ("accept-ranges", "bytes"),
        ("cache-control", "private, max-age=3600"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(whole.header(name), Some(value), "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_page_that_was_sent_as_a_file_is_saved_and_runs_nothing() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let (_visitor, room) = held_chat(&switchboard, &admin).await?;
    let named = "kind=document&name=cat%22%0d%0a.html";
    let file = id_of(&switchboard.ask(upload(&switchboard, &admin, named, PAGE)).await?)?;
    sends(&switchboard, &admin, &room, &file, "document").await?;

    let answer = reads(&switchboard, &admin, &file, None).await?;

    assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
    let disposition = answer.header("content-disposition").context("it is saved")?;
    assert_eq!(disposition, "attachment; filename=\"cat_.html\"; filename*=UTF-8''cat%22.html");
    let policy = answer.header("content-security-policy").context("it has a policy")?;
    assert!(policy.starts_with("sandbox; default-src 'none'") && !policy.contains("script"), "{policy}");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_in_words_that_name_it() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let refused = |answer: &Answer| {
        let error = &answer.json()["error"];
        (answer.status, error["field"].clone(), error["message"].clone())
    };

    let lie = switchboard.ask(upload(&switchboard, &admin, "kind=photo&name=a.png", PAGE)).await?;
    assert_eq!(refused(&lie), (422, json!("photo"), json!("The photo is not one by its content.")));
    let empty = switchboard.ask(upload(&switchboard, &admin, "kind=document&name=a.txt", b"")).await?;
    assert_eq!(refused(&empty), (422, json!("document"), json!("The document is empty.")));
    let unknown = switchboard.ask(upload(&switchboard, &admin, "kind=hologram&name=a", PNG)).await?;
    assert_eq!(unknown.status, 400);
    // Whoever says beforehand that it is too large need not send it.
    let large = upload(&switchboard, &admin, "kind=photo&name=a.png", b"");
    let mut connection = Connection::open(&switchboard.host()).await?;
    let large = connection.exchange(&large.head(&switchboard.host(), "Content-Length: 5000001")).await?;
    assert_eq!(refused(&large), (413, json!("photo"), json!("The photo is larger than 5 MB.")));
    // What a channel takes may be sent there.
    let large = upload(&switchboard, &admin, "kind=photo&name=a.png&on=telegram", b"");
    let mut connection = Connection::open(&switchboard.host()).await?;
    let large = connection.exchange(&large.head(&switchboard.host(), "Content-Length: 10000001")).await?;
    assert_eq!(refused(&large), (413, json!("photo"), json!("The photo is larger than 10 MB.")));
    Ok(())
}

#[tokio::test]
async fn nobody_uploads_from_elsewhere_or_without_a_session() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let host = format!("http://{}", switchboard.host());
    let from = |origin: &str| Request::post("/files?kind=photo&name=a.png").header("Origin", origin).body(PNG.to_vec());

    let foreign = switchboard.ask(from("https://evil.example").header("Cookie", admin.cookie())).await?;
    let unsigned = switchboard.ask(from(&host)).await?;
    let lent = switchboard.ask(Request::get(&format!("/lent/{}/9999999999999/0000", new_id()))).await?;
    let no_id = switchboard.ask(Request::get("/files/..%2fswitchboard.db").header("Cookie", admin.cookie())).await?;

    assert_eq!((foreign.status, unsigned.status, lent.status, no_id.status), (403, 401, 404, 400));
    Ok(())
}

#[tokio::test]
async fn a_visitor_sends_a_file_and_reads_no_other_rooms() -> Result<()> {
    let switchboard = running().await?;
    let admin = Console::admin(&switchboard).await?;
    let (ana, room) = held_chat(&switchboard, &admin).await?;
    let bo = Visitor::open(&switchboard, &website(&switchboard, &admin).await?, 2).await?;
    switchboard.ask(bo.message(&new_id(), "hi")).await?;
    let put = ana.signed(Request::post("/widget/v1/files?kind=photo&name=cat.png").body(PNG.to_vec()));
    let theirs = id_of(&switchboard.ask(put).await?)?;

    let words = json!({ "id": new_id(), "files": [{ "id": theirs, "kind": "photo" }] });
    let written = switchboard.ask(ana.signed(Request::post("/widget/v1/messages")).json(&words)).await?;
    ensure!(written.status == 200, "{}", written.text());
    let ours = id_of(&switchboard.ask(upload(&switchboard, &admin, "kind=document&name=bill", PNG)).await?)?;
    sends(&switchboard, &admin, &room, &ours, "document").await?;

    assert_eq!(written.json()["entry"]["files"][0]["id"].as_str(), Some(theirs.as_str()));
    assert_eq!(reads(&switchboard, &admin, &theirs, None).await?.body, PNG);
    for file in [&theirs, &ours] {
        let path = format!("/widget/v1/files/{file}");
        let own = switchboard.ask(ana.signed(Request::get(&path))).await?;
        let other = switchboard.ask(bo.signed(Request::get(&path))).await?;
        let nobody = switchboard.ask(Request::get(&path)).await?;
        assert_eq!((own.status, other.status, nobody.status), (200, 404, 401));
    }
    Ok(())
}
