//! The real program on a folder and a port of its own: set up by its own commands, killed, stopped and started again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::time::sleep;

use super::http::{Answer, Connection, Request};
use super::port::Port;
use super::rows::Database;

pub const ADMIN_EMAIL: &str = "priya@example.com";
pub const PASSWORD: &str = "correct horse battery";

/// How long anything may take that is not measured.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// One installation, running or not. Dropping it ends it and removes what it left.
pub struct Switchboard {
    child: Option<Child>,
    port: Port,
    /// The environment of later starts.
    pub settings: BTreeMap<&'static str, String>,
    database: Database,
    /// Holds everything of this installation.
    pub folder: TempDir,
}

impl Switchboard {
    /// An empty installation, not yet started. With a `server` (`postgres://…`) its rows are in a database of its own
    /// there, else in SQLite.
    pub async fn new(server: Option<&str>) -> Result<Self> {
        let folder = TempDir::new().context("making a folder for Switchboard")?;
        let port = Port::claim()?;
        let host = format!("127.0.0.1:{}", port.number);
        let database = match server {
            Some(server) => Database::create(server).await?,
            None => Database::Sqlite(folder.path().join("data/switchboard.db")),
        };
        let site = match std::env::var("SWITCHBOARD_SITE") {
            Ok(site) if !site.is_empty() => PathBuf::from(site),
            _ => stand_in_site(folder.path())?,
        };
        let mut settings = BTreeMap::from([
            ("SWITCHBOARD_DATA", folder.path().join("data").display().to_string()),
            ("SWITCHBOARD_ADDR", host.clone()),
            ("SWITCHBOARD_PUBLIC_URL", format!("http://{host}")),
            ("SWITCHBOARD_SITE", site.display().to_string()),
            ("SWITCHBOARD_TRUST_PROXY", "true".into()),
            ("SWITCHBOARD_LOG", "warn".into()),
        ]);
        settings.extend(database.url().map(|url| ("DATABASE_URL", url)));
        Ok(Self { child: None, port, settings, database, folder })
    }

    /// An installation with its admin, running.
    pub async fn running(server: Option<&str>) -> Result<Self> {
        let mut switchboard = Self::new(server).await?;
        switchboard.set_up().await?;
        switchboard.start().await?;
        Ok(switchboard)
    }

    /// `127.0.0.1:port`, as in a `Host` header.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port.number)
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Makes the first admin by `switchboard setup`.
    pub async fn set_up(&self) -> Result<()> {
        self.command(&["setup", "--name", "Priya Raman", "--email", ADMIN_EMAIL], PASSWORD).await?;
        Ok(())
    }

    /// Adds a channel by `switchboard channel add`; gives its id.
    pub async fn add_channel(&self, kind: &str, settings: &Value) -> Result<String> {
        let printed =
            self.command(&["channel", "add", "--kind", kind, "--name", "Acme"], &settings.to_string()).await?;
        let id = printed.split_whitespace().next().context("`channel add` printed no id")?;
        Ok(id.to_owned())
    }

    /// Runs a command of the program with `input` on its standard input; gives what it printed.
    pub async fn command(&self, arguments: &[&str], input: &str) -> Result<String> {
        let mut command = self.program();
        let mut child = command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("starting the program")?;
        let mut stdin = child.stdin.take().context("opening the program's standard input")?;
        stdin.write_all(input.as_bytes()).await?;
        drop(stdin);
        let output = child.wait_with_output().await?;
        let told = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`switchboard {}` failed: {told}", arguments.join(" "));
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Starts the server and waits until it answers. Gives how long that took.
    pub async fn start(&mut self) -> Result<Duration> {
        let program = self.program();
        self.start_as(program).await
    }

    /// As [`Self::start`], by way of another program that becomes the server.
    pub async fn start_as(&mut self, mut program: Command) -> Result<Duration> {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log_path())?;
        let began = Instant::now();
        let child = program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).kill_on_drop(true).spawn();
        self.child = Some(child.context("starting the server")?);
        self.wait_until_it_answers(began).await?;
        Ok(began.elapsed())
    }

    /// The program with this installation's environment and nothing else of ours.
    pub fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_switchboard"));
        command.env_clear().envs(self.environment());
        command
    }

    /// What the program finds in its environment.
    pub fn environment(&self) -> impl Iterator<Item = (&'static str, String)> {
        let path = std::env::var("PATH").unwrap_or_default();
        self.settings.clone().into_iter().chain([("PATH", path)])
    }

    async fn wait_until_it_answers(&mut self, began: Instant) -> Result<()> {
        let host = self.host();
        let question = Request::get("/livez").to_bytes(&host);
        loop {
            if let Ok(mut connection) = Connection::open(&host).await
                && connection.exchange(&question).await.is_ok_and(|answer| answer.status == 200)
            {
                return Ok(());
            }
            if let Some(status) = self.child.as_mut().and_then(|child| child.try_wait().transpose()) {
                bail!("the server ended while starting ({}): {}", status?, self.log());
            }
            ensure!(began.elapsed() < PATIENCE, "the server did not answer: {}", self.log());
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// The running server's process.
    pub fn pid(&self) -> Result<u32> {
        self.child.as_ref().and_then(Child::id).context("the server is not running")
    }

    /// SIGKILL: no chance to write anything more.
    pub async fn kill(&mut self) -> Result<()> {
        let mut child = self.child.take().context("the server is not running")?;
        child.kill().await.context("killing the server")
    }

    /// SIGTERM, and waits for the end. Gives how long it took.
    pub async fn stop(&mut self) -> Result<Duration> {
        let began = Instant::now();
        self.ask_to_stop()?;
        let mut child = self.child.take().context("the server is not running")?;
        let status = tokio::time::timeout(PATIENCE, child.wait()).await.context("the server did not stop")??;
        ensure!(status.success(), "the server ended badly ({status}): {}", self.log());
        Ok(began.elapsed())
    }

    /// SIGTERM alone.
    pub fn ask_to_stop(&self) -> Result<()> {
        let pid = Pid::from_raw(i32::try_from(self.pid()?)?).context("a process has a number")?;
        kill_process(pid, Signal::TERM).context("telling the server to stop")
    }

    /// One request on a connection of its own.
    pub async fn ask(&self, request: Request) -> Result<Answer> {
        let mut connection = Connection::open(&self.host()).await?;
        Ok(connection.exchange(&request.to_bytes(&self.host())).await?)
    }

    /// What the server logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

/// As much of a site as the server needs to start and to show the frame of the web chat.
fn stand_in_site(folder: &Path) -> Result<PathBuf> {
    let site = folder.join("site");
    std::fs::create_dir_all(site.join("widget"))?;
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/widget/frame.html");
    std::fs::copy(page, site.join("widget/frame.html")).context("copying the frame of the web chat")?;
    let manifest = json!({
        "js": "/pkg/app.js", "wasm": "/pkg/app.wasm", "rest": "/pkg/rest.wasm", "css": "/pkg/app.css", "build": "stand-in",
        "files": { "widget/frame.html": "0" },
    });
    std::fs::write(site.join("manifest.json"), manifest.to_string())?;
    Ok(site)
}
