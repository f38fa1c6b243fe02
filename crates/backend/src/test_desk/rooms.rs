//! Rooms and what happens in them, written straight down: for tests that are not about how they came to be.

use ::channels::identity::ExternalId;
use domain::change::Change;
use domain::channel::Channel;
use domain::customer::Customer;
use domain::id::{ContactId, EpisodeId, JobId, RoomId, WebhookId};
use domain::message::{Author, Content, Message};
use domain::refused::Refused;
use domain::room::{self, Room};
use domain::template::Template;
use entity::{contact, customer, job, webhook};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::clock::new_id;
use crate::customers;
use crate::error::Result;
use crate::jobs::Work;
use crate::rooms::rows;
use crate::templates;
use crate::test_desk::TestDesk;
use crate::writer::{Command, Tx};

impl TestDesk {
    /// A room that begins on `channel` because a customer of this name wrote "Hello".
    pub async fn room(&self, channel: &Channel, name: &str) -> Room {
        let customer = Customer {
            id: new_id(),
            name: name.into(),
            channel_name: None,
            phone: None,
            email: None,
            contact: None,
            fields: Default::default(),
            tags: Vec::new(),
            opted_out: false,
            blocked: false,
        };
        let begin = Begin { channel: channel.clone(), customer, id: new_id(), episode: new_id() };
        self.backend.run(begin).await.expect("a room can begin")
    }

    /// A room as [`TestDesk::room`] begins it, whose customer the provider knows by this id.
    pub async fn room_of_known(&self, channel: &Channel, name: &str, id: &str) -> Room {
        let room = self.room(channel, name).await;
        let know = Know { room: room.clone(), id: ExternalId(id.into()) };
        self.backend.run(know).await.expect("a row of a test can be saved");
        room
    }

    /// Has `changes` happen to a room, whatever the rules say of them, and gives the room after them.
    pub async fn happens(&self, room: RoomId, changes: Vec<Change>) -> Room {
        self.backend.run(Happen { room, changes }).await.expect("a room takes every change")
    }

    /// Somebody saved the customers of these rooms as one contact.
    pub async fn saved_as_one(&self, rooms: &[RoomId]) {
        let save = SaveAsOne { contact: new_id(), rooms: rooms.to_vec() };
        self.backend.run(save).await.expect("rows of a test can be saved");
    }

    /// The room as it is now.
    pub async fn find_room(&self, room: RoomId) -> Room {
        rows::find(&self.backend.store().read, room).await.expect("rooms can be read").expect("the room exists")
    }

    /// The provider has told of these templates just now.
    pub async fn knows_templates(&self, channel: &Channel, templates: Vec<Template>) {
        let replace = templates::Replace { channel: channel.id, templates };
        self.backend.run(replace).await.expect("rows of a test can be saved");
    }

    /// Work for `room` that was given up.
    pub async fn failed_job(&self, room: RoomId, problem: &str) -> JobId {
        let id = new_id();
        let work = Work::Deliver { room, message: new_id(), sent_parts: 0, asked: false, faltered: 0 };
        let row = job::ActiveModel {
            id: Set(id),
            lane: Set("test".into()),
            kind: Set(work.word().into()),
            work: Set(serde_json::to_string(&work).expect("work is plain JSON")),
            run_at: Set(self.backend.now()),
            attempts: Set(5),
            leased_until: Set(None),
            given_up_at: Set(Some(self.backend.now())),
            problem: Set(Some(problem.into())),
            created_at: Set(self.backend.now()),
            channel: Set(None),
            counted_from: Set(None),
        };
        self.backend.run(Trouble::Job(row)).await.expect("a row of a test can be saved");
        id
    }

    /// The message that waits to be sent was said through another process, whose clock is an hour ahead.
    pub async fn waiting_work_is_of_a_clock_ahead(&self) {
        self.backend.run(Trouble::Ahead).await.expect("a row of a test can be changed");
    }

    /// A delivery to `channel` that nobody can read.
    pub async fn unreadable_webhook(&self, channel: &Channel, problem: &str) -> WebhookId {
        let id: WebhookId = new_id();
        let row = webhook::ActiveModel {
            id: Set(id),
            channel: Set(channel.id),
            digest: Set(id.to_string()),
            received_at: Set(self.backend.now()),
            body: Set(b"{".to_vec()),
            processed_at: Set(Some(self.backend.now())),
            problem: Set(Some(problem.into())),
        };
        self.backend.run(Trouble::Webhook(row)).await.expect("a row of a test can be saved");
        id
    }
}

struct Begin {
    channel: Channel,
    customer: Customer,
    id: RoomId,
    episode: EpisodeId,
}

impl Command for Begin {
    type Output = Room;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Room> {
        customers::rows::insert(tx.db, self.channel.id, &self.customer, tx.now).await?;
        let mut room = Room::begin(self.id, &self.channel, &self.customer, self.episode, tx.now);
        let content = Content::Text("Hello".into());
        let message = Message::new(new_id(), Author::Customer, content, None);
        let changes = room::customer_writes(&room, &self.channel, message, self.episode);
        tx.change(&mut room, changes).await?;
        Ok(room)
    }
}

struct Know {
    room: Room,
    id: ExternalId,
}

impl Command for Know {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let ids = std::slice::from_ref(&self.id);
        customers::rows::add_ids(tx.db, self.room.channel, self.room.customer, ids).await
    }
}

struct SaveAsOne {
    contact: ContactId,
    rooms: Vec<RoomId>,
}

impl Command for SaveAsOne {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let row = contact::ActiveModel {
            id: Set(self.contact),
            name: Set("Ana Lima".into()),
            phone: Set(None),
            phone_key: Set(None),
            email: Set(None),
            tags: Set("[]".into()),
            fields: Set("{}".into()),
            created_at: Set(tx.now),
        };
        contact::Entity::insert(row).exec_without_returning(tx.db).await?;
        for id in &self.rooms {
            let mut room = rows::find(tx.db, *id).await?.ok_or(Refused::NotFound)?;
            let contact = Set(Some(self.contact));
            let row = customer::ActiveModel { id: Set(room.customer), contact, ..Default::default() };
            customer::Entity::update(row).exec(tx.db).await?;
            room.contact = Some(self.contact);
            let (name, opted_out) = (room.name.clone(), room.opted_out);
            tx.change(&mut room, vec![Change::CustomerChanged { name, opted_out, contact: None, described: None }])
                .await?;
        }
        Ok(())
    }
}

pub(super) struct Happen {
    pub room: RoomId,
    pub changes: Vec<Change>,
}

impl Command for Happen {
    type Output = Room;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Room> {
        let mut room = rows::find(tx.db, self.room).await?.ok_or(Refused::NotFound)?;
        tx.change(&mut room, self.changes.clone()).await?;
        Ok(room)
    }
}

enum Trouble {
    Ahead,
    Job(job::ActiveModel),
    Webhook(webhook::ActiveModel),
}

impl Command for Trouble {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        match self {
            Self::Ahead => {
                let waiting = job::Entity::find()
                    .filter(job::Column::Kind.eq("deliver"))
                    .one(tx.db)
                    .await?
                    .ok_or(Refused::NotFound)?;
                // The first 48 bits of an id are its milliseconds.
                let ahead = JobId::from_number(waiting.id.0.as_u128() + (3_600_000 << 80));
                let change = job::Entity::update_many().col_expr(job::Column::Id, Expr::value(ahead));
                change.filter(job::Column::Id.eq(waiting.id)).exec(tx.db).await?.rows_affected
            }
            Self::Job(row) => job::Entity::insert(row.clone()).exec_without_returning(tx.db).await?,
            Self::Webhook(row) => webhook::Entity::insert(row.clone()).exec_without_returning(tx.db).await?,
        };
        Ok(())
    }
}
