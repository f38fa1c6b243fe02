//! Every setting of the process: a flag, an environment variable and a default each. The README's table is this.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use anyhow::Context;
use axum::http::Uri;
use clap::{Args, Parser, Subcommand};

/// Switchboard: one console for every conversation with your customers.
#[derive(Parser)]
#[command(name = "switchboard", version)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Where the database, media and keys are kept.
    #[arg(long, env = "SWITCHBOARD_DATA", default_value = "data", global = true)]
    data: PathBuf,
    /// `postgres://…`; without it, SQLite in the data folder.
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true)]
    database_url: Option<String>,
    /// The address to listen on.
    #[arg(long, env = "SWITCHBOARD_ADDR", default_value = "127.0.0.1:3000", global = true)]
    addr: SocketAddr,
    /// How browsers and providers reach this server, without a slash at the end. With https, cookies are Secure.
    #[arg(long, env = "SWITCHBOARD_PUBLIC_URL", global = true)]
    public_url: Option<String>,
    /// 64 hex digits that seal channel secrets; without it, a key is made in the data folder.
    #[arg(long, env = "SWITCHBOARD_SECRET_KEY", global = true, hide_env_values = true)]
    secret_key: Option<String>,
    /// Serve /metrics: on, off, or `local` for only when nobody else can reach it: the address is a loopback one and so is
    /// that of the public URL.
    #[arg(long, env = "SWITCHBOARD_METRICS", default_value = "local", global = true)]
    metrics: Metrics,
    /// Take the client's address from X-Forwarded-For: only behind a proxy that sets it.
    #[arg(long, env = "SWITCHBOARD_TRUST_PROXY", global = true)]
    trust_proxy: bool,
    /// The folder with the web assets; a release binary carries its own.
    #[arg(long, env = "SWITCHBOARD_SITE", default_value = "target/site", global = true)]
    site: PathBuf,
    /// What is logged, as tracing directives.
    #[arg(long, env = "SWITCHBOARD_LOG", default_value = "info,sqlx=warn,sea_orm=warn", global = true)]
    pub log: String,
}

/// What the program does.
#[derive(Clone, Subcommand)]
pub enum Command {
    /// Run the server (the default).
    Serve,
    /// Make the first admin without the page; the password is read from standard input.
    Setup(Admin),
    /// Add, list or remove channels.
    #[command(subcommand)]
    Channel(ChannelCommand),
    /// Bring the database to this version's schema and stop.
    Migrate,
    /// Run the server filled with believable people and rooms, with a simulator that plays the customers.
    Demo,
}

/// The first admin.
#[derive(Clone, Args)]
pub struct Admin {
    /// What colleagues and customers see.
    #[arg(long)]
    pub name: String,
    /// What they sign in with.
    #[arg(long)]
    pub email: String,
}

/// What can be done with channels from the command line.
#[derive(Clone, Subcommand)]
pub enum ChannelCommand {
    /// Add a channel; its settings are read as JSON from standard input.
    Add {
        /// `web`, `whatsapp`, `messenger`, `instagram`, `telegram`, `x`, `sms`, `google` or `api`.
        #[arg(long)]
        kind: String,
        /// The name agents see.
        #[arg(long)]
        name: String,
        /// Let the first bot answer on it.
        #[arg(long)]
        bot: bool,
    },
    /// List the channels with their webhook addresses.
    List,
    /// Remove a channel; its rooms stay.
    Remove { id: String },
}

/// When /metrics is served.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Metrics {
    On,
    Off,
    Local,
}

/// The settings, checked.
#[derive(Clone)]
pub struct Settings {
    pub backend: backend::Config,
    pub addr: SocketAddr,
    pub site: PathBuf,
    pub has_metrics: bool,
    pub trust_proxy: bool,
}

impl Settings {
    /// Whether browsers speak TLS with us, directly or through a proxy.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.backend.public_url.starts_with("https://")
    }
}

impl Arguments {
    /// Checks what was given.
    ///
    /// # Errors
    /// A value breaks its rule; the message names the setting.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let public_url = self.public_url.clone().unwrap_or_else(|| format!("http://localhost:{}", self.addr.port()));
        anyhow::ensure!(
            public_url.starts_with("http://") || public_url.starts_with("https://"),
            "SWITCHBOARD_PUBLIC_URL must begin with http:// or https://"
        );
        let mut backend = backend::Config::new(self.data.clone());
        backend.database_url.clone_from(&self.database_url);
        backend.public_url = public_url.trim_end_matches('/').into();
        backend.secret_key = self.secret_key.as_deref().map(parse_key).transpose()?;
        let has_metrics = match self.metrics {
            Metrics::On => true,
            Metrics::Off => false,
            Metrics::Local => self.addr.ip().is_loopback() && !self.trust_proxy && is_local(&public_url),
        };
        Ok(Settings { backend, addr: self.addr, site: self.site.clone(), has_metrics, trust_proxy: self.trust_proxy })
    }
}

/// Whether the address is that of the machine itself. Behind a proxy a loopback listener is public.
fn is_local(url: &str) -> bool {
    let uri = url.parse::<Uri>().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn parse_key(text: &str) -> anyhow::Result<[u8; 32]> {
    let bytes = hex::decode(text).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.context("SWITCHBOARD_SECRET_KEY must be 64 hex digits")
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::Arguments;

    #[test]
    fn every_flag_and_command_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_short_secret_key_is_refused_by_name() {
        let arguments = Arguments::parse_from(["switchboard", "--secret-key", "abcd"]);
        let problem = arguments.settings().err().map(|error| error.to_string()).unwrap_or_default();
        assert!(problem.contains("SWITCHBOARD_SECRET_KEY"), "{problem}");
    }

    #[test]
    fn metrics_are_off_where_others_can_reach_the_server_unless_they_are_asked_for() {
        let has_metrics = |flags: &[&str]| {
            let arguments = Arguments::parse_from([&["switchboard"], flags].concat());
            arguments.settings().expect("the settings are right").has_metrics
        };
        assert!(has_metrics(&[]));
        assert!(has_metrics(&["--public-url", "http://[::1]:3000"]));
        assert!(!has_metrics(&["--addr", "0.0.0.0:3000"]));
        assert!(!has_metrics(&["--public-url", "https://desk.example"]), "a proxy hands on what comes from outside");
        assert!(!has_metrics(&["--trust-proxy"]));
        assert!(has_metrics(&["--public-url", "https://desk.example", "--metrics", "on"]));
        assert!(!has_metrics(&["--metrics", "off"]));
    }
}
