//! A set-up installation with people at their consoles.

use anyhow::{Context, Result};
use serde_json::json;

use crate::rig::console::{Console, first_page};
use crate::rig::process::Switchboard;
use crate::rig::socket::Socket;
use crate::rig::whatsapp::{self, Graph};

/// How many people hear of every message.
pub const FAN_OUT: usize = 5;

/// A running server with a WhatsApp channel and a web channel, both without a bot, and [`FAN_OUT`] people who see
/// everything.
pub struct Stage {
    pub switchboard: Switchboard,
    pub whatsapp: String,
    pub web: String,
    pub people: Vec<Console>,
    /// Keeps the stand-in for the provider's API alive.
    _graph: Graph,
}

impl Stage {
    pub async fn set() -> Result<Self> {
        let graph = Graph::start().await?;
        let mut switchboard = Switchboard::new(None).await?;
        switchboard.set_up().await?;
        let whatsapp = switchboard.add_channel("whatsapp", &whatsapp::settings(&graph.base_url())).await?;
        let web = switchboard.add_channel("web", &json!({})).await?;
        switchboard.start().await?;
        let admin = Console::admin(&switchboard).await?;
        let mut people = vec![admin.clone()];
        for name in ["Tom", "Maria", "Mo", "Ines"] {
            people.push(admin.invite(&switchboard, name, "admin", &json!([])).await?);
        }
        Ok(Self { switchboard, whatsapp, web, people, _graph: graph })
    }

    /// A live socket of everybody, from now on.
    pub async fn sockets(&self) -> Result<Vec<Socket>> {
        let desk = self.people[0].get(&self.switchboard, "load_desk", &first_page("live")).await?;
        let seq = desk["seq"].as_u64().context("a desk has a seq")?;
        let mut sockets = Vec::new();
        for person in &self.people {
            sockets.push(person.live(seq).await?);
        }
        Ok(sockets)
    }
}
