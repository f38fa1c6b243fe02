//! Reading kept deliveries and doing what they say, once each.

use std::collections::BTreeSet;
use std::task::Poll;

use ::channels::identity::Actor;
use ::channels::inbound::{Inbound, InboundEvent, InboundMessage, Topic};
use ::channels::plan::Limits;
use domain::channel::{Channel, ChannelKind};
use domain::customer::Customer;
use domain::id::{ChannelId, MessageId, WebhookId};
use domain::room::Room;
use domain::timestamp::Timestamp;
use futures::poll;

use crate::backend::Backend;
use crate::clock::new_id;
use crate::customers;
use crate::error::{Error, Result};
use crate::feedback;
use crate::inbound::early::{self, Arrival};
use crate::inbound::elsewhere::Siblings;
use crate::inbound::marks::Mark;
use crate::inbound::reading::{Line, Read, Reading, open_all};
use crate::inbound::said::{self, Words};
use crate::inbound::typing::Typing;
use crate::inbound::{album, echoes, marks, origins, rows, statuses, subscriptions};
use crate::jobs::{Work, providers, queue};
use crate::sweeper::expiry;
use crate::templates;
use crate::writer::{Command, Tx};

/// Reads the deliveries among `ids` that wait, except for `paused` channels, and does what they say, in the order they came.
/// What cannot be read now waits for the next time. Gives whether the storage took all; when it did not, later deliveries wait
/// as well, or they would overtake.
///
/// # Errors
/// They could not be loaded.
pub(super) async fn process_all(backend: &Backend, ids: Vec<WebhookId>, paused: &BTreeSet<ChannelId>) -> Result<bool> {
    let waiting = rows::load_waiting(&backend.store().read, ids, paused).await?;
    let adapters = open_all(backend, &waiting).await?;
    let read: Vec<_> = waiting.into_iter().map(|kept| Read::of(&adapters, kept)).collect();
    let elsewhere: Vec<ChannelKind> = read.iter().filter_map(Read::kind_of_what_is_elsewhere).collect();
    let siblings = Siblings::of(backend, &elsewhere).await;
    let line = Line::default();
    let mut begun = Vec::with_capacity(read.len());
    for read in read {
        let id = read.id;
        let mut reading = Box::pin(process(backend, &siblings, &line, read));
        // The first poll reads it and puts it into the Writer's queue: begun in order, they are taken in in order.
        let first = poll!(&mut reading);
        if let Poll::Ready(Err(error)) = &first {
            line.note(error);
        }
        begun.push((id, first, reading));
    }
    let mut took_all = true;
    for (id, first, reading) in begun {
        let outcome = match first {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => reading.await,
        };
        if let Err(error) = outcome {
            tracing::warn!(webhook = %id, %error, "a delivery waits to be read again");
            took_all &= !error.is_passing();
        }
    }
    Ok(took_all)
}

/// The channel that a delivery is for, and what fits into its messages.
#[derive(Clone, Copy)]
struct Source {
    channel: ChannelId,
    limits: Limits,
}

/// Does what one delivery says. It waits for nothing before the Writer has it.
async fn process(backend: &Backend, siblings: &Siblings, line: &Line, read: Read) -> Result<()> {
    let (id, received_at) = (read.id, read.received_at);
    let (Some(parsed), Some(limits)) = (read.parsed, read.limits) else {
        return Err(Error::World("its channel cannot be used".into()));
    };
    let source = Source { channel: read.channel, limits };
    let reading = match parsed {
        Ok(events) => Reading::of(source.channel, events, siblings, received_at),
        Err(error) => Reading { problems: vec![format!("unreadable: {error}")], ..Reading::default() },
    };
    let moved: Vec<WebhookId> = reading.moved.iter().map(|moved| moved.id).collect();
    let typing = Typing::among(&reading.events, received_at, backend.now());
    let whole = Happens { webhook: id, source, reading: reading.clone(), line: line.clone() };
    match backend.run(whole).await {
        Err(error) if !error.is_passing() => one_by_one(backend, id, source, reading, &error).await?,
        outcome => outcome?,
    }
    for id in moved {
        backend.workshop().inbox.put(id);
    }
    for typing in typing {
        // It is taken in by now; a sign that is lost is no harm.
        if let Err(error) = typing.show(backend, source.channel).await {
            tracing::warn!(channel = %source.channel, %error, "that a customer writes could not be shown");
        }
    }
    Ok(())
}

/// Something in the delivery cannot be done. Everything else is; repeats are no harm, so a crash in between is none.
async fn one_by_one(
    backend: &Backend,
    webhook: WebhookId,
    source: Source,
    mut reading: Reading,
    first: &Error,
) -> Result<()> {
    tracing::warn!(%webhook, error = %first, "a delivery is taken event by event");
    for event in std::mem::take(&mut reading.events) {
        match backend.run(One { source, event }).await {
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => reading.problems.push(format!("not taken in: {error}")),
            Ok(()) => {}
        }
    }
    backend.run(Happens { webhook, source, reading, line: Line::default() }).await
}

/// Takes in what a provider told when it was asked; what was delivered as well is no second time.
///
/// # Errors
/// Nothing can be saved.
pub(crate) async fn take_missed(
    backend: &Backend,
    channel: ChannelId,
    limits: Limits,
    events: Vec<InboundEvent>,
) -> Result<()> {
    for event in events {
        match backend.run(One { source: Source { channel, limits }, event }).await {
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => tracing::warn!(%channel, %error, "a missed event was not taken in"),
            Ok(()) => {}
        }
    }
    Ok(())
}

/// Everything a delivery says.
struct Happens {
    webhook: WebhookId,
    source: Source,
    reading: Reading,
    line: Line,
}

impl Command for Happens {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        self.line.check()?;
        let problem = self.reading.problem();
        if !rows::mark_processed(tx.db, self.webhook, problem.as_deref(), tx.now).await? {
            return Ok(());
        }
        for moved in &self.reading.moved {
            moved.keep(tx).await?;
        }
        if let Some(words) = &self.reading.stopped {
            providers::note_trouble(tx, self.source.channel, words).await?;
        }
        match self.reading.events.as_slice() {
            [event] => take(tx, self.source, event).await,
            events => Box::pin(self.take_each(tx, events)).await,
        }
    }

    fn failed(&self, error: &Error) {
        self.line.note(error);
    }
}

impl Happens {
    /// One that cannot be taken in does not keep the others from it, nor from their place before the next delivery.
    async fn take_each(&self, tx: &mut Tx<'_>, events: &[InboundEvent]) -> Result<()> {
        let mut reading = self.reading.clone();
        for event in events {
            match tx.apart(&One { source: self.source, event: event.clone() }).await {
                Err(error) if error.is_passing() => return Err(error),
                Err(error) => reading.problems.push(format!("not taken in: {error}")),
                Ok(()) => {}
            }
        }
        if reading.problems.len() > self.reading.problems.len() {
            rows::set_problem(tx.db, self.webhook, reading.problem().as_deref()).await?;
        }
        Ok(())
    }
}

/// One thing a delivery says.
struct One {
    source: Source,
    event: InboundEvent,
}

impl Command for One {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        take(tx, self.source, &self.event).await
    }
}

async fn take(tx: &mut Tx<'_>, source: Source, event: &InboundEvent) -> Result<()> {
    let known = tx.directory.channels.get(&source.channel).cloned();
    let channel = &known.ok_or_else(|| Error::World("the channel is gone".into()))?;
    let once = &event.dedupe;
    // No clock of others is ahead of ours.
    let at = event.at.map_or(tx.now, |at| at.min(tx.now));
    match &event.what {
        Inbound::Message { customer: actor, message } => {
            hear(tx, channel, Heard { actor, message, at: event.at }).await
        }
        Inbound::Came { customer, topic } => origins::keep(tx, channel, customer, once, topic, at).await,
        Inbound::Echo { customer, message, through } => {
            echoes::take(tx, channel, &source.limits, customer, message, *through).await
        }
        Inbound::Edited { customer, target, content, files } => {
            marks::mark(tx, channel, customer, once, target, Mark::Edited(content, files)).await
        }
        Inbound::Deleted { customer, target } => marks::mark(tx, channel, customer, once, target, Mark::Deleted).await,
        Inbound::Reaction { customer, target, emoji, by } => {
            marks::mark(tx, channel, customer, once, target, Mark::Reacted(*by, emoji.as_deref())).await
        }
        Inbound::Status(status) => statuses::take(tx, channel, &source.limits, status, at).await,
        Inbound::IdentityChanged { previous, current } => {
            customers::change_identity(tx, channel.id, previous, current).await
        }
        Inbound::Subscription { customer, subscription } => {
            subscriptions::take(tx, channel, customer, *subscription, at).await
        }
        Inbound::TemplateChanged { .. } => templates::forget(tx, channel.id).await,
        // Typing leaves nothing behind, and the others nothing to show here.
        Inbound::Typing { .. }
        | Inbound::AccountAlert { .. }
        | Inbound::Elsewhere { .. }
        | Inbound::Everywhere { .. }
        | Inbound::Unsupported { .. } => Ok(()),
    }
}

/// Words of a customer as their provider tells of them.
#[derive(Clone, Copy)]
struct Heard<'a> {
    actor: &'a Actor,
    message: &'a InboundMessage,
    /// When they were said, by the provider's clock.
    at: Option<Timestamp>,
}

/// The customer wrote. The same message again is no second one.
async fn hear(tx: &mut Tx<'_>, channel: &Channel, heard: Heard<'_>) -> Result<()> {
    let Heard { actor, message, .. } = heard;
    let customer = customers::find_or_make(tx, channel.id, actor).await?;
    if customer.blocked {
        return Ok(());
    }
    let mut room = said::room_of(tx, channel, &customer).await?;
    expiry::end_first(tx, &mut room).await?;
    let begun = album::find(tx, &room, message).await?;
    let id = begun.as_ref().map_or_else(new_id::<MessageId>, |begun| begun.id);
    let edit = match early::claim(tx, channel.id, &message.id.0, room.id, id).await? {
        Arrival::Over => return Ok(()),
        Arrival::New => None,
        Arrival::Edited(edit) => Some(edit),
    };
    match begun {
        Some(begun) => album::join(tx, &mut room, &begun, message).await?,
        None => say(tx, channel, &customer, &mut room, id, heard).await?,
    }
    match edit {
        Some(edit) => marks::change(tx, room.id, id, &message.id, Mark::of(&edit)).await,
        None => Ok(()),
    }
}

/// Takes new words into the room, and has done what they need.
async fn say(
    tx: &mut Tx<'_>,
    channel: &Channel,
    customer: &Customer,
    room: &mut Room,
    id: MessageId,
    heard: Heard<'_>,
) -> Result<()> {
    let Heard { actor, message, at } = heard;
    let answer = feedback::find_answer(tx.db, room, &message.content, tx.now).await?;
    let about = match topic_of(tx, channel, heard).await? {
        Some(topic) => Some(said::about(tx, room, &topic).await?),
        None => None,
    };
    let is_new = room.version == 0;
    let words = Words { id, content: message.content.clone(), about, answer, at };
    said::take(tx, channel, room, words).await?;
    let is_nameless = actor.name.is_none() && actor.username.is_none();
    if is_new && (is_nameless || channel.kind.shows_pictures()) {
        let profile = Work::Profile { channel: channel.id, customer: customer.id };
        queue::add_for_provider(tx, channel.id, &profile).await?;
    }
    album::remember(tx, room, id, message).await?;
    if let Some(button) = message.pressed.clone() {
        queue::add_for_provider(tx, channel.id, &Work::Press { channel: channel.id, button }).await?;
    }
    said::fetch_later(tx, room, id, 0, &message.files).await
}

/// What the words are about: what came along with them, or where the customer came from just before. What tells so itself
/// is not told once more by the next words.
async fn topic_of(tx: &Tx<'_>, channel: &Channel, heard: Heard<'_>) -> Result<Option<Topic>> {
    let Heard { actor, message, at } = heard;
    let about = message.about.clone();
    match about {
        Some(Topic::Message(_) | Topic::Story { .. } | Topic::Forwarded | Topic::Standby) => Ok(about),
        None | Some(Topic::CameFrom(_) | Topic::Product(_)) if !channel.kind.tells_who_comes() => Ok(about),
        None | Some(Topic::CameFrom(_) | Topic::Product(_)) => {
            let came = origins::take(tx, channel.id, actor, at.map_or(tx.now, |at| at.min(tx.now))).await?;
            Ok(about.or(came))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::change::Change;
    use domain::timestamp::hours;
    use serde_json::json;

    use super::{Line, Read, Siblings, open_all, process, process_all};
    use crate::error::{Error, Result};
    use crate::inbound::rows;
    use crate::test_desk::{TestDesk, whatsapp_message};
    use crate::writer::{Command, Tx};

    /// With this in a batch, the storage takes nothing of it.
    struct Unlucky;

    impl Command for Unlucky {
        type Output = ();

        async fn run(&self, _tx: &mut Tx<'_>) -> Result<()> {
            Err(Error::Unavailable)
        }
    }

    #[tokio::test]
    async fn a_delivery_that_the_storage_did_not_take_is_not_overtaken_by_those_begun_behind_it() {
        let desk = TestDesk::new().await;
        desk.whatsapp_channel().await;
        for (id, words) in [("wamid.A=", "one"), ("wamid.B=", "two")] {
            let delivery = whatsapp_message(id, &json!({ "type": "text", "text": { "body": words } }));
            desk.whatsapp_delivers(&delivery).await.expect("signed");
        }
        let (backend, paused) = (&desk.backend, BTreeSet::new());
        let until = backend.now().plus(hours(1));
        let came = rows::list_waiting(&backend.store().read, until, None, &paused, 10).await.expect("can be read");
        let ids: Vec<_> = came.into_iter().map(|(_, id)| id).collect();
        let kept = rows::load_waiting(&backend.store().read, ids.clone(), &paused).await.expect("can be read");
        let adapters = open_all(backend, &kept).await.expect("can be read");
        let mut read = kept.into_iter().map(|kept| Read::of(&adapters, kept));
        let (Some(one), Some(two)) = (read.next(), read.next()) else { panic!("two deliveries wait") };
        let (siblings, line) = (Siblings::of(backend, &[]).await, Line::default());

        let (first, _) = futures::join!(process(backend, &siblings, &line, one), backend.run(Unlucky));
        let second = process(backend, &siblings, &line, two).await;

        assert!([first, second].into_iter().all(|outcome| outcome.is_err_and(|error| error.is_passing())));
        assert!(process_all(backend, ids, &paused).await.expect("can be read"));
        let told = desk.told().await.into_iter().filter_map(|event| match event.change {
            Change::MessageAdded(message) => Some(message.content.text().to_owned()),
            _ => None,
        });
        assert_eq!(told.collect::<Vec<_>>(), ["one", "two"]);
    }
}
