//! What a command writes through: rows, and the changes it hands back to be numbered and told.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::change::{Change, Event};
use domain::customer::Customer;
use domain::desk::entry_of;
use domain::id::{ChannelId, CustomerId, MessageId, PersonId, RoomId};
use domain::message::Entry;
use domain::refused::Refused;
use domain::room::{Room, Scope};
use domain::timestamp::Timestamp;
use sea_orm::{DatabaseTransaction, TransactionTrait};

use crate::counters;
use crate::customers::rows as customers;
use crate::directory::Directory;
use crate::episodes;
use crate::error::Result;
use crate::jobs;
use crate::live::Hub;
use crate::mentions;
use crate::messages::rows as entries;
use crate::rooms::rows;
use crate::teams;
use crate::writer::Command;
use crate::writer::known::Known;

/// A change on its way to becoming an event: everything but its number.
#[derive(Clone, Debug)]
pub struct Draft {
    pub event: Event,
    /// The scope the room had before, when the change moved it.
    pub before: Option<Scope>,
    /// Told to this person alone.
    pub only: Option<PersonId>,
}

/// The batch's transaction, or a savepoint of it, with the time of the command.
pub struct Tx<'c> {
    pub db: &'c DatabaseTransaction,
    pub now: Timestamp,
    /// People, teams, channels and the policy as they were when the batch began.
    pub directory: Arc<Directory>,
    hub: &'c Hub,
    known: &'c mut Known,
    pub(super) effects: Effects,
}

/// What commands leave to do after their rows: before the commit, and after it.
#[derive(Default)]
pub(super) struct Effects {
    pub drafts: Vec<Draft>,
    pub counters: BTreeMap<String, i64>,
    pub woke_jobs: bool,
    pub changed_directory: bool,
}

impl Effects {
    /// Adds what a further command leaves to do.
    pub fn add(&mut self, further: Self) {
        self.drafts.extend(further.drafts);
        for (scope, change) in further.counters {
            *self.counters.entry(scope).or_default() += change;
        }
        self.woke_jobs |= further.woke_jobs;
        self.changed_directory |= further.changed_directory;
    }
}

impl<'c> Tx<'c> {
    pub(super) fn new(
        db: &'c DatabaseTransaction,
        now: Timestamp,
        directory: Arc<Directory>,
        hub: &'c Hub,
        known: &'c mut Known,
    ) -> Self {
        Self { db, now, directory, hub, known, effects: Effects::default() }
    }

    /// Whether a colleague is writing in the room at this moment.
    pub(crate) fn is_composing(&self, room: RoomId) -> bool {
        self.hub.is_composing(room)
    }

    /// The customer, if there is one.
    pub(crate) async fn customer(&self, id: CustomerId) -> Result<Option<Customer>> {
        match self.known.customer(id) {
            Some(known) => Ok(Some(known.clone())),
            None => customers::find(self.db, id).await,
        }
    }

    /// The customer's room on a channel, if they ever wrote there.
    pub(crate) async fn room_of(&self, channel: ChannelId, customer: CustomerId) -> Result<Option<Room>> {
        match self.known.room_of(channel, customer) {
            Some(known) => Ok(known.clone()),
            None => rows::find_of_customer(self.db, channel, customer).await,
        }
    }

    /// The message or note, with the room it is in, if it was said before.
    pub(crate) async fn said(&self, id: MessageId) -> Result<Option<(RoomId, Entry)>> {
        if self.known.is_unsaid(id) {
            return Ok(None);
        }
        entries::find(self.db, id).await
    }

    /// Takes `changes` into `room`, one after the other: its row under the guard of its version, its transcript, its
    /// episodes, the counters, and what is told. A room of version 0 is a new one.
    ///
    /// # Errors
    /// [`Refused::Changed`] when the row is no longer the one that was read; a team that somebody chose for it is gone.
    pub async fn change(&mut self, room: &mut Room, mut changes: Vec<Change>) -> Result<()> {
        let read = room.clone();
        teams::keep_for(self.db, room, &mut changes).await?;
        for change in changes {
            let previous = room.clone();
            room.apply(&change, self.now);
            let (before, after) = (previous.scope(), room.scope());
            if read.version == 0 && room.version == 1 {
                counters::add(&mut self.effects.counters, &after, 1);
            } else if before != after {
                counters::add(&mut self.effects.counters, &before, -1);
                counters::add(&mut self.effects.counters, &after, 1);
            }
            episodes::follow(self, &previous, room, &change).await?;
            customers::follow(self.db, room, &change).await?;
            jobs::follow(self, room, &change).await?;
            mentions::follow(self, room, &change).await?;
            let position = change.is_entry().then_some(room.last_position);
            let event = Event { seq: 0, at: self.now, room: Some(Box::new(room.clone())), position, change };
            if let Some(said) = entries::insert_entry_of(self.db, &event).await? {
                self.known.note_said(said);
            }
            entries::alter(self.db, &event.change).await?;
            let moved = (before != after && room.version > 1).then_some(before);
            self.effects.drafts.push(Draft { event, before: moved, only: None });
        }
        let saved = if read.version == 0 {
            rows::insert(self.db, room).await?
        } else {
            rows::update(self.db, &read, room).await?
        };
        if !saved {
            return Err(Refused::Changed.into());
        }
        self.known.note(room);
        Ok(())
    }

    /// Hands back a change that is about no room.
    pub fn tell(&mut self, change: Change) {
        self.effects.changed_directory = true;
        let event = Event { seq: 0, at: self.now, room: None, position: None, change };
        self.effects.drafts.push(Draft { event, before: None, only: None });
    }

    /// Hands back a change that is `person`'s own business and leaves `room` as it is.
    pub fn tell_one(&mut self, person: PersonId, room: Room, change: Change) {
        let event = Event { seq: 0, at: self.now, room: Some(Box::new(room)), position: None, change };
        self.effects.drafts.push(Draft { event, before: None, only: Some(person) });
    }

    /// The transcript's entry of the message `id`, when this command wrote it.
    pub(crate) fn entry_of(&self, id: MessageId) -> Option<Entry> {
        let mut entries = self.effects.drafts.iter().rev().filter_map(|draft| entry_of(&draft.event));
        entries.find(|entry| entry.what.message_id() == Some(id))
    }

    /// What the last change of this command is told as, still without its number.
    pub(crate) fn last_event(&self) -> Option<&Event> {
        self.effects.drafts.last().map(|draft| &draft.event)
    }

    /// Runs `command` in a savepoint: when it fails, nothing of it is left, and this command goes on.
    ///
    /// # Errors
    /// Whatever `command` refused, or the world did.
    pub(crate) async fn apart<C: Command>(&mut self, command: &C) -> Result<C::Output> {
        let savepoint = self.db.begin().await?;
        let mut nothing = Known::default();
        let mut tx = Tx::new(&savepoint, self.now, Arc::clone(&self.directory), self.hub, &mut nothing);
        let outcome = command.run(&mut tx).await;
        let done = tx.effects;
        match outcome {
            Ok(output) => {
                savepoint.commit().await?;
                self.effects.add(done);
                Ok(output)
            }
            Err(error) if error.is_fatal_to_batch() => Err(error),
            Err(error) => {
                savepoint.rollback().await?;
                Err(error)
            }
        }
    }

    /// Wakes the job runner after the commit.
    pub fn wake_jobs(&mut self) {
        self.effects.woke_jobs = true;
    }
}
