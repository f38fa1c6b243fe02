//! The bot's turn: it hears what the customer said, and says what its flow says, unless a person came before it.

use domain::change::{Change, HandOffReason};
use domain::channel::Channel;
use domain::customer::Customer;
use domain::delivery::Delivery;
use domain::flow::{Doing, Flow, Heard, Run, Turn, answer, begin};
use domain::id::{MessageId, RoomId, TeamId};
use domain::live::Typist;
use domain::message::{Author, Content, Message, What};
use domain::room::{Room, end, hand_off, may_bot_speak};
use entity::bot_run;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

use crate::backend::Backend;
use crate::clock::new_id;
use crate::customers::rows as customer_rows;
use crate::error::{Error, Result};
use crate::flows::BOT_NAME;
use crate::jobs::queue::{self, Lease};
use crate::jobs::runner::{Failure, finish};
use crate::messages::rows as entries;
use crate::rooms::rows as room_rows;
use crate::teams::rows as teams;
use crate::writer::{Command, Tx};

/// A bot that fails this often in one turn hands over, whatever it failed of.
pub(super) const FAILURES: u32 = 2;

pub(super) async fn run(
    backend: &Backend,
    lease: &Lease,
    room: RoomId,
    epoch: u32,
    message: Option<MessageId>,
) -> std::result::Result<(), Failure> {
    let found = room_rows::find(&backend.store().read, room).await?;
    let Some(room) = found.filter(|room| may_bot_speak(room, epoch)) else { return finish(backend, lease).await };
    backend.hub().typing(&room, Typist::Bot, true);
    let outcome = take_turn(backend, lease, &room, message).await;
    backend.hub().typing(&room, Typist::Bot, false);
    Ok(outcome?)
}

/// The bot failed again: people take over, and admins see why.
pub(super) async fn hand_over(tx: &mut Tx<'_>, room: RoomId, epoch: u32) -> Result<()> {
    let Some(mut room) = room_rows::find(tx.db, room).await? else { return Ok(()) };
    match hand_off(&room, epoch, HandOffReason::BotError, None) {
        Some(change) => tx.change(&mut room, vec![change]).await,
        None => Ok(()),
    }
}

async fn take_turn(backend: &Backend, lease: &Lease, room: &Room, message: Option<MessageId>) -> Result<()> {
    let turn = think(backend, room, message).await?;
    backend.run(Speak { lease: lease.clone(), room: room.id, epoch: room.handler_epoch, turn }).await
}

/// What the bot does next, as far as one can say before the room is looked at again.
async fn think(backend: &Backend, room: &Room, message: Option<MessageId>) -> Result<Turn> {
    let db = &backend.store().read;
    let flow = flow_of(backend, room).await?;
    let now = backend.now();
    let Some(message) = message else { return Ok(begin(&flow, Heard::Other, now)) };
    let content = match entries::find(db, message).await? {
        Some((_, entry)) => match entry.what {
            What::Message(message) => message.content,
            What::Note(_) | What::Line(_) => {
                return Err(Error::World("a bot heard something that was not said".into()));
            }
        },
        None => return Err(Error::World("a bot heard a message that is not there".into())),
    };
    let heard = Heard::of(&content);
    Ok(match find_run(db, room).await? {
        Some(run) => answer(&flow, run, heard, now),
        None => begin(&flow, heard, now),
    })
}

async fn flow_of(backend: &Backend, room: &Room) -> Result<Flow> {
    let directory = backend.directory();
    let id = directory.channels.get(&room.channel).and_then(|channel| channel.flow);
    let id = id.ok_or_else(|| Error::World("the channel has no bot any more".into()))?;
    let row = entity::flow::Entity::find_by_id(id).one(&backend.store().read).await?;
    let row = row.ok_or_else(|| Error::World("the bot's flow is gone".into()))?;
    Flow::parse(&row.document).map_err(|problem| Error::World(problem.to_string()))
}

/// Where the bot stands in this episode.
async fn find_run(db: &impl ConnectionTrait, room: &Room) -> Result<Option<Run>> {
    let row = bot_run::Entity::find_by_id(room.id).one(db).await?.filter(|row| row.episode == room.episode);
    Ok(row.map(|row| serde_json::from_str(&row.run)).transpose()?)
}

async fn save_run(db: &impl ConnectionTrait, room: &Room, run: &Run) -> Result<()> {
    let row =
        bot_run::ActiveModel { room: Set(room.id), episode: Set(room.episode), run: Set(serde_json::to_string(run)?) };
    let again = OnConflict::column(bot_run::Column::Room)
        .update_columns([bot_run::Column::Episode, bot_run::Column::Run])
        .to_owned();
    bot_run::Entity::insert(row).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

/// Does what was thought, if it is still the bot's turn: a person may have entered meanwhile.
struct Speak {
    lease: Lease,
    room: RoomId,
    epoch: u32,
    turn: Turn,
}

impl Command for Speak {
    type Output = ();

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        if !queue::finish(tx, &self.lease).await? {
            return Ok(());
        }
        let found = room_rows::find(tx.db, self.room).await?;
        let Some(mut room) = found.filter(|room| may_bot_speak(room, self.epoch)) else {
            tracing::info!(room = %self.room, "the bot kept silent: somebody came before it, or the customer is blocked");
            return Ok(());
        };
        let channel = tx.directory.channels.get(&room.channel).cloned();
        let channel = channel.ok_or_else(|| Error::World("the channel is gone".into()))?;
        let tagged = keep_told(tx, &room, &self.turn).await?;
        save_run(tx.db, &room, &self.turn.run).await?;
        let team = self.team(tx).await?;
        let does = self.turn.does.iter().filter_map(|doing| self.change(&room, &channel, team, doing));
        let changes = tagged.into_iter().chain(does).collect();
        tx.change(&mut room, changes).await
    }
}

impl Speak {
    /// The team the turn hands over to, where it names one. Whoever renames a team changes the flows as well: then the bot
    /// thinks again.
    async fn team(&self, tx: &Tx<'_>) -> Result<Option<TeamId>> {
        let named = self.turn.does.iter().find_map(|doing| match doing {
            Doing::HandOff { team, .. } => team.as_deref(),
            Doing::Say(_) | Doing::Collected(_) | Doing::Tagged(_) | Doing::End => None,
        });
        let Some(name) = named else { return Ok(None) };
        let teams = teams::keep_all(tx.db).await?;
        let team = teams.into_values().find(|team| team.is_named(name));
        let team = team.ok_or_else(|| Error::World(format!("there is no team \"{name}\" to hand over to")))?;
        Ok(Some(team.id))
    }

    fn change(&self, room: &Room, channel: &Channel, team: Option<TeamId>, doing: &Doing) -> Option<Change> {
        match doing {
            Doing::Say(content) => Some(said(channel, content.clone())),
            Doing::Collected(fields) => Some(Change::FieldsCollected { fields: fields.clone() }),
            // All of a turn are one change.
            Doing::Tagged(_) => None,
            Doing::HandOff { reason, .. } => hand_off(room, self.epoch, reason.clone(), team),
            Doing::End => end(room, self.epoch),
        }
    }
}

fn said(channel: &Channel, content: Content) -> Change {
    let author = Author::Bot(channel.bot_name.clone().unwrap_or_else(|| BOT_NAME.into()));
    Change::MessageAdded(Message::new(new_id(), author, content, Some(Delivery::first(channel.kind))))
}

/// Keeps with the customer what they told; gives what happened when they have other tags now.
async fn keep_told(tx: &Tx<'_>, room: &Room, turn: &Turn) -> Result<Option<Change>> {
    let Some(known) = customer_rows::find(tx.db, room.customer).await? else { return Ok(None) };
    let mut customer: Customer = known.clone();
    for doing in &turn.does {
        match doing {
            Doing::Collected(fields) => customer.fields.extend(fields.iter().cloned()),
            Doing::Tagged(tag) if !customer.tags.contains(tag) => customer.tags.push(tag.clone()),
            Doing::Tagged(_) | Doing::Say(_) | Doing::HandOff { .. } | Doing::End => {}
        }
    }
    if customer != known {
        customer_rows::update(tx.db, &known, &customer).await?;
    }
    Ok((customer.tags != known.tags).then(|| customer.redescribed(room)))
}

#[cfg(test)]
mod tests {
    use domain::message::Author;

    use super::{Speak, think};
    use crate::jobs::Work;
    use crate::jobs::runner::take_due;
    use crate::messages::rows as entries;
    use crate::rooms;
    use crate::test_desk::TestDesk;

    #[tokio::test]
    async fn an_answer_that_was_thought_before_a_person_entered_is_never_said() {
        let desk = TestDesk::new().await;
        desk.web_channel_with_bot().await;
        let priya = desk.admin("priya").await;
        desk.customer_writes("hello").await;
        let lease = take_due(&desk.backend, 1).await.expect("jobs can be taken").remove(0);
        let Work::BotTurn { room, epoch, message } = lease.work else { panic!("the bot has something to answer") };
        let turn = think(&desk.backend, &desk.find_room(room).await, message).await.expect("the bot can think");
        assert!(!turn.does.is_empty());

        let entered = rooms::enter(&desk.backend, &priya, room).await.expect("an admin may enter");
        desk.backend.run(Speak { lease, room, epoch, turn }).await.expect("nothing fails");

        let after = desk.find_room(room).await;
        assert_eq!(after, entered);
        let entries = entries::list_after(&desk.backend.store().read, room, 0, 100).await.expect("entries can be read");
        let is_bots = |author: &Author| matches!(author, Author::Bot(_));
        assert!(
            !entries.iter().any(
                |entry| matches!(&entry.what, domain::message::What::Message(message) if is_bots(&message.author))
            )
        );
        assert!(take_due(&desk.backend, 10).await.expect("jobs can be taken").is_empty());
    }
}
