//! What the process survives: being killed, being stopped, and a full disk.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::rig::console::{Console, first_page, id_of};
use crate::rig::http::{Answer, Connection, Request};
use crate::rig::kill::kill_under_load;
use crate::rig::process::{PATIENCE, Switchboard};
use crate::rig::socket::Heard;
use crate::whatsapp::{self, signed, text_delivery};
use crate::{postgres, running_with_whatsapp, until};

#[tokio::test]
async fn whatever_was_acknowledged_survives_being_killed() -> Result<()> {
    let verdict = kill_under_load(postgres().as_deref(), 5).await?;

    assert!(verdict.acknowledged > 0 && verdict.events > 0);
    assert_eq!(verdict.faults, Vec::<String>::new());
    Ok(())
}

/// Posts webhooks until the connection ends; gives the texts that were acknowledged.
async fn post_until_the_end(host: String, channel: String, number: usize) -> Vec<String> {
    let mut acknowledged = Vec::new();
    let Ok(mut connection) = Connection::open(&host).await else { return acknowledged };
    for count in 0.. {
        let text = format!("words {count} of customer {number}");
        let body = text_delivery(number, "Ana Lima", &format!("wamid.{number}x{count}"), &text);
        match connection.exchange(&signed(&channel, body).to_bytes(&host)).await {
            Ok(answer) if answer.status == 200 => acknowledged.push(text),
            _ => break,
        }
    }
    acknowledged
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_loses_nothing_and_tells_its_browsers() -> Result<()> {
    let (mut switchboard, channel, _graph) = running_with_whatsapp().await?;
    let admin = Console::admin(&switchboard).await?;
    let mut screen = admin.live(0).await?;
    let mut posting = JoinSet::new();
    for number in 0..4 {
        posting.spawn(post_until_the_end(switchboard.host(), channel.clone(), number));
    }
    until("messages arrive", async || {
        let rooms = admin.rooms(&switchboard, "assigned").await?.len() + admin.rooms(&switchboard, "live").await?.len();
        Ok((rooms == 4).then_some(()))
    })
    .await?;

    let took = switchboard.stop().await?;

    ensure!(took.as_secs() <= 10, "stopping took {took:?}");
    let closed = loop {
        match screen.hear().await {
            Ok(Heard::Text(_)) => {}
            other => break other,
        }
    };
    assert_eq!(closed.ok(), Some(Heard::Closed(1012)));
    let acknowledged: Vec<String> = posting.join_all().await.concat();
    switchboard.start().await?;
    let rows = switchboard.database().open().await?;
    rows.wait_until_settled().await?;
    let audit = rows.audit().await?;
    assert_eq!(audit.faults, Vec::<String>::new());
    for text in acknowledged {
        assert_eq!(audit.texts.get(&text), Some(&1), "{text}");
    }
    Ok(())
}

/// Mounts a small file system for the server alone, moves the data there, and becomes the server. The mount goes with
/// the process.
const ON_A_SMALL_DISK: &str = "mount -t tmpfs -o size=16m tmpfs \"$1\" && cp -a \"$2\"/. \"$1\"/ && exec \"$3\"";

/// A running server whose data is on a disk of 16 MB, and where that disk is seen from outside; nothing where no
/// such disk can be made.
async fn on_a_small_disk() -> Result<Option<(Switchboard, String, PathBuf)>> {
    let as_root = std::fs::metadata("/proc/self").map(|own| std::os::unix::fs::MetadataExt::uid(&own))? == 0;
    let rights: &[&str] = if as_root { &["--mount"] } else { &["--mount", "--map-root-user"] };
    let trial = Command::new("unshare").args(rights).args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output().await;
    if !trial.is_ok_and(|trial| trial.status.success()) {
        return Ok(None);
    }
    let mut switchboard = Switchboard::new(None).await?;
    switchboard.set_up().await?;
    let channel = switchboard.add_channel("whatsapp", &whatsapp::settings("http://127.0.0.1:9")).await?;
    let (small, source) = (switchboard.folder.path().join("small"), switchboard.folder.path().join("data"));
    std::fs::create_dir(&small)?;
    switchboard.settings.insert("SWITCHBOARD_DATA", small.display().to_string());
    let mut program = Command::new("unshare");
    program.env_clear().envs(switchboard.environment()).args(rights).args(["sh", "-c", ON_A_SMALL_DISK, "sh"]);
    program.arg(&small).arg(source).arg(env!("CARGO_BIN_EXE_switchboard"));
    switchboard.start_as(program).await?;
    let seen = format!("/proc/{}/root{}", switchboard.pid()?, small.display());
    Ok(Some((switchboard, channel, PathBuf::from(seen))))
}

/// Writes until not a byte more fits.
fn fill(disk: &Path) -> Result<PathBuf> {
    let path = disk.join("ballast");
    let mut file = OpenOptions::new().create(true).append(true).open(&path).context("opening the ballast")?;
    for size in [1 << 16, 1 << 9, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
    Ok(path)
}

struct Poster<'a> {
    switchboard: &'a Switchboard,
    channel: &'a str,
    acknowledged: Vec<String>,
}

impl Poster<'_> {
    async fn post(&mut self) -> Result<Answer> {
        // Long enough to need new pages soon.
        let text = format!("{} {}", Uuid::now_v7(), "x".repeat(3_000));
        let body = text_delivery(1, "Ana Lima", &format!("wamid.{}", Uuid::now_v7()), &text);
        let answer = self.switchboard.ask(signed(self.channel, body)).await?;
        if answer.status == 200 {
            self.acknowledged.push(text);
        }
        Ok(answer)
    }
}

/// Everything the customer said in `room`, in order.
async fn all_said(admin: &Console, switchboard: &Switchboard, room: &str) -> Result<Vec<String>> {
    let view = admin.get(switchboard, "load_room", &json!({ "room": room })).await?;
    let (mut entries, mut more) = (view["entries"].clone(), view["has_earlier"].clone());
    let mut parts = Vec::new();
    loop {
        let part = entries.as_array().context("a room has entries")?.clone();
        let first = part.first().map(|entry| entry["position"].clone());
        parts.push(part);
        if more != true {
            break;
        }
        let earlier = json!({ "room": room, "before": first });
        let answer = admin.get(switchboard, "load_earlier", &earlier).await?;
        (entries, more) = (answer[0].clone(), answer[1].clone());
    }
    let said = parts.into_iter().rev().flatten().filter(|entry| entry["what"]["message"]["author"] == "customer");
    Ok(said.filter_map(|entry| entry["what"]["message"]["content"]["text"].as_str().map(str::to_owned)).collect())
}

#[tokio::test]
async fn a_full_disk_is_told_to_the_provider_and_recovers_by_itself() -> Result<()> {
    let Some((mut switchboard, channel, disk)) = on_a_small_disk().await? else {
        eprintln!("skipped: a full disk; no file system can be mounted here");
        return Ok(());
    };
    let admin = Console::admin(&switchboard).await?;
    let mut poster = Poster { switchboard: &switchboard, channel: &channel, acknowledged: Vec::new() };
    assert_eq!(poster.post().await?.status, 200);

    let ballast = fill(&disk)?;
    let refused = loop {
        let answer = poster.post().await?;
        if answer.status != 200 {
            break answer;
        }
        ensure!(poster.acknowledged.len() < 5_000, "a full disk takes everything");
    };
    assert_eq!(refused.status, 503, "{}", refused.text());
    let seconds = refused.header("retry-after").and_then(|value| value.parse::<u32>().ok());
    assert!(seconds.is_some_and(|seconds| (1..=300).contains(&seconds)), "{seconds:?}");
    let ready = switchboard.ask(Request::get("/readyz")).await?;
    assert_eq!(ready.status, 503, "{}", ready.text());
    assert_eq!(switchboard.ask(Request::get("/livez")).await?.status, 200);
    admin.get(&switchboard, "load_page", &first_page("live")).await?;

    std::fs::remove_file(ballast)?;
    let began = std::time::Instant::now();
    while poster.post().await?.status != 200 {
        if began.elapsed() > PATIENCE {
            bail!("the server did not recover: {}", switchboard.log());
        }
    }
    let acknowledged = poster.acknowledged;
    assert_eq!(switchboard.ask(Request::get("/readyz")).await?.status, 200);
    let room = until("the last message arrives", async || {
        let rooms = [admin.rooms(&switchboard, "live").await?, admin.rooms(&switchboard, "assigned").await?].concat();
        let counted = |room: &&Value| room["customer_messages"].as_u64() >= Some(acknowledged.len() as u64);
        rooms.iter().find(counted).map(id_of).transpose()
    })
    .await?;
    assert_eq!(all_said(&admin, &switchboard, &room).await?, acknowledged);
    assert!(!switchboard.log().contains("panicked"), "{}", switchboard.log());
    switchboard.stop().await?;
    Ok(())
}
