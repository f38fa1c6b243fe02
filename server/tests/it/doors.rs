//! Who is let in: cookies, origins, sessions.

use anyhow::{Context, Result};
use serde_json::json;

use crate::rig::console::{Console, function};
use crate::rig::http::{Answer, Request};
use crate::rig::process::{ADMIN_EMAIL, PASSWORD, Switchboard};
use crate::rig::socket::{Heard, Socket};
use crate::{hear, postgres, running};

async fn sign_in(switchboard: &Switchboard, password: &str) -> Result<Answer> {
    let words = json!({ "email": ADMIN_EMAIL, "password": password });
    switchboard.ask(function(&switchboard.host(), "sign_in", &words)).await
}

/// The attributes of the cookie that signing in gives.
async fn cookie_of(switchboard: &Switchboard) -> Result<Vec<String>> {
    let answer = sign_in(switchboard, PASSWORD).await?;
    let cookie = answer.header("set-cookie").context("signing in gives a cookie")?;
    Ok(cookie.split("; ").map(str::to_owned).collect())
}

#[tokio::test]
async fn the_sessions_cookie_is_out_of_reach_for_scripts_and_other_sites() -> Result<()> {
    let switchboard = running().await?;

    let cookie = cookie_of(&switchboard).await?;

    assert!(cookie[0].starts_with("session="), "{cookie:?}");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.iter().any(|given| given == attribute), "{attribute} is missing: {cookie:?}");
    }
    assert!(!cookie.iter().any(|given| given.starts_with("Domain=")), "{cookie:?}");
    Ok(())
}

#[tokio::test]
async fn behind_tls_the_cookie_is_bound_to_the_host_and_browsers_are_told_to_stay() -> Result<()> {
    let mut switchboard = Switchboard::new(postgres().as_deref()).await?;
    switchboard.settings.insert("SWITCHBOARD_PUBLIC_URL", "https://desk.example".into());
    switchboard.set_up().await?;
    switchboard.start().await?;

    let cookie = cookie_of(&switchboard).await?;
    let page = switchboard.ask(Request::get("/sign-in")).await?;

    assert!(cookie[0].starts_with("__Host-session="), "{cookie:?}");
    assert!(cookie.iter().any(|given| given == "Secure"), "{cookie:?}");
    assert!(page.header("strict-transport-security").is_some_and(|value| value.starts_with("max-age=")));
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_email_are_answered_alike() -> Result<()> {
    let switchboard = running().await?;
    let unknown = json!({ "email": "nobody@example.com", "password": PASSWORD });

    let wrong = sign_in(&switchboard, "not the password").await?;
    let unknown = switchboard.ask(function(&switchboard.host(), "sign_in", &unknown)).await?;

    assert_eq!((wrong.status, wrong.text()), (unknown.status, unknown.text()));
    assert_eq!(wrong.status, 401);
    assert!(wrong.header("set-cookie").is_none() && unknown.header("set-cookie").is_none());
    Ok(())
}

#[tokio::test]
async fn nothing_is_changed_for_a_page_that_is_not_ours() -> Result<()> {
    let switchboard = running().await?;
    let console = Console::admin(&switchboard).await?;
    let host = switchboard.host();
    let foreign = [
        None,
        Some("null".to_owned()),
        Some("https://evil.example".to_owned()),
        Some(format!("http://sub.{host}")),
        Some(format!("http://{host}.evil.example")),
        Some("http://127.0.0.1:1".to_owned()),
    ];
    let calls = [
        "create_admin",
        "sign_in",
        "sign_out",
        "sign_out_everywhere",
        "accept_invitation",
        "load_desk",
        "load_room",
        "enter_chat",
        "take_over",
        "assign",
        "return_to_queue",
        "update_status",
        "undo",
        "reopen",
        "send_message",
        "add_note",
        "save_draft",
        "invite",
        "update_person",
        "add_team",
        "rename_team",
        "remove_team",
        "set_channel_paused",
        "import_flow",
        "use_flow",
        "retry_job",
        "dismiss_job",
    ];

    for origin in &foreign {
        for call in calls {
            let request = Request::post(&format!("/api/fn/{call}")).header("Cookie", console.cookie()).json(&json!({}));
            let request = match origin {
                Some(origin) => request.header("Origin", origin),
                None => request,
            };
            let answer = switchboard.ask(request).await?;
            assert_eq!(answer.status, 403, "{call} from {origin:?}: {}", answer.text());
        }
    }
    // What a form of another site can send without asking, and a link.
    let form = Request::post("/api/fn/sign_out").header("Cookie", console.cookie());
    let form =
        form.header("Content-Type", "application/x-www-form-urlencoded").header("Origin", "https://evil.example");
    assert_eq!(switchboard.ask(form).await?.status, 403);
    let link = Request::get("/api/fn/sign_out").header("Cookie", console.cookie());
    assert_ne!(switchboard.ask(link).await?.status, 200);
    assert_eq!(console.call(&switchboard, "list_drafts", &json!({})).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn the_live_socket_opens_only_for_our_own_pages_and_people() -> Result<()> {
    let switchboard = running().await?;
    let console = Console::admin(&switchboard).await?;
    let host = switchboard.host();
    let asked = async |origin: Option<&str>, cookie: Option<&str>| -> Result<u16> {
        let mut request = Request::get("/live?after=0");
        for (name, value) in [("Origin", origin), ("Cookie", cookie)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        Ok(Socket::open(&host, request).await?.map_or_else(|answer| answer.status, |_| 101))
    };
    let own = format!("http://{host}");

    for foreign in [None, Some("null"), Some("https://evil.example"), Some("http://127.0.0.1:1")] {
        assert_eq!(asked(foreign, Some(console.cookie())).await?, 403, "{foreign:?}");
    }
    assert_eq!(asked(Some(&own), None).await?, 401);
    assert_eq!(asked(Some(&own), Some("session=0000")).await?, 401);
    assert_eq!(asked(Some(&own), Some(console.cookie())).await?, 101);
    Ok(())
}

#[tokio::test]
async fn signing_out_ends_the_session_and_its_open_sockets() -> Result<()> {
    let switchboard = running().await?;
    let (here, elsewhere) = (Console::admin(&switchboard).await?, Console::admin(&switchboard).await?);
    let mut socket = here.live(0).await?;

    assert_eq!(here.call(&switchboard, "sign_out", &json!({})).await?.status, 200);

    hear(&mut socket, |frame| frame == "signed_out").await?;
    assert!(!matches!(socket.hear().await, Ok(Heard::Text(_))), "a signed-out socket goes on");
    assert_eq!(here.call(&switchboard, "list_drafts", &json!({})).await?.status, 401);
    assert_eq!(elsewhere.call(&switchboard, "list_drafts", &json!({})).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn only_the_first_one_can_make_themselves_admin() -> Result<()> {
    let switchboard = running().await?;
    let words = json!({ "name": "Mallory", "email": "mallory@example.com", "password": PASSWORD });

    let answer = switchboard.ask(function(&switchboard.host(), "create_admin", &words)).await?;

    assert_ne!(answer.status, 200, "{}", answer.text());
    assert!(answer.header("set-cookie").is_none());
    Ok(())
}
