//! Work that leaves the process or waits for its time: a row written in the transaction that caused it, carried out
//! beside the commands, tried again when it fails, and shown to admins when it is given up.

pub(crate) mod providers;
pub(crate) mod queue;
pub(crate) mod workshop;

mod bot;
pub(crate) mod catch_up;
mod deliver;
mod feedback;
mod fetch;
mod inform;
mod press;
mod profile;
mod react;
mod route;
mod runner;
mod signals;
pub(crate) mod upkeep;

use ::channels::files::FileRef;
use ::channels::missed::Gap;
use domain::change::{Actor, Change};
use domain::delivery::Delivery;
use domain::id::{ChannelId, CustomerId, EpisodeId, JobId, MessageId, RoomId};
use domain::message::{About, Content, Message};
use domain::policy::UNDO;
use domain::room::{LiveHandler, Room, waits_for_sender};
use domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use crate::backend::Backend;
use crate::background::Background;
use crate::error::Result;
use crate::inbound;
use crate::messages;
use crate::writer::Tx;

pub(crate) use queue::wake;
pub(crate) use route::{RouteQueue, count_held, list_loads};
pub use runner::run_due;
pub use upkeep::look_after;

/// Everything a job can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Work {
    /// Send a message to the customer through its channel; the first `sent_parts` parts of it have left.
    Deliver {
        room: RoomId,
        message: MessageId,
        #[serde(default)]
        sent_parts: u16,
        /// A person asked for it: it leaves whoever has come since it was said.
        #[serde(default)]
        asked: bool,
        /// How often the provider answered that it failed at it.
        #[serde(default)]
        faltered: u32,
    },
    /// Let the bot answer what the customer said, if it is still its turn in `epoch`. Without a message, the bot was
    /// given the room back.
    BotTurn { room: RoomId, epoch: u32, message: Option<MessageId> },
    /// Find somebody for a queued room.
    Route { room: RoomId },
    /// Find somebody for a room that waited for one person alone, who did not take it.
    RouteLater { room: RoomId },
    /// Find somebody for the rooms that wait longest.
    RouteQueue,
    /// Ask how it went, unless the closing was undone.
    AskFeedback { room: RoomId, episode: EpisodeId },
    /// Look again for the message that news came of before its id was known.
    Inform { channel: ChannelId, provider_id: String, delivery: Delivery },
    /// Fetch a file of the customer's from the provider: the `place`th of its message's.
    Fetch { channel: ChannelId, room: RoomId, message: MessageId, place: u16, file: FileRef },
    /// Show the customer our sign on a message of theirs, or that it was taken away.
    React { room: RoomId, message: MessageId, emoji: Option<String> },
    /// Ask the provider who a customer is.
    Profile { channel: ChannelId, customer: CustomerId },
    /// Tell a messenger that the press of a button was taken in.
    Press { channel: ChannelId, button: String },
    /// Ask a provider what it may not have delivered. A look that did not come to its end began at `begun_at`.
    CatchUp {
        channel: ChannelId,
        gap: Gap,
        #[serde(default)]
        begun_at: Option<Timestamp>,
    },
}

impl Work {
    /// The word in the `kind` column.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Deliver { .. } => "deliver",
            Self::BotTurn { .. } => "bot_turn",
            Self::Route { .. } => "route",
            Self::RouteLater { .. } => "route_later",
            Self::RouteQueue => "route_queue",
            Self::AskFeedback { .. } => "ask_feedback",
            Self::Inform { .. } => "inform",
            Self::Fetch { .. } => "fetch",
            Self::Profile { .. } => "profile",
            Self::Press { .. } => "press",
            Self::React { .. } => "react",
            Self::CatchUp { .. } => "catch_up",
        }
    }

    /// Jobs of one lane run one after the other: a room's messages leave in their order.
    fn lane(&self) -> String {
        match self {
            Self::Deliver { room, .. } => format!("deliver:{room}"),
            Self::BotTurn { room, .. } => format!("bot:{room}"),
            Self::Route { .. } | Self::RouteQueue => "route".into(),
            // It waits for its time, and holds up no other room.
            Self::RouteLater { room } => format!("route:{room}"),
            Self::AskFeedback { room, .. } => format!("feedback:{room}"),
            Self::Inform { channel, provider_id, .. } => format!("inform:{channel}:{provider_id}"),
            // One that is slow or fails holds up no other.
            Self::Fetch { message, place, .. } => format!("fetch:{message}:{place}"),
            Self::React { message, .. } => format!("react:{message}"),
            Self::Profile { customer, .. } => format!("profile:{customer}"),
            Self::Press { channel, button } => format!("press:{channel}:{button}"),
            Self::CatchUp { channel, .. } => format!("catch_up:{channel}"),
        }
    }
}

/// Carries jobs out, reads providers' deliveries and shows customers signs until the guard is stopped or dropped.
#[must_use]
pub fn start(backend: &Backend) -> Background {
    let background = Background::new();
    background.spawn(|stop, tasks| runner::run(backend.clone(), stop, tasks));
    background.spawn(|stop, _| inbound::run(backend.clone(), stop));
    background.spawn(|stop, _| upkeep::run(backend.clone(), stop));
    background.spawn(|stop, tasks| signals::run(backend.clone(), stop, tasks));
    background
}

/// Has the queue looked at again: somebody came online or has room for one more.
pub(crate) async fn route_queue(tx: &mut Tx<'_>) -> Result<()> {
    if !tx.directory.assigns_anything() || queue::has_waiting(tx.db, &Work::RouteQueue).await? {
        return Ok(());
    }
    let now = tx.now;
    queue::add(tx, &Work::RouteQueue, now).await
}

/// Enqueues what follows from `change`, which left the room as `room`.
pub(crate) async fn follow(tx: &mut Tx<'_>, room: &Room, change: &Change) -> Result<()> {
    let now = tx.now;
    if is_status_change(change) {
        // What an earlier one still meant to ask is taken back with it.
        queue::forget(tx.db, &Work::AskFeedback { room: room.id, episode: room.episode }).await?;
    }
    if let (Change::EpisodeOpened { .. }, Some((_, until))) =
        (change, waits_for_sender(room, &tx.directory.policy, now))
    {
        queue::add(tx, &Work::RouteLater { room: room.id }, until).await?;
    }
    match change {
        Change::MessageAdded(Message { id, delivery: Some(Delivery::Waiting), .. }) => {
            let deliver = Work::Deliver { room: room.id, message: *id, sent_parts: 0, asked: false, faltered: 0 };
            queue::add_for_provider(tx, room.channel, &deliver).await
        }
        // How it went is nothing a bot answers, nor what another app does.
        Change::MessageAdded(
            Message { content: Content::FeedbackAnswer { .. }, .. } | Message { about: Some(About::Standby), .. },
        ) => Ok(()),
        Change::MessageAdded(Message { id, author, .. }) if author.is_customer() && room.is_with_bot() => {
            let turn = Work::BotTurn { room: room.id, epoch: room.handler_epoch, message: Some(*id) };
            queue::add(tx, &turn, now).await
        }
        Change::ReturnedToBot { .. } => {
            let turn = Work::BotTurn { room: room.id, epoch: room.handler_epoch, message: None };
            queue::add(tx, &turn, now).await?;
            route_queue(tx).await
        }
        Change::EpisodeOpened { handler: LiveHandler::Queue, .. } | Change::HandedOff { .. } => {
            queue::add(tx, &Work::Route { room: room.id }, now).await
        }
        Change::ReturnedToQueue { .. } => {
            queue::add(tx, &Work::Route { room: room.id }, now).await?;
            route_queue(tx).await
        }
        // Nobody was looked for while there was nothing to answer, or while it was closed.
        Change::CustomerUnblocked { .. } | Change::Undone { .. } if room.is_queued() => {
            queue::add(tx, &Work::Route { room: room.id }, now).await
        }
        Change::MarkedCritical { feedback: true, .. } => ask_feedback(tx, room).await,
        Change::Closed { feedback, .. } => {
            if *feedback {
                ask_feedback(tx, room).await?;
            }
            route_queue(tx).await
        }
        // Whoever held it has room for one more.
        Change::Expired { .. } | Change::Assigned { by: Actor::Person(_), .. } => route_queue(tx).await,
        _ => Ok(()),
    }
}

const fn is_status_change(change: &Change) -> bool {
    matches!(
        change,
        Change::MarkedCritical { .. }
            | Change::ClearedCritical { .. }
            | Change::Closed { .. }
            | Change::Reopened { .. }
            | Change::ReopenedAnew { .. }
            | Change::Undone { .. }
    )
}

/// Somebody has work tried again that was given up: what that failed is on its way once more.
pub(crate) async fn take_up(tx: &mut Tx<'_>, job: JobId) -> Result<()> {
    match queue::find(tx.db, job).await? {
        Some(Work::Deliver { message, .. }) => messages::wait_again(tx, message).await,
        _ => Ok(()),
    }
}

/// Once the status change can no longer be undone.
async fn ask_feedback(tx: &mut Tx<'_>, room: &Room) -> Result<()> {
    let ask = Work::AskFeedback { room: room.id, episode: room.episode };
    queue::add(tx, &ask, tx.now.plus(UNDO)).await
}
