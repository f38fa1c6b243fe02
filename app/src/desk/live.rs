//! The live socket: listens, comes back after every break with what was missed, and polls where sockets are blocked.

use std::time::Duration;

use domain::live::{Frame, Signal as Told};
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::{FutureExt, SinkExt, StreamExt, pin_mut, select};
use gloo_net::http::Request;
use gloo_net::websocket::Message;
use gloo_net::websocket::futures::WebSocket;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;

use crate::clock;
use crate::desk::{Link, Store, leave_to_sign_in};

/// A socket that says nothing for this long is dead: the server's heartbeat is more frequent.
const SILENCE: Duration = Duration::from_secs(45);

/// The first words must come sooner.
const FIRST_WORDS: Duration = Duration::from_secs(10);

/// When somebody looks again after this much silence, the socket is not trusted.
const DOUBT: Duration = Duration::from_secs(30);

/// After so many sockets in a row that never spoke, polling takes over for a while.
const BLOCKED_AFTER: u32 = 3;

/// How long one polls before a socket is tried again.
const POLLING: Duration = Duration::from_secs(60);

/// The longest pause between two tries, in milliseconds.
const LONGEST_PAUSE: u32 = 15_000;

/// Why one stopped waiting.
enum Woken {
    Heard(Option<String>),
    Say(Told),
    Look,
    Silence,
}

/// Keeps the store's desk up to date for as long as its owner lives.
pub fn keep_live(store: Store) {
    let (wake, woken) = unbounded();
    let online = window_event_listener_untyped("online", wake_up(wake.clone()));
    let visible = window_event_listener_untyped("visibilitychange", wake_up(wake));
    on_cleanup(move || {
        online.remove();
        visible.remove();
    });
    spawn_local_scoped_with_cancellation(run(store, woken));
}

fn wake_up(wake: UnboundedSender<()>) -> impl Fn(web_sys::Event) + 'static {
    move |_| {
        if !document().hidden() {
            // Nobody listens any more only when the page goes.
            drop(wake.unbounded_send(()));
        }
    }
}

async fn run(store: Store, mut woken: UnboundedReceiver<()>) {
    let mut failures = 0;
    loop {
        let has_heard = listen(store, &mut woken).await;
        store.wire.set_value(None);
        failures = if has_heard { 0 } else { failures + 1 };
        if failures >= BLOCKED_AFTER && poll(store).await {
            continue;
        }
        store.link.set(Link::Down);
        pause(failures, &mut woken).await;
    }
}

/// Listens to one socket until it ends. Says whether anything was heard.
async fn listen(store: Store, woken: &mut UnboundedReceiver<()>) -> bool {
    let seq = store.desk.with_untracked(|desk| desk.seq);
    let Some(url) = socket_url(seq) else { return false };
    let Ok(mut socket) = WebSocket::open(&url) else { return false };
    let (wire, mut told) = unbounded();
    let mut has_heard = false;
    let mut last_heard = clock::now();
    loop {
        let patience = if has_heard { SILENCE } else { FIRST_WORDS };
        match next(&mut socket, &mut told, woken, patience).await {
            Woken::Heard(Some(text)) => {
                last_heard = clock::now();
                if !has_heard {
                    has_heard = true;
                    store.wire.set_value(Some(wire.clone()));
                    begin(store);
                }
                let mut frames = read(store, &text);
                while let Some(Some(Ok(Message::Text(text)))) = socket.next().now_or_never() {
                    frames.extend(read(store, &text));
                }
                store.take(frames);
            }
            Woken::Say(told) => {
                let Ok(text) = serde_json::to_string(&told) else { continue };
                if socket.send(Message::Text(text)).await.is_err() {
                    return has_heard;
                }
            }
            Woken::Look if clock::now().since(last_heard) < DOUBT => {}
            Woken::Heard(None) | Woken::Look | Woken::Silence => return has_heard,
        }
    }
}

async fn next(
    socket: &mut WebSocket,
    told: &mut UnboundedReceiver<Told>,
    woken: &mut UnboundedReceiver<()>,
    patience: Duration,
) -> Woken {
    let silence = sleep(patience).fuse();
    pin_mut!(silence);
    select! {
        message = socket.next().fuse() => match message {
            Some(Ok(Message::Text(text))) => Woken::Heard(Some(text)),
            Some(Ok(Message::Bytes(_)) | Err(_)) | None => Woken::Heard(None),
        },
        told = told.select_next_some() => Woken::Say(told),
        () = woken.select_next_some() => Woken::Look,
        () = silence => Woken::Silence,
    }
}

/// The link is there: the room on screen is told, and what was lost is asked for.
fn begin(store: Store) {
    store.link.set(Link::Up);
    store.tell(Told::Viewing { room: store.selected.get_value() });
    store.catch_up();
}

/// Asks again and again for a while. False when even that does not work.
async fn poll(store: Store) -> bool {
    let end = clock::now().plus(POLLING);
    while clock::now() < end {
        let seq = store.desk.with_untracked(|desk| desk.seq);
        let Ok(answer) = Request::get(&format!("/live/poll?after={seq}")).send().await else { return false };
        if answer.status() == 401 {
            leave_to_sign_in();
            return false;
        }
        let (true, Ok(text)) = (answer.ok(), answer.text().await) else { return false };
        let Ok(frames) = crate::api::read::<Vec<Frame>>(text.as_bytes()) else {
            store.is_outdated.set(true);
            return false;
        };
        if store.link.get_untracked() != Link::Polling {
            store.link.set(Link::Polling);
            store.catch_up();
        }
        store.take(frames);
    }
    true
}

/// Waits longer after every failure, never the same as others, and not at all once somebody looks.
async fn pause(failures: u32, woken: &mut UnboundedReceiver<()>) {
    let longest = LONGEST_PAUSE.min(400 << failures.min(6));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the longest pause")]
    let millis = (f64::from(longest) * (0.5 + js_sys::Math::random() / 2.0)) as u32;
    let rest = sleep(Duration::from_millis(millis.into())).fuse();
    pin_mut!(rest);
    select! {
        () = rest => {}
        () = woken.select_next_some() => {}
    }
}

/// A frame that cannot be read is of another build: the page asks to be reloaded.
fn read(store: Store, text: &str) -> Vec<Frame> {
    match crate::api::read(text.as_bytes()) {
        Ok(frame) => vec![frame],
        Err(_) => {
            store.is_outdated.set(true);
            Vec::new()
        }
    }
}

fn socket_url(seq: u64) -> Option<String> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}/live?after={seq}", location.host().ok()?))
}

fn sleep(span: Duration) -> TimeoutFuture {
    TimeoutFuture::new(u32::try_from(span.as_millis()).unwrap_or(u32::MAX))
}
