//! Sending a message to the customer. A send whose outcome is not known is never repeated by itself.

mod settle;
mod spend;

use std::time::Duration;

use ::channels::adapter::Tools;
use ::channels::error::{ChannelError, Scope};
use ::channels::identity::{ExternalId, ProviderId};
use ::channels::outbound::{Author, OutboundMessage, ProviderSend, Purpose, Recipient};
use ::channels::plan::plan;
use domain::delivery::{Cause, Delivery};
use domain::id::{MessageId, RoomId};
use domain::message::{self, About, Message, What};
use domain::refused::Refused;
use domain::room::{Room, is_overtaken};

use crate::backend::Backend;
use crate::customers::rows as customer_rows;
use crate::jobs::Work;
use crate::jobs::providers::{self, ADMIN_PAUSE, Gate};
use crate::jobs::queue::Lease;
use crate::jobs::runner::{self, Failure, finish};
use crate::media::Lender;
use crate::messages::parts;
use crate::messages::rows as entries;
use crate::rooms::rows as room_rows;
pub(super) use settle::NoteTrouble;
use settle::{NoteFaltered, NotePart, Settle, Taken};
use spend::{Limit, Spend};

/// The pause when a provider says "too much" without saying for how long.
const LIMIT_PAUSE: Duration = Duration::from_secs(30);

/// The pause before a message is sent again at which the provider failed, and the one before the last time.
const FALTERED_PAUSES: [Duration; 2] = [Duration::from_secs(10), Duration::from_secs(60)];

/// How many entries after words of the bot are looked at for a person who came. A customer alone says less.
const LOOKED_AT: u64 = 500;

/// The shortest pause, whatever a provider asks for.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);

type Outcome = Result<(), Failure>;

/// Sends what of the message has not left yet.
pub(super) async fn run(
    backend: &Backend,
    lease: &Lease,
    room: RoomId,
    message: MessageId,
    sent_parts: u16,
) -> Outcome {
    let Some(parcel) = Parcel::load(backend, lease, room, message, sent_parts).await? else {
        return finish(backend, lease).await;
    };
    // Whoever had the job before may have sent it.
    if lease.is_orphaned {
        return parcel.settle(Delivery::Unconfirmed, None).await;
    }
    match &parcel.message.delivery {
        Some(Delivery::Waiting | Delivery::Delayed(_)) => {
            if parcel.is_overtaken().await? {
                return parcel.settle(Delivery::Overtaken, None).await;
            }
        }
        // What was told of the parts that left is not true of those that are still here.
        Some(Delivery::Sent | Delivery::Delivered | Delivery::Read) if sent_parts > 0 => {}
        _ => return finish(backend, lease).await,
    }
    parcel.may_leave_now()?;
    parcel.send().await
}

/// A message with everything it takes to send it.
struct Parcel<'a> {
    backend: &'a Backend,
    lease: &'a Lease,
    room: Room,
    message: Message,
    /// Where it stands in the transcript.
    position: u32,
    to: Vec<ExternalId>,
    /// The message it answers, as the provider knows it.
    reply_to: Option<ProviderId>,
    sent_parts: u16,
}

impl<'a> Parcel<'a> {
    /// `None` when there is nothing to send. A private note is no message, so it never gets here.
    async fn load(
        backend: &'a Backend,
        lease: &'a Lease,
        room: RoomId,
        message: MessageId,
        sent_parts: u16,
    ) -> Result<Option<Self>, Failure> {
        let db = &backend.store().read;
        let (found, entry) = (room_rows::find(db, room).await?, entries::find(db, message).await?);
        let (Some(room), Some((_, entry))) = (found, entry) else { return Ok(None) };
        let (What::Message(message), position) = (entry.what, entry.position) else { return Ok(None) };
        let to = customer_rows::list_ids(db, room.customer).await?;
        let reply_to = match &message.about {
            Some(About::Message(answered)) => entries::find_provider_id(db, *answered).await?.map(ProviderId),
            _ => None,
        };
        Ok(Some(Self { backend, lease, room, message, position, to, reply_to, sent_parts }))
    }

    /// Whether these are words of the bot, none of which has left, and a person came before them.
    async fn is_overtaken(&self) -> Result<bool, Failure> {
        let is_asked = matches!(self.lease.work, Work::Deliver { asked: true, .. });
        let is_bots = matches!(self.message.author, message::Author::Bot(_));
        let db = &self.backend.store().read;
        if !is_bots || is_asked || self.sent_parts > 0 || entries::has_left(db, self.message.id).await? {
            return Ok(false);
        }
        let since = entries::list_after(db, self.room.id, self.position, LOOKED_AT).await?;
        Ok(is_overtaken(&since))
    }

    fn may_leave_now(&self) -> Outcome {
        match providers::held(self.backend, &self.room) {
            Some((Cause::Paused, wait)) => Err(held("The channel is paused.", Cause::Paused, wait)),
            Some((cause, wait)) => Err(held("The provider asked to wait.", cause, wait)),
            None => Ok(()),
        }
    }

    async fn send(self) -> Outcome {
        let Some(adapter) = providers::ready(self.backend, self.room.channel).await? else {
            return finish(self.backend, self.lease).await;
        };
        if self.room.blocked {
            return self.settle(Delivery::Failed { reason: Refused::Blocked.to_string() }, None).await;
        }
        if self.to.is_empty() {
            let reason = "The customer is known under another chat by now; answer there.";
            return self.settle(Delivery::Failed { reason: reason.into() }, None).await;
        }
        // They may have said so while the message waited.
        if self.room.has_said_stop() {
            return self.settle(Delivery::Failed { reason: Refused::OptedOut.to_string() }, None).await;
        }
        let Some(message) = self.outbound() else { return finish(self.backend, self.lease).await };
        // The window may have closed while the message waited.
        let sends = match plan(&adapter.limits(), &message, self.backend.now(), self.room.last_customer_at) {
            Ok(sends) => sends,
            Err(refused) => return self.settle(Delivery::Failed { reason: refused.to_string() }, None).await,
        };
        let lender = Lender(self.backend);
        let tools = Tools { http: self.backend.workshop().providers.http()?, files: &lender };
        for send in &self.still_here(sends).await? {
            self.spend().await?;
            runner::keep(self.backend, self.lease).await?;
            let taken = |receipt| Taken::of(send, receipt);
            match adapter.send(tools, send).await {
                Ok(receipt) if send.key.is_last() => return self.settle(Delivery::Sent, Some(taken(receipt))).await,
                Ok(receipt) => self.note_part(taken(receipt)).await?,
                Err(error) => return self.refused(error).await,
            }
        }
        // Every part had left before.
        self.settle(Delivery::Sent, None).await
    }

    /// Those of the message's parts that have not left, or that failed after they had.
    async fn still_here(&self, sends: Vec<ProviderSend>) -> Result<Vec<ProviderSend>, Failure> {
        let Some(parts) = sends.first().map(|send| send.key.parts) else { return Ok(sends) };
        let left = parts::list(&self.backend.store().read, self.message.id, parts).await?;
        let has_left = |part: u16| {
            let mut stages = left.iter().filter(|(of, _)| *of == part).map(|(_, stage)| stage).peekable();
            // What left before the rows told of parts is known to its job alone.
            if stages.peek().is_none() {
                part <= self.sent_parts
            } else {
                stages.any(|stage| !matches!(stage, Delivery::Failed { .. }))
            }
        };
        Ok(sends.into_iter().filter(|send| !has_left(send.key.part)).collect())
    }

    /// Counts one more message before it leaves, where the provider counts them or names a pace.
    async fn spend(&self) -> Outcome {
        let paces = &self.backend.workshop().providers.paces;
        if let Err((cause, wait)) = paces.step(self.room.kind, self.room.channel, self.room.id, self.backend.now()) {
            return Err(held("It would be faster than the provider wants.", cause, wait));
        }
        if self.room.kind.capabilities().budgets.is_empty() {
            return Ok(());
        }
        match self.backend.run(Spend { channel: self.room.channel }).await? {
            Ok(()) => Ok(()),
            Err(until) => Err(held("The budget is used up.", Cause::Limit, until.since(self.backend.now()))),
        }
    }

    fn outbound(&self) -> Option<OutboundMessage> {
        let (author, speaker) = match &self.message.author {
            message::Author::Customer => return None,
            message::Author::Bot(name) => (Author::Bot, Some(name.clone())),
            message::Author::Person(id) => {
                let directory = self.backend.directory();
                (Author::Person, directory.people.get(id).map(|person| person.name.clone()))
            }
            message::Author::Switchboard => (Author::Switchboard, None),
        };
        Some(OutboundMessage {
            id: self.message.id,
            to: Recipient { ids: self.to.clone() },
            content: self.message.content.clone(),
            author,
            speaker,
            purpose: Purpose::Reply,
            reply_to: self.reply_to.clone(),
        })
    }

    /// One part of several has left; a retry begins after it.
    async fn note_part(&self, taken: Taken) -> Outcome {
        let part = NotePart { lease: self.lease.clone(), room: self.room.clone(), taken };
        self.backend.run(part).await.map_err(|_| Failure::Lost)
    }

    /// Writes down how it went. Once something has left, a job that cannot say so must not run again as if nothing had.
    async fn settle(&self, delivery: Delivery, taken: Option<Taken>) -> Outcome {
        let has_left = matches!(delivery, Delivery::Sent | Delivery::Unconfirmed);
        let settle = Settle {
            lease: self.lease.clone(),
            room: self.room.clone(),
            message: self.message.id,
            taken,
            opted_out: false,
            delivery,
        };
        self.backend.run(settle).await.map_err(|error| if has_left { Failure::Lost } else { error.into() })
    }

    /// The provider, or the way to it, said no.
    async fn refused(&self, error: ChannelError) -> Outcome {
        tracing::warn!(channel = %self.room.channel, %error, "a message was not taken");
        let (now, gates) = (self.backend.now(), &self.backend.workshop().providers);
        if matches!(error, ChannelError::OutcomeUnknown) {
            return self.settle(Delivery::Unconfirmed, None).await;
        }
        if error.needs_admin() {
            self.backend.run(NoteTrouble { channel: self.room.channel, words: error.words() }).await?;
        }
        if let Some((cause, pause)) = hold(&error) {
            if cause == Cause::CustomerLimit && error.retry_after().is_none() {
                return Err(held(&error.words(), cause, gates.slow_down(self.room.id, now)));
            }
            let wait = error.retry_after().unwrap_or(pause).max(SHORTEST_PAUSE);
            let (channel, until) = (self.room.channel, now.plus(wait));
            match cause {
                Cause::Limit => self.backend.run(Limit { channel, until }).await?,
                Cause::CustomerLimit => gates.close(Gate::Customer(self.room.id), now, until),
                Cause::Paused | Cause::Stopped | Cause::Outage => gates.close(Gate::Stopped(channel), now, until),
            }
            return Err(held(&error.words(), cause, wait));
        }
        if let Some(tries) = error.tries() {
            let times = self.backend.run(NoteFaltered { lease: self.lease.clone() }).await?;
            if times < tries {
                let [first, last] = FALTERED_PAUSES;
                return Err(held(&error.words(), Cause::Outage, if times > 1 { last } else { first }));
            }
        } else if error.is_retryable() {
            return Err(Failure::Outage(error.words()));
        }
        let settle = Settle {
            lease: self.lease.clone(),
            room: self.room.clone(),
            message: self.message.id,
            taken: None,
            opted_out: matches!(error, ChannelError::OptedOut),
            delivery: Delivery::Failed { reason: error.words() },
        };
        Ok(self.backend.run(settle).await?)
    }
}

/// What further messages wait for after such a refusal, and for how long where the provider does not say.
const fn hold(error: &ChannelError) -> Option<(Cause, Duration)> {
    match error {
        ChannelError::RateLimited { scope: Scope::Recipient, .. } => Some((Cause::CustomerLimit, LIMIT_PAUSE)),
        ChannelError::RateLimited { scope: Scope::Channel, .. } => Some((Cause::Limit, LIMIT_PAUSE)),
        ChannelError::RateLimited { scope: Scope::Account, .. } => Some((Cause::Limit, ADMIN_PAUSE)),
        error if error.stops_channel() => Some((Cause::Stopped, ADMIN_PAUSE)),
        _ => None,
    }
}

fn held(problem: &str, cause: Cause, wait: Duration) -> Failure {
    Failure::Held { problem: problem.into(), cause, wait }
}

#[cfg(test)]
mod tests {
    use domain::timestamp::minutes;

    use super::run;
    use crate::clock::new_id;
    use crate::jobs::Work;
    use crate::jobs::queue::Lease;
    use crate::jobs::runner::{Failure, take_due};
    use crate::test_desk::TestDesk;
    use crate::{messages, rooms};

    /// Nobody listens at the provider's address, so that whoever tries to send hears of an outage.
    async fn tries(desk: &TestDesk, lease: &Lease) -> Result<(), Failure> {
        let Work::Deliver { room, message, sent_parts, .. } = lease.work else { panic!("it is a message") };
        run(&desk.backend, lease, room, message, sent_parts).await
    }

    #[tokio::test]
    async fn a_worker_that_stood_still_sends_only_what_nobody_else_has_taken_meanwhile() {
        let desk = TestDesk::new().await;
        let priya = desk.admin("priya").await;
        let channel = desk.whatsapp_channel().await;
        let room = desk.room_of_known(&channel, "Ana", "5511900000001").await.id;
        rooms::enter(&desk.backend, &priya, room).await.expect("an admin may");
        messages::send(&desk.backend, &priya, room, new_id(), "ola".into()).await.expect("she holds it");
        let slow = loop {
            let lease = take_due(&desk.backend, 1).await.expect("jobs can be taken").remove(0);
            if matches!(lease.work, Work::Deliver { .. }) {
                break lease;
            }
        };

        desk.later(minutes(1));
        assert!(matches!(tries(&desk, &slow).await, Err(Failure::Outage(_))), "it is still this worker's");

        desk.later(minutes(1));
        let other = take_due(&desk.backend, 10).await.expect("jobs can be taken");
        assert!(other.iter().any(|lease| lease.id == slow.id && lease.is_orphaned));
        assert!(matches!(tries(&desk, &slow).await, Err(Failure::Lost)), "the other says how it went");
    }
}
