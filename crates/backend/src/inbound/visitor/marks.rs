//! What a visitor does to messages that stand in their room. None of it opens the room or makes a bot answer.

use domain::id::MessageId;
use domain::message::{Entry, What};
use domain::refused::Refused;
use domain::visitor::Mark;

use crate::backend::Backend;
use crate::error::Result;
use crate::inbound::visitor::web_channel;
use crate::messages::rows as entries;
use crate::visitors::{self, VisitorSession};
use crate::writer::{Command, Tx};

/// Does to `message` of the visitor's room what they ask for, and gives it as it is then. The same again changes nothing.
///
/// # Errors
/// As [`Mark::on`]; [`Refused::NotFound`] for what is no message of their room; the channel is paused; they are blocked.
pub async fn visitor_marks(
    backend: &Backend,
    session: &VisitorSession,
    message: MessageId,
    mark: Mark,
) -> Result<Entry> {
    backend.run(Marking { session: *session, message, mark }).await
}

struct Marking {
    session: VisitorSession,
    message: MessageId,
    mark: Mark,
}

impl Command for Marking {
    type Output = Entry;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Entry> {
        let channel = web_channel(tx, &self.session)?;
        let customer = tx.customer(self.session.customer).await?.ok_or(Refused::NotFound)?;
        if customer.blocked {
            return Err(Refused::not_allowed("write here").into());
        }
        let mut room = tx.room_of(channel.id, customer.id).await?.ok_or(Refused::NotFound)?;
        let known = entries::find(tx.db, self.message).await?.filter(|(place, _)| *place == room.id);
        let Some((_, entry)) = known else { return Err(Refused::NotFound.into()) };
        let What::Message(message) = &entry.what else { return Err(Refused::NotFound.into()) };
        let Some(change) = self.mark.on(message)? else { return Ok(entry) };
        if channel.paused {
            return Err(visitors::closed().into());
        }
        tx.change(&mut room, vec![change]).await?;
        let (_, entry) = entries::find(tx.db, self.message).await?.ok_or(Refused::NotFound)?;
        Ok(entry)
    }
}
