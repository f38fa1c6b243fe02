//! A PostgreSQL cluster that lives as long as the tests that need it.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command;

const START_LIMIT: Duration = Duration::from_secs(60);

/// A running, empty cluster; dropping it stops it and removes its files.
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    server: Child,
    owner: Owner,
}

/// PostgreSQL refuses to run as root, so root lends the work to the user its package made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Us,
    Postgres,
}

/// The folder of `initdb` and its siblings: from the PATH, or where Debian keeps them; the newest wins there.
pub fn find_programs() -> Option<PathBuf> {
    let on_path = command::find("initdb").and_then(|program| program.canonicalize().ok());
    let debian = fs::read_dir("/usr/lib/postgresql").ok();
    let mut installed: Vec<(u32, PathBuf)> = debian
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin/initdb")))
        })
        .filter(|(_, program)| program.is_file())
        .collect();
    installed.sort();
    let program = on_path.or_else(|| installed.pop().map(|(_, program)| program))?;
    program.parent().map(Path::to_path_buf)
}

impl Cluster {
    /// Makes a cluster in a temporary folder and waits until it answers. Its data is thrown away, so it never syncs.
    pub fn start(programs: &Path) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("switchboard-postgres-{}", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let owner = owner_of(&folder)?;
        let port = free_port()?;
        let server = initialise(programs, &folder, owner).and_then(|()| launch(programs, &folder, owner, port));
        let server = match server {
            Ok(server) => server,
            Err(error) => {
                remove(&folder);
                return Err(error);
            }
        };
        let mut cluster = Self { programs: programs.to_path_buf(), folder, port, server, owner };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// For `TEST_DATABASE_URL`.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        // PostgreSQL itself writes its state there; `pg_ctl --wait` looks at the same line.
        let state = data_folder(&self.folder).join("postmaster.pid");
        while start.elapsed() < START_LIMIT {
            if fs::read_to_string(&state).is_ok_and(|text| text.trim_end().ends_with("ready")) {
                return Ok(());
            }
            if let Some(status) = self.server.try_wait().context("watching PostgreSQL")? {
                bail!("PostgreSQL ended while starting ({status})");
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("PostgreSQL did not answer within {START_LIMIT:?}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stopped = command::run(
            owner_command(&self.programs.join("pg_ctl"), self.owner)
                .args(["stop", "--silent", "--mode=immediate", "--pgdata"])
                .arg(data_folder(&self.folder))
                .current_dir(&self.folder),
        );
        if stopped.is_err() {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
        remove(&self.folder);
    }
}

fn data_folder(folder: &Path) -> PathBuf {
    folder.join("data")
}

fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        println!("    could not remove {}: {error}", folder.display());
    }
}

fn owner_of(folder: &Path) -> Result<Owner> {
    let user = command::output(Command::new("id").arg("-u"))?;
    if user.trim() != "0" {
        return Ok(Owner::Us);
    }
    command::run(Command::new("chown").arg("postgres").arg(folder))
        .context("giving the cluster's folder to the user postgres")?;
    Ok(Owner::Postgres)
}

fn owner_command(program: &Path, owner: Owner) -> Command {
    match owner {
        Owner::Us => Command::new(program),
        Owner::Postgres => {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        }
    }
}

fn initialise(programs: &Path, folder: &Path, owner: Owner) -> Result<()> {
    let mut initdb = owner_command(&programs.join("initdb"), owner);
    initdb
        .args(["--username=postgres", "--auth=trust", "--encoding=UTF8"])
        .args(["--locale=C", "--no-sync", "--pgdata"])
        .arg(data_folder(folder))
        .current_dir(folder)
        .stdout(Stdio::null());
    command::run(&mut initdb)
}

/// A child of ours, not a daemon: Ctrl-C in the terminal reaches it too. What it has to say goes to a file beside the data.
fn launch(programs: &Path, folder: &Path, owner: Owner, port: u16) -> Result<Child> {
    let log = fs::File::create(folder.join("log")).context("making PostgreSQL's log")?;
    let mut postgres = owner_command(&programs.join("postgres"), owner);
    postgres.arg("-D").arg(data_folder(folder)).args(["-p", &port.to_string()]);
    let settings = [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "max_connections=300",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
    ];
    for setting in settings {
        postgres.args(["-c", setting]);
    }
    postgres
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(log.try_clone().context("sharing PostgreSQL's log")?)
        .stderr(log)
        .spawn()
        .with_context(|| format!("starting `{}`", command::describe(&postgres)))
}

/// Free now; nobody else on a test machine is likely to take it in the moment until PostgreSQL does.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("looking for a free port")?;
    Ok(listener.local_addr()?.port())
}
