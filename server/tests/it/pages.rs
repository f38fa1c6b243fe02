//! What is served as HTML: its headers, and that nobody can write markup into it.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::rig::console::{Console, first_page, id_of};
use crate::rig::http::{Answer, Request};
use crate::whatsapp::{signed, text_delivery};
use crate::{running, running_with_whatsapp};

const MARKUP: &str = "</title></textarea><script>alert(1)</script>";

/// Every page of the console; `{room}` stands for a room.
const PAGES: [&str; 15] = [
    "/sign-in",
    "/setup",
    "/invite/0000",
    "/reset/0000",
    "/",
    "/live",
    "/live/{room}",
    "/assigned/{room}",
    "/archived",
    "/admin/people",
    "/admin/channels",
    "/admin/flows",
    "/admin/rules",
    "/admin/audit",
    "/admin/trouble",
];

fn policy_of(answer: &Answer) -> &str {
    answer.header("content-security-policy").unwrap_or("")
}

/// The value after `name` in a policy.
fn nonce_of(policy: &str) -> Option<&str> {
    policy.split_once("'nonce-")?.1.split('\'').next()
}

#[tokio::test]
async fn where_there_is_nothing_a_person_gets_a_page_and_a_machine_a_word() -> Result<()> {
    let switchboard = running().await?;

    let page = switchboard.ask(Request::get("/no/such/page").header("Accept", "text/html,*/*;q=0.8")).await?;
    let word = switchboard.ask(Request::get("/no/such/page").header("Accept", "*/*")).await?;

    assert_eq!((page.status, word.status), (404, 404));
    assert!(page.text().contains("There is nothing here"), "{}", page.text());
    check_scripts("/no/such/page", policy_of(&page), &page.text())?;
    assert_eq!(word.text(), "There is nothing at this address.");
    Ok(())
}

#[tokio::test]
async fn every_page_is_kept_by_nobody_framed_by_nobody_and_runs_only_its_own_scripts() -> Result<()> {
    let (switchboard, channel, _graph) = running_with_whatsapp().await?;
    let admin = Console::admin(&switchboard).await?;
    switchboard.ask(signed(&channel, text_delivery(1, "Ana Lima", "wamid.1", "Oi"))).await?;
    let room = admin.hold_rooms(&switchboard, 1).await?.remove(0);

    for path in PAGES.map(|path| path.replace("{room}", &room)) {
        for cookie in [admin.cookie(), "none=0"] {
            let answer = switchboard.ask(Request::get(&path).header("Cookie", cookie)).await?;
            if (300..400).contains(&answer.status) {
                continue;
            }
            let expected = if cookie == admin.cookie() { [200, 200] } else { [200, 401] };
            assert!(expected.contains(&answer.status), "{path}: {} {}", answer.status, answer.text());
            let has = |name: &str, value: &str| answer.header(name).is_some_and(|given| given.contains(value));
            assert!(has("content-type", "text/html"), "{path}");
            assert!(has("cache-control", "no-store"), "{path}");
            assert!(has("x-content-type-options", "nosniff") && has("referrer-policy", "no-referrer"), "{path}");
            assert!(has("x-frame-options", "DENY") && has("cross-origin-opener-policy", "same-origin"), "{path}");
            let policy = policy_of(&answer);
            assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"), "{path}: {policy}");
            check_scripts(&path, policy, &answer.text())?;
        }
    }
    Ok(())
}

/// Every script of the page carries the nonce of its policy.
fn check_scripts(path: &str, policy: &str, html: &str) -> Result<()> {
    let nonce = nonce_of(policy).unwrap_or_default();
    ensure!(nonce.len() >= 16, "{path} has no nonce worth the name: {policy}");
    let scripts: Vec<&str> = html.split("<script").skip(1).filter_map(|script| script.split('>').next()).collect();
    ensure!(!scripts.is_empty(), "{path} has no script: {html}");
    for script in scripts {
        ensure!(script.contains(nonce), "{path} has a script without the nonce: {script}");
    }
    Ok(())
}

#[tokio::test]
async fn no_two_pages_have_the_same_nonce() -> Result<()> {
    let switchboard = running().await?;
    let first = switchboard.ask(Request::get("/sign-in")).await?;
    let second = switchboard.ask(Request::get("/sign-in")).await?;

    assert_ne!(nonce_of(policy_of(&first)), nonce_of(policy_of(&second)));
    Ok(())
}

#[tokio::test]
async fn no_name_or_message_becomes_markup() -> Result<()> {
    let (mut switchboard, channel, _graph) = running_with_whatsapp().await?;
    let admin = Console::admin(&switchboard).await?;
    let invitation = json!({ "email": "mallory@example.com", "role": "agent", "teams": [] });
    let token = admin.get(&switchboard, "invite", &invitation).await?;
    let words = json!({ "token": token, "name": MARKUP, "password": crate::rig::process::PASSWORD });
    let accepted = switchboard.ask(crate::rig::console::function(&switchboard.host(), "accept_invitation", &words));
    ensure!(accepted.await?.status == 200, "somebody with that name may join");
    switchboard.ask(signed(&channel, text_delivery(1, MARKUP, "wamid.1", MARKUP))).await?;
    let room = admin.hold_rooms(&switchboard, 1).await?.remove(0);
    let id = uuid::Uuid::now_v7;
    let reply = json!({ "room": room, "id": id(), "message": { "text": MARKUP } });
    admin.get(&switchboard, "send_message", &reply).await?;
    admin.get(&switchboard, "add_note", &json!({ "room": room, "id": id(), "text": MARKUP })).await?;
    admin.get(&switchboard, "save_draft", &json!({ "room": room, "mode": "reply", "text": MARKUP })).await?;
    switchboard.stop().await?;
    let named = ["channel", "add", "--kind", "web", "--name", MARKUP];
    let printed = switchboard.command(&named, "{}").await?;
    let web = printed.split_whitespace().next().unwrap_or_default().to_owned();
    switchboard.start().await?;

    for path in PAGES.map(|path| path.replace("{room}", &room)) {
        let html = switchboard.ask(Request::get(&path).header("Cookie", admin.cookie())).await?.text();
        assert!(!html.contains(MARKUP) && !html.contains("<script>alert"), "{path} shows markup from outside");
        assert!(!html.contains("panicked"), "{path} panicked");
    }
    let origin = "%22%3E%3C%2Ftitle%3E%3C%2Ftextarea%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let frame = switchboard.ask(Request::get(&format!("/widget/frame?channel={web}&origin={origin}"))).await?;
    assert_eq!(frame.status, 200, "{}", frame.text());
    assert!(!frame.text().contains("<script>alert"), "the web chat shows markup from outside");
    assert!(!switchboard.log().contains("panicked"), "{}", switchboard.log());
    Ok(())
}

#[tokio::test]
async fn only_the_channels_own_sites_may_frame_the_web_chat() -> Result<()> {
    let mut switchboard = running().await?;
    switchboard.stop().await?;
    let web = switchboard.add_channel("web", &json!({ "origins": ["https://shop.example"] })).await?;
    switchboard.start().await?;

    let frame =
        switchboard.ask(Request::get(&format!("/widget/frame?channel={web}&origin=https://shop.example"))).await?;

    let policy = policy_of(&frame);
    assert!(policy.contains("frame-ancestors 'self' https://shop.example;"), "{policy}");
    assert!(frame.header("x-frame-options").is_none() && frame.header("cache-control") == Some("private, no-store"));
    check_scripts("the frame", policy, &frame.text())
}

#[tokio::test]
async fn being_ready_means_that_a_write_reached_the_disk() -> Result<()> {
    let switchboard = running().await?;
    let rows = switchboard.database().open().await?;
    let written = "SELECT count(*) FROM settings WHERE name = 'canary'";
    rows.run("DELETE FROM settings WHERE name = 'canary'").await?;

    let live = switchboard.ask(Request::get("/livez")).await?;
    assert_eq!((live.status, rows.number(written).await?), (200, 0));
    let ready = switchboard.ask(Request::get("/readyz")).await?;
    assert_eq!((ready.status, rows.number(written).await?), (200, 1));
    Ok(())
}

#[tokio::test]
async fn a_room_one_may_not_see_is_as_if_it_were_not_there() -> Result<()> {
    let (switchboard, channel, _graph) = running_with_whatsapp().await?;
    let admin = Console::admin(&switchboard).await?;
    let outsider = admin.invite(&switchboard, "Mallory", "agent", &json!([])).await?;
    switchboard.ask(signed(&channel, text_delivery(1, "Ana Lima", "wamid.1", "The secret word"))).await?;
    let room = admin.hold_rooms(&switchboard, 1).await?.remove(0);

    let view = outsider.call(&switchboard, "load_room", &json!({ "room": room })).await?;
    let nowhere = json!({ "room": "01930000-0000-7000-8000-000000000001" });
    let missing = outsider.call(&switchboard, "load_room", &nowhere).await?;
    assert_eq!((view.status, view.text()), (missing.status, missing.text()));
    assert_eq!(view.status, 404);
    for section in ["live", "assigned", "archived"] {
        let seen = outsider.rooms(&switchboard, section).await?;
        assert_eq!(seen.iter().map(id_of).collect::<Result<Vec<_>>>()?, Vec::<String>::new());
    }
    let desk = outsider.get(&switchboard, "load_desk", &first_page("assigned")).await?;
    assert_eq!(desk["counts"], json!({ "live": 0, "assigned": 0, "archived": 0 }));
    let page = switchboard.ask(Request::get(&format!("/assigned/{room}")).header("Cookie", outsider.cookie())).await?;
    assert!(!page.text().contains("The secret word"));
    Ok(())
}
