//! Where sockets are blocked, a console asks again and again, and hears what a socket would have said.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::rig::console::{Console, first_page, id_of};
use crate::rig::http::Request;
use crate::rig::process::Switchboard;
use crate::whatsapp::{signed, text_delivery};
use crate::{head, message_text, running_with_whatsapp};

/// What a poll after `after` answers.
async fn poll(switchboard: &Switchboard, console: &Console, after: u64) -> Result<Vec<Value>> {
    let request = Request::get(&format!("/live/poll?after={after}")).header("Cookie", console.cookie());
    let answer = switchboard.ask(request).await?;
    ensure!(answer.status == 200, "{} {}", answer.status, answer.text());
    answer.json().as_array().cloned().context("a poll answers with frames")
}

/// Asks from `after` on, as the browser does, until somebody says `words`; gives the answer that has them.
async fn hear(switchboard: &Switchboard, console: &Console, mut after: u64, words: &str) -> Result<Vec<Value>> {
    loop {
        let frames = poll(switchboard, console, after).await?;
        if frames.iter().any(|frame| message_text(frame) == Some(words)) {
            return Ok(frames);
        }
        let told = frames.last().and_then(|frame| frame["heartbeat"]["seq"].as_u64());
        after = told.context("an answer ends with how far it goes")?;
    }
}

/// The browser of a new agent of a new team, who sees nothing of what others have.
async fn invite_elsewhere(switchboard: &Switchboard, admin: &Console, name: &str) -> Result<Console> {
    admin.get(switchboard, "add_team", &json!({ "name": "Elsewhere" })).await?;
    let desk = admin.get(switchboard, "load_desk", &first_page("live")).await?;
    let team = desk["teams"].as_array().and_then(|teams| teams.iter().find(|team| team["name"] == "Elsewhere"));
    let team = id_of(team.context("the team was made")?)?;
    admin.invite(switchboard, name, "agent", &json!([team])).await
}

#[tokio::test]
async fn a_poll_brings_what_happens_and_how_many_rooms_there_are_to_whoever_may_know() -> Result<()> {
    let (switchboard, channel, _graph) = running_with_whatsapp().await?;
    let admin = Console::admin(&switchboard).await?;
    let outsider = invite_elsewhere(&switchboard, &admin, "Mallory").await?;
    let after = head(&switchboard, &admin).await?;
    let delivery = signed(&channel, text_delivery(1, "Ana Lima", "wamid.1", "The secret word"));

    let (heard, posted) = tokio::join!(hear(&switchboard, &admin, after, "The secret word"), switchboard.ask(delivery));

    let (heard, posted) = (heard?, posted?);
    assert_eq!(posted.status, 200, "{}", posted.text());
    assert!(heard.first().is_some_and(|frame| frame["hello"].is_object()), "{heard:?}");
    let counts = &heard.iter().rev().nth(1).context("counts come before the heartbeat")?["counts"];
    let open = counts["live"].as_u64().unwrap_or(0) + counts["assigned"].as_u64().unwrap_or(0);
    assert_eq!((open, counts["archived"].as_u64()), (1, Some(0)), "{heard:?}");

    admin.hold_rooms(&switchboard, 1).await?;
    // Everybody hears that, so that nobody has to wait for an answer.
    let away = json!({ "availability": "away", "partings": [] });
    admin.get(&switchboard, "set_availability", &away).await?;
    let told = poll(&switchboard, &outsider, after).await?;
    assert!(told.iter().any(|frame| frame["event"]["change"]["person_changed"].is_object()), "{told:?}");
    assert!(told.iter().all(|frame| frame["event"]["room"].is_null()), "{told:?}");
    let none = json!({ "counts": { "live": 0, "assigned": 0, "archived": 0 } });
    assert!(told.contains(&none) && !told.iter().any(|frame| frame.to_string().contains("secret word")), "{told:?}");
    let nobody = switchboard.ask(Request::get(&format!("/live/poll?after={after}"))).await?;
    assert_eq!(nobody.status, 401);
    Ok(())
}
