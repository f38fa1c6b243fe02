//! The live socket of the console, and its fallback by polling.

use std::time::Duration;

use app::session::{Visit, find_cookie};
use axum::Json;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::extract::{Extension, FromRequestParts, Query, Request, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use backend::Error;
use backend::live::Subscription;
use backend::sessions::{self, SignedIn};
use domain::live::{Frame, Signal};
use futures::SinkExt;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until};

use crate::reply::Failure;
use crate::router::Doors;
use crate::security::is_own_origin;

/// A heartbeat is sent this often; a browser that hears nothing for twice as long comes back.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// A browser's message is at most this long, in bytes.
const SIGNAL_MAX: usize = 4_096;

/// A browser's messages are heard at most this often: each may ask the database. Whoever sends more waits.
const PACE: Duration = Duration::from_millis(25);

/// tokio-tungstenite takes 128 KiB a socket unless it is told otherwise.
const BUFFER: usize = 2_048;

/// What may wait to be written before the socket counts as dead, in bytes.
const BACKLOG_MAX: usize = 1 << 20;

/// How long a poll waits for news.
const POLL: Duration = Duration::from_secs(20);

/// The browser was too slow; it comes back and reads what it missed.
const TOO_SLOW: u16 = 4_009;

/// The server is going down; RFC 6455 §7.4.1 and the IANA registry.
const RESTARTING: u16 = 1_012;

/// Where a stream begins.
#[derive(Deserialize)]
pub struct From {
    after: u64,
}

/// /live is both the section's page and the socket's door: what asks to become a WebSocket is the latter.
pub async fn take_upgrades(State(doors): State<Doors>, request: Request, next: Next) -> Response {
    let wants_socket = request.headers().get(header::UPGRADE).is_some_and(|word| word == "websocket");
    if request.uri().path() != "/live" || !wants_socket {
        return next.run(request).await;
    }
    let (mut parts, _) = request.into_parts();
    let asked = async {
        let Extension(visit) = Extension::from_request_parts(&mut parts, &doors).await.map_err(into_response)?;
        let Query(from) = Query::from_request_parts(&mut parts, &doors).await.map_err(into_response)?;
        let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &doors).await.map_err(into_response)?;
        Ok((visit, from, upgrade))
    };
    match asked.await {
        Ok((visit, from, upgrade)) => socket(doors, visit, from, parts.headers, upgrade).await.into_response(),
        Err(refusal) => refusal,
    }
}

fn into_response(refusal: impl IntoResponse) -> Response {
    refusal.into_response()
}

/// GET /live?after=`seq`: the WebSocket.
async fn socket(
    doors: Doors,
    visit: Visit,
    from: From,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Failure> {
    if !is_own_origin(&headers, &doors.settings.backend.public_url) {
        return Ok((StatusCode::FORBIDDEN, "This request came from another site.").into_response());
    }
    let (token, me) = signed_in(&doors, &headers, &visit).await?;
    let subscription = doors.backend.subscribe(me.person.id, &me.session, from.after).await?;
    let upgrade = upgrade
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_write_buffer_size(BACKLOG_MAX)
        .max_message_size(SIGNAL_MAX)
        .max_frame_size(SIGNAL_MAX);
    Ok(upgrade.on_upgrade(move |socket| async move {
        doors.sockets.clone().track_future(speak(doors, socket, subscription, token)).await;
    }))
}

/// GET /live/poll?after=`seq`: what a socket would have said, for networks that block sockets.
pub async fn poll(
    State(doors): State<Doors>,
    Extension(visit): Extension<Visit>,
    Query(from): Query<From>,
    headers: HeaderMap,
) -> Result<Json<Vec<Box<RawValue>>>, Failure> {
    let (_, me) = signed_in(&doors, &headers, &visit).await?;
    let mut subscription = doors.backend.resume(me.person.id, &me.session, from.after).await?;
    let mut frames = vec![hello(&doors)];
    tokio::select! {
        first = subscription.next() => frames.extend(first.map(|text| text.to_string())),
        () = tokio::time::sleep(POLL) => {}
        () = doors.stop.cancelled() => {}
    }
    let heartbeat = subscription.heartbeat();
    frames.extend(subscription.take_waiting().into_iter().map(|text| text.to_string()));
    // Those of a change are told a moment after it, when nobody listens any more.
    frames.push(doors.backend.counts(me.person.id).await?.to_string());
    frames.extend(doors.backend.hub().viewing(&subscription).iter().map(ToString::to_string));
    frames.push(heartbeat.to_string());
    let frames = frames.into_iter().map(RawValue::from_string).collect::<Result<_, _>>().map_err(Error::from)?;
    Ok(Json(frames))
}

async fn signed_in(doors: &Doors, headers: &HeaderMap, visit: &Visit) -> Result<(String, SignedIn), Failure> {
    let token = find_cookie(headers, visit.cookie_name()).ok_or(Error::SignIn)?;
    let me = sessions::find(&doors.backend, &token).await?.ok_or(Error::SignIn)?;
    Ok((token, me))
}

async fn speak(doors: Doors, mut socket: WebSocket, mut subscription: Subscription, token: String) {
    let mut heartbeat = ticks();
    let mut hears_from = Instant::now();
    if socket.send(Message::Text(hello(&doors).into())).await.is_err() {
        return;
    }
    loop {
        let written = tokio::select! {
            text = subscription.next() => match text {
                Some(text) => write(&mut socket, &mut subscription, text.as_ref()).await,
                None => {
                    close(socket, TOO_SLOW).await;
                    return;
                }
            },
            heard = socket.recv() => match heard {
                Some(Ok(message)) => {
                    sleep_until(hears_from).await;
                    hear(&doors, &subscription, &message).await;
                    hears_from = Instant::now() + PACE;
                    Ok(())
                }
                Some(Err(_)) | None => return,
            },
            _ = heartbeat.tick() => {
                if is_over(&sessions::find(&doors.backend, &token).await) {
                    let _ = socket.send(Message::Text(text_of(&Frame::SignedOut).into())).await;
                    return;
                }
                // True only after everything that waited before it, so it is taken first and sent last.
                let beat = subscription.heartbeat();
                write_waiting(&mut socket, &mut subscription, &beat).await
            }
            () = doors.stop.cancelled() => {
                close(socket, RESTARTING).await;
                return;
            }
        };
        if written.is_err() {
            return;
        }
    }
}

/// Whether somebody signed out. While the database does not answer, nobody has.
const fn is_over(found: &Result<Option<SignedIn>, Error>) -> bool {
    matches!(found, Ok(None))
}

/// Writes `first` and whatever waits behind it with one flush.
async fn write(socket: &mut WebSocket, subscription: &mut Subscription, first: &str) -> Result<(), axum::Error> {
    socket.feed(Message::Text(first.into())).await?;
    for text in subscription.take_waiting() {
        socket.feed(Message::Text(text.as_ref().into())).await?;
    }
    socket.flush().await
}

async fn write_waiting(socket: &mut WebSocket, subscription: &mut Subscription, last: &str) -> Result<(), axum::Error> {
    for text in subscription.take_waiting() {
        socket.feed(Message::Text(text.as_ref().into())).await?;
    }
    socket.feed(Message::Text(last.into())).await?;
    socket.flush().await
}

async fn hear(doors: &Doors, subscription: &Subscription, message: &Message) {
    let Message::Text(text) = message else { return };
    if let Ok(signal) = serde_json::from_str::<Signal>(text)
        && let Err(error) = doors.backend.hear(subscription, signal).await
    {
        tracing::warn!(%error, "what a browser shows could not be told");
    }
}

async fn close(mut socket: WebSocket, code: u16) {
    let _ = socket.send(Message::Close(Some(CloseFrame { code, reason: "".into() }))).await;
}

fn ticks() -> Interval {
    let mut ticks = interval(HEARTBEAT);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

fn hello(doors: &Doors) -> String {
    text_of(&Frame::Hello { build: doors.site.manifest().build.clone() })
}

fn text_of(frame: &Frame) -> String {
    serde_json::to_string(frame).expect("frames have string keys only, so they always serialise")
}

#[cfg(test)]
mod tests {
    use backend::Error;

    use super::is_over;

    #[test]
    fn a_database_that_does_not_answer_signs_nobody_out() {
        assert!(is_over(&Ok(None)));
        assert!(!is_over(&Err(Error::Unavailable)));
    }
}
