//! The web chat's live stream: what happens in the visitor's own room.

use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use backend::inbound;
use backend::live::VisitorNews;
use backend::visitors::{self, VisitorSession};
use domain::change::{Change, Event};
use domain::desk::entry_of;
use domain::live::Typist;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::router::Doors;
use crate::widget::{answering, is_anybody_here, seen, shown};

/// A sign of life is sent this often.
const BEAT: Duration = Duration::from_secs(20);

/// The browser says who it is at once, or is not one of ours.
const FIRST_WORDS: Duration = Duration::from_secs(10);

/// How many missed entries are sent; with more, the chat begins again.
const MISSED_MOST: u64 = 500;

const MESSAGE_MAX: usize = 2_048;

/// The token is not known (any more).
const UNKNOWN_TOKEN: u16 = 4_001;

/// The browser's first and only message.
#[derive(Deserialize)]
struct First {
    resume: Resume,
}

#[derive(Deserialize)]
struct Resume {
    token: String,
    after: u32,
}

/// GET /widget/v1/live.
pub async fn socket(State(doors): State<Doors>, upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade
        .read_buffer_size(MESSAGE_MAX)
        .write_buffer_size(MESSAGE_MAX)
        .max_write_buffer_size(1 << 20)
        .max_message_size(MESSAGE_MAX);
    upgrade.on_upgrade(move |socket| async move {
        doors.sockets.clone().track_future(speak(doors, socket)).await;
    })
}

async fn speak(doors: Doors, mut socket: WebSocket) {
    let Ok(Some(Ok(Message::Text(first)))) = timeout(FIRST_WORDS, socket.recv()).await else { return };
    let Ok(First { resume }) = serde_json::from_str(&first) else { return };
    // While the database does not answer, the browser keeps its token and comes back.
    let Ok(found) = visitors::find(&doors.backend, &resume.token).await else { return };
    let Some(session) = found else {
        let frame = CloseFrame { code: UNKNOWN_TOKEN, reason: "".into() };
        let _ = socket.send(Message::Close(Some(frame))).await;
        return;
    };
    // Subscribed before the transcript is read, so that nothing falls between.
    let mut news = doors.backend.hub().subscribe_visitor(session.customer);
    let Some(mut last) = catch_up(&doors, &mut socket, &session, resume.after).await else { return };
    received(&doors, &session, last).await;
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let sent = tokio::select! {
            told = news.next() => match told {
                Some(VisitorNews::Event(event)) => {
                    let told = tell(&doors, &mut socket, &session, &event, &mut last).await;
                    if told.is_ok() && is_ours(&event) {
                        received(&doors, &session, last).await;
                    }
                    told
                }
                Some(VisitorNews::Seen { position }) => say(&mut socket, &json!({ "seen": { "position": position } })).await,
                Some(VisitorNews::Typing { who, on }) => tell_typing(&doors, &mut socket, who, on).await,
                None => return,
            },
            heard = socket.recv() => match heard {
                Some(Ok(_)) => Ok(()),
                Some(Err(_)) | None => return,
            },
            _ = beat.tick() => say(&mut socket, &json!({ "beat": true })).await,
            () = doors.stop.cancelled() => {
                let _ = say(&mut socket, &json!({ "reconnect": { "after": 1_000 } })).await;
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

/// Sends who answers, then everything after `after`. Gives the last position sent; `None` when the browser is gone.
async fn catch_up(doors: &Doors, socket: &mut WebSocket, session: &VisitorSession, after: u32) -> Option<u32> {
    let room = inbound::visitor_room(&doors.backend, session).await.ok()?;
    let mut status = json!(answering(doors, room.as_ref()));
    status["online"] = is_anybody_here(doors, session.channel, room.as_ref()).await.ok()?.into();
    say(socket, &json!({ "status": status })).await.ok()?;
    let seen = seen(&doors.backend, room.as_ref()).await.ok()?;
    say(socket, &json!({ "seen": seen })).await.ok()?;
    let end = room.map_or(0, |room| room.last_position);
    if after > end || u64::from(end - after) > MISSED_MOST {
        say(socket, &json!({ "start_over": true })).await.ok()?;
        return Some(end);
    }
    let missed = inbound::visitor_entries_after(&doors.backend, session, after, MISSED_MOST).await.ok()?;
    for entry in shown(doors, &missed).await.ok()? {
        say(socket, &json!({ "entry": entry })).await.ok()?;
    }
    Some(missed.last().map_or(after, |entry| entry.position))
}

async fn tell(
    doors: &Doors,
    socket: &mut WebSocket,
    session: &VisitorSession,
    event: &Event,
    last: &mut u32,
) -> Result<(), axum::Error> {
    if let Change::DeliveryChanged { message, delivery } = &event.change {
        return say(socket, &json!({ "delivery": { "id": message, "stage": delivery.word() } })).await;
    }
    if let Some(altered) = event.change.altered() {
        // Somebody changed it, took it back or put a sign on it: the entry as it is now takes the place of the old one.
        let found = inbound::visitor_entry(&doors.backend, session, altered).await.ok().flatten();
        for entry in shown(doors, found.as_slice()).await.map_err(axum::Error::new)? {
            say(socket, &json!({ "changed": entry })).await?;
        }
        return Ok(());
    }
    if let Some(entry) = entry_of(event).filter(|entry| entry.position > *last) {
        let position = entry.position;
        // What cannot be read is told when the browser comes back.
        let entries = shown(doors, &[entry]).await.map_err(axum::Error::new)?;
        *last = position;
        for entry in entries {
            say(socket, &json!({ "entry": entry })).await?;
        }
    }
    if event.change.is_line() {
        let mut status = json!(answering(doors, event.room.as_deref()));
        // What cannot be read is told when the browser comes back.
        if let Ok(online) = is_anybody_here(doors, session.channel, event.room.as_deref()).await {
            status["online"] = online.into();
        }
        say(socket, &json!({ "status": status })).await?;
    }
    Ok(())
}

async fn tell_typing(doors: &Doors, socket: &mut WebSocket, who: Typist, on: bool) -> Result<(), axum::Error> {
    let (who, name) = match who {
        Typist::Customer => return Ok(()),
        Typist::Bot => ("bot", None),
        Typist::Person(person) => {
            let directory = doors.backend.directory();
            ("agent", directory.people.get(&person).map(|person| person.name.clone()))
        }
    };
    let name: Value = name.into();
    say(socket, &json!({ "typing": { "who": who, "name": name, "on": on } })).await
}

/// Whether our side said something.
fn is_ours(event: &Event) -> bool {
    matches!(&event.change, Change::MessageAdded(message) if !message.author.is_customer())
}

/// What was sent to the browser has arrived there.
async fn received(doors: &Doors, session: &VisitorSession, position: u32) {
    if let Err(error) = inbound::visitor_receives(&doors.backend, session, position).await {
        tracing::warn!(%error, "a visitor's receipt could not be noted");
    }
}

async fn say(socket: &mut WebSocket, words: &Value) -> Result<(), axum::Error> {
    socket.send(Message::Text(words.to_string().into())).await
}
