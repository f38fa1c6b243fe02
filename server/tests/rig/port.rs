//! A port that one installation has for as long as it lives, also while its server is not running.

use std::fs::File;

use anyhow::{Context, Result};

/// Below what Linux, macOS and Windows give to whoever asks for any port, so that no connection of a neighbour takes one
/// whose server is being started again.
const OURS: std::ops::Range<u16> = 20_000..30_000;

/// A claimed port of 127.0.0.1. The claim is a lock on a file that every test process knows, and ends with this value.
pub struct Port {
    pub number: u16,
    _claim: File,
}

impl Port {
    /// Claims a port that nobody listens on and no other installation has claimed.
    pub fn claim() -> Result<Self> {
        let claims = std::env::temp_dir().join("switchboard-ports");
        std::fs::create_dir_all(&claims).context("making a folder for the claims of ports")?;
        for number in OURS {
            let claim = File::create(claims.join(number.to_string())).context("opening the claim of a port")?;
            if claim.try_lock().is_ok() && std::net::TcpListener::bind(("127.0.0.1", number)).is_ok() {
                return Ok(Self { number, _claim: claim });
            }
        }
        anyhow::bail!("every port of {OURS:?} is taken")
    }
}
