//! Signing in with X, through every door: the console, the simulator's page, the way back.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::demo::demo;
use crate::rig::console::{Console, id_of};
use crate::rig::http::{Answer, Request};
use crate::rig::process::Switchboard;

/// The settings of the app that the simulator knows, whose owner has not signed in yet.
fn app(simulator: &str) -> Value {
    json!({
        "consumer_secret": "demo-app-secret-known-to-the-simulator", "client_id": "demo-client",
        "client_secret": "demo-app-secret-known-to-the-simulator", "base_url": simulator,
        "sign_in_url": format!("{simulator}/i/oauth2/authorize"),
    })
}

/// Begins, follows `link` on the provider's page, and gives what the browser is answered when it comes back.
async fn signs_in(switchboard: &Switchboard, console: &Console, link: &str, cookie: &str) -> Result<Answer> {
    let host = switchboard.host();
    let form = json!({
        "kind": "x", "name": "Acme's second channel", "team": null, "flow": null,
        "settings": app(&format!("http://{host}/simulator/x")).to_string(),
    });
    let address = console.get(switchboard, "begin_sign_in", &json!({ "form": form })).await?;
    let path = below(address.as_str().context("an address")?, &host)?;
    let page = switchboard.ask(Request::get(&path)).await?;
    ensure!(page.status == 200, "{}", page.text());
    let page = page.text().replace("&amp;", "&");
    let before = page.split(&format!("\">{link}</a>")).next().context("the page has this link")?;
    let back = below(before.rsplit("href=\"").next().context("the link has an address")?, &host)?;
    switchboard.ask(Request::get(&back).header("Cookie", cookie)).await
}

/// What follows our own host in an address.
fn below(address: &str, host: &str) -> Result<String> {
    Ok(address.strip_prefix(&format!("http://{host}")).context("it is an address of ours")?.to_owned())
}

/// Which sign-in the console is led to, when it is led there.
fn led_to(answer: &Answer) -> Result<&str> {
    ensure!(answer.status == 303, "{} {}", answer.status, answer.text());
    let location = answer.header("location").context("it leads somewhere")?;
    location.strip_prefix("/admin/channels?sign_in=").with_context(|| format!("it leads to {location}"))
}

#[tokio::test]
async fn an_admin_signs_in_with_x_and_comes_back_to_a_channel_that_works() -> Result<()> {
    let switchboard = demo().await?;
    let priya = Console::sign_in_with(&switchboard, "priya@acme.example", "switchboard demo").await?;

    let answer = signs_in(&switchboard, &priya, "Authorize app", priya.cookie()).await?;

    let outcome = json!({ "sign_in": led_to(&answer)? });
    let channel = priya.get(&switchboard, "sign_in_outcome", &outcome).await?;
    assert_eq!(channel["name"], "Acme's second channel");
    let channel = id_of(&channel)?;
    let account = priya.get(&switchboard, "test_channel", &json!({ "channel": channel })).await?;
    assert_eq!(account["name"], "@acme");
    let again = priya.get(&switchboard, "begin_sign_in_again", &json!({ "channel": channel })).await?;
    assert!(again.as_str().is_some_and(|address| address.contains("/i/oauth2/authorize?")), "{again}");
    Ok(())
}

#[tokio::test]
async fn who_says_no_at_x_or_is_somebody_else_here_is_told_so() -> Result<()> {
    let switchboard = demo().await?;
    let priya = Console::sign_in_with(&switchboard, "priya@acme.example", "switchboard demo").await?;
    let maria = Console::sign_in_with(&switchboard, "maria@acme.example", "switchboard demo").await?;

    let denied = signs_in(&switchboard, &priya, "Cancel", priya.cookie()).await?;
    let outcome = json!({ "sign_in": led_to(&denied)? });
    let told = priya.call(&switchboard, "sign_in_outcome", &outcome).await?;
    assert_eq!(told.status, 409);
    assert!(told.text().contains("You did not let the app in, so there are no new tokens."), "{}", told.text());

    for cookie in [maria.cookie(), "session=nobodys"] {
        let foreign = signs_in(&switchboard, &priya, "Authorize app", cookie).await?;
        assert_eq!(led_to(&foreign)?, "unknown");
    }
    let channels = priya.get(&switchboard, "list_channels", &json!({})).await?;
    assert!(!channels.to_string().contains("second channel"));
    Ok(())
}
