//! The demo as a whole: on every messenger a customer of the simulator is heard, and hears an answer.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::rig::console::{Console, id_of};
use crate::rig::http::Request;
use crate::rig::process::Switchboard;
use crate::{first_page, head, hear, message_text, postgres, until};

pub const PLAYED: [&str; 8] = ["whatsapp", "messenger", "instagram", "telegram", "x", "sms", "google", "api"];

/// A running demo.
pub async fn demo() -> Result<Switchboard> {
    let mut switchboard = Switchboard::new(postgres().as_deref()).await?;
    let mut program = switchboard.program();
    program.arg("demo");
    switchboard.start_as(program).await?;
    Ok(switchboard)
}

/// What the simulator shows who looks at this customer's phone.
pub async fn play(switchboard: &Switchboard, customer: &Value) -> Result<Value> {
    let asked = Request::get(&format!("/simulator/api/state?viewing={}", customer["id"]));
    Ok(switchboard.ask(asked).await?.json())
}

/// The first played customer of every messenger.
pub async fn cast(switchboard: &Switchboard) -> Result<Vec<(String, Value)>> {
    let state = switchboard.ask(Request::get("/simulator/api/state")).await?.json();
    let customers = state["customers"].as_array().context("the play has customers")?;
    let mut cast = Vec::new();
    for channel in state["channels"].as_array().into_iter().flatten() {
        let customer = customers.iter().find(|customer| customer["channel"] == channel["id"]);
        let kind = channel["kind"].as_str().context("a channel has a kind")?;
        cast.push((kind.to_owned(), customer.context("a channel has a customer")?.clone()));
    }
    Ok(cast)
}

#[tokio::test]
async fn on_every_messenger_a_customer_of_the_demo_is_heard_and_answered() -> Result<()> {
    let switchboard = demo().await?;
    let priya = Console::sign_in_with(&switchboard, "priya@acme.example", "switchboard demo").await?;
    let cast = cast(&switchboard).await?;
    assert_eq!(cast.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), PLAYED);

    for (kind, customer) in cast {
        let mut screen = priya.live(head(&switchboard, &priya).await?).await?;
        let question = format!("Is anybody at {kind}?");
        let act = Request::post(&format!("/simulator/api/customers/{}/messages", customer["id"]))
            .json(&json!({ "text": question }));
        let written = switchboard.ask(act).await?;
        ensure!(written.json()["webhook"]["status"] == 200, "{kind}: {}", written.text());
        let heard = hear(&mut screen, |frame| message_text(frame) == Some(&question)).await;
        let heard = heard.with_context(|| format!("{kind}: the customer is heard"))?;

        let room = id_of(&heard["event"]["room"])?;
        priya.get(&switchboard, "enter_chat", &json!({ "room": room })).await?;
        let answer = format!("Yes, {kind} reaches us.");
        let words = json!({ "room": room, "id": Uuid::now_v7(), "message": { "text": answer } });
        priya.get(&switchboard, "send_message", &words).await?;
        until(&format!("{kind}: the answer is on the customer's phone"), async || {
            let state = play(&switchboard, &customer).await?;
            let customers = state["customers"].as_array().cloned().unwrap_or_default();
            let phone = customers.iter().find(|other| other["id"] == customer["id"]).cloned().unwrap_or_default();
            let said = phone["messages"].as_array().cloned().unwrap_or_default();
            Ok(said.iter().any(|said| said["from"] == "business" && said["text"] == answer).then_some(()))
        })
        .await
        .with_context(|| format!("the log: {}", switchboard.log()))?;

        let photo = Request::post(&format!("/simulator/api/customers/{}/messages", customer["id"]))
            .json(&json!({ "file": "photo" }));
        let sent = switchboard.ask(photo).await?;
        ensure!(sent.json()["webhook"]["status"] == 200, "{kind}: {}", sent.text());
        let has_arrived = |frame: &Value| !frame["event"]["change"]["file_arrived"].is_null();
        let arrived = hear(&mut screen, has_arrived).await.with_context(|| format!("{kind}: the photo arrives"))?;
        let file = &arrived["event"]["change"]["file_arrived"]["file"]["here"];
        assert_eq!(file["mime"], "image/jpeg", "{kind}: {arrived}");

        let film = Request::post(&format!("/simulator/api/customers/{}/messages", customer["id"]))
            .json(&json!({ "file": "video" }));
        let sent = switchboard.ask(film).await?;
        ensure!(sent.json()["webhook"]["status"] == 200, "{kind}: {}", sent.text());
        let arrived = hear(&mut screen, has_arrived).await.with_context(|| format!("{kind}: the film arrives"))?;
        let file = &arrived["event"]["change"]["file_arrived"]["file"]["here"];
        assert_eq!(file["mime"], "video/mp4", "{kind}: {arrived}");
    }
    Ok(())
}

#[tokio::test]
async fn in_every_team_of_the_demo_somebody_waits_and_its_people_see_no_other() -> Result<()> {
    let switchboard = demo().await?;
    let named = |desk: &Value, channel: &Value| {
        let channels = desk["channels"].as_array().cloned().unwrap_or_default();
        let known = channels.into_iter().find(|known| known["id"] == *channel).unwrap_or_default();
        known["kind"].as_str().unwrap_or_default().to_owned()
    };
    for (who, theirs) in [
        ("maria", ["whatsapp", "web", "sms", "google"].as_slice()),
        ("lena", &["messenger", "instagram", "x"]),
        ("kofi", &["telegram", "api"]),
    ] {
        let email = format!("{who}@acme.example");
        let console = Console::sign_in_with(&switchboard, &email, "switchboard demo").await?;
        let desk = console.get(&switchboard, "load_desk", &first_page("live")).await?;
        let rooms = desk["page"]["rooms"].as_array().context("a page has rooms")?;
        // Those of one's own that are unread come with them.
        let live = rooms.iter().filter(|room| room["state"]["section"] == "live");
        let kinds: Vec<_> = live.map(|room| named(&desk, &room["channel"])).collect();
        ensure!(!kinds.is_empty(), "nobody waits for {who}");
        ensure!(kinds.iter().all(|kind| theirs.contains(&kind.as_str())), "{who} sees {kinds:?}");
        assert_eq!(desk["counts"]["live"], kinds.len(), "{who}");
    }
    Ok(())
}
