//! The demo's story: believable people, teams and a few hundred rooms in all states, told through the same rules as
//! everything else, only with a clock that runs in the past.

mod stories;

use std::collections::HashMap;
use std::time::Duration;

use domain::change::{Actor, Change, HandOffReason};
use domain::channel::{Channel, ChannelKind};
use domain::customer::Customer;
use domain::delivery::Delivery;
use domain::episode::Outcome;
use domain::id::{ChannelId, PersonId};
use domain::message::{Author, Content, Message, Note};
use domain::room::{self, Room};
use domain::timestamp::{Timestamp, hours, minutes};
use entity::{customer, identity, job};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::backend::Backend;
use crate::clock::{ManualClock, new_id};
use crate::error::{Error, Result};
use crate::writer::{Command, Tx};
use stories::{CUSTOMERS, GREETING, STORIES, Says, Story, WAITING};

/// How many rooms the demo begins with.
const ROOMS: usize = 260;

/// Tells the whole story on `channels`, with those of `people` as the colleagues who answer who are in the channel's team. `clock` is the backend's own and
/// ends at `now`.
///
/// # Errors
/// The rows cannot be written.
pub async fn tell(
    backend: &Backend,
    clock: &ManualClock,
    channels: &[ChannelId],
    people: &[PersonId],
    now: Timestamp,
) -> Result<()> {
    for number in 0..ROOMS {
        let scene = scene(number, now);
        clock.set(scene.begins);
        let channel = *pick(channels, number).ok_or_else(|| Error::World("the demo has no channel".into()))?;
        let of_team = of_team(backend, channel, people);
        let agent = *pick(&of_team, number / 3).ok_or_else(|| Error::World("the demo has no people".into()))?;
        let mut telling = Telling { backend, clock, room: None, channel, agent, number };
        telling.play(&scene).await?;
    }
    clock.set(now);
    // What the story would have set off has been told already.
    backend.run(ForgetJobs).await
}

/// Those of `people` who are in the team of the channel.
fn of_team(backend: &Backend, channel: ChannelId, people: &[PersonId]) -> Vec<PersonId> {
    let directory = backend.directory();
    let team = directory.channels.get(&channel).and_then(|channel| channel.team);
    let is_in = |person: &&PersonId| {
        directory.people.get(person).is_some_and(|person| team.is_none_or(|team| person.is_in(team)))
    };
    people.iter().filter(is_in).copied().collect()
}

/// The most people that [`people`] gives.
const PEOPLE_MAX: u64 = 2_000;

/// Whom the channels know, the newest first: the channel, the id at its provider, and the name.
///
/// # Errors
/// The rows cannot be read.
pub async fn people(backend: &Backend) -> Result<Vec<(ChannelId, String, String)>> {
    let db = &backend.store().read;
    let customers = customer::Entity::find().order_by_desc(customer::Column::Id).limit(PEOPLE_MAX).all(db).await?;
    let names: HashMap<_, _> = customers.into_iter().map(|row| (row.id, row.name)).collect();
    let identities = identity::Entity::find().filter(identity::Column::Customer.is_in(names.keys().copied()));
    let named = |row: identity::Model| Some((row.channel, row.identity, names.get(&row.customer)?.clone()));
    Ok(identities.all(db).await?.into_iter().filter_map(named).collect())
}

/// How far a room's story has come when the demo begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    WithBot,
    InQueue,
    Held { critical: bool, waits: bool },
    Closed(Outcome),
    Expired,
}

struct Scene {
    begins: Timestamp,
    ends: Ends,
    story: &'static Story,
}

/// The newest rooms are open, the others are history, the older the further down the list.
fn scene(number: usize, now: Timestamp) -> Scene {
    let story = &STORIES[number % STORIES.len()];
    let (ago, ends) = match number {
        0..14 => {
            // In every team somebody waits.
            let waits = number % 3 == 2 || matches!(number, 3 | 6 | 9);
            (minutes(3 + 4 * number as u64), if waits { Ends::InQueue } else { Ends::WithBot })
        }
        14..34 => {
            let held = Ends::Held { critical: number.is_multiple_of(9), waits: number.is_multiple_of(2) };
            (minutes(40 + 35 * (number as u64 - 14)), held)
        }
        _ => {
            let ends = match number % 11 {
                3 | 7 => Ends::Closed(Outcome::Abandoned),
                5 => Ends::Expired,
                _ => Ends::Closed(Outcome::Resolved),
            };
            (hours(26 + 5 * (number as u64 - 34)), ends)
        }
    };
    let begins = Timestamp(now.0 - i64::try_from(ago.as_millis()).unwrap_or(0));
    Scene { begins, ends, story }
}

/// One room's story on its way into the rows.
struct Telling<'a> {
    backend: &'a Backend,
    clock: &'a ManualClock,
    room: Option<Room>,
    channel: ChannelId,
    agent: PersonId,
    number: usize,
}

impl Telling<'_> {
    async fn play(&mut self, scene: &Scene) -> Result<()> {
        let stop = match scene.ends {
            Ends::WithBot => 2 + self.number % 2,
            Ends::InQueue => 2,
            Ends::Held { .. } => 5 + self.number % 4,
            Ends::Closed(_) | Ends::Expired => scene.story.lines.len(),
        };
        for (place, (says, words)) in scene.story.lines.iter().take(stop).enumerate() {
            self.say(*says, words, place == 0).await?;
            self.clock.advance(Duration::from_secs(20 + 13 * (place as u64 % 4)));
        }
        let fields: Vec<_> = scene.story.fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        if !fields.is_empty() {
            self.take(vec![Change::FieldsCollected { fields }]).await?;
        }
        self.end(scene).await
    }

    async fn say(&mut self, says: Says, words: &str, is_first: bool) -> Result<()> {
        let id = new_id();
        match says {
            Says::Customer => self.customer_says(words, is_first).await,
            Says::Bot => {
                let author = Author::Bot("Acme assistant".into());
                self.take(vec![ours(author, words)]).await
            }
            Says::Agent => {
                self.enter().await?;
                self.take(vec![ours(Author::Person(self.agent), words)]).await
            }
            Says::Note => {
                self.enter().await?;
                self.take(vec![Change::NoteAdded(Note { id, by: self.agent, text: words.into() })]).await
            }
        }
    }

    async fn customer_says(&mut self, words: &str, is_first: bool) -> Result<()> {
        let content = Content::Text(words.into());
        let message = Message::new(new_id(), Author::Customer, content, None);
        let begin = Begin { number: self.number, channel: self.channel };
        let room = match self.room.take() {
            Some(room) => room,
            None => self.backend.run(begin).await?,
        };
        let directory = self.backend.directory();
        let channel = directory.channels.get(&self.channel).ok_or_else(|| Error::World("no such channel".into()))?;
        let changes = room::customer_writes(&room, channel, message, new_id());
        self.room = Some(self.backend.run(Happens { room, changes }).await?);
        if is_first {
            self.clock.advance(Duration::from_secs(2));
            self.take(vec![ours(Author::Bot("Acme assistant".into()), GREETING)]).await?;
        }
        Ok(())
    }

    async fn enter(&mut self) -> Result<()> {
        let is_live = self.room.as_ref().is_some_and(|room| room.agent().is_none());
        if is_live { self.take(vec![Change::Entered { by: self.agent }]).await } else { Ok(()) }
    }

    async fn end(&mut self, scene: &Scene) -> Result<()> {
        let by = self.agent;
        let waits = WAITING[self.number % WAITING.len()];
        match scene.ends {
            Ends::WithBot => Ok(()),
            Ends::InQueue => {
                self.take(vec![Change::HandedOff { reason: HandOffReason::Asked, team: None }]).await?;
                self.customer_says(waits, false).await
            }
            Ends::Held { critical, waits: is_waiting } => {
                let assigned =
                    Change::Assigned { to: by, by: Actor::Switchboard, note: None, stays: false, team: None };
                let is_live = self.room.as_ref().is_some_and(|room| room.agent().is_none());
                if is_live {
                    self.take(vec![assigned]).await?;
                }
                if critical {
                    let comment = Some("Promised for Friday, keep an eye on it.".into());
                    self.take(vec![Change::MarkedCritical { by, comment, feedback: false }]).await?;
                }
                if is_waiting { self.customer_says(waits, false).await } else { Ok(()) }
            }
            Ends::Closed(outcome) => {
                self.enter().await?;
                let comment = Some(scene.story.comment.into());
                self.take(vec![Change::Closed { outcome, by, comment, reason: None, feedback: false }]).await
            }
            Ends::Expired => {
                self.customer_says(waits, false).await?;
                self.clock.advance(hours(24));
                self.take(vec![Change::Expired { unanswered: true }]).await
            }
        }
    }

    async fn take(&mut self, changes: Vec<Change>) -> Result<()> {
        if let Some(room) = self.room.take() {
            self.room = Some(self.backend.run(Happens { room, changes }).await?);
        }
        Ok(())
    }
}

fn ours(author: Author, words: &str) -> Change {
    let delivery = Some(Delivery::Read);
    Change::MessageAdded(Message::new(new_id(), author, Content::Text(words.into()), delivery))
}

fn pick<T>(things: &[T], number: usize) -> Option<&T> {
    things.get(number % things.len().max(1))
}

/// Makes a customer and their room, before its first change.
struct Begin {
    number: usize,
    channel: ChannelId,
}

impl Command for Begin {
    type Output = Room;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Room> {
        let channel: &Channel =
            tx.directory.channels.get(&self.channel).ok_or_else(|| Error::World("no such channel".into()))?;
        let name = CUSTOMERS[self.number % CUSTOMERS.len()];
        let is_by_phone = matches!(channel.kind, ChannelKind::Sms | ChannelKind::Google);
        let has_phone = is_by_phone || self.number % 4 != 3;
        let phone = has_phone.then(|| format!("+1555{:07}", 1_000_000 + self.number));
        let customer = Customer {
            id: new_id(),
            name: name.into(),
            channel_name: None,
            phone,
            email: None,
            contact: None,
            fields: Default::default(),
            tags: Vec::new(),
            opted_out: false,
            blocked: false,
        };
        customer::Entity::insert(customer::ActiveModel {
            id: Set(customer.id),
            channel: Set(self.channel),
            name: Set(customer.name.clone()),
            channel_name: Set(None),
            phone: Set(customer.phone.clone()),
            email: Set(None),
            contact: Set(None),
            fields: Set("{}".into()),
            tags: Set("[]".into()),
            opted_out: Set(false),
            opted_at: Set(None),
            blocked: Set(false),
            created_at: Set(tx.now),
        })
        .exec_without_returning(tx.db)
        .await?;
        identity::Entity::insert(identity::ActiveModel {
            channel: Set(self.channel),
            identity: Set(identity(channel.kind, self.number, customer.phone.as_deref())),
            customer: Set(customer.id),
        })
        .exec_without_returning(tx.db)
        .await?;
        Ok(Room::begin(new_id(), channel, &customer, new_id(), tx.now))
    }
}

/// Who somebody is at the messenger, in its own form: the room can be answered.
fn identity(kind: ChannelKind, number: usize, phone: Option<&str>) -> String {
    match (kind, phone) {
        (ChannelKind::Sms | ChannelKind::Google, Some(phone)) => phone.into(),
        (ChannelKind::Telegram | ChannelKind::X | ChannelKind::Messenger | ChannelKind::Instagram, _) => {
            (7_000_000_000 + number).to_string()
        }
        _ => format!("demo:{number}"),
    }
}

/// Takes changes into a room.
struct Happens {
    room: Room,
    changes: Vec<Change>,
}

impl Command for Happens {
    type Output = Room;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Room> {
        let mut room = self.room.clone();
        for change in &self.changes {
            if let Change::FieldsCollected { fields } = change {
                let fields: std::collections::BTreeMap<_, _> = fields.iter().cloned().collect();
                let row = customer::ActiveModel {
                    id: Set(room.customer),
                    fields: Set(serde_json::to_string(&fields)?),
                    ..Default::default()
                };
                customer::Entity::update(row).exec(tx.db).await?;
            }
        }
        tx.change(&mut room, self.changes.clone()).await?;
        Ok(room)
    }
}

struct ForgetJobs;

impl Command for ForgetJobs {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        job::Entity::delete_many().exec(tx.db).await?;
        Ok(())
    }
}
