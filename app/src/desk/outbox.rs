//! Messages and notes on their way: shown at once, sent in order, kept by this browser until the server has them.

use std::collections::HashSet;
use std::time::Duration;

use domain::delivery::Delivery;
use domain::desk::Outgoing;
use domain::id::{MessageId, RoomId};
use domain::message::{About, Author, ChosenFile, Content, Message, NewMessage, Note, Reply, What};
use domain::refused::Refused;
use domain::timestamp::Timestamp;
use futures::channel::oneshot;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::read;
use crate::chat::{api, is_only_here};
use crate::clock;
use crate::desk::api::reopen;
use crate::desk::{Store, leave_to_sign_in};
use crate::error::AppError;
use crate::storage;

/// How soon a send that may pass is tried again by itself.
const AGAIN: Duration = Duration::from_secs(3);

/// Whether the server took a message, once it is known; why it did not, in words.
pub type Sent = oneshot::Receiver<Result<(), String>>;

/// An unsent message as the browser keeps it.
#[derive(Serialize, Deserialize)]
struct Kept {
    room: RoomId,
    at: Timestamp,
    what: What,
}

impl Store {
    /// Sends what the composer has checked, and gives what one can wait for.
    pub fn send(self, room: RoomId, reply: Reply) -> Sent {
        let author = Author::Person(self.desk.with_untracked(|desk| desk.me.id));
        let id = MessageId(Uuid::now_v7());
        let (tell, sent) = oneshot::channel();
        self.awaited.update_value(|awaited| {
            awaited.insert(id, tell);
        });
        self.put_out(room, What::Message(reply.into_message(id, author, Delivery::Waiting)));
        sent
    }

    /// Adds a private note, which the composer has checked.
    pub fn add_note(self, room: RoomId, text: String) {
        let by = self.desk.with_untracked(|desk| desk.me.id);
        self.put_out(room, What::Note(Note { id: MessageId(Uuid::now_v7()), by, text }));
    }

    fn put_out(self, room: RoomId, what: What) {
        self.desk.update(|desk| desk.put_out(Outgoing { room, at: clock::now(), what, problem: None }));
        self.flush(room);
    }

    /// Tries again what did not go.
    pub fn send_again(self, id: MessageId) {
        let mut room = None;
        self.desk.update(|desk| {
            if let Some(outgoing) = desk.outbox.iter_mut().find(|outgoing| outgoing.id() == Some(id)) {
                outgoing.problem = None;
                room = Some(outgoing.room);
            }
        });
        if let Some(room) = room {
            self.flush(room);
        }
    }

    /// Reopens an archived room and sends what it refused. `then` runs when it is open.
    pub fn reopen_and_send(self, room: RoomId, then: impl FnOnce() + 'static) {
        spawn_local(async move {
            match reopen(room).await {
                // Where somebody was quicker, the next try says what stands in its way now.
                Ok(_) | Err(AppError::Refused(Refused::NotArchived)) => {
                    self.desk.update(|desk| {
                        let refused = desk.outbox.iter_mut().filter(|outgoing| outgoing.room == room);
                        refused.for_each(|outgoing| outgoing.problem = None);
                    });
                    self.flush(room);
                    then();
                }
                Err(error) => self.report(&error),
            }
        });
    }

    /// The first reply that did not go in `room`: its id and its words.
    #[must_use]
    pub fn refused_reply(self, room: RoomId) -> Option<(MessageId, String)> {
        self.desk.with(|desk| {
            let is_refused = |outgoing: &&Outgoing| {
                outgoing.room == room && outgoing.problem.is_some() && matches!(outgoing.what, What::Message(_))
            };
            let refused = desk.outbox.iter().find(is_refused)?;
            Some((refused.id()?, text_of(&refused.what).to_owned()))
        })
    }

    /// Takes an unsent message back and gives its words; its files are with the composer's again.
    pub fn take_back(self, id: MessageId) -> Option<String> {
        self.awaited.update_value(|awaited| {
            awaited.remove(&id);
        });
        let mut taken = None;
        self.desk.update(|desk| {
            let at = desk.outbox.iter().position(|outgoing| outgoing.id() == Some(id));
            taken = at.map(|at| desk.outbox.remove(at));
        });
        let taken = taken?;
        if let What::Message(message) = &taken.what {
            self.attached.put_back(taken.room, message.content.files());
        }
        Some(text_of(&taken.what).to_owned())
    }

    /// Asks the server to deliver a failed message once more.
    pub fn deliver_again(self, room: RoomId, id: MessageId) {
        spawn_local(async move {
            if let Err(error) = api::retry_message(room, id).await {
                self.report(&error);
            }
        });
    }

    /// Sends whatever waits, in every room.
    pub fn flush_all(self) {
        let mut rooms: Vec<RoomId> =
            self.desk.with_untracked(|desk| desk.outbox.iter().map(|outgoing| outgoing.room).collect());
        rooms.dedup();
        for room in rooms {
            self.flush(room);
        }
    }

    /// Brings back what this browser had not sent when it was closed, and keeps what is unsent from now on: each message
    /// under a key of its own, so that no tab takes away what another has not sent.
    pub fn keep_outbox(self) {
        let mut kept: Vec<Kept> = storage::keys(&self.kept_prefix()).iter().filter_map(|key| kept_under(key)).collect();
        kept.sort_by_key(|kept| kept.what.message_id());
        self.adopted.set_value(kept.iter().filter_map(|kept| kept.what.message_id()).collect());
        if !kept.is_empty() {
            self.desk.update(|desk| {
                for Kept { room, at, what } in kept {
                    desk.put_out(Outgoing { room, at, what, problem: None });
                }
            });
            self.flush_all();
        }
        let unsent = Memo::new(move |_| self.desk.with(|desk| desk.outbox.clone()));
        Effect::new(move |before: Option<HashSet<MessageId>>| {
            let before = before.unwrap_or_default();
            unsent.with(|outbox| {
                let present: HashSet<MessageId> = outbox.iter().filter_map(Outgoing::id).collect();
                before.difference(&present).for_each(|id| storage::forget(&self.kept_key(*id)));
                outbox
                    .iter()
                    .filter(|new| new.id().is_some_and(|id| !before.contains(&id)))
                    .for_each(|new| self.keep(new));
                present
            })
        });
        let leaving = window_event_listener(ev::beforeunload, move |event| {
            // What stands nowhere else would be lost: the browser asks first.
            if is_only_here(self) || self.is_only_here() {
                event.prevent_default();
            }
        });
        on_cleanup(move || leaving.remove());
    }

    fn keep(self, outgoing: &Outgoing) {
        let (Some(id), Some(kept)) = (outgoing.id(), kept_of(outgoing)) else { return };
        if let Ok(text) = serde_json::to_string(&kept) {
            storage::save(&self.kept_key(id), &text);
        }
    }

    fn kept_key(self, id: MessageId) -> String {
        format!("{}{id}", self.kept_prefix())
    }

    fn kept_prefix(self) -> String {
        format!("outbox:{}:", self.desk.with_untracked(|desk| desk.me.id))
    }

    fn is_kept(self, id: MessageId) -> bool {
        storage::load(&self.kept_key(id)).is_some()
    }

    /// Whether closing the page would lose a message.
    fn is_only_here(self) -> bool {
        let unsent: Vec<MessageId> =
            self.desk.with_untracked(|desk| desk.outbox.iter().filter_map(Outgoing::id).collect());
        unsent.into_iter().any(|id| !self.is_accepted(Some(id)) && !self.is_kept(id))
    }

    /// Another tab sent or took back what it had written there; then it is not for this one to send.
    fn forget_taken(self) {
        let taken: Vec<MessageId> =
            self.adopted.with_value(|adopted| adopted.iter().filter(|id| !self.is_kept(**id)).copied().collect());
        if taken.is_empty() {
            return;
        }
        self.adopted.update_value(|adopted| adopted.retain(|id| !taken.contains(id)));
        self.desk.update(|desk| desk.outbox.retain(|outgoing| outgoing.id().is_none_or(|id| !taken.contains(&id))));
    }

    /// Sends what waits in `room`, one after the other, so that their order holds.
    fn flush(self, room: RoomId) {
        let is_free = self.sending.try_update_value(|sending| sending.insert(room)).unwrap_or(false);
        if !is_free {
            return;
        }
        spawn_local(async move {
            self.forget_taken();
            while let Some(next) = self.next_in(room) {
                if !self.send_one(&next).await {
                    break;
                }
            }
            self.tell_of_told();
            self.sending.update_value(|sending| {
                sending.remove(&room);
            });
        });
    }

    fn next_in(self, room: RoomId) -> Option<Outgoing> {
        self.desk.with_untracked(|desk| {
            let mut waiting = desk.outbox.iter().filter(|outgoing| outgoing.room == room && outgoing.problem.is_none());
            waiting.find(|outgoing| !self.is_accepted(outgoing.id())).cloned()
        })
    }

    fn is_accepted(self, id: Option<MessageId>) -> bool {
        id.is_none_or(|id| self.accepted.with_value(|accepted| accepted.contains(&id)))
    }

    /// Whether the next one may follow.
    async fn send_one(self, outgoing: &Outgoing) -> bool {
        let room = outgoing.room;
        let (id, answer) = match &outgoing.what {
            What::Note(note) => (note.id, api::add_note(room, note.id, note.text.clone()).await),
            What::Message(message) => (message.id, api::send_message(room, message.id, asked(message)).await),
            What::Line(_) => return true,
        };
        match answer {
            Ok(_) => self.accept(room, id),
            Err(AppError::SignIn) => {
                leave_to_sign_in();
                return false;
            }
            Err(error) if error.may_pass() => {
                set_timeout(move || self.flush(room), AGAIN);
                return false;
            }
            Err(error) => self.mark_problem(id, self.words(&error)),
        }
        true
    }

    /// The server has it. In the open room the event takes its place; elsewhere nobody looks.
    fn accept(self, room: RoomId, id: MessageId) {
        self.accepted.update_value(|accepted| {
            accepted.insert(id);
        });
        self.tell_sent(id, Ok(()));
        let is_open = self.desk.with_untracked(|desk| desk.open.as_ref().is_some_and(|view| view.room.id == room));
        if !is_open {
            self.desk.update(|desk| desk.outbox.retain(|outgoing| outgoing.id() != Some(id)));
        }
    }

    /// The event may come when the answer did not: then it was sent, too.
    fn tell_of_told(self) {
        let waiting: Vec<MessageId> = self.awaited.with_value(|awaited| awaited.keys().copied().collect());
        let is_told = |id: &MessageId| {
            self.desk.with_untracked(|desk| desk.outbox.iter().all(|outgoing| outgoing.id() != Some(*id)))
        };
        waiting.into_iter().filter(is_told).for_each(|id| self.tell_sent(id, Ok(())));
    }

    fn tell_sent(self, id: MessageId, outcome: Result<(), String>) {
        let tell = self.awaited.try_update_value(|awaited| awaited.remove(&id)).flatten();
        // Mostly nobody waits.
        drop(tell.map(|tell| tell.send(outcome)));
    }

    fn mark_problem(self, id: MessageId, words: String) {
        self.tell_sent(id, Err(words.clone()));
        self.desk.update(|desk| {
            if let Some(outgoing) = desk.outbox.iter_mut().find(|outgoing| outgoing.id() == Some(id)) {
                outgoing.problem = Some(words);
            }
        });
    }
}

fn kept_under(key: &str) -> Option<Kept> {
    read(storage::load(key)?.as_bytes()).ok()
}

fn kept_of(outgoing: &Outgoing) -> Option<Kept> {
    let Outgoing { room, at, what, .. } = outgoing.clone();
    (!matches!(what, What::Line(_))).then_some(Kept { room, at, what })
}

/// What the server is asked to send.
fn asked(message: &Message) -> NewMessage {
    let chosen = message
        .content
        .files()
        .iter()
        .filter_map(|file| Some(ChosenFile { id: file.file.stored()?.id, kind: file.kind }));
    let reply_to = match message.about {
        Some(About::Message(answered)) => Some(answered),
        _ => None,
    };
    NewMessage { text: said(&message.content).into(), files: chosen.collect(), reply_to }
}

fn text_of(what: &What) -> &str {
    match what {
        What::Message(message) => said(&message.content),
        What::Note(note) => &note.text,
        What::Line(_) => "",
    }
}

/// The words alone, without what stands for files that have none.
fn said(content: &Content) -> &str {
    match content {
        Content::Files { text, .. } => text,
        other => other.text(),
    }
}
