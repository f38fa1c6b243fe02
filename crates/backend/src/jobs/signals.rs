//! Shows customers on their channel that their words were read and that somebody writes an answer. Of the moment: it
//! writes nothing down, takes no turn in the Writer, and what does not arrive is not tried again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ::channels::identity::ProviderId;
use ::channels::outbound::{Recipient, Signal};
use domain::channel::ChannelKind;
use domain::id::{MessageId, RoomId};
use domain::room::Room;
use domain::timestamp::Timestamp;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backend::Backend;
use crate::customers::rows as customers;
use crate::error::Result;
use crate::jobs::providers;
use crate::live::Sign;
use crate::messages::rows as entries;
use crate::rooms::{find_seen, rows};

/// How many signals are on their way at once.
const AT_ONCE: usize = 16;

/// How many rooms are remembered. One that was forgotten is at worst shown the same sign again.
const REMEMBERED: usize = 20_000;

/// What customers were shown already.
#[derive(Default)]
pub(crate) struct Signals {
    shown: Mutex<HashMap<RoomId, Shown>>,
}

#[derive(Default)]
struct Shown {
    /// The newest of the customer's messages that was shown as read.
    read: Option<MessageId>,
    /// Until when "typing…" need not be shown again.
    typing_until: Option<Timestamp>,
}

impl Signals {
    /// Notes that the message is shown as read; false when it was before.
    fn note_read(&self, room: RoomId, up_to: MessageId) -> bool {
        self.note(room, |shown| shown.read.replace(up_to) != Some(up_to))
    }

    /// Whether the customer still sees "typing…" from the last time.
    fn is_typing_shown(&self, room: RoomId, now: Timestamp) -> bool {
        self.note(room, |shown| shown.typing_until.is_some_and(|until| now < until))
    }

    /// Notes that "typing…" is shown, which the messenger does for as long as `lasts`; false when it was just shown.
    fn note_typing(&self, room: RoomId, lasts: Duration, now: Timestamp) -> bool {
        self.note(room, |shown| {
            let is_due = shown.typing_until.is_none_or(|until| now >= until);
            if is_due {
                // Before it fades.
                shown.typing_until = Some(now.plus(lasts * 4 / 5));
            }
            is_due
        })
    }

    fn note<T>(&self, room: RoomId, note: impl FnOnce(&mut Shown) -> T) -> T {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.len() >= REMEMBERED && !shown.contains_key(&room) {
            shown.clear();
        }
        note(shown.entry(room).or_default())
    }
}

/// Shows what the hub notices, until `stop`.
pub(super) async fn run(backend: Backend, stop: CancellationToken, tasks: TaskTracker) {
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        tokio::select! {
            () = backend.hub().signs_came() => {}
            () = stop.cancelled() => return,
        }
        for sign in backend.hub().take_signs() {
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
            let backend = backend.clone();
            tasks.spawn(async move {
                show(&backend, sign).await;
                drop(slot);
            });
        }
    }
}

/// Shows what was noticed so far, one after the other.
pub(super) async fn show_waiting(backend: &Backend) {
    for sign in backend.hub().take_signs() {
        show(backend, sign).await;
    }
}

async fn show(backend: &Backend, sign: Sign) {
    if let Err(error) = try_show(backend, sign).await {
        tracing::debug!(%error, "a sign was not shown to the customer");
    }
}

async fn try_show(backend: &Backend, sign: Sign) -> Result<()> {
    let (db, signals) = (&backend.store().read, &backend.workshop().signals);
    let (Sign::Reads { room, holder } | Sign::Writes { room, holder }) = sign;
    // First, so that the next keys cost no look at the rows.
    if matches!(sign, Sign::Writes { .. }) && signals.is_typing_shown(room, backend.now()) {
        return Ok(());
    }
    let Some(room) = rows::find(db, room).await?.filter(|room| room.agent() == Some(holder)) else { return Ok(()) };
    if room.blocked || !can_be_shown(sign, &room) || !is_open(backend, &room) {
        return Ok(());
    }
    let Some((position, newest)) = entries::find_newest_of_customer(db, &room).await? else { return Ok(()) };
    if matches!(sign, Sign::Reads { .. }) {
        let has_seen_all = find_seen(db, holder, room.id).await?.messages >= room.customer_messages;
        if !has_seen_all || !signals.note_read(room.id, newest) {
            return Ok(());
        }
        if room.kind == ChannelKind::Web {
            backend.hub().tell_seen(room.customer, position);
        }
    }
    let Some(adapter) = providers::ready(backend, room.channel).await? else { return Ok(()) };
    let Some(newest) = entries::find_provider_id(db, newest).await?.map(ProviderId) else { return Ok(()) };
    let to = Recipient { ids: customers::list_ids(db, room.customer).await? };
    let signal = match sign {
        Sign::Reads { .. } => Signal::Read { to, up_to: newest },
        Sign::Writes { .. } => {
            let lasts = room.kind.capabilities().typing_out;
            if !lasts.is_some_and(|lasts| signals.note_typing(room.id, lasts, backend.now())) {
                return Ok(());
            }
            Signal::Typing { to, answering: newest }
        }
    };
    if let Err(error) = adapter.signal(backend.workshop().providers.http()?, &signal).await {
        tracing::debug!(channel = %room.channel, %error, "a provider did not take a signal");
    }
    Ok(())
}

/// Whether the messenger has a sign for it.
const fn can_be_shown(sign: Sign, room: &Room) -> bool {
    let capabilities = room.kind.capabilities();
    match sign {
        Sign::Reads { .. } => capabilities.read_out,
        Sign::Writes { .. } => capabilities.typing_out.is_some(),
    }
}

/// Whether the channel may be used now.
fn is_open(backend: &Backend, room: &Room) -> bool {
    backend.directory().channels.contains_key(&room.channel) && providers::held(backend, room).is_none()
}
