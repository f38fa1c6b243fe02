//! Showing the customer our sign on a message of theirs. One that does not get through is taken back on the screens too.

use ::channels::error::ChannelError;
use ::channels::identity::ProviderId;
use ::channels::outbound::{Recipient, Signal};
use domain::change::Change;
use domain::id::{MessageId, RoomId};
use domain::message::{Author, Content, Message, Reacting, What};

use crate::backend::Backend;
use crate::clock::new_id;
use crate::customers::rows as customer_rows;
use crate::error::Result;
use crate::jobs::providers;
use crate::jobs::queue::{self, Lease};
use crate::jobs::runner::{Failure, finish};
use crate::messages::rows as entries;
use crate::rooms::rows as room_rows;
use crate::writer::{Command, Tx};

pub(super) async fn run(
    backend: &Backend,
    lease: &Lease,
    room: RoomId,
    message: MessageId,
    emoji: Option<&str>,
) -> std::result::Result<(), Failure> {
    let db = &backend.store().read;
    let (found, target) = (room_rows::find(db, room).await?, entries::find_provider_id(db, message).await?);
    let (Some(room), Some(target)) = (found, target) else { return finish(backend, lease).await };
    if let Some((cause, wait)) = providers::held(backend, &room) {
        return Err(Failure::Held { problem: "The channel cannot send just now.".into(), cause, wait });
    }
    let Some(adapter) = providers::ready(backend, room.channel).await? else { return finish(backend, lease).await };
    let to = Recipient { ids: customer_rows::list_ids(db, room.customer).await? };
    let signal = Signal::Reaction { to, target: ProviderId(target), emoji: emoji.map(str::to_owned) };
    match adapter.signal(backend.workshop().providers.http()?, &signal).await {
        Ok(()) => finish(backend, lease).await,
        Err(error) if error.is_retryable() || matches!(error, ChannelError::OutcomeUnknown) => {
            Err(Failure::Failed(error.words()))
        }
        Err(error) => {
            tracing::warn!(channel = %room.channel, %error, "a sign was not taken");
            let problem = emoji.map(|emoji| format!("{emoji} was not shown to the customer. {}", error.words()));
            Ok(backend.run(TakeBack { lease: lease.clone(), room: room.id, message, problem }).await?)
        }
    }
}

struct TakeBack {
    lease: Lease,
    room: RoomId,
    message: MessageId,
    /// Why it was not taken, in words.
    problem: Option<String>,
}

impl Command for TakeBack {
    type Output = ();

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        if !queue::finish(tx, &self.lease).await? {
            return Ok(());
        }
        take_back(tx, self.room, self.message).await?;
        match &self.problem {
            Some(label) => say(tx, self.room, label).await,
            None => Ok(()),
        }
    }
}

/// Says it to whoever left the sign; it goes to no customer.
async fn say(tx: &mut Tx<'_>, room: RoomId, label: &str) -> Result<()> {
    let Some(mut room) = room_rows::find(tx.db, room).await? else { return Ok(()) };
    let content = Content::Unsupported { label: label.into() };
    let message = Message::new(new_id(), Author::Switchboard, content, None);
    tx.change(&mut room, vec![Change::MessageAdded(message)]).await
}

/// The customer does not see our sign, so nobody does.
pub(super) async fn take_back(tx: &mut Tx<'_>, room: RoomId, id: MessageId) -> Result<()> {
    let (Some(mut room), Some((_, entry))) = (room_rows::find(tx.db, room).await?, entries::find(tx.db, id).await?)
    else {
        return Ok(());
    };
    let What::Message(message) = entry.what else { return Ok(()) };
    let change = Change::Reacted { message: id, by: Reacting::OurSide, emoji: None };
    if message.would_take(&change) { tx.change(&mut room, vec![change]).await } else { Ok(()) }
}
