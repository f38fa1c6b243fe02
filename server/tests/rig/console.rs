//! Somebody at a console: signed in, calling the server functions that the browser calls, listening at `/live`.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::http::{Answer, Request};
use super::process::{ADMIN_EMAIL, PASSWORD, PATIENCE, Switchboard};
use super::socket::{Heard, Socket};

/// One browser with a session.
#[derive(Clone)]
pub struct Console {
    host: String,
    cookie: String,
}

impl Console {
    /// The admin's browser.
    pub async fn admin(switchboard: &Switchboard) -> Result<Self> {
        Self::sign_in(switchboard, ADMIN_EMAIL).await
    }

    pub async fn sign_in(switchboard: &Switchboard, email: &str) -> Result<Self> {
        Self::sign_in_with(switchboard, email, PASSWORD).await
    }

    pub async fn sign_in_with(switchboard: &Switchboard, email: &str, password: &str) -> Result<Self> {
        let request = function(&switchboard.host(), "sign_in", &json!({ "email": email, "password": password }));
        Self::with_cookie_of(switchboard, &switchboard.ask(request).await?)
    }

    /// The browser of somebody new, whom this admin invites.
    pub async fn invite(&self, switchboard: &Switchboard, name: &str, role: &str, teams: &Value) -> Result<Self> {
        let email = format!("{}@example.com", name.to_lowercase());
        let invited =
            self.call(switchboard, "invite", &json!({ "email": email, "role": role, "teams": teams })).await?;
        ensure!(invited.status == 200, "inviting {name}: {}", invited.text());
        let words = json!({ "token": invited.json(), "name": name, "password": PASSWORD });
        let accepted = switchboard.ask(function(&switchboard.host(), "accept_invitation", &words)).await?;
        Self::with_cookie_of(switchboard, &accepted)
    }

    fn with_cookie_of(switchboard: &Switchboard, answer: &Answer) -> Result<Self> {
        ensure!(answer.status == 200, "signing in: {} {}", answer.status, answer.text());
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        let cookie = cookie.context("signing in gave no cookie")?.to_owned();
        Ok(Self { host: switchboard.host(), cookie })
    }

    /// What the browser sends to call `name`.
    pub fn request(&self, name: &str, arguments: &Value) -> Request {
        function(&self.host, name, arguments).header("Cookie", &self.cookie)
    }

    pub async fn call(&self, switchboard: &Switchboard, name: &str, arguments: &Value) -> Result<Answer> {
        switchboard.ask(self.request(name, arguments)).await
    }

    /// Calls `name` and gives its answer, which must be a success.
    pub async fn get(&self, switchboard: &Switchboard, name: &str, arguments: &Value) -> Result<Value> {
        let answer = self.call(switchboard, name, arguments).await?;
        ensure!(answer.status == 200, "{name}: {} {}", answer.status, answer.text());
        Ok(answer.json())
    }

    /// The first page of a section's rooms.
    pub async fn rooms(&self, switchboard: &Switchboard, section: &str) -> Result<Vec<Value>> {
        let mut page = self.get(switchboard, "load_page", &first_page(section)).await?;
        Ok(page["rooms"].as_array_mut().map(std::mem::take).unwrap_or_default())
    }

    /// Enters Live rooms until `count` rooms are held; gives their ids. At most a page of them.
    pub async fn hold_rooms(&self, switchboard: &Switchboard, count: usize) -> Result<Vec<String>> {
        let began = Instant::now();
        loop {
            let held = self.rooms(switchboard, "assigned").await?;
            if held.len() >= count {
                return held.iter().take(count).map(id_of).collect();
            }
            ensure!(began.elapsed() < PATIENCE, "only {} rooms could be entered", held.len());
            for room in self.rooms(switchboard, "live").await? {
                // Somebody may have been given the room meanwhile.
                self.call(switchboard, "enter_chat", &json!({ "room": id_of(&room)? })).await?;
            }
        }
    }

    /// The socket's request, as this browser sends it.
    pub fn live_request(&self, after: u64) -> Request {
        Request::get(&format!("/live?after={after}"))
            .header("Origin", &format!("http://{}", self.host))
            .header("Cookie", &self.cookie)
    }

    /// A live socket that has said hello.
    pub async fn live(&self, after: u64) -> Result<Socket> {
        let opened = Socket::open(&self.host, self.live_request(after)).await?;
        let mut socket = opened.map_err(|answer| anyhow::anyhow!("no socket: {} {}", answer.status, answer.text()))?;
        let heard = socket.hear().await?;
        ensure!(matches!(&heard, Heard::Text(text) if text.starts_with(b"{\"hello\"")), "no hello: {heard:?}");
        Ok(socket)
    }

    pub fn cookie(&self) -> &str {
        &self.cookie
    }
}

/// A call of a server function from one of our own pages.
pub fn function(host: &str, name: &str, arguments: &Value) -> Request {
    Request::post(&format!("/api/fn/{name}"))
        .header("Origin", &format!("http://{host}"))
        .header("Accept", "application/json")
        .json(arguments)
}

/// The arguments of `load_page` for the top of a section.
pub fn first_page(section: &str) -> Value {
    json!({ "query": { "section": section, "sort": "newest", "whose": "everyone", "channel": null }, "after": null })
}

/// The id in a document's `id`.
pub fn id_of(document: &Value) -> Result<String> {
    Ok(document["id"].as_str().context("a document has an id")?.to_owned())
}
