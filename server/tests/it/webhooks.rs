//! Deliveries of a provider, good and bad.

use anyhow::Result;
use serde_json::{Value, json};

use crate::rig::console::Console;
use crate::rig::http::{Answer, Connection, Request};
use crate::rig::process::Switchboard;
use crate::whatsapp::{self, Graph, VERIFY_TOKEN, signature, signed, text_delivery, text_delivery_to, unsigned};
use crate::{postgres, running_with_whatsapp, until};

/// Rows that a delivery leaves.
async fn left(switchboard: &Switchboard) -> Result<i64> {
    let rows = switchboard.database().open().await?;
    rows.number("SELECT (SELECT count(*) FROM webhooks) + (SELECT count(*) FROM rooms)").await
}

#[tokio::test]
async fn a_delivery_that_nobody_signed_is_turned_away_and_leaves_nothing() -> Result<()> {
    let (switchboard, channel, _graph) = running_with_whatsapp().await?;
    let body = text_delivery(1, "Ana Lima", "wamid.1", "Oi");
    let good = signature(&body);
    let with = |header: &str, body: &[u8]| unsigned(&channel, body.to_vec()).header("X-Hub-Signature-256", header);
    let respelled = serde_json::to_vec_pretty(&serde_json::from_slice::<Value>(&body)?)?;
    let mut forged = vec![
        ("without a signature", unsigned(&channel, body.clone())),
        ("with an empty one", with("", &body)),
        ("with another algorithm's", with(&good.replace("sha256=", "sha1="), &body)),
        ("with half of it", with(&good[..good.len() / 2], &body)),
        ("with that of other bytes", with(&signature(b"{}"), &body)),
        ("spelled differently", with(&good, &respelled)),
    ];
    for place in (0..body.len()).step_by(body.len() / 16) {
        let mut altered = body.clone();
        altered[place] ^= 1;
        forged.push(("with one bit changed", with(&good, &altered)));
    }

    for (how, request) in forged {
        let answer = switchboard.ask(request).await?;
        assert_eq!(answer.status, 401, "{how}: {}", answer.text());
    }
    assert_eq!(left(&switchboard).await?, 0);
    let answer = switchboard.ask(with(&good, &body)).await?;
    assert_eq!(answer.status, 200, "{}", answer.text());
    Ok(())
}

#[tokio::test]
async fn a_signed_delivery_that_cannot_be_read_is_kept_and_shown_to_an_admin() -> Result<()> {
    let (switchboard, channel, _graph) = running_with_whatsapp().await?;
    let admin = Console::admin(&switchboard).await?;

    let answer = switchboard.ask(signed(&channel, b"{\"entry\": [".to_vec())).await?;

    assert_eq!(answer.status, 200, "{}", answer.text());
    let shown = until("an admin sees it", async || {
        let trouble = admin.get(&switchboard, "list_trouble", &json!({})).await?;
        Ok(trouble["webhooks"].as_array().filter(|list| !list.is_empty()).cloned())
    })
    .await?;
    assert_eq!(shown.len(), 1, "{shown:?}");
    let rows = switchboard.database().open().await?;
    assert_eq!(rows.number("SELECT CAST(length(body) AS BIGINT) FROM webhooks").await?, 11);
    Ok(())
}

#[tokio::test]
async fn a_delivery_that_comes_again_is_one_message() -> Result<()> {
    let (switchboard, channel, _graph) = running_with_whatsapp().await?;
    let first = text_delivery(1, "Ana Lima", "wamid.1", "Oi");
    // The same message in other bytes: Meta says it again with a name it did not know before.
    let later = text_delivery(1, "Ana Lima Souza", "wamid.1", "Oi");

    for body in [&first, &first, &later, &first] {
        let answer = switchboard.ask(signed(&channel, body.clone())).await?;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    let rows = switchboard.database().open().await?;
    rows.wait_until_settled().await?;
    let audit = rows.audit().await?;
    assert_eq!((audit.texts.get("Oi"), audit.faults), (Some(&1), Vec::<String>::new()));
    Ok(())
}

#[tokio::test]
async fn what_one_app_delivers_at_one_door_is_heard_by_the_number_that_it_is_for_and_once() -> Result<()> {
    const OTHER: &str = "801000000000009";
    let graph = Graph::start().await?;
    let mut switchboard = Switchboard::new(postgres().as_deref()).await?;
    switchboard.set_up().await?;
    let first = switchboard.add_channel("whatsapp", &whatsapp::settings(&graph.base_url())).await?;
    let second = switchboard.add_channel("whatsapp", &whatsapp::settings_of(OTHER, &graph.base_url())).await?;
    switchboard.start().await?;
    let admin = Console::admin(&switchboard).await?;

    // The app knows the address of the first alone; then it learns that of the second, and says it again there.
    let theirs = text_delivery_to(OTHER, 2, "Bia Lima", "wamid.2", "para a outra");
    for (door, body) in [
        (&first, text_delivery(1, "Ana Lima", "wamid.1", "para esta")),
        (&first, theirs.clone()),
        (&first, theirs.clone()),
        (&second, theirs),
    ] {
        let answer = switchboard.ask(signed(door, body)).await?;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    let rows = switchboard.database().open().await?;
    rows.wait_until_settled().await?;
    let audit = rows.audit().await?;
    let count = |text: &str| audit.texts.get(text).copied();
    assert_eq!((count("para esta"), count("para a outra"), audit.faults), (Some(1), Some(1), Vec::<String>::new()));
    let rooms = admin.rooms(&switchboard, "live").await?;
    let mut heard: Vec<_> = rooms.iter().map(|room| (room["name"].as_str(), room["channel"].as_str())).collect();
    heard.sort_unstable();
    assert_eq!(heard, [(Some("Ana Lima"), Some(first.as_str())), (Some("Bia Lima"), Some(second.as_str()))]);
    Ok(())
}

#[tokio::test]
async fn the_challenge_is_given_back_to_whoever_knows_the_token() -> Result<()> {
    let (switchboard, channel, _graph) = running_with_whatsapp().await?;
    let asked = async |token: &str| -> Result<Answer> {
        let query = format!("hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1158201444");
        switchboard.ask(Request::get(&format!("/webhooks/whatsapp/{channel}?{query}"))).await
    };

    let known = asked(VERIFY_TOKEN).await?;
    let unknown = asked("guess").await?;

    assert_eq!((known.status, known.text().as_str()), (200, "1158201444"));
    assert_eq!((unknown.status, unknown.text().as_str()), (403, ""));
    Ok(())
}

#[tokio::test]
async fn a_channel_that_does_not_exist_is_not_found() -> Result<()> {
    let (switchboard, channel, _graph) = running_with_whatsapp().await?;
    let body = text_delivery(1, "Ana Lima", "wamid.1", "Oi");
    let other = "01930000-0000-7000-8000-000000000001";

    assert_eq!(switchboard.ask(signed(other, body.clone())).await?.status, 404);
    assert_eq!(switchboard.ask(signed("nonsense", body.clone())).await?.status, 404);
    let request = Request::post(&format!("/webhooks/web/{channel}")).body(body);
    assert_eq!(switchboard.ask(request).await?.status, 404);
    assert_eq!(left(&switchboard).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_however_its_length_is_told() -> Result<()> {
    const WEBHOOK_MAX: usize = 4 << 20;
    const CALL_MAX: usize = 1 << 20;
    let (switchboard, channel, _graph) = running_with_whatsapp().await?;
    let host = switchboard.host();
    let too_large = vec![b' '; WEBHOOK_MAX + 1];

    let told = switchboard.ask(signed(&channel, too_large.clone())).await?;
    assert_eq!(told.status, 413, "{}", told.text());

    let untold = unsigned(&channel, Vec::new()).header("X-Hub-Signature-256", &signature(&too_large));
    let mut connection = Connection::open(&host).await?;
    connection.write(&untold.head(&host, "Transfer-Encoding: chunked")).await?;
    let chunk = [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
    for _ in 0..WEBHOOK_MAX / 0x10000 {
        connection.write(&chunk).await?;
    }
    // The byte that is too much.
    connection.write(b"1\r\n \r\n").await?;
    assert_eq!(connection.read().await?.status, 413);

    let call = Request::post("/widget/v1/sessions").header("Content-Type", "application/json");
    assert_eq!(switchboard.ask(call.body(vec![b' '; CALL_MAX + 1])).await?.status, 413);
    assert_eq!(left(&switchboard).await?, 0);
    Ok(())
}
